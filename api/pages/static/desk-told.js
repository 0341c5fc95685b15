/** Instructions of the desk: given to a crew or to everybody, read or not, lifted, carried out. */

import { live, spokenBy, toldWords, unable, unread } from "./assignments.js";
import { amend } from "./desk-amend.js";
import { stillThere } from "./desk-beside.js";
import { deskOf, numberWords, withdrawing } from "./desk-model.js";
import { call } from "./desk-phone.js";
import { orderTold } from "./desk-tell.js";
import { closeZone, given, zoneWords } from "./desk-zone.js";
import { ask, field, only, radios, text } from "./dialog.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { toLeave } from "./leaving.js";
import { posting } from "./page.js";
import { incidentWords, placeName } from "./places.js";
import { choose, say } from "./words.js";

const IN_ZONE = ["zone_closed", "withdraw", "stop"];
const KINDS = ["stop", "withdraw", "hand_over", "come_to"];
const LEAVING = ["stop", "withdraw"];
const NAMING = ["hand_over", "come_to"];
const ENDING = ["stop", "withdraw", "hand_over"];

const about = ({ board }, row) => ({
  organization: row.organization_name,
  demand: numberWords(board, row),
});

/** Whether what is left is the place, or it is this crew alone; who else is there hears nothing. */
function othersPart({ board }, row) {
  const there = board
    .all("assignment")
    .filter((one) => live(one) && one.demand === row.demand && one.id !== row.id);
  const names = there.map((one) => one.organization_name).join(say("list.separator"));
  return [
    radios("hold", say("told.others"), [
      ["true", say("told.nobody_goes")],
      ["false", say("told.others_go")],
    ]),
    there.length > 0 && h("p", { class: "warn" }, say("told.also_there", { names })),
  ];
}

/** What is to be done, in the desk's own words as far as it likes. */
function instruct({ title, hint, send, others }) {
  const kinds = KINDS.map((kind) => [kind, choose("instruction", kind)]);
  const to = h("input", { name: "to", maxlength: 120, autocomplete: "off", required: true });
  const where = h("div", {}, field(say("told.to"), to));
  const rest = h("div", {}, others);
  const words = text("text", "", 500);
  words.required = false;
  const form = ask({
    title,
    parts: [
      radios("what", say("told.what"), kinds),
      where,
      rest,
      field(say("told.text"), words, say("told.text_hint")),
      h("p", { class: "quiet" }, hint),
    ],
    confirm: say("told.give"),
    look: "danger",
    send: (values) => send(bodyOf(values)),
  });
  const show = () => {
    only(where, NAMING.includes(form.elements.what.value));
    only(rest, Boolean(others) && LEAVING.includes(form.elements.what.value));
  };
  form.addEventListener("change", show);
  show();
}

function bodyOf(values) {
  const body = { what: values.get("what") };
  if (NAMING.includes(body.what)) body.to = values.get("to");
  if (values.get("text").trim()) body.text = values.get("text");
  if (values.get("hold")) body.hold = values.get("hold") === "true";
  return body;
}

export const instructCrew = (context, row) =>
  instruct({
    title: say("told.crew_title", about(context, row)),
    hint: say("told.hint"),
    others: othersPart(context, row),
    send: (body) => given(context.outbox.post(`/assignments/${row.id}/instruct`, body)),
  });

const instructIncident = (context, row) =>
  instruct({
    title: say("told.incident_title", { incident: incidentWords(row) }),
    hint: say("told.incident_hint"),
    send: (body) => given(context.outbox.post(`/incidents/${row.id}/instruct`, body)),
  });

/** On a demand's card: it asks nobody, who has said so, and since when. */
export function shutParts({ clock }, { demand }) {
  return demand.shut.map((order) => {
    const time = moment(order.at, clock.now());
    const who = say("told.given", { desk: placeName(order.by), time });
    const words = say(order.zone ? "zone.shut" : "zone.all_leave");
    const rough = order.zone !== null && demand.approximate;
    return h(
      "div",
      { class: "alarm" },
      h("p", {}, h("strong", {}, toldWords(order)), " ", order.text),
      h("p", { class: "quiet" }, who, " ", words),
      rough && h("p", {}, h("strong", {}, say("zone.rough_shut"))),
    );
  });
}

/** In a word: its zone is closed, or everybody there was told to leave, or to stop. */
export function shutChip({ shut }) {
  if (shut.some((order) => order.zone)) return choose("shut", "zone_closed");
  return choose("shut", shut.some(({ what }) => what !== "stop") ? "withdraw" : "stop");
}

