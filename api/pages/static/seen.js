/** Tells the server which offers and crews stand on the screen: whoever looks is not rung up. */

import { postOnce } from "./http.js";

const AT_ONCE = 100;

const told = new Set();

/** A crew that was taken on without a word of its own just then. */
const needed = (row) => row.state === "committed" && (row.kept || row.unasked);

/**
 * Each offer and each crew that is needed now once a page load, and quietly: what could not be
 * told is told at the next drawing.
 */
export async function tellSeen({ role }, rows, crews) {
  if (document.hidden) return;
  const unseen = (all) => all.filter((row) => !told.has(row.id)).slice(0, AT_ONCE);
  const offers = unseen(rows.filter((row) => row.state === "sent")).map((row) => row.id);
  const assignments = unseen(crews.filter(needed)).map((row) => row.id);
  const shown = [...offers, ...assignments];
  if (!shown.length) return;
  for (const id of shown) told.add(id);
  try {
    await postOnce("/offers/seen", { offers, assignments }, role);
  } catch {
    for (const id of shown) told.delete(id);
  }
}
