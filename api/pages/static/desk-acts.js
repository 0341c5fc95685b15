/** What a desk does with one demand, offer or assignment, each in a dialog. */

import { nextSteps, sealedList } from "./assignments.js";
import { live } from "./desk-model.js";
import { ask, field, number, radios, select, text } from "./dialog.js";
import { h, setText } from "./dom.js";
import { spoken } from "./format.js";
import { act, tell } from "./page.js";
import { listed, named, say, wording } from "./words.js";

const UNDO_LASTS = 60000; // milliseconds

const pairsOf = (list) => listed(list).map(([code]) => [code, named(list, code)]);

// Only a person chooses among these; the others are written by the rules themselves.
const NOT_CHOSEN = new Set(["incident_closed"]);

/** Close a demand, with the reason. */
export function closeDemand(context, demand) {
  const busy = context.board
    .all("assignment")
    .filter((row) => row.demand === demand.id && live(row));
  const pairs = pairsOf("close_reasons").filter(([code]) => !NOT_CHOSEN.has(code));
  const warned =
    busy.length && h("p", { class: "unmet" }, say("close.live", { count: busy.length }));
  ask({
    title: say("close.title", { demand: spoken(demand) }),
    parts: [field(say("close.reason"), select("reason", pairs, "met")), warned || ""],
    confirm: say("act.close_demand"),
    send: (values) =>
      context.outbox.post(
        `/demands/${demand.id}/close`,
        { reason: values.get("reason") },
        { revision: demand.revision },
      ),
  });
}

/** Amend priority, targets, risk statement and rally point of a demand. */
export function amend(context, demand) {
  const priorities = pairsOf("priorities").map(([code, name]) => [code, `${code} ${name}`]);
  const targets = demand.lines.map((line, index) => {
    const words = say("amend.target", { ...line, skill: named("skills", line.skill) });
    return field(words, number(`target-${index}`, line.target, line.minimum));
  });
  ask({
    title: say("amend.title", { demand: spoken(demand) }),
    parts: [
      ...targets,
      radios("priority", say("form.priority"), priorities, String(demand.priority)),
      field(say("form.risk"), text("risk_statement", demand.risk_statement)),
      field(say("form.rally"), text("rally_point", demand.rally_point)),
    ],
    confirm: say("act.amend"),
    send: (values) =>
      context.outbox.post(`/demands/${demand.id}/amend`, amended(demand, values), {
        revision: demand.revision,
      }),
  });
}

const amended = (demand, values) => ({
  priority: Number(values.get("priority")),
  targets: demand.lines.map((_, index) => Number(values.get(`target-${index}`))),
  lines: [],
  risk_statement: values.get("risk_statement"),
  rally_point: values.get("rally_point"),
});

/** Record what an organization said on the telephone to an offer. */
export function answerByPhone(context, offer) {
  const answers = [
    ["accept", say("phone.accept")],
    ["decline", say("phone.decline")],
  ];
  const quantity = number("quantity", offer.quantity, 1, offer.quantity);
  const minutes = h("input", { name: "minutes", type: "number", min: 0, max: 2880 });
  const reasons = select("reason", pairsOf("decline_reasons"), "no_crew");
  const yes = h("div", {}, field(say("phone.quantity"), quantity));
  yes.append(field(say("phone.minutes"), minutes));
  const no = h("div", { hidden: true }, field(say("decline.reason"), reasons));
  const form = ask({
    title: say("phone.title", { organization: offer.organization_name }),
    parts: [radios("answer", say("phone.answer"), answers, "accept"), yes, no],
    confirm: say("act.record"),
    send: (values) => context.outbox.post(...answered(offer, values)),
  });
  form.addEventListener("change", () => {
    const accepting = form.elements.answer.value === "accept";
    yes.hidden = !accepting;
    no.hidden = accepting;
  });
}

function answered(offer, values) {
  const path = `/offers/${offer.id}/${values.get("answer")}`;
  if (values.get("answer") === "decline") return [path, { reason: values.get("reason") }];
  const minutes = values.get("minutes");
  const body = { quantity: Number(values.get("quantity")) };
  return [path, minutes ? { ...body, minutes: Number(minutes) } : body];
}

/** Record a step that an organization told on the telephone. */
export function stepByPhone(context, row) {
  const steps = nextSteps(row);
  ask({
    title: say("phone.title", { organization: row.organization_name }),
    parts: [radios("step", say("phone.step"), steps, steps[0][0])],
    confirm: say("act.record"),
    send: (values) => context.outbox.post(`/assignments/${row.id}/${values.get("step")}`),
  });
}

/** Open the sealed texts of a demand; that they were opened is on record. */
export async function sealed(context, demand) {
  const texts = await act(context, `/demands/${demand.id}/sealed`);
  if (!texts) return;
  ask({
    title: say("sealed.title", { demand: spoken(demand) }),
    parts: [sealedList(texts), h("p", { class: "quiet" }, say("sealed.recorded"))],
  });
}

/** Offer to take a posting back for a minute; whoever was asked is told at once. */
export function offerUndo(context, id) {
  const undo = h("button", { type: "button" });
  const posted = context.board.get("demand", id);
  const words = () => say("form.posted", { number: posted ? spoken(posted) : "" });
  const notice = tell(words, { action: undo, lasts: UNDO_LASTS });
  undo.addEventListener("click", async () => {
    const revision = context.board.get("demand", id)?.revision ?? 1;
    const body = { reason: "posted_by_mistake" };
    if (await act(context, `/demands/${id}/close`, body, { revision })) notice.remove();
  });
  count(undo, Date.now() + UNDO_LASTS);
}

/** Real seconds: rule time may run many times faster in an exercise. */
function count(button, until) {
  const show = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    setText(button, say("act.undo_for", { count: left }));
    if (!left || !button.isConnected) clearInterval(timer);
  };
  const timer = setInterval(show, 500);
  wording.addEventListener("change", show);
  show();
}
