/** The form that posts a demand: few keys, sensible defaults, nothing to look up. */

import { refill } from "./dialog.js";
import { find, findAll, h, setText } from "./dom.js";
import { offerUndo } from "./desk-acts.js";
import { startAlike } from "./desk-alike.js";
import { reveal } from "./desk-demands.js";
import { drawQueue, waits } from "./desk-queue.js";
import {
  fillLine,
  fitGrade,
  fitWhole,
  lineBody,
  lineFields,
  namedOption,
} from "./desk-line-fields.js";
import { fieldMoment, fieldTime, spell, spoken } from "./format.js";
import { Problem } from "./http.js";
import { divisionsOf } from "./desk-model.js";
import { numbersNote } from "./numbers.js";
import { tell } from "./page.js";
import {
  incidentWords,
  longPlaceName,
  placeName,
  placesToPost,
  substituteFor,
} from "./places.js";
import { choose, fill, listed, named, say, wording } from "./words.js";

const DOOR = "/demands";
const DRAFTS = "/demands/drafts";
const SEEN_WITHIN = 3000;
const POSTED_INTO = "shouwang-posted-into"; // the incident of the last posting in this tab

const TEXTS = ["risk_statement", "rally_point", "way_in", "lead", "contact", "address", "note"];

const form = find("#post");
const input = (name) => form.elements[name];
let forgetAlike = () => {};
let numbers;

/** Wire the form once. */
export function startForm(context) {
  for (const [code] of listed("kinds")) input("kind").append(namedOption("kinds", code));
  find("#priorities").append(...listed("priorities").map(priorityChoice));
  addLine();
  propose();
  touchable("risk_statement");
  touchable("rally_point");
  input("kind").addEventListener("change", propose);
  input("incident").addEventListener("change", () => {
    input("incident").dataset.touched = "yes";
    context.redraw();
  });
  input("division").addEventListener("change", () => suggestTexts());
  numbers = numbersNote(["risk_statement", "rally_point", "way_in"].map(input));
  input("way_in").parentElement.after(numbers.note);
  form.addEventListener("change", () => drawHints(context));
  find("#add-line").addEventListener("click", () => addLine().querySelector("select").focus());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    post(context);
  });
  forgetAlike = startAlike(context, form, {
    words: () => (input("risk_statement").dataset.touched ? input("risk_statement").value : ""),
    same: (id) => form.reportValidity() && post(context, { same_as: id }),
  });
  find("#keep-draft").addEventListener("click", () => form.reportValidity() && keep(context));
  document.addEventListener("keydown", (event) => shortcut(event));
  wording.addEventListener("change", () => {
    suggestTexts();
    drawHints(context);
  });
  context.outbox.addEventListener("change", () => {
    if (context.outbox.waiting(DOOR)?.tries) setText(find("#send"), say("act.retrying"));
  });
}

function priorityChoice([code]) {
  const radio = h("input", { type: "radio", name: "priority", value: code, required: true });
  const name = h("span", { "data-named": `priorities:${code}` }, named("priorities", code));
  const mark = h("span", { class: `priority p${code}` }, h("b", {}, code), " ", name);
  return h("label", { class: "choice" }, radio, mark);
}

/** N starts a posting from anywhere, Control and Enter send it. */
function shortcut(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.contains(event.target)) {
    form.requestSubmit();
    return;
  }
  const typing = event.target.closest("input, select, textarea, dialog");
  if (typing || event.key.toLowerCase() !== "n" || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  find("#post-box").open = true;
  input(input("incident").value === "" ? "incident" : "kind").focus();
}

/** A text that was suggested is replaced by the first key, and suggested anew until touched. */
function touchable(name) {
  const control = input(name);
  control.addEventListener("focus", () => control.dataset.touched || control.select());
  control.addEventListener("input", () => (control.dataset.touched = "yes"));
}

/** Texts that say only what is certain, in the language of the desk. */
function suggestTexts() {
  const place = placeName(input("division").value);
  if (!place) return;
  suggest("risk_statement", say("form.risk_suggested"));
  suggest("rally_point", say("form.rally_suggested", { place }));
}

function suggest(name, text) {
  if (!input(name).dataset.touched) input(name).value = text;
}

