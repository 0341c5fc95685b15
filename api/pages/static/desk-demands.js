/** The desk's demands, the uncovered first: a list and one card, or a card each on a phone. */

import { priorityMark } from "./assignments.js";
import * as acts from "./desk-acts.js";
import { amend } from "./desk-amend.js";
import { appealBlock, appealButtons } from "./desk-appeal.js";
import { chooseLeader, groupBlock, likeness } from "./desk-groups.js";
import { helpersBlock, receiveHelpers } from "./desk-helpers.js";
import { lineBlock } from "./desk-lines.js";
import { VIEWS, answersFor, demandItem, demandsKnown, insideOf } from "./desk-model.js";
import { isSign } from "./desk-drafts.js";
import { handParts, handUpButton, handable } from "./desk-handing.js";
import { others, refile } from "./desk-refile.js";
import { reportParts } from "./desk-reports.js";
import { mayLieParts, shutChip, shutParts } from "./desk-told.js";
import { addNote, notesWords, readNotes } from "./desk-notes.js";
import { holdDemand, owed } from "./desk-owed.js";
import { drawOverview, wide } from "./desk-overview.js";
import { searched } from "./desk-search.js";
import { ring, urges } from "./desk-sound.js";
import { drawBatches } from "./desk-batches.js";
import { closeSeveral } from "./desk-several.js";
import { drawList, find, findAll, h, setText } from "./dom.js";
import { moment } from "./format.js";
import { Problem } from "./http.js";
import { posting, tell } from "./page.js";
import { Past } from "./past.js";
import { incidentWords, placeName } from "./places.js";
import { choose, named, say } from "./words.js";

const PAGE = 60; // cards or rows drawn at first; a longer list is asked for
const MANY = 3; // from so many on, closing several at once is worth a button
const EARLIER = 20; // ended demands that have left the board, at a time

let view = "open";
let shown = PAGE;
let listed = []; // rows that were drawn last

/** Wire the choice of views once; `redraw` draws the list anew. */
export function startDemands(context) {
  const { redraw } = context;
  const anew = () => {
    [shown, context.chosen, listed] = [PAGE, null, []];
    redraw();
  };
  context.past = new Past("demand", "desk");
  for (const button of findAll("[data-view]")) {
    button.addEventListener("click", () => {
      view = button.dataset.view;
      anew();
    });
  }
  find("#list-incident").addEventListener("change", anew);
  const search = find("#search");
  search.addEventListener("input", () => (search.value ? anew() : whole(context)));
  find("#more-demands").addEventListener("click", () => {
    shown += PAGE;
    drawDemands(context);
  });
  find("#earlier").addEventListener("click", () => readEarlier(context));
  find("#several").addEventListener("click", () => closeSeveral(context, ownOpen(context)));
}

/** The whole list again, with what was found in it still chosen, and in sight. */
function whole(context) {
  const items = demandsKnown(context, find("#list-incident").value).filter(VIEWS[view]);
  shown = Math.max(PAGE, items.findIndex(({ key }) => key === context.chosen) + 1);
  drawDemands(context);
  find("#overview [aria-current]")?.scrollIntoView({ block: "nearest" });
}

/** The open demands of the chosen incident that this desk may close. */
const ownOpen = (context) =>
  demandsKnown(context, find("#list-incident").value).filter(
    ({ demand, mine }) => mine && demand.state !== "closed",
  );

/** What is asked of the record: what has ended, of the chosen incident. */
const ended = () => ({ state: "closed", incident: find("#list-incident").value });

/** Ended demands that the board no longer has, the latest first; those it has are passed over. */
async function readEarlier(context) {
  const { board, past } = context;
  const button = find("#earlier");
  button.disabled = true;
  const before = past.with(board).length;
  try {
    do await past.read(ended(), EARLIER);
    while (past.with(board).length === before && past.hasMore(ended()));
    shown += EARLIER;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
  }
  button.disabled = false;
  context.redraw();
}

/** Seen from another window: for how many demands this desk has to act, and how many press most. */
function drawTitle({ board }, items) {
  if (!board.whole) return;
  const due = (known) => VIEWS.owed(known) || VIEWS.call(known) || VIEWS.confirm(known);
  const count = items.filter((known) => due(known) || urges(known)).length;
  const most = items.filter(urges).length;
  const words = most ? say("desk.title_urgent", { count: most }) : say("desk.title");
  document.title = count ? `(${count}) ${words}` : words;
}

