/** What hazardous work asks for, recorded by a desk: adults only, and accident insurance. */

import { numberWords } from "./desk-model.js";
import { ask, field, radios, select } from "./dialog.js";
import { h } from "./dom.js";
import { choose, named, say } from "./words.js";

const ADULTS = ["adults", "minors", "unknown"];
const SAID = { adults: true, minors: false, unknown: null };

const words = (row) =>
  [
    row.name,
    choose("adults", row.adults_only === null ? "unknown" : row.adults_only ? "adults" : "minors"),
    row.insured_through === null
      ? say("insurance.unknown")
      : say("insurance.through", { day: row.insured_through }),
  ].join(" · ");

/** For one of those around a hazardous line; its yes counts once both are on record. */
export function recordSafeguards(context, demand, line, rows) {
  const skill = named("skills", line.skill);
  const title = say("safeguards.title", { demand: numberWords(context.board, demand), skill });
  if (!rows.length) {
    ask({ title, parts: [h("p", {}, say("receive.nobody"))] });
    return;
  }
  const pairs = ADULTS.map((code) => [code, choose("adults", code)]);
  const day = h("input", { type: "date", name: "insured_through" });
  const options = rows.map((row) => [row.id, words(row)]);
  ask({
    title,
    parts: [
      h("p", { class: "quiet" }, say("safeguards.why")),
      field(say("safeguards.whom"), select("organization", options)),
      radios("adults", say("safeguards.adults"), pairs),
      field(say("safeguards.insurance"), day, say("safeguards.insurance_hint")),
    ],
    confirm: say("act.record"),
    send: (values) =>
      context.outbox.post(`/organizations/${values.get("organization")}/safeguards`, {
        adults_only: SAID[values.get("adults")],
        insured_through: values.get("insured_through") || null,
      }),
  });
}
