/** What the desk's list shows, made from board rows: which demands, in which order, with whom. */

import { live, unable, unread } from "./assignments.js";
import { calledOf, onlyByHand } from "./desk-called.js";
import { owedTo, toTell } from "./desk-heard.js";
import { spoken, spokenDemand } from "./format.js";
import { incidentWords, placeName, within } from "./places.js";
import { undoable } from "./quiet.js";
import { language, listed, named, say } from "./words.js";

/** The divisions that this desk answers for. */
export const divisionsOf = (me) => me.scopes.map((scope) => scope.division).filter(Boolean);

/** Whether a division is this desk's to act on. */
export const answersFor = (me, division) =>
  divisionsOf(me).some((scope) => within(division, scope));

/** The division whose desk answers for a demand, or for the one that a row is about. */
export const deskOf = ({ division, hand_up: up, taken_on: taken }) =>
  (up?.state === "taken_on" ? up.by : taken) ?? division;

/** Fewer units than the line needs at the least, without lost ones; a dropped one needs none. */
const below = (line) =>
  !line.dropped && !line.asleep && line.covered - line.lost < line.minimum;
const wanting = (line) => !line.dropped && !line.asleep && line.covered < line.target;

const MOST_URGENT = 1;

/** It lies with another desk now, which answers for it. */
const away = ({ sent, mine }) => sent && !mine;

/** Below the least as long as those who are overdue do not come. */
const doubtful = (line) =>
  line.open && !line.asleep && line.doubtful > 0 && line.covered - line.doubtful < line.minimum;

/** A crew that does not come to what is most urgent is as if it were missing. */
const needing = ({ demand }) =>
  ((demand.state === "published" || demand.state === "on_hold") && demand.lines.some(below)) ||
  (demand.priority === MOST_URGENT && demand.lines.some(doubtful));

/** Somebody who would come, and waits for the desk's word. */
const waits = (row) => row.state === "standby";

/** Told to stop or to leave, and not out yet. */
export const withdrawing = (row) => live(row) && row.withdrawing && row.out_at === null;

/** Out as it was told, and waits for its desk's word on what it does now. */
export const outAndWaiting = (row) => live(row) && row.withdrawing && row.out_at !== null;

/** At work where another crew was told to leave, and its desk has said nothing of it. */
export const forgotten = (row) => live(row) && row.beside !== null && row.beside.stays === null;

/** Its desk is asked something, or has to say something before it or its crews go on. */
const owing = ({ demand, offers, assignments }) =>
  demand.state === "on_hold" ||
  demand.state === "draft" ||
  demand.asked_at !== null ||
  demand.hand_up?.state === "waiting" ||
  demand.helpers.length > 0 ||
  offers.some(waits) ||
  assignments.some((row) => row.reports.length > 0 || toRelieve(row) || outAndWaiting(row)) ||
  assignments.some(forgotten);

/**
 * The spoken number of a demand, or of the one that a row is about; with its incident while
 * another one is open too, since each counts its demands from 1.
 */
export function numberWords(board, row) {
  const number = row.demand_number === undefined ? spoken(row) : spokenDemand(row);
  const id = row.incident ?? board.get("demand", row.demand)?.incident;
  const incident = board.get("incident", id);
  const others = board.all("incident").filter((one) => one.id !== id && one.state !== "closed");
  if (!incident || !others.length) return number;
  const alike = others.some((one) => one.hazard === incident.hazard);
  const words = alike ? incidentWords(incident) : named("hazards", incident.hazard);
  return say("demand.of_incident", { number, incident: words });
}

function grouped(rows, name) {
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(row[name]);
    if (group) group.push(row);
    else groups.set(row[name], [row]);
  }
  return (id) => groups.get(id) ?? [];
}

/** On the scene, and no word of it beyond the grace. */
const silent = (row) => live(row) && row.missed_at !== null;

/** Somebody has to say whether a crew is relieved, or goes on. */
export const toRelieve = (row) =>
  live(row) && row.relief?.due_at && row.state !== "reported_done" && !row.withdrawing;

/** At work, and told something that it has not acknowledged in time, or cannot do. */
export const ignoring = (row) =>
  live(row) && (unread(row).some(late) || unable(row).length > 0);
const late = (order) => order.missed_at !== null;

/** Somebody waits for its desk's word, or has to be called by it. */
const waited = ({ demand, offers, calls }) =>
  calls > 0 || offers.some(waits) || demand.helpers.length > 0;

/**
 * Silent, told to leave with people inside, or a draft that has climbed; people in danger, below
 * the least or climbed; overdue or asked about or on hold or a draft; more wanted, to confirm,
 * covered, over, away.
 */
