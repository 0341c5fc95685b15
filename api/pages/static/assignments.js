/** Words of an assignment that desk and organization share: steps, their times, sealed text. */

import { h } from "./dom.js";
import { moment } from "./format.js";
import { say } from "./words.js";

const AFTER = {
  committed: ["set-off", "arrive", "report-done", "cannot-complete"],
  en_route: ["arrive", "report-done", "cannot-complete"],
  on_scene: ["report-done", "cannot-complete"],
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

/** Sealed text as a list; a telephone number in it can be called by touching it. */
export function sealedList(texts) {
  const names = ["contact", "address", "note"].filter((name) => texts[name]);
  if (!names.length) return h("p", {}, say("sealed.none"));
  const words = {
    contact: say("form.contact"),
    address: say("form.address"),
    note: say("form.note"),
  };
  return h(
    "dl",
    {},
    names.map((name) => [h("dt", {}, words[name]), h("dd", {}, callable(texts[name]))]),
  );
}

function callable(value) {
  const parts = value.split(/((?:\+\d{1,3}[ -]?)?\d{3,}(?:[ -]?\d{3,})+)/);
  return parts.map((part, index) =>
    index % 2 ? h("a", { href: `tel:${part.replace(/[ -]/g, "")}` }, part) : part,
  );
}
