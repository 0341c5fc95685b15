/** One dialog at a time, and the fields that forms are made of. */

import { find, h, setText } from "./dom.js";
import { Problem } from "./http.js";
import { say } from "./words.js";

/** A labeled field. */
export const field = (words, input, hint) =>
  h("label", { class: "field" }, h("span", {}, words), input, hint && h("small", {}, hint));

/**
 * A choice of `[value, words]` pairs. Nothing is taken for said: `chosen` is what stands already,
 * or means that nothing is said; without it one has to be chosen.
 */
export function select(name, pairs, chosen) {
  const open = chosen === undefined;
  const all = open ? [["", say("act.choose")], ...pairs] : pairs;
  const options = all.map(([value, words]) =>
    h("option", { value, selected: String(value) === String(chosen ?? "") }, words),
  );
  return h("select", { name, required: open }, options);
}

/** A whole number within bounds; where none stands already, one has to be typed. */
export const number = (name, value, min = 1, max = 500) =>
  h("input", { name, type: "number", inputmode: "numeric", required: true, value, min, max });

/** A whole number that may be left out. */
export const optional = (name, max) =>
  h("input", { name, type: "number", inputmode: "numeric", min: 1, max });

/** Several lines of text. */
export const text = (name, value, maxlength = 500) =>
  h("textarea", { name, rows: 2, maxlength, required: true }, value);

/** One of several, each a button-sized radio; where none stands already, one has to be chosen. */
export function radios(name, words, pairs, chosen) {
  const one = ([value, label]) => {
    const state = { checked: value === chosen, required: true };
    const input = h("input", { type: "radio", name, value, ...state });
    return h("label", { class: "choice" }, input, h("span", {}, label));
  };
  return h("fieldset", {}, h("legend", {}, words), h("div", { class: "choices" }, pairs.map(one)));
}

/** Show a part or hide it; what is hidden is not asked for, and is not sent. */
export function only(part, shown) {
  part.hidden = !shown;
  for (const control of part.querySelectorAll("input, select, textarea")) control.disabled = !shown;
}

/** Replace a select's options only where they differ, keeping what was chosen. */
export function refill(control, pairs) {
  const signature = JSON.stringify(pairs);
  if (control.dataset.filled === signature) return;
  const chosen = control.value;
  control.replaceChildren(...pairs.map(([value, words]) => h("option", { value }, words)));
  if (pairs.some(([value]) => value === chosen)) control.value = chosen;
  control.dataset.filled = signature;
}

/**
 * Open the dialog with a form. `send(values)` does the work with what was filled in; a Problem
 * is shown inside and the form stays as it is, otherwise the dialog closes and `done` is called.
 */
export function ask({ title, parts, confirm, look = "primary", send, done }) {
  const dialog = find("#dialog");
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const cancel = h("button", { type: "button", class: "plain", onclick: () => dialog.close() });
  cancel.textContent = say(send ? "act.cancel" : "act.put_away");
  const submit = send && h("button", { type: "submit", class: look }, confirm);
  const foot = h("div", { class: "buttons" }, cancel, submit);
  const form = h("form", { method: "dialog" }, h("h2", { id: "dialog-title" }, title));
  form.append(...parts, problem, foot);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submitted({ dialog, form, submit, problem, send, confirm, done });
  });
  dialog.replaceChildren(form);
  dialog.showModal();
  return form;
}

async function submitted({ dialog, form, submit, problem, send, confirm, done }) {
  submit.disabled = true;
  setText(submit, say("act.sending"));
  try {
    await send(new FormData(form));
    // Put away meanwhile, another one may stand in its place.
    if (form.isConnected) dialog.close();
    done?.();
    return;
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    setText(problem, refused.text);
    problem.hidden = false;
  }
  submit.disabled = false;
  setText(submit, confirm);
}
