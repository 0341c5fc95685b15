/** The cards of an organization's page: one offer, assignment, recovery task, or what is over. */

import { nextSteps, sealedList, stepTimes } from "./assignments.js";
import { h } from "./dom.js";
import { distance, moment, spokenDemand } from "./format.js";
import { act, posting } from "./page.js";
import { choose, listed, named, say } from "./words.js";

const MINUTES = [10, 20, 30, 45, 60, 90, 120];

const priorityMark = (priority) =>
  h(
    "span",
    { class: `priority p${priority}` },
    String(priority),
    " ",
    named("priorities", priority),
  );

/** What it is about: urgency, skill and how many, where and how far, what to look out for. */
function head({ row, place, meters }, ...more) {
  const grade = row.grade ? say("line.grade", { grade: row.grade }) : "";
  const far = meters === undefined ? null : h("span", { class: "far" }, distance(meters));
  return [
    h("header", {}, priorityMark(row.priority), h("h3", {}, named("kinds", row.kind)), ...more),
    h(
      "p",
      { class: "what" },
      h("strong", {}, named("skills", row.skill), " ", grade),
      h("span", {}, say("party.units", { count: row.quantity })),
      row.hazardous && h("span", { class: "chip warn" }, say("line.hazardous")),
    ),
    h("p", { class: "where" }, h("span", {}, place), far, mapLink(row), numbered(row)),
    h("p", { class: "risk" }, say("demand.risk", { text: row.risk_statement })),
    h("p", {}, say("demand.rally", { text: row.rally_point })),
  ];
}

const numbered = (row) => h("span", { class: "quiet end" }, spokenDemand(row));

/** The phone's own map, by the address that every phone understands; no foreign page is asked. */
function mapLink(row) {
  const [lat, lon] = [row.lat / 1e7, row.lon / 1e7];
  return h("a", { href: `geo:${lat},${lon}`, class: "map" }, say("act.map"));
}

/** An offer with its two answers. */
export function offerCard(context, item) {
  const { row } = item;
  const left = h("span", { class: "countdown", "data-until": row.answer_by });
  const clock = h("p", { class: "left" }, say("offer.answer_in"), " ", left);
  return h("article", { class: "card offer" }, head(item, clock), answers(context, row));
}

function answers(context, row) {
  const body = { quantity: row.quantity };
  const yes = { path: `/offers/${row.id}/accept`, body, words: say("act.accept") };
  const no = { path: `/offers/${row.id}/decline`, words: say("act.decline") };
  const sent = [yes, no].find(({ path }) => context.outbox.waiting(path));
  const open = [details(row, body), posting(context, { ...yes, look: "big primary" })];
  return h(
    "div",
    { class: "answers" },
    sent ? posting(context, { ...sent, look: "big" }) : [...open, declining(context, row)],
  );
}

/** How many, and when about; both may be left as they are. */
function details(row, body) {
  const counts = Array.from({ length: row.quantity }, (_, index) => index + 1).reverse();
  const quantity = h(
    "select",
    {},
    counts.map((count) => h("option", { value: count }, count)),
  );
  quantity.addEventListener("change", () => (body.quantity = Number(quantity.value)));
  const pairs = [["", say("accept.minutes_open")]];
  for (const count of MINUTES) pairs.push([count, say("time.minutes", { count })]);
  const minutes = h(
    "select",
    {},
    pairs.map(([value, words]) => h("option", { value }, words)),
  );
  minutes.addEventListener("change", () => {
    if (minutes.value) body.minutes = Number(minutes.value);
    else delete body.minutes;
  });
  const many = h("label", { class: "field" }, h("span", {}, say("accept.quantity")), quantity);
  const soon = h("label", { class: "field" }, h("span", {}, say("accept.minutes")), minutes);
  return h("div", { class: "pair" }, row.quantity > 1 && many, soon);
}

/** No needs a reason, one touch each; it is never held against anybody, and the card says so. */
function declining(context, row) {
  const path = `/offers/${row.id}/decline`;
  const one = ([code]) => {
    const words = named("decline_reasons", code);
    return posting(context, { path, body: { reason: code }, words, focus: `${path}-${code}` });
  };
  return h(
    "details",
    { class: "decline", "data-fold": `decline-${row.id}` },
    h("summary", { class: "big button" }, say("act.decline")),
    h("p", { class: "quiet" }, say("decline.free")),
    h("div", { class: "reasons" }, listed("decline_reasons").map(one)),
  );
}

