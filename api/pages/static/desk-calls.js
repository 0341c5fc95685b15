/** What a desk records of a telephone call, with the numbers to call beside it. */

import { freeFromField, nextSteps } from "./assignments.js";
import { heard } from "./desk-called.js";
import { forget, owedTo } from "./desk-heard.js";
import { numberWords } from "./desk-model.js";
import { ask, field, number, radios, refill, select, text } from "./dialog.js";
import { h, setText } from "./dom.js";
import { fieldMoment, moment } from "./format.js";
import { Problem } from "./http.js";
import { took } from "./quiet.js";
import { callLink, read } from "./sealed.js";
import { changedWords } from "./wording.js";
import { choose, counted, listed, named, say } from "./words.js";

/**
 * Whom to call: asked for by a press, since each showing is on record; never kept. `then` is told
 * who it is, whom nobody has tried yet first.
 */
export function numbers(context, offer, shown = false, then = () => {}) {
  const place = h("div", { class: "numbers" });
  const button = h("button", { type: "button", class: "small" }, say("phone.numbers"));
  const told = h("p", { class: "quiet", role: "status" }, say("phone.numbers_hint"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { persons } = await read(context, `/offers/${offer}/persons`);
      persons.sort((one, other) => (one.tried_at ?? 0) - (other.tried_at ?? 0));
      place.replaceChildren(...listOf(persons, context.clock.now()));
      then(persons);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      button.disabled = false;
      setText(told, problem.text);
    }
  });
  place.append(button, told);
  if (shown) button.click();
  return place;
}

function listOf(persons, now) {
  if (!persons.length) return [h("p", {}, say("phone.nobody"))];
  const tried = (at) => at && h("small", {}, say("phone.tried", { time: moment(at, now) }));
  return persons.map(({ name, telephone, tried_at: at }) =>
    h("p", {}, name, " ", callLink(telephone), " ", tried(at) || ""),
  );
}

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

function noFields(context) {
  const from = freeFromField(context);
  const pairs = listed("decline_reasons").map(([code]) => [code, named("decline_reasons", code)]);
  return h(
    "div",
    { class: "pair", hidden: true },
    field(say("decline.reason"), select("reason", pairs, "no_crew")),
    field(say("decline.free_from"), from),
  );
}

