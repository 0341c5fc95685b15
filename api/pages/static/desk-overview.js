/** Beside a wide screen's card: every demand on one line, worst first, with its next step. */

import { live } from "./assignments.js";
import { awaited } from "./desk-model.js";
import { nextStep } from "./desk-next.js";
import { drawList, find, findAll, h, setText } from "./dom.js";
import { moment, spoken } from "./format.js";
import { counted, named, say } from "./words.js";

const AGES_EVERY = 15000; // milliseconds; an age is said in whole minutes
const SIGNS_MOST = 12; // units of a line that are drawn one by one

const ROOM = matchMedia("(min-width: 60rem)");

/** Whether there is room for a list beside the card. */
export const wide = () => ROOM.matches;

/** Wire it once: another width is another page. */
export function startOverview(context) {
  ROOM.addEventListener("change", context.redraw);
  setInterval(() => tellAges(context.clock), AGES_EVERY);
}

/** One row each; `pick` is told which was pressed. */
export function drawOverview(context, items, pick) {
  const { chosen } = context;
  const rows = items.map((item) => ({ ...item, chosen: item.key === chosen }));
  drawList(find("#overview"), rows, (item) => row(context, item, pick));
  tellAges(context.clock);
}

function row(context, item, pick) {
  const { demand, number, place, key, chosen } = item;
  const step = nextStep(context, item);
  return h(
    "li",
    { class: demand.state },
    h(
      "button",
      {
        type: "button",
        class: "row",
        "data-band": item.band,
        onclick: () => pick(key),
        "aria-current": chosen && "true",
        "data-focus": `row-${key}`,
      },
      priority(demand.priority),
      name(demand, number),
      h("span", { class: "place", title: place }, place),
      h("span", { class: "covers" }, covers(item)),
      h("span", { class: `next ${step.look}`, title: step.words }, step.words),
      since(context, demand),
    ),
  );
}

/** Where several incidents are open, its own stands below, on a line by itself. */
function name(demand, number) {
  const [short, kind] = [spoken(demand), named("kinds", demand.kind)];
  const title = `${number} ${kind}`;
  const incident = number.slice(short.length).trim();
  const below = incident && h("small", {}, incident);
  return h("span", { class: "name", title }, h("b", {}, short), " ", kind, below);
}

/** A number is enough in a row; who does not see the row hears the word as well. */
const priority = (number) =>
  h(
    "span",
    { class: `priority p${number}`, title: named("priorities", number) },
    String(number),
    h("span", { class: "unseen" }, named("priorities", number)),
  );

/** For how long it has been open; once it is over, since when. */
function since({ clock }, demand) {
  if (demand.state !== "closed") {
    return h("span", { class: "quiet", "data-since": demand.published_at });
  }
  const ended = moment(demand.closed_at, clock.now());
  return h("span", { class: "quiet", title: ended }, ended);
}

/** How long each has been open: what a desk looks for first, and a clock does not say. */
function tellAges(clock) {
  for (const element of findAll("#overview [data-since]")) {
    setText(element, age(clock.now() - Number(element.dataset.since)));
  }
}

function age(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60000));
  if (minutes < 120) return say("overview.minutes", { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return say("overview.hours", { count: hours });
  return say("overview.days", { count: Math.floor(hours / 24) });
}

/** Of one line with a sign for each unit; of several there is room for the numbers. */
function covers(item) {
  const lines = item.demand.lines.filter((line) => !line.dropped);
  return lines.map((line) => cover(item, line, lines.length === 1));
}

function cover(item, line, signs) {
  const units = say(line.lost > 0 ? "overview.cover_lost" : "overview.cover", {
    covered: line.covered,
    target: counted(line.skill, line.target),
    lost: line.lost,
  });
  const look = `cover ${line.open && !line.asleep ? line.cover : ""}`;
  const title = `${named("skills", line.skill)} ${units}`;
  const name = h("span", { class: "unseen" }, named("skills", line.skill), " ");
  return h("span", { class: look, title }, name, signs && strip(item, line), units);
}

/** A sign for each unit: there ■, on its way ▶, late or given up », promised ◐, asked ○, none ·. */
function strip({ assignments, offers }, line) {
  if (line.target > SIGNS_MOST) return null;
  const own = (row) => row.line === line.id && !row.relieves; // who relieves fills no gap
  const crews = assignments.filter((row) => own(row) && ofRound(row, line));
  const asked = offers.filter((row) => own(row) && awaited(row));
  const signs = [
    "■".repeat(line.own),
    ...crews.map((row) => sign(row).repeat(row.quantity)).sort(byNearness),
    "○".repeat(asked.reduce((sum, row) => sum + row.quantity, 0)),
  ].join("");
  const all = signs.slice(0, line.target).padEnd(line.target, "·");
  const least = [all.slice(0, line.minimum), all.slice(line.minimum)].filter(Boolean).join("|");
  return h("span", { class: "strip", "aria-hidden": "true" }, least);
}

/** Of the present round; whoever is told to stop or to leave is no cover until that is lifted. */
const ofRound = (row, line) =>
  live(row)
    ? !row.withdrawing || row.state === "reported_done"
    : row.state === "released" && row.round === line.round;

const SIGNS = { committed: "◐", en_route: "▶", on_scene: "■", reported_done: "■", released: "■" };
const sign = (row) => (row.overdue || row.replaced ? "»" : SIGNS[row.state]);

const NEARNESS = "■▶»◐";
const byNearness = (one, other) => NEARNESS.indexOf(one[0]) - NEARNESS.indexOf(other[0]);

/** The keys of the list: J and K go along it, / searches. */
export function overviewKey(event) {
  if (!wide() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === find("#search")) return searchKey(event);
  if (event.target.closest("input, select, textarea, dialog")) return;
  const by = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (by) go(by);
  else if (event.key === "/") find("#search").focus();
  else return;
  event.preventDefault();
}

/** Enter goes to what was found, Escape back to the whole list; J and K go on from either. */
function searchKey(event) {
  if (event.key !== "Enter" && event.key !== "Escape") return;
  const field = find("#search");
  if (event.key === "Escape") {
    field.value = "";
    field.dispatchEvent(new Event("input"));
  }
  field.blur();
  find("#overview [aria-current]")?.focus();
  event.preventDefault();
}

/** The next or the one before; behind the last that is drawn, more of them are drawn. */
function go(by) {
  let rows = findAll("#overview .row");
  const at = rows.findIndex((one) => one.getAttribute("aria-current"));
  const more = find("#more-demands");
  if (at + by >= rows.length && !more.hidden) {
    more.click();
    rows = findAll("#overview .row");
  }
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.click();
  find("#overview [aria-current]")?.focus();
}
