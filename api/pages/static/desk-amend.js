/** Amending a demand: all that it says may change while it is open, also what is sealed. */

import { numberWords } from "./desk-model.js";
import { lineBody, lineFields } from "./desk-line-fields.js";
import { ask, field, number, radios, select, text } from "./dialog.js";
import { findAll, h } from "./dom.js";
import { fieldMoment, fieldTime } from "./format.js";
import { numbersNote } from "./numbers.js";
import { longPlaceName, placesWithin } from "./places.js";
import { SEALED, sealedWords } from "./sealed.js";
import { listed, named, say } from "./words.js";

const LENGTHS = { contact: 200, address: 300, lead: 200, note: 2000 };

/** Amend urgency, kind, numbers and lines, texts, what is sealed, time and place; then go on. */
export function amend(context, demand, then) {
  const more = h("div", {});
  let numbers;
  const form = ask({
    title: say("amend.title", { demand: numberWords(context.board, demand) }),
    parts: [
      ...demand.lines.flatMap(targetField),
      more,
      addButton(more),
      ...publicFields(demand),
      sealedFields(demand),
      ...placeFields(context, demand),
    ],
    confirm: say("act.amend"),
    send: (values) =>
      context.outbox.post(`/demands/${demand.id}/amend`, amended(demand, values, form, numbers), {
        revision: demand.revision,
        personal: true,
      }),
    done: then,
  });
  const said = ["risk_statement", "rally_point", "way_in"].map((name) => form.elements[name]);
  numbers = numbersNote(said);
  form.elements.way_in.parentElement.after(numbers.note);
}

function targetField(line, index) {
  if (!line.open) return [];
  const parts = { ...line, skill: named("skills", line.skill) };
  const words = line.whole ? say("amend.target_whole", parts) : say("amend.target", parts);
  return [field(words, number(`target-${index}`, line.target, line.whole ? 1 : line.minimum))];
}

function addButton(more) {
  const add = h("button", { type: "button", class: "small" }, say("form.add_line"));
  add.addEventListener("click", () => {
    const line = lineFields(true);
    more.append(line);
    line.querySelector("select").focus();
  });
  return add;
}

function publicFields(demand) {
  const priorities = listed("priorities").map(([code]) => [
    code,
    `${code} ${named("priorities", code)}`,
  ]);
  const kinds = listed("kinds").map(([code]) => [code, named("kinds", code)]);
  const wayIn = text("way_in", demand.way_in ?? "");
  wayIn.required = false;
  return [
    radios("priority", say("form.priority"), priorities, String(demand.priority)),
    field(say("form.kind"), select("kind", kinds, demand.kind)),
    field(say("form.risk"), text("risk_statement", demand.risk_statement)),
    field(say("form.rally"), text("rally_point", demand.rally_point)),
    field(say("form.way_in"), wayIn),
    field(say("form.needed_by"), neededBy(demand), say("form.needed_hint")),
  ];
}

/** What is sealed is not shown here: left empty it stays, said anew it is replaced. */
function sealedFields(demand) {
  const there = new Set(demand.sealed.map((one) => one.text));
  const words = sealedWords();
  const one = (name) => {
    const input =
      name === "note"
        ? h("textarea", { name, rows: 2, maxlength: LENGTHS.note })
        : h("input", { name, maxlength: LENGTHS[name], autocomplete: "off" });
    const hint = there.has(name) ? say("amend.stays") : "";
    const box = h("input", { type: "checkbox", name: "removed", value: name });
    const remove = there.has(name) && h("label", { class: "tick" }, box, say("amend.remove"));
    return [field(words[name], input, hint), remove];
  };
  return h(
    "fieldset",
    { class: "sealed" },
    h("legend", {}, say("form.sealed")),
    SEALED.flatMap(one),
    h("small", {}, say("amend.sealed_hint")),
  );
}

function neededBy({ needed_by: at }) {
  const value = at === null ? "" : fieldTime(at);
  return h("input", { name: "needed_by", type: "datetime-local", value });
}

/** What the field says; its minute is that of the demand where nobody has touched it. */
function chosenTime({ needed_by: at }, words) {
  return at !== null && words === fieldTime(at) ? at : fieldMoment(words);
}

/** Only places that the incident covers; another township takes it over with its own desk. */
function placeFields({ board }, demand) {
  const incident = board.get("incident", demand.incident);
  const places = placesWithin([incident.division, ...incident.joined]);
  const pairs = places.map((row) => [row.code, longPlaceName(row.code)]);
  const degree = (name, most) =>
    h("input", { name, type: "number", step: "any", min: -most, max: most });
  return [
    field(say("form.place"), select("division", pairs, demand.division), say("amend.move")),
    h(
      "div",
      { class: "pair" },
      field(say("form.lon"), degree("lon", 180)),
      field(say("form.lat"), degree("lat", 90), say("amend.point")),
    ),
  ];
}

function amended(demand, values, form, numbers) {
  const target = (line, index) => Number(values.get(`target-${index}`) ?? line.target);
  const place = placeOf(demand, values);
  const given = SEALED.map((name) => [name, values.get(name).trim()]).filter(([, words]) => words);
  return {
    priority: Number(values.get("priority")),
    kind: values.get("kind"),
    targets: demand.lines.map(target),
    lines: findAll(".line-fields", form).map(lineBody),
    risk_statement: values.get("risk_statement"),
    rally_point: values.get("rally_point"),
    way_in: values.get("way_in").trim() || null,
    needed_by: chosenTime(demand, values.get("needed_by")),
    removed: values.getAll("removed"),
    public_numbers: numbers.reason(),
    ...Object.fromEntries(given),
    ...(place ? { place } : {}),
  };
}

/** Where it is now, as the desk says; nothing where that stays. */
function placeOf(demand, values) {
  const [division, lon, lat] = ["division", "lon", "lat"].map((name) => values.get(name));
  if (lon && lat) return { crs: "WGS-84", lon: Number(lon), lat: Number(lat), division };
  return division && division !== demand.division ? { division } : null;
}
