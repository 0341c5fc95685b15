/** Everything that is open at a desk, for whoever takes over: to read, to take, to print on A4. */

import { live, toldWords, unable, unread } from "./assignments.js";
import { startCalled } from "./desk-called.js";
import { startHeard } from "./desk-heard.js";
import { VIEWS, answersFor, demandsKnown, deskOf, divisionsOf } from "./desk-model.js";
import { numberWords, toCall, toRelieve } from "./desk-model.js";
import { nextStep } from "./desk-next.js";
import { notesWords, readNotes } from "./desk-notes.js";
import { field, refill } from "./dialog.js";
import { find, h, setText } from "./dom.js";
import { fullTime, moment } from "./format.js";
import { Problem, get } from "./http.js";
import { notOut, wordDue } from "./leaving.js";
import { act, posting, start, tell } from "./page.js";
import { placeName, within } from "./places.js";
import { read } from "./sealed.js";
import { choose, counted, language, named, say } from "./words.js";

const NOTE_MOST = 2000;
const MOST_URGENT = 1;

const state = { names: new Map(), note: null, acts: "" }; // by the desk, who is on duty there
state.wanted = new URLSearchParams(location.search).get("desk");

const deskNow = () => find("#desk").value;

function draw(context) {
  if (!context.board.whole) return; // what has not come yet is not "none"
  const desks = [...divisionsOf(context.me), ...desksBelow(context)];
  refill(find("#desk"), desks.map((code) => [code, placeName(code)]));
  find("#desk-field").hidden = desks.length < 2;
  if (state.wanted && desks.includes(state.wanted)) find("#desk").value = state.wanted;
  state.wanted = null;
  if (!deskNow()) return;
  drawShift(context);
  setText(find("#as-of"), say("handover.as_of", { time: fullTime(context.clock.now()) }));
  const next = h("div", {}, page(context, deskNow()));
  if (next.textContent === find("#open").textContent) return; // what is pressed stays in place
  find("#open").replaceChildren(...next.childNodes);
}

const rowOf = ({ board }, desk) => board.all("shift").find((row) => row.division === desk);

/** Who is on duty, and the acts that are left: to take it, to hand it over, to read the note. */
function drawShift(context) {
  const desk = deskNow();
  const row = rowOf(context, desk);
  learn(context, desk, row);
  const note = find("#note");
  note.hidden = !state.note;
  if (state.note) note.replaceChildren(...noteParts(context));
  const waiting = context.outbox.entries.length;
  const key = [desk, JSON.stringify(row), language(), waiting, newest(context)?.id].join();
  if (key === state.acts) return; // what is being typed, or pressed, stays where it is
  state.acts = key;
  const path = `/shifts/${desk}`;
  const mine = row?.account === context.me.account && row.handed_at === null;
  const take = { path: `${path}/take`, words: say("act.take_shift"), look: "primary" };
  const open = () => readNote(context);
  const own = divisionsOf(context.me).includes(desk); // another desk's shift is not taken from here
  const reading = row?.noted_in > 0 && h("button", { type: "button", onclick: open });
  if (reading) setText(reading, say("act.shift_note"));
  find("#acts").replaceChildren(
    ...[
      own && !mine && posting(context, take),
      own && !row?.handed_at && handing(context, path),
      reading,
    ].filter(Boolean),
  );
}

function noteParts({ clock }) {
  const { text, name, at } = state.note;
  const from = say("handover.note_from", { name: name ?? "", time: moment(at, clock.now()) });
  return [h("h3", {}, from), h("p", { class: "said" }, text)];
}

async function readNote(context) {
  try {
    state.note = await read(context, `/shifts/${deskNow()}/note`, {});
    context.redraw();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
  }
}

/** The incident that a note is sealed for. */
function newest({ board }) {
  const open = board.all("incident").filter((row) => row.state === "open" && row.readable);
  return open.sort((one, other) => other.opened_at - one.opened_at)[0];
}

