/** Measures of a period on the review page: the three clocks, and what was left unmet. */

import { refill } from "./dialog.js";
import { find, h, setText } from "./dom.js";
import { fieldMoment, span } from "./format.js";
import { Problem, get } from "./http.js";
import { incidentWords, placeName } from "./places.js";
import { choose, named, say, wording } from "./words.js";

const DAY = 24 * 3600 * 1000;
const CLOCKS = ["asked_after", "yes_after", "arrived_after"];
const WAYS = ["priority", "incident", "division", "kind", "day"];

const state = { groups: [], asked: 0, incidents: new Map() };

/** What incidents are called, for the groups that are theirs. */
export function nameIncidents(rows) {
  state.incidents = new Map(rows.map((row) => [row.id, incidentWords(row)]));
  draw();
}

/** Start measuring; everything is counted anew where the period changes. */
export function startMeasures() {
  for (const id of ["#since", "#until"]) find(id).addEventListener("change", read);
  find("#by").addEventListener("change", draw);
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
  find("#measures-csv").href = `/api/v1/review/measures.csv?${query}`;
  try {
    const found = await get(`/review/measures?${query}`, "reviewer");
    if (asked !== state.asked) return; // another period has been chosen meanwhile
    state.groups = found.groups;
    state.problem = null;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    state.groups = [];
    state.problem = problem;
  }
  draw();
}

function draw() {
  refill(
    find("#by"),
    WAYS.map((by) => [by, choose("grouped", by)]),
  );
  const by = find("#by").value || WAYS[0];
  const groups = state.groups.filter((group) => group.by === "all" || group.by === by);
  find("#measures").replaceChildren(...(groups.length ? [head(by), body(groups)] : []));
  const words = state.problem?.text ?? (groups.length ? "" : say("measures.none"));
  setText(find("#measures-state"), words);
  find("#measures-state").hidden = !words;
}

function head(by) {
  const columns = ["lines", "unmet", ...CLOCKS, "reached"].map((name) => choose("measured", name));
  const names = [choose("grouped", by), ...columns];
  const cells = names.map((words) => h("th", { scope: "col" }, words));
  return h("thead", {}, h("tr", {}, cells));
}

const body = (groups) =>
  h(
    "tbody",
    {},
    groups.map((group) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, groupName(group)),
        h("td", {}, lineWords(group)),
        h("td", {}, unmetWords(group)),
        CLOCKS.map((clock) => h("td", {}, clockWords(group[clock]))),
        h("td", {}, reachedWords(group)),
      ),
    ),
  );

function groupName({ by, key }) {
  if (by === "all") return say("measures.all");
  if (by === "priority") return named("priorities", key);
  if (by === "division") return placeName(key);
  if (by === "incident") return state.incidents.get(key) ?? key;
  return by === "kind" ? named("kinds", key) : key;
}

function clockWords({ count, p50, p90 }) {
  if (!count) return "–";
  const most = say("measures.most", { most: span(p90), count });
  return [h("b", {}, say("measures.half", { half: span(p50) })), h("small", {}, most)];
}

/** After how long requests were heard of, by what, and how many nobody is known to have heard. */
function reachedWords({ requests, reached, unheard, reached_after: after }) {
  if (!requests) return "–";
  const ways = Object.entries(reached).map(([way, count]) =>
    h("small", {}, `${choose("reached_by", way)} ${count}`),
  );
  const none = unheard > 0 && h("small", {}, say("measures.unheard", { count: unheard }));
  return [after.count > 0 && clockWords(after), ways, none];
}

function lineWords({ lines, withdrawn }) {
  const words = say("measures.withdrawn", { count: withdrawn });
  return [h("b", {}, String(lines)), withdrawn > 0 && h("small", {}, words)];
}

function unmetWords({ unmet, partly, reasons }) {
  if (!unmet) return "0";
  const some = partly > 0 && h("small", {}, say("measures.partly", { count: partly }));
  const told = Object.entries(reasons).map(([code, count]) =>
    h("small", {}, `${reasonName(code)} ${count}`),
  );
  return [h("b", { class: "lacking" }, String(unmet)), told, some];
}

const OWN = ["not_come", "not_taken", "no_yes", "not_reached", "nobody_has_it", "nobody_asked"];

const reasonName = (code) => (OWN.includes(code) ? choose("unmet", code) : named("gates", code));
