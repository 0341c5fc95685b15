/** The next step of a demand, and who owes it: the first of these that is so. */

import { live, unable } from "./assignments.js";
import {
  awaited,
  forgotten,
  nextLook,
  outAndWaiting,
  toRelieve,
  unproved,
  withdrawing,
} from "./desk-model.js";
import { moment } from "./format.js";
import { placeName } from "./places.js";
import { named, say } from "./words.js";

const DESK = "bad"; // its desk has to do something
const SOON = "warn"; // or will have to, unless somebody else does

/** `{words, look}`: for a row of the list; the card says all of it. */
export function nextStep(context, item) {
  const now = context.clock.now();
  for (const step of STEPS) {
    const found = step(item, now);
    if (found) return found;
  }
  return { words: say("next.covered"), look: "good" };
}

const said = (look, key, values) => ({ words: say(key, values), look });

const some = (rows, look, key, now) =>
  rows.length > 0 && said(look, key, { count: rows.length, ...(now && lastOf(rows, now)) });

const lastOf = (rows, now) => ({
  time: moment(Math.max(...rows.map((row) => row.answer_by ?? row.promised_at)), now),
});

/** Of organizations: one that has several requests counts once. */
const parties = (rows, look, key, now) =>
  rows.length > 0 &&
  said(look, key, {
    count: new Set(rows.map((row) => row.organization)).size,
    ...(now && lastOf(rows, now)),
  });

/** Asked, and not to take somebody's place. */
const forTheLine = (row) => awaited(row) && !row.relieves;

const STEPS = [
  ({ demand }) =>
    demand.state === "closed" && { words: named("close_reasons", demand.reason), look: "" },
  ({ demand, mine }) =>
    demand.hand_up?.state === "taken_on" &&
    !mine &&
    said("", "next.taken_on", { place: placeName(demand.hand_up.by) }),
  ({ sent, mine }) => sent && !mine && said("", "next.away"),
  ({ assignments }) =>
    some(assignments.filter((row) => live(row) && unable(row).length > 0), DESK, "next.unable"),
  ({ assignments }) =>
    some(assignments.filter((row) => live(row) && row.missed_at !== null), DESK, "next.silent"),
  ({ assignments }) => some(assignments.filter(forgotten), DESK, "next.beside"),
  ({ assignments }) => some(assignments.filter(withdrawing), DESK, "next.withdrawing"),
  ({ assignments }) => some(assignments.filter(outAndWaiting), DESK, "next.out"),
  ({ demand }) =>
    demand.state === "draft" &&
    said(DESK, demand.climbed_at === null ? "next.draft" : "next.draft_climbed"),
  ({ demand }) => demand.hand_up?.state === "waiting" && said(DESK, "next.handed"),
  ({ demand }) => demand.state === "on_hold" && said(SOON, "next.hold"),
  ({ assignments }) =>
    some(assignments.filter((row) => live(row) && row.reports.length > 0), DESK, "next.report"),
  ({ assignments }) => some(assignments.filter(toRelieve), DESK, "next.relief"),
  ({ offers }) =>
    !offers.some(forTheLine) && parties(offers.filter(unproved), DESK, "next.unproved"),
  ({ calls }) => calls > 0 && said(DESK, "next.call", { count: calls }),
  ({ demand }) => demand.nobody_at !== null && said(DESK, nobody(demand)),
  ({ demand }) => demand.asked_at !== null && said(DESK, "next.needed"),
  ({ offers }) => parties(offers.filter((row) => row.state === "standby"), DESK, "next.standby"),
  ({ demand }) =>
    demand.helpers.length > 0 && said(DESK, "next.helpers", { count: demand.helpers.length }),
  ({ demand }) => demand.leader !== null && said("", "next.led"),
  ({ demand }) => demand.shut.length > 0 && { words: shutWords(demand), look: SOON },
  ({ assignments }) =>
    some(assignments.filter((row) => live(row) && row.overdue), DESK, "next.overdue"),
  ({ offers }, now) => parties(offers.filter(forTheLine), SOON, "next.asked", now),
  ({ demand }, now) =>
    demand.release_at > now &&
    said("", "next.release", { time: moment(demand.release_at, now) }),
  ({ demand, offers }, now) => lookedAt(demand, offers, now),
  ({ assignments }) =>
    some(assignments.filter((row) => row.state === "reported_done"), SOON, "next.confirm"),
  ({ assignments }, now) =>
    some(assignments.filter((row) => ON_THE_WAY.has(row.state)), "", "next.coming", now),
  ({ assignments }) =>
    some(assignments.filter((row) => row.state === "on_scene"), "", "next.there"),
];

/** Its zone is closed, or everybody there is told to leave, or to stop. */
function shutWords({ shut }) {
  if (shut.some((order) => order.zone)) return say("next.shut");
  const leaving = shut.some(({ what }) => what !== "stop");
  return say(leaving ? "next.all_leave" : "next.all_stop");
}

const nobody = ({ climbed_at: climbed }) =>
  climbed === null ? "next.nobody_asked" : "next.nobody_climbed";

const ON_THE_WAY = new Set(["committed", "en_route"]);

/** Nobody can be asked now: said with the next try, or what it waits for. */
function lookedAt({ lines }, offers, now) {
  const short = lines.filter((line) => line.open && !line.asleep && line.short > 0);
  if (!short.length) return null;
  const times = short.map((line) => nextLook(line, offers, now)).filter((time) => time !== null);
  if (!short.some((line) => line.unmet)) return said(SOON, "next.searching");
  if (!times.length) return said(DESK, "next.nobody");
  return said(DESK, "next.again", { time: moment(Math.min(...times), now) });
}
