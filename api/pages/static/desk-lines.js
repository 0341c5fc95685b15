/** One line of a demand: its cover, what happens next by itself, and everybody concerned. */

import {
  endReason,
  expected,
  live,
  nextSteps,
  slow,
  spokenBy,
  stepTimes,
  undoButton,
} from "./assignments.js";
import { askByHand, dropLine, ownCrew, receiveCrew, safeguards } from "./desk-ask.js";
import { besideParts } from "./desk-beside.js";
import * as calls from "./desk-calls.js";
import { flags, wordDueLine } from "./desk-flags.js";
import { reliefButtons, reliefPart } from "./desk-relief.js";
import { awaited, forgotten, ignoring, toCall } from "./desk-model.js";
import { countdown, outlook } from "./desk-outlook.js";
import { callParts, messages, reachedWords } from "./desk-reach.js";
import { owedParts } from "./desk-tell.js";
import { instructCrew, toldParts } from "./desk-told.js";
import { h } from "./dom.js";
import { distance, moment } from "./format.js";
import { posting } from "./page.js";
import { choose, counted, named, say } from "./words.js";

export function lineBlock(context, item, line) {
  const known = { ...item, line };
  known.offers = item.offers.filter((row) => row.line === line.id);
  known.assignments = item.assignments.filter((row) => row.line === line.id);
  const asked = known.offers.filter((row) => row.state === "sent");
  const changeable = line.open && item.mine && !line.asleep;
  const standby = known.offers.filter((row) => row.state === "standby");
  return h(
    "section",
    { class: `line ${line.dropped ? "dropped" : line.cover}` },
    lineHead(line, changeable && lineButtons(context, item, line)),
    aside(context, line),
    line.open && outlook(context, known, asked.filter((row) => awaited(row) && !row.relieves)),
    known.assignments
      .filter((row) => current(row, line))
      .map((row) => assignmentRow(context, known, row)),
    asked.map((row) => offerRow(context, known, row)),
    known.offers.filter(lost).map((row) => lostRow(context, known, row)),
    standby.map((row) => standbyRow(context, known, row)),
    endedRows(context, known),
  );
}

/** The program fails on this line: a person has to ask, and is told so in plain words. */
function aside({ clock }, { aside_until: until, open }) {
  if (!open || until === null || until <= clock.now()) return null;
  const words = say("line.aside", { time: moment(until, clock.now()) });
  return h("p", { class: "alarm", role: "alert" }, words);
}

/** No channel has reached it, or it was silent, and it is still needed: a desk can. */
const lost = (row) => row.state !== "sent" && toCall(row);

/** At work, or done in the line's present round. */
const current = (row, line) =>
  live(row) || (row.state === "released" && row.round === line.round);

function lineHead(line, buttons) {
  const grade = line.grade ? say("line.grade", { grade: line.grade }) : "";
  const amount = say("line.amount", {
    covered: line.covered,
    target: counted(line.skill, line.target),
    minimum: line.minimum,
  });
  const look = { class: `chip cover ${line.cover}` };
  const cover = line.open && !line.asleep && h("span", look, choose("cover", line.cover));
  const own = say("line.own", { units: counted(line.skill, line.own) });
  const doubtful = say("line.doubtful", { units: counted(line.skill, line.doubtful) });
  const lost = say("line.lost", { units: counted(line.skill, line.lost) });
  const replaced = say("line.replaced", { units: counted(line.skill, line.replaced) });
  return h(
    "div",
    { class: "line-head" },
    h("strong", {}, named("skills", line.skill), " ", grade),
    line.hazardous && h("span", { class: "chip warn" }, say("line.hazardous")),
    line.whole && h("span", { class: "chip" }, say("line.whole")),
    h("progress", { value: line.covered, max: line.target, "aria-label": say("line.cover") }),
    h("span", {}, amount),
    cover,
    line.dropped && h("span", { class: "chip" }, say("line.dropped")),
    line.own > 0 && h("span", { class: "chip" }, own),
    line.doubtful > 0 && h("span", { class: "chip bad" }, doubtful),
    line.lost > 0 && h("span", { class: "chip bad" }, lost),
    line.replaced > 0 && h("span", { class: "chip bad" }, replaced),
    buttons,
  );
}

const smallButton = (row, name, open) =>
  h(
    "button",
    { type: "button", class: "small", onclick: open, "data-focus": `${name}-${row.id}` },
    say(name),
  );

/** Why this one: later waves pass over whoever was asked or busy, however near. */
function chosen({ by_hand: byHand, by_desk: byDesk, unasked, wave, rank }) {
  if (unasked) return say(byDesk ? "party.unasked" : "party.volunteered");
  if (byHand) return say("party.by_hand");
  if (rank === 0) return say("party.waits_there");
  return say(wave > 1 ? "party.rank_then" : "party.rank", { rank });
}