/** An assignment: the next step large, the others beside it. */
export function assignmentCard(context, item) {
  const { row, opened } = item;
  const state = h("span", { class: "chip state end" }, choose("assignment_state", row.state));
  const times = stepTimes(row, context.clock.now()).join(" · ");
  const desk = row.by_desk && h("p", { class: "quiet" }, say("party.by_desk"));
  const parts = [head(item, state), h("p", { class: "quiet" }, times), desk];
  const card = h("article", { class: `card ${row.state}` }, parts);
  card.append(opened ? sealedList(opened) : readButton(context, row), steps(context, row));
  return card;
}

function readButton(context, row) {
  const path = `/demands/${row.demand}/sealed`;
  const then = (texts) => {
    // Kept in memory only: what is personal leaves the phone with the page.
    (context.opened ??= {})[row.demand] = texts;
    context.redraw();
  };
  const hint = h("small", { class: "quiet" }, say("sealed.recorded"));
  return h(
    "div",
    {},
    posting(context, { path, words: say("act.read_sealed"), look: "wide", then }),
    hint,
  );
}

function steps(context, row) {
  const [next, ...others] = nextSteps(row);
  if (!next) return h("p", { class: "quiet" }, say("assignment.await_desk"));
  const path = (step) => `/assignments/${row.id}/${step}`;
  const button = ([step, words], look) => posting(context, { path: path(step), words, look });
  const sending = context.outbox.entries.find((entry) => entry.path.includes(`/${row.id}/`));
  if (sending) {
    const known = [next, ...others].find(([step]) => sending.path === path(step));
    return h("div", { class: "answers" }, button(known ?? next, "big primary"));
  }
  const ends = others.filter(([step]) => step === "cannot-complete");
  const skips = others.filter(([step]) => step !== "cannot-complete");
  return h(
    "div",
    { class: "answers" },
    button(next, "big primary"),
    h(
      "div",
      { class: "pair" },
      skips.map((one) => button(one, "")),
    ),
    ends.map((one) => givingUp(row, button(one, "danger"))),
  );
}

/** Giving up is two touches, so that a slip of the thumb stands nobody down. */
const givingUp = (row, button) =>
  h(
    "details",
    { "data-fold": `give-up-${row.id}` },
    h("summary", {}, say("act.cannot_complete")),
    h("p", { class: "quiet" }, say("assignment.give_up")),
    button,
  );

/** A recovery task of the county: to be claimed, or claimed and to be reported. */
export function taskCard(context, { row, place }) {
  const title = say("task.title", { number: row.number, kind: named("kinds", row.kind) });
  const facts = `${named("domains", row.domain)} · ${place}`;
  const state = h("span", { class: "chip state end" }, choose("task_state", row.state));
  return h(
    "article",
    { class: `card ${row.state}` },
    h("header", {}, h("h3", {}, title), state),
    h("p", {}, facts),
    taskButton(context, row),
  );
}

function taskButton(context, row) {
  if (row.state === "open") {
    const body = { organization: context.organization };
    const path = `/tasks/${row.id}/claim`;
    return posting(context, { path, body, words: say("act.claim"), look: "wide" });
  }
  if (row.state !== "claimed") return h("p", { class: "quiet" }, say("task.await_desk"));
  const path = `/tasks/${row.id}/report-done`;
  return posting(context, { path, words: say("act.report_done"), look: "wide primary" });
}

/** What is over, in one line and with its reason. */
export function endedCard({ clock }, { row, place }) {
  const offered = row.offer === undefined;
  const state = offered ? choose("offer_state", row.state) : choose("assignment_state", row.state);
  const reason = row.decline_reason
    ? named("decline_reasons", row.decline_reason)
    : row.stand_down_reason && named("stand_down_reasons", row.stand_down_reason);
  const thanks = row.state === "stood_down" && say("ended.thanks");
  const what = [spokenDemand(row), named("kinds", row.kind), place].join(" · ");
  const why = [
    reason,
    moment(row.ended_at, clock.now()),
    row.by_desk && say("party.by_desk"),
    thanks,
  ];
  return h(
    "article",
    { class: `card compact ${row.state}` },
    h("p", {}, h("span", { class: "chip" }, state), " ", what),
    h("p", { class: "quiet" }, why.filter(Boolean).join(" · ")),
  );
}
