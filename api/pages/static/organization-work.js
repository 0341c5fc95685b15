/** Cards of an organization's page for what it has taken on: assignments, recovery tasks, ends. */

import {
  endReason,
  expected,
  live,
  nextSteps,
  spokenBy,
  stepButton,
  stepTimes,
  undoButton,
} from "./assignments.js";
import { h } from "./dom.js";
import { moment, spoken, spokenDemand } from "./format.js";
import { Problem } from "./http.js";
import { callDesk, head } from "./organization-offers.js";
import { posting, refusal, tell } from "./page.js";
import { see } from "./quiet.js";
import { keep, read, sealedList } from "./sealed.js";
import { choose, counted, named, say } from "./words.js";

/** An assignment: the next step large, one at a time. */
export function assignmentCard(context, item) {
  const { row, opened } = item;
  const now = context.clock.now();
  const sent = row.sent ?? row; // as the desk sees it, without what waits for a signal
  const state = h("span", { class: "chip state end" }, choose("assignment_state", sent.state));
  const facts = [stepTimes(sent, now), expected(sent, now), spokenBy(row)];
  const here = opened?.lon && opened.near?.join() === [row.lon, row.lat].join();
  const point = here ? opened : undefined;
  return h(
    "article",
    { class: `card ${row.state}${row.overdue ? " overdue" : ""}` },
    live(row) && item.scene && context.scene.changedPart(context, row),
    live(row) && item.scene && context.scene.relievesPart(context, row),
    head({ ...item, point }, state),
    h("p", { class: "quiet" }, facts.flat().filter(Boolean).join(" · ")),
    live(row) && item.scene && context.scene.toldParts(context, row),
    live(row) && row.question !== null && onHold(row),
    live(row) && callDesk(context, row),
    live(row) && (context.role === "committee" ? toCrew() : sealedPart(context, row, opened)),
    row.overdue && item.scene && context.scene.lateness(context, row, givingUp(context, row)),
    row.state === "on_scene" && item.scene && context.scene.sceneParts(context, item),
    row.refiled && h("p", { class: "until" }, refiled(row)),
    row.sent_back && h("p", { class: "until" }, sentBack(row)),
    item.due && h("p", { class: "until" }, say("overdue.due")),
    item.undo && undoButton(context, row),
    row.queued && context.scene.queueParts(context, row),
    live(row) && (row.withdrawing ? leaving(context, item) : steps(context, item)),
  );
}

const sentBack = (row) => say("assignment.sent_back", { reason: row.sent_back });

const refiled = (row) =>
  say("assignment.refiled", {
    number: spoken({ mode: row.mode, number: row.refiled.number }),
    now: spokenDemand(row),
  });

/** What is sealed is for the crew, not for its committee. */
const toCrew = () => h("p", { class: "quiet" }, say("sealed.crew"));

/** Whoever is told nothing else goes on. */
function onHold({ question, instructions }) {
  const goes = instructions.every((order) => order.lifted_at) && say("hold.go_on");
  return h("p", { class: "alarm" }, h("strong", {}, say("hold.crew", { question }), goes));
}

/** What is sealed; where that has changed, the way to the new text. */
function sealedPart(context, row, opened) {
  const now = context.clock.now();
  const news = row.sealed_at > row.committed_at;
  const words = news && say("sealed.changed", { time: moment(row.sealed_at, now) });
  if (opened && opened.sealed_in >= row.sealed_in) {
    return [sealedList(opened), news && h("p", { class: "quiet" }, words)];
  }
  const alarm = news && h("p", { class: "alarm", role: "alert" }, h("strong", {}, words));
  return [alarm, readButton(context, row)];
}

const REASONS = { committed: "on_the_way", en_route: "on_the_way" };

