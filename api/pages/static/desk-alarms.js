/** Alarms of a watch, and of messages: a strip above everything, gone when they are over. */

import { drawList, find, h } from "./dom.js";
import { clockTime } from "./format.js";
import { get } from "./http.js";
import { inLanguage, language, say, wording } from "./words.js";

const EVERY = 15000; // milliseconds; an alarm is to be in sight within a minute

let standing = [];

/** Look now, and from then on for as long as the page is open. */
export async function startAlarms({ role }) {
  wording.addEventListener("change", draw);
  for (;;) {
    await look(role);
    await new Promise((done) => setTimeout(done, EVERY));
  }
}

/** Without an answer the last alarms stay: that nothing is heard is said by the banner. */
async function look(role) {
  try {
    standing = (await get("/alarms", role)).alarms;
    draw();
  } catch {
    // The next look comes soon.
  }
}

function draw() {
  const strip = find("#alarms");
  strip.hidden = !standing.length;
  const key = (alarm) => `${alarm.kind} ${inLanguage(alarm)} ${language()}`;
  const items = standing.map((alarm) => ({ ...alarm, key: key(alarm) }));
  drawList(strip, items, drawAlarm);
}

function drawAlarm(alarm) {
  const numbers = alarm.demands.map((demand) => `#${demand.number}`).join(" ");
  const parts = { time: clockTime(alarm.since), text: inLanguage(alarm), numbers };
  return h("li", {}, say("alarm.one", parts));
}
