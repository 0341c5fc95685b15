/** What a crew says from the scene: all well, and how many of it are in danger. Loaded there. */

import { h } from "./dom.js";
import { moment } from "./format.js";
import { posting } from "./page.js";
import { moreWords, say } from "./words.js";

const SOON = 5 * 60000; // milliseconds before it is due from which the button stands out

await moreWords("words-scene");

/** Times after which a card on the scene reads otherwise. */
export const sceneTimes = (row) =>
  row.check_in_by === null ? [] : [row.check_in_by - SOON, row.check_in_by];

/** Below the facts of a card on the scene. */
export const sceneParts = (context, { row, moved }) => [
  wellPart(context, row, moved),
  (row.hazardous || row.inside > 0) && headsPart(context, row),
];

/** One large button, with the time it is due; red once nobody has heard from them. */
function wellPart(context, row, moved) {
  const now = context.clock.now();
  const path = `/assignments/${row.id}/check-in`;
  const late = row.missed_at !== null || row.check_in_by <= now;
  const look = late || row.check_in_by - SOON <= now ? "big primary" : "big";
  const button = posting(context, { path, words: say("scene.well"), look });
  button.disabled ||= moved;
  const time = moment(row.check_in_by, now);
  const left = h("span", { class: "countdown", "data-until": row.check_in_by });
  return h(
    "div",
    late ? { class: "alarm", role: "alert" } : { class: "answers" },
    late && h("p", {}, h("strong", {}, say("scene.asked", { time }))),
    button,
    !late && h("p", { class: "quiet" }, say("scene.due", { time }), " ", left),
  );
}

/** What was typed so far outlives a redrawing. */
function headsPart(context, row) {
  const typed = (context.heads ??= {});
  const path = `/assignments/${row.id}/heads`;
  const body = (typed[row.id] ??= { inside: row.inside ?? row.people ?? 1 });
  const bounds = { min: 0, max: 10000, inputmode: "numeric", "data-focus": `inside-${row.id}` };
  const count = h("input", { type: "number", value: body.inside, ...bounds });
  count.addEventListener("input", () => (body.inside = Math.max(0, Math.floor(count.value))));
  const forget = () => delete typed[row.id];
  const words = say("scene.count_heads");
  const out = { path, body: { inside: 0 }, words: say("scene.all_out"), look: "wide" };
  return h(
    "div",
    { class: "heads" },
    row.inside > 0 && h("p", { class: "alarm" }, say("scene.inside", { count: row.inside })),
    h(
      "div",
      { class: "pair" },
      h("label", { class: "field" }, h("span", {}, say("scene.inside_now")), count),
      posting(context, { path, body, words, then: forget, focus: `count-${row.id}` }),
    ),
    row.inside > 0 && posting(context, { ...out, then: forget, focus: `out-${row.id}` }),
  );
}
