/** What was pressed about a crew and waits for a signal: what follows it, listed, taken back. */

import { live } from "./assignments.js";
import { h } from "./dom.js";
import { clockTime } from "./format.js";
import { act, withdrawing } from "./page.js";
import { say } from "./words.js";

const STATES = {
  "set-off": "en_route",
  arrive: "on_scene",
  "report-done": "reported_done",
  "cannot-complete": "given_up",
};

const pressedWords = () => ({
  "set-off": say("act.set_off"),
  arrive: say("act.arrive"),
  "report-done": say("act.report_done"),
  "cannot-complete": say("act.cannot_complete"),
  "new-time": say("act.new_time"),
  undo: say("act.undo_step"),
  "check-in": say("scene.well"),
  heads: say("scene.count_heads"),
  report: say("scene.report"),
});

const actOf = ({ path }) => path.split("/").at(-1);

/**
 * An assignment as it will be once what waits is carried out, so that later steps can be pressed
 * behind it: `queued` lists that, `sent` is what the desk sees.
 */
export function ahead({ outbox }, row) {
  if (!outbox.stuck) return row;
  const about = ({ path }) => path.startsWith(`/assignments/${row.id}/`);
  const entries = outbox.entries.filter((one) => about(one) && actOf(one) in pressedWords());
  if (!entries.length) return row;
  const queued = entries.map(({ key, left }) => [key, Boolean(left)]);
  const known = { ...row, sent: row, queued, undo_until: null };
  const states = [stepBefore(row), row.state];
  for (const entry of entries) follow(known, states, actOf(entry), entry.added);
  known.state = states.at(-1);
  return known;
}

function follow(known, states, step, at) {
  if (step === "undo" && states.length > 1) states.pop();
  if (step in STATES) states.push(STATES[step]);
  if (step === "arrive" || step === "report-done") known.arrived_at ??= at;
  if (step === "new-time") known.promised_at = Number.MAX_SAFE_INTEGER; // it has been said
  if (step === "new-time" || known.arrived_at !== null) known.overdue = false;
}

/** From where its last step led: what is implied was taken at the same time. */
function stepBefore(row) {
  const last = row.reported_at ?? row.arrived_at ?? row.set_off_at;
  if (row.arrived_at !== null && row.arrived_at !== last) return "on_scene";
  return row.set_off_at !== null && row.set_off_at !== last ? "en_route" : "committed";
}

/** Each with the time of its press; what may have left is undone by a step behind it. */
export function queueParts(context, row) {
  const entries = context.outbox.entries.filter(({ key }) =>
    row.queued.some(([queued]) => queued === key),
  );
  const words = pressedWords();
  const last = entries.filter((entry) => actOf(entry) in STATES || actOf(entry) === "undo").at(-1);
  const one = (entry) =>
    h(
      "li",
      {},
      h("span", {}, `${words[actOf(entry)]} · ${clockTime(entry.added)}`),
      " ",
      withdrawing(context, entry) || (entry === last && undoing(context, row, entry)),
    );
  return h(
    "div",
    { class: "until", role: "status" },
    h("p", {}, say("queue.title")),
    h("ul", {}, entries.map(one)),
  );
}

function undoing(context, row, entry) {
  if (!(actOf(entry) in STATES) || !live(row.sent)) return null;
  const button = h("button", { type: "button", class: "small", "data-focus": entry.key });
  button.textContent = say("act.undo_step");
  button.addEventListener("click", () => act(context, `/assignments/${row.id}/undo`, {}));
  return button;
}
