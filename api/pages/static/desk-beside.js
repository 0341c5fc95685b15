/** Whoever is at work where another crew was told to leave: told too, or why it may stay. */

import { live, toldWords } from "./assignments.js";
import { forgotten, numberWords } from "./desk-model.js";
import { ask, field, text } from "./dialog.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { posting } from "./page.js";
import { say } from "./words.js";

const REASON_MOST = 200;

/** The order by which another crew left, as far as this desk sees that. */
function because({ board }, { beside }) {
  const crew = board.get("assignment", beside.crew);
  const order = crew?.instructions.find((one) => one.id === beside.instruction);
  return order ? { crew, order } : null;
}

/** Below a crew: that another one left here, until when something is said of it, or what was. */
export function besideParts(context, { mine }, row) {
  if (!live(row) || row.beside === null) return null;
  const now = context.clock.now();
  const { beside } = row;
  if (beside.stays !== null) {
    const words = { reason: beside.stays, time: moment(beside.stays_at, now) };
    return h("div", { class: "party told" }, say("beside.stays", words));
  }
  return h(
    "div",
    { class: "party told overdue" },
    h("strong", {}, becauseWords(context, row)),
    h("span", {}, untilWords(beside, now)),
    mine && h("span", { class: "buttons" }, stayButton(context, row)),
  );
}

function becauseWords(context, row) {
  const found = because(context, row);
  if (!found) return say("beside.unseen");
  const demand = numberWords(context.board, found.crew);
  return say("beside.one", {
    name: found.crew.organization_name,
    demand,
    what: [toldWords(found.order), found.order.text].filter(Boolean).join(" "),
  });
}

const untilWords = ({ climbs_at: climbs, climbed_at: climbed }, now) =>
  climbed === null
    ? say("beside.until", { time: moment(climbs, now) })
    : say("beside.climbed", { time: moment(climbed, now) });

function stayButton(context, row) {
  const onclick = () => letStay(context, row);
  const attributes = { type: "button", class: "small", onclick, "data-focus": `stay-${row.id}` };
  return h("button", attributes, say("beside.stay"));
}

/** Whoever says that it may stay says why, for whoever asks later. */
function letStay(context, row) {
  const { outbox, board } = context;
  const names = { organization: row.organization_name, demand: numberWords(board, row) };
  ask({
    title: say("beside.stay_title", names),
    parts: [
      h("p", {}, becauseWords(context, row)),
      field(say("beside.why"), text("reason", "", REASON_MOST), say("beside.why_hint")),
    ],
    confirm: say("beside.stay"),
    send: (values) =>
      outbox.post(`/assignments/${row.id}/let-stay`, { reason: values.get("reason") }),
  });
}

/** Below the order by which a crew left: who is there still, and one press that tells them all. */
export function stillThere(context, crew, order) {
  const rows = context.board
    .all("assignment")
    .filter((row) => forgotten(row) && row.beside.instruction === order.id);
  if (!rows.length) return null;
  return [h("strong", {}, thereWords(rows)), tellAll(context, crew.id, order.id)];
}

/** How many crews, how many people as far as it was said, and who they are. */
export function thereWords(rows) {
  const names = rows.map((row) => row.organization_name).join(say("list.separator"));
  const people = rows.reduce((sum, row) => sum + (row.people ?? 0), 0);
  const inside = rows.reduce((sum, row) => sum + (row.inside ?? 0), 0);
  return say("beside.still", { count: rows.length, people, inside, names });
}

/** One press, and a second touch, since it binds whoever is told. */
export const tellAll = (context, crew, order, at = "") =>
  posting(context, {
    path: `/assignments/${crew}/instructions/${order}/tell-others`,
    words: say("beside.tell_all"),
    look: "small primary",
    twice: true,
    focus: `tell-others-${at}${order}`,
  });
