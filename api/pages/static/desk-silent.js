/** Crews that are silent or have not read what they are told, reports without an answer: on top. */

import { foundWords, live, toldWords, unable, unread } from "./assignments.js";
import { tellAll, thereWords } from "./desk-beside.js";
import { calledOf } from "./desk-called.js";
import { stepByPhone } from "./desk-calls.js";
import { reveal } from "./desk-demands.js";
import { climbedDrafts } from "./desk-drafts.js";
import { handedTo } from "./desk-handing.js";
import { standingOf } from "./desk-heard.js";
import {
  answersFor,
  deskOf,
  divisionsOf,
  forgotten,
  numberWords,
  toRelieve,
} from "./desk-model.js";
import { triedWords } from "./desk-reach.js";
import { reportsOf } from "./desk-reports.js";
import { outByPhone, readByPhone } from "./desk-told.js";
import { drawList, find, h, setText } from "./dom.js";
import { moment } from "./format.js";
import { notOut, wordDue } from "./leaving.js";
import { placeName } from "./places.js";
import { choose, language, named, say } from "./words.js";

/** The desk of the place at once; the county's as soon as it is its matter, too. */
const ours = ({ me }, row) =>
  answersFor(me, deskOf(row)) && (row.escalated || divisionsOf(me).includes(deskOf(row)));

export function drawSilent(context) {
  const rows = context.board
    .all("assignment")
    .filter((row) => live(row) && row.missed_at !== null && ours(context, row))
    .sort((one, other) => notOut(other) - notOut(one) || wordDue(one) - wordDue(other));
  const items = rows.map((row) => ({
    key: row.id,
    row,
    draw: notOut(row) ? drawStaying : drawCrew,
    called: calledOf(row.offer),
    demand: numberWords(context.board, row),
    place: placeName(row.division),
    language: language(),
  }));
  const drafts = climbedDrafts(context).map((row) => ({
    key: row.id,
    draft: row,
    draw: drawDraft,
    demand: numberWords(context.board, row),
    place: placeName(row.division),
    language: language(),
  }));
  const handed = handedTo(context).map((row) => ({
    key: `hand-${row.id}`,
    handed: row,
    draw: drawHanded,
    demand: numberWords(context.board, row),
    place: placeName(row.division),
    language: language(),
  }));
  const ignored = ignoredOf(context);
  const crews = [...rows, ...ignored.map(({ row }) => row)].map(({ id }) => id);
  const count = new Set(crews).size; // one that is told two things is one
  setText(find("#silent-title"), count ? say("silent.title", { count }) : "");
  const asked = [
    ...nobodyOf(context),
    ...climbedOf(context),
    ...relievedOf(context),
    ...shiftsOf(context),
  ];
  const all = [...besideOf(context), ...ignored, ...items, ...asked, ...handed, ...drafts];
  find("#silent-box").hidden = !all.length;
  drawList(find("#silent"), all, (item) => item.draw(context, item));
}

/** Where a crew left because of the place: whoever is there still, one row for each order. */
function besideOf(context) {
  const { board, me } = context;
  const own = divisionsOf(me);
  const asked = (row) => own.includes(deskOf(row)) || row.beside.climbed_at !== null;
  const rows = board
    .all("assignment")
    .filter((row) => forgotten(row) && answersFor(me, deskOf(row)) && asked(row));
  const orders = [...new Set(rows.map((row) => row.beside.instruction))];
  return orders.map((order) => {
    const there = rows.filter((row) => row.beside.instruction === order);
    const [{ beside, demand }] = there;
    const tells = Boolean(board.get("assignment", beside.crew));
    const item = { key: `beside-${order}`, order, there, tells, crew: beside.crew, demand };
    const place = placeName(there[0].division);
    return { ...item, place, draw: drawBeside, language: language() };
  });
}

function drawBeside(context, { order, there, tells, crew, demand, place }) {
  const numbers = [...new Set(there.map((row) => numberWords(context.board, row)))];
  return h(
    "li",
    {},
    h("strong", {}, say("silent.beside", { count: there.length })),
    h("span", {}, [numbers.join(say("list.separator")), place].join(" · ")),
    h("span", {}, thereWords(there)),
    tells && tellAll(context, crew, order, "top-"),
    showing(context, `beside-${order}`, demand),
  );
}

