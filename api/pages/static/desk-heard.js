/** What crews at work have to be told and do not know yet: kept beside the board. */

import { live } from "./assignments.js";
import { Problem, get } from "./http.js";

const EVERY = 5000; // milliseconds between two looks
const MOST = 100; // crews in one look

const told = new Map(); // by the crew, what was last heard of it
const asked = new Map(); // when it was last asked for

/** What a crew has to be told and does not know yet. */
export const owedTo = (row) => told.get(row.id) ?? [];

/** How far a crew has been told of an instruction that it has not acknowledged. */
export const standingOf = (row, order) =>
  owedTo(row).find((one) => one.about === "order" && one.item === order.id);

/** From now on a person has to. */
export const due = (one, now) => one.call_at !== null && one.call_at <= now;

/** It was told on the telephone: the next look says the same. */
export const forget = (row) => void told.delete(row.id);

/** Whether a desk has to call a crew, since nothing else has told it. */
export const toTell = (row, now) => live(row) && owedTo(row).some((one) => due(one, now));

/** Look now, and from then on for as long as the page is open. */
export async function startHeard(context) {
  for (;;) {
    await look(context);
    await new Promise((done) => setTimeout(done, EVERY));
  }
}

async function look(context) {
  const here = new Set(context.board.all("assignment").filter(live).map((row) => row.id));
  for (const known of [told, asked]) {
    for (const id of known.keys()) if (!here.has(id)) known.delete(id);
  }
  const longest = (one, other) => (asked.get(one) ?? 0) - (asked.get(other) ?? 0);
  const ids = [...here].sort(longest).slice(0, MOST);
  if (!ids.length) return;
  try {
    const found = await get(`/assignments/told?assignments=${ids.join(",")}`, context.role);
    for (const id of ids) asked.set(id, Date.now());
    if (ids.map((id) => heard(id, found)).some(Boolean)) context.redraw();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem; // the next look comes soon
  }
}

function heard(id, found) {
  const now = found.filter((one) => one.assignment === id);
  const news = JSON.stringify(told.get(id) ?? []) !== JSON.stringify(now);
  told.set(id, now);
  return news;
}
