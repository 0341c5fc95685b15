/** The same need told of several times: which report leads, and what the others add to it. */

import { amend } from "./desk-amend.js";
import { answersFor, deskOf, divisionsOf, numberWords } from "./desk-model.js";
import { ask, field, select } from "./dialog.js";
import { h } from "./dom.js";
import { distance, moment, spoken } from "./format.js";
import { metersBetween } from "./meters.js";
import { act, tell } from "./page.js";
import { within } from "./places.js";
import { choose, counted, named, say } from "./words.js";

const UNDO_LASTS = 60000; // milliseconds
const TOO_FAR = 5000; // meters; a place that is only a township's may be anywhere in it

/** The division of this desk that holds all of these; both doors ask for it. */
const holding = (me, rows) =>
  divisionsOf(me).find((own) => rows.every((row) => within(deskOf(row), own)));

const small = (words, focus, onclick) =>
  h("button", { type: "button", class: "small", "data-focus": focus, onclick }, words);

/** Two callers may have told of one need: the desk says so, or that it is another. */
export function likeness(context, { demand, like }) {
  if (!like) return null;
  const rough = demand.approximate || like.approximate;
  const far = distance(metersBetween(demand, like), rough);
  const words = say("similar.asked", { demand: spoken(like), far });
  const another = () => {
    (context.apart ??= new Set()).add(demand.id);
    context.redraw();
  };
  const same = say("similar.same", { demand: spoken(like) });
  return h(
    "div",
    { class: "alarm" },
    h("p", {}, words),
    h(
      "div",
      { class: "buttons" },
      holding(context.me, [demand, like]) &&
        small(same, `group-${demand.id}`, () => group(context, like, demand)),
      small(say("similar.another"), `apart-${demand.id}`, another),
    ),
  );
}

async function group(context, leader, demand) {
  const body = bodyOf(context, [leader, demand], [demand]);
  if (await act(context, `/demands/${leader.id}/group`, body)) offerBack(context, leader, demand);
}

const bodyOf = ({ me }, all, named) => ({
  division: holding(me, all),
  demands: named.map((row) => row.id),
});

/** For a minute one press takes it back; later the card does. */
function offerBack(context, leader, demand) {
  const back = h("button", { type: "button", class: "small", "data-words": "groups.undo" });
  const numbers = { demand: spoken(demand), leader: spoken(leader) };
  const notice = tell(() => say("group.done", numbers), { action: back, lasts: UNDO_LASTS });
  back.addEventListener("click", async () => {
    if (await apart(context, demand)) notice.remove();
  });
}

const apart = (context, demand) =>
  act(context, "/demands/ungroup", bodyOf(context, [demand], [demand]));

/** By hand: which of the open demands of the incident this one tells of once more. */
export function chooseLeader(context, demand) {
  const { board, me } = context;
  const fits = (row) =>
    row.id !== demand.id &&
    row.incident === demand.incident &&
    row.state !== "closed" &&
    row.state !== "draft" &&
    row.leader === null &&
    answersFor(me, deskOf(row)) &&
    holding(me, [row, demand]);
  const far = (row) => metersBetween(row, demand);
  const rough = (row) => row.approximate || demand.approximate;
  const near = (row) => rough(row) || far(row) <= TOO_FAR;
  const rows = board.all("demand").filter((row) => fits(row) && near(row));
  rows.sort((one, other) => far(one) - far(other) || one.number - other.number);
  const title = say("group.title", { demand: numberWords(board, demand) });
  if (!rows.length) return ask({ title, parts: [h("p", {}, say("group.none"))] });
  const pairs = rows.map((row) => [row.id, leaderWords(row, demand)]);
  return ask({
    title,
    parts: [
      field(say("group.leader"), select("leader", pairs)),
      h("p", { class: "quiet" }, say("group.means")),
    ],
    confirm: say("act.group"),
    send: async (values) => {
      const leader = rows.find((row) => row.id === values.get("leader"));
      const body = bodyOf(context, [leader, demand], [demand]);
      await context.outbox.post(`/demands/${leader.id}/group`, body);
      offerBack(context, leader, demand);
    },
  });
}

