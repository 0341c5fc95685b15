/** Below a crew: what it has to be told, who has told it, and whom to call where nobody could. */

import { live } from "./assignments.js";
import { stepByPhone } from "./desk-calls.js";
import { due, owedTo, standingOf } from "./desk-heard.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { choose, say } from "./words.js";

const ORDER = "order"; // which stands below its crew by itself

export function owedParts(context, { mine }, row) {
  if (!live(row)) return null;
  const now = context.clock.now();
  const words = owedTo(row).filter((one) => one.about !== ORDER);
  return words.map((one) => owedPart(context, row, one, mine && due(one, now)));
}

function owedPart(context, row, one, call) {
  const name = `tell-${row.id}-${one.about}-${one.item}`;
  const onclick = () => stepByPhone(context, row, true);
  return h(
    "div",
    { class: `party told ${call ? "overdue" : ""}` },
    h("strong", {}, choose("owed_word", one.about)),
    h("span", {}, toldBy(one, context.clock.now())),
    call && h("strong", { class: "chip bad" }, say("call.now")),
    call &&
      h("button", { type: "button", class: "small", onclick, "data-focus": name },
        say("act.whom_to_call")),
  );
}

/** By what it was told first, and when; in words that promise no more than is known. */
export function toldBy(one, now) {
  if (one.nobody) return say("owed_word.nobody");
  if (one.told_at === null) return say("reached.not_yet");
  const time = moment(one.told_at, now);
  return [choose("reach", one.rung, { time }), say("owed_word.unheard")].join(" · ");
}

/** By what a crew was told of an instruction that it has not acknowledged. */
export function orderTold(row, order, now) {
  const one = standingOf(row, order);
  return one && h("span", {}, toldBy(one, now));
}
