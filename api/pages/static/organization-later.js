/** Expected, and later than it said: a new time, told before anybody has to ask or after. */

import { h } from "./dom.js";
import { moment } from "./format.js";
import { posting } from "./page.js";
import { say } from "./words.js";

const NEW_TIMES = [10, 20, 30, 45, 60, 90, 120];

/** Late, and no word of it: a new time or a no is what the desk waits for. */
export function lateness(context, row, givingUp) {
  const time = moment(row.promised_at, context.clock.now());
  return h(
    "div",
    { class: "alarm", role: "alert" },
    h("p", {}, h("strong", {}, say("overdue.asked", { time }))),
    newTime(context, row, "primary"),
    givingUp,
  );
}

/** What has been chosen so far outlives a redrawing; nothing is said that nobody has chosen. */
function newTime(context, row, look) {
  const chosen = (context.times ??= {});
  const body = (chosen[row.id] ??= {});
  const one = (count) =>
    h("option", { value: count, selected: count === body.minutes }, say("time.minutes", { count }));
  const choices = [h("option", { value: "" }, say("act.choose")), ...NEW_TIMES.map(one)];
  const minutes = h("select", { "aria-label": say("overdue.minutes") }, choices);
  const path = `/assignments/${row.id}/new-time`;
  const then = () => delete chosen[row.id];
  const send = posting(context, { path, body, words: say("act.new_time"), look, anew: true, then });
  const ready = () => (send.disabled = !body.minutes);
  minutes.addEventListener("change", () => {
    body.minutes = Number(minutes.value) || undefined;
    ready();
  });
  ready();
  return h(
    "div",
    { class: "pair" },
    h("label", { class: "field" }, h("span", {}, say("overdue.minutes")), minutes),
    send,
  );
}

/** It will take longer than said: told before anybody has to ask. */
export const later = (context, row) =>
  h(
    "details",
    { "data-fold": `later-${row.id}` },
    h("summary", {}, say("overdue.later")),
    newTime(context, row, ""),
  );
