/** Names of divisions, and the townships a desk may post for. */

import { spoken } from "./format.js";
import { get } from "./http.js";
import { language, named } from "./words.js";

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

/** An incident by its number, hazard and place. */
export const incidentWords = (row) =>
  [spoken(row), named("hazards", row.hazard), placeName(row.division)].join(" ");

/** With the name of the division above it, for lists where one name occurs twice. */
export function longPlaceName(code) {
  const parent = known.get(code)?.parent;
  if (!known.has(parent)) return placeName(code);
  const [outer, inner] = [placeName(parent), placeName(code)];
  return language() === "zh" ? `${outer}${inner}` : `${inner}, ${outer}`;
}

/** Whether a division is another one or lies in it; before names are known, by its code. */
export function within(code, scope) {
  if (!known.has(code)) return Boolean(code?.startsWith(scope));
  for (let at = code; at; at = known.get(at)?.parent) if (at === scope) return true;
  return false;
}

const inOrder = (one, other) => (one.code < other.code ? -1 : 1);

/** Every known division inside any of the scopes, these first. */
export function placesWithin(scopes) {
  const inside = [...known.values()].filter((row) => scopes.some((one) => within(row.code, one)));
  return inside.sort(inOrder);
}

/** The county that a division lies in; the division itself where none is known above it. */
export function countyOf(code) {
  for (let at = code; at; at = known.get(at)?.parent) {
    if (known.get(at)?.level === "county") return at;
  }
  return code;
}

const small = (code) => ["township", "village"].includes(known.get(code)?.level);

/**
 * Where a desk may post for: its own places first, then those below it, as their recorded
 * substitute (Article 7); only what the incident covers.
 */
export function placesToPost(scopes, covered) {
  const own = (row) => scopes.includes(row.code);
  const inside = placesWithin(scopes).filter((row) => covered.some((one) => within(row.code, one)));
  return inside.sort((one, other) => own(other) - own(one) || inOrder(one, other));
}

/** The division whose desk would stand in for another one's, or null. */
export function substituteFor(scopes, division) {
  const holding = scopes.filter((one) => within(division, one));
  if (holding.some((one) => one === division || small(one))) return null;
  return holding[0] ?? null;
}
