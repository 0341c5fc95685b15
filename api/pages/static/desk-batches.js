/** Batches: looked at before they begin, followed on the incident's row, undone within the hour. */

import { answersFor } from "./desk-model.js";
import { find, h } from "./dom.js";
import { moment } from "./format.js";
import { postOnce } from "./http.js";
import { act } from "./page.js";
import { choose, named, say } from "./words.js";

/** What a batch would be about: number, digest, samples, and what would stay as it is. */
export const look = ({ role }, body) => postOnce("/batches/look", body, role);

/** Begin what was shown: the same body with its digest; a lost signal begins nothing twice. */
export const begin = ({ outbox }, body, { digest }) => outbox.post("/batches", { ...body, digest });

/** The batches of this desk that are under way, or can still be undone. */
function batchesOf({ board, me, clock }) {
  const rows = board
    .all("incident")
    .flatMap(({ mode, batches }) => batches.map((batch) => ({ ...batch, mode })));
  const lasting = (batch) => batch.state !== "listing" && batch.until > clock.now();
  return rows.filter((batch) => answersFor(me, batch.division) && lasting(batch));
}

/** What each says: how far it is, and until when one act undoes it. */
function words(batch, now) {
  const parts = { ...batch, until: moment(batch.until, now) };
  const said =
    batch.kind === "void"
      ? choose("batch_void", batch.state, parts)
      : choose("batch_tasks", batch.state, parts);
  const spared = batch.state === "done" && batch.spared ? say("batch.spared", parts) : "";
  const reason = batch.reason ? named("close_reasons", batch.reason) : "";
  return [said, spared, reason].filter(Boolean).join(" · ");
}

export function drawBatches(context) {
  const now = context.clock.now();
  const item = (batch) =>
    h("li", {}, h("span", { class: batch.mode }, words(batch, now)), undoButton(context, batch));
  find("#batches").replaceChildren(...batchesOf(context).map(item));
}

function undoButton(context, batch) {
  if (!["doing", "done"].includes(batch.state)) return "";
  const button = h("button", { type: "button", class: "small" }, say("batch.undo"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    await act(context, `/batches/${batch.id}/undo`, {});
    button.disabled = false;
  });
  return button;
}
