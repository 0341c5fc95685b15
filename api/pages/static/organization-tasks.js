/** Recovery tasks on an organization's page; fetched where there are any. */

import { h } from "./dom.js";
import { moment } from "./format.js";
import { posting } from "./page.js";
import { choose, counted, named, say } from "./words.js";

/** A recovery task of the county: to be claimed, or claimed and to be reported or given back. */
export function taskCard(context, { row, place }) {
  const title = say("task.title", { number: row.number, kind: named("kinds", row.kind) });
  const what = [named("skills", row.skill), counted(row.skill, row.units)].join(" ");
  const until = row.until && say("task.until", { time: moment(row.until, context.clock.now()) });
  const facts = [named("domains", row.domain), what, place, until].filter(Boolean).join(" · ");
  const state = h("span", { class: "chip state end" }, choose("task_state", row.state));
  return h(
    "article",
    { class: `card ${row.state}` },
    h("header", {}, h("h3", {}, title), state),
    h("p", {}, facts),
    taskButtons(context, row),
  );
}

function taskButtons(context, row) {
  const path = (act) => `/tasks/${row.id}/${act}`;
  if (row.state === "open") {
    const body = { organization: context.organization };
    return posting(context, { path: path("claim"), body, words: say("act.claim"), look: "wide" });
  }
  if (row.state !== "claimed") return h("p", { class: "quiet" }, say("task.await_desk"));
  const look = "wide primary";
  const done = { path: path("report-done"), words: say("act.report_done"), look, twice: true };
  const back = { path: path("give-back"), words: say("act.give_back"), look: "wide" };
  return h(
    "div",
    { class: "answers" },
    posting(context, done),
    h(
      "details",
      { "data-fold": `back-${row.id}` },
      h("summary", {}, say("act.give_back")),
      h("p", { class: "quiet" }, say("task.give_back")),
      posting(context, back),
    ),
  );
}


/** What it has claimed, then open tasks of the county that it has the skill for; and the others. */
export function tasksFor({ board, organization }) {
  const able = board.get("organization", organization)?.capabilities ?? [];
  const skills = new Set(able.filter(({ units }) => units > 0).map(({ skill }) => skill));
  const busy = (row) => row.state === "claimed" || row.state === "reported_done";
  const mine = (row) => row.organization === organization && busy(row);
  const rows = board.all("task").filter((row) => row.state === "open" || mine(row));
  rows.sort((one, other) => Number(mine(other)) - Number(mine(one)) || one.number - other.number);
  const first = (row) => mine(row) || skills.has(row.skill);
  return [rows.filter(first), rows.filter((row) => !first(row))];
}
