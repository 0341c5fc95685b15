/** Whom to call at the desk; asked for now and then, since desks and numbers change. */

import { h } from "./dom.js";
import { get, Problem } from "./http.js";
import { placeName } from "./places.js";
import { callLink } from "./sealed.js";
import { say } from "./words.js";

const AGAIN = 10000; // milliseconds until it is tried once more
const NONE_HOLDS = 60000; // for which it is believed that no desk has a number,
const KNOWN_HOLDS = 10 * 60000; // and that those which were told are the right ones
const known = new Map(); // by path: what was told last, of which division, how long it holds

/** The numbers of a demand's desk as a line of a card; they come when the answer does. */
export function deskLine(context, { demand, division, taken_on: above }) {
  return line(context, `/demands/${demand}/desk`, above ?? division, above);
}

/** Those of the reader's own desk. */
export function ownDeskLine(context, division) {
  return line(context, "/me/desk", division);
}

function line(context, path, division, above) {
  const asked = known.get(path) ?? { until: 0 };
  known.set(path, asked);
  const moved = asked.division !== division;
  if ((moved || performance.now() >= asked.until) && !asked.looking) {
    look(context, path, division, asked);
  }
  // What another desk has told is no number of this one; an old one of its own still is.
  if (moved || !asked.told) return h("p", { class: "quiet" }, say("desk.looking"));
  const { telephones, division: place } = asked.told;
  if (!telephones.length) return h("p", { class: "quiet" }, say("desk.no_number"));
  const now = above && above !== place && say("desk.answers", { place: placeName(above) });
  const words = say("desk.call", { place: placeName(place) });
  return h("p", {}, now, words, " ", telephones.flatMap((number) => [callLink(number), " "]));
}

async function look(context, path, division, asked) {
  asked.looking = true;
  let holds = AGAIN; // no signal: it is tried again
  try {
    const told = await get(path, context.role);
    Object.assign(asked, { told, division });
    holds = told.telephones.length ? KNOWN_HOLDS : NONE_HOLDS;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
  }
  Object.assign(asked, { looking: false, until: performance.now() + holds });
  const again = () => {
    context.desks = (context.desks ?? 0) + 1; // its cards are drawn anew
    context.redraw();
  };
  setTimeout(again, holds);
  again();
}
