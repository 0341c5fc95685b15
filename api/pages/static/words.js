/** Every text that a user sees, in the chosen language; codes are named from GET /codes. */

import { find, findAll } from "./dom.js";

const LANGUAGES = ["zh", "en"];
const SAVED = "shouwang-language";

let table = {};
let lists = {};
let current = "zh";
const parts = []; // whose words have been asked for since

/** Sends `change` when the language has changed and everything must be drawn again. */
export const wording = new EventTarget();

export const language = () => current;

const known = (code) => LANGUAGES.find((one) => (code ?? "").toLowerCase().startsWith(one));

function saved() {
  try {
    return localStorage.getItem(SAVED);
  } catch {
    return null; // storage may be forbidden; the choice then lasts as long as the page
  }
}

function choice() {
  const asked = new URLSearchParams(location.search).get("lang");
  const preferred = [asked, saved(), ...(navigator.languages ?? [navigator.language])];
  return preferred.map(known).find(Boolean) ?? "en";
}

/** What every page says, and what only this one does: a phone loads no words of a review. */
async function loadTable(code) {
  const own = document.body.dataset.ownWords;
  const names = ["words", own, ...parts].filter(Boolean);
  const answers = await Promise.all(names.map((name) => fetch(`/static/${name}.${code}.json`)));
  const tables = await Promise.all(answers.map((answer) => answer.json()));
  table = Object.assign({}, ...tables);
  current = code;
}

/** The words of a part that most who open the page never unfold. */
export async function moreWords(name) {
  if (!parts.includes(name)) parts.push(name);
  await loadTable(current);
}

/** Choose the language, fetch its words and fill the page's own texts. */
export async function loadWords() {
  await loadTable(choice());
  fill();
  for (const button of findAll("[data-language]")) {
    button.addEventListener("click", () => speak(button.dataset.language || other()));
  }
}

const other = () => LANGUAGES.find((code) => code !== current);

async function speak(code) {
  try {
    localStorage.setItem(SAVED, code);
  } catch {
    // As above: without storage the choice is for this page only.
  }
  // A language in the address would win over the choice at the next reload.
  const address = new URL(location.href);
  address.searchParams.delete("lang");
  history.replaceState(null, "", address);
  await loadTable(code);
  fill();
  wording.dispatchEvent(new Event("change"));
}

/** Take the code lists of GET /codes. */
export function useCodes(codes) {
  lists = codes;
  fill();
}

/** The words of a key, with `{name}` parts put in. */
export function say(key, parts = {}) {
  const text = table[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
}

/** The words for one state or other value out of a group of keys: `group.value`. */
export const choose = (group, value, parts) => say(`${group}.${value}`, parts);

/** A code's name from the code lists, or the code where it is not listed. */
export const named = (list, code) => inLanguage(lists[list]?.[code]) || String(code);

/** So many units of a skill in its own words: 2 台, 2 pumps. */
export function counted(skill, number) {
  const words = lists.skills?.[skill];
  const unit = { zh: words?.unit_zh, en: number === 1 ? words?.unit_en : words?.units_en };
  const unknown = say(number === 1 ? "unit.one" : "unit.many");
  return `${number} ${unit[current] ?? unknown}`;
}

/** The entries of a code list in its own order. */
export const listed = (list) => Object.entries(lists[list] ?? {});

/** One of a pair of texts `{zh, en}`. */
export const inLanguage = (pair) => pair?.[current] ?? "";

/** Fill every marked element: `data-words` (text), `-label`, `-hint`, and `data-named`. */
export function fill(within = document) {
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
  for (const element of findAll("[data-words]", within)) {
    element.textContent = say(element.dataset.words);
  }
  for (const element of findAll("[data-words-label]", within)) {
    element.setAttribute("aria-label", say(element.dataset.wordsLabel));
  }
  for (const element of findAll("[data-words-hint]", within)) {
    element.setAttribute("placeholder", say(element.dataset.wordsHint));
  }
  for (const element of findAll("[data-named]", within)) {
    element.textContent = named(...element.dataset.named.split(":"));
  }
  const title = find("[data-title]")?.dataset.title;
  if (title) document.title = say(title);
}