function band(known) {
  const { demand, assignments } = known;
  if (away(known)) return 6;
  if (demand.state === "closed") return 5;
  if (assignments.some((row) => silent(row) || ignoring(row) || forgotten(row))) return -1;
  if (demand.state === "draft") return demand.climbed_at === null ? 1 : -1;
  const leaving = assignments.filter(withdrawing);
  if (insideOf(leaving) > 0) return -1;
  if (leaving.length > 0 || insideOf(assignments) > 0) return 0;
  if (needing(known) || demand.climbed_at !== null) return 0;
  if (demand.hand_up?.state === "waiting") return 0;
  if (assignments.some((row) => row.reports.length || row.relief?.climbed_at)) return 0;
  if (demand.state === "on_hold") return demand.asked_by === null ? 1 : 0;
  const pressing = (row) => row.overdue || toRelieve(row);
  const asked = demand.asked_at !== null || assignments.some(pressing) || waited(known);
  if (asked) return demand.priority === MOST_URGENT && waited(known) ? 0 : 1;
  if (demand.lines.some(wanting)) return 2;
  return assignments.some((row) => row.state === "reported_done") ? 3 : 4;
}

/** The uncovered before the covered, then the most urgent, then the oldest. */
function order(one, other) {
  return (
    one.band - other.band ||
    one.demand.priority - other.demand.priority ||
    one.demand.number - other.demand.number
  );
}

/** Commands about any of these ids that are on their way: `[path, whether tried before]`. */
export function underway(outbox, ids) {
  return outbox.entries
    .filter((entry) => ids.some((id) => entry.path.includes(`/${id}/`)))
    .map((entry) => [entry.path, entry.tries > 0]);
}

const LIKENESS_LASTS = 30 * 60000; // milliseconds for which a desk is asked

/**
 * The open demand that this one may be a further report of, until the desk has said so: the one
 * that leads, where that is led itself.
 */
function likeOf({ board, clock, apart }, demand, mine) {
  const alone = demand.leader === null && demand.members === 0;
  const open = demand.state !== "closed" && demand.state !== "draft";
  const asked = mine && alone && open && !apart?.has(demand.id);
  if (!asked || clock.now() > demand.published_at + LIKENESS_LASTS) return null;
  const similar = board.get("demand", demand.similar ?? "");
  const like = similar?.leader ? board.get("demand", similar.leader) : similar;
  return like?.state === "published" ? like : null;
}

const REACHING = 120000; // milliseconds that being reached may add to the time to answer

const PAGE_FIRST = 10000; // milliseconds in which an open page shows a request

/**
 * From when on a desk calls whoever was asked and has not answered: at once whom nothing else
 * tells. Where there is longer to answer than usual, at night or for what is needed later, it is
 * later by as much.
 */
export function callFrom(row) {
  const { priority, sent_at: sent, answer_by: until } = row;
  const [, rule] = listed("priorities").find(([code]) => code === String(priority));
  const longer = until - sent - rule.answer_minutes * 60000;
  const first = onlyByHand(row) ? PAGE_FIRST : rule.call_seconds * 1000;
  return sent + first + (longer > REACHING ? longer : 0);
}

/** When a line is looked at again at the latest: an answer's time ends, or somebody is able. */
export function nextLook(line, offers, now) {
  const asked = offers.filter((row) => row.line === line.id && row.state === "sent");
  const times = [line.retry_at, line.able_at, ...asked.map((row) => row.answer_by)];
  const ahead = times.filter((time) => time !== null && time > now);
  return ahead.length ? Math.min(...ahead) : null;
}

const URGENT = 2; // priorities up to this one: who was silent is called, until asked again

/** Asked, and a yes of it can be taken: what a line waits for. */
export const awaited = (row) => row.state === "sent" && !row.unproved;

/** Asked, and no yes of it can be taken before a desk has recorded what is missing. */
export const unproved = (row) => row.state === "sent" && row.unproved;

/** Whether somebody has to be called by telephone: silent for long, or reached by no channel. */
export function toCall(row, now) {
  if (row.state === "unreachable") return row.answerable && row.wanted;
  if (row.state === "no_answer") return row.answerable && row.wanted && row.priority <= URGENT;
  return row.state === "sent" && !row.unasked && callFrom(row) <= now;
}

/** Of these, whom to call now: not where nobody picked up by any number that is known. */
export function callable(row, now) {
  const { tried, left } = calledOf(row.id) ?? {};
  return toCall(row, now) && !(tried && !left);
}

