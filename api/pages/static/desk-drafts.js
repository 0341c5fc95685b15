/** Drafts: what their desk keeps back, until when, and what it does with them. */

import { discardDraft } from "./desk-acts.js";
import { amend } from "./desk-amend.js";
import { answersFor, deskOf } from "./desk-model.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { act, posting } from "./page.js";
import { say } from "./words.js";

const path = (demand) => `/demands/${demand.id}/publish`;

/** On the card of a draft: that nobody is asked, whose turn it is, and the ways out. */
export function draftPart(context, item, whose) {
  const { demand, mine } = item;
  const now = context.clock.now();
  const time = moment(demand.drafted_at, now);
  const late = demand.climbed_at !== null;
  return h(
    "div",
    { class: late ? "alarm" : "owed" },
    h("p", {}, h("strong", {}, say("draft.since", { time }))),
    h("p", {}, whose(item, now)),
    mine && isSign(demand) && h("p", {}, say("draft.sign")),
    mine && late && h("p", {}, say("draft.decide")),
    mine && h("div", { class: "buttons" }, ways(context, demand)),
  );
}

const small = (demand, name, open) =>
  h(
    "button",
    { type: "button", class: "small", onclick: open, "data-focus": `${name}-${demand.id}` },
    say(name),
  );

/** What a village has seen, before there is any need: inspected, made a need of, or put aside. */
export const isSign = ({ reporter, kind }) => reporter !== null && kind === "inspection";

const ways = (context, demand) => [
  posting(context, {
    path: path(demand),
    words: say(isSign(demand) ? "act.inspect" : "act.publish"),
    look: "small primary",
    revision: demand.revision,
  }),
  small(demand, "act.amend_publish", () =>
    amend(context, demand, () => published(context, demand)),
  ),
  small(demand, "act.discard", () => discardDraft(context, demand)),
];

/** What the desk has just amended, as it is now; nobody else's edit goes out with it. */
const published = (context, demand) =>
  act(context, path(demand), {}, { revision: demand.revision + 1 });

/** Drafts that nobody has decided in time: every desk above has them. */
export const climbedDrafts = ({ board, me }) =>
  board
    .all("demand")
    .filter((row) => row.state === "draft" && row.climbed_at !== null)
    .filter((row) => answersFor(me, deskOf(row)))
    .sort((one, other) => one.priority - other.priority || one.drafted_at - other.drafted_at);
