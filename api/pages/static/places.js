/** Names of divisions, and the townships a desk may post for. */

import { get } from "./http.js";
import { language } from "./words.js";

const known = new Map();

/** Sends `change` when more names are there. */
export const naming = new EventTarget();

/** Learn the divisions under a code, and that one itself. */
export async function learnPlaces(code, role) {
  const rows = await get(`/divisions?under=${encodeURIComponent(code)}`, role);
  for (const row of rows) known.set(row.code, row);
  naming.dispatchEvent(new Event("change"));
}

/** A division's name in the chosen language; its code until the name is known. */
export function placeName(code) {
  const place = known.get(code);
  if (!place) return code;
  return language() === "zh" ? place.name : place.english || place.name;
}

/** With the name of the division above it, for lists where one name occurs twice. */
export function longPlaceName(code) {
  const parent = known.get(code)?.parent;
  if (!known.has(parent)) return placeName(code);
  const [outer, inner] = [placeName(parent), placeName(code)];
  return language() === "zh" ? `${outer}${inner}` : `${inner}, ${outer}`;
}

/** Whether a division is another one or lies in it, as far as names are known. */
export function within(code, scope) {
  for (let at = code; at; at = known.get(at)?.parent) if (at === scope) return true;
  return false;
}

const inOrder = (one, other) => (one.code < other.code ? -1 : 1);

/** Every known division inside any of the scopes, these first. */
export function placesWithin(scopes) {
  const inside = [...known.values()].filter((row) => scopes.some((one) => within(row.code, one)));
  return inside.sort(inOrder);
}

/**
 * Where a desk posts from: a township and its villages, these first. A county's desk posts for the
 * county itself; what its townships ask for is theirs to say (Article 7).
 */
export function placesToPost(scopes) {
  const small = (code) => ["township", "village"].includes(known.get(code)?.level);
  const own = (row) =>
    scopes.some((one) => row.code === one || (small(one) && within(row.code, one)));
  const smallFirst = (one, other) => small(other.code) - small(one.code) || inOrder(one, other);
  return [...known.values()].filter(own).sort(smallFirst);
}
