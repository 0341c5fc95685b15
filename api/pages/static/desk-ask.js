/** Asking somebody past the order, with a reason; dropping one line of a demand. */

import { numberWords } from "./desk-model.js";
import { ask, field, select, text } from "./dialog.js";
import { h } from "./dom.js";
import { distance, metersBetween } from "./format.js";
import { countyOf, within } from "./places.js";
import { counted, named, say } from "./words.js";

const DAY_ZONE = { timeZone: "Asia/Shanghai" };

const today = (at) => new Date(at).toLocaleDateString("sv", DAY_ZONE); // 2026-07-31

/** Whether some certificate is good enough for a graded line on this day. */
function certified(organization, line, day) {
  if (line.grade === null) return true;
  if (organization.registration_class !== "registered") return false;
  return organization.certificates.some(
    ({ certificate: held, withdrawn }) =>
      !withdrawn &&
      held.skill === line.skill &&
      held.grade <= line.grade &&
      day <= held.valid_through &&
      (held.valid_from ?? day) <= day,
  );
}

const units = (organization, skill) =>
  organization.capabilities.find((item) => item.skill === skill)?.units ?? 0;

/** Everybody of the county with the skill who is not being asked already, the nearest first. */
function candidates({ board, clock }, demand, line) {
  const county = countyOf(demand.division);
  const asked = board.all("offer").filter((row) => row.line === line.id && row.state === "sent");
  const taken = new Set(asked.map((row) => row.organization));
  const day = today(clock.now());
  const fit = (row) =>
    !row.retired &&
    !taken.has(row.id) &&
    within(row.home, county) &&
    units(row, line.skill) > 0 &&
    certified(row, line, day);
  return board
    .all("organization")
    .filter(fit)
    .map((row) => ({ row, meters: metersBetween(row, demand) }))
    .sort((one, other) => one.meters - other.meters);
}

function choice({ row, meters }, skill) {
  const duty = row.on_duty ? say("duty.on") : say("duty.off");
  return [row.name, distance(meters), counted(skill, units(row, skill)), duty].join(" · ");
}

/** Ask one organization by hand; the reason is kept sealed, on record. */
export function askByHand(context, demand, line) {
  const found = candidates(context, demand, line);
  const title = say("ask.title", {
    demand: numberWords(context.board, demand),
    skill: named("skills", line.skill),
  });
  if (!found.length) {
    ask({ title, parts: [h("p", {}, say("ask.nobody"))] });
    return;
  }
  const pairs = found.map((one) => [one.row.id, choice(one, line.skill)]);
  ask({
    title,
    parts: [
      field(say("ask.whom"), select("organization", pairs)),
      field(say("ask.reason"), text("reason", "", 200), say("ask.reason_hint")),
    ],
    confirm: say("act.ask_by_hand"),
    send: (values) =>
      context.outbox.post(
        `/lines/${line.id}/ask`,
        { organization: values.get("organization"), reason: values.get("reason").trim() },
        { personal: true },
      ),
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
