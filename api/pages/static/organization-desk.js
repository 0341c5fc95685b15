/** Whom a crew calls at the desk: the numbers are asked for once, and kept on this phone. */

import { h } from "./dom.js";
import { get, Problem } from "./http.js";
import { placeName } from "./places.js";
import { callLink } from "./sealed.js";
import { say } from "./words.js";

const AGAIN = 10000; // milliseconds until it is tried once more
const known = new Map(); // by demand: the answer, or null while it is asked for

/** The desk's numbers as a line of a card; they come when the answer does. */
export function deskLine(context, demand) {
  const found = known.get(demand);
  if (!found) {
    if (!known.has(demand)) look(context, demand);
    return h("p", { class: "quiet" }, say("desk.looking"));
  }
  if (!found.telephones.length) return h("p", { class: "quiet" }, say("desk.no_number"));
  const words = say("desk.call", { place: placeName(found.division) });
  return h("p", {}, words, " ", found.telephones.flatMap((number) => [callLink(number), " "]));
}

async function look(context, demand) {
  known.set(demand, null);
  try {
    known.set(demand, await get(`/demands/${demand}/desk`, "organization"));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    await new Promise((soon) => setTimeout(soon, AGAIN)); // no signal: it is tried again
    known.delete(demand);
  }
  context.desks = (context.desks ?? 0) + 1; // its cards are drawn anew
  context.redraw();
}