/** The kind, once it is said, proposes the skill of the first line, and a general one beside it. */
function propose() {
  const kind = listed("kinds").find(([code]) => code === input("kind").value)?.[1];
  const first = find(".line-fields", form);
  if (kind && first) find("[name=skill]", first).value = kind.skill;
  find(".line-fields[data-beside]", form)?.remove();
  if (kind?.beside) {
    const line = addLine();
    line.dataset.beside = "";
    find("[name=skill]", line).value = kind.beside;
  }
  for (const line of findAll(".line-fields", form)) fitGrade(line);
  suggestTexts();
}

function addLine() {
  const line = lineFields(findAll(".line-fields", form).length > 0);
  find("#lines").append(line);
  return line;
}

/** Say before posting when requests go out, how long there is to answer, and for whom it is. */
function drawHints(context) {
  setText(find("#priority-hint"), urgencyWords());
  const substitute = substituteFor(divisionsOf(context.me), input("division").value);
  const place = placeName(input("division").value);
  const words = substitute && say("form.substitute", { own: placeName(substitute), place });
  find("#substitute-hint").hidden = !words;
  setText(find("#substitute-hint"), words ?? "");
}

function urgencyWords() {
  const chosen = form.querySelector("[name=priority]:checked")?.value;
  const rule = listed("priorities").find(([code]) => code === chosen)?.[1];
  if (!rule?.answer_minutes) return say("form.urgency");
  const { release_seconds: wait, answer_minutes: minutes } = rule;
  const least = spell(minutes * 60);
  const later = input("needed_by").value !== "";
  const answer = later ? say("form.answer_later", { least }) : least;
  return wait
    ? say("form.release_later", { wait: spell(wait), answer })
    : say("form.release_at_once", { answer });
}

/** Bring the choices of incident and place in line with the board and the divisions. */
export function drawForm(context) {
  const { me, board } = context;
  const open = board.all("incident").filter((row) => row.state === "open");
  open.sort((one, other) => other.number - one.number);
  chooseIncident(open);
  const chosen = board.get("incident", input("incident").value);
  const covered = (chosen ? [chosen] : open).flatMap((row) => [row.division, ...row.joined]);
  const places = placesToPost(divisionsOf(me), covered);
  refill(
    input("division"),
    places.map((row) => [row.code, longPlaceName(row.code)]),
  );
  find("#post-fields").disabled = !open.length || !places.length;
  find("#no-incident").hidden = open.length > 0;
  find("#no-place").hidden = !open.length || places.length > 0;
  suggestTexts();
  drawHints(context);
  drawSend(context, open.length);
  drawQueue(context, putBack);
}

/** Of several nobody is taken for chosen but the one that this desk has posted into last. */
function chooseIncident(open) {
  const field = input("incident");
  const pairs = open.map((row) => [row.id, incidentWords(row)]);
  const several = open.length > 1;
  const untouched = several && !field.dataset.touched;
  refill(field, several ? [["", say("form.incident_choose")], ...pairs] : pairs);
  if (untouched) field.value = "";
  if (field.value === "" && untouched) {
    const last = sessionStorage.getItem(POSTED_INTO);
    if (open.some((row) => row.id === last)) field.value = last;
  }
}

/** With more than one open, the button says into which it posts. */
function drawSend({ board }, open) {
  const button = find("#send");
  if (button.disabled) return;
  const chosen = open > 1 && board.get("incident", input("incident").value);
  const incident = chosen && incidentWords(chosen);
  setText(button, incident ? say("form.send_into", { incident }) : say("form.send"));
}

function placeBody() {
  const division = input("division").value;
  const [lon, lat] = [input("lon").value, input("lat").value];
  if (lon === "" && lat === "") return { division };
  return { crs: "WGS-84", lon: Number(lon), lat: Number(lat), division };
}

function body() {
  const filled = TEXTS.map((name) => [name, input(name).value.trim()]).filter(([, text]) => text);
  return {
    incident: input("incident").value,
    kind: input("kind").value,
    priority: Number(form.querySelector("[name=priority]:checked").value),
    place: placeBody(),
    lines: findAll(".line-fields", form).map(lineBody),
    needed_by: fieldMoment(input("needed_by").value),
    public_numbers: numbers.reason(),
    ...Object.fromEntries(filled),
  };
}

