/** What a demand's desk owes to it: an answer, or the next step; and since when. */

import { closeDemand } from "./desk-acts.js";
import { askByHand, ownCrew } from "./desk-ask.js";
import { draftPart } from "./desk-drafts.js";
import { handable, handUpButton, pending } from "./desk-handing.js";
import { receiveHelpers } from "./desk-helpers.js";
import { deskOf, numberWords } from "./desk-model.js";
import { callButtons, resumeDemand } from "./desk-resume.js";
import { ask, field, text } from "./dialog.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { posting } from "./page.js";
import { placeName } from "./places.js";
import { named, say } from "./words.js";

const ANSWER_MOST = 200;

const button = (demand, name, open, look = "small") =>
  h(
    "button",
    { type: "button", class: look, onclick: open, "data-focus": `${name}-${demand.id}` },
    say(name),
  );

/** Ask nobody more until something is known. */
export function holdDemand(context, demand) {
  ask({
    title: say("hold.title", { demand: numberWords(context.board, demand) }),
    parts: [
      field(
        say("hold.question"),
        text("question", demand.question ?? "", ANSWER_MOST),
        say("hold.hint"),
      ),
      h("p", { class: "quiet" }, say("hold.means")),
    ],
    confirm: say("act.hold"),
    send: (values) =>
      context.outbox.post(`/demands/${demand.id}/hold`, { question: values.get("question") }),
  });
}

/** What is asked of its desk, or owed by it, and whose turn it is. */
export function owed(context, item) {
  const { demand } = item;
  if (demand.state === "closed") return null;
  if (demand.state === "draft") return draftPart(context, item, whose);
  if (demand.state === "on_hold") return onHold(context, item);
  if (demand.asked_at === null || pending(demand)) return null;
  return demand.nobody_at === null ? stillNeeded(context, item) : nobodyLeft(context, item);
}

/** Who has to take the next step: its desk, and once that took too long, the desk above. */
function whose({ demand }, now) {
  const place = placeName(deskOf(demand));
  if (demand.climbed_at !== null) {
    return say("owed.above", { place, time: moment(demand.climbed_at, now) });
  }
  if (demand.climbs_at !== null) {
    return say("owed.until", { place, time: moment(demand.climbs_at, now) });
  }
  return say("owed.by", { place });
}

function onHold(context, item) {
  const { demand, mine } = item;
  const now = context.clock.now();
  const time = moment(demand.held_at, now);
  const from = demand.asked_by && say("hold.asked_by", { place: placeName(demand.asked_by) });
  const pressing = demand.asked_at !== null || (demand.asked_by && mine);
  const calls = callButtons(context, demand); // before anybody else is sent there
  const resuming = calls.length ? "small" : "small primary";
  return h(
    "div",
    { class: pressing ? "alarm" : "owed" },
    h("p", {}, h("strong", {}, say("hold.since", { time, question: demand.question }))),
    h("p", {}, [from, whose(item, now)].filter(Boolean).join(" ")),
    demand.asked_at !== null && h("p", {}, say("hold.still")),
    mine &&
      h(
        "div",
        { class: "buttons" },
        calls,
        button(demand, "act.resume", () => resumeDemand(context, demand), resuming),
        button(demand, "act.hold_on", () => holdDemand(context, demand)),
      ),
  );
}

/** Nobody can be asked for what is urgent: the desk says what is done instead. */
function nobodyLeft(context, item) {
  const { demand, mine } = item;
  if (!mine) return null;
  const now = context.clock.now();
  const path = `/demands/${demand.id}/still-needed`;
  return h(
    "div",
    { class: "alarm" },
    h("p", {}, h("strong", {}, say("nobody.since", { time: moment(demand.nobody_at, now) }))),
    h("p", {}, whose(item, now)),
    h("p", {}, say("nobody.ways")),
    h(
      "div",
      { class: "buttons" },
      posting(context, { path, words: say("nobody.seen"), look: "small primary" }),
      handable(context, item) && inAlarm(handUpButton(context, demand)),
      demand.lines.filter(nobodyFor).map((line) => instead(context, demand, line)),
      inAlarm(button(demand, "act.receive_helpers", () => receiveHelpers(context, demand))),
    ),
    h("p", { class: "quiet" }, say("nobody.means")),
  );
}

/** A button that stands further down as well: redrawn, the focus stays on the one that had it. */
function inAlarm(button) {
  button.dataset.focus = `nobody-${button.dataset.focus}`;
  return button;
}

/** A line below its least for which nobody is asked; of several each says which it is. */
const nobodyFor = (line) =>
  line.open && !line.asleep && line.offers === 0 && line.covered < line.minimum;

function instead(context, demand, line) {
  const several = demand.lines.filter(nobodyFor).length > 1;
  const which = several ? ` ${named("skills", line.skill)}` : "";
  const one = (name, open) =>
    h(
      "button",
      { type: "button", class: "small", onclick: open, "data-focus": `nobody-${name}-${line.id}` },
      say(name) + which,
    );
  return [
    one("act.ask_by_hand", () => askByHand(context, demand, line)),
    one("act.own_crew", () => ownCrew(context, demand, line)),
  ];
}

/** Nothing has happened for half a day: the desk says whether it is still needed. */
function stillNeeded(context, item) {
  const { demand, mine } = item;
  if (!mine) return null;
  const now = context.clock.now();
  const path = `/demands/${demand.id}/still-needed`;
  const yes = posting(context, { path, words: say("quiet.kept"), look: "small primary" });
  return h(
    "div",
    { class: "alarm" },
    h("p", {}, say("quiet.asked", { time: moment(demand.asked_at, now) })),
    demand.climbed_at !== null && h("p", {}, whose(item, now)),
    h(
      "div",
      { class: "buttons" },
      yes,
      button(demand, "act.close_demand", () => closeDemand(context, demand)),
    ),
  );
}
