/** What crews have reported from the scene: on the card until the desk answers, with one act. */

import { foundWords } from "./assignments.js";
import { amend } from "./desk-amend.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { act, posting } from "./page.js";
import { counted, say } from "./words.js";

/** Unanswered reports of a demand's crews, also of those that have left, the oldest first. */
export const reportsOf = (assignments) =>
  assignments
    .flatMap((row) => row.reports.map((report) => ({ row, report })))
    .sort((one, other) => one.report.at - other.report.at);

export function reportParts(context, { demand, assignments, mine }) {
  return reportsOf(assignments).map(({ row, report }) =>
    h(
      "div",
      { class: "alarm" },
      h("p", {}, h("strong", {}, row.organization_name), " ", foundWords(report)),
      h("p", { class: "quiet" }, waiting(report, context.clock.now())),
      mine && h("div", { class: "buttons" }, answers(context, demand, row, report)),
    ),
  );
}

const waiting = (report, now) =>
  say(report.escalated ? "report.escalated" : "report.answer_by", {
    time: moment(report.at, now),
    until: moment(report.answer_by, now),
  });

function answers(context, demand, row, report) {
  const path = `/assignments/${row.id}/reports/${report.id}/answer`;
  const answer = (word, words, look) =>
    posting(context, {
      path,
      body: { answer: word },
      words,
      look,
      focus: `${word}-${report.id}`,
    });
  const more = () => say("report.raise", { units: counted(report.skill, report.quantity) });
  const amended = () => act(context, path, { answer: "amended" });
  const change = h("button", { type: "button", class: "small primary" }, say("act.amend"));
  change.addEventListener("click", () => amend(context, demand, amended));
  return [
    report.what === "need_more" && answer("raised", more(), "small primary"),
    report.what === "not_as_described" && change,
    answer("noted", say("report.note"), "small"),
  ];
}
