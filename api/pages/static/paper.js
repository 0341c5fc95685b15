/** Paper for the night the power goes: what is open, whom to call, and blanks to write on. */

import { live, toldWords } from "./assignments.js";
import { startCalled } from "./desk-called.js";
import { startHeard } from "./desk-heard.js";
import { demandsKnown } from "./desk-model.js";
import { find, h, setText } from "./dom.js";
import { fullTime, moment, spoken } from "./format.js";
import { Problem, get } from "./http.js";
import { notOut, wordDue } from "./leaving.js";
import { start } from "./page.js";
import { longPlaceName, naming, placeName, placesWithin, within } from "./places.js";
import { read } from "./sealed.js";
import { choose, counted, language, listed, named, say, wording } from "./words.js";

const BLANKS = 8; // forms, four on a page
const LINES = 6; // empty rows at the end of a table
const DESKS = 60; // whose numbers are asked for
const SHARED = ["desk", "steward"];

const asked = new URLSearchParams(location.search).get("role");
const role = SHARED.includes(asked) ? asked : "desk";
const numbers = new Map(); // of organizations, once somebody has asked for them; never kept
const desks = new Map(); // of divisions
const state = { fetching: false, done: 0, all: 0, missing: 0 };

/** Drawn anew just before it is printed, and upon a press; never under a reader's eyes. */
function draw(context) {
  if (!context.board.whole) return;
  drawState();
  const sheets = [teams(context), deskList(), blanks()];
  if (role === "desk") sheets.unshift(demands(context), ...tasks(context));
  const header = heading(context);
  find("#sheets").replaceChildren(...sheets.map((sheet) => withHeading(header, sheet)));
}

function drawState() {
  const { fetching, done, all, missing } = state;
  const counts = { count: done, all };
  const words = fetching ? say("paper.fetching", counts) : all ? say("paper.fetched", counts) : "";
  setText(
    find("#state"),
    [words, missing && say("paper.missing", { count: missing })].filter(Boolean).join(" "),
  );
  find("#fetch").disabled = fetching;
  setText(find("#how"), role === "desk" ? say("paper.fetch_desk") : say("paper.fetch_steward"));
}

/** Each sheet says of itself when it was printed, how far the record went, and which mode. */
function heading({ board, clock, me }) {
  const [, sequence] = (board.last ?? ":").split(":");
  const words = say("paper.printed", { time: fullTime(clock.now()), sequence });
  return { words, mode: me.mode };
}

function withHeading({ words, mode }, { title, body, note }) {
  const mark = mode === "actual" ? null : h("b", { class: "mark" }, choose("paper_mode", mode));
  const head = h("header", {}, h("h2", {}, title), mark, h("p", {}, words));
  return h("section", { class: "sheet" }, head, body, h("p", { class: "note" }, note));
}

const table = (columns, rows, empty = LINES) => {
  const heads = columns.map((name) => h("th", { scope: "col" }, choose("paper_column", name)));
  const blank = Array.from({ length: empty }, () => columns.map(() => "\u00a0"));
  const body = [...rows, ...blank].map((row) =>
    h(
      "tr",
      {},
      row.map((cell) => h("td", {}, cell)),
    ),
  );
  return h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, body));
};

/** What is open, as the desk's own list has it: the same, in the same order. */
const open = (context) =>
  demandsKnown(context, "").filter(({ demand }) => demand.state !== "closed");

function demands(context) {
  const { clock } = context;
  const rows = open(context).map(({ demand, assignments }) => [
    h("b", {}, String(demand.priority)),
    spoken(demand),
    whatOf(demand, clock),
    demand.lines.filter((line) => line.open && !line.dropped).map(lineWords),
    [askedWords(demand), crewWords(assignments.filter(live), clock)],
    "",
    "",
  ]);
  const columns = ["priority", "number", "what", "needed", "who", "news", "time"];
  return { title: say("paper.demands"), body: table(columns, rows), note: say("paper.later") };
}

const COVERS = ["empty", "inadequate", "adequate", "satisfied"];

/** How far it is covered; or that nobody is asked, and by which word. */
function askedWords(demand) {
  const halted = haltedWords(demand);
  if (halted) return h("div", {}, h("b", {}, halted));
  const lines = demand.lines.filter((line) => line.open && !line.dropped && !line.asleep);
  if (!lines.length) return say("paper.held");
  return choose("cover", COVERS[Math.min(...lines.map(({ cover }) => COVERS.indexOf(cover)))]);
}

function haltedWords({ shut, state, question }) {
  if (shut.length) return say("paper.shut", { order: shut.map(orderWords).join(" ") });
  if (state === "on_hold") return say("paper.on_hold", { question });
  return state === "draft" ? say("paper.draft") : null;
}

