/** What is pressed about a crew without a signal: what follows it, listed, what becomes of it. */

import { live } from "./assignments.js";
import { h } from "./dom.js";
import { clockTime } from "./format.js";
import { act, withdrawing } from "./page.js";
import { say } from "./words.js";

const STEPS = ["set-off", "arrive", "report-done", "cannot-complete"];

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

const about = (row, { path }) =>
  path.startsWith(`/assignments/${row.id}/`) && path.split("/").at(-1) in pressedWords();

/**
 * An assignment as it will be once what waits is carried out, so that later steps can be pressed
 * behind it: `queued` lists that, `sent` is what the desk sees.
 */
export function ahead({ outbox }, row) {
  if (!outbox.stuck) return row;
  const entries = outbox.entries.filter((one) => about(row, one));
  if (!entries.length) return row;
  const queued = entries.map(({ key, left }) => [key, Boolean(left)]);
  const states = [before(row), row];
  for (const entry of entries) follow(states, actOf(entry), entry);
  return { ...states.at(-1), sent: row, queued, undo_until: null };
}

/** What a crew is after a press, by what it was before. */
function follow(states, step, { body, added: at }) {
  const known = states.at(-1);
  if (step === "undo" && states.length > 1) states.pop();
  if (step in AFTER) states.push({ ...known, ...AFTER[step](known, at, body) });
}

const there = (known, at) => ({
  state: "on_scene",
  arrived_at: known.arrived_at ?? at,
  overdue: false,
  unheard: known.check_in_by === null, // when its first word is due, the desk's answer says
});

const gone = (known, at, body) => (body.everybody_out ? { inside: 0 } : {});

const AFTER = {
  "set-off": () => ({ state: "en_route" }),
  arrive: there,
  "report-done": (known, at, body) => ({
    ...there(known, at),
    ...gone(known, at, body),
    state: "reported_done",
  }),
  "cannot-complete": (known, at, body) => ({ ...gone(known, at, body), state: "given_up" }),
  "new-time": () => ({ promised_at: Number.MAX_SAFE_INTEGER, overdue: false }), // it has been said
  "check-in": (known, at, { out }) =>
    out ? { inside: 0, out_at: at, missed_at: null } : { ...there(known, at), missed_at: null },
  heads: (known, at, { inside }) => ({ ...there(known, at), inside, missed_at: null }),
};

/** From where its last step led: what is implied was taken at the same time. */
function before(row) {
  const last = row.reported_at ?? row.arrived_at ?? row.set_off_at;
  if (row.arrived_at !== null && row.arrived_at !== last) return { ...row, state: "on_scene" };
  const way = row.set_off_at !== null && row.set_off_at !== last;
  return { ...row, state: way ? "en_route" : "committed", arrived_at: null };
}

/** Each with the time of its press; what may have left is undone by a step behind it. */
export function queueParts(context, row) {
  const entries = context.outbox.entries.filter(({ key }) =>
    row.queued.some(([queued]) => queued === key),
  );
  const words = pressedWords();
  const goes = [...STEPS, "undo"];
  const last = entries.filter((entry) => goes.includes(actOf(entry))).at(-1);
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
  if (!(STEPS.includes(actOf(entry))) || !live(row.sent)) return null;
  const button = h("button", { type: "button", class: "small", "data-focus": entry.key });
  button.textContent = say("act.undo_step");
  button.addEventListener("click", () => act(context, `/assignments/${row.id}/undo`, {}));
  return button;
}

/**
 * Crews of which a step that had waited was refused: with every step of the same wait, and what
 * has become of it, until that is tapped away.
 */
export const outcomes = ({ outbox }, rows) =>
  rows.flatMap((row) => {
    const mine = ([entry]) => about(row, entry);
    const over = outbox.settled.filter(mine);
    const waiting = outbox.entries.filter((entry) => mine([entry]));
    const all = [...over, ...waiting.map((entry) => [entry, undefined])];
    const waited = all.some(([entry]) => entry.tries || entry.slow);
    if (!waited || all.length < 2 || !over.some(([, problem]) => problem)) return [];
    const steps = all.map(([entry, problem]) => [entry.key, problem === undefined]);
    return [{ ...row, turn: { key: `queue-${row.id}`, why: "queued", steps } }];
  });

/** The list of them, the earliest first. */
export function outcomeCard(context, { row, steps }, words) {
  const { outbox } = context;
  const keys = steps.map(([key]) => key);
  const over = outbox.settled.filter(([entry]) => keys.includes(entry.key));
  const waiting = outbox.entries.filter((entry) => keys.includes(entry.key));
  const forget = () => {
    outbox.settled = outbox.settled.filter(([entry]) => !about(row, entry));
    context.redraw();
  };
  const seen = h("button", { type: "button", class: "wide", onclick: forget }, say("act.seen"));
  return h(
    "article",
    { class: "card alarm" },
    h("strong", {}, words),
    h(
      "ul",
      {},
      over.map(([entry, problem]) => outcome(entry, becameOf(problem))),
      waiting.map((entry) => outcome(entry, say("queue.waits"))),
    ),
    seen,
  );
}

const becameOf = (problem) =>
  problem ? say("queue.refused", { reason: problem.text }) : say("queue.taken");

const outcome = (entry, words) =>
  h("li", {}, `${pressedWords()[actOf(entry)]} · ${clockTime(entry.added)}`, " ", words);
