/** A demand that its township cannot serve: handed up, taken on by the desk above, given back. */

import { answersFor, divisionsOf, numberWords } from "./desk-model.js";
import { ask, field, select, text } from "./dialog.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { deskLine } from "./organization-desk.js";
import { posting } from "./page.js";
import { countyOf, placeName } from "./places.js";
import { choose, say } from "./words.js";

const TEXT_MOST = 200;
const HAD = new Set(["waiting", "taken_on"]); // it is with the desk above already
const REASONS = ["no_force", "beyond_means", "several_townships", "desk_unable", "other"];

const button = (demand, name, open) =>
  h(
    "button",
    { type: "button", class: "small", onclick: open, "data-focus": `${name}-${demand.id}` },
    say(name),
  );

const above = (demand) => countyOf(demand.division);

/** Whether this desk may hand it up: its township's, and nobody has it or is asked for it yet. */
export const handable = ({ me }, { demand, mine }) =>
  mine &&
  demand.state !== "closed" &&
  demand.leader === null &&
  !HAD.has(demand.hand_up?.state) &&
  above(demand) !== demand.division &&
  !answersFor(me, above(demand));

export const handUpButton = (context, demand) =>
  button(demand, "act.hand_up", () => handUp(context, demand));

function handUp(context, demand) {
  const pairs = REASONS.map((code) => [code, choose("hand_reason", code)]);
  const place = placeName(above(demand));
  ask({
    title: say("hand.title", { demand: numberWords(context.board, demand) }),
    parts: [
      field(say("hand.reason"), select("reason", pairs)),
      field(say("hand.text"), text("text", "", TEXT_MOST), say("hold.hint")),
      h("p", { class: "quiet" }, say("hand.means", { place })),
    ],
    confirm: say("act.hand_up"),
    send: (values) =>
      context.outbox.post(`/demands/${demand.id}/hand-up`, {
        reason: values.get("reason"),
        text: values.get("text"),
      }),
  });
}

/** The desk above gives it back, or its township goes on with it by itself. */
function giveBack(context, demand, own) {
  const place = placeName(demand.division);
  const number = numberWords(context.board, demand);
  ask({
    title: say(own ? "hand.keep_title" : "hand.back_title", { demand: number, place }),
    parts: [
      field(
        say(own ? "hand.keep_text" : "hand.back_text"),
        text("text", "", TEXT_MOST),
        say("hold.hint"),
      ),
      !own && h("p", { class: "quiet" }, say("hand.back_means", { place })),
    ].filter(Boolean),
    confirm: say(own ? "act.keep_here" : "act.hand_back"),
    send: (values) =>
      context.outbox.post(`/demands/${demand.id}/give-back`, { text: values.get("text") }),
  });
}

const takeOn = (context, demand) =>
  posting(context, {
    path: `/demands/${demand.id}/take-on`,
    words: say("act.take_on"),
    look: "small primary",
  });

/** On its card: who waits for whom and since when, or who answers for it, and the ways out. */
export function handParts(context, item) {
  const { demand } = item;
  if (demand.state === "closed" && demand.hand_up?.state !== "taken_on") return null;
  if (demand.hand_up === null) return takeable(context, item);
  if (demand.hand_up.state === "waiting") return waiting(context, item);
  return demand.hand_up.state === "taken_on" ? taken(context, item) : back(context, item);
}

/** What has climbed the desk above may take on without being asked. */
function takeable(context, { demand }) {
  const up = above(demand);
  const may = up !== demand.division && answersFor(context.me, up);
  if (!may || demand.climbed_at === null || demand.leader !== null) return null;
  return h("div", { class: "buttons" }, takeOn(context, demand));
}

function waiting(context, { demand, mine }) {
  const { by, at, reason, text: said, climbs_at: until, climbed_at: climbed } = demand.hand_up;
  const now = context.clock.now();
  const asked = answersFor(context.me, by);
  const place = placeName(by);
  const own = placeName(demand.division);
  const since = { time: moment(at, now), place, text: said, reason: choose("hand_reason", reason) };
  const whose =
    climbed === null
      ? say("hand.until", { place, own, time: moment(until, now) })
      : say("hand.above", { place, own, time: moment(climbed, now) });
  const ways = asked
    ? [takeOn(context, demand), button(demand, "act.hand_back", () => giveBack(context, demand))]
    : mine && [button(demand, "act.keep_here", () => giveBack(context, demand, true))];
  return h(
    "div",
    { class: asked || climbed !== null ? "alarm" : "owed" },
    h("p", {}, h("strong", {}, say("hand.waiting", since))),
    h("p", {}, whose),
    ways && h("div", { class: "buttons" }, ways),
  );
}

function taken(context, { demand, mine, sent }) {
  const { by, at } = demand.hand_up;
  const place = placeName(by);
  const words = say("hand.taken", { place, time: moment(at, context.clock.now()) });
  const give = () => giveBack(context, demand);
  return h(
    "div",
    { class: "owed" },
    h("p", {}, h("strong", {}, words)),
    sent && !mine && h("p", {}, say("hand.seen", { place })),
    sent && !mine && deskLine(context, { ...demand, demand: demand.id, taken_on: by }),
    mine &&
      demand.state !== "closed" &&
      h("div", { class: "buttons" }, button(demand, "act.hand_back", give)),
  );
}

function back(context, { demand, mine }) {
  const { by, at, answer } = demand.hand_up;
  const [own, place] = [placeName(demand.division), placeName(by)];
  const time = moment(at, context.clock.now());
  const open = pending(demand);
  const keep = {
    path: `/demands/${demand.id}/still-needed`,
    words: say("hand.keep"),
    look: "small primary",
  };
  const kept = mine && demand.state === "published" && posting(context, keep);
  return h(
    "div",
    { class: open ? "alarm" : "owed" },
    h("p", {}, h("strong", {}, say("hand.given_back", { time, place, text: answer }))),
    open && h("p", {}, say("hand.asked", { own })),
    open && kept && h("div", { class: "buttons" }, kept),
    takeable(context, { demand }),
  );
}

/** Given back, and its desk has done nothing about it yet. */
export const pending = ({ hand_up: known, state, climbs_at, climbed_at, ...row }) =>
  known?.state === "given_back" &&
  row.nobody_at === null &&
  (state === "draft" ? climbs_at !== null || climbed_at !== null : row.asked_at !== null);

/** What waits for this desk: to be taken on, or since it was given back. */
export function handedTo({ board, me }) {
  const own = divisionsOf(me);
  const ours = ({ division, hand_up: known, state, ...row }) => {
    if (!known || state === "closed") return false;
    if (known.state === "given_back") {
      return own.includes(division) && pending({ hand_up: known, state, ...row });
    }
    if (known.state !== "waiting") return false;
    return own.includes(known.by) || (known.climbed_at !== null && answersFor(me, known.by));
  };
  return board
    .all("demand")
    .filter(ours)
    .sort((one, other) => one.priority - other.priority || one.hand_up.at - other.hand_up.at);
}
