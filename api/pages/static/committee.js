/**
 * A village committee's page, for one thumb: answer for the groups that it guides, tell of a need,
 * and see what has become of it.
 */

import { priorityMark } from "./assignments.js";
import { drawGroups } from "./committee-groups.js";
import { refill } from "./dialog.js";
import { drawList, find, h, setText } from "./dom.js";
import { moment, spoken } from "./format.js";
import { Problem } from "./http.js";
import { numbersNote } from "./numbers.js";
import { ownDeskLine } from "./organization-desk.js";
import { start, tell } from "./page.js";
import { Past } from "./past.js";
import { incidentWords, placeName, within } from "./places.js";
import { choose, counted, language, listed, named, say } from "./words.js";

const EARLIER = 20; // reports that have left the board, at a time
const ENDED = { state: "closed" };
const ROLE = "committee";

const INSPECTION = "inspection"; // the kind of a risk sign, until its desk says otherwise
const ROUTINE = "3"; // how urgent a risk sign is, unless it is said

const form = find("#need");
const input = (name) => form.elements[name];

function draw(context) {
  const { me, board } = context;
  const [scope] = me.scopes;
  setText(find("#village"), [placeName(scope.division), scope.village].join(" "));
  const desk = { key: "desk", desks: context.desks, language: language() };
  drawList(find("#own-desk"), [desk], () => ownDeskLine(context, scope.division));
  drawGroups(context);
  drawForm(board, scope.division);
  const rows = context.past?.with(board) ?? board.all("demand");
  rows.sort((one, other) => other.drafted_at - one.drafted_at);
  const items = rows.map((row) => ({
    key: row.id,
    row,
    place: placeName(row.division),
    away: row.division !== row.reporter.division,
    language: language(),
    passed: row.climbs_at !== null && row.climbs_at <= context.clock.now(),
  }));
  drawList(find("#reports"), items, (item) => card(context, item));
  find("#no-reports").hidden = items.length > 0 || !board.whole;
  find("#earlier").hidden = !(context.past?.hasMore(ENDED) ?? true);
}

/** Only incidents that cover the township; without one the telephone is the way. */
function drawForm(board, division) {
  const covers = ({ division: own, joined }) =>
    [own, ...joined].some((code) => within(division, code));
  const open = board.all("incident").filter((row) => row.state === "open" && covers(row));
  open.sort((one, other) => other.number - one.number);
  refill(
    input("incident"),
    open.map((row) => [row.id, incidentWords(row)]),
  );
  find("#incident-field").hidden = open.length < 2;
  find("#need-fields").disabled = open.length === 0;
  find("#no-incident").hidden = open.length > 0 || !board.whole;
}

function card(context, { row, place, away }) {
  const now = context.clock.now();
  const told = say("report.told", { time: moment(row.drafted_at, now) });
  return h(
    "article",
    { class: `card ${row.state}` },
    h(
      "header",
      {},
      priorityMark(row.priority),
      h("h3", {}, named("kinds", row.kind)),
      h("span", { class: "quiet end" }, told),
    ),
    h("p", {}, h("strong", {}, become(row, place, now))),
    away && h("p", { class: "quiet" }, say("report.moved", { place })),
    row.may_lie_in.length > 0 && h("p", { class: "alarm" }, h("strong", {}, say("report.may_lie"))),
    row.state === "on_hold" && h("p", {}, say("report.question", { question: row.question })),
    h("p", { class: "quiet" }, row.risk_statement),
    h("p", { class: "quiet" }, row.rally_point),
    row.people !== null && h("p", { class: "quiet" }, say("need.count", { count: row.people })),
    row.number > 0 && row.state !== "closed" && row.lines.filter(wanted).map(coverLine),
  );
}

/** What has become of it, in words. */
function become(row, place, now) {
  if (row.state === "closed") {
    const reason = named("close_reasons", row.reason);
    const discarded = row.reason === "incident_closed" ? "discarded_ended" : "discarded";
    if (row.number === 0) return choose("report", discarded, { reason });
    return say("report.ended", { number: spoken(row), reason });
  }
  if (row.number > 0) return choose("report", standing(row), { number: spoken(row) });
  if (row.climbed_at !== null) {
    return say("report.climbed", { place, time: moment(row.climbed_at, now) });
  }
  return say("report.waits", { place, time: moment(row.climbs_at, now) });
}

