/** What an organization says of itself: on duty or not, its units, its terms, whom to call. */

import { drawList, find, h, setText } from "./dom.js";
import { fieldTime, moment } from "./format.js";
import { act, posting, tell } from "./page.js";
import { choose, language, listed, named, say } from "./words.js";

const MANY = 500;
const SOON = 90 * 24 * 3600 * 1000; // milliseconds; a certificate that ends by then is said

const FILES = {
  contacts: "./contacts.js",
  needs: "./organization-needs.js",
  terms: "./organization-terms.js",
};
const pending = new Set();
const loaded = {}; // parts that few need: whom to call, when it is unfolded; hours and leave

/** Wire the folded parts, once. */
export function startOwn(context) {
  find("#persons-box").addEventListener("toggle", () => unfold(context, "contacts", "persons"));
  find("#needs-box").addEventListener("toggle", () => unfold(context, "needs", "needs"));
  find("#terms-box").addEventListener("toggle", () => unfold(context, "terms", "terms"));
  find("#add-person").addEventListener("submit", (event) => {
    event.preventDefault();
    loaded.contacts?.addPerson(context, event.target);
  });
  find("#capacity").addEventListener("submit", (event) => {
    event.preventDefault();
    saveCapacity(context);
  });
}

async function unfold(context, name, box) {
  const folded = find(`#${box}-box`);
  if (loaded[name] || !folded.open) return;
  if (await load(context, name)) return;
  // No signal: folded again, it is retried.
  tell(() => choose("problem", name), { problem: true });
  folded.open = false;
}

/** Whether a part could be loaded; without signal it is not. */
async function load(context, name) {
  if (pending.has(name)) return true;
  pending.add(name);
  try {
    const part = await import(FILES[name]);
    await part.start(context);
    loaded[name] = part;
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem;
    return false;
  } finally {
    pending.delete(name);
  }
  context.redraw();
  return true;
}

export function drawOwn(context) {
  const own = context.board.get("organization", context.organization);
  find("#own").hidden = !own;
  if (!own) return;
  setText(find("#own-name"), own.name);
  drawDuty(context, own);
  drawNotes(context, own);
  drawCapacity(context, own);
  loaded.contacts?.draw(context);
  loaded.needs?.draw(context);
  loaded.terms?.draw(context, own);
}

function drawDuty(context, own) {
  const path = `/organizations/${own.id}/duty`;
  const words = say(own.on_duty ? "duty.go_off" : "duty.go_on");
  const button = posting(context, { path, body: { on_duty: !own.on_duty }, words, look: "small" });
  const away = own.on_duty && absence(context, own);
  const state = away || say(own.on_duty ? "duty.on" : "duty.off");
  const look = own.on_duty && !away ? "chip good" : "chip warn";
  const chip = h("span", { class: look }, state);
  const item = { key: "duty", words, state, sending: button.disabled, label: button.textContent };
  drawList(find("#duty"), [item], () => h("span", { class: "buttons" }, chip, button));
}

/** Outside its hours or on leave, in words; what knows of hours is loaded where there are any. */
function absence(context, own) {
  if (!own.hours.length && !own.leaves.length) return "";
  if (!loaded.terms) {
    load(context, "terms");
    return "";
  }
  const now = context.clock.now();
  const found = loaded.terms.away(own, now);
  context.clock.passed(loaded.terms.edges(own, now));
  return found ? choose("away", found.why, { time: moment(found.until, now) }) : "";
}

/** Certificates and insurance that end within 90 days, with the day. */
function drawNotes({ clock }, own) {
  const soon = fieldTime(clock.now() + SOON).slice(0, 10);
  const certificates = own.certificates
    .filter(({ certificate: held, withdrawn }) => !withdrawn && held.valid_through <= soon)
    .map(({ certificate: held }) => ({
      key: `${held.issuer} ${held.number}`,
      words: say("own.certificate_ends", {
        skill: named("skills", held.skill),
        grade: held.grade,
        day: held.valid_through,
      }),
    }));
  const day = own.insured_through;
  const words = say("own.insurance_ends", { day });
  const insurance = day !== null && day <= soon ? [{ key: "insurance", words }] : [];
  const items = [...certificates, ...insurance];
  drawList(find("#own-notes"), items, (item) => h("p", { class: "unmet" }, item.words));
}

const MORE = "more";

/** Every skill it has with its units, and one more to choose. */
function drawCapacity({ outbox }, own) {
  const waiting = Boolean(outbox.waiting(`/organizations/${own.id}/capacity`));
  const rows = own.capabilities.map((item) => ({ ...item, key: item.skill }));
  const items = [...rows, { key: MORE, units: 0, known: rows.map((row) => row.skill) }];
  const worded = items.map((item) => ({ ...item, language: language() }));
  drawList(find("#capabilities"), worded, capability);
  const most = find("#capacity [name=crews_most]");
  if (document.activeElement !== most) most.value = own.crews_most ?? "";
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
  const most = find("#capacity [name=crews_most]").value;
  const body = { capabilities, crews_most: most === "" ? null : Number(most) };
  const path = `/organizations/${context.organization}/capacity`;
  if (await act(context, path, body)) tell(() => say("own.saved"));
}