const orderWords = (order) => [toldWords(order), order.text].filter(Boolean).join(" ");

const TASKS = ["open", "claimed", "reported_done"];

/** What is still to be restored, where anything is: whose it is, with room for what is heard. */
function tasks({ board }) {
  const open = board.all("task").filter((row) => TASKS.includes(row.state));
  if (!open.length) return [];
  open.sort((one, other) => one.number - other.number);
  const rows = open.map((row) => [
    String(row.number),
    [named("kinds", row.kind), placeName(row.division)].join(" "),
    `${named("skills", row.skill)} ${counted(row.skill, row.units)}`,
    [choose("task_state", row.state), row.organization_name].filter(Boolean).join(" "),
    "",
    "",
  ]);
  const columns = ["number", "what", "needed", "who", "news", "time"];
  return [{ title: say("paper.tasks"), body: table(columns, rows), note: say("paper.later") }];
}

function whatOf(row, clock) {
  const since = say("paper.since", { time: moment(row.published_at, clock.now()) });
  const kind = h("b", {}, named("kinds", row.kind));
  const places = [placeName(row.division), row.rally_point].filter(Boolean);
  return [kind, " ", places.join(say("list.separator")), h("br", {}), h("small", {}, since)];
}

const lineWords = (line) => {
  const units = { target: counted(line.skill, line.target), minimum: line.minimum };
  const parts = { ...units, skill: named("skills", line.skill), covered: line.covered };
  return h("div", {}, say("paper.line", parts));
};

const crewWords = (crews, clock) =>
  crews.map((row) => {
    const step = choose("assignment_state", row.state);
    const now = clock.now();
    const said = [row.organization_name, counted(row.skill, row.quantity), step].join(" ");
    return h("div", {}, said, exposedWords(row, now), wordWords(row, now));
  });

/** Whoever goes on by paper has to know whom to look for: who is inside, told to leave, and out. */
function exposedWords(row, now) {
  const inside = row.inside > 0 && say("paper.inside", { count: row.inside });
  const orders = row.instructions.filter(({ lifted_at: lifted }) => lifted === null);
  const told = orders.map((order) => {
    const read = order.acknowledged_at;
    const parts = { what: toldWords(order), time: moment(order.at, now) };
    const words = say(read === null ? "paper.told_unread" : "paper.told", parts);
    const cannot = order.unable_at !== null && say("paper.told_unable");
    return [words, order.text, cannot].filter(Boolean).join(" ");
  });
  const time = row.out_at && moment(row.out_at, now);
  const out = row.withdrawing && say(time ? "paper.out" : "paper.not_out", { time });
  const lines = [inside, ...told, out].filter(Boolean);
  return lines.map((words) => h("div", {}, h("b", {}, words)));
}

/** When its next word is due, and which; since when it is silent or late. */
function wordWords(row, now) {
  if (row.missed_at !== null) {
    const words = notOut(row) ? "paper.staying" : "paper.silent";
    return h("div", {}, h("b", {}, say(words, { time: moment(wordDue(row), now) })));
  }
  const due = row.out_by ?? row.check_in_by;
  if (due !== null) {
    const words = row.out_by === null ? "paper.word_by" : "paper.out_by";
    return h("div", {}, say(words, { time: moment(due, now) }));
  }
  if (row.arrived_at !== null || row.withdrawing) return null;
  const words = say(row.overdue ? "paper.late" : "paper.expected", {
    time: moment(row.promised_at, now),
  });
  return h("div", {}, row.overdue ? h("b", {}, words) : words);
}

/** Those that are asked or at work first: these are called first. */
function teams({ board, me }) {
  const at = new Map();
  const speaking = (row) => live(row) || row.state === "sent" || row.state === "standby";
  const parties = [...board.all("offer"), ...board.all("assignment")].filter(speaking);
  for (const row of parties)
    at.set(row.organization, (at.get(row.organization) ?? new Set()).add(row));
  const own = board.all("organization").filter((row) => !row.retired && nearby(me, row));
  own.sort((one, other) => at.has(other.id) - at.has(one.id) || order(one, other));
  const rows = own.map((row) => [
    h("b", {}, row.name),
    placeName(row.home),
    row.capabilities
      .map(({ skill, units }) => `${named("skills", skill)} ${counted(skill, units)}`)
      .join(say("list.separator")),
    (numbers.get(row.id) ?? []).map((words) => h("div", {}, words)),
    [...new Set([...(at.get(row.id) ?? [])].map((one) => one.demand_number))].join(" "),
    "",
  ]);
  const columns = ["team", "home", "units", "telephone", "sent", "answer"];
  const note = numbers.size ? say("paper.collect") : say("paper.no_numbers");
  return { title: say("paper.teams"), body: table(columns, rows), note };
}

