/** What an organization could help with and was not asked for: it offers itself with one touch. */

import { priorityMark } from "./assignments.js";
import { drawList, find, h, setText } from "./dom.js";
import { moment } from "./format.js";
import { get, Problem } from "./http.js";
import { posting } from "./page.js";
import { placeName } from "./places.js";
import { keep } from "./sealed.js";
import { counted, language, moreWords, named, say } from "./words.js";

const MINUTES = [10, 20, 30, 45, 60, 90, 120];
const AGAIN = 60000; // milliseconds after which an unfolded list is read again

let known = null; // the answer; null before the first
let at = 0; // when it was read
let problem = null;
const drafts = new Map(); // by line: what has been filled in

/** Load the words of this part, and read the list now and whenever it is unfolded. */
export async function start(context) {
  await moreWords("words-needs");
  const box = find("#needs-box");
  box.addEventListener("toggle", () => box.open && read(context));
  find("#read-needs").addEventListener("click", () => read(context));
  setInterval(() => box.open && !document.hidden && read(context), AGAIN);
  read(context);
}

async function read(context) {
  try {
    known = await get(`/organizations/${context.organization}/needs`, "organization");
    at = context.clock.now();
    problem = null;
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    problem = refused;
  }
  context.redraw();
}

export function draw(context) {
  const now = context.clock.now();
  const needs = known?.needs ?? [];
  const items = needs.map((need) => ({
    key: need.line,
    need,
    place: placeName(need.division),
    language: language(),
    underway: Boolean(context.outbox.waiting(pathOf(need))),
  }));
  drawList(find("#needs"), items, (item) => card(context, item));
  find("#no-needs").hidden = known === null || needs.length > 0;
  setText(find("#needs-hint"), say("own.needs_hint"));
  setText(find("#no-needs"), say("own.no_needs"));
  setText(find("#read-needs"), say("act.read_again"));
  setText(find("#needs-at"), known === null ? "" : say("needs.at", { time: moment(at, now) }));
  setText(find("#needs-problem"), problem ? problem.text : "");
}

const pathOf = (need) => `/lines/${need.line}/help`;

function draftOf(context, need) {
  const quantity = Math.min(need.missing, need.own);
  if (!drafts.has(need.line)) {
    drafts.set(need.line, { organization: context.organization, quantity });
  }
  const draft = drafts.get(need.line);
  draft.revision = need.revision; // of the words that are on the screen
  draft.quantity = need.whole ? quantity : Math.min(draft.quantity, quantity);
  return draft;
}

function card(context, { need, place }) {
  const grade = need.grade ? say("line.grade", { grade: need.grade }) : "";
  const time = need.needed_by && moment(need.needed_by, context.clock.now());
  return h(
    "article",
    { class: "card offer" },
    h("header", {}, priorityMark(need.priority), h("h3", {}, named("kinds", need.kind))),
    h(
      "p",
      { class: "what" },
      h("strong", {}, named("skills", need.skill), " ", grade),
      h("span", {}, say("needs.missing", { units: counted(need.skill, need.missing) })),
      need.hazardous && h("span", { class: "chip warn" }, say("line.hazardous")),
      need.whole && h("span", { class: "chip" }, say("line.whole")),
    ),
    h("p", { class: "where" }, place, " · ", say("needs.away", { count: need.kilometers })),
    need.risk_statement && h("p", { class: "risk" }, risk(need)),
    time && h("p", {}, say("demand.needed_by", { time })),
    h("p", { class: "quiet" }, say("needs.since", { time: moment(need.opened_at, at) })),
    fields(context, need),
    offering(context, need),
  );
}

const risk = (need) => say("demand.risk", { text: need.risk_statement });

function fields(context, need) {
  const draft = draftOf(context, need);
  const most = Math.min(need.missing, need.own);
  const counts = Array.from({ length: most }, (_, index) => most - index);
  const units = counts.map((count) => [count, counted(need.skill, count)]);
  const times = MINUTES.map((count) => [count, say("time.minutes", { count })]);
  const open = ["", say("accept.minutes_open")];
  return h(
    "div",
    { class: "pair" },
    most > 1 && !need.whole && labeled("accept.quantity", pick(draft, "quantity", units)),
    labeled("accept.minutes", pick(draft, "minutes", [open, ...times])),
  );
}

const labeled = (key, control) => h("label", { class: "field" }, h("span", {}, say(key)), control);

function pick(draft, name, pairs) {
  const options = pairs.map(([value, words]) =>
    h("option", { value, selected: value === (draft[name] ?? "") }, words),
  );
  const control = h("select", {}, options);
  control.addEventListener("change", () => {
    if (control.value) draft[name] = Number(control.value);
    else delete draft[name];
  });
  return control;
}

/** A yes at once or a standby: the card that takes this one's place says which. */
function offering(context, need) {
  const then = (answer) => {
    const { sealed } = answer; // the exact point is that of the place that is shown
    if (sealed) keep(context, need.demand, { ...sealed, near: [sealed.lon, sealed.lat] });
    drafts.delete(need.line);
    read(context);
  };
  const body = draftOf(context, need);
  const words = say("needs.offer");
  const post = posting(context, { path: pathOf(need), body, words, look: "big primary", then });
  return h("div", { class: "answers" }, post);
}
