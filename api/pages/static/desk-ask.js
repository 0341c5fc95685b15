/** Asking somebody past the order, with a reason; dropping one line of a demand. */

import { certified, forbidden, today } from "./able.js";
import { deskOf, numberWords } from "./desk-model.js";
import { recordSafeguards } from "./desk-safeguards.js";
import { ask, field, number, optional, radios, select, text } from "./dialog.js";
import { h } from "./dom.js";
import { distance } from "./format.js";
import { dutyWords } from "./hours.js";
import { metersBetween } from "./meters.js";
import { countyOf, within } from "./places.js";
import { choose, counted, named, say } from "./words.js";

const units = (organization, skill) =>
  organization.capabilities.find((item) => item.skill === skill)?.units ?? 0;

/** Everybody of the county with the skill who is not being asked already, the nearest first. */
export function around({ board }, demand, line) {
  const [county, desk] = [countyOf(demand.division), deskOf(demand)];
  const asked = board.all("offer").filter((row) => row.line === line.id && row.state === "sent");
  const taken = new Set(asked.map((row) => row.organization));
  const fit = (row) =>
    !row.retired &&
    !taken.has(row.id) &&
    (within(row.home, county) || within(row.home, desk)) &&
    units(row, line.skill) > 0;
  return board
    .all("organization")
    .filter(fit)
    .map((row) => ({ row, meters: metersBetween(row, demand) }))
    .sort((one, other) => one.meters - other.meters);
}

/** Of these, whoever a desk may ask. */
function candidates(context, demand, line) {
  const day = today(context.clock.now());
  return around(context, demand, line)
    .filter(({ row }) => certified(row, line, day))
    .filter(({ row }) => !line.hazardous || !forbidden(row, day));
}

function choice({ row, meters }, skill, now) {
  const duty = dutyWords(row, now);
  return [row.name, distance(meters), counted(skill, units(row, skill)), duty].join(" · ");
}

/** Ask one organization by hand; the reason is kept sealed, on record. */
export const askByHand = (context, demand, line) =>
  choosing(context, demand, line, {
    title: say("ask.title", {
      demand: numberWords(context.board, demand),
      skill: named("skills", line.skill),
    }),
    path: `/lines/${line.id}/ask`,
    confirm: say("act.ask_by_hand"),
  });

/** Choose whom to ask, by whatever door; `but`: who is not meant; `least`: the fewest units. */
export function choosing(context, demand, line, { title, path, confirm, but, least = 1, hint }) {
  const fit = ({ row }) => row.id !== but && units(row, line.skill) >= least;
  const found = candidates(context, demand, line).filter(fit);
  if (!found.length) {
    ask({ title, parts: [h("p", {}, say("ask.nobody"))] });
    return;
  }
  const pairs = found.map((one) => [one.row.id, choice(one, line.skill, context.clock.now())]);
  ask({
    title,
    parts: [
      field(say("ask.whom"), select("organization", pairs)),
      field(say("ask.reason"), text("reason", "", 200), say("ask.reason_hint")),
      h("p", { class: "quiet" }, hint ?? ""),
    ],
    confirm,
    send: (values) =>
      context.outbox.post(
        path,
        { organization: values.get("organization"), reason: values.get("reason").trim() },
        { personal: true },
      ),
  });
}

const WORDS = ["taken_on", "parked", "sent_home", "unsuited"];

/** Whoever is not fit for it is sent home, with that reason. */
const said = (word) => (word === "unsuited" ? { word: "sent_home", unsuited: true } : { word });

/** What was filled in, as the door takes it. */
function reception(values) {
  const here = values.get("here") === "here";
  const given = (name) => (values.get(name) ? { [name]: Number(values.get(name)) } : {});
  return {
    organization: values.get("organization"),
    ...said(values.get("word")),
    quantity: Number(values.get("quantity")),
    here,
    ...(here ? {} : given("minutes")),
    ...given("people"),
  };
}

/** A crew that nobody asked stands here, or offers to come: what the desk says to it. */
export function receiveCrew(context, demand, line) {
  const found = around(context, demand, line);
  const skill = named("skills", line.skill);
  const title = say("receive.title", { demand: numberWords(context.board, demand), skill });
  if (!found.length) {
    ask({ title, parts: [h("p", {}, say("receive.nobody"))] });
    return;
  }
  const pairs = found.map((one) => [one.row.id, choice(one, line.skill, context.clock.now())]);
  const where = ["here", "coming"].map((code) => [code, choose("receive_where", code)]);
  const what = WORDS.map((code) => [code, choose("receive_word", code)]);
  const short = Math.max(0, line.target - line.covered);
  const lacks = short
    ? say("receive.short", { units: counted(line.skill, short) })
    : say("receive.covered");
  ask({
    title,
    parts: [
      h("p", { class: "quiet" }, lacks),
      field(say("ask.whom"), select("organization", pairs)),
      field(say("receive.quantity"), number("quantity", "")),
      radios("here", say("receive.where"), where),
      field(say("receive.minutes"), optional("minutes", 2880)),
      field(say("receive.people"), optional("people", 10000)),
      radios("word", say("receive.word"), what),
      h("p", { class: "quiet" }, say(short ? "receive.parked_short" : "receive.parked")),
    ],
    confirm: say("act.record"),
    send: (values) => context.outbox.post(`/lines/${line.id}/receive`, reception(values)),
  });
}

/** What hazardous work asks for, of one of those around. */
export function safeguards(context, demand, line) {
  const rows = around(context, demand, line).map(({ row }) => row);
  const asked = context.board.all("offer").filter((row) => row.line === line.id);
  const known = new Set(rows.map((row) => row.id));
  const others = [...new Set(asked.map((row) => row.organization))]
    .filter((id) => !known.has(id))
    .map((id) => context.board.get("organization", id))
    .filter(Boolean);
  recordSafeguards(context, demand, line, [...others, ...rows]);
}

/** So much of a line is done by the township's own crew. */
export function ownCrew(context, demand, line) {
  const skill = named("skills", line.skill);
  const missing = Math.max(0, line.target - line.covered + line.own);
  ask({
    title: say("own.title", { demand: numberWords(context.board, demand), skill }),
    parts: [field(say("own.units"), number("units", line.own || "", 0), say("own.hint"))],
    confirm: say("act.record"),
    send: (values) =>
      context.outbox.post(`/lines/${line.id}/own-crew`, { units: Number(values.get("units")) }),
  });
}

/** One line is no longer wanted; whoever is asked or on the way for it is let go. */
export function dropLine(context, demand, line) {
  const skill = named("skills", line.skill);
  ask({
    title: say("drop.title", { demand: numberWords(context.board, demand), skill }),
    parts: [h("p", { class: "unmet" }, say("drop.live"))],
    confirm: say("act.drop_line"),
    look: "danger",
    send: () => context.outbox.post(`/lines/${line.id}/drop`),
  });
}
