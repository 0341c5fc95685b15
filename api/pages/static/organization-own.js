/** What an organization says of itself: on duty or not, its units, whom to call. */

import { drawList, find, h, setText } from "./dom.js";
import { Problem, get } from "./http.js";
import { act, posting, tell } from "./page.js";
import { language, listed, named, say } from "./words.js";

const MANY = 500;

let persons = null; // whom to call; asked for when that part is unfolded

/** Wire the folded parts, once. */
export function startOwn(context) {
  find("#persons-box").addEventListener("toggle", () => {
    if (find("#persons-box").open && !persons) learnPersons(context);
  });
  find("#add-person").addEventListener("submit", (event) => {
    event.preventDefault();
    addPerson(context, event.target);
  });
  find("#capacity").addEventListener("submit", (event) => {
    event.preventDefault();
    saveCapacity(context);
  });
}

export function drawOwn(context) {
  const own = context.board.get("organization", context.organization);
  find("#own").hidden = !own;
  if (!own) return;
  setText(find("#own-name"), own.name);
  drawDuty(context, own);
  drawCapacity(context, own);
  drawPersons(context);
}

function drawDuty(context, own) {
  const path = `/organizations/${own.id}/duty`;
  const words = say(own.on_duty ? "duty.go_off" : "duty.go_on");
  const button = posting(context, { path, body: { on_duty: !own.on_duty }, words, look: "small" });
  const state = say(own.on_duty ? "duty.on" : "duty.off");
  const chip = h("span", { class: own.on_duty ? "chip good" : "chip warn" }, state);
  const item = { key: "duty", words, sending: button.disabled, label: button.textContent };
  drawList(find("#duty"), [item], () => h("span", { class: "buttons" }, chip, button));
}

const MORE = "more";

/** Every skill it has with its units, and one more to choose. */
function drawCapacity({ outbox }, own) {
  const waiting = Boolean(outbox.waiting(`/organizations/${own.id}/capacity`));
  const rows = own.capabilities.map((item) => ({ ...item, key: item.skill }));
  const items = [...rows, { key: MORE, units: 0, known: rows.map((row) => row.skill) }];
  const worded = items.map((item) => ({ ...item, language: language() }));
  drawList(find("#capabilities"), worded, capability);
  find("#save-capacity").disabled = waiting;
}

function capability({ key, skill, units, known }) {
  const number = h("input", { type: "number", inputmode: "numeric", min: 0, max: MANY });
  number.value = units;
  number.dataset.skill = skill ?? "";
  if (key !== MORE) {
    const words = [named("skills", skill), unitWord(skill)].join(" · ");
    return h("label", { class: "field" }, h("span", {}, words), number);
  }
  const codes = listed("skills").filter(([code]) => !known.includes(code));
  const options = codes.map(([code]) => h("option", { value: code }, named("skills", code)));
  const choice = h("select", { "aria-label": say("own.more") });
  choice.append(h("option", { value: "" }, say("own.no_skill")), ...options);
  choice.addEventListener("change", () => (number.dataset.skill = choice.value));
  number.setAttribute("aria-label", say("own.units"));
  return h("div", { class: "pair" }, choice, number);
}

const unitWord = (skill) => {
  const words = listed("skills").find(([code]) => code === skill)?.[1];
  return (language() === "zh" ? words?.unit_zh : words?.units_en) ?? "";
};

async function saveCapacity(context) {
  const fields = [...find("#capabilities").querySelectorAll("input")];
  const capabilities = fields
    .filter((field) => field.dataset.skill)
    .map((field) => ({ skill: field.dataset.skill, units: Number(field.value) }));
  const path = `/organizations/${context.organization}/capacity`;
  if (await act(context, path, { capabilities })) tell(() => say("own.saved"));
}

async function learnPersons(context) {
  try {
    persons = await get(`/persons?organization=${context.organization}`, context.role);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
  }
  context.redraw();
}

function drawPersons(context) {
  const items = (persons ?? []).map((person) => ({
    key: person.id,
    person,
    language: language(),
    underway: Boolean(context.outbox.waiting(`/persons/${person.id}/remove`)),
  }));
  drawList(find("#persons"), items, (item) => personRow(context, item));
  find("#no-persons").hidden = persons === null || persons.length > 0;
}

function personRow(context, { person }) {
  const path = `/persons/${person.id}/remove`;
  const then = () => learnPersons(context);
  return h(
    "div",
    { class: "party" },
    h("span", { class: "name" }, person.name),
    h("span", {}, person.telephone),
    h("span", { class: "quiet" }, say("own.order", { order: person.order })),
    posting(context, { path, words: say("act.remove"), look: "small", then, twice: true }),
  );
}

/** A name and a number are never kept on the device: the entry is a personal one. */
async function addPerson(context, form) {
  const value = (name) => form.elements[name].value.trim();
  const body = {
    name: value("name"),
    telephone: value("telephone"),
    organization: context.organization,
    order: Number(value("order")),
  };
  if (!(await act(context, "/persons", body, { personal: true }))) return;
  form.reset();
  learnPersons(context);
}
