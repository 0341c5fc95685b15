/** What the desk tells a crew: over the whole screen until it was read, then on the card. */

import { numberOf, spokenBy, stepButton, toldWords } from "./assignments.js";
import { find, h } from "./dom.js";
import { moment } from "./format.js";
import { toLeave } from "./leaving.js";
import { deskLine } from "./organization-desk.js";
import { posting } from "./page.js";
import { placeName } from "./places.js";
import { choose, named, say } from "./words.js";

const holds = (order) => order.lifted_at === null;
const readPath = (row, order) => `/assignments/${row.id}/instructions/${order.id}/acknowledge`;

/** One at a time, the longest waiting first; what was tapped is read, signal or not. */
function unread({ outbox }, rows) {
  const all = rows.flatMap((row) => row.instructions.map((order) => ({ row, order })));
  const waiting = all.filter(
    ({ row, order }) =>
      holds(order) && order.acknowledged_at === null && !outbox.waiting(readPath(row, order)),
  );
  return waiting.sort((one, other) => one.order.at - other.order.at);
}

/** The screen is the instruction's until it is acknowledged; nothing else can be touched. */
export function drawTold(context, rows) {
  const screen = find("#told");
  const [first, ...more] = unread(context, rows);
  if (!first) {
    if (screen.open) screen.close();
    screen.dataset.shown = "";
    return;
  }
  const page = [more.length, context.desks, document.documentElement.lang];
  const shown = [first.order.id, first.row.id, ...page].join();
  if (screen.dataset.shown === shown) return;
  screen.dataset.shown = shown;
  screen.replaceChildren(...parts(context, first, more.length));
  screen.oncancel = (event) => event.preventDefault();
  if (!screen.open) screen.showModal();
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([400, 200, 400]);
}

function parts(context, { row, order }, more) {
  const time = moment(order.at, context.clock.now());
  const where = [numberOf(context, row), named("kinds", row.kind), placeName(row.division)];
  return [
    h("p", {}, say("told.from", { desk: placeName(order.by), time })),
    h("h2", { id: "told-title" }, toldWords(order)),
    order.text && h("p", { class: "said" }, order.text),
    h("p", {}, where.join(" · ")),
    row.inside > 0 && h("p", {}, h("strong", {}, say("scene.inside", { count: row.inside }))),
    answer(context, row, order, { words: say("told.read"), look: "big primary" }),
    h("p", {}, say("told.binding")),
    answer(context, row, order, { words: say("told.cannot"), look: "wide", body: UNABLE }),
    deskLine(context, row), // who cannot calls first: it is no matter of having said yes
    more > 0 && h("p", {}, say("told.more", { count: more })),
  ].filter(Boolean);
}

const UNABLE = { unable: true };

/** It does so; or it cannot, and is called. */
const answer = (context, row, order, said) =>
  posting(context, {
    path: readPath(row, order),
    first: () => setTimeout(context.redraw),
    focus: `${readPath(row, order)}-${said.look}`,
    ...said,
  });

/** On the card: what holds, since when it was read; and what holds no longer. */
export function toldParts(context, row) {
  const { clock, outbox } = context;
  const now = clock.now();
  const standing = row.instructions.filter(holds).map((order) =>
    h(
      "div",
      { class: "alarm" },
      h("p", {}, h("strong", {}, toldWords(order)), " ", order.text),
      h("p", { class: "quiet" }, readWords(order, outbox.waiting(readPath(row, order)), now)),
      laterAnswer(context, row, order),
    ),
  );
  const over = row.instructions.filter((order) => !holds(order)).map((order) => {
    const goes = standing.length ? "told.lifted_only" : "told.lifted";
    const words = order.mistaken ? "told.mistaken" : goes;
    const parts = { what: toldWords(order), time: moment(order.lifted_at, now) };
    return h("p", { class: "until", role: "status" }, say(words, parts));
  });
  return [...standing, ...over];
}

/** A committee is no crew: it tells the crew, and says that it has. Who could not may after all. */
function laterAnswer(context, row, order) {
  const calling = order.unable_at !== null && order.spoken_at === null;
  const passes = context.role === "committee" && order.acknowledged_at === null;
  if (!calling && !passes) return null;
  const words = calling ? say("told.after_all") : say("told.passed_on");
  return posting(context, { path: readPath(row, order), words, look: "wide" });
}

/** Told to leave, the one large button is that all of them are out; nothing leads farther in. */
export function outParts(context, row) {
  const told = toLeave(row) ? "withdraw" : "stop";
  const time = row.out_at && moment(row.out_at, context.clock.now());
  const words = say("act.report_done");
  const done = row.state === "on_scene" && stepButton(context, row, "report-done", words, "wide");
  const out = {
    path: `/assignments/${row.id}/check-in`,
    body: { out: true },
    words: choose("out", told),
    look: "big primary",
    twice: row.inside > 0,
    anew: true,
    focus: `out-${row.id}`,
  };
  if (row.out_at === null) return [posting(context, out), h("p", {}, say("out.hint")), done];
  return [h("p", { class: "until", role: "status" }, choose("out_at", told, { time })), done];
}

function readWords(order, sending, now) {
  if (sending) return say(sending.body.unable ? "told.sending_unable" : "told.sending");
  if (order.acknowledged_at === null) return say("told.unread");
  const time = moment(order.acknowledged_at, now);
  const words =
    order.unable_at === null
      ? [say("told.read_at", { time }), spokenBy(order)]
      : [say("told.unable", { time }), calledWords(order, now)];
  return words.filter(Boolean).join(" · ");
}

const calledWords = ({ spoken_at: at }, now) =>
  at === null ? say("told.awaits_call") : say("told.spoken", { time: moment(at, now) });
