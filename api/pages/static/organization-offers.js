/** Cards of an organization's page for what it is asked: to answer, to answer late, standby. */

import { lacking, today } from "./able.js";
import { freeFromField, inRange, numberOf, priorityMark, spokenBy } from "./assignments.js";
import { h } from "./dom.js";
import { distance, fieldMoment, fieldTime, moment } from "./format.js";
import { posting, withdrawing } from "./page.js";
import { quiet } from "./quiet.js";
import { keep } from "./sealed.js";
import { choose, counted, listed, named, say } from "./words.js";

const DESK_AGAIN = 10000; // milliseconds
const MINUTES = [10, 20, 30, 45, 60, 90, 120];

/** What it is about: urgency, skill and how many, where, how far, what to look out for. */
export function head({ row, number, place, meters, point }, ...more) {
  const grade = row.grade ? say("line.grade", { grade: row.grade }) : "";
  const near = row.approximate
    ? h("span", { class: "quiet" }, say("place.center"))
    : meters !== undefined && h("span", { class: "far" }, distance(meters, false));
  return [
    h(
      "header",
      { class: row.mode },
      priorityMark(row.priority),
      h("h3", {}, named("kinds", row.kind)),
      ...more,
    ),
    h(
      "p",
      { class: "what" },
      h("strong", {}, named("skills", row.skill), " ", grade),
      h("span", {}, counted(row.skill, row.quantity)),
      row.hazardous && h("span", { class: "chip warn" }, say("line.hazardous")),
      row.whole && h("span", { class: "chip" }, say("line.whole")),
    ),
    h("p", { class: "where" }, h("span", {}, place), mapLink(point ?? row), near, numbered(number)),
    row.near_zone && h("p", { class: "alarm" }, h("strong", {}, say("zone.near"))),
    h("p", { class: "risk" }, say("demand.risk", { text: row.risk_statement })),
    h("p", {}, say("demand.rally", { text: row.rally_point })),
    row.way_in !== null && h("p", {}, say("demand.way_in", { text: row.way_in })),
  ];
}

const numbered = (number) => h("span", { class: "quiet end" }, number);

/** The phone's own map, by an address that every phone knows. */
function mapLink(place) {
  const [lat, lon] = [place.lat / 1e7, place.lon / 1e7];
  return h("a", { href: `geo:${lat},${lon}`, class: "map" }, say("act.map"));
}

/** Whom to call at the desk; the part that knows is loaded with the first card that says so. */
export function callDesk(context, row) {
  if (context.deskLine) return context.deskLine(context, row);
  context.deskPart ??= loadDesk(context);
  return null;
}

async function loadDesk(context) {
  try {
    context.deskLine = (await import("./organization-desk.js")).deskLine;
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem;
    await new Promise((soon) => setTimeout(soon, DESK_AGAIN)); // no signal: it is tried again
    context.deskPart = null;
  }
  context.desks = (context.desks ?? 0) + 1;
  context.redraw();
}

/** Where a card says to call the desk: a yes is not taken yet, or the place has to be asked for. */
const mustCall = (context, { row, bar }) =>
  (bar || row.near_zone) && context.role === "organization" && callDesk(context, row);

/** What has been filled in so far for an offer; it outlives a redrawing. */
function draft(context, row) {
  const drafts = (context.drafts ??= {});
  return (drafts[row.id] ??= { yes: { quantity: row.quantity }, no: {} });
}

/** An offer with its answers, and until when; one whose time is over, while it is short. */
export function offerCard(context, item) {
  const { row, first } = item;
  if (row.state !== "sent") return neededCard(context, item);
  const left = h("span", { class: "countdown", "data-until": row.answer_by });
  const time = moment(row.answer_by, context.clock.now());
  const until = h("p", { class: "until" }, say("offer.answer_by", { time }), " ", left);
  const later = neededWords(row, context.clock.now());
  const priority = first && named("priorities", first.priority);
  const more = first && say("late.first", { demand: numberOf(context, first), priority });
  return h(
    "article",
    { class: "card offer" },
    head(item),
    anewPart(context, item),
    later && h("p", {}, h("strong", {}, later)),
    until,
    first && h("p", { class: "alarm" }, more),
    mustCall(context, item),
    answers(context, item),
  );
}

/** What has changed since it was sent. */
const anewPart = (context, { row, scene }) =>
  scene && [context.scene.relievesPart(context, row), context.scene.anewPart(row)];