/** Handing over, with a note or without; folded away until it is wanted. */
function handing(context, path) {
  const incident = newest(context);
  const text = h("textarea", { rows: 3, maxlength: NOTE_MOST });
  text.value = context.draft ?? "";
  text.addEventListener("input", () => (context.draft = text.value));
  const send = async () => {
    const said = text.value.trim();
    const body = said && incident ? { note: { incident: incident.id, text: said } } : {};
    const done = await act(context, `${path}/hand-over`, body, { personal: Boolean(said) });
    if (done) context.draft = "";
  };
  const button = h("button", { type: "button", onclick: send }, say("act.hand_over_shift"));
  const summary = h("summary", { class: "button" }, say("handover.handing"));
  const hint = h("p", { class: "quiet" }, say("handover.means"));
  const note = incident && field(say("handover.note"), text, say("handover.note_hint"));
  return h("details", { "data-fold": "handing" }, summary, hint, note || "", button);
}

/** The name of whoever is on duty is kept beside the log: asked for whenever that changes. */
async function learn(context, desk, row) {
  const key = `${row?.account}-${row?.since}`;
  if (!row || state.names.get(desk)?.key === key) return;
  state.names.set(desk, { key, name: "" });
  try {
    const { name } = await get(`/shifts/${desk}`, context.role);
    state.names.set(desk, { key, name: name ?? row.account });
    context.redraw();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    state.names.delete(desk);
  }
}

function onDuty(context, desk) {
  const row = rowOf(context, desk);
  const now = context.clock.now();
  if (!row) return say("handover.nobody");
  const name = state.names.get(desk)?.name ?? "";
  const words = say("handover.on_duty", { name, time: moment(row.since, now) });
  if (row.handed_at === null) return words;
  const handed = { time: moment(row.handed_at, now) };
  const how = say(row.untaken_at === null ? "handover.handed" : "handover.untaken", handed);
  return [words, how].join(" ");
}

/** The desks below one, of those that something open lies with, by their codes. */
function desksBelow({ board, me }) {
  const rows = [...openDemands(board), ...board.all("assignment").filter(live), ...tasksOf(board)];
  const found = new Set(rows.map(deskOf).filter((code) => !divisionsOf(me).includes(code)));
  return [...found].filter((code) => answersFor(me, code)).sort();
}

const tasksOf = (board) => board.all("task").filter((row) => TASKS.includes(row.state));
const openDemands = (board) => board.all("demand").filter((row) => row.state !== "closed");

/** What the desk has to do with: its own, and what was brought before it from below. */
function concerns(desk, row) {
  if (deskOf(row) === desk) return true;
  if (!within(deskOf(row), desk)) return false;
  const handed = row.hand_up?.state === "waiting" && row.hand_up.by === desk;
  return handed || Boolean(row.climbed_at || row.escalated || row.relief?.climbed_at);
}

const SECTIONS = [
  ["inside", ["who", "number", "inside", "word"], insideTable],
  ["demands", ["number", "what", "where", "cover", "next"], demandsTable],
  ["calls", ["who", "number", "why"], calls],
  ["crews", ["who", "number", "step", "word", "inside"], crewsTable],
  ["orders", ["who", "number", "told", "since"], orders],
  ["hands", ["number", "where", "how", "since"], hands],
  ["reliefs", ["who", "number", "how"], reliefs],
  ["tasks", ["task", "what", "where", "who", "step"], tasksTable],
  ["notes", ["number", "how", ""], notes],
];

/** What is open at a desk, and, apart from it, at the desks below it that it answers for. */
function page(context, desk) {
  const all = demandsKnown(context, "").filter(({ demand }) => demand.state !== "closed");
  const out = context.board.all("assignment").filter(live);
  const below = desksBelow(context).filter((code) => code !== desk && within(code, desk));
  const here = rowsOf(context, all, out, (row) => concerns(desk, row));
  const there = below.map((code) => [
    code,
    rowsOf(context, all, out, (row) => deskOf(row) === code && !concerns(desk, row)),
  ]);
  const lower = there.filter(([, rows]) => rows.some((list) => list.length));
  return [
    h("h2", {}, say("handover.of", { desk: placeName(desk) })),
    h("p", {}, h("strong", {}, onDuty(context, desk))),
    lower.length > 0 && townships(context, all, lower),
    ...SECTIONS.map(([name, columns], at) => {
      const more = lower.reduce((sum, [, rows]) => sum + rows[at].length, 0);
      return section(name, columns, here[at], more);
    }),
  ].filter(Boolean);
}

