/** The map on the desk's page: opened when somebody unfolds it, large upon G, small again. */

import { reveal } from "./desk-demands.js";
import { find, h } from "./dom.js";
import { moreWords, say, wording } from "./words.js";

const SAVED = "shouwang-map-open";
const ROOM = matchMedia("(min-width: 78rem)"); // where it has a column of its own

let panel = null;
let loading = null;

/** Wire it once. */
export function startMap(context) {
  const box = find("#map-box");
  box.addEventListener("toggle", () => toggled(context, box.open));
  find("#map-large").addEventListener("click", () => large(!isLarge()));
  document.addEventListener("keydown", (event) => shortcut(event));
  context.picked = (id) => panel?.chosen(id);
  find("#pick-place").addEventListener("click", () => pickPlace(context));
  wording.addEventListener("change", labels);
  if (ROOM.matches && saved() !== "no") box.open = true;
}

/** Drawn with everything else, where it is in sight. */
export function drawMap() {
  if (find("#map-box").open) panel?.redraw();
}

function saved() {
  try {
    return localStorage.getItem(SAVED);
  } catch {
    return null; // storage may be forbidden; then it is open where there is room
  }
}

function toggled(context, open) {
  try {
    localStorage.setItem(SAVED, open ? "yes" : "no");
  } catch {
    // As above.
  }
  if (open) shown(context);
  else large(false);
}

/** Its scripts, words and borders come when it is looked at first: a phone may never need them. */
function shown(context) {
  loading ??= load(context);
  return loading;
}

async function load(context) {
  await moreWords("words-map");
  const { mountMap } = await import("./map-panel.js");
  panel = mountMap(context, find("#map"), {
    pick: (id) => reveal(context, id),
    explained: false,
  });
  labels();
}

const isLarge = () => document.body.classList.contains("map-large");

function large(on) {
  document.body.classList.toggle("map-large", on);
  labels();
}

function labels() {
  const words = isLarge() ? "desk.map_small" : "desk.map_large";
  find("#map-large").replaceChildren(say(words), " ", h("kbd", {}, say("desk.map_key")));
}

/** G makes it large, and small again; so does Escape. */
function shortcut(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, dialog") || find("#dialog").open) return;
  if (event.key === "Escape" && isLarge()) return large(false);
  if (event.key.toLowerCase() !== "g") return;
  event.preventDefault();
  find("#map-box").open = true;
  large(!isLarge());
}

/** The posting form's point by a press on the map, and its township where borders are known. */
async function pickPlace(context) {
  find("#map-box").open = true;
  large(true);
  await shown(context);
  panel.place(({ lon, lat }, township) => {
    const { elements } = find("#post");
    large(false);
    elements.lon.value = (lon / 1e7).toFixed(5);
    elements.lat.value = (lat / 1e7).toFixed(5);
    const { options } = elements.division;
    if ([...options].some(({ value }) => value === township)) elements.division.value = township;
    elements.division.dispatchEvent(new Event("change", { bubbles: true }));
    elements.lat.focus();
  });
}