/** On a demand's card: nobody can tell whether it lies in a closed zone; its desk finds out. */
export function mayLieParts(context, { demand, mine }) {
  if (!demand.may_lie_in.length) return null;
  const said = demand.may_lie_in.map((order) => zoneWords(order.zone)).join(say("list.separator"));
  return h(
    "div",
    { class: "alarm" },
    h("p", {}, h("strong", {}, say("zone.may")), " ", said),
    h("p", {}, say("zone.may_means")),
    mine && button(demand, "zone.say_where", () => amend(context, demand)),
  );
}

const CANNOT = "unable";

/** Said on the telephone: read to the leader, who has understood, or cannot; or nobody picked up.
 * With whoever has said before that it cannot, what is to be done was talked over. */
export const readByPhone = (context, row, order, shown = false) =>
  call(context, row.offer, {
    title: say(cannot(order) ? "told.spoken_title" : "told.phone_title", about(context, row)),
    said: [
      h("p", {}, h("strong", {}, toldWords(order)), " ", order.text),
      h("p", { class: "quiet" }, say(cannot(order) ? "told.spoken_hint" : "told.phone_hint")),
    ],
    words: say("phone.answer"),
    answers: cannot(order)
      ? [["acknowledge", say("told.record_spoken")]]
      : [
          ["acknowledge", say("told.record_read")],
          [CANNOT, say("told.record_unable")],
        ],
    send: (answer) =>
      context.outbox.post(
        `/assignments/${row.id}/instructions/${order.id}/acknowledge`,
        answer === CANNOT ? { unable: true } : {},
      ),
    shown,
    again: () => readByPhone(context, row, order, true),
  });

/** Take it back: it is over, or it should never have been given; both are told to whom it was. */
function lift(context, base, order, title) {
  const why = [
    ["over", say("told.is_over")],
    ["mistaken", say("told.was_mistaken")],
  ];
  ask({
    title,
    parts: [
      h("p", {}, h("strong", {}, toldWords(order)), " ", order.text),
      radios("why", say("told.why"), why),
    ],
    confirm: say("told.lift"),
    send: (values) => {
      const mistaken = values.get("why") === "mistaken";
      return context.outbox.post(`${base}/instructions/${order.id}/lift`, { mistaken });
    },
  });
}

/** Since when all of them are out, or that nobody has said so yet. */
const outWords = (row, now) =>
  row.out_at === null
    ? say("told.not_out")
    : choose("told_out_at", toLeave(row) ? "withdraw" : "stop", { time: moment(row.out_at, now) });

/** Below a crew: what it is told, whether it has read that, and what the desk can do then. */
export function toldParts(context, { demand, mine }, row) {
  if (!live(row)) return null;
  const now = context.clock.now();
  return row.instructions
    .filter((order) => order.lifted_at === null)
    .map((order) =>
      h(
        "div",
        { class: `party told ${late(order) || cannot(order) ? "overdue" : ""}` },
        h("strong", {}, toldWords(order)),
        order.text && h("span", {}, order.text),
        h("span", { class: "quiet" }, givenWords(order, now)),
        h("span", {}, readWords(order, now, mine ? null : deskOf(demand))),
        orderTold(row, order, now),
        answered(order) && h("strong", {}, outWords(row, now)),
        mine && stillThere(context, row, order),
        mine && h("span", { class: "buttons" }, buttons(context, row, order)),
      ),
    );
}

/** Told to stop or to leave, and read: then it is said whether all of them are safe. */
const answered = (order) => IN_ZONE.includes(order.what) && order.acknowledged_at !== null;

/** Whether all of them being safe is still to be said. */
const outOwed = (row, { what }) => IN_ZONE.includes(what) && row.out_at === null;

const late = (order) => order.missed_at !== null && order.acknowledged_at === null;

/** It has said so, and nobody has called it yet. */
const cannot = (order) => order.unable_at !== null && order.spoken_at === null;

const givenWords = (order, now) =>
  say(order.everybody ? "told.given_everybody" : "told.given", {
    desk: placeName(order.by),
    time: moment(order.at, now),
  });

/** Whether it was read; else whose it is to call, where another desk answers for it. */
function readWords(order, now, other) {
  if (order.acknowledged_at === null) {
    if (other && order.missed_at !== null) {
      return say("told.not_read_there", { place: placeName(other) });
    }
    return say(order.missed_at === null ? "told.read_until" : "told.not_read", {
      time: moment(order.acknowledge_by, now),
    });
  }
  const time = moment(order.acknowledged_at, now);
  const said = say(order.unable_at === null ? "told.read_at" : "told.unable", { time });
  const spoken = order.spoken_at !== null && moment(order.spoken_at, now);
  const call = spoken && say("told.spoken", { time: spoken });
  return [said, spokenBy(order), call].filter(Boolean).join(" · ");
}