function offerRow(context, item, row) {
  const now = context.clock.now();
  const time = moment(row.answer_by, now);
  const look = item.mine && toCall(row, now) ? "asked overdue" : "asked";
  return h(
    "div",
    { class: `party ${look}` },
    h("span", { class: "name" }, row.organization_name),
    h("span", { class: "chip" }, choose("offer_state", row.state)),
    h("span", {}, counted(row.skill, row.quantity)),
    h("span", {}, distance(row.meters, row.approximate)),
    h("span", { class: "quiet" }, chosen(row)),
    !row.unasked && h("span", {}, reachedWords(row, now)),
    row.outdated && h("span", { class: "chip warn" }, say("party.outdated")),
    row.unproved
      ? h("strong", { class: "chip bad" }, say("party.unproved"))
      : h("span", {}, say("offer.answer_by", { time }), " ", countdown(row.answer_by)),
    guidedWords(context, row),
    messages(context, row),
    callParts(context, item, row),
  );
}

/** Who could not be reached, or did not answer, while its help is still wanted. */
function lostRow(context, item, row) {
  const now = context.clock.now();
  return h(
    "div",
    { class: `party ${item.mine ? "overdue" : "asked"}` },
    h("span", { class: "name" }, row.organization_name),
    h("span", { class: "chip bad" }, choose("offer_state", row.state)),
    h("span", {}, counted(row.skill, row.quantity)),
    h("span", {}, distance(row.meters, row.approximate)),
    h("span", { class: "quiet" }, [moment(row.ended_at, now), againWords(row, now)].join(" · ")),
    guidedWords(context, row),
    messages(context, row),
    callParts(context, item, row),
  );
}

/** Whose committee may answer in its stead, and can be asked to. */
function guidedWords({ board }, row) {
  const { village, registration_class: kind } = board.get("organization", row.organization) ?? {};
  if (!village || kind !== "village_guided") return null;
  return h("span", { class: "quiet" }, say("party.guided", { village }));
}

/** Waits for the desk's word since when, until when: one act takes it on, another thanks it. */
function standbyRow(context, { mine }, row) {
  const now = context.clock.now();
  const path = `/standby/${row.id}`;
  const take = { path: `${path}/take`, words: say("act.take_standby"), look: "small" };
  const end = { path: `${path}/end`, words: say("act.end_standby"), look: "small" };
  const until = row.standby_until;
  const since = moment(row.ended_at, now);
  const waits = until === null
    ? say("standby.waits", { since })
    : say("standby.fresh", { since, time: moment(until, now) });
  return h(
    "div",
    { class: "party standby" },
    h("span", { class: "name" }, row.organization_name),
    h("span", { class: "chip" }, choose("offer_state", row.state)),
    h("span", {}, counted(row.skill, row.answered)),
    row.people && h("span", {}, say("party.people", { count: row.people })),
    h("span", {}, distance(row.meters, row.approximate)),
    row.unasked && h("span", { class: "quiet" }, chosen(row)),
    row.minutes !== null && h("span", {}, say("standby.minutes", { count: row.minutes })),
    h("span", { class: "quiet" }, waits),
    row.at_once && h("span", { class: "quiet" }, say("standby.at_once")),
    mine && (until === null || until > now) && [posting(context, take), posting(context, end)],
  );
}

function assignmentRow(context, item, row) {
  const now = context.clock.now();
  const offer = item.offers.find((one) => one.id === row.offer);
  const partial = item.line.open && offer && partialWords(offer, now);
  const red = row.overdue || row.missed_at !== null || ignoring(row) || forgotten(row);
  const look = red ? "overdue" : slow(row, now) ? "slow" : "";
  const people = row.people && say("party.people", { count: row.people });
  return h(
    "div",
    { class: `party ${row.state} ${look}` },
    h("span", { class: "name" }, row.organization_name),
    h("span", { class: "chip state" }, choose("assignment_state", row.state)),
    h("span", {}, counted(row.skill, row.quantity)),
    people && h("span", {}, people),
    row.helped && h("span", {}, say("party.helped", { count: row.helped })),
    offer && h("span", {}, distance(offer.meters, offer.approximate)),
    offer?.unasked && h("span", { class: "quiet" }, chosen(offer)),
    flags(item, row, now).map(([kind, words]) => h("span", { class: `chip ${kind}` }, words)),
    reliefPart(context, item, row),
    h("span", {}, expected(row, now)),
    wordDueLine(row, now),
    row.seen_at && !row.changed.length && h("span", { class: "quiet" }, seenWords(row, now)),
    spokenBy(row) && h("span", { class: "quiet" }, spokenBy(row)),
    offer?.by_message && h("span", { class: "quiet" }, say("party.by_message")),
    h("span", { class: "quiet" }, stepTimes(row, now).join(" · ")),
    partial && h("span", { class: "quiet" }, partial),
    offer && messages(context, offer),
    item.mine && assignmentButtons(context, item, row),
    owedParts(context, item, row),
    besideParts(context, item, row),
    toldParts(context, item, row),
  );
}

