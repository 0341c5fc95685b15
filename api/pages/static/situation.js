/** The situation report of an incident: numbers of one moment, to read and to print on one A4. */

import { refill } from "./dialog.js";
import { find, h, setText } from "./dom.js";
import { fullTime, span } from "./format.js";
import { Problem, get } from "./http.js";
import { start } from "./page.js";
import { Past } from "./past.js";
import { incidentWords, placeName } from "./places.js";
import { choose, counted, language, named, say, wording } from "./words.js";

const asked = new URLSearchParams(location.search);
const role = asked.get("role") === "reviewer" ? "reviewer" : "desk";
const KINDS = ["first", "next", "final"];
const CLOCKS = ["asked_after", "yes_after", "arrived_after"];

const state = { report: null, problem: null, incident: asked.get("incident"), asked: 0 };
const past = new Past("incident", role);

function draw({ board }) {
  state.whole = board.whole;
  const rows = past.with(board).sort((one, other) => other.number - one.number);
  const incidents = rows.map((row) => [row.id, incidentWords(row)]);
  const kinds = KINDS.map((kind) => [kind, choose("report_kind", kind)]);
  refill(find("#incident"), incidents);
  refill(find("#kind"), kinds);
  if (state.wanted && rows.some((row) => row.id === state.wanted)) {
    find("#incident").value = state.wanted;
    state.wanted = null;
  }
  const incident = find("#incident").value;
  if (incident && incident !== state.incident) read(incident);
  drawReport();
}

async function read(incident) {
  state.asked += 1;
  const mine = state.asked;
  Object.assign(state, { incident, report: null, problem: null });
  try {
    const report = await get(`/incidents/${incident}/situation`, role);
    if (mine === state.asked) state.report = report;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (mine === state.asked) state.problem = problem;
  }
  drawReport();
}

function drawReport() {
  const { report, problem, incident } = state;
  const looked = state.looked && state.whole; // "none" before that would be a guess
  const none = looked ? "situation.none" : "page.loading";
  const waiting = say(incident ? "situation.counting" : none);
  const words = problem?.text ?? (report ? "" : waiting);
  setText(find("#state"), words);
  find("#state").hidden = !words;
  find("#report").hidden = !report;
  if (report) find("#report").replaceChildren(...page(report));
}

const page = ({ situation, head }) => [
  heading(situation),
  h("p", {}, summary(situation)),
  section("needs", needs(situation)),
  section("short", shortLines(situation)),
  section("work", h("p", {}, work(situation))),
  section("clocks", clocks(situation)),
  section("tasks", list(situation.tasks, taskName, "situation.no_tasks")),
  h("p", { class: "quiet head" }, say("situation.head", { sequence: situation.sequence, head })),
];

function heading({ incident, at }) {
  const title = [choose("report_kind", find("#kind").value), incidentWords(incident)].join(" · ");
  const [since, end] = [fullTime(incident.opened_at), incident.closed_at];
  const until = end ? say("situation.closed", { time: fullTime(end) }) : "";
  const times = say("situation.times", { since, time: fullTime(at) });
  const words = h("p", { class: "quiet" }, times, " ", until);
  return h("header", {}, h("h2", { class: incident.mode }, title), words);
}

const section = (name, content) =>
  h("section", {}, h("h3", {}, choose("situation", name)), content);

function summary({ demands, requests }) {
  const counts = (key) => demands.find((one) => one.key === key)?.count ?? 0;
  const [open, drafts] = [counts("published"), counts("draft")];
  const closed = demands.filter((one) => one.key !== "published" && one.key !== "draft");
  const reasons = closed.map(({ key, count }) => `${named("close_reasons", key)} ${count}`);
  const all = open + closed.reduce((sum, one) => sum + one.count, 0);
  const told = requests.map(({ key, count }) => `${choose("offer_state", key)} ${count}`);
  const parts = [say("situation.demands", { all, open })];
  if (drafts) parts.push(say("situation.drafts", { count: drafts }));
  if (reasons.length) parts.push(say("situation.ended", { list: listing(reasons) }));
  if (told.length) parts.push(say("situation.requests", { list: listing(told) }));
  return sentences(parts);
}

const sentences = (parts) => parts.join(language() === "zh" ? "" : " ");

const listing = (words) => words.join(say("list.separator"));

const NEED = ["wanted", "working", "delivered", "own", "missing", "nobody"];

function needs({ needs: rows }) {
  if (!rows.length) return nothing("situation.no_needs");
  const body = rows.map((row) => [
    named("skills", row.skill),
    ...NEED.map((name) => (name === "wanted" ? counted(row.skill, row.wanted) : String(row[name]))),
  ]);
  return table(["skill", ...NEED], body);
}

function shortLines({ short, short_lines: all }) {
  if (!short.length) return nothing("situation.no_short");
  const body = short.map((row) => [
    say("situation.number", { number: row.number }),
    named("priorities", row.priority),
    `${named("kinds", row.kind)} · ${placeName(row.division)}`,
    `${named("skills", row.skill)} ${counted(row.skill, row.missing)}`,
    nextStep(row),
    fullTime(row.since),
  ]);
  const more = all > short.length && say("situation.more", { count: all - short.length });
  return [
    table(["number", "priority", "what", "lacking", "next", "since"], body),
    more && h("p", { class: "quiet" }, more),
  ];
}

const nextStep = ({ asked: requests, nobody }) => {
  if (requests) return say("situation.being_asked", { count: requests });
  return say(nobody ? "situation.nobody_now" : "situation.asked_next");
};

function work({ work: now, helped }) {
  const parts = [say("situation.at_work", now)];
  if (now.unknown) parts.push(say("situation.unknown", { count: now.unknown }));
  parts.push(say("situation.helped", { count: helped }));
  return sentences(parts);
}

function clocks({ clocks: found }) {
  if (!found) return nothing("situation.no_needs");
  const rows = CLOCKS.map((clock) => {
    const { count, p50, p90 } = found[clock];
    const times = count ? [span(p50), span(p90)] : ["–", "–"];
    return [choose("clock", clock), ...times, String(count)];
  });
  return table(["clock", "half", "most", "lines"], rows);
}

const taskName = (key) => {
  const [domain, step] = key.split(".");
  return `${named("domains", domain)} · ${choose("task_state", step)}`;
};

function list(rows, name, none) {
  if (!rows.length) return nothing(none);
  return h("p", {}, listing(rows.map(({ key, count }) => `${name(key)} ${count}`)));
}

const nothing = (key) => h("p", { class: "nothing" }, say(key));

function table(columns, rows) {
  const cells = columns.map((name) => h("th", { scope: "col" }, choose("column", name)));
  const body = rows.map(([first, ...others]) =>
    h("tr", {}, h("th", { scope: "row" }, first), others.map((words) => h("td", {}, words))),
  );
  const whole = h("table", {}, h("thead", {}, h("tr", {}, cells)), h("tbody", {}, body));
  return h("div", { class: "wide-table" }, whole);
}

state.wanted = state.incident;
state.incident = null;
const context = await start(role, draw);
find("#incident").addEventListener("change", context.redraw);
find("#kind").addEventListener("change", drawReport);
find("#anew").addEventListener("click", () => read(find("#incident").value));
find("#print").addEventListener("click", () => print());
find("#choosing").addEventListener("submit", (event) => event.preventDefault());
wording.addEventListener("change", drawReport);
for (let well = true; well && past.hasMore({}); ) {
  well = await past.read({}).then(
    () => true,
    () => false,
  );
  state.looked = !past.hasMore({});
}
context.redraw();