/** By when it is needed, where that is not as soon as possible. */
const neededWords = ({ needed_by: at }, now) =>
  at !== null && say("demand.needed_by", { time: moment(at, now) });

/**
 * What a yes would be refused for by now, or was; it counts again once its own row has changed.
 */
export function barred(context, row) {
  const own = context.board.get("organization", row.organization);
  const lack = own?.retired ? "retired" : lacking(own, row, today(context.clock.now()));
  if (lack) return { words: choose("lacking", lack) };
  const refused = context.refused?.get(row.id);
  return refused?.own === own ? { words: refused.problem.text, asked: true } : null;
}

const barredWords = ({ bar }) => bar && h("p", { class: "alarm" }, h("strong", {}, bar.words));

function neededCard(context, item) {
  const said = say("late.needed", { said: lateWords(item, context.clock.now()) });
  return h(
    "article",
    { class: "card offer late" },
    head(item),
    anewPart(context, item),
    h("p", { class: "until" }, said),
    mustCall(context, item),
    answers(context, item),
  );
}

function answers(context, { row, bar, calm, moved }) {
  const paths = ["accept", "counter", "decline"].map((answer) => `/offers/${row.id}/${answer}`);
  const sent = paths.find((path) => context.outbox.waiting(path));
  if (sent) {
    const entry = context.outbox.waiting(sent);
    const button = posting(context, { path: sent, look: "big" });
    return h("div", { class: "answers" }, button, withdrawing(context, entry));
  }
  return h(
    "div",
    { class: "answers" },
    barredWords({ bar }),
    can({ bar }) && details(context, row),
    can({ bar }) && accepting(context, row, say("act.accept"), calm || moved),
    can({ bar }) && row.state === "sent" && countering(context, row),
    declining(context, row),
  );
}

/** Neither yes nor no: later than was asked, if the desk would have that; loaded when unfolded. */
function countering(context, row) {
  const summary = h("summary", { class: "big button" }, say("act.counter"));
  const box = h("details", { class: "decline", "data-fold": `counter-${row.id}` }, summary);
  const fill = async () => {
    if (!box.open || box.children.length > 1) return;
    try {
      const { parts } = await import("./organization-counter.js");
      const found = await parts(context, row);
      if (box.children.length === 1) box.append(...found);
    } catch (problem) {
      if (!(problem instanceof TypeError)) throw problem;
      box.open = false; // no signal: unfolded again, it is retried
    }
  };
  box.addEventListener("toggle", fill);
  return box;
}

/** Whether a yes may be tried: what is on record speaks against it only until it is put right. */
const can = ({ bar }) => !bar || bar.asked;

/** Yes; what is sealed comes with the answer and stays here until the work ends. */
function accepting(context, row, words, calm) {
  const path = `/offers/${row.id}/accept`;
  const then = (answer) => {
    const near = [row.lon, row.lat]; // the exact point is that of this place
    if (answer.sealed) keep(context, row.demand, { ...answer.sealed, near });
    context.redraw();
  };
  const body = draft(context, row).yes;
  const first = () => void (body.revision = row.words_in);
  const refused = (problem) => {
    if (problem.code === "words_changed") return;
    const own = context.board.get("organization", row.organization);
    (context.refused ??= new Map()).set(row.id, { problem, own });
    context.redraw();
  };
  const options = { path, body, words, look: "big primary", first, then, refused };
  const button = posting(context, options);
  button.disabled ||= calm;
  return button;
}

/** How many, when about, with how many people; all may be left as it is. */
function details(context, row) {
  const body = draft(context, row).yes;
  const counts = Array.from({ length: row.quantity }, (_, index) => row.quantity - index);
  const units = counts.map((count) => [count, counted(row.skill, count)]);
  const times = MINUTES.map((count) => [count, say("time.minutes", { count })]);
  const people = h("input", { type: "number", inputmode: "numeric", min: 1, max: 10000 });
  people.value = body.people ?? "";
  people.addEventListener("input", () => note(body, "people", people.value));
  return h(
    "div",
    { class: "pair" },
    row.quantity > 1 && !row.whole && labeled("accept.quantity", pick(body, "quantity", units)),
    labeled("accept.minutes", pick(body, "minutes", [["", say("accept.minutes_open")], ...times])),
    labeled("accept.people", people),
  );
}

const labeled = (key, control) => h("label", { class: "field" }, h("span", {}, say(key)), control);