const seenWords = (row, now) => say("party.words_seen", { time: moment(row.seen_at, now) });

/** After a yes for a part only: from when it may be asked for more. */
const partialWords = (offer, now) =>
  offer.answered < offer.quantity && offer.again_at > now ? againWords(offer, now) : null;

function assignmentButtons(context, item, row) {
  if (!live(row)) return null;
  const correctable = row.state !== "committed";
  return h(
    "span",
    { class: "buttons" },
    (row.overdue || row.missed_at !== null) && h("strong", {}, say("party.call_leader")),
    item.undo.includes(row.id) && undoButton(context, row),
    nextSteps(row).length > 0 &&
      smallButton(row, "act.by_phone", () => calls.stepByPhone(context, row)),
    row.state === "reported_done" && judging(context, row),
    smallButton(row, "act.instruct", () => instructCrew(context, row)),
    reliefButtons(context, item, row),
    correctable && smallButton(row, "act.correct", () => calls.correctStep(context, row)),
  );
}

function judging(context, row) {
  const path = `/assignments/${row.id}/confirm`;
  const confirm = { path, body: { done: true }, words: say("act.confirm"), look: "small primary" };
  return [
    posting(context, { ...confirm, focus: `confirm-${row.id}` }),
    smallButton(row, "act.send_back", () => calls.sendBack(context, row)),
  ];
}

/** What is over: who said no or nothing, gave up or was stood down; some can still say yes. */
function endedRows(context, item) {
  const over = new Set(["declined", "no_answer", "unreachable", "stood_down"]);
  const offers = item.offers.filter((row) => over.has(row.state) && !lost(row));
  const ended = item.assignments.filter((row) => !current(row, item.line));
  const rows = [...offers, ...ended].sort((one, other) => other.ended_at - one.ended_at);
  if (!rows.length) return null;
  return h(
    "details",
    { "data-fold": `ended-${item.line.id}` },
    h("summary", {}, say("offers.ended", { count: rows.length })),
    rows.map((row) => endedRow(context, item, row)),
  );
}

function endedRow(context, { mine, line, undo }, row) {
  const now = context.clock.now();
  const offered = row.offer === undefined;
  const state = offered ? "offer_state" : "assignment_state";
  const facts = [
    endReason(row),
    row.ended_at && moment(row.ended_at, now),
    offered && !row.unasked && row.state !== "unreachable" && reachedWords(row, now),
    row.free_from && say("offer.free_from", { time: moment(row.free_from, now) }),
    line.open && row.answerable && againWords(row, now),
    spokenBy(row),
    row.by_message && say("party.by_message"),
  ];
  return h(
    "div",
    { class: `party ended ${row.state}` },
    h("span", { class: "name" }, row.organization_name),
    h("span", { class: "chip" }, choose(state, row.state)),
    h("span", {}, facts.filter(Boolean).join(" · ")),
    offered && messages(context, row),
    mine && row.answerable && lateButton(context, row),
    mine && undo.includes(row.id) && undoButton(context, row),
  );
}

const lateButton = (context, row) =>
  smallButton(row, "act.by_phone", () => calls.answerByPhone(context, row));

/** When it may be asked again by itself; where no time is named, what would have to change. */
function againWords(row, now) {
  if (row.again_at === null) return choose("again", row.again_on ?? "by_hand");
  if (row.again_at <= now) return say("again.now");
  return say("again.at", { time: moment(row.again_at, now) });
}

/** Past the order, or no longer: of several lines one can be dropped, the last is the demand. */
function lineButtons(context, { demand }, line) {
  const several = demand.lines.filter((other) => other.open).length > 1;
  return h(
    "span",
    { class: "buttons end" },
    demand.state !== "on_hold" && // then nobody is asked
      smallButton(line, "act.ask_by_hand", () => askByHand(context, demand, line)),
    smallButton(line, "act.receive", () => receiveCrew(context, demand, line)),
    smallButton(line, "act.own_crew", () => ownCrew(context, demand, line)),
    line.hazardous &&
      smallButton(line, "act.safeguards", () => safeguards(context, demand, line)),
    several && smallButton(line, "act.drop_line", () => dropLine(context, demand, line)),
  );
}
