/** An organization's page, for one thumb: what to answer, what to go through, what is its own. */

import { live, numberOf } from "./assignments.js";
import { drawList, find, setText } from "./dom.js";
import { barred, fresh, lateCard, offerCard, standbyCard } from "./organization-offers.js";
import { drawOwn, startOwn } from "./organization-own.js";
import { assignmentCard, endedCard, turnCard, turnWords } from "./organization-work.js";
import { start } from "./page.js";
import { placeName } from "./places.js";
import { moved, prime, quiet, undoable, wasSeen } from "./quiet.js";
import { forgetAllBut, kept } from "./sealed.js";
import { tellSeen } from "./seen.js";
import { language, say, wording } from "./words.js";

const ENDED_SHOWN = 10;
const FETCH_AGAIN = 3000;
const DAY = 24 * 3600 * 1000;
const ZONE = 8 * 3600 * 1000; // of the country's one clock, before UTC
const TURNS_LAST = 12 * 3600 * 1000; // milliseconds after which nobody is on the road for it,
const LEFT_LAST = 30 * 60 * 1000; // and whoever was there has left, or is at work elsewhere

let told = null; // offers and turns that were shown at the last drawing; null before the first
let above = []; // what has been drawn so far, from the top
const states = new Map(); // of assignments at the last drawing
const pending = new Set(); // parts that are being fetched
const back = new Map(); // assignments that the desk has sent back, and when

function draw(context) {
  const { board } = context;
  const offers = board.all("offer");
  const assignments = board.all("assignment");
  above = [];
  const asked = offers.filter((row) => row.state === "sent" || missed(row)).sort(byUrgency);
  const busy = assignments.filter((row) => live(row) || undoable(context, row));
  const late = offers.filter((row) => row.answerable && !asked.includes(row)).sort(byUrgency);
  const standby = offers.filter((row) => row.state === "standby");
  const pressed = context.scene?.outcomes(context, assignments) ?? [];
  const turns = [...pressed, ...turnsOf(context, assignments)];
  section(context, "turns", turns, turnCard);
  section(context, "offers", asked, offerCard, fresh);
  const ahead = busy.map((row) => context.scene?.ahead(context, row) ?? row);
  section(context, "assignments", ahead.sort(overdueFirst), assignmentCard, quiet);
  section(context, "standby", standby, standbyCard);
  section(context, "late", late, lateCard, fresh);
  const { taskCard, tasksFor } = context.tasks ?? {};
  const [tasks, others] = tasksFor?.(context) ?? [[], []];
  section(context, "tasks", tasks, taskCard);
  section(context, "other-tasks", others, taskCard);
  setText(find("#other-tasks-count"), String(others.length));
  section(context, "ended", ended(offers, assignments), endedCard);
  find("#no-offers").hidden = asked.length + busy.length > 0 || !board.whole;
  drawOwn(context);
  watch(context, busy);
  context.scene?.drawTold(context, busy.filter(live));
  const said = (row) => row.changed[0] || row.relieves;
  need(context, "scene", asked.length || busy.some(live) || offers.some(said));
  need(context, "tasks", board.all("task").length);
  announce(context, asked, turns);
  tellSeen(context, asked, busy);
  if (board.last === null) return;
  forgetEnded(context, offers, assignments);
  prime();
}

const byUrgency = (one, other) => one.priority - other.priority || other.sent_at - one.sent_at;

const overdueFirst = (one, other) =>
  Number(other.missed_at !== null) - Number(one.missed_at !== null) ||
  Number(other.overdue) - Number(one.overdue) || one.priority - other.priority;

function section(context, name, rows, card, calm = () => false) {
  const items = rows.map(({ turn, ...row }) => ({
    ...(turn ?? { key: row.id }),
    row,
    number: row.demand_number && numberOf(context, row),
    place: placeName(row.division),
    language: language(),
    meters: row.offer ? context.board.get("offer", row.offer)?.meters : row.meters,
    underway: underway(context, row),
    opened: row.offer ? kept(context, row.demand) : null,
    desks: context.desks,
    undo: row.offer !== undefined && undoable(context, row),
    calm: calm(context, row),
    due: due(context, row),
    late: row.offer !== undefined && row.check_in_by !== null && passed(context, row),
    bar: row.answerable ? barred(context, row) : null,
    first: row.state === "sent" && rows.find((one) => missed(one) && before(one, row)),
    scene: Boolean(context.scene),
    moved: slid(context, turn?.key ?? row.id) || reworded(context, row),
  }));
  drawList(find(`#${name}`), items, (item) => card(context, item));
  find(`#${name}-box`).hidden = items.length === 0;
}

/** The time to answer went by, and it is short still: as urgent as on the first day. */
const missed = (row) => row.state === "no_answer" && row.answerable && row.wanted;

const before = (one, other) => one.skill === other.skill && one.priority < other.priority;

/** Whether a card has come to stand elsewhere just now. */
function slid(context, key) {
  const just = moved(context, key, above);
  above.push(key);
  return just;
}

/** Whether a card reads otherwise just now. */
const reworded = (context, row) =>
  quiet(context, { id: `words-${row.id}`, state: row.words_in }, true);

