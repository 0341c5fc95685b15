/** What a line is waiting for: who is asked, why nobody more is, and when it is tried again. */

import { nextLook, unproved } from "./desk-model.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { counted, named, say } from "./words.js";

/** What happens next by itself: who is being asked, what keeps others from it, and until when. */
export function outlook({ clock }, { demand, line, offers }, asked) {
  const cannot = offers.filter(unproved);
  if (line.asleep) return null; // its card says who is asked for
  const now = clock.now();
  const wanting = line.short > 0;
  if (!wanting && !asked.length) return null;
  const parts = [asked.length > 0 && h("p", { class: "asking" }, askedWords(line, asked, now))];
  if (line.unmet && wanting) {
    const paused = pausedWords(offers, now);
    const next = nextTry(line, offers, now);
    const words = asked.length
      ? otherWords(line, paused, next)
      : unmetWords(withoutThem(line, cannot), paused, next, now);
    parts.push(h("p", { class: asked.length ? "quiet" : "unmet" }, words));
  } else if (!asked.length) {
    parts.push(lookedFor(demand, now));
  }
  if (cannot.length && wanting) {
    const names = cannot.map((row) => row.organization_name).join(say("list.separator"));
    parts.push(h("p", { class: "unmet" }, say("line.unproved", { names })));
  }
  return parts;
}

function askedWords(line, asked, now) {
  const units = asked.reduce((sum, row) => sum + row.quantity, 0);
  const until = Math.max(...asked.map((row) => row.answer_by));
  return say("line.asked", {
    count: asked.length,
    units: counted(line.skill, units),
    time: moment(until, now),
  });
}

const gateWords = (gates) =>
  gates
    .map(({ gate, count }) => say("line.gate", { gate: named("gates", gate), count }))
    .join(say("line.gates"));

/** Whoever is asked and cannot say yes yet has a sentence of its own. */
const withoutThem = (line, cannot) => ({
  ...line,
  gates: line.gates
    .map((one) => (one.gate === "asked" ? { ...one, count: one.count - cannot.length } : one))
    .filter(({ count }) => count > 0),
});

/** Beside those who are being asked: why nobody more is, and when that may change. */
function otherWords(line, paused, next) {
  const gates = line.gates.filter(({ gate }) => gate !== "asked");
  const others = gates.length > 0 && say("line.others", { gates: gateWords(gates) });
  return [others, paused, next].filter(Boolean).join(" ");
}

/** Nobody is being asked: as of when, why, and when it is tried again. */
function unmetWords(line, paused, next, now) {
  const counts = { considered: line.considered, gates: gateWords(line.gates) };
  const why = line.considered
    ? say("line.unmet", { ...counts, time: moment(line.said_at, now) })
    : say("line.unmet_empty");
  return [why, paused, next].filter(Boolean).join(" ");
}

/** When it is looked at again by itself; and from when somebody is able, where that is later. */
function nextTry(line, offers, now) {
  const next = nextLook(line, offers, now);
  if (next === null) return say("line.retry_now");
  const time = moment(next, now);
  if (line.able_at === null) return say("line.retry_or_able", { time });
  if (line.able_at <= next) return say("line.retry", { time });
  return say("line.retry_able", { time, able: moment(line.able_at, now) });
}

const PAUSED_NAMED = 3;
const PAUSING = new Set(["no_answer", "unreachable", "declined"]);

/** Who was asked before and from when each may be asked again, the soonest first. */
function pausedWords(offers, now) {
  const newest = new Map();
  for (const row of offers) {
    const known = newest.get(row.organization);
    if (!known || known.sent_at <= row.sent_at) newest.set(row.organization, row);
  }
  const rows = [...newest.values()]
    .filter((row) => PAUSING.has(row.state) && row.again_at > now)
    .sort((one, other) => one.again_at - other.again_at);
  if (!rows.length) return null;
  const names = rows
    .slice(0, PAUSED_NAMED)
    .map((row) => pausedOne(row, now))
    .join(say("list.separator"));
  const count = rows.length - PAUSED_NAMED;
  return say(count > 0 ? "line.paused_more" : "line.paused", { names, count });
}

const pausedOne = (row, now) =>
  say("line.paused_one", { name: row.organization_name, time: moment(row.again_at, now) });

/** Nobody is asked: not while it is on hold; else they will be, or are being looked for. */
function lookedFor(demand, now) {
  if (demand.shut.length) return h("p", { class: "quiet" }, say("zone.line"));
  if (demand.state === "on_hold") return h("p", { class: "quiet" }, say("hold.line"));
  if (demand.release_at <= now) return h("p", { class: "quiet" }, say("line.searching"));
  return h("p", {}, say("line.release"), " ", countdown(demand.release_at, say("time.now")));
}

export const countdown = (until, over = null) =>
  h("span", { class: "countdown", "data-until": until, "data-over": over });
