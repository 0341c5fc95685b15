/** Sealed text: reading it, showing it, and keeping on a phone what came with the own yes. */

import { h } from "./dom.js";
import { Problem } from "./http.js";
import { say } from "./words.js";

/** What of a demand is sealed, in the order in which it is shown. */
export const SEALED = ["lead", "contact", "address", "note"];

export const sealedWords = () => ({
  lead: say("form.lead"),
  contact: say("form.contact"),
  address: say("form.address"),
  note: say("form.note"),
});

/** Sealed text as a list; a telephone number in it can be called by touching it. */
export function sealedList(texts) {
  const names = SEALED.filter((name) => texts[name]);
  if (!names.length) return h("p", {}, say("sealed.none"));
  const words = sealedWords();
  return h(
    "dl",
    {},
    names.map((name) => [h("dt", {}, words[name]), h("dd", {}, callable(texts[name]))]),
  );
}

function callable(value) {
  const parts = value.split(/((?:\+\d{1,3}[ -]?)?\d{3,}(?:[ -]?\d{3,})+)/);
  return parts.map((part, index) => (index % 2 ? callLink(part) : part));
}

/** A telephone number that can be called by touching it. */
export const callLink = (number) =>
  h("a", { href: `tel:${number.replace(/[ -]/g, "")}`, class: "call" }, number);

/**
 * Ask for what is not answered twice under one key; rejects with a Problem. Where the answer to
 * the first try was lost, it is asked for once more, as a reading of its own.
 */
export async function read({ outbox }, path, body) {
  try {
    return await outbox.post(path, body, { personal: true });
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.code !== "key_used_up") throw problem;
    return outbox.post(path, body, { personal: true });
  }
}

const KEPT = "shouwang-sealed-";

const place = ({ me }, demand) => `${KEPT}${me.account}-${demand}`;

/** Keep what came with the answer to a yes, on this phone, until the work ends. */
export function keep(context, demand, texts) {
  (context.opened ??= {})[demand] = texts;
  try {
    localStorage.setItem(place(context, demand), JSON.stringify(texts));
  } catch {
    // Storage may be forbidden; it is then kept as long as the page.
  }
}

/** What is kept here of a demand, if anything. */
export function kept(context, demand) {
  const known = context.opened?.[demand];
  if (known) return known;
  try {
    return JSON.parse(localStorage.getItem(place(context, demand)));
  } catch {
    return null;
  }
}

/** Forget everything that is not about one of these demands. */
export function forgetAllBut(context, demands) {
  for (const id of Object.keys(context.opened ?? {})) {
    if (!demands.has(id)) delete context.opened[id];
  }
  try {
    const own = place(context, "");
    const names = Object.keys(localStorage).filter((name) => name.startsWith(own));
    for (const name of names) {
      if (!demands.has(name.slice(own.length))) localStorage.removeItem(name);
    }
  } catch {
    // As above.
  }
}
