/** Whom only a call tells, and which calls nobody picked up: kept beside the board. */

import { live, unable, unread } from "./assignments.js";
import { Problem, get } from "./http.js";

const EVERY = 5000; // milliseconds between two looks
const MOST = 100; // requests in one look

const told = new Map(); // by the request, as it was last heard of
const asked = new Map(); // when it was last asked for

/** How calling by hand stands for a request or for the crew that it led to, once it is known. */
export const calledOf = (offer) => told.get(offer) ?? null;

/** Neither a page nor a channel tells them: a person has to. */
export const onlyByHand = (row) => row.reached_at === null && Boolean(told.get(row.id)?.by_hand);

/** What was just said of a request. */
export function heard(calls) {
  const news = JSON.stringify(told.get(calls.offer)) !== JSON.stringify(calls);
  told.set(calls.offer, calls);
  return news;
}

/** Look now, and from then on for as long as the page is open. */
export async function startCalled(context) {
  for (;;) {
    await look(context);
    await new Promise((done) => setTimeout(done, EVERY));
  }
}

const callable = (row) =>
  !row.unasked && (row.state === "sent" || (row.answerable && row.wanted));

/** By which request a crew is called: it is silent, or has not read what it is told, or cannot. */
const called = (row) =>
  live(row) && (row.missed_at !== null || [...unread(row), ...unable(row)].length > 0);

async function look(context) {
  const rows = context.board.all("offer").filter(callable);
  const crews = context.board.all("assignment").filter(called);
  const here = new Set([...rows.map((row) => row.id), ...crews.map((row) => row.offer)]);
  for (const known of [told, asked]) {
    for (const id of known.keys()) if (!here.has(id)) known.delete(id);
  }
  const longest = (one, other) => (asked.get(one) ?? 0) - (asked.get(other) ?? 0);
  const ids = [...here].sort(longest).slice(0, MOST);
  if (!ids.length) return;
  try {
    const calls = await get(`/offers/calls?offers=${ids.join(",")}`, context.role);
    for (const id of ids) asked.set(id, Date.now());
    if (calls.map(heard).some(Boolean)) context.redraw();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem; // the next look comes soon
  }
}
