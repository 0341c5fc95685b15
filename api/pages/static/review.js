/** The review page: what happened, in the order of the log, and why somebody was not asked. */

import { refill } from "./dialog.js";
import { find, h, setText } from "./dom.js";
import { distance, fullTime, spoken } from "./format.js";
import { Problem, get } from "./http.js";
import { start, tell } from "./page.js";
import { Past } from "./past.js";
import { incidentWords, placeName } from "./places.js";
import { nameIncidents, startMeasures } from "./review-measures.js";
import { startPeople } from "./review-people.js";
import { drawScores, startScores } from "./review-score.js";
import { choose, inLanguage, language, named, say, wording } from "./words.js";

const PAGE = 50;
const PAGES_AT_ONCE = 10; // read on for at most so many pages until a filter finds something

const NOTICEABLE = 5000; // milliseconds between a tap and its record that are worth saying

const state = { entries: [], next: 0, loading: false };
const past = {
  incidents: new Past("incident", "reviewer"),
  demands: new Past("demand", "reviewer"),
};

function draw({ board }) {
  const incidents = past.incidents.with(board).sort((one, other) => other.number - one.number);
  const pairs = incidents.map((row) => [row.id, incidentWords(row)]);
  refill(find("#incident"), pairs);
  find("#no-incidents").hidden = incidents.length > 0 || !board.whole || !state.looked;
  find("#reading").hidden = incidents.length === 0;
  drawChoices(board);
  nameIncidents(incidents);
  drawScores(incidents);
  if (incidents.length && state.chosen !== chosen()) begin();
  else drawEntries();
}

function drawChoices(board) {
  const incident = find("#incident").value;
  const number = numberAsked();
  const wanted = (row) => row.incident === incident && (!number || row.number === number);
  const demands = past.demands.with(board).filter(wanted);
  demands.sort((one, other) => one.number - other.number);
  const lines = demands.flatMap((row) => row.lines.map((line) => [line.id, lineWords(row, line)]));
  refill(find("#line"), lines);
  const organizations = board.all("organization");
  organizations.sort((one, other) => one.name.localeCompare(other.name, language()));
  const pairs = organizations.map((row) => [row.id, `${row.name} · ${placeName(row.home)}`]);
  refill(find("#organization"), pairs);
  refill(find("#by-organization"), [["", say("review.everybody")], ...pairs]);
  find("#ask-why").disabled = !lines.length || !pairs.length;
}

const lineWords = (row, line) => `${spoken(row)}–${line.number} ${named("skills", line.skill)}`;

/** What the timeline is asked for: an incident, and of it a demand or an organization. */
function chosen() {
  const incident = find("#incident").value;
  const query = new URLSearchParams({ incident });
  const number = numberAsked();
  if (number) query.set("demand", demandId(context.board, incident, number));
  const organization = find("#by-organization").value;
  if (organization) query.set("organization", organization);
  return String(query);
}

const numberAsked = () => Number(find("#by-demand").value) || null;

/** The demand with a spoken number; a number that nothing has yet fits no entry. */
function demandId(board, incident, number) {
  const wanted = (row) => row.incident === incident && row.number === number;
  return past.demands.with(board).find(wanted)?.id ?? "none";
}

/** Read every incident that there ever was. */
async function learnIncidents() {
  let well = true;
  while (well && past.incidents.hasMore({})) well = await reading(past.incidents, {});
  state.looked = well;
  context.redraw();
}

/** Read which demands there are to choose from: the latest of an incident, or one by its number. */
async function learn() {
  const incident = find("#incident").value;
  const number = numberAsked();
  if (!incident) return;
  await reading(past.demands, number ? { incident, number } : { incident });
  context.redraw();
}

/** Read on in what has left the board; whether that went well. */
async function reading(kind, wanted) {
  try {
    await kind.read(wanted);
    return true;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
    return false;
  }
}

/** Start the timeline of what is chosen. */
function begin() {
  Object.assign(state, { chosen: chosen(), entries: [], next: 0 });
  more();
}

