/** What a village's own groups are asked for, and how far they are: recorded in their stead. */

import { live, numberOf } from "./assignments.js";
import { drawList, find, h, setText } from "./dom.js";
import { fresh, lateCard, offerCard, standbyCard } from "./organization-offers.js";
import { assignmentCard, endedCard } from "./organization-work.js";
import { placeName } from "./places.js";
import { moved, prime, quiet, undoable } from "./quiet.js";
import { language, say } from "./words.js";

const FETCH_AGAIN = 3000; // milliseconds
const ENDED_LASTS = 12 * 3600 * 1000; // what is over is shown so long: who is on the road reads it

let above = []; // what has been drawn so far, from the top

/** Draw all of it; the sections are hidden where the village guides no group. */
export function drawGroups(context) {
  const { board } = context;
  const [offers, crews] = [board.all("offer"), board.all("assignment")];
  above = [];
  const asked = offers.filter((row) => row.state === "sent" || missed(row)).sort(byUrgency);
  const busy = crews.filter((row) => live(row) || undoable(context, row));
  const late = offers.filter((row) => row.answerable && !asked.includes(row)).sort(byUrgency);
  const standby = offers.filter((row) => row.state === "standby");
  section(context, "asked", asked, offerCard, fresh);
  const ahead = busy.map((row) => context.scene?.ahead(context, row) ?? row);
  section(context, "crews", ahead.sort(byUrgency), assignmentCard, quiet);
  section(context, "standby", standby, standbyCard);
  section(context, "late", late, lateCard, fresh);
  section(context, "ended", ended(context, offers, crews), endedCard);
  drawNames(context, asked.length + busy.length);
  announce(asked.length);
  watch(context, busy);
  fetchScene(context, busy.some(live) || offers.some((row) => row.changed.length || row.relieves));
  if (board.last !== null) prime();
}

const byUrgency = (one, other) =>
  one.priority - other.priority || (one.sent_at ?? 0) - (other.sent_at ?? 0);

/** The time to answer went by, and it is short still. */
const missed = (row) => row.state === "no_answer" && row.answerable && row.wanted;

/** Whom the village guides, and that nobody of them is asked. */
function drawNames({ board }, open) {
  const groups = board.all("organization").filter((row) => row.merged_into === null);
  find("#groups-box").hidden = groups.length === 0 && open === 0;
  const names = groups.map((row) => row.name).join(say("list.separator"));
  setText(find("#groups"), say("groups.names", { names }));
  find("#no-asked").hidden = open > 0 || !board.whole;
}

/** The title counts what awaits an answer, also where the page lies behind another one. */
function announce(count) {
  const title = say("committee.title");
  document.title = count ? `(${count}) ${title}` : title;
}

function section(context, name, rows, card, calm = () => false) {
  const items = rows.map((row) => ({
    key: row.id,
    row,
    number: row.demand_number && numberOf(context, row),
    place: placeName(row.division),
    language: language(),
    meters: row.offer ? context.board.get("offer", row.offer)?.meters : row.meters,
    underway: underway(context, row),
    desks: row.offer ? context.desks : 0,
    undo: row.offer !== undefined && undoable(context, row),
    calm: calm(context, row),
    due: due(context, row),
    late: passed(context, row),
    bar: row.answerable ? context.refused?.get(row.id)?.problem.text : null,
    scene: Boolean(context.scene),
    moved: slid(context, row.id) || quiet(context, words(row), true),
  }));
  drawList(find(`#${name}`), items, (item) => named(context, item, card));
  find(`#${name}-box`).hidden = items.length === 0;
}

const words = (row) => ({ id: `words-${row.id}`, state: row.words_in });

/** A card of the organization's page, under the name of the group that it is about. */
function named(context, item, card) {
  const bar = item.bar ? { words: item.bar, asked: true } : null;
  const made = card(context, { ...item, bar });
  made.prepend(h("p", {}, h("strong", {}, item.row.organization_name)));
  return made;
}

/** Whether a card has come to stand elsewhere just now. */
function slid(context, key) {
  const just = moved(context, key, above);
  above.push(key);
  return just;
}

function underway({ outbox }, row) {
  const about = (entry) => entry.path.includes(`/${row.id}/`);
  return outbox.entries.filter(about).map((entry) => [entry.path, entry.tries > 0, entry.left]);
}

/** Expected by now, and neither there nor overdue. */
const due = ({ clock }, row) =>
  row.offer !== undefined && live(row) && row.arrived_at === null && !row.overdue &&
  row.promised_at <= clock.now();

const passed = ({ clock, scene }, row) =>
  row.offer !== undefined &&
  (scene?.sceneTimes(row) ?? []).filter((time) => time <= clock.now()).length;

/** The latest of what is over, with its reason. */
function ended({ clock }, offers, crews) {
  const open = new Set(["sent", "accepted", "standby"]);
  const over = offers.filter((row) => !open.has(row.state) && !row.answerable);
  const rows = [...over, ...crews.filter((row) => !live(row))];
  const lately = rows.filter((row) => row.ended_at > clock.now() - ENDED_LASTS);
  return lately.sort((one, other) => other.ended_at - one.ended_at);
}

function watch({ clock, scene }, busy) {
  const times = (row) => [row.undo_until, row.promised_at, ...(scene?.sceneTimes(row) ?? [])];
  clock.passed(busy.flatMap(times));
}

/** What is said of the scene, and what has changed, is a part that few villages need. */
async function fetchScene(context, wanted) {
  if (context.scene || context.fetching || !wanted) return;
  context.fetching = true;
  try {
    context.scene = await import("./organization-scene.js");
    context.redraw();
  } catch {
    setTimeout(context.redraw, FETCH_AGAIN);
  }
  context.fetching = false;
}
