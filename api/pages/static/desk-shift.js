/** Who is on duty at this desk, beside its name, with the way to the page of all that is open. */

import { divisionsOf } from "./desk-model.js";
import { find, h } from "./dom.js";
import { moment } from "./format.js";
import { Problem, get } from "./http.js";
import { say, wording } from "./words.js";

let shown = "";
let name = "";
let drawn = "";

/** Drawn once, and again whenever the shift has changed. */
export function startShift(context) {
  const draw = () => drawShift(context);
  for (const source of [context.board, wording]) source.addEventListener("change", draw);
  draw();
}

async function drawShift(context) {
  const [desk] = divisionsOf(context.me);
  const row = context.board.all("shift").find((one) => one.division === desk);
  const key = row ? `${row.account}-${row.since}` : "";
  if (row && key !== shown) {
    shown = key;
    try {
      ({ name } = await get(`/shifts/${desk}`, context.role));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      shown = ""; // the next change asks anew
    }
  }
  const time = row && moment(row.since, context.clock.now());
  const words = row ? say("shift.on_duty", { name: name ?? "", time }) : say("shift.page");
  const waits = row?.handed_at ? say("shift.waits") : "";
  if (drawn === words + waits) return; // a link that is being pressed stays where it is
  drawn = words + waits;
  const chip = waits && h("span", { class: "chip warn" }, waits);
  find("#shift").replaceChildren(h("a", { href: "/handover" }, words), chip);
}
