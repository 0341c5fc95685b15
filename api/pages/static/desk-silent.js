/** Crews that have fallen silent, reports that nobody answers: above everything until then. */

import { foundWords, live } from "./assignments.js";
import { stepByPhone } from "./desk-calls.js";
import { reveal } from "./desk-demands.js";
import { climbedDrafts } from "./desk-drafts.js";
import { answersFor, divisionsOf, numberWords } from "./desk-model.js";
import { reportsOf } from "./desk-reports.js";
import { drawList, find, h, setText } from "./dom.js";
import { moment } from "./format.js";
import { placeName } from "./places.js";
import { language, named, say } from "./words.js";

/** The desk of the place at once; the county's as soon as it is its matter, too. */
const ours = ({ me }, row) =>
  answersFor(me, row.division) && (row.escalated || divisionsOf(me).includes(row.division));

export function drawSilent(context) {
  const rows = context.board
    .all("assignment")
    .filter((row) => live(row) && row.missed_at !== null && ours(context, row))
    .sort((one, other) => one.check_in_by - other.check_in_by);
  setText(find("#silent-title"), rows.length ? say("silent.title", { count: rows.length }) : "");
  const items = rows.map((row) => ({
    key: row.id,
    row,
    demand: numberWords(context.board, row),
    place: placeName(row.division),
    language: language(),
  }));
  const climbed = climbedOf(context);
  const drafts = climbedDrafts(context).map((row) => ({
    key: row.id,
    draft: row,
    demand: numberWords(context.board, row),
    place: placeName(row.division),
    language: language(),
  }));
  find("#silent-box").hidden = !items.length && !climbed.length && !drafts.length;
  const kind = (item) => (item.draft ? drawDraft : item.report ? drawReport : drawCrew);
  const draw = (item) => kind(item)(context, item);
  drawList(find("#silent"), [...items, ...climbed, ...drafts], draw);
}

/** Reports from the scene that were not answered in time: every desk above has them. */
function climbedOf(context) {
  const { board, me } = context;
  const rows = board.all("assignment").filter((row) => answersFor(me, row.division));
  const late = reportsOf(rows).filter(({ report }) => report.escalated);
  return late.map(({ row, report }) => ({
    key: report.id,
    row,
    report,
    demand: numberWords(board, row),
    place: placeName(row.division),
    language: language(),
  }));
}

function showing(context, key, demand) {
  const show = h("button", { type: "button", class: "small", "data-focus": `show-${key}` });
  show.textContent = say("silent.show");
  show.addEventListener("click", () => reveal(context, demand));
  return show;
}

/** A need that nobody is asked for, since its desk has not decided. */
function drawDraft(context, { draft, demand, place }) {
  const time = moment(draft.drafted_at, context.clock.now());
  const what = `${demand} ${named("kinds", draft.kind)}`;
  return h(
    "li",
    {},
    h("strong", {}, say("silent.draft", { what })),
    h("span", {}, place),
    h("span", {}, say("silent.draft_since", { time })),
    showing(context, draft.id, draft.id),
  );
}

function drawReport(context, { row, report, demand, place }) {
  const show = showing(context, report.id, row.demand);
  return h(
    "li",
    {},
    h("strong", {}, row.organization_name),
    h("span", {}, [demand, place].join(" · ")),
    h("span", {}, say("silent.report", { found: foundWords(report) })),
    show,
  );
}

function drawCrew(context, { row, demand, place }) {
  const time = moment(row.check_in_by, context.clock.now());
  const call = h("button", { type: "button", class: "small", "data-focus": `silent-${row.id}` });
  call.textContent = say("silent.call");
  call.addEventListener("click", () => stepByPhone(context, row, true));
  const inside = row.inside > 0 && h("strong", {}, say("party.inside", { count: row.inside }));
  return h(
    "li",
    {},
    h("strong", {}, row.organization_name),
    h("span", {}, [demand, place].join(" · ")),
    h("span", {}, say("silent.since", { time })),
    inside,
    call,
  );
}