/** How many organizations have to be called, each once however many requests it has. */
function callsOf({ demand, offers, assignments, mine }, now) {
  if (!mine || demand.state === "closed") return 0;
  const crews = assignments.filter((row) => silent(row) || ignoring(row) || toTell(row, now));
  const asked = offers.filter((row) => callable(row, now));
  return new Set([...asked, ...crews].map((row) => row.organization)).size;
}

/** How many people of its crews are in danger now. */
export const insideOf = (assignments) =>
  assignments.filter(live).reduce((sum, row) => sum + (row.inside ?? 0), 0);

/** Times after which somebody is to be called, without anything having happened. */
const callTimes = ({ offers, assignments }) => [
  ...offers.filter((row) => row.state === "sent").map(callFrom),
  ...assignments.flatMap((row) => owedTo(row).map((one) => one.call_at)),
];

/** Times after which a card reads otherwise, without anything having happened. */
const moments = ({ demand, offers, assignments }) => [
  demand.release_at,
  demand.climbs_at,
  demand.hand_up?.climbs_at ?? null,
  demand.published_at + LIKENESS_LASTS,
  ...demand.lines.flatMap((line) => [line.retry_at, line.able_at, line.aside_until]),
  ...offers.flatMap((row) => [row.answer_by, row.standby_until, row.again_at]),
  ...assignments.flatMap((row) => [row.slow_at, row.undo_until]),
  ...callTimes({ offers, assignments }),
];

/** What a demand's place in the list follows from: of every one, however many there are. */
function known({ me, clock, now }, demand, parties) {
  const mine = answersFor(me, deskOf(demand));
  const sent =
    (demand.sender !== null && answersFor(me, demand.sender)) ||
    (!mine && answersFor(me, demand.division));
  const found = { key: demand.id, demand, mine, sent, ...parties };
  found.calls = callsOf(found, now);
  found.band = band(found);
  if (parties.offers.length || parties.assignments.length) clock.passed(callTimes(parties));
  return found;
}

/** Every demand of the incident (or of all), also what was read of the past: the worst first. */
export function demandsKnown(context, incident) {
  const { board, clock } = context;
  const moment = { ...context, now: clock.now() };
  const offers = grouped(board.all("offer"), "demand");
  const assignments = grouped(board.all("assignment"), "demand");
  return everyDemand(context)
    .filter((row) => !incident || row.incident === incident)
    .map((row) => {
      const parties = { offers: offers(row.id), assignments: assignments(row.id) };
      return known(moment, row, parties);
    })
    .sort(order);
}

/** On the board, or read of the past. */
const everyDemand = ({ board, past }) => past?.with(board) ?? board.all("demand");

/** Who leads this one, and the further reports that it leads, with how many crews each has. */
function groupOf(context, { id, leader, members }) {
  if (!leader && !members) return { leader, reports: [] };
  const every = everyDemand(context);
  const led = every.filter((row) => row.leader === id);
  return {
    leader: leader && every.find((row) => row.id === leader),
    reports: led.map((row) => ({ row, crews: liveOf(context.board, row.id).length })),
  };
}

/** All that its row or card shows, for `drawList`. */
export function demandItem(context, found) {
  const { board, clock, outbox } = context;
  const { demand, mine, offers, assignments } = found;
  const incident = board.get("incident", demand.incident);
  const lines = demand.lines.map((line) => line.id);
  const ids = [demand.id, ...lines, ...[...offers, ...assignments].map(idOf)];
  return {
    ...found,
    number: numberWords(board, demand),
    open: incident?.state === "open",
    readable: incident?.readable ?? false,
    like: likeOf(context, demand, mine),
    ...groupOf(context, demand),
    marked: context.marked === demand.id,
    place: placeName(demand.division),
    language: language(),
    desks: context.desks, // as numbers of other desks come
    owed: assignments.map(owedTo),
    called: offers.map((row) => calledOf(row.id)).filter(Boolean),
    passed: clock.passed(moments(found)),
    undo: assignments.filter((row) => undoable(context, row)).map(idOf),
    underway: underway(outbox, ids),
  };
}

const idOf = (row) => row.id;

/** The named parts of the list: which items belong to each. */
export const VIEWS = {
  open: ({ demand }) => demand.state !== "closed",
  short: (known) => known.demand.state !== "closed" && !away(known) && needing(known),
  owed: (known) => known.demand.state !== "closed" && !away(known) && owing(known),
  call: ({ calls }) => calls > 0,
  confirm: (known) =>
    !away(known) && known.assignments.some((row) => row.state === "reported_done"),
  closed: ({ demand }) => demand.state === "closed",
};

/** The live assignments of a demand. */
export const liveOf = (board, demand) =>
  board.all("assignment").filter((row) => row.demand === demand.id && live(row));
