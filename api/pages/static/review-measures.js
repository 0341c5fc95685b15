/** Measures of a period on the review page: clocks, standards, crews, neighbors, what was unmet. */

import { refill } from "./dialog.js";
import { find, h, setText } from "./dom.js";
import { fieldMoment, span } from "./format.js";
import { Problem, get } from "./http.js";
import { incidentWords, placeName } from "./places.js";
import { choose, named, say, wording } from "./words.js";

const DAY = 24 * 3600 * 1000;
const CLOCKS = ["asked_after", "yes_after", "arrived_after"];
const STEPS = ["asked", "yes", "arrived"];
const SPANS = ["turnout", "travel", "on_scene"];
const WAYS = ["priority", "incident", "division", "kind", "day"];

const state = { groups: [], standards: {}, asked: 0, incidents: new Map() };

const FILES = [
  ["#measures-csv", "measures", "csv"],
  ["#measures-xlsx", "measures", "xlsx"],
  ["#demands-geojson", "demands", "geojson"],
  ["#worked-csv", "organizations", "csv"],
];

const listeners = [];

/** Tell what else is read for the period, now and whenever it is another one. */
export function onPeriod(told) {
  listeners.push(told);
  told(period());
}

/** What incidents are called, for the groups that are theirs. */
export function nameIncidents(rows) {
  state.incidents = new Map(rows.map((row) => [row.id, incidentWords(row)]));
  draw();
}

/** Start measuring; everything is counted anew where the period changes. */
export function startMeasures() {
  for (const id of ["#since", "#until"]) find(id).addEventListener("change", read);
  for (const id of ["#show", "#by"]) find(id).addEventListener("change", draw);
  find("#period").addEventListener("submit", (event) => event.preventDefault());
  wording.addEventListener("change", draw);
  return read();
}

/** The period as the door asks for it: whole days, the last one counted. */
function period() {
  const [since, until] = ["#since", "#until"].map((id) => find(id).value);
  const query = new URLSearchParams({ role: "reviewer" });
  if (since) query.set("since", Math.max(0, fieldMoment(`${since}T00:00`)));
  if (until) query.set("until", Math.max(0, fieldMoment(`${until}T00:00`) + DAY));
  return query;
}

async function read() {
  state.asked += 1;
  const [asked, query] = [state.asked, period()];
  for (const [id, name, form] of FILES) {
    find(id).href = `/api/v1/review/${name}.${form}?${query}`;
  }
  for (const told of listeners) told(query);
  try {
    const found = await get(`/review/measures?${query}`, "reviewer");
    if (asked !== state.asked) return; // another period has been chosen meanwhile
    Object.assign(state, { groups: found.groups, standards: found.standards });
    state.problem = null;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    state.groups = [];
    state.problem = problem;
  }
  draw();
}

function draw() {
  const views = Object.keys(VIEWS).map((view) => [view, choose("shown", view)]);
  refill(find("#show"), views);
  const show = find("#show").value || "clocks";
  const ways = show === "beside" ? ["division"] : WAYS;
  refill(
    find("#by"),
    ways.map((way) => [way, choose("grouped", way)]),
  );
  const by = find("#by").value || WAYS[0];
  const groups = state.groups.filter((group) => group.by === "all" || group.by === by);
  const columns = VIEWS[show];
  find("#measures").replaceChildren(
    ...(groups.length ? [head(by, columns), body(groups, columns)] : []),
  );
  setText(find("#measures-hint"), choose("measures_hint", show));
  const words = state.problem?.text ?? (groups.length ? "" : say("measures.none"));
  setText(find("#measures-state"), words);
  find("#measures-state").hidden = !words;
}

/** What each view shows of a group, column by column: its name and what makes its cell. */
const VIEWS = {
  clocks: [
    ["lines", lineWords],
    ["unmet", unmetWords],
    ...CLOCKS.map((clock) => [clock, (group) => clockWords(group[clock])]),
    ["reached", reachedWords],
  ],
  standard: [
    ["lines", lineWords],
    ...STEPS.map((step) => [`${step}_kept`, (group) => keptWords(group, step)]),
    ["first_after", (group) => clockWords(group.first_after)],
    ["full_after", (group) => clockWords(group.full_after)],
  ],
  crews: [
    ["crews", (group) => String(group.crews)],
    ...SPANS.map((span) => [span, (group) => clockWords(group[span])]),
  ],
  beside: [
    ["lines", (group) => compared(group, (one) => String(one.lines))],
    ["asked_each", (group) => compared(group, askedEach)],
    ["waiting", (group) => compared(group, (one) => shareWords(one.waiting, one.lines))],
    ["unmet", (group) => compared(group, (one) => shareWords(one.unmet, one.lines))],
    ["first_after", (group) => compared(group, (one) => halfWords(one.first_after))],
  ],
};