/** Which number rang: those that are shown, the next to be tried first, or another one. */
function whoFields() {
  const who = select("person", [["", say("phone.other_number")]], "");
  const fill = (persons) => {
    const pairs = persons.map((person) => [person.id, `${person.name} ${person.telephone}`]);
    refill(who, [...pairs, ["", say("phone.other_number")]]);
    who.selectedIndex = 0;
  };
  const hint = h("p", { class: "quiet" }, say("phone.not_picked_up_hint"));
  return [h("div", { hidden: true }, field(say("phone.who"), who), hint), fill];
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
 * Record what an organization said on the telephone to an offer, or that nobody picked up: then
 * the next number is offered. A yes counts late, too. `shown`: whom to call has been asked for
 * already.
 */
export function answerByPhone(context, offer, shown = false) {
  const answers = [
    ["accept", say("phone.accept")],
    ["decline", say("phone.decline")],
    ["not-picked-up", say("phone.not_picked_up")],
  ];
  const [yes, no] = [yesFields(offer), noFields(context)];
  const [nobody, fill] = whoFields();
  let left = 0;
  let asked = offer; // as it was read out
  const script = h("p", {}, scriptOf(asked));
  const late = offer.state !== "sent" && h("p", { class: "quiet" }, say("late.hint"));
  const form = ask({
    title: say("phone.title", about(context, offer)),
    parts: [
      numbers(context, offer.id, shown, fill),
      script,
      late || "",
      radios("answer", say("phone.answer"), answers, null),
      yes,
      no,
      nobody,
    ],
    confirm: say("act.record"),
    send: async (values) => {
      const answer = await context.outbox.post(...answered(asked, values)).catch((problem) => {
        asked = context.board.get("offer", offer.id) ?? asked;
        setText(script, scriptOf(asked));
        throw problem;
      });
      const { calls, given_up: over } = answer;
      if (!calls) return;
      heard(calls);
      context.redraw();
      left = over ? 0 : calls.left;
    },
    done: () => left && answerByPhone(context, offer, true),
  });
  const parts = { accept: yes, decline: no, "not-picked-up": nobody };
  const show = () => {
    for (const [answer, part] of Object.entries(parts)) {
      part.hidden = form.elements.answer.value !== answer;
    }
    yes.querySelector("[name=quantity]").disabled = yes.hidden; // else it had to be valid
  };
  form.addEventListener("change", show);
  show();
}

function answered(offer, values) {
  const path = `/offers/${offer.id}/${values.get("answer")}`;
  if (values.get("answer") === "not-picked-up") {
    return [path, values.get("person") ? { person: values.get("person") } : {}];
  }
  if (values.get("answer") === "decline") {
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

/** What may be said of a crew now: on the scene first that it is well, and who is in danger. */
function sayable(row) {
  const goes = ([step]) => !row.withdrawing || LEAVING.includes(step);
  const steps = nextSteps(row).filter(goes);
  const expected = row.arrived_at === null && !row.withdrawing;
  if (expected) steps.splice(-1, 0, [NEW_TIME, say("act.new_time")]);
  if (owedTo(row).some((one) => one.by_page)) steps.unshift([TOLD, say("act.told_by_phone")]);
  const words = changedWords(row);
  if (words) steps.unshift([SEEN, say("act.words_told", { words })]);
  if (row.state !== "on_scene") return steps;
  return [[WELL, say("act.check_in")], [HEADS, say("act.count_heads")], ...steps];
}

function proposed(row, steps) {
  if (row.overdue) return NEW_TIME;
  if (row.changed.length) return SEEN;
  if (owedTo(row).some((one) => one.by_page)) return TOLD;
  return row.state === "on_scene" && row.missed_at === null ? "report-done" : steps[0][0];
}

/** Record a step, a new time or a word from the scene that was told on the telephone. */
export function stepByPhone(context, row, shown = false) {
  const steps = sayable(row);
  const minutes = number("minutes", 20, 0, 2880);
  const when = h("div", { hidden: true }, field(say("overdue.minutes"), minutes));
  const inside = number("inside", row.inside ?? 0, 0, 10000);
  const heads = h("div", { hidden: true }, field(say("heads.inside"), inside));
  const box = h("input", { name: "everybody_out", type: "checkbox" });
  const out = h("label", { class: "choice", hidden: true }, box, say("heads.everybody_out"));
  const helped = field(say("helped.count"), optional("helped", 1, 10000));
  const count = h("div", { hidden: true }, helped);
  const form = ask({
    title: say("phone.title", about(context, row)),
    parts: [
      numbers(context, row.offer, shown),
      radios("step", say("phone.step"), steps, proposed(row, steps)),
      when,
      heads,
      out,
      count,
    ],
    confirm: say("act.record"),
    send: (values) => send(context, row, values),
  });
  const show = () => {
    const step = form.elements.step.value;
    when.hidden = step !== NEW_TIME;
    heads.hidden = step !== HEADS;
    count.hidden = step !== LEAVING[0];
    out.hidden = !row.inside || !LEAVING.includes(step);
  };
  form.addEventListener("change", show);
  show();
}

function send(context, row, values) {
  const step = values.get("step");
  const path = `/assignments/${row.id}/${step}`;
  if (step === NEW_TIME) {
    return context.outbox.post(path, { minutes: Number(values.get("minutes")) });
  }
  if (step === SEEN) return context.outbox.post(path, { revision: row.words_in });
  if (step === TOLD) return context.outbox.post(path).then(() => forget(row));
  if (step === WELL) return context.outbox.post(path);
  took(context, row.id);
  if (step === HEADS) {
    return context.outbox.post(path, { inside: Number(values.get("inside")) });
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
      radios("step", say("correct.step"), pairs, before.at(-1)),
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
