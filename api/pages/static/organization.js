/** An organization's page, for one thumb: offers to answer, assignments to go through, tasks. */

import { drawList, find, h, setText } from "./dom.js";
import { assignmentCard, endedCard, offerCard, taskCard } from "./organization-cards.js";
import { posting, start } from "./page.js";
import { placeName } from "./places.js";
import { language, say, wording } from "./words.js";

const LIVE = new Set(["committed", "en_route", "on_scene", "reported_done"]);
const ENDED_SHOWN = 10;

let told = null; // offers that were open at the last drawing; null before the first

function draw(context) {
  const { board } = context;
  const offers = board.all("offer");
  const assignments = board.all("assignment");
  const asked = offers.filter((row) => row.state === "sent").sort(byUrgency);
  const busy = assignments.filter((row) => LIVE.has(row.state)).sort(byUrgency);
  section(context, "offers", asked, offerCard);
  section(context, "assignments", busy, assignmentCard);
  section(context, "tasks", tasksFor(context), taskCard);
  section(context, "ended", ended(offers, assignments), endedCard);
  find("#no-offers").hidden = asked.length + busy.length > 0;
  drawDuty(context);
  announce(asked);
}

const byUrgency = (one, other) =>
  one.priority - other.priority || (one.answer_by ?? 0) - (other.answer_by ?? 0);

function section(context, name, rows, card) {
  const items = rows.map((row) => ({
    key: row.id,
    row,
    place: placeName(row.division),
    language: language(),
    meters: row.offer ? context.board.get("offer", row.offer)?.meters : row.meters,
    underway: underway(context, row),
    opened: context.opened?.[row.demand],
  }));
  drawList(find(`#${name}`), items, (item) => card(context, item));
  find(`#${name}-box`).hidden = items.length === 0;
}

function underway({ outbox }, row) {
  const about = (entry) => [row.id, row.demand].some((id) => entry.path.includes(`/${id}/`));
  return outbox.entries.filter(about).map((entry) => [entry.path, entry.tries > 0]);
}

/** Open tasks of the county, and those this organization has claimed. */
function tasksFor({ board, organization }) {
  const mine = (row) => row.organization === organization && row.state !== "verified";
  const rows = board.all("task").filter((row) => row.state === "open" || mine(row));
  return rows.sort(
    (one, other) => Number(mine(other)) - Number(mine(one)) || one.number - other.number,
  );
}

/** The latest of what is over, so that a stand-down or an earlier answer is seen and understood. */
function ended(offers, assignments) {
  const over = offers.filter((row) => row.state !== "sent" && row.state !== "accepted");
  const done = assignments.filter((row) => !LIVE.has(row.state));
  const rows = [...over, ...done].filter((row) => row.ended_at !== null);
  return rows.sort((one, other) => other.ended_at - one.ended_at).slice(0, ENDED_SHOWN);
}

function drawDuty(context) {
  const own = context.board.get("organization", context.organization);
  const box = find("#duty");
  box.hidden = !own;
  if (!own) return;
  setText(find("#own-name"), own.name);
  const path = `/organizations/${own.id}/duty`;
  const words = say(own.on_duty ? "duty.go_off" : "duty.go_on");
  const button = posting(context, { path, body: { on_duty: !own.on_duty }, words, look: "small" });
  const state = say(own.on_duty ? "duty.on" : "duty.off");
  const chip = h("span", { class: own.on_duty ? "chip good" : "chip warn" }, state);
  const item = { key: "duty", words, sending: button.disabled, label: button.textContent };
  drawList(box, [item], () => h("span", { class: "buttons" }, chip, button));
}

/** New offers are counted in the tab's title, told to screen readers, and felt in the hand. */
function announce(asked) {
  const count = asked.length;
  document.title = count ? `(${count}) ${say("organization.title")}` : say("organization.title");
  const fresh = told !== null && asked.some((row) => !told.has(row.id));
  told = new Set(asked.map((row) => row.id));
  if (!fresh) return;
  setText(find("#news"), say("offers.news", { count }));
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([200, 100, 200]);
}

// What was told in the other language is told, and needs no telling again.
wording.addEventListener("change", () => setText(find("#news"), ""));

const own = (me) => me.scopes.map((one) => one.organization).find(Boolean);

await start("organization", (context) => {
  context.organization ??= own(context.me);
  draw(context);
});
