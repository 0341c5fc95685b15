/** What a desk records of a telephone call: an answer, a step, a word from the scene. */

import { freeFromField, nextSteps } from "./assignments.js";
import { forget, owedTo } from "./desk-heard.js";
import { awaited, numberWords } from "./desk-model.js";
import { call } from "./desk-phone.js";
import { ask, field, number, radios, select, text } from "./dialog.js";
import { h, setText } from "./dom.js";
import { fieldMoment } from "./format.js";
import { took } from "./quiet.js";
import { changedWords } from "./wording.js";
import { choose, counted, listed, named, say } from "./words.js";

const optional = (name, min, max) =>
  h("input", { name, type: "number", inputmode: "numeric", min, max });

function yesFields(offer) {
  const quantity = number("quantity", offer.quantity, 1, offer.quantity);
  const hint = counted(offer.skill, offer.quantity);
  return h(
    "div",
    { class: "pair" },
    field(say("phone.quantity"), quantity, hint),
    field(say("phone.minutes"), optional("minutes", 0, 2880)),
    field(say("accept.people"), optional("people", 1, 10000)),
  );
}

/** Neither yes nor no: so many later than was asked, if the desk would have that. */
function laterFields(offer) {
  const quantity = number("quantity", offer.quantity, 1, offer.quantity);
  return h(
    "div",
    { class: "pair" },
    field(say("phone.quantity"), quantity, counted(offer.skill, offer.quantity)),
    field(say("phone.later_minutes"), number("minutes", "", 1, 2880)),
  );
}

function noFields(context) {
  const from = freeFromField(context);
  const pairs = listed("decline_reasons").map(([code]) => [code, named("decline_reasons", code)]);
  return h(
    "div",
    { class: "pair" },
    field(say("decline.reason"), select("reason", pairs)),
    field(say("decline.free_from"), from),
  );
}

/** What somebody has to hear before a yes. */
const scriptOf = (row) => {
  const said = { risk: row.risk_statement, rally_point: row.rally_point };
  const one = ([word, text]) => [named("public_words", word), text].join(" ");
  const words = Object.entries(said).map(one);
  return say("phone.read_out", { words: words.join(say("list.separator")) });
};

/** Whom a dialog is about, and for which demand. */
const about = ({ board }, row) => ({
  organization: row.organization_name,
  demand: numberWords(board, row),
});

/**
 * Record what an organization said on the telephone to an offer, or that nobody picked up. A yes
 * counts late, too. `shown`: whom to call has been asked for already.
 */
export function answerByPhone(context, offer, shown = false) {
  let asked = offer; // as it was read out
  const script = h("p", {}, scriptOf(asked));
  call(context, offer.id, {
    title: say("phone.title", about(context, offer)),
    said: [script, hintOf(offer)],
    words: say("phone.answer"),
    answers: [
      ...(offer.unproved ? [] : [["accept", say("phone.accept")]]),
      ...(awaited(offer) ? [["counter", say("phone.later")]] : []),
      ["decline", say("phone.decline")],
    ],
    fields: [
      [yesFields(offer), ["accept"]],
      [laterFields(offer), ["counter"]],
      [noFields(context), ["decline"]],
    ],
    send: (answer, values) =>
      context.outbox.post(...answered(asked, answer, values)).catch((problem) => {
        asked = context.board.get("offer", offer.id) ?? asked;
        setText(script, scriptOf(asked));
        throw problem;
      }),
    shown,
    again: () => answerByPhone(context, offer, true),
  });
}

/** That no yes can be recorded yet, and what has to be; or that it counts late, too. */
function hintOf({ state, unproved }) {
  if (unproved) return h("p", { class: "alarm" }, say("phone.unproved"));
  return state === "sent" ? "" : h("p", { class: "quiet" }, say("late.hint"));
}

function answered(offer, answer, values) {
  const path = `/offers/${offer.id}/${answer}`;
  if (answer === "decline") {
    const from = fieldMoment(values.get("free_from"));
    const reason = { reason: values.get("reason") };
    return [path, from ? { ...reason, free_from: from } : reason];
  }
  const body = { quantity: Number(values.get("quantity")), revision: offer.words_in };
  for (const name of ["minutes", "people"]) {
    if (values.get(name)) body[name] = Number(values.get(name));
  }
  return [path, body];
}

