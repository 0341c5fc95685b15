/** The desk's list of demands: cover line by line, who is asked, who has accepted, who is there. */

import { drawList, find, findAll, h, setText } from "./dom.js";
import { VIEWS, demandItems, live } from "./desk-model.js";
import { stepTimes } from "./assignments.js";
import * as acts from "./desk-acts.js";
import { distance, moment, span, spoken } from "./format.js";
import { posting } from "./page.js";
import { choose, named, say } from "./words.js";

const PAGE = 60; // cards drawn at first; a longer list is asked for

let view = "open";
let shown = PAGE;

/** Wire the choice of views once; `redraw` draws the list anew. */
export function startDemands({ redraw }) {
  for (const button of findAll("[data-view]")) {
    button.addEventListener("click", () => {
      [view, shown] = [button.dataset.view, PAGE];
      redraw();
    });
  }
  find("#more-demands").addEventListener("click", () => {
    shown += PAGE;
    redraw();
  });
}

export function drawDemands(context) {
  const items = demandItems(context, find("#list-incident").value);
  for (const button of findAll("[data-view]")) {
    const matching = items.filter(VIEWS[button.dataset.view]).length;
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
    setText(find(".count", button), String(matching));
  }
  const wanted = items.filter(VIEWS[view]);
  drawList(find("#demands"), wanted.slice(0, shown), (item) => card(context, item));
  find("#more-demands").hidden = wanted.length <= shown;
  find("#no-demands").hidden = wanted.length > 0;
  setText(find("#no-demands"), say(items.length ? "demands.none_here" : "demands.none"));
}

export const priorityMark = (priority) =>
  h(
    "span",
    { class: `priority p${priority}` },
    String(priority),
    " ",
    named("priorities", priority),
  );

function card(context, item) {
  const { demand } = item;
  return h(
    "article",
    { class: `card demand ${demand.state}`, "aria-label": spoken(demand) },
    header(context, item),
    h("p", { class: "quiet" }, say("demand.risk", { text: demand.risk_statement })),
    h("p", { class: "quiet" }, say("demand.rally", { text: demand.rally_point })),
    h(
      "div",
      { class: "lines" },
      demand.lines.map((line) => lineBlock(context, item, line)),
    ),
    buttons(context, item),
  );
}

function header({ clock }, { demand, place }) {
  const closed = demand.state === "closed";
  const at = moment(closed ? demand.closed_at : demand.published_at, clock.now());
  const since = say(closed ? "demand.closed_at" : "demand.published_at", { time: at });
  const reason = closed && h("span", { class: "chip" }, named("close_reasons", demand.reason));
  const rough = demand.approximate ? say("place.approximate") : "";
  return h(
    "header",
    {},
    priorityMark(demand.priority),
    h("h3", {}, `${spoken(demand)} ${named("kinds", demand.kind)}`),
    h("span", { class: "place" }, place, rough),
    reason,
    h("span", { class: "quiet end" }, since),
  );
}

function lineBlock(context, item, line) {
  const offers = item.offers.filter((row) => row.line === line.id);
  const assignments = item.assignments.filter((row) => row.line === line.id);
  return h(
    "section",
    { class: `line ${line.cover}` },
    lineHead(line),
    item.demand.state === "closed" ? null : unmet(context, item.demand, line, offers),
    assignments.map((row) => assignmentRow(context, row)),
    offers.filter((row) => row.state === "sent").map((row) => offerRow(context, row)),
    endedOffers(context, line, offers),
  );
}

function lineHead(line) {
  const grade = line.grade ? say("line.grade", { grade: line.grade }) : "";
  const amount = { covered: line.covered, target: line.target, minimum: line.minimum };
  return h(
    "div",
    { class: "line-head" },
    h("strong", {}, named("skills", line.skill), " ", grade),
    line.hazardous && h("span", { class: "chip warn" }, say("line.hazardous")),
    h("progress", { value: line.covered, max: line.target, "aria-label": say("line.cover") }),
    h("span", {}, say("line.amount", amount)),
    h("span", { class: `chip cover ${line.cover}` }, choose("cover", line.cover)),
    line.asked > 0 && h("span", { class: "quiet" }, say("line.asked", { count: line.asked })),
  );
}

export const gateWords = (gates) =>
  gates.map(({ gate, count }) => `${named("gates", gate)} ${count}`).join(say("list.separator"));

/** Why nobody (more) is asked now: not yet released, or everybody failed at a gate. */
function unmet({ clock }, demand, line, offers) {
  if (line.unmet) return h("p", { class: "unmet" }, unmetWords(line, clock.now()));
  if (offers.length || demand.release_at <= clock.now()) return null;
  return h("p", {}, say("line.release"), " ", countdown(demand.release_at, say("time.now")));
}

