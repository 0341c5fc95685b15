/** The desk: a township publishes what is asked for and follows it to the end. */

import { drawDemands, startDemands } from "./desk-demands.js";
import { drawForm, startForm } from "./desk-form.js";
import { drawIncidents, drawTasks, startIncidents } from "./desk-side.js";
import { find } from "./dom.js";
import { span } from "./format.js";
import { start, tell } from "./page.js";
import { say } from "./words.js";

const WIDE = "(min-width: 60rem)";

const SHIFT_TOLD = "shouwang-shift-told";

/** After a standstill every open deadline has moved, once; the desk is told so, once. */
function tellShift(board) {
  const shift = Math.max(0, ...board.all("operation").map((row) => row.shifted_by));
  if (String(shift) === (sessionStorage.getItem(SHIFT_TOLD) ?? "0")) return;
  sessionStorage.setItem(SHIFT_TOLD, String(shift));
  if (shift) tell(() => say("demands.shifted", { span: span(shift) }), { problem: true });
}

function draw(context) {
  tellShift(context.board);
  drawForm(context);
  drawIncidents(context);
  drawDemands(context);
  drawTasks(context);
}

const context = await start("desk", draw);
startForm(context);
startIncidents(context);
startDemands(context);
find("#list-incident").addEventListener("change", context.redraw);
// On a phone the list comes first; on a desk the form stands open beside it.
find("#post-box").open = matchMedia(WIDE).matches;