function head(by, columns) {
  const names = [choose("grouped", by), ...columns.map(([name]) => choose("measured", name))];
  const cells = names.map((words) => h("th", { scope: "col" }, words));
  return h("thead", {}, h("tr", {}, cells));
}

const body = (groups, columns) =>
  h(
    "tbody",
    {},
    groups.map((group) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, groupName(group)),
        columns.map(([name, cell]) =>
          h("td", name === "unmet" ? { class: "unmet-why" } : {}, cell(group)),
        ),
      ),
    ),
  );

/** Of the lines that can be judged, how many kept the standard; where it is one, which. */
function keptWords({ by, key, standard }, step) {
  const { count, kept } = standard[step];
  const limit = by === "priority" && state.standards[key];
  const told = limit && h("small", {}, say("measures.within", { limit: span(limit[step]) }));
  return [count ? shareWords(kept, count) : "–", told];
}

/** A part of a whole, with both numbers beside the share. */
const shareWords = (part, whole) =>
  whole ? say("measures.share", { share: Math.round((part * 100) / whole), part, whole }) : "–";

/** How often somebody was asked for each line. */
const askedEach = ({ requests, lines }) => (lines ? (requests / lines).toFixed(1) : "–");

const halfWords = ({ count, p50 }) => (count ? say("measures.half", { half: span(p50) }) : "–");

/** What is said of a township, and under it the same of its neighbors together. */
function compared(group, words) {
  const beside = state.groups.find((one) => one.by === "beside" && one.key === group.key);
  const near = group.by === "division" && beside;
  const told = near && h("small", {}, say("measures.beside", { words: words(beside) }));
  return [h("b", {}, words(group)), told];
}

function groupName({ by, key }) {
  if (by === "all") return say("measures.all");
  if (by === "priority") return named("priorities", key);
  if (by === "division") return placeName(key);
  if (by === "incident") return state.incidents.get(key) ?? key;
  return by === "kind" ? named("kinds", key) : key;
}

/** The half and nine in ten of a clock, with how many it is of. */
export function clockWords({ count, p50, p90 }) {
  if (!count) return "–";
  const most = say("measures.most", { most: span(p90), count });
  return [h("b", {}, say("measures.half", { half: span(p50) })), h("small", {}, most)];
}

/** After how long requests were heard of, by what, and how many nobody is known to have heard. */
export function reachedWords({ requests, reached, unheard, reached_after: after }) {
  if (!requests) return "–";
  const ways = Object.entries(reached).map(([way, count]) =>
    h("small", {}, `${choose("reached_by", way)} ${count}`),
  );
  const none = unheard > 0 && h("small", {}, say("measures.unheard", { count: unheard }));
  return [after.count > 0 && clockWords(after), ways, none];
}

/** How many lines, and how many of them were needed no longer. */
export function lineWords({ lines, withdrawn }) {
  const words = say("measures.withdrawn", { count: withdrawn });
  return [h("b", {}, String(lines)), withdrawn > 0 && h("small", {}, words)];
}

/** How many lines were unmet, and why. */
export function unmetWords({ unmet, partly, reasons }) {
  if (!unmet) return "0";
  const some = partly > 0 && h("small", {}, say("measures.partly", { count: partly }));
  const told = Object.entries(reasons).map(([code, count]) =>
    h("small", {}, `${reasonName(code)} ${count}`),
  );
  return [h("b", { class: "lacking" }, String(unmet)), told, some];
}

const OWN = ["not_come", "not_taken", "no_yes", "not_reached", "nobody_has_it", "nobody_asked"];

const reasonName = (code) => (OWN.includes(code) ? choose("unmet", code) : named("gates", code));
