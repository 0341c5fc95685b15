/** The wall: what the room has to know, from afar, without a person, a team or a telephone. */

import { live } from "./assignments.js";
import { drawList, find, h, setText } from "./dom.js";
import { clockTime, moment, spoken } from "./format.js";
import { demandsOf } from "./map-model.js";
import { mountMap } from "./map-panel.js";
import { start } from "./page.js";
import { incidentWords, placeName } from "./places.js";
import { choose, counted, language, named, say, wording } from "./words.js";

const WORST = 9; // demands that there is room for
const EVERY = 1000;
const LARGER = 1.6; // a map's signs, for whoever stands four meters away
const MOST_URGENT = 1;

const asked = new URLSearchParams(location.search);
const role = asked.get("role") === "reviewer" ? "reviewer" : "desk";
let panel = null;

const below = ({ cover }) => cover === "empty" || cover === "inadequate";
const open = (line) => line.open && !line.dropped && !line.asleep;

function draw(context) {
  panel?.redraw();
  const { board } = context;
  const own = ({ mode }) => mode === context.me.mode; // no exercise among what is real
  const items = demandsOf(board).filter(({ row }) => own(row));
  const crews = board.all("assignment").filter((row) => live(row) && own(row));
  drawCounts(board, items, crews);
  const late = new Set(crews.filter((row) => row.overdue).map((row) => row.demand));
  const order = (one) => (below(one) ? 0 : late.has(one.id) ? 1 : 2);
  const worst = items.toSorted((one, other) => order(one) - order(other)).slice(0, WORST);
  const rows = worst.map((item) => rowOf(context, item, late.has(item.id)));
  drawList(find("#worst"), rows, drawRow);
  find("#none").hidden = items.length > 0 || !board.whole;
  const incidents = board.all("incident").filter((row) => row.state !== "closed" && own(row));
  setText(find("#incidents"), incidents.map(incidentWords).join(say("list.separator")));
  tick(context);
}

function drawCounts(board, items, crews) {
  const short = items.filter(below);
  const most = short.filter(({ row }) => row.priority === MOST_URGENT).length;
  const counts = {
    short: short.length,
    urgent: most,
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

/** What is said of a demand: what is missing, else that somebody is late, else its cover. */
function rowOf({ clock }, { id, row, cover }, late) {
  const lines = row.lines.filter(open);
  const missing = lines.filter((line) => line.covered < line.minimum);
  const short = missing.map((line) => counted(line.skill, line.minimum - line.covered));
  const words = short.length
    ? say("wall.missing", { units: short.join(say("list.separator")) })
    : choose("map_sign", late ? "late" : cover);
  return {
    key: id,
    look: short.length ? "bad" : late ? "warn" : "",
    words,
    number: spoken(row),
    priority: row.priority,
    kind: named("kinds", row.kind),
    place: placeName(row.division),
    age: age(clock.now() - row.published_at),
    language: language(),
  };
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
    h("strong", {}, `${kind} ${place}`),
    h("span", { class: "quiet" }, [number, since].join(" · ")),
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
panel = mountMap(context, find("#map"), { pick: () => {}, larger: LARGER });
setInterval(() => tick(context), EVERY);
// An age goes on without an event.
setInterval(context.redraw, 20 * EVERY);
wording.addEventListener("change", context.redraw);
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
context.redraw();
