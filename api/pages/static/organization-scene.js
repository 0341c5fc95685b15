/** What a crew says: all well, who is in danger, what it finds, that it has read what changed. */

import { foundWords } from "./assignments.js";
import { select } from "./dialog.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { posting } from "./page.js";
import { placeName } from "./places.js";
import { changedWords } from "./wording.js";
import { choose, listed, moreWords, named, say } from "./words.js";

export { lateness, later } from "./organization-later.js";
export { ahead, outcomeCard, outcomes, queueParts } from "./organization-queue.js";
export { drawTold, outParts, toldParts } from "./organization-told.js";

const SOON = 5 * 60000; // milliseconds before it is due from which the button stands out

await moreWords("words-scene");

/** Times after which a card on the scene reads otherwise. */
export const sceneTimes = (row) =>
  row.check_in_by === null ? [] : [row.check_in_by - SOON, row.check_in_by];

const TEXTS = {
  kind: (row) => named("kinds", row.kind),
  place: (row) => placeName(row.division),
  risk: (row) => row.risk_statement,
  rally_point: (row) => row.rally_point,
  way_in: (row) => row.way_in ?? say("words.none"),
};

/** Above a card, large: what has changed since its yes, until the crew says that it has read it. */
export function changedPart(context, row) {
  if (!row.changed.length) return null;
  const time = moment(row.changed_at, context.clock.now());
  const path = `/assignments/${row.id}/seen`;
  const body = { revision: row.words_in };
  const one = (word) =>
    h("p", { class: "said" }, named("public_words", word), " ", h("strong", {}, TEXTS[word](row)));
  return h(
    "div",
    { class: "alarm", role: "alert" },
    h("strong", {}, say("words.changed", { time })),
    row.changed.map(one),
    posting(context, { path, body, words: say("act.words_seen"), look: "wide" }),
  );
}

/** To whoever is asked: what has changed since, and that a yes to earlier words was not taken. */
export function anewPart(row) {
  if (!row.changed.length) return null;
  const words = changedWords(row);
  if (!row.outdated) return h("p", { class: "until" }, say("words.anew", { words }));
  const told = h("strong", {}, say("words.outdated", { words }));
  return h("p", { class: "alarm", role: "alert" }, told);
}

/** Whose place it is asked to take, or takes: that crew stays until then. */
export function relievesPart({ clock }, { relieves }) {
  if (!relieves) return null;
  const { organization_name: name, since } = relieves;
  const there = since !== null && { time: moment(since, clock.now()) };
  const time = there ? say("scene.relieves_since", there) : "";
  return h("p", { class: "until" }, h("strong", {}, say("scene.relieves", { name, time })));
}

/** Below the facts of a card on the scene. */
export const sceneParts = (context, { row, moved }) => [
  (row.check_in_by !== null || row.unheard) && wellPart(context, row, moved),
  (row.hazardous || row.inside > 0) && headsPart(context, row),
  row.reports.map((report) => waitingPart(context, report)),
  row.relief && reliefPart(context, row),
  row.answered && h("p", { class: "quiet" }, answeredWords(row.answered)),
  reportPart(context, row),
];

/** One large button, with the time it is due; red once nobody has heard from them. */
function wellPart(context, row, moved) {
  const now = context.clock.now();
  const path = `/assignments/${row.id}/check-in`;
  const late = row.missed_at !== null || (!row.unheard && row.check_in_by <= now);
  const plain = row.withdrawing ? "wide" : "big"; // then that they are out is the one large button
  const look = late || row.check_in_by - SOON <= now ? `${plain} primary` : plain;
  const button = posting(context, { path, words: say("scene.well"), look, anew: row.withdrawing });
  button.disabled ||= moved;
  const time = moment(row.check_in_by, now);
  const left = h("span", { class: "countdown", "data-until": row.check_in_by });
  const due = !late && !row.unheard;
  return h(
    "div",
    late ? { class: "alarm", role: "alert" } : { class: "answers" },
    late && h("p", {}, h("strong", {}, say("scene.asked", { time }))),
    button,
    due && h("p", { class: "quiet" }, say("scene.due", { time }), " ", left),
  );
}

/** A whole number into a body; nothing is sent for whoever has typed none. */
function whole(input, body, name, button) {
  const look = () => (button.disabled = !(body[name] >= 0));
  input.addEventListener("input", () => {
    body[name] = input.value === "" ? undefined : Math.max(0, Math.floor(input.value));
    look();
  });
  look();
}

/** What was typed so far outlives a redrawing. */
function headsPart(context, row) {
  const typed = (context.heads ??= {});
  const path = `/assignments/${row.id}/heads`;
  const body = (typed[row.id] ??= {});
  const bounds = { min: 0, max: 10000, inputmode: "numeric", "data-focus": `inside-${row.id}` };
  const count = h("input", { type: "number", value: body.inside, ...bounds });
  const forget = () => delete typed[row.id];
  const focus = `count-${row.id}`;
  const words = say("scene.count_heads");
  const send = posting(context, { path, body, words, then: forget, focus, anew: true });
  whole(count, body, "inside", send);
  const others = othersPart(row, body, count, send);
  const out = { path, body: { inside: 0 }, words: say("scene.all_out"), look: "wide", anew: true };
  return h(
    "div",
    { class: "heads" },
    row.inside > 0 && h("p", { class: "alarm" }, say("scene.inside", { count: row.inside })),
    h(
      "div",
      { class: "pair" },
      h("label", { class: "field" }, h("span", {}, say("scene.inside_now")), count),
      send,
    ),
    others,
    row.inside > 0 && posting(context, { ...out, then: forget }),
  );
}

