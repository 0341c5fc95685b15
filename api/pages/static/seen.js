/** Tells the server which offers and crews stand on the screen: whoever looks is not rung up. */

import { live } from "./assignments.js";
import { postOnce } from "./http.js";

const AT_ONCE = 100;

const told = new Set();

const idOf = (row) => row.id;

/** What a crew's card shows that it may have to be told: another time it is shown anew. */
function signature(row) {
  const lifted = row.instructions.filter((order) => order.lifted_at !== null);
  const what = [row.state, row.sent_back_at, row.answered?.id, row.refiled?.at];
  return [row.id, ...what, ...lifted.map(({ id }) => id)].join();
}

/**
 * Each offer, and each crew as it is, once a page load, and quietly: what could not be told is
 * told at the next drawing.
 */
export async function tellSeen({ role }, rows, crews) {
  if (document.hidden) return;
  const unseen = (all, key) => all.filter((row) => !told.has(key(row))).slice(0, AT_ONCE);
  const asked = unseen(rows.filter((row) => row.state === "sent"), idOf);
  const atWork = unseen(crews.filter(live), signature);
  const shown = [...asked.map(idOf), ...atWork.map(signature)];
  if (!shown.length) return;
  const [offers, assignments] = [asked.map(idOf), atWork.map(idOf)];
  for (const id of shown) told.add(id);
  try {
    await postOnce("/offers/seen", { offers, assignments }, role);
  } catch {
    for (const id of shown) told.delete(id);
  }
}