/** Instructions that a crew cannot follow, the worst; then those not acknowledged in time. */
function ignoredOf(context) {
  const { board, me } = context;
  const own = divisionsOf(me);
  const all = board.all("assignment").filter((row) => live(row) && answersFor(me, deskOf(row)));
  const of = (orders) => all.flatMap((row) => orders(row).map((order) => ({ row, order })));
  const late = ({ row, order }) => order.missed_at !== null || standingOf(row, order)?.nobody;
  const owed = [...of(unable), ...of(unread).filter(late)].filter(
    ({ row, order }) => order.escalated || own.includes(deskOf(row)),
  );
  return owed.map(({ row, order }) => ({
    key: `${row.id}-${order.id}`,
    row,
    order,
    called: calledOf(row.offer),
    draw: drawIgnored,
    demand: numberWords(board, row),
    place: placeName(row.division),
    language: language(),
  }));
}

/** How many of a crew are in the danger zone now. */
const insideWords = (row) =>
  row.inside > 0 && h("strong", {}, say("party.inside", { count: row.inside }));

function drawStaying(context, { row, demand, place }) {
  const focus = `staying-${row.id}`;
  const call = h("button", { type: "button", class: "small", "data-focus": focus });
  call.textContent = say("silent.call");
  call.addEventListener("click", () => outByPhone(context, row, true));
  const time = moment(row.out_by, context.clock.now());
  return h(
    "li",
    {},
    h("strong", {}, row.organization_name),
    h("span", {}, [demand, place].join(" · ")),
    h("span", {}, say("silent.not_out", { time })),
    insideWords(row),
    triedWords(row.offer, context.clock.now()),
    call,
  );
}

function drawIgnored(context, { row, order, demand, place }) {
  const focus = `unread-${row.id}-${order.id}`;
  const call = h("button", { type: "button", class: "small", "data-focus": focus });
  call.textContent = say("silent.call");
  call.addEventListener("click", () => readByPhone(context, row, order, true));
  return h(
    "li",
    {},
    h("strong", {}, row.organization_name),
    h("span", {}, [demand, place].join(" · ")),
    h("span", {}, unheeded(order, context.clock.now())),
    insideWords(row),
    triedWords(row.offer, context.clock.now()),
    call,
  );
}

function unheeded(order, now) {
  const what = toldWords(order);
  return order.unable_at === null
    ? say("silent.unread", { time: moment(order.at, now), what })
    : say("silent.unable", { time: moment(order.unable_at, now), what });
}

/** Reports from the scene that were not answered in time: every desk above has them. */
function climbedOf(context) {
  const { board, me } = context;
  const rows = board.all("assignment").filter((row) => answersFor(me, deskOf(row)));
  const late = reportsOf(rows).filter(({ report }) => report.escalated);
  return late.map(({ row, report }) => ({
    key: report.id,
    row,
    report,
    draw: drawReport,
    demand: numberWords(board, row),
    place: placeName(row.division),
    language: language(),
  }));
}

const NUMBERED = 8; // demands that are named in one row of many

/** Urgent needs that nobody can be asked for, and whose desk has done nothing: one row for all. */
function nobodyOf({ board, me }) {
  const climbed = board
    .all("demand")
    .filter((row) => row.nobody_at !== null && row.climbed_at !== null && row.state !== "closed")
    .filter((row) => answersFor(me, deskOf(row)))
    .sort((one, other) => one.priority - other.priority || one.nobody_at - other.nobody_at);
  if (!climbed.length) return [];
  const numbers = climbed.slice(0, NUMBERED).map((row) => numberWords(board, row));
  const first = { id: climbed[0].id, since: climbed[0].nobody_at };
  const item = { key: "nobody", first, numbers, count: climbed.length, draw: drawNobody };
  return [{ ...item, language: language() }];
}

function drawNobody(context, { first, numbers, count }) {
  const listed = numbers.join(say("list.separator"));
  const more = count > numbers.length;
  return h(
    "li",
    {},
    h("strong", {}, say("silent.nobody", { count })),
    h("span", {}, more ? say("silent.nobody_more", { numbers: listed }) : listed),
    h("span", {}, say("silent.nobody_since", { time: moment(first.since, context.clock.now()) })),
    showing(context, "nobody", first.id),
  );
}