const NEW_TIME = "new-time";
const TOLD = "told";
const WELL = "check-in";
const HEADS = "heads";
const SEEN = "seen";
const LEAVING = ["report-done", "cannot-complete"];
const UNDER_ORDERS = ["arrive", ...LEAVING]; // where it is, and that it goes

/** What may be said of a crew now: on the scene first that it is well, and who is in danger. */
function sayable(row) {
  const goes = ([step]) => !row.withdrawing || UNDER_ORDERS.includes(step);
  const steps = nextSteps(row).filter(goes);
  const expected = row.arrived_at === null && !row.withdrawing;
  if (expected) steps.splice(-1, 0, [NEW_TIME, say("act.new_time")]);
  if (owedTo(row).some((one) => one.by_page)) steps.unshift([TOLD, say("act.told_by_phone")]);
  const words = changedWords(row);
  if (words) steps.unshift([SEEN, say("act.words_told", { words })]);
  if (row.state !== "on_scene") return steps;
  return [[WELL, say("act.check_in")], [HEADS, say("act.count_heads")], ...steps];
}

/** Record a step, a new time or a word from the scene that was told on the telephone. */
export function stepByPhone(context, row, shown = false) {
  const when = field(say("overdue.minutes"), number("minutes", "", 0, 2880));
  const heads = field(say("heads.inside"), number("inside", "", 0, 10000));
  const more = h("input", { name: "others", type: "checkbox" });
  const others = h("label", { class: "choice" }, more, say("heads.others"));
  const box = h("input", { name: "everybody_out", type: "checkbox" });
  const out = h("label", { class: "choice" }, box, say("heads.everybody_out"));
  call(context, row.offer, {
    title: say("phone.title", about(context, row)),
    words: say("phone.step"),
    answers: sayable(row),
    fields: [
      [h("div", {}, when), [NEW_TIME]],
      [h("div", {}, heads, others), [HEADS]],
      [h("div", {}, out), row.inside ? LEAVING : []],
      [h("div", {}, field(say("helped.count"), optional("helped", 1, 10000))), [LEAVING[0]]],
    ],
    send: (step, values) => send(context, row, step, values),
    shown,
    again: () => stepByPhone(context, row, true),
  });
}

function send(context, row, step, values) {
  const path = `/assignments/${row.id}/${step}`;
  if (step === NEW_TIME) {
    return context.outbox.post(path, { minutes: Number(values.get("minutes")) });
  }
  if (step === SEEN) return context.outbox.post(path, { revision: row.words_in });
  if (step === TOLD) return context.outbox.post(path).then(() => forget(row));
  if (step === WELL) return context.outbox.post(path);
  took(context, row.id);
  if (step === HEADS) {
    const others = values.get("others") !== null;
    return context.outbox.post(path, { inside: Number(values.get("inside")), others });
  }
  const body = values.get("everybody_out") ? { everybody_out: true } : {};
  const helped = step === LEAVING[0] ? Number(values.get("helped")) : 0;
  return context.outbox.post(path, helped ? { ...body, helped } : body);
}

const STEPS = ["committed", "en_route", "on_scene", "reported_done"];

/** Put right how far a crew has come: back to a step before the one it is at. */
export function correctStep(context, row) {
  const before = STEPS.slice(0, STEPS.indexOf(row.state));
  const pairs = before.map((step) => [step, choose("assignment_state", step)]);
  ask({
    title: say("correct.title", about(context, row)),
    parts: [
      radios("step", say("correct.step"), pairs),
      h("p", { class: "quiet" }, say("correct.hint")),
    ],
    confirm: say("act.correct"),
    send: (values) =>
      context.outbox.post(`/assignments/${row.id}/correct`, { step: values.get("step") }),
  });
}

/** Find the work not done, and say what is left: the crew goes on, or says that it cannot. */
export const sendBack = (context, row) =>
  ask({
    title: say("send_back.title", about(context, row)),
    parts: [field(say("send_back.reason"), text("reason", "", 200))],
    confirm: say("act.send_back"),
    send: (values) => {
      const body = { done: false, reason: values.get("reason") };
      return context.outbox.post(`/assignments/${row.id}/confirm`, body);
    },
  });
