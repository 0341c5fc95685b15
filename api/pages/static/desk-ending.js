/** Certificates and insurance of own organizations that end within 90 days, the first first. */

import { answersFor } from "./desk-model.js";
import { drawList, find, h, setText } from "./dom.js";
import { fieldTime } from "./format.js";
import { language, named, say } from "./words.js";

const SOON = 90 * 24 * 3600 * 1000; // milliseconds

/** Of each skill and grade the longest; what it replaces is missed by nobody. */
function lastDays(row) {
  const last = new Map();
  for (const { certificate: held, withdrawn } of row.certificates) {
    const key = `${held.skill} ${held.grade}`;
    if (withdrawn || last.get(key)?.valid_through >= held.valid_through) continue;
    last.set(key, held);
  }
  const days = [...last.values()].map((held) => ({
    key: `${row.id} ${held.skill} ${held.grade}`,
    day: held.valid_through,
    what: say("ending.certificate", { skill: named("skills", held.skill), grade: held.grade }),
  }));
  const insured = row.insured_through;
  if (insured === null) return days;
  return [...days, { key: `${row.id} insurance`, day: insured, what: say("ending.insurance") }];
}

export function drawEnding(context) {
  const { board, clock, me } = context;
  const soon = fieldTime(clock.now() + SOON).slice(0, 10);
  const items = board
    .all("organization")
    .filter((row) => !row.retired && answersFor(me, row.home))
    .flatMap((row) => lastDays(row).map((one) => ({ ...one, name: row.name })))
    .filter((one) => one.day <= soon)
    .map((one) => ({ ...one, language: language() }));
  items.sort((one, other) => one.day.localeCompare(other.day));
  find("#ending-box").hidden = items.length === 0;
  setText(find("#ending-count"), String(items.length));
  drawList(find("#ending"), items, ({ name, what, day }) =>
    h("p", {}, h("strong", {}, name), " · ", say("ending.until", { what, day })),
  );
}
