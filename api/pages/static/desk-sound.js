/** A short tone when something most urgent newly needs this desk; off or softer as people like. */

import { VIEWS } from "./desk-model.js";
import { ask, field } from "./dialog.js";
import { find, h, setText } from "./dom.js";
import { say, wording } from "./words.js";

const SAVED = "shouwang-sound"; // on this device
const MOST_URGENT = 1;
const APART = 4000; // milliseconds between two tones: many at once are one
const TONES = [880, 660]; // hertz, one after the other
const LASTS = 0.18; // seconds of each

let settings = { on: true, volume: 60 };
let known = null; // what has needed the desk when it was looked at last
let audio = null; // made upon a press: before, a browser lets no page be heard
let missed = false; // something would have been heard, had the browser let it
let last = -Infinity;

/** Wire it once. */
export function startSound() {
  settings = { ...settings, ...saved() };
  find("#sound").addEventListener("click", choose);
  for (const name of ["pointerdown", "keydown"]) {
    document.addEventListener(name, () => unlock(), { capture: true });
  }
  wording.addEventListener("change", draw);
  draw();
}

function saved() {
  try {
    return JSON.parse(localStorage.getItem(SAVED)) ?? {};
  } catch {
    return {}; // storage may be forbidden; what is chosen then lasts as long as the page
  }
}

function keep(change) {
  settings = { ...settings, ...change };
  try {
    localStorage.setItem(SAVED, JSON.stringify(settings));
  } catch {
    // As above.
  }
  draw();
}

/** Why a most urgent demand needs the desk, as far as it has to be heard. */
function reasons(item) {
  const { demand, mine } = item;
  const found = [
    (mine || demand.climbed_at !== null) && VIEWS.short(item) && "short",
    VIEWS.owed(item) && "owed",
    VIEWS.call(item) && "call",
  ];
  return found.filter(Boolean).map((reason) => `${demand.id} ${reason}`);
}

/** Whether a most urgent demand needs the desk. */
export const urges = (item) => item.demand.priority === MOST_URGENT && reasons(item).length > 0;

/** Heard once for all that a page begins with, and then for what is new; never while it comes. */
export function ring({ board }, items) {
  if (!board.whole) return;
  const most = items.filter(({ demand }) => demand.priority === MOST_URGENT);
  const now = new Set(most.flatMap(reasons));
  const fresh = [...now].some((key) => !known?.has(key));
  known = now;
  if (fresh && settings.on) sound();
}

const heard = () => audio?.state === "running";

function sound() {
  if (performance.now() - last < APART) return;
  last = performance.now();
  if (heard()) return tone();
  missed = true;
  draw();
}

function tone() {
  TONES.forEach((pitch, index) => {
    const [from, gain] = [audio.currentTime + index * LASTS, audio.createGain()];
    const voice = audio.createOscillator();
    voice.frequency.value = pitch;
    gain.gain.setValueAtTime(settings.volume / 100, from);
    gain.gain.exponentialRampToValueAtTime(0.001, from + LASTS);
    voice.connect(gain).connect(audio.destination);
    voice.start(from);
    voice.stop(from + LASTS);
  });
}

/** A press on the page lets it be heard; what was missed until then is heard now. */
async function unlock() {
  if (heard() || !window.AudioContext) return;
  audio ??= new AudioContext();
  await audio.resume();
  if (missed && settings.on && heard()) tone();
  missed = false;
  draw();
}

function stateOf() {
  if (!window.AudioContext) return "none";
  if (!settings.on) return "off";
  return heard() ? "on" : "blocked";
}

function draw() {
  const button = find("#sound");
  button.dataset.state = stateOf();
  const words = { none: "sound.none", off: "sound.off", on: "sound.on", blocked: "sound.blocked" };
  setText(button, say(words[stateOf()]));
  button.classList.toggle("missed", stateOf() === "blocked" && missed);
}

function choose() {
  const on = h("input", { type: "checkbox", checked: settings.on });
  const volume = h("input", { type: "range", min: 5, max: 100, step: 5, value: settings.volume });
  const test = h("button", { type: "button" }, say("sound.test"));
  on.addEventListener("change", () => keep({ on: on.checked }));
  volume.addEventListener("change", () => keep({ volume: Number(volume.value) }));
  test.addEventListener("click", () => unlock().then(tone));
  ask({
    title: say("sound.title"),
    parts: [
      h("p", {}, say("sound.hint")),
      h("label", { class: "tick" }, on, h("span", {}, say("sound.enabled"))),
      field(say("sound.volume"), volume),
      test,
    ],
  });
}