/** The rows of every section, of what is chosen by a row's desk. */
function rowsOf(context, all, out, chosen) {
  const items = all.filter(({ demand }) => chosen(demand));
  const crews = out.filter(chosen);
  const tasks = tasksOf(context.board).filter(chosen);
  return SECTIONS.map(([, , rows]) => rows(context, items, crews, tasks));
}

const TASKS = ["open", "claimed", "reported_done"];
const TOWNSHIP = ["desk", "open", "short", "calls", "crews", "orders"];

/** The desks below with what is open there, the worst first: each opens as this page does. */
function townships(context, all, lower) {
  const rows = lower.map(([code, [, open, toCall, crews, told]]) => {
    const short = all.filter((one) => deskOf(one.demand) === code && VIEWS.short(one));
    return { code, short, counts: [open, short, toCall, crews, told].map(({ length }) => length) };
  });
  const urgent = ({ short }) => Math.min(...short.map(({ demand }) => demand.priority), 9);
  rows.sort((one, other) => urgent(one) - urgent(other) || other.short.length - one.short.length);
  const cells = rows.map(({ code, short, counts }) => [
    wayTo(context, code),
    ...counts.map((count, at) => (at === 1 && count ? h("strong", {}, shortWords(short)) : count)),
  ]);
  return section("townships", TOWNSHIP, cells, 0);
}

/** How many are short, and how many of them are the most urgent there. */
function shortWords(short) {
  const most = short.filter(({ demand }) => demand.priority === MOST_URGENT).length;
  const words = most && say("handover.urgent", { count: most });
  return words ? `${short.length} (${words})` : String(short.length);
}

function wayTo(context, code) {
  const go = (event) => turnTo(context, event, code);
  return h("a", { href: `?desk=${code}`, onclick: go }, placeName(code));
}

function turnTo(context, event, code) {
  event.preventDefault();
  find("#desk").value = code;
  state.note = null;
  context.redraw();
  find("#report").scrollIntoView({ block: "nearest" });
}

/** `below`: as many more at the desks below, which "none" must not hide. */
function section(name, columns, rows, below) {
  const more = below ? ` ${say("handover.more_below", { count: below })}` : "";
  const title = `${choose("handover", name)} · ${rows.length}${more}`;
  const cell = (content) => h("td", {}, content);
  const named = (column) => (column ? choose("handover_column", column) : "");
  const head = columns.map((column) => h("th", {}, named(column)));
  const table = h(
    "table",
    {},
    h("thead", {}, h("tr", {}, head)),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell)))),
  );
  const none = h("p", {}, say(below ? "handover.none_here" : "handover.none"));
  return h("section", {}, h("h3", {}, title), rows.length ? table : none);
}

function coverWords({ lines }) {
  const wanted = lines.filter((line) => !line.dropped && !line.asleep);
  const one = ({ skill, covered, target, lost }) => {
    const values = { covered, target: counted(skill, target), lost };
    const units = say(lost > 0 ? "overview.cover_lost" : "overview.cover", values);
    return `${named("skills", skill)} ${units}`;
  };
  return wanted.map(one).join(say("list.separator"));
}

function demandsTable(context, items) {
  return items.map((item) => {
    const { demand } = item;
    const { words, look } = nextStep(context, item);
    const what = `${named("priorities", demand.priority)} · ${named("kinds", demand.kind)}`;
    const next = look === "bad" ? h("strong", {}, words) : words;
    return [number(context, demand), what, placeName(demand.division), coverWords(demand), next];
  });
}

const number = ({ board }, row) => numberWords(board, row);

