/** Rule time: what the log decides with. In an exercise it runs at the conductor's pace. */

import { findAll, setText } from "./dom.js";
import { span } from "./format.js";
import { get } from "./http.js";
import { say } from "./words.js";

const ASK_AGAIN = 5000; // milliseconds between two looks at the conductor
const WORD_HOLDS = 6000; // without word for so long, an exercise may be standing still

export class Clock {
  constructor(me) {
    this.pace = me.pace;
    this.conducted = me.mode !== "actual";
    this.paused = false;
    this.next = Infinity;
    this.hear(Date.now());
  }

  /** It was `at` just now: a device's own clock may be wrong, and is never believed. */
  hear(at) {
    this.at = at;
    this.heard = performance.now();
    this.wrong = at - Date.now();
  }

  /**
   * When something is pressed, by a clock that goes on while a device sleeps. Nothing in an
   * exercise, whose time nobody's device can know.
   */
  tap() {
    return this.conducted ? null : Math.round(Date.now() + this.wrong);
  }

  now() {
    const since = performance.now() - this.heard;
    if (!this.conducted) return this.at + since;
    return this.at + Math.min(since, WORD_HOLDS) * (this.paused ? 1 : this.pace);
  }

  /** How many of these times are past (`null` is none); the next to come will be `due`. */
  passed(times) {
    const now = this.now();
    const coming = times.filter((time) => time !== null && time > now);
    this.next = Math.min(this.next, ...coming);
    return times.filter((time) => time !== null && time <= now).length;
  }

  /** Whether one of those times has come since it was asked last. */
  due() {
    if (this.now() < this.next) return false;
    this.next = Infinity;
    return true;
  }

  /** Keep to the conductor of an exercise. */
  async keepToConductor(role) {
    try {
      const told = await get("/conductor", role);
      this.pace = told.pace;
      this.paused = Boolean(told.paused_by_person);
      this.hear(told.at);
    } catch {
      // Without word from the conductor the last one holds for a while.
    }
    setTimeout(() => this.keepToConductor(role), ASK_AGAIN);
  }
}

/** Write the time left into every element with `data-until`, and `data-over` when it is over. */
export function countDown(clock) {
  for (const element of findAll("[data-until]")) {
    const left = Number(element.dataset.until) - clock.now();
    element.classList.toggle("late", left <= 0);
    setText(element, left > 0 ? span(left) : (element.dataset.over ?? say("time.over")));
  }
}