export function drawDemands(context) {
  const { board } = context;
  const all = demandsKnown(context, "");
  const incident = find("#list-incident").value;
  const items = incident ? all.filter(({ demand }) => demand.incident === incident) : all;
  drawTitle(context, all);
  ring(context, all);
  drawBatches(context);
  for (const button of findAll("[data-view]")) {
    const matching = items.filter(VIEWS[button.dataset.view]).length;
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
    setText(find(".count", button), board.whole ? String(matching) : "\u2026");
  }
  const wanted = searched(context, items.filter(VIEWS[view]));
  const part = wanted.slice(0, shown).map((known) => demandItem(context, known));
  const cards = wide() ? beside(context, part) : part;
  drawList(find("#demands"), cards, (item) => card(context, item));
  find("#more-demands").hidden = wanted.length <= shown || !board.whole;
  find("#several").hidden = view !== "open" || wanted.filter(({ mine }) => mine).length < MANY;
  find("#earlier").hidden = view !== "closed" || !(context.past?.hasMore(ended()) ?? true);
  find("#no-demands").hidden = wanted.length > 0 || !board.whole;
  setText(find("#no-demands"), say(items.length ? "demands.none_here" : "demands.none"));
}

/**
 * On a wide screen the list, and the one demand that is chosen: the worst at first. Nothing takes
 * the place of one that has left the list, where somebody may be about to press a button.
 */
function beside(context, items) {
  const there = items.some(({ key }) => key === context.chosen);
  if (!there) context.chosen = listed.length ? null : (items[0]?.key ?? null);
  listed = items;
  drawOverview(context, items, (id) => pick(context, id));
  find("#none-chosen").hidden = context.chosen !== null || !items.length;
  return items.filter(({ key }) => key === context.chosen);
}

/** Somebody has chosen it: its card takes the place of the form, which keeps what was typed. */
function pick(context, id) {
  context.chosen = id;
  find("#post-box").open = false;
  drawDemands(context);
  find(".detail").scrollTop = 0;
  context.picked?.(id);
}

/** Bring one demand into view, whatever was chosen to be seen before. */
export function reveal(context, id) {
  const incident = context.board.get("demand", id)?.incident;
  if (!incident) return;
  context.marked = context.chosen = id;
  view = "open";
  find("#search").value = "";
  const filter = find("#list-incident");
  if (filter.value && filter.value !== incident) filter.value = incident;
  const at = demandsKnown(context, filter.value).findIndex(({ key }) => key === id);
  shown = Math.max(shown, at + 1);
  if (wide()) find("#post-box").open = false;
  drawDemands(context);
  find("#demands .marked")?.scrollIntoView({ block: "nearest" });
  find("#overview [aria-current]")?.scrollIntoView({ block: "nearest" });
}

function card(context, item) {
  const { demand, marked, number } = item;
  return h(
    "article",
    {
      class: `card demand ${demand.state}${marked ? " marked" : ""}`,
      "aria-label": number,
    },
    header(context, item),
    moved(item),
    refiled(context, item.demand),
    likeness(context, item),
    groupBlock(context, item),
    shutParts(context, item),
    mayLieParts(context, item),
    handParts(context, item),
    owed(context, item),
    demand.state !== "closed" && reportParts(context, item),
    h("p", { class: "quiet" }, say("demand.risk", { text: demand.risk_statement })),
    h("p", { class: "quiet" }, say("demand.rally", { text: demand.rally_point })),
    demand.way_in && h("p", { class: "quiet" }, say("demand.way_in", { text: demand.way_in })),
    demand.notes > 0 && h("p", { class: "quiet" }, notesWords(context, demand)),
    appealBlock(context, item),
    helpersBlock(context, item),
    h(
      "div",
      { class: "lines" },
      demand.lines.map((line) => lineBlock(context, item, line)),
    ),
    buttons(context, item),
  );
}

function header({ clock }, { demand, place, number, calls, assignments }) {
  const inside = insideOf(assignments);
  const closed = demand.state === "closed";
  const at = moment(closed ? demand.closed_at : demand.published_at, clock.now());
  const words = closed ? "closed_at" : demand.state === "draft" ? "drafted_at" : "published_at";
  const since = choose("demand", words, { time: at });
  const reason = closed && h("span", { class: "chip" }, named("close_reasons", demand.reason));
  const rough = demand.approximate ? say("place.approximate") : "";
  return h(
    "header",
    { class: demand.mode },
    priorityMark(demand.priority),
    h("h3", {}, `${number} ${named("kinds", demand.kind)}`),
    demand.shut.length > 0 && h("span", { class: "chip bad" }, shutChip(demand)),
    demand.may_lie_in.length > 0 && h("span", { class: "chip bad" }, say("zone.may_chip")),
    demand.state === "on_hold" && h("span", { class: "chip warn" }, say("hold.chip")),
    h("span", { class: "place" }, place, rough),
    reason,
    calls > 0 && h("strong", { class: "chip bad" }, say("demand.calls", { count: calls })),
    inside > 0 && h("strong", { class: "chip warn" }, say("demand.inside", { count: inside })),
    !closed && demand.needed_by !== null && needed(demand, clock.now()),
    h("span", { class: "quiet end" }, since),
  );
}

