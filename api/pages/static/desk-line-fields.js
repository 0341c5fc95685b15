/** The fields of one line: a skill, how many, which grade; hazardous; of use only as a whole. */

import { number, select } from "./dialog.js";
import { find, h } from "./dom.js";
import { fill, listed, named, say } from "./words.js";

const GRADES = [1, 2, 3].map((grade) => [grade, String(grade)]);
const LOWEST_GRADE = "3";

export function namedOption(list, code) {
  const option = h("option", { value: code, "data-named": `${list}:${code}` });
  option.textContent = named(list, code);
  return option;
}

/** A line to fill in; `removable`: with a button that takes it away again. */
export function lineFields(removable) {
  const skill = h(
    "select",
    { name: "skill" },
    listed("skills").map(([code]) => namedOption("skills", code)),
  );
  const line = h(
    "div",
    { class: "line-fields" },
    wordedField("form.skill", skill, "wide"),
    wordedField("form.minimum", number("minimum", 1)),
    wordedField("form.target", number("target", 1)),
    wordedField("form.grade", select("grade", GRADES, LOWEST_GRADE)),
    tick("hazardous", "line.hazardous"),
    tick("whole", "line.whole"),
  );
  skill.addEventListener("change", () => {
    delete line.dataset.beside;
    fitGrade(line);
  });
  find("[name=minimum]", line).addEventListener("input", () => raiseTarget(line));
  for (const name of ["whole", "target"]) {
    find(`[name=${name}]`, line).addEventListener("input", () => fitWhole(line));
  }
  fill(line);
  fitGrade(line);
  if (removable) line.append(removeButton(line));
  return line;
}

function tick(name, words) {
  const box = h("input", { type: "checkbox", name });
  return h("label", { class: "tick" }, box, h("span", { "data-words": words }));
}

function wordedField(key, control, look = "") {
  return h("label", { class: `field ${look}` }, h("span", { "data-words": key }), control);
}

function removeButton(line) {
  const remove = h("button", { type: "button", class: "plain", "data-words": "form.remove_line" });
  remove.textContent = say("form.remove_line");
  remove.addEventListener("click", () => line.remove());
  return remove;
}

/** Only a graded skill asks for a grade. */
export function fitGrade(line) {
  const skill = listed("skills").find(([code]) => code === find("[name=skill]", line).value);
  find("[name=grade]", line).closest("label").hidden = !skill?.[1].graded;
}

function raiseTarget(line) {
  const [minimum, target] = ["minimum", "target"].map((name) => find(`[name=${name}]`, line));
  if (Number(target.value) < Number(minimum.value)) target.value = minimum.value;
}

/** What goes as a whole has no minimum of its own. */
export function fitWhole(line) {
  const [minimum, target] = ["minimum", "target"].map((name) => find(`[name=${name}]`, line));
  minimum.disabled = find("[name=whole]", line).checked;
  if (minimum.disabled) minimum.value = target.value;
}

/** What a line says, as its door takes it. */
export function lineBody(line) {
  const value = (name) => find(`[name=${name}]`, line).value;
  const ticked = (name) => find(`[name=${name}]`, line).checked;
  const graded = !find("[name=grade]", line).closest("label").hidden;
  return {
    skill: value("skill"),
    minimum: Number(value("minimum")),
    target: Number(value("target")),
    ...(graded ? { grade: Number(value("grade")) } : {}),
    hazardous: ticked("hazardous"),
    whole: ticked("whole"),
  };
}

/** Fill a line with what `lineBody` has said of one. */
export function fillLine(line, said) {
  const part = (name) => find(`[name=${name}]`, line);
  for (const name of ["skill", "minimum", "target"]) part(name).value = said[name];
  if (said.grade) part("grade").value = String(said.grade);
  for (const name of ["hazardous", "whole"]) part(name).checked = said[name];
  fitGrade(line);
  fitWhole(line);
}
