/** Duty hours and leave: whether an organization is asked by itself now, and from when again. */

import { moment } from "./format.js";
import { choose, language, say } from "./words.js";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const WEEK = 7 * DAY;
const ZONE = 8 * 60 * MINUTE; // east of UTC, in all of the country
const MONDAY = 3 * DAY; // the first day of all was a Thursday

const turned = (time) => ((time % WEEK) + WEEK) % WEEK;

const beginning = (shift) => (shift.day - 1) * DAY + shift.begins * MINUTE;

const length = (shift) => (((shift.ends - shift.begins + 1439) % 1440) + 1) * MINUTE;

/** The first moment from one on that lies in some hours; itself where there are none. */
function opening(hours, at) {
  const clock = turned(at + ZONE + MONDAY);
  if (hours.some((shift) => turned(clock - beginning(shift)) < length(shift))) return at;
  const waits = hours.map((shift) => turned(beginning(shift) - clock));
  return waits.length ? at + Math.min(...waits) : at;
}

/** Why it is not asked by itself (`leave` or `hours`), and until when; null while it is. */
export function away({ hours, leaves }, now) {
  let [why, until] = [null, now];
  for (;;) {
    const ends = leaves.filter((one) => one.begins <= until && until < one.ends);
    const next = ends.length ? Math.max(...ends.map((one) => one.ends)) : opening(hours, until);
    if (next === until) return why && { why, until };
    why ??= ends.length ? "leave" : "hours";
    until = next;
  }
}

/** On duty or not, as it is now. */
export function dutyWords(row, now) {
  if (!row.on_duty) return say("duty.off");
  const found = away(row, now);
  return found ? choose("away", found.why, { time: moment(found.until, now) }) : say("duty.on");
}

const two = (number) => String(number).padStart(2, "0");

/** A minute of the day as `08:30`. */
export const clockOf = (minutes) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

/** The name of a day of the week, 1 is Monday. */
export function dayName(day) {
  const date = new Date(Date.UTC(2024, 0, day)); // a year that began on a Monday
  const locale = language() === "zh" ? "zh-CN" : "en-GB";
  return date.toLocaleDateString(locale, { weekday: "short", timeZone: "UTC" });
}
