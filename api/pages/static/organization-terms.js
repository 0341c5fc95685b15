/** On which terms an organization is asked: its hours, its leave, exercises; what is on record. */

import { field } from "./dialog.js";
import { drawList, find, h } from "./dom.js";
import { fieldMoment, fieldTime, moment } from "./format.js";
import { away, clockOf, dayName } from "./hours.js";
import { ownDeskLine } from "./organization-desk.js";
import { act, posting, tell } from "./page.js";
import { language, moreWords, named, say } from "./words.js";

const DAYS = [1, 2, 3, 4, 5, 6, 7];

const DAY = 24 * 3600 * 1000;

export { away };

/** When what is said of its hours may next be otherwise. */
export function edges(own, now) {
  const leaves = own.leaves.flatMap(({ begins, ends }) => [begins, ends]);
  const found = away(own, now);
  const day = now - (now % DAY); // within a day, each hour of a shift in either day around
  const minutes = own.hours.flatMap(({ begins, ends }) => [begins, ends]);
  const from = (one) => [0, 1, 2].map((n) => day + n * DAY + (one - 480) * 60_000);
  const hours = minutes.flatMap(from);
  return [...leaves, ...hours, ...(found ? [found.until] : [])];
}

/** Load the words of this part. */
export const start = () => moreWords("words-terms");

export function draw(context, own) {
  const { hours, leaves, enrolled, adults_only, insured_through, certificates } = own;
  const waiting = Boolean(context.outbox.waiting(`/organizations/${own.id}/hours`));
  const item = { key: own.id, hours, leaves, enrolled, adults_only, insured_through, waiting };
  const items = [{ ...item, certificates, language: language() }];
  drawList(find("#terms"), items, () => card(context, own));
  const desk = { key: own.home, desks: context.desks, language: language() };
  drawList(find("#terms-desk"), [desk], () => ownDeskLine(context, own.home));
}

function card(context, own) {
  return h(
    "div",
    { class: "card" },
    h("h3", {}, say("terms.hours")),
    h("p", {}, hoursWords(own)),
    hoursForm(context, own),
    h("h3", {}, say("terms.leave")),
    ...leaveList(context, own),
    leaveForm(context, own),
    h("h3", {}, say("terms.exercises")),
    enrollment(context, own),
    h("h3", {}, say("terms.hazardous")),
    h("p", {}, adultsWords(own), " · ", insuranceWords(own)),
    h("p", { class: "quiet" }, say("terms.hazardous_how")),
    h("div", { id: "terms-desk" }),
    ...certificateList(own),
  );
}

function hoursWords({ hours }) {
  if (!hours.length) return say("terms.any_hour");
  const one = (shift) =>
    `${dayName(shift.day)} ${clockOf(shift.begins)}–${clockOf(shift.ends % 1440)}`;
  return hours.map(one).join(" · ");
}

const minuteOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

function hoursForm(context, own) {
  const [first] = own.hours;
  const time = (name, minutes) =>
    h("input", { type: "time", name, value: clockOf(minutes % 1440), required: true });
  const chosen = (day) => own.hours.some((shift) => shift.day === day);
  const days = DAYS.map((day) => {
    const input = h("input", { type: "checkbox", name: "day", value: day, checked: chosen(day) });
    return h("label", { class: "tick" }, input, h("span", {}, dayName(day)));
  });
  const form = h(
    "form",
    { class: "hours" },
    h("fieldset", {}, h("legend", {}, say("terms.days")), ...days),
    field(say("terms.from"), time("begins", first?.begins ?? 480)),
    field(say("terms.until"), time("ends", first?.ends ?? 1080), say("terms.until_hint")),
    h("button", { type: "submit", class: "wide" }, say("act.save")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new FormData(form);
    const span = { begins: minuteOf(values.get("begins")), ends: minuteOf(values.get("ends")) };
    const hours = values.getAll("day").map((day) => ({ day: Number(day), ...span }));
    save(context, own, { hours: hours.map((shift) => ({ ...shift, ends: shift.ends || 1440 })) });
  });
  return form;
}

/** All of it is stated anew; a leave that is over is left out. */
async function save(context, own, { hours = own.hours, leaves = own.leaves }) {
  const now = context.clock.now();
  const body = { hours, leaves: leaves.filter((leave) => leave.ends > now) };
  if (await act(context, `/organizations/${own.id}/hours`, body)) tell(() => say("own.saved"));
}

function leaveList(context, own) {
  const now = context.clock.now();
  const ahead = own.leaves.filter((leave) => leave.ends > now);
  if (!ahead.length) return [h("p", { class: "nothing" }, say("terms.no_leave"))];
  return ahead.map((leave) => {
    const onclick = () => save(context, own, { leaves: ahead.filter((one) => one !== leave) });
    const button = h("button", { type: "button", class: "small", onclick }, say("terms.end_leave"));
    const span = `${moment(leave.begins, now)} – ${moment(leave.ends, now)}`;
    return h("p", { class: "buttons" }, h("span", {}, span), button);
  });
}

function leaveForm(context, own) {
  const now = fieldTime(context.clock.now());
  const time = (name, value) =>
    h("input", { type: "datetime-local", name, min: now, required: true, value });
  const form = h(
    "form",
    { class: "leave" },
    field(say("terms.from"), time("begins", now)),
    field(say("terms.until"), time("ends", "")),
    h("button", { type: "submit", class: "wide" }, say("terms.add_leave")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new FormData(form);
    const [begins, ends] = ["begins", "ends"].map((name) => fieldMoment(values.get(name)));
    save(context, own, { leaves: [...own.leaves, { begins, ends }] });
  });
  return form;
}

function enrollment(context, own) {
  const path = `/organizations/${own.id}/enrollment`;
  const words = say(own.enrolled ? "terms.leave_exercises" : "terms.enroll");
  const body = { enrolled: !own.enrolled };
  const state = say(own.enrolled ? "terms.enrolled" : "terms.not_enrolled");
  return h(
    "p",
    { class: "buttons" },
    h("span", {}, state),
    posting(context, { path, body, words, look: "small" }),
  );
}

function adultsWords({ adults_only: adults }) {
  if (adults === null) return say("terms.adults_unknown");
  return say(adults ? "terms.adults" : "terms.minors");
}

function insuranceWords({ insured_through: day }) {
  return day === null ? say("terms.insurance_unknown") : say("terms.insured", { day });
}

function certificateList({ certificates }) {
  const good = certificates.filter((held) => !held.withdrawn);
  if (!good.length) return [];
  const one = ({ certificate: held }) =>
    say("terms.certificate", {
      skill: named("skills", held.skill),
      grade: held.grade,
      day: held.valid_through,
    });
  const words = good.map((held) => h("p", {}, one(held)));
  return [h("h3", {}, say("terms.certificates")), ...words];
}