/** More inside than the crew has people is a slip, unless it says that others went in with it. */
function othersPart({ people }, body, count, send) {
  const box = h("input", { type: "checkbox", checked: Boolean(body.others) });
  const part = h("label", { class: "tick" }, box, h("span", {}, say("scene.others")));
  const look = () => {
    part.hidden = !(people && body.inside > people);
    if (part.hidden) box.checked = false;
    body.others = box.checked;
    if (!part.hidden && !box.checked) send.disabled = true;
  };
  count.addEventListener("input", look);
  box.addEventListener("change", () => {
    send.disabled = false;
    look();
  });
  look();
  return part;
}

function waitingPart({ clock }, report) {
  const time = moment(report.answer_by, clock.now());
  const words = report.escalated ? "scene.escalated" : "scene.waits";
  return h("p", { class: "until" }, say(words, { found: foundWords(report), time }));
}

/** Whether somebody comes in its place; until then it stays, and may say that it goes on. */
function reliefPart(context, row) {
  const path = `/assignments/${row.id}/keep-on`;
  return h(
    "div",
    {},
    h("p", {}, reliefWords(row)),
    row.relief.due_at && posting(context, { path, words: say("scene.keep_on"), look: "wide" }),
  );
}

/** Once the new one is there nobody waits inside for it. */
function reliefWords({ relief, inside }) {
  if (relief.here) return say(inside ? "scene.relief_out" : "scene.relief_here", { count: inside });
  if (relief.successor) return say("scene.relief_coming");
  return say(relief.offer ? "scene.relief_asked" : "scene.relief_due");
}

const answeredWords = (report) =>
  say("scene.answered", {
    found: foundWords(report),
    answer: choose("report_answer", report.answer),
  });

const WHATS = ["need_more", "not_as_described", "road_cut", "people_helped"];
const IN_WORDS = ["not_as_described", "road_cut"];

/** Folded away, and what was filled in so far outlives a redrawing. */
function reportPart(context, row) {
  const said = ((context.found ??= {})[row.id] ??= {});
  const skill = said.skill ?? row.skill;
  const what = select(
    "what",
    WHATS.map((code) => [code, choose("scene_report", code)]),
    said.what,
  );
  const skills = listed("skills").map(([code]) => [code, named("skills", code)]);
  const parts = {
    quantity: h("input", { type: "number", min: 1, inputmode: "numeric", value: said.quantity }),
    skill: select("skill", skills, skill),
    text: h("textarea", { rows: 2, maxlength: 500 }, said.text ?? ""),
  };
  const labels = {
    quantity: say("scene.quantity"),
    skill: say("scene.skill"),
    text: say("scene.text"),
  };
  const fields = Object.entries(parts).map(([name, input]) => {
    input.addEventListener("input", () => {
      said[name] = input.value;
      show();
    });
    return h("label", { class: "field", "data-part": name }, h("span", {}, labels[name]), input);
  });
  const body = {};
  const send = {
    path: `/assignments/${row.id}/report`,
    body,
    words: say("scene.send"),
    look: "wide primary",
    anew: true,
    first: () => void Object.assign(clear(body), bodyOf(said, row)),
    then: () => delete context.found[row.id],
  };
  const button = posting(context, send);
  const show = () => {
    for (const one of fields) one.hidden = !wanted(said.what, one.dataset.part);
    button.disabled = !enough(said);
  };
  what.addEventListener("input", () => {
    said.what = what.value;
    show();
  });
  show();
  return h(
    "details",
    { "data-fold": `report-${row.id}` },
    h("summary", {}, say("scene.report")),
    h("label", { class: "field" }, h("span", {}, say("scene.what")), what),
    fields,
    button,
  );
}

/** Nothing is reported that nobody has said: what it is, and how much or in words. */
function enough({ what, quantity, text }) {
  if (!what) return false;
  return IN_WORDS.includes(what) ? Boolean(text?.trim()) : Math.floor(quantity) >= 1;
}

/** What is asked for with each kind of report. */
function wanted(what, part) {
  if (!what) return false;
  if (part === "text") return what !== "people_helped";
  if (part === "skill") return what === "need_more";
  return !IN_WORDS.includes(what);
}

function clear(body) {
  for (const name of Object.keys(body)) delete body[name];
  return body;
}

function bodyOf(said, row) {
  const { what } = said;
  const body = { what };
  if (wanted(what, "quantity")) body.quantity = Math.floor(said.quantity);
  if (wanted(what, "skill")) body.skill = said.skill ?? row.skill;
  if (wanted(what, "text") && said.text?.trim()) body.text = said.text;
  return body;
}
