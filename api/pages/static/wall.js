/** The wall: what the room has to know, from afar, without a person, a team or a telephone. */

import { live, unread } from "./assignments.js";
import { startCalled } from "./desk-called.js";
import { startHeard } from "./desk-heard.js";
import { VIEWS, demandsKnown, insideOf } from "./desk-model.js";
import { drawList, find, h, setText } from "./dom.js";
import { clockTime, moment, spoken } from "./format.js";
import { mountMap } from "./map-panel.js";
import { start } from "./page.js";
import { incidentWords, placeName } from "./places.js";
import { choose, counted, language, named, say, wording } from "./words.js";

const WORST = 9; // demands that there is room for
const EVERY = 1000;
const LARGER = 1.6; // a map's signs, for whoever stands four meters away
const SAID = 2; // things that are said of a demand
const MOST_URGENT = 1;
const COVERS = ["empty", "inadequate", "adequate", "satisfied"];

const asked = new URLSearchParams(location.search);
const role = asked.get("role") === "reviewer" ? "reviewer" : "desk";
let panel = null;

const wanted = (line) => line.open && !line.dropped && !line.asleep;

/** Counted and in order as at the desk: whoever looks from one to the other finds the same. */
function draw(context) {
  panel?.redraw();
  const { board } = context;
  const own = ({ mode }) => mode === context.me.mode; // no exercise among what is real
  const items = demandsKnown(context, "").filter((one) => VIEWS.open(one) && own(one.demand));
  const crews = board.all("assignment").filter((row) => live(row) && own(row));
  drawCounts(board, items, crews);
  const rows = items.slice(0, WORST).map((item) => rowOf(context, item));
  drawList(find("#worst"), rows, drawRow);
  find("#none").hidden = items.length > 0 || !board.whole;
  const incidents = board.all("incident").filter((row) => row.state !== "closed" && own(row));
  setText(find("#incidents"), incidents.map(incidentWords).join(say("list.separator")));
  tick(context);
}

const ordered = (row) => unread(row).length > 0;

function drawCounts(board, items, crews) {
  const short = items.filter(VIEWS.short);
  const most = short.filter(({ demand }) => demand.priority === MOST_URGENT).length;
  const counts = {
    short: short.length,
    urgent: most,
    inside: insideOf(crews),
    unread: crews.filter(ordered).length,
    late: crews.filter((row) => row.overdue).length,
    way: crews.filter((row) => row.state === "en_route" || row.state === "committed").length,
    there: crews.filter((row) => row.state === "on_scene").length,
    open: items.length,
  };
  for (const [name, count] of Object.entries(counts)) {
    setText(find(`[data-count="${name}"]`), board.whole ? String(count) : "\u2026");
    find(`[data-count="${name}"]`).classList.toggle("some", count > 0);
  }
}

/** What is said of a demand, the worst of it: people, orders, what is missing, who is late. */
function rowOf({ clock }, item) {
  const { key, demand } = item;
  const said = [...dangers(item), ...halted(demand), ...missing(demand)];
  const bad = dangers(item).length > 0 || VIEWS.short(item);
  const late = item.assignments.some((row) => live(row) && row.overdue);
  const words = said.length ? said.slice(0, SAID).join(" \u00b7 ") : coverOf(demand, late);
  return {
    key,
    look: bad ? "bad" : late || demand.state === "on_hold" ? "warn" : "",
    words,
    number: spoken(demand),
    priority: demand.priority,
    kind: named("kinds", demand.kind),
    place: placeName(demand.division),
    age: age(clock.now() - demand.published_at),
    language: language(),
  };
}

function dangers({ assignments }) {
  const crews = assignments.filter(live);
  const silent = crews.filter((row) => row.missed_at !== null).length;
  const inside = insideOf(crews);
  const orders = crews.filter(ordered).length;
  return [
    silent > 0 && say("wall.silent", { count: silent }),
    inside > 0 && say("wall.inside_words", { count: inside }),
    orders > 0 && say("wall.unread_words", { count: orders }),
  ].filter(Boolean);
}

function halted({ shut, state }) {
  if (shut.length) return [say("wall.shut")];
  return state === "on_hold" ? [say("wall.hold")] : [];
}

function missing({ lines }) {
  const short = lines.filter(wanted).filter((line) => line.covered < line.minimum);
  const units = short.map((line) => counted(line.skill, line.minimum - line.covered));
  return units.length ? [say("wall.missing", { units: units.join(say("list.separator")) })] : [];
}

function coverOf({ lines, state }, late) {
  if (late) return choose("map_sign", "late");
  const covers = lines.filter(wanted).map(({ cover }) => COVERS.indexOf(cover));
  const asked = covers.length > 0 && state === "published";
  return choose("map_sign", asked ? COVERS[Math.min(...covers)] : "held");
}

function age(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60000));
  if (minutes < 120) return say("wall.minutes", { count: minutes });
  return say("wall.hours", { count: Math.floor(minutes / 60) });
}

const drawRow = ({ look, words, number, priority, kind, place, age: since }) =>
  h(
    "li",
    { class: look },
    h("span", { class: `priority p${priority}` }, String(priority)),
    h("strong", {}, `${number} ${kind} ${place}`),
    h("span", { class: "quiet" }, since),
    h("b", { class: "words" }, words),
  );

/** The clock goes on by itself; that nothing is heard is said over everything. */
function tick({ board, clock }) {
  setText(find("#time"), clockTime(clock.conducted && !board.heard ? clock.at : clock.now()));
  const stale = !board.heard && Boolean(board.lastWord);
  find("#stale").hidden = !stale;
  if (!stale) return;
  const time = moment(board.lastWord, Date.now());
  const minutes = Math.floor((Date.now() - board.lastWord) / 60000);
  setText(find("#stale"), say("wall.stale", { time, count: minutes }));
}

/** A screen that sleeps shows nothing; where the browser cannot be asked, its settings decide. */
async function stayAwake() {
  if (document.hidden || !navigator.wakeLock) return;
  await navigator.wakeLock.request("screen").catch(() => {});
}

const context = await start(role, draw);
if (role === "desk") {
  startCalled(context);
  startHeard(context);
}
panel = mountMap(context, find("#map"), { pick: () => {}, larger: LARGER });
setInterval(() => tick(context), EVERY);
// An age goes on without an event.
setInterval(context.redraw, 20 * EVERY);
wording.addEventListener("change", context.redraw);
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
context.redraw();