function note(body, name, value) {
  if (value) body[name] = Number(value);
  else delete body[name];
}

function pick(body, name, pairs) {
  const chosen = String(body[name] ?? "");
  const options = pairs.map(([value, words]) =>
    h("option", { value, selected: String(value) === chosen }, words),
  );
  const control = h("select", {}, options);
  control.addEventListener("change", () => note(body, name, control.value));
  return control;
}

/** No needs a reason, one touch each; it is never held against anybody, as the card says. */
function declining(context, row) {
  const path = `/offers/${row.id}/decline`;
  const one = ([code]) => {
    const words = named("decline_reasons", code);
    const body = draft(context, row).no;
    const first = () => {
      if (body.free_from && !inRange(context, body.free_from)) return false;
      body.reason = code;
    };
    return posting(context, { path, body, words, focus: `${path}-${code}`, first });
  };
  return h(
    "details",
    { class: "decline", "data-fold": `decline-${row.id}` },
    h("summary", { class: "big button" }, say("act.decline")),
    h("p", { class: "quiet" }, say("decline.free")),
    freeFrom(context, row),
    h("div", { class: "reasons" }, listed("decline_reasons").map(one)),
  );
}

/** From when one could come: within two days, or nothing. */
function freeFrom(context, row) {
  const body = draft(context, row).no;
  const control = freeFromField(context);
  control.value = body.free_from ? fieldTime(body.free_from) : "";
  const range = h("p", { role: "status" }, say("decline.range"));
  const check = () => {
    const wrong = body.free_from && !inRange(context, body.free_from);
    range.className = wrong ? "problem" : "quiet";
    control.setAttribute("aria-invalid", Boolean(wrong));
  };
  control.addEventListener("input", () => {
    note(body, "free_from", fieldMoment(control.value));
    check();
  });
  check();
  return [labeled("decline.free_from", control), range];
}

/** An offer whose time is over, or that was declined: a yes still counts. */
export function lateCard(context, item) {
  const { row, bar, calm, moved } = item;
  const words = lateWords(item, context.clock.now());
  const other = say(row.on_hold ? "late.on_hold" : "late.covered");
  const state = row.wanted ? say("late.needed", { said: words }) : other;
  const said = h("p", { class: "quiet" }, row.wanted ? state : [state, words].join(" · "));
  const heading = [head(item), anewPart(context, item), said, mustCall(context, item)];
  const card = h("article", { class: `card late ${row.state}` }, heading);
  const open = h("details", { "data-fold": `late-${row.id}` });
  open.append(
    h("summary", {}, say("late.still")),
    barredWords(item) || h("p", { class: "quiet" }, say("late.hint")),
    can(item) ? details(context, row) : "",
    can(item) ? accepting(context, row, say("act.accept_late"), calm || moved) : "",
    row.state === "no_answer" ? declining(context, row) : "",
  );
  card.append(open);
  return card;
}

function lateWords({ row, bar }, now) {
  const time = moment(row.ended_at ?? row.answer_by, now);
  if (row.state === "no_answer") {
    return say(bar ? "late.passed" : "late.silent", { time: moment(row.answer_by, now) });
  }
  const reason = named("decline_reasons", row.decline_reason);
  const declined = say("late.declined", { time, reason });
  const free = row.free_from && say("offer.free_from", { time: moment(row.free_from, now) });
  return [declined, free, spokenBy(row)].filter(Boolean).join(" · ");
}

/** Would still come: taken on once the line is short, or by the desk; until when. */
export function standbyCard(context, item) {
  const { row } = item;
  const state = h("span", { class: "chip end" }, choose("offer_state", row.state));
  const words = standbyWords(row, context.clock.now());
  const path = `/offers/${row.id}/decline`;
  const body = { reason: "no_crew" };
  const leave = posting(context, { path, body, words: say("standby.leave"), look: "wide" });
  leave.disabled ||= item.moved;
  return h("article", { class: "card standby" }, head(item, state), h("p", {}, words), leave);
}

/** For the desk's word; but a yes of its own counts at once. */
function standbyWords(row, now) {
  const units = counted(row.skill, row.answered);
  if (!row.at_once) return say("standby.desk", { units });
  return say("standby.until", { units, time: moment(row.standby_until, now) });
}

/** Whether one has come up so lately that a touch may have meant another. */
export const fresh = (context, row) => quiet(context, row, true);