/** How it is with a demand that has been published: what is so now, the most serious first. */
function standing(row) {
  if (row.shut.length > 0) return row.shut.some(({ zone }) => zone) ? "shut" : "stopped";
  if (row.state !== "published") return row.state;
  if (row.leader !== null) return "grouped";
  const short = row.lines.filter((line) => line.open && line.short > 0);
  if (short.length === 0) return row.lines.some((line) => line.working > 0) ? "coming" : "covered";
  if (short.every((line) => line.unmet && line.asked === 0)) return "nobody";
  return row.kind === INSPECTION ? "inspected" : "published";
}

const isSign = () => input("about").value === "sign";

/** A risk sign has no kind to choose, and is routine unless the committee says otherwise. */
function chooseAbout() {
  find("#kind-field").hidden = isSign();
  input("kind").required = !isSign();
  find("#sign-means").hidden = !isSign();
  const chosen = form.querySelector("[name=priority]:checked");
  if (isSign() && !chosen) form.querySelector(`[name=priority][value='${ROUTINE}']`).checked = true;
}

const wanted = (line) => !line.dropped;

const coverLine = (line) =>
  h(
    "p",
    {},
    say("report.line", {
      skill: named("skills", line.skill),
      covered: line.covered,
      target: counted(line.skill, line.target),
    }),
  );

function body({ me }, numbers) {
  const [scope] = me.scopes;
  const sealed = ["contact", "address"]
    .map((name) => [name, input(name).value.trim()])
    .filter(([, text]) => text);
  return {
    incident: input("incident").value,
    kind: isSign() ? INSPECTION : input("kind").value,
    priority: Number(form.querySelector("[name=priority]:checked").value),
    place: { division: scope.division },
    village: scope.village,
    risk_statement: input("risk_statement").value.trim(),
    rally_point: input("rally_point").value.trim(),
    public_numbers: numbers.reason(),
    people: input("people").value ? Number(input("people").value) : null,
    ...Object.fromEntries(sealed),
  };
}

async function report(context, numbers) {
  const [button, problem] = [find("#send"), find("#need-problem")];
  if (button.disabled) return;
  button.disabled = true;
  setText(button, say("act.sending"));
  problem.hidden = true;
  try {
    await context.outbox.post("/needs", body(context, numbers), { personal: true });
    form.reset();
    chooseAbout();
    numbers.forget();
    tell(() => say("need.sent"));
    find("#reports-title").scrollIntoView({ block: "start" });
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    setText(problem, refused.text);
    problem.hidden = false;
  }
  button.disabled = false;
  setText(button, say("act.report"));
}

async function readEarlier(context) {
  const button = find("#earlier");
  button.disabled = true;
  try {
    await context.past.read(ENDED, EARLIER);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
  }
  button.disabled = false;
  context.redraw();
}

function priorityChoice([code]) {
  const radio = h("input", { type: "radio", name: "priority", value: code, required: true });
  const name = h("span", { "data-named": `priorities:${code}` }, named("priorities", code));
  const mark = h("span", { class: `priority p${code}` }, h("b", {}, code), " ", name);
  return h("label", { class: "choice" }, radio, mark);
}

function startForm(context) {
  for (const [code] of listed("kinds").filter(([one]) => one !== INSPECTION)) {
    const words = { value: code, "data-named": `kinds:${code}` };
    input("kind").append(h("option", words, named("kinds", code)));
  }
  find("#priorities").append(...listed("priorities").map(priorityChoice));
  const numbers = numbersNote(["risk_statement", "rally_point"].map(input));
  input("rally_point").parentElement.after(numbers.note);
  for (const one of input("about")) one.addEventListener("change", chooseAbout);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    report(context, numbers);
  });
}

const context = await start(ROLE, draw);
context.past = new Past("demand", ROLE);
startForm(context);
find("#earlier").addEventListener("click", () => readEarlier(context));
context.redraw();
