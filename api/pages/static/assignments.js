/** What desk and organization share about offers and assignments: steps, times, lateness. */

import { h } from "./dom.js";
import { fieldTime, moment, spokenDemand } from "./format.js";
import { posting } from "./page.js";
import { incidentWords } from "./places.js";
import { took } from "./quiet.js";
import { choose, counted, named, say } from "./words.js";

const SOONEST = 10 * 60 * 1000; // "free from" lies this far ahead at the least,
const LATEST = 48 * 3600 * 1000; // and this far at the most

/** How urgent, as a number and a word. */
export const priorityMark = (priority) =>
  h(
    "span",
    { class: `priority p${priority}` },
    String(priority),
    " ",
    named("priorities", priority),
  );

/** Whether a time lies in that range; a field knows whole minutes only. */
export const inRange = ({ clock }, at) =>
  at > clock.now() + SOONEST - 60000 && at <= clock.now() + LATEST;

/** A field for the time from which somebody could come. */
export function freeFromField({ clock }) {
  const now = clock.now();
  const range = { min: fieldTime(now + SOONEST), max: fieldTime(now + LATEST) };
  return h("input", { name: "free_from", type: "datetime-local", ...range });
}

/**
 * The spoken number of the demand that a row of a phone is about; with its incident where another
 * one that is open here reads alike, since each incident counts its demands from 1.
 */
export function numberOf({ board }, row) {
  const number = spokenDemand(row);
  const alike = (one) =>
    one.demand_number === row.demand_number && one.incident !== row.incident && open(one);
  const found = [...board.all("offer"), ...board.all("assignment")].some(alike);
  const incident = found && board.get("incident", row.incident);
  if (!incident) return number;
  return say("demand.of_incident", { number, incident: incidentWords(incident) });
}

const OPEN = new Set(["sent", "standby"]);
const turned = (row) => row.offer && row.state === "stood_down"; // which may be shown, and is named
const open = (row) => row.answerable || OPEN.has(row.state) || live(row) || turned(row);

const LIVE = new Set(["committed", "en_route", "on_scene", "reported_done"]);

export const live = (row) => LIVE.has(row.state);

const AFTER = {
  committed: ["set-off", "arrive", "report-done", "cannot-complete"],
  en_route: ["arrive", "report-done", "cannot-complete"],
  on_scene: ["report-done", "cannot-complete"],
};

const LEAVING = {
  "report-done": "act.report_done_out",
  "cannot-complete": "act.cannot_complete_out",
};

const STEP_WORDS = {
  "set-off": "act.set_off",
  arrive: "act.arrive",
  "report-done": "act.report_done",
  "cannot-complete": "act.cannot_complete",
};

/** The steps that may follow an assignment's state: `[path end, words]`. */
export const nextSteps = (row) =>
  (AFTER[row.state] ?? []).map((step) => [step, say(STEP_WORDS[step])]);

const TIMES = [
  ["step.committed", "committed_at"],
  ["step.set_off", "set_off_at"],
  ["step.arrived", "arrived_at"],
  ["step.reported", "reported_at"],
];

/** The steps that were taken, each with its time. */
export function stepTimes(row, now) {
  const taken = TIMES.filter(([, name]) => row[name] !== null);
  return taken.map(([key, name]) => say(key, { time: moment(row[name], now) }));
}

/** Not set off although half of the promised time is over. */
export const slow = (row, now) => row.slow_at !== null && row.slow_at <= now;

/** When it is expected, until it is there; without a word of its own it is only estimated. */
export function expected(row, now) {
  if (!live(row) || row.withdrawing || row.arrived_at !== null) return null;
  const told = row.minutes !== null || row.new_times > 0;
  const time = moment(row.promised_at, now);
  if (row.state === "committed" && row.starts_at > now) {
    return say("party.reserved", { start: moment(row.starts_at, now), time });
  }
  return say(told ? "party.expected" : "party.expected_about", { time });
}

/** Take the last step back, as long as that is possible. */
export function undoButton(context, row) {
  const path = `/assignments/${row.id}/undo`;
  const left = h("span", { "data-until": row.undo_until });
  const first = () => void (context.undone ??= new Set()).add(row.id);
  const button = posting(context, { path, words: say("act.undo_step"), look: "small", first });
  if (!button.disabled) button.append(" ", left);
  return button;
}

/** A step, remembered so that it can be undone from here. */
export const stepButton = (context, row, step, words, look) =>
  posting(context, {
    path: `/assignments/${row.id}/${step}`,
    words,
    look,
    ...leaving(row, step),
    first: () => took(context, row.id),
  });

/** Whoever leaves while people are counted inside says, by a second touch, that all are out. */
function leaving(row, step) {
  if (!row.inside || !LEAVING[step]) return {};
  return { body: { everybody_out: true }, words: say(LEAVING[step]), twice: true };
}

/** What was found on the scene: how much more of what, how many people, or as it was said. */
export function foundWords({ what, quantity, skill, text }) {
  const much = skill ? [named("skills", skill), counted(skill, quantity)].join(" ") : quantity;
  return [choose("scene_report", what), much, text].filter(Boolean).join(" · ");
}

/**
 * Whose word it was, where the organization has not said it here itself. That a desk stands it down
 * is nobody's word, and how one that nobody asked has come is said of it already.
 */
export const spokenBy = ({ by_committee: village, by_desk: desk, ...row }) => {
  if (row.stand_down_reason || (row.unasked && !row.offer)) return null;
  return village ? say("party.by_committee", { village }) : desk && say("party.by_desk");
};

/** Why something ended: our reason, or the organization's; an old no explains no stand-down. */
export const endReason = (row) =>
  row.stand_down_reason
    ? named("stand_down_reasons", row.stand_down_reason)
    : row.decline_reason && named("decline_reasons", row.decline_reason);

/** What an instruction says, with to whom or where. */
export const toldWords = (order) =>
  [choose("instruction", order.what), order.to].filter(Boolean).join(say("list.colon"));

const standing = (row) => row.instructions.filter((one) => one.lifted_at === null);

/** What a crew is told and has not acknowledged. */
export const unread = (row) => standing(row).filter((one) => one.acknowledged_at === null);

/** What it says it cannot do, and nobody has called it yet. */
export const unable = (row) =>
  standing(row).filter((one) => one.unable_at !== null && one.spoken_at === null);