const order = (one, other) => (one.home < other.home ? -1 : 1);

const nearby = ({ scopes }, row) =>
  scopes.some(
    ({ division }) => division === null || within(row.home, division) || within(division, row.home),
  );

function deskList() {
  const rows = [...desks].map(([code, found]) => [longPlaceName(code), found.join(" / "), ""]);
  const columns = ["desk", "telephone", "answer"];
  return { title: say("paper.desks"), body: table(columns, rows), note: say("paper.desks_note") };
}

function blanks() {
  const tick = ([code]) => h("span", { class: "box" }, `☐ ${code} ${named("priorities", code)}`);
  const cell = (name, content = "") =>
    h("div", { class: `cell ${name}` }, h("b", {}, choose("paper_blank", name)), " ", content);
  const form = (_, index) =>
    h(
      "div",
      { class: "blank" },
      cell("paper", String(index + 1).padStart(2, "0")),
      cell("time"),
      cell("kind"),
      cell("priority", listed("priorities").map(tick)),
      cell("place"),
      cell("needed"),
      cell("risk"),
      cell("caller"),
      cell("asked"),
    );
  const body = h("div", { class: "blanks" }, Array.from({ length: BLANKS }, form));
  return { title: say("paper.blanks"), body, note: say("paper.later") };
}

/** A desk is shown whom to call of those that are asked or at work; each showing is on record. */
async function fetchNumbers(context) {
  const { board } = context;
  Object.assign(state, { fetching: true, done: 0, missing: 0 });
  const jobs = role === "desk" ? deskJobs(context, board) : stewardJobs(context, board);
  state.all = jobs.length;
  for (const job of jobs) {
    await job().catch((problem) => {
      if (!(problem instanceof Problem)) throw problem;
      state.missing += 1;
    });
    state.done += 1;
    drawState();
  }
  state.fetching = false;
  draw(context);
}

const spokenOf = (persons) => persons.map(({ name, telephone }) => `${name} ${telephone}`);

function deskJobs(context, board) {
  const offers = new Map();
  const working = new Set(
    board
      .all("assignment")
      .filter(live)
      .map((row) => row.offer),
  );
  for (const row of board.all("offer")) {
    if (row.state === "sent" || row.state === "standby" || working.has(row.id)) {
      offers.set(row.organization, row.id);
    }
  }
  const first = new Map(open(context).map(({ demand }) => [demand.division, demand.id]));
  const ask = async (organization, offer) => {
    const { persons } = await read(context, `/offers/${offer}/persons`);
    numbers.set(organization, spokenOf(persons));
  };
  const askDesk = async (id) => {
    const { division, telephones } = await get(`/demands/${id}/desk`, role);
    if (division) desks.set(division, telephones);
  };
  return [
    ...[...offers].map(
      ([organization, offer]) =>
        () =>
          ask(organization, offer),
    ),
    ...[...first.values()].slice(0, DESKS).map((id) => () => askDesk(id)),
  ];
}

/** Whoever keeps the numbers prints all of them. */
function stewardJobs({ me }, board) {
  const scopes = me.scopes.map(({ division }) => division ?? me.area);
  const places = placesWithin(scopes).filter(({ level }) => level !== "village");
  const ask = async (id) => {
    numbers.set(id, spokenOf(await get(`/persons?organization=${encodeURIComponent(id)}`, role)));
  };
  const askDesk = async (code) => {
    const found = await get(`/persons?division=${encodeURIComponent(code)}`, role);
    if (found.length)
      desks.set(
        code,
        found.map(({ telephone }) => telephone),
      );
  };
  const own = board.all("organization").filter((row) => !row.retired && nearby(me, row));
  return [
    ...own.map(
      ({ id }) =>
        () =>
          ask(id),
    ),
    ...places.map(
      ({ code }) =>
        () =>
          askDesk(code),
    ),
  ];
}

let drawn = "";
const context = await start(role, (now) => {
  // What somebody may be printing stays as it is: once there, once in the other language.
  if (drawn === language() || !now.board.whole) return;
  drawn = language();
  draw(now);
});
if (role === "desk") {
  startCalled(context);
  startHeard(context);
}
find("#fetch").addEventListener("click", () => fetchNumbers(context));
find("#anew").addEventListener("click", () => draw(context));
find("#print").addEventListener("click", () => print());
window.addEventListener("beforeprint", () => draw(context));
wording.addEventListener("change", context.redraw);
naming.addEventListener("change", () => draw(context));
context.redraw();
