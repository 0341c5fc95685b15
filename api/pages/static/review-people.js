/** Who did what in the period of a review: organizations' hours, and who has read sealed texts.

Each is asked for when its box is unfolded, and again when the period is another one. */

import { find, h, setText } from "./dom.js";
import { fullTime, span } from "./format.js";
import { Problem, get } from "./http.js";
import { placeName } from "./places.js";
import { onPeriod } from "./review-measures.js";
import { choose, say, wording } from "./words.js";

const BOXES = {
  worked: {
    path: "/review/organizations",
    rows: workedRows,
    word: (key) => choose("worked", key),
  },
  opened: { path: "/review/openings", rows: openedRows, word: (key) => choose("opened", key) },
};

/** Start both. */
export function startPeople() {
  for (const name of Object.keys(BOXES)) {
    find(`#${name}-box`).addEventListener("toggle", () => read(name));
  }
  wording.addEventListener("change", () => Object.keys(BOXES).forEach(draw));
  onPeriod((query) => {
    for (const [name, box] of Object.entries(BOXES)) {
      Object.assign(box, { query, found: null, problem: null });
      read(name);
    }
  });
}

async function read(name) {
  const box = BOXES[name];
  if (!find(`#${name}-box`).open || box.found) return;
  const { query } = box;
  try {
    const found = await get(`${box.path}?${query}`, "reviewer");
    if (query === box.query) Object.assign(box, { found, problem: null });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (query === box.query) Object.assign(box, { found: null, problem });
  }
  draw(name);
}

function draw(name) {
  const { found, problem, rows, word } = BOXES[name];
  const [columns, told] = found ? rows(found) : [[], []];
  find(`#${name}`).replaceChildren(...(told.length ? [head(columns.map(word)), body(told)] : []));
  const words = problem?.text ?? (found && !told.length ? word("none") : "");
  setText(find(`#${name}-state`), words);
  find(`#${name}-state`).hidden = !words;
}

const head = (words) =>
  h(
    "thead",
    {},
    h(
      "tr",
      {},
      words.map((column) => h("th", { scope: "col" }, column)),
    ),
  );

const body = (rows) =>
  h(
    "tbody",
    {},
    rows.map(([first, ...others]) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, first),
        others.map((cell) => h("td", {}, cell)),
      ),
    ),
  );

/** By name, as the answer has them: nobody is ranked. */
function workedRows({ organizations }) {
  const rows = organizations.map((one) => [
    [h("b", {}, one.name), one.home && h("small", {}, placeName(one.home))],
    answerWords(one),
    String(one.crews),
    one.crews ? span(one.there) : "–",
    one.crews ? span(one.unit_time) : "–",
    personWords(one),
    one.used === null ? "–" : say("worked.share", { share: (one.used / 10).toFixed(1) }),
  ]);
  const columns = ["organization", "answers", "crews", "there", "units", "people", "used"];
  return [columns, rows];
}

function answerWords({ requests, yes, declined, silent, unreached }) {
  if (!requests) return "–";
  const parts = { yes, declined, silent, unreached };
  const told = Object.entries(parts).filter(([, count]) => count);
  return [
    h("b", {}, say("worked.requests", { count: requests })),
    told.map(([what, count]) => h("small", {}, choose("answered", what, { count }))),
  ];
}

function personWords({ crews, person_time: time, uncounted }) {
  if (!crews) return "–";
  const told = uncounted > 0 && h("small", {}, say("worked.uncounted", { count: uncounted }));
  return [crews > uncounted && h("b", {}, span(time)), told];
}

function openedRows({ openings, count }) {
  const rows = openings.map((one) => [
    fullTime(one.at),
    one.name ?? say("review.account", { account: one.account.slice(0, 8) }),
    say("opened.about", { place: placeName(one.division), number: one.number }),
    choose("opened_for", one.reason),
    say("review.sequence", { sequence: one.sequence }),
  ]);
  if (count > rows.length) rows.push([say("opened.more", { count: count - rows.length })]);
  return [["at", "who", "what", "why", "record"], rows];
}