/** Whom somebody has to call now: who was asked, and crews that are silent. */
function calls(context, items, crews) {
  const now = context.clock.now();
  const asked = items.flatMap(({ offers }) => offers.filter((row) => toCall(row, now)));
  const silent = crews.filter((row) => row.missed_at !== null);
  return [
    ...silent.map((row) => [
      row.organization_name,
      number(context, row),
      say(notOut(row) ? "silent.not_out" : "silent.since", { time: moment(wordDue(row), now) }),
    ]),
    ...asked.map((row) => [
      row.organization_name,
      number(context, row),
      `${choose("offer_state", row.state)} · ${moment(row.sent_at, now)}`,
    ]),
  ];
}

/** Whom to look for first: crews with people in a danger zone, the silent ones before all. */
function insideTable({ board, clock }, _, crews) {
  const inside = crews.filter((row) => row.inside > 0);
  inside.sort((one, other) => Boolean(other.missed_at) - Boolean(one.missed_at));
  const cells = (row) => [String(row.inside), wordOf(row, clock.now())];
  return inside.map((row) => [row.organization_name, number({ board }, row), ...cells(row)]);
}

/** When its next word is due, or was. */
function wordOf(row, now) {
  const due = row.out_by ?? row.check_in_by ?? (row.arrived_at === null ? row.promised_at : null);
  const word = due === null ? "" : say("handover.by", { time: moment(due, now) });
  const late = row.missed_at !== null || row.overdue;
  return late ? h("strong", {}, word, " ", say("handover.late")) : word;
}

/** What is still to be restored, and by whom. */
function tasksTable(_context, _items, _crews, tasks) {
  tasks.sort((one, other) => one.number - other.number);
  return tasks.map((row) => [
    String(row.number),
    `${named("kinds", row.kind)} · ${named("skills", row.skill)} ${counted(row.skill, row.units)}`,
    placeName(row.division),
    row.organization_name,
    choose("task_state", row.state),
  ]);
}

function crewsTable({ board, clock }, _, crews) {
  const now = clock.now();
  return crews.map((row) => {
    const units = counted(row.skill, row.quantity);
    return [
      `${row.organization_name} · ${units}`,
      number({ board }, row),
      choose("assignment_state", row.state),
      wordOf(row, now),
      row.inside ? h("strong", {}, String(row.inside)) : "",
    ];
  });
}

function orders(context, _, crews) {
  return crews.flatMap((row) =>
    [...unable(row), ...unread(row)].map((order) => [
      row.organization_name,
      number(context, row),
      [toldWords(order), order.unable_at !== null && say("party.unable")].filter(Boolean).join(" "),
      moment(order.at, context.clock.now()),
    ]),
  );
}

function hands(context, items) {
  return items
    .filter(({ demand }) => demand.hand_up)
    .map(({ demand }) => [
      number(context, demand),
      placeName(demand.division),
      `${choose("handover_hand", demand.hand_up.state)} ${placeName(demand.hand_up.by)}`,
      moment(demand.hand_up.at, context.clock.now()),
    ]);
}

function reliefs(context, _, crews) {
  const now = context.clock.now();
  return crews
    .filter((row) => row.relief)
    .map((row) => {
      const offer = context.board.get("offer", row.relief.offer ?? "");
      const asked = offer && `${offer.organization_name} · ${choose("offer_state", offer.state)}`;
      const due = toRelieve(row) && say("relief.due", { time: moment(row.relief.due_at, now) });
      const how = [asked, due].filter(Boolean).join(" · ");
      return [row.organization_name, number(context, row), due ? h("strong", {}, how) : how];
    });
}

function notes(context, items) {
  return items
    .filter(({ demand }) => demand.notes > 0)
    .map(({ demand }) => [
      number(context, demand),
      notesWords(context, demand),
      h(
        "button",
        {
          type: "button",
          class: "small",
          "data-focus": `notes-${demand.id}`,
          onclick: () => readNotes(context, demand),
        },
        say("act.read_notes"),
      ),
    ]);
}

const context = await start("desk", draw);
find("#desk").addEventListener("change", () => {
  state.note = null;
  context.redraw();
});
find("#print").addEventListener("click", () => print());
startCalled(context);
startHeard(context);
