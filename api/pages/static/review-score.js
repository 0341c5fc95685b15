/** An exercise's score: its measures beside others', and whether its injects were dealt with. */

import { refill } from "./dialog.js";
import { find, h, setText } from "./dom.js";
import { span } from "./format.js";
import { Problem, get } from "./http.js";
import { incidentWords } from "./places.js";
import { clockWords, lineWords, reachedWords, unmetWords } from "./review-measures.js";
import { choose, say, wording } from "./words.js";

const KINDS = ["this", "exercise", "actual"];
const CLOCKS = ["asked_after", "yes_after", "arrived_after"];
const MINUTE = 60000;

const state = { incident: null, score: null, problem: null, asked: 0 };

/** Wire the box once; nothing is counted before it is opened. */
export function startScores() {
  find("#score-box").addEventListener("toggle", choice);
  find("#scored").addEventListener("change", choice);
  wording.addEventListener("change", draw);
}

/** Which exercises there are, the last first; the box is there where there is one. */
export function drawScores(incidents) {
  const drills = incidents.filter((row) => row.mode === "exercise");
  find("#score-box").hidden = drills.length === 0;
  refill(
    find("#scored"),
    drills.map((row) => [row.id, incidentWords(row)]),
  );
  choice();
}

function choice() {
  const incident = find("#scored").value;
  if (find("#score-box").open && incident && incident !== state.incident) read(incident);
}

async function read(incident) {
  state.asked += 1;
  const mine = state.asked;
  Object.assign(state, { incident, score: null, problem: null });
  try {
    const score = await get(`/incidents/${incident}/score`, "reviewer");
    if (mine === state.asked) state.score = score;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (mine === state.asked) state.problem = problem;
  }
  draw();
}

function draw() {
  const { score, problem } = state;
  find("#score").replaceChildren(...(score ? measures(score.columns) : []));
  find("#noticed").replaceChildren(...(score ? injects(score.noticed) : []));
  const none = score && !score.noticed.length ? say("score.no_injects") : "";
  const words = problem?.text ?? none;
  setText(find("#score-state"), words);
  find("#score-state").hidden = !words;
}

/** A row for each measure, a column for each event; a clock also says what has changed. */
function measures(columns) {
  const all = KINDS.map((kind) => columns.find((one) => one.kind === kind));
  const found = all.map((column) => column?.measured);
  const plain = (name, words) => [name, found.map((one) => (one ? words(one) : "–"))];
  const rows = [
    plain("lines", lineWords),
    plain("unmet", unmetWords),
    ...CLOCKS.map((clock) => [clock, found.map((one) => clockCell(clock, one, found[0]))]),
    plain("reached", reachedWords),
  ];
  const heads = [say("score.measure"), ...KINDS.map((kind, at) => columnHead(kind, all[at]))];
  return [
    h("thead", {}, h("tr", {}, heads.map((one) => h("th", { scope: "col" }, one)))),
    h(
      "tbody",
      {},
      rows.map(([name, cells]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, choose("measured", name)),
          cells.map((cell) => h("td", {}, cell)),
        ),
      ),
    ),
  ];
}

function columnHead(kind, column) {
  const words = column ? incidentWords(column.incident) : say("score.missing");
  const people =
    column && column.simulated !== null
      ? choose("scored", column.simulated ? "simulated" : "real")
      : "";
  const more = [words, column?.name, people].filter(Boolean).join(" · ");
  return [h("span", {}, choose("scored", kind)), h("small", {}, more)];
}

function clockCell(clock, measured, own) {
  if (!measured) return "–";
  const [mine, other] = [own?.[clock].p50, measured[clock].p50];
  const known = measured !== own && mine !== null && mine !== undefined && other !== null;
  return [clockWords(measured[clock]), known && h("small", {}, changed(mine - other))];
}

function changed(by) {
  if (Math.abs(by) < MINUTE) return say("score.same");
  const time = span(Math.abs(by));
  return say(by > 0 ? "score.slower" : "score.quicker", { time });
}

/** What was put in, how much of it was dealt with, and how soon; or why that is not known. */
function injects(noticed) {
  if (!noticed.length) return [];
  const heads = ["what", "dealt", "after"].map((name) => choose("inject_column", name));
  return [
    h("thead", {}, h("tr", {}, heads.map((one) => h("th", { scope: "col" }, one)))),
    h("tbody", {}, noticed.map(injectRow)),
  ];
}

function injectRow({ what, about, noticed, after, led_in: led, why }) {
  const name = h("th", { scope: "row" }, choose("inject", what));
  if (why) return h("tr", {}, name, h("td", {}, "–"), h("td", {}, choose("score_why", why)));
  const dealt = say("score.dealt", { noticed, about });
  const behind = led !== null && h("small", {}, say("score.led_in", { count: led }));
  return h("tr", {}, name, h("td", {}, dealt, " ", behind), h("td", {}, clockWords(after)));
}