function readButton(context, row) {
  const path = `/demands/${row.demand}/sealed`;
  const waiting = context.outbox.waiting(path);
  const button = h("button", { type: "button", class: "wide", disabled: Boolean(waiting) });
  button.textContent = say(waiting ? "act.sending" : "act.read_sealed");
  button.addEventListener("click", async () => {
    try {
      const texts = await read(context, path, { reason: REASONS[row.state] ?? "on_scene" });
      keep(context, row.demand, texts);
      context.redraw();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      tell(() => refusal(context, problem), { problem: true });
    }
  });
  return h("div", {}, button, h("small", { class: "quiet" }, say("sealed.recorded")));
}

// What goes on beside the steps, and keeps nobody from the next one.
const WORDS_ONLY = /[/](check-in|heads|report|acknowledge|seen)$/;

const leaving = (context, { row, scene }) =>
  row.state !== "reported_done" &&
  h(
    "div",
    { class: "answers" },
    scene && context.scene.outParts(context, row),
    givingUp(context, row),
  );

function steps(context, { row, calm, moved, scene }) {
  const [next] = nextSteps(row);
  if (!next) return !row.queued && h("p", { class: "quiet" }, say("assignment.await_desk"));
  const sending = context.outbox.entries.find(
    ({ path }) => path.includes(`/${row.id}/`) && !WORDS_ONLY.test(path),
  );
  if (sending && !row.queued) {
    const button = posting(context, { path: sending.path, look: "big primary" });
    return h("div", { class: "answers" }, button);
  }
  if (calm) {
    const still = h("button", { type: "button", class: "big", disabled: true });
    const waiting = row.queued && row.sent.state !== row.state;
    still.textContent = say(waiting ? "act.retrying" : "quiet.recorded");
    return h("div", { class: "answers" }, still);
  }
  const [step, words] = next;
  const button = stepButton(context, row, step, words, "big primary");
  button.disabled ||= moved;
  return h(
    "div",
    { class: "answers" },
    button,
    row.arrived_at === null && !row.overdue && scene && context.scene.later(context, row),
    !(row.overdue && scene) && givingUp(context, row),
  );
}

/** Giving up is two touches, so that a slip of the thumb stands nobody down. */
const givingUp = (context, row) =>
  h(
    "details",
    { "data-fold": `give-up-${row.id}` },
    h("summary", {}, say("act.cannot_complete")),
    h("p", { class: "quiet" }, say("assignment.give_up")),
    stepButton(context, row, "cannot-complete", say("act.cannot_complete"), "danger"),
  );

const needWords = (number, row) =>
  [number ?? spokenDemand(row), named("kinds", row.kind)].join(" · ");

/** What a turn is about, in one sentence. */
export function turnWords({ row, number, why }) {
  const reason = endReason(row) || choose("assignment_state", row.state);
  return choose("turn", why, { demand: needWords(number, row), reason });
}

/** Somebody may be on the road for nothing: said until it is tapped away. */
export function turnCard(context, item) {
  if (item.steps) return context.scene.outcomeCard(context, item, turnWords(item));
  const tap = () => {
    see(context, item.key);
    context.redraw();
  };
  const { ended_at: ended } = item.row;
  const when = ended && h("p", { class: "quiet" }, moment(ended, context.clock.now()));
  const seen = h("button", { type: "button", class: "wide", disabled: item.moved, onclick: tap });
  seen.textContent = say("act.seen");
  return h("article", { class: "card alarm" }, h("strong", {}, turnWords(item)), when, seen);
}

/** What is over, in one line and with its reason. */
export function endedCard({ clock }, { row, number, place }) {
  const offered = row.offer === undefined;
  const state = offered ? choose("offer_state", row.state) : choose("assignment_state", row.state);
  const thanks = row.state === "stood_down" && say("ended.thanks");
  const what = [needWords(number, row), place].join(" · ");
  const why = [
    endReason(row),
    moment(row.ended_at, clock.now()),
    spokenBy(row),
    thanks,
  ];
  return h(
    "article",
    { class: `card compact ${row.state}` },
    h("p", {}, h("span", { class: "chip" }, state), " ", what),
    h("p", { class: "quiet" }, why.filter(Boolean).join(" · ")),
  );
}