function leaderWords(row, demand) {
  const rough = row.approximate || demand.approximate;
  const far = rough ? "" : distance(metersBetween(row, demand), false);
  const kind = `${spoken(row)} ${named("kinds", row.kind)}`;
  return [kind, far, row.risk_statement.slice(0, 24)].filter(Boolean).join(" · ");
}

/** On the card of who is led: who is asked for instead; on the leader's: everybody it leads. */
export function groupBlock(context, item) {
  if (item.demand.leader) return ledBlock(context, item);
  return item.reports.length > 0 && leadingBlock(context, item);
}

function ledBlock(context, { demand, leader, mine }) {
  const words = say(demand.state === "closed" ? "group.led_closed" : "group.led", {
    leader: leader ? spoken(leader) : "",
  });
  return h(
    "div",
    {},
    h("p", {}, h("span", { class: "chip" }, words)),
    leader && demand.state !== "closed" && h("p", { class: "quiet" }, coverWords(leader)),
    mine &&
      small(say("act.ungroup"), `ungroup-${demand.id}`, () => apart(context, demand)),
  );
}

/** How far the leader is covered, line by line: what a caller of any of its reports is told. */
function coverWords(leader) {
  const one = (line) =>
    say("group.cover", {
      skill: named("skills", line.skill),
      covered: line.covered,
      target: line.target,
      cover: choose("cover", line.cover),
    });
  const lines = leader.lines.filter((line) => !line.dropped).map(one);
  return say("group.covered", { leader: spoken(leader), lines: lines.join(say("list.separator")) });
}

function leadingBlock(context, { demand, mine, reports }) {
  const rows = [...reports].sort((one, other) => one.row.number - other.row.number);
  return h(
    "details",
    { "data-fold": `reports-${demand.id}`, open: true },
    h("summary", {}, say("group.reports", { count: rows.length + 1 })),
    rows.map((report) => reportRow(context, demand, report, mine)),
  );
}

const crewsWords = (count) => say(count === 1 ? "group.crew" : "group.crews", { count });

function reportRow(context, leader, { row, crews }, mine) {
  const now = context.clock.now();
  const open = row.state !== "closed";
  const raise = () => amend(context, leader);
  const urgent = open && row.priority < leader.priority;
  const more = open ? addition(leader, row) : "";
  return h(
    "div",
    { class: "party" },
    h("span", { class: "name" }, spoken(row)),
    h("span", { class: "quiet" }, moment(row.published_at, now)),
    h("span", {}, row.risk_statement),
    !open && h("span", { class: "chip" }, named("close_reasons", row.reason)),
    crews > 0 && h("span", { class: "chip" }, crewsWords(crews)),
    urgent && h("span", { class: "chip bad" }, say("group.urgent", { priority: row.priority })),
    more && h("span", { class: "chip warn" }, say("group.more", { lines: more })),
    mine &&
      open &&
      h(
        "span",
        { class: "buttons" },
        (urgent || more) && small(say("group.raise"), `raise-${row.id}`, raise),
        small(say("act.ungroup"), `ungroup-${row.id}`, () => apart(context, row)),
      ),
  );
}

/** What a further report asks for beyond the leader's targets, skill by skill. */
function addition(leader, row) {
  const sum = (lines, skill) =>
    lines
      .filter((line) => !line.dropped && line.skill === skill)
      .reduce((units, line) => units + line.target, 0);
  const skills = [...new Set(row.lines.filter((line) => !line.dropped).map((line) => line.skill))];
  return skills
    .map((skill) => [skill, sum(row.lines, skill) - sum(leader.lines, skill)])
    .filter(([, units]) => units > 0)
    .map(([skill, units]) => `${named("skills", skill)} ${counted(skill, units)}`)
    .join(say("list.separator"));
}