/** Crews that are to be relieved, or to go on, and nobody has said which. */
function relievedOf(context) {
  const { board, me } = context;
  const own = divisionsOf(me);
  const ours = board.all("assignment").filter((row) => answersFor(me, deskOf(row)));
  const asked = (row) => row.relief.climbed_at !== null || own.includes(deskOf(row));
  const due = ours.filter((row) => toRelieve(row) && asked(row));
  return due.map((row) => ({
    key: `relief-${row.id}`,
    row,
    offer: board.get("offer", row.relief.offer ?? "") ?? null,
    draw: drawRelief,
    demand: numberWords(board, row),
    place: placeName(row.division),
    language: language(),
  }));
}

/** A shift that nobody takes: its own desk at once, the one above while something is open there. */
function shiftsOf({ board, me }) {
  const own = divisionsOf(me);
  const open = (code) =>
    board.all("demand").some((row) => row.state !== "closed" && deskOf(row) === code);
  const due = ({ division, untaken_at: untaken, climbed_at: climbed }) =>
    untaken !== null && (own.includes(division) || (climbed !== null && open(division)));
  const rows = board.all("shift").filter(due);
  return rows.map((row) => ({
    key: row.id,
    shift: row,
    own: own.includes(row.division),
    place: placeName(row.division),
    draw: drawShift,
    language: language(),
  }));
}

const drawShift = ({ clock }, { shift, own, place }) =>
  h(
    "li",
    {},
    h("strong", {}, say("silent.shift", { place })),
    h("span", {}, say("silent.shift_since", { time: moment(shift.handed_at, clock.now()) })),
    own && h("a", { href: "/handover", class: "button small" }, say("silent.take_shift")),
  );

function drawRelief(context, { row, offer, demand, place }) {
  const time = moment(row.relief.due_at, context.clock.now());
  const name = offer?.organization_name;
  const state = offer && choose("offer_state", offer.state);
  const words = offer ? say("silent.not_relieved", { name, state, time }) : null;
  return h(
    "li",
    {},
    h("strong", {}, row.organization_name),
    h("span", {}, [demand, place].join(" · ")),
    h("span", {}, words ?? say("silent.relief", { time })),
    showing(context, `relief-${row.id}`, row.demand),
  );
}

function showing(context, key, demand) {
  const show = h("button", { type: "button", class: "small", "data-focus": `show-${key}` });
  show.textContent = say("silent.show");
  show.addEventListener("click", () => reveal(context, demand));
  return show;
}

/** A need that nobody is asked for, since its desk has not decided. */
function drawDraft(context, { draft, demand, place }) {
  const time = moment(draft.drafted_at, context.clock.now());
  const what = `${demand} ${named("kinds", draft.kind)}`;
  return h(
    "li",
    {},
    h("strong", {}, say("silent.draft", { what })),
    h("span", {}, place),
    h("span", {}, say("silent.draft_since", { time })),
    showing(context, draft.id, draft.id),
  );
}

/** A need that a township cannot serve, or that is a township's again. */
function drawHanded(context, { handed, demand, place }) {
  const { state, at, by } = handed.hand_up;
  const what = `${demand} ${named("kinds", handed.kind)}`;
  const time = moment(at, context.clock.now());
  const up = state === "waiting";
  return h(
    "li",
    {},
    h("strong", {}, say(up ? "silent.hand_up" : "silent.given_back", { what })),
    h("span", {}, up ? place : placeName(by)),
    h("span", {}, say(up ? "silent.handed_since" : "silent.back_since", { time })),
    showing(context, handed.id, handed.id),
  );
}

function drawReport(context, { row, report, demand, place }) {
  const show = showing(context, report.id, row.demand);
  return h(
    "li",
    {},
    h("strong", {}, row.organization_name),
    h("span", {}, [demand, place].join(" · ")),
    h("span", {}, say("silent.report", { found: foundWords(report) })),
    show,
  );
}

function drawCrew(context, { row, demand, place }) {
  const time = moment(row.check_in_by, context.clock.now());
  const call = h("button", { type: "button", class: "small", "data-focus": `silent-${row.id}` });
  call.textContent = say("silent.call");
  call.addEventListener("click", () => stepByPhone(context, row, true));
  return h(
    "li",
    {},
    h("strong", {}, row.organization_name),
    h("span", {}, [demand, place].join(" · ")),
    h("span", {}, say("silent.since", { time })),
    insideWords(row),
    triedWords(row.offer, context.clock.now()),
    call,
  );
}
