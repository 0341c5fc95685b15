/** A demand on hold asks again; whoever there is in danger or told to leave is heard of first. */

import { live, toldWords } from "./assignments.js";
import { stepByPhone } from "./desk-calls.js";
import { numberWords } from "./desk-model.js";
import { numbers } from "./desk-phone.js";
import { outByPhone, readByPhone } from "./desk-told.js";
import { ask, field, text } from "./dialog.js";
import { h } from "./dom.js";
import { say } from "./words.js";

const ANSWER_MOST = 200;
const NUMBERS_AT_ONCE = 4; // crews whose number is shown without a press

const standing = (row) => row.instructions.filter((order) => order.lifted_at === null);

/** Crews of a demand, or of a further report of it, over which it asks nobody without a word. */
export const exposedOf = ({ board }, demand) =>
  board.all("assignment").filter((row) => live(row) && toldOf(board, row, demand) && exposed(row));

const toldOf = (board, row, { id }) =>
  row.demand === id || board.get("demand", row.demand)?.leader === id;

const leaving = (row) => row.withdrawing && row.state !== "reported_done";
const exposed = (row) => leaving(row) || row.inside > 0 || row.missed_at !== null;

/** What each is told and whether that is read, who is inside, whether it is silent or out. */
function stateWords(row) {
  const told = standing(row).map((order) => {
    const what = [toldWords(order), order.text].filter(Boolean).join(" ");
    return say(order.acknowledged_at === null ? "resume.unread" : "resume.read", { what });
  });
  const inside = row.inside > 0 && say("party.inside", { count: row.inside });
  const silent = row.missed_at !== null && say("party.silent");
  const out = row.withdrawing && say(row.out_at === null ? "told.not_out" : "resume.out");
  return [...told, inside, silent, out].filter(Boolean).join(" · ");
}

const crewPart = (context, row, shown) =>
  h(
    "div",
    {},
    h("p", {}, h("strong", {}, row.organization_name), " ", stateWords(row)),
    numbers(context, row.offer, shown, { then: () => {}, rung: () => {} }),
  );

function exposedParts(context, crews) {
  if (!crews.length) return [];
  const shown = crews.length <= NUMBERS_AT_ONCE;
  const safe = h("input", { type: "checkbox", name: "safe", required: true });
  return [
    h("p", { class: "unmet" }, say("resume.exposed", { count: crews.length })),
    h("div", {}, crews.map((row) => crewPart(context, row, shown))),
    h("label", { class: "tick" }, safe, h("span", {}, say("resume.safe"))),
  ];
}

export function resumeDemand(context, demand) {
  const answer = text("answer", "", ANSWER_MOST);
  answer.required = false;
  const crews = exposedOf(context, demand);
  ask({
    title: say("resume.title", { demand: numberWords(context.board, demand) }),
    parts: [
      h("p", {}, demand.question),
      ...exposedParts(context, crews),
      field(say("resume.answer"), answer, say("hold.hint")),
    ],
    confirm: say("act.resume"),
    look: crews.length ? "danger" : "primary",
    send: (values) => {
      const said = values.get("answer").trim();
      const body = said ? { answer: said } : {};
      if (values.get("safe")) body.safe = true;
      return context.outbox.post(`/demands/${demand.id}/resume`, body);
    },
  });
}

/** Whom to call before anything else: what is to be heard of each decides what is recorded. */
export const callButtons = (context, demand) =>
  exposedOf(context, demand).map((row) =>
    h(
      "button",
      {
        type: "button",
        class: "small primary",
        onclick: () => callCrew(context, row),
        "data-focus": `call-exposed-${row.id}`,
      },
      say("resume.call", { organization: row.organization_name }),
    ),
  );

function callCrew(context, row) {
  const order = standing(row).find((one) => one.acknowledged_at === null);
  if (order) return readByPhone(context, row, order, true);
  if (row.withdrawing && row.out_at === null) return outByPhone(context, row, true);
  return stepByPhone(context, row, true);
}
