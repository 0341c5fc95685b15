/** What the desk's list shows, made from board rows: which demands, in which order, with whom. */

import { placeName } from "./places.js";
import { language } from "./words.js";

const LIVE = new Set(["committed", "en_route", "on_scene", "reported_done"]);

export const live = (assignment) => LIVE.has(assignment.state);

export const short = (demand) =>
  demand.lines.some((line) => line.cover === "empty" || line.cover === "inadequate");

function grouped(rows, name) {
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(row[name]);
    if (group) group.push(row);
    else groups.set(row[name], [row]);
  }
  return (id) => groups.get(id) ?? [];
}

/** Open before closed, then the most urgent, then the oldest. */
function order(one, other) {
  const closed = Number(one.state === "closed") - Number(other.state === "closed");
  return closed || one.priority - other.priority || one.number - other.number;
}

/** Commands about any of these ids that are on their way: `[path, whether tried before]`. */
export function underway(outbox, ids) {
  return outbox.entries
    .filter((entry) => ids.some((id) => entry.path.includes(`/${id}/`)))
    .map((entry) => [entry.path, entry.tries > 0]);
}

/** Every demand of the incident (or of all), as one item for `drawList`. */
export function demandItems({ board, outbox }, incident) {
  const offers = grouped(board.all("offer"), "demand");
  const assignments = grouped(board.all("assignment"), "demand");
  const wanted = board.all("demand").filter((row) => !incident || row.incident === incident);
  return wanted.sort(order).map((demand) => {
    const parties = { offers: offers(demand.id), assignments: assignments(demand.id) };
    const ids = [demand.id, ...parties.offers.map(idOf), ...parties.assignments.map(idOf)];
    return {
      key: demand.id,
      demand,
      ...parties,
      place: placeName(demand.division),
      language: language(),
      underway: underway(outbox, ids),
    };
  });
}

const idOf = (row) => row.id;

/** The named parts of the list: which items belong to each. */
export const VIEWS = {
  open: ({ demand }) => demand.state !== "closed",
  short: ({ demand }) => demand.state !== "closed" && short(demand),
  confirm: ({ assignments }) => assignments.some((row) => row.state === "reported_done"),
  closed: ({ demand }) => demand.state === "closed",
};

/** Live assignments of an incident, for closing it. */
export function liveAssignments(board, incident) {
  const inside = (row) => board.get("demand", row.demand)?.incident === incident;
  return board.all("assignment").filter((row) => live(row) && inside(row));
}
