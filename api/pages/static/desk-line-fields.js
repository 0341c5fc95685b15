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
    wordedField("form.hazard", hazardField(), "wide"),
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
  const hazard = find("[name=hazard]", line);
  hazard.addEventListener("change", () => {
    hazard.dataset.said = "yes";
    sameBeside(line, hazard.value);
  });
  fill(line);
  fitGrade(line);
  if (removable) line.append(removeButton(line));
  return line;
}

/** Of a rescue it is asked, and nothing is taken for said: by it its word is due. */
function hazardField() {
  const options = [
    ["", "act.choose"],
    ["yes", "form.hazard_yes"],
    ["no", "form.hazard_no"],
  ];
  return h(
    "select",
    { name: "hazard" },
    options.map(([value, words]) => h("option", { value, "data-words": words })),
  );
}

/** What is said of a rescue goes for the line beside it, until that one says otherwise. */
function sameBeside(line, value) {
  const beside = line.parentElement?.querySelector("[data-beside] [name=hazard]");
  if (beside && !beside.dataset.said) beside.value = value;
}

const asksHazard = (line) => find("[name=hazard]", line).required;

function fitHazard(line, graded) {
  const asks = graded || "beside" in line.dataset;
  const hazard = find("[name=hazard]", line);
  hazard.required = asks;
  hazard.closest("label").hidden = !asks;
  find("[name=hazardous]", line).closest("label").hidden = asks;
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

/** Only a graded skill asks for a grade, and, with the line beside it, whether it is hazardous. */
export function fitGrade(line) {
  const skill = listed("skills").find(([code]) => code === find("[name=skill]", line).value);
  find("[name=grade]", line).closest("label").hidden = !skill?.[1].graded;
  fitHazard(line, Boolean(skill?.[1].graded));
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
    hazardous: asksHazard(line) ? value("hazard") === "yes" : ticked("hazardous"),
    whole: ticked("whole"),
  };
}

/** Fill a line with what `lineBody` has said of one. */
export function fillLine(line, said) {
  const part = (name) => find(`[name=${name}]`, line);
  for (const name of ["skill", "minimum", "target"]) part(name).value = said[name];
  if (said.grade) part("grade").value = String(said.grade);
  for (const name of ["hazardous", "whole"]) part(name).checked = said[name];
  part("hazard").value = said.hazardous ? "yes" : "no";
  fitGrade(line);
  fitWhole(line);
}
