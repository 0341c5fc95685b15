/** What a map shows, made from board rows: nothing finer than what the reader's own rows say. */

import { live } from "./assignments.js";
import { worldOf } from "./map-view.js";

const COVERS = ["empty", "inadequate", "adequate", "satisfied"];
const FAR_APART = 4; // pixels between two demands that coming nearer can part

/** The worst cover of what is asked for; `held` while nothing is. */
function coverOf({ state, lines }) {
  const asked = lines.filter((line) => line.open && !line.dropped && !line.asleep);
  if (state !== "published" || !asked.length) return "held";
  return COVERS[Math.min(...asked.map((line) => COVERS.indexOf(line.cover)))];
}

const RANK = [...COVERS, "held"];
const rank = (one) => RANK.indexOf(one.cover);

/** The worst first: below the least, then urgency, then the oldest. */
const worst = (one, other) =>
  rank(one) - rank(other) ||
  one.row.priority - other.row.priority ||
  one.row.number - other.row.number;

/** Every open demand that the reader has a row of. */
export function demandsOf(board) {
  const open = board.all("demand").filter((row) => row.state !== "closed");
  const items = open.map((row) => ({ id: row.id, row, cover: coverOf(row), ...worldOf(row) }));
  return items.sort(worst);
}

const sign = (row) => {
  if (row.overdue) return "late";
  return row.state === "reported_done" ? "on_scene" : row.state;
};

/** Crews at work: on the scene there, else where their organization has its seat. */
export function crewsOf(board) {
  return board
    .all("assignment")
    .filter(live)
    .map((row) => {
      const to = worldOf(row);
      const there = row.state === "on_scene" || row.state === "reported_done";
      const seat = there ? null : board.get("organization", row.organization);
      return { id: row.id, row, sign: sign(row), to, ...(seat ? worldOf(seat) : to) };
    });
}

/** Organizations on duty that are at no work just now. */
export function idleOf(board) {
  const busy = new Set(
    board
      .all("assignment")
      .filter(live)
      .map((row) => row.organization),
  );
  return board
    .all("organization")
    .filter((row) => row.on_duty && !row.retired && !busy.has(row.id))
    .map((row) => ({ id: row.id, row, ...worldOf(row) }));
}

/** Zones that are closed now, as rings or circles. */
export function zonesOf(board) {
  const open = board.all("incident").filter((row) => row.state !== "closed");
  return open.flatMap((incident) =>
    incident.instructions.filter(({ zone }) => zone).map((order) => zoneOf(incident, order)),
  );
}

function zoneOf(incident, order) {
  const { place, radius } = order.zone;
  const ring = [];
  for (let at = 0; at + 1 < place.shape.length; at += 2) {
    ring.push(worldOf({ lon: place.shape[at], lat: place.shape[at + 1] }));
  }
  return { id: order.id, incident, order, ring, radius, lat: place.lat, ...worldOf(place) };
}

/** Where a crew has reported that the road is cut, or has declined because it is. */
export function barriersOf(board) {
  const open = (row) => (board.get("demand", row.demand)?.state ?? "closed") !== "closed";
  const told = board.all("assignment").flatMap((row) => {
    const reports = [...row.reports, row.answered].filter((one) => one?.what === "road_cut");
    return live(row) && open(row) ? reports.slice(-1).map(({ at }) => ({ row, at })) : [];
  });
  const declined = board
    .all("offer")
    .filter((row) => row.decline_reason === "road_blocked" && open(row))
    .map((row) => ({ row, at: row.ended_at }));
  return [...told, ...declined].map((one) => ({ ...one, ...worldOf(one.row) }));
}

/** The worst cover in each division that a demand lies in. */
export function tintsOf(items) {
  const tints = new Map();
  for (const { row, cover } of items) if (!tints.has(row.division)) tints.set(row.division, cover);
  return tints;
}

/**
 * What lies within a cell of the screen together, by its worst; the chosen one stands by itself.
 * Cells hang on the world, so that nothing jumps while a map is moved.
 */
export function heaps(items, scale, cell, chosen) {
  const found = new Map();
  for (const item of items) {
    const [across, down] = [
      Math.floor((item.x * scale) / cell),
      Math.floor((item.y * scale) / cell),
    ];
    const key = item.id === chosen ? item.id : `${across} ${down}`;
    const heap = found.get(key);
    if (heap) heap.push(item);
    else found.set(key, [item]);
  }
  return [...found.values()];
}

/** Whether those of a heap can be told apart from nearer by. */
export function parts(heap, scale) {
  const [first] = heap;
  const far = ({ x, y }) => Math.hypot(x - first.x, y - first.y) * scale > FAR_APART;
  return heap.some(far);
}