function needed({ needed_by: at }, now) {
  const look = at < now ? "chip bad" : "chip";
  return h("span", { class: look }, say("demand.needed_by", { time: moment(at, now) }));
}

/** Whose it is, where that is not the desk that it lies with. */
function moved({ demand, place, mine }) {
  const words = [];
  if (demand.reporter) {
    const told = isSign(demand) ? "sign" : "reporter";
    words.push(choose("need", told, { village: demand.reporter.name }));
    if (demand.people !== null) words.push(say("need.count", { count: demand.people }));
  }
  if (demand.substitute) {
    words.push(say("demand.substitute", { place: placeName(demand.substitute) }));
  }
  if (demand.sender) {
    const from = say("demand.sender", { place: placeName(demand.sender) });
    words.push(mine ? from : say("demand.moved", { place }));
  }
  return words.length > 0 && h("p", {}, h("span", { class: "chip" }, words.join(" · ")));
}

/** Under which number others may still speak of it. */
function refiled({ board }, { refiled: before }) {
  const incident = before && board.get("incident", before.incident);
  if (!incident) return "";
  const key = before.number ? "refiled.from" : "refiled.from_draft";
  const words = say(key, { incident: incidentWords(incident), number: before.number });
  return h("p", { class: "quiet" }, words);
}

const button = (demand, name, open) =>
  h(
    "button",
    { type: "button", class: "small", onclick: open, "data-focus": `${name}-${demand.id}` },
    say(name),
  );

/** Only what can succeed: on what is this desk's, in the state that it is in. */
function buttons(context, { demand, mine, sent, open, readable }) {
  const takeBack = {
    path: `/demands/${demand.id}/take-back`,
    words: say("act.take_back"),
    look: "small",
    revision: demand.revision,
  };
  const closed = demand.state === "closed";
  const back = sent && demand.returnable && !closed && posting(context, takeBack);
  const own = mine || answersFor(context.me, demand.division); // its own words it reads always
  const sealed = own && readable && demand.sealed.length > 0;
  const parts = [
    mine && (closed ? open && reopen(context, demand) : edits(context, demand)),
    handable(context, { demand, mine }) && handUpButton(context, demand),
    back,
    sealed && button(demand, "act.read_sealed", () => acts.sealed(context, demand)),
    ...notes(context, demand, { own, sent, readable }),
  ];
  return parts.some(Boolean) && h("footer", { class: "buttons" }, parts);
}

/** Whoever has moved it away adds to the note; its township reads it, and whoever answers. */
const notes = (context, demand, { own, sent, readable }) => [
  own &&
    readable &&
    demand.notes > 0 &&
    button(demand, "act.read_notes", () => readNotes(context, demand)),
  (own || sent) &&
    readable &&
    button(demand, "act.add_note", () => addNote(context, demand)),
];

const edits = (context, demand) => [
  button(demand, "act.amend", () => amend(context, demand)),
  demand.leader === null &&
    demand.members === 0 &&
    others(context, demand).length > 0 &&
    button(demand, "act.refile", () => refile(context, demand)),
  ...(demand.state === "draft" ? [] : further(context, demand)),
];

/** What is done with a demand that is asked for. */
const further = (context, demand) => [
  demand.leader === null &&
    demand.members === 0 &&
    button(demand, "act.group", () => chooseLeader(context, demand)),
  demand.state === "published" &&
    demand.leader === null &&
    button(demand, "act.hold", () => holdDemand(context, demand)),
  ...appealButtons(context, demand),
  button(demand, "act.receive_helpers", () => receiveHelpers(context, demand)),
  button(demand, "act.close_demand", () => acts.closeDemand(context, demand)),
];

const reopen = (context, demand) =>
  posting(context, {
    path: `/demands/${demand.id}/reopen`,
    words: say("act.reopen"),
    look: "small",
    revision: demand.revision,
  });