function unmetWords(line, now) {
  const counts = { considered: line.considered, gates: gateWords(line.gates) };
  const why = say(line.considered ? "line.unmet" : "line.unmet_empty", counts);
  if (line.retry_at === null) return why;
  return [why, say("line.retry", { time: moment(line.retry_at, now) })].join(" ");
}

const countdown = (until, over = null) =>
  h("span", { class: "countdown", "data-until": until, "data-over": over });

function offerRow(context, offer) {
  return h(
    "div",
    { class: "party asked" },
    h("span", { class: "name" }, offer.organization_name),
    h("span", { class: "chip" }, choose("offer_state", offer.state)),
    h("span", {}, say("party.units", { count: offer.quantity })),
    h("span", {}, distance(offer.meters)),
    h("span", { class: "quiet" }, say("party.rank", offer)),
    h("span", {}, say("offer.answer_in"), " ", countdown(offer.answer_by)),
    phoneButton(offer, () => acts.answerByPhone(context, offer)),
  );
}

const phoneButton = (row, open) =>
  h(
    "button",
    { type: "button", class: "small", onclick: open, "data-focus": `phone-${row.id}` },
    say("act.by_phone"),
  );

function assignmentRow(context, row) {
  const meters = context.board.get("offer", row.offer)?.meters;
  const due = row.minutes !== null && !row.arrived_at && live(row);
  return h(
    "div",
    { class: `party ${row.state}` },
    h("span", { class: "name" }, row.organization_name),
    h("span", { class: "chip state" }, choose("assignment_state", row.state)),
    h("span", {}, say("party.units", { count: row.quantity })),
    meters !== undefined && h("span", {}, distance(meters)),
    due && h("span", {}, say("party.due", { minutes: row.minutes })),
    row.by_desk && h("span", { class: "quiet" }, say("party.by_desk")),
    h("span", { class: "quiet" }, stepTimes(row, context.clock.now()).join(" · ")),
    assignmentButtons(context, row),
  );
}

function assignmentButtons(context, row) {
  if (!live(row)) return null;
  if (row.state !== "reported_done") {
    return phoneButton(row, () => acts.stepByPhone(context, row));
  }
  const path = `/assignments/${row.id}/confirm`;
  const confirm = { path, body: { done: true }, words: say("act.confirm"), look: "small primary" };
  const back = { path, body: { done: false }, words: say("act.send_back"), look: "small" };
  return h(
    "span",
    { class: "buttons" },
    posting(context, { ...confirm, focus: `confirm-${row.id}` }),
    posting(context, { ...back, focus: `back-${row.id}` }),
  );
}

function endedOffers({ clock }, line, offers) {
  const ended = offers.filter((row) => row.state !== "sent" && row.state !== "accepted");
  if (!ended.length) return null;
  const one = (row) => h("li", {}, endedWords(row, clock.now()));
  return h(
    "details",
    { "data-fold": `ended-${line.id}` },
    h("summary", {}, say("offers.ended", { count: ended.length })),
    h("ul", {}, ended.map(one)),
  );
}

function endedWords(row, now) {
  const reason = row.decline_reason
    ? named("decline_reasons", row.decline_reason)
    : row.stand_down_reason && named("stand_down_reasons", row.stand_down_reason);
  const parts = [row.organization_name, choose("offer_state", row.state), reason];
  const after = row.ended_at && say("offer.after", { span: span(row.ended_at - row.sent_at) });
  const when = row.ended_at && moment(row.ended_at, now);
  return [...parts, when, after, row.by_desk && say("party.by_desk")].filter(Boolean).join(" · ");
}

function buttons(context, { demand }) {
  const button = (name, open) =>
    h(
      "button",
      { type: "button", class: "small", onclick: open, "data-focus": `${name}-${demand.id}` },
      say(name),
    );
  const sealed =
    demand.sealed.length > 0 && button("act.read_sealed", () => acts.sealed(context, demand));
  if (demand.state === "closed") {
    const path = `/demands/${demand.id}/reopen`;
    const reopen = { path, words: say("act.reopen"), look: "small", revision: demand.revision };
    return h("footer", { class: "buttons" }, posting(context, reopen), sealed);
  }
  const amend = button("act.amend", () => acts.amend(context, demand));
  const close = button("act.close_demand", () => acts.closeDemand(context, demand));
  return h("footer", { class: "buttons" }, amend, close, sealed);
}
