/** What an organization says of itself: on duty or not, its units, whom to call. */

import { drawList, find, h, setText } from "./dom.js";
import { act, posting, tell } from "./page.js";
import { language, listed, named, say } from "./words.js";

const MANY = 500;

let contacts = null; // the part that knows whom to call; loaded when it is unfolded

/** Wire the folded parts, once. */
export function startOwn(context) {
  find("#persons-box").addEventListener("toggle", () => unfold(context));
  find("#add-person").addEventListener("submit", (event) => {
    event.preventDefault();
    contacts?.addPerson(context, event.target);
  });
  find("#capacity").addEventListener("submit", (event) => {
    event.preventDefault();
    saveCapacity(context);
  });
}

async function unfold(context) {
  if (contacts || !find("#persons-box").open) return;
  try {
    const part = await import("./contacts.js");
    await part.start(context);
    contacts = part;
    context.redraw();
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem;
    // No signal: folded again, it is retried.
    tell(() => say("problem.contacts"), { problem: true });
    find("#persons-box").open = false;
  }
}

export function drawOwn(context) {
  const own = context.board.get("organization", context.organization);
  find("#own").hidden = !own;
  if (!own) return;
  setText(find("#own-name"), own.name);
  drawDuty(context, own);
  drawCapacity(context, own);
  contacts?.draw(context);
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