/** Read on: one page, or several where little of what was read is about what is chosen. */
async function more() {
  if (state.loading || state.next === null) return;
  state.loading = true;
  const { chosen: wanted, entries } = state;
  const before = entries.length;
  for (let page = 0; page < PAGES_AT_ONCE && state.next !== null; page += 1) {
    if (!(await readPage(wanted)) || entries.length > before) break;
  }
  state.loading = false;
  drawEntries();
  if (wanted !== state.chosen) more();
}

async function readPage(wanted) {
  try {
    const page = await get(
      `/review/timeline?${wanted}&after=${state.next}&limit=${PAGE}`,
      "reviewer",
    );
    if (wanted !== state.chosen) return false;
    state.entries.push(...page.entries);
    state.next = page.next;
    return true;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
    return false;
  }
}

function drawEntries() {
  const { entries } = state;
  find("#entries").replaceChildren(...entries.map(entryItem));
  find("#more").hidden = state.next === null || state.loading;
  find("#no-entries").hidden = entries.length > 0 || state.loading;
  const count = { count: entries.length };
  setText(find("#counts"), say(state.next === null ? "review.counts_all" : "review.counts", count));
}

function entryItem(entry) {
  const { sequence, happened_at: at, facts, refusal } = entry;
  const refused = refusal && h("p", { class: "chip warn" }, refusalWords(refusal));
  return h(
    "li",
    { class: refusal ? "entry refused" : "entry", value: sequence },
    h(
      "header",
      {},
      h("b", { class: "sequence" }, say("review.sequence", { sequence })),
      h("time", { datetime: new Date(at).toISOString() }, fullTime(at)),
      h("span", {}, commandWords(entry)),
      h("span", { class: "quiet end" }, actorWords(entry), tapped(entry)),
    ),
    refused,
    h(
      "ul",
      {},
      facts.map((fact) => h("li", {}, inLanguage(fact.words))),
    ),
  );
}

/** What was done; where only what followed from it is shown, that it was about something else. */
function commandWords({ command, elsewhere }) {
  const name = choose("command", command);
  return elsewhere ? say("review.elsewhere", { command: name }) : name;
}

function actorWords({ actor, actor_name: name }) {
  if (actor === "owner") return say("review.clock");
  return name ?? say("review.account", { account: actor.slice(0, 8) });
}

const refusalWords = (refusal) => say("review.refused", { reason: inLanguage(refusal.words) });

/** When it was recorded, if that was later; or a device's claim that cannot be believed. */
function tapped({ at, happened_at: happened, tap_doubtful: doubtful, tapped_at: claimed }) {
  if (doubtful) return [" · ", say("review.device_time", { time: fullTime(claimed) })];
  if (at - happened < NOTICEABLE) return null;
  return [" · ", say("review.recorded_at", { time: fullTime(at) })];
}

async function askWhy(event) {
  event.preventDefault();
  const [line, organization] = ["#line", "#organization"].map((id) => find(id).value);
  const answer = find("#why-answer");
  setText(answer, say("act.sending"));
  try {
    const address = `/review/why?line=${line}&organization=${organization}`;
    const why = await get(address, "reviewer");
    drawWhy(answer, why);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    setText(answer, problem.text);
  }
}

function drawWhy(answer, why) {
  const far = Number.isInteger(why.meters)
    ? say("review.far", { far: distance(why.meters) })
    : null;
  const until = why.until ? say("review.until", { time: fullTime(why.until) }) : null;
  const facts = [far, until].filter(Boolean).join(" · ");
  answer.replaceChildren(
    h("p", {}, inLanguage(why.words)),
    facts ? h("p", { class: "quiet" }, facts) : "",
  );
}

const context = await start("reviewer", draw);
find("#head-box").addEventListener("toggle", async () => {
  (await import("./head.js")).showHead("reviewer");
});
find("#incident").addEventListener("change", learn);
find("#by-demand").addEventListener("input", learn);
find("#by-organization").addEventListener("change", begin);
find("#more").addEventListener("click", more);
find("#why").addEventListener("submit", askWhy);
// Enter in a filter is no reason to load the page anew.
find(".filters").addEventListener("submit", (event) => event.preventDefault());
wording.addEventListener("change", () => find("#why-answer").replaceChildren());
startPeople();
startScores();
await learnIncidents();
await Promise.all([learn(), startMeasures()]);