/** How near the next word from the scene is: it stands out before, and is asked for after. */
const passed = ({ clock, scene }, row) =>
  (scene?.sceneTimes(row) ?? []).filter((time) => time <= clock.now()).length;

/** Expected by now, and neither there nor overdue. */
const due = ({ clock }, row) =>
  live(row) && row.arrived_at === null && !row.overdue && row.promised_at <= clock.now();

/** Assignments to turn back from, or to take up again, until that was seen. */
function turnsOf(context, assignments) {
  for (const { id, state } of assignments) {
    const again = states.get(id) === "reported_done" && state === "on_scene";
    if (state !== "on_scene") back.delete(id);
    else if (again && !context.undone?.delete(id)) back.set(id, context.clock.now());
    states.set(id, state);
  }
  const turns = assignments.map((row) => [row, whyTurn(context, row)]).filter(([, why]) => why);
  const keyed = turns.map(([row, why]) => {
    const when = why === "sent_back" ? back.get(row.id) : "";
    return { ...row, turn: { key: `${why}-${row.id}${when}`, why } };
  });
  return keyed.filter(({ turn }) => !wasSeen(context, turn.key));
}

function whyTurn({ board, clock }, row) {
  if (live(row)) {
    const kept = row.state === "committed" && board.get("offer", row.offer)?.kept;
    return (row.unfit && "unfit") || (back.has(row.id) && "sent_back") || (kept && "taken_on");
  }
  const lasts = row.arrived_at === null ? TURNS_LAST : LEFT_LAST;
  const lately = row.ended_at > clock.now() - lasts;
  const over = row.state === "stood_down" && row.reported_at === null;
  return over && lately && !askedSince(board, row) && "stood_down";
}

/** Whether the same demand asks it anew, or has its yes: then nobody is to turn around. */
const askedSince = (board, { demand, ended_at: ended }) =>
  board.all("assignment").some((row) => row.demand === demand && live(row)) ||
  board
    .all("offer")
    .some((row) => row.demand === demand && row.state === "sent" && row.sent_at >= ended);

/** What the passing of time alone changes is drawn again then. */
function watch({ clock, scene }, busy) {
  const times = (row) => [row.undo_until, row.promised_at, ...(scene?.sceneTimes(row) ?? [])];
  const midnight = Math.ceil((clock.now() + ZONE) / DAY) * DAY - ZONE; // certificates end then
  clock.passed([...busy.flatMap(times), midnight]);
}

/** What a crew needs on the scene is fetched once it is asked: there it may have no signal. */
async function need(context, part, wanted) {
  if (context[part] || pending.has(part) || !wanted) return;
  pending.add(part);
  try {
    context[part] = await import(`./organization-${part}.js`);
    context.redraw();
  } catch {
    setTimeout(context.redraw, FETCH_AGAIN);
  }
  pending.delete(part);
}

function underway({ outbox }, row) {
  const about = (entry) => [row.id, row.demand].some((id) => entry.path.includes(`/${id}/`));
  return outbox.entries.filter(about).map((entry) => [entry.path, entry.tries > 0, entry.left]);
}

/** What came sealed with a yes is kept as long as there is work, or an answer under way. */
function forgetEnded(context, offers, assignments) {
  const begun = new Set(assignments.map((row) => row.offer));
  const coming = (row) => row.answerable || (row.state === "accepted" && !begun.has(row.id));
  const wanted = [...assignments.filter(live), ...offers.filter(coming)];
  forgetAllBut(context, new Set(wanted.map((row) => row.demand)));
}

/** The latest of what is over, so that a stand-down or an earlier answer is seen and understood. */
function ended(offers, assignments) {
  const open = new Set(["sent", "accepted", "standby"]);
  const over = offers.filter((row) => !open.has(row.state) && !row.answerable);
  const done = assignments.filter((row) => !live(row));
  const rows = [...over, ...done].filter((row) => row.ended_at !== null);
  return rows.sort((one, other) => other.ended_at - one.ended_at).slice(0, ENDED_SHOWN);
}

/** New offers and turns are told to screen readers and felt in the hand; the title counts. */
function announce(context, asked, turns) {
  const count = asked.length;
  document.title = count ? `(${count}) ${say("organization.title")}` : say("organization.title");
  const isNew = (key) => told !== null && !told.has(key);
  const turned = turns.filter(({ turn }) => isNew(turn.key));
  const words = turned.map(({ turn, ...row }) => turnWords({ row, why: turn.why }));
  if (asked.some((row) => isNew(row.id))) words.push(say("offers.news", { count }));
  told = new Set([...asked.map((row) => row.id), ...turns.map(({ turn }) => turn.key)]);
  if (!told.size) setText(find("#news"), "");
  if (!words.length) return;
  setText(find("#news"), words.join(" "));
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([200, 100, 200]);
}

// What was told in the other language is told, and needs no telling again.
wording.addEventListener("change", () => setText(find("#news"), ""));

const own = (me) => me.scopes.map((one) => one.organization).find(Boolean);

const context = await start("organization", (drawn) => {
  drawn.organization ??= own(drawn.me);
  draw(drawn);
});
document.addEventListener("visibilitychange", context.redraw);
startOwn(context);