async function post(context, more = {}) {
  const id = await sent(context, find("#send"), "form.send", DOOR, { ...body(), ...more });
  if (id) offerUndo(context, id);
}

/** Keep it as a draft: nobody is asked. */
async function keep(context) {
  const id = await sent(context, find("#keep-draft"), "act.keep_draft", DRAFTS, body());
  if (id) tell(() => say("draft.kept"));
}

/** Send the form, and show what has come of it; gives its id, or nothing where it was refused. */
async function sent(context, button, words, door, what) {
  if (find("#send").disabled || find("#keep-draft").disabled) return null;
  button.disabled = true;
  setText(button, say("act.sending"));
  complain(null);
  const posted = context.outbox.post(door, what, { personal: true, anew: true });
  sessionStorage.setItem(POSTED_INTO, what.incident);
  let id = null;
  try {
    if (await waits(context.outbox, posted)) {
      clear(context); // the next one can be written; this one stands in the list
      later(context, posted, what);
    } else {
      ({ id } = await posted);
      clear(context);
      await seen(context, id);
      reveal(context, id);
    }
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    complain(problem);
  }
  button.disabled = false;
  setText(button, say(words));
  context.redraw();
  return id;
}

/** What comes of a posting that waited: taken back it is silent; refused it can be put right. */
async function later(context, posted, what) {
  try {
    const answer = await posted;
    if (!answer) return;
    await seen(context, answer.id);
    const row = context.board.get("demand", answer.id);
    tell(() => say("form.posted", { number: row ? spoken(row) : "" }));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const again = h("button", { type: "button" }, say("form.put_back"));
    const notice = tell(() => problem.text, { problem: true, action: again });
    again.addEventListener("click", () => {
      putBack(context, what);
      notice.remove();
    });
  }
}

/** Fill the form with what was to be posted. */
function putBack(context, what) {
  input("incident").value = what.incident;
  input("incident").dataset.touched = "yes";
  drawForm(context);
  input("kind").value = what.kind;
  input("division").value = what.place.division;
  for (const name of ["lon", "lat"]) input(name).value = what.place[name] ?? "";
  for (const name of TEXTS) input(name).value = what[name] ?? "";
  for (const name of ["risk_statement", "rally_point"]) input(name).dataset.touched = "yes";
  input("needed_by").value = what.needed_by === null ? "" : fieldTime(what.needed_by);
  form.querySelector(`[name=priority][value="${what.priority}"]`).checked = true;
  for (const line of findAll(".line-fields", form).slice(1)) line.remove();
  const [first, ...more] = what.lines;
  fillLine(find(".line-fields", form), first);
  for (const line of more) fillLine(addLine(), line);
  drawHints(context);
  find("#post-box").open = true;
}

/** The row comes by the stream, usually before the answer; it holds the spoken number. */
async function seen({ board }, id) {
  const until = Date.now() + SEEN_WITHIN;
  while (!board.get("demand", id) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function complain(problem) {
  const place = find("#post-problem");
  place.hidden = !problem;
  if (!problem) return;
  const named = problem.field && choose("field", problem.field.split(".")[0]);
  const where = named?.startsWith("field.") ? "" : named;
  setText(place, [where, problem.text].filter(Boolean).join(say("list.colon")));
}

/** Ready for the next posting: incident, township and rally point stay, the rest starts anew. */
function clear(context) {
  const emptied = ["contact", "address", "note", "lead", "way_in", "lon", "lat", "needed_by"];
  for (const name of emptied) input(name).value = "";
  delete input("risk_statement").dataset.touched;
  forgetAlike();
  numbers.forget();
  for (const line of findAll(".line-fields", form).slice(1)) line.remove();
  for (const name of ["minimum", "target"]) find(`.line-fields [name=${name}]`, form).value = "1";
  for (const name of ["hazardous", "whole"]) {
    find(`.line-fields [name=${name}]`, form).checked = false;
  }
  find(".line-fields [name=hazard]", form).value = "";
  fitWhole(find(".line-fields", form));
  // How urgent the next one is, and what it is, has nothing to do with the last.
  const urgency = form.querySelector("[name=priority]:checked");
  if (urgency) urgency.checked = false;
  input("kind").value = "";
  propose();
  drawHints(context);
  input("kind").focus();
}
