/** Numbers, times and distances as people of either language write them. */

import { choose, language, say } from "./words.js";

const locale = () => (language() === "zh" ? "zh-CN" : "en-GB");

// Everybody reads one clock, whatever a device is set to: the country has one time zone.
const ZONE = { timeZone: "Asia/Shanghai", hourCycle: "h23" };
const MINUTES = { ...ZONE, hour: "2-digit", minute: "2-digit" };
const SECONDS = { ...MINUTES, second: "2-digit" };
const DAY = { ...ZONE, month: "short", day: "numeric" };

const written = (at, options) => new Date(at).toLocaleString(locale(), options);

/** A moment as hours, minutes and seconds. */
export const clockTime = (at) => written(at, SECONDS);

/** A moment with day and seconds. */
export const fullTime = (at) => `${written(at, DAY)} ${clockTime(at)}`;

/** A moment to the minute, with the day where it is not today's; both in milliseconds. */
export function moment(at, today) {
  const [day, time] = [written(at, DAY), written(at, MINUTES)];
  return day === written(today, DAY) ? time : `${day} ${time}`;
}

const OFFSET = 8 * 3600 * 1000; // of the country's one time zone; it has no summer time

/** A moment as a `datetime-local` field holds it, on everybody's one clock. */
export const fieldTime = (at) => new Date(at + OFFSET).toISOString().slice(0, 16);

/** The moment in a `datetime-local` field, or null. */
export const fieldMoment = (text) => (text ? Date.parse(`${text}:00Z`) - OFFSET : null);

const two = (number) => String(number).padStart(2, "0");

/** Milliseconds as `m:ss` or `h:mm:ss`. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = two(seconds % 60);
  return hours ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** Seconds as whole minutes or seconds, in words. */
export function spell(seconds) {
  if (seconds < 120 && seconds % 60) return say("time.seconds", { count: seconds });
  return say("time.minutes", { count: Math.round(seconds / 60) });
}

/** Meters or kilometers; `rough`: one of the places may be known by its township alone. */
export function distance(meters, rough = meters === 0) {
  if (meters < 5) return say(rough ? "distance.none" : "distance.here");
  if (meters < 1000) return say("distance.meters", { count: Math.round(meters / 10) * 10 });
  const kilometers = (meters / 1000).toLocaleString(locale(), { maximumFractionDigits: 1 });
  return say("distance.kilometers", { count: kilometers });
}

/** The spoken number of a demand or incident; exercises carry their mark. */
export const spoken = (row) => numbered(row.mode, row.number);

/** The spoken number of the demand that a row is about. */
export const spokenDemand = (row) => numbered(row.mode, row.demand_number);

/** What was never published has no number. */
const numbered = (mode, number) =>
  number === 0 ? choose("draft", mode) : choose("number", mode, { number });
