/** Tells the server which offers stand on the screen: whoever looks at them is not rung up yet. */

import { postOnce } from "./http.js";

const AT_ONCE = 100;

const told = new Set();

/** Each offer once a page load, and quietly: what could not be told is told at the next drawing. */
export async function tellSeen({ role }, rows) {
  if (document.hidden) return;
  const unseen = rows.filter((row) => row.state === "sent" && !told.has(row.id));
  const offers = unseen.slice(0, AT_ONCE).map((row) => row.id);
  if (!offers.length) return;
  for (const id of offers) told.add(id);
  try {
    await postOnce("/offers/seen", { offers }, role);
  } catch {
    for (const id of offers) told.delete(id);
  }
}
