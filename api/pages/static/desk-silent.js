/** Crews on the scene that have fallen silent: above everything else, until there is a word. */

import { live } from "./assignments.js";
import { stepByPhone } from "./desk-calls.js";
import { answersFor, divisionsOf, numberWords } from "./desk-model.js";
import { drawList, find, h, setText } from "./dom.js";
import { moment } from "./format.js";
import { placeName } from "./places.js";
import { language, say } from "./words.js";

/** The desk of the place at once; the county's as soon as it is its matter, too. */
const ours = ({ me }, row) =>
  answersFor(me, row.division) && (row.escalated || divisionsOf(me).includes(row.division));

export function drawSilent(context) {
  const rows = context.board
    .all("assignment")
    .filter((row) => live(row) && row.missed_at !== null && ours(context, row))
    .sort((one, other) => one.check_in_by - other.check_in_by);
  find("#silent-box").hidden = !rows.length;
  setText(find("#silent-title"), say("silent.title", { count: rows.length }));
  const items = rows.map((row) => ({
    key: row.id,
    row,
    demand: numberWords(context.board, row),
    place: placeName(row.division),
    language: language(),
  }));
  drawList(find("#silent"), items, (item) => drawCrew(context, item));
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
