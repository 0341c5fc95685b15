/** Own organizations that are at work elsewhere: where they are, and how far they have come. */

import { expected, live, stepTimes } from "./assignments.js";
import { answersFor } from "./desk-model.js";
import { drawList, find, h } from "./dom.js";
import { placeName } from "./places.js";
import { choose, counted, language, named, say } from "./words.js";

export function drawAway(context) {
  const { board, me } = context;
  const ours = ({ organization }) => {
    const home = board.get("organization", organization)?.home;
    return home !== undefined && answersFor(me, home);
  };
  const rows = board
    .all("assignment")
    .filter((row) => live(row) && !answersFor(me, row.division) && ours(row));
  rows.sort((one, other) => one.committed_at - other.committed_at);
  find("#away-box").hidden = rows.length === 0;
  const items = rows.map((row) => ({
    key: row.id,
    row,
    place: placeName(row.division),
    language: language(),
  }));
  drawList(find("#away"), items, (item) => awayCard(context, item));
}

/** Whom to call about it is the other desk's; here is what another demand may count on. */
function awayCard({ clock }, { row, place }) {
  const now = clock.now();
  const what = [named("skills", row.skill), counted(row.skill, row.quantity)].join(" ");
  const facts = [place, what, ...stepTimes(row, now), expected(row, now)];
  return h(
    "article",
    { class: "card compact" },
    h("h3", {}, row.organization_name),
    h(
      "p",
      {},
      h("span", { class: "chip" }, choose("assignment_state", row.state)),
      row.overdue && h("span", { class: "chip bad" }, say("party.overdue")),
    ),
    h("p", { class: "quiet" }, facts.filter(Boolean).join(" · ")),
  );
}