function buttons(context, row, order) {
  const title = say("told.lift_title", about(context, row));
  const base = `/assignments/${row.id}`;
  const read = () => readByPhone(context, row, order);
  return [
    order.acknowledged_at === null && button(order, "told.by_phone", read),
    cannot(order) && button(order, "told.call", read),
    outOwed(row, order) && button(order, "told.out_by_phone", () => outByPhone(context, row)),
    !order.everybody && button(order, "told.lift", () => lift(context, base, order, title)),
    ENDING.includes(order.what) && row.state !== "reported_done" && standDown(context, row, order),
  ];
}

/** Its leader says on the telephone that all have left, or stopped, and are safe. */
export const outByPhone = (context, row, shown = false) =>
  call(context, row.offer, {
    title: say("told.out_title", about(context, row)),
    said: [h("p", { class: "quiet" }, say("told.out_hint"))],
    words: say("phone.step"),
    answers: [["check-in", choose("told_out", toLeave(row) ? "withdraw" : "stop")]],
    send: (answer) => context.outbox.post(`/assignments/${row.id}/${answer}`, { out: true }),
    shown,
    again: () => outByPhone(context, row, true),
  });

/** Silent, with people counted inside, or not out yet: a second touch says that they were heard. */
function standDown(context, row, order) {
  const danger = row.inside > 0 || row.missed_at !== null || withdrawing(row);
  const body = danger ? { everybody_out: true } : {};
  const words = say(danger ? "told.stand_down_out" : "told.stand_down");
  const path = `/assignments/${row.id}/stand-down`;
  const focus = `down-${row.id}-${order.id}`;
  return posting(context, { path, body, words, look: "small", twice: true, focus });
}

function button(order, words, onclick) {
  const attributes = { type: "button", class: "small", onclick };
  return h("button", { ...attributes, "data-focus": `${words}-${order.id}` }, say(words));
}

/** On the card of an incident: what everybody is told, how many have read it, and more of it. */
export function incidentParts(context, row, mine) {
  if (row.state !== "open") return null;
  const crews = context.board.all("assignment").filter(live);
  const listed = row.instructions.map((order) => standing(context, row, order, crews, mine));
  const open = () => instructIncident(context, row);
  const zone = () => closeZone(context, row);
  const acts = [button(row, "told.to_everybody", open), button(row, "zone.close", zone)];
  return [listed, mine && h("div", { class: "buttons" }, acts)];
}

function standing(context, row, order, crews, mine) {
  const all = crews.flatMap((crew) => crew.instructions.filter((one) => one.id === order.id));
  const read = all.filter((one) => one.acknowledged_at !== null).length;
  const time = moment(order.at, context.clock.now());
  const given = say("told.given", { desk: placeName(order.by), time });
  const words = order.zone ? "zone.lift_title" : "told.lift_incident_title";
  const title = say(words, { incident: incidentWords(row) });
  const base = `/incidents/${row.id}`;
  return h(
    "div",
    { class: read < all.length ? "alarm" : "party told" },
    h("p", {}, h("strong", {}, toldWords(order)), " ", order.text),
    order.zone && h("p", {}, zoneWords(order.zone)),
    h("p", { class: "quiet" }, given, " ", say("told.count", { read, all: all.length })),
    mine && button(order, "told.lift", () => lift(context, base, order, title)),
  );
}

/** For drawing again: how many of an incident's crews have read what everybody is told. */
export const readCounts = (board, row) =>
  row.instructions.map(({ id }) => {
    const all = board.all("assignment").flatMap((crew) => crew.instructions);
    return all.filter((one) => one.id === id && one.acknowledged_at !== null).length;
  });

/** Told to leave is not told to stop; out is what all of them say, or nobody has said yet. */
function leavingWords(row) {
  const told = toLeave(row) ? "withdraw" : "stop";
  if (row.out_at !== null) return choose("party_out", told);
  return unread(row).length ? choose("party_told", told) : choose("party_leaving", told);
}

/** Beside the name of a crew: told to leave, or told something that it has not read. */
export function toldFlags(row) {
  const found = [];
  if (unread(row).some(late)) found.push(["bad", say("party.unread")]);
  if (unable(row).length) found.push(["bad", say("party.unable")]);
  if (row.withdrawing) {
    found.push(["warn", leavingWords(row)]);
  }
  return found;
}
