/** The desk: a township publishes what is asked for and follows it to the end. */

import { startAlarms } from "./desk-alarms.js";
import { drawAway } from "./desk-away.js";
import { startCalled } from "./desk-called.js";
import { startHeard } from "./desk-heard.js";
import { drawDemands, startDemands } from "./desk-demands.js";
import { drawEnding } from "./desk-ending.js";
import { drawForm, startForm } from "./desk-form.js";
import { drawIncidents, startIncidents } from "./desk-incidents.js";
import { drawMap, startMap } from "./desk-map.js";
import { overviewKey, startOverview, wide } from "./desk-overview.js";
import { parts } from "./desk-parts.js";
import { drawReplies, startReplies } from "./desk-replies.js";
import { drawSilent } from "./desk-silent.js";
import { startSound } from "./desk-sound.js";
import { drawTasks } from "./desk-tasks.js";
import { find } from "./dom.js";
import { moment, span } from "./format.js";
import { start, tell } from "./page.js";
import { learnPlaces } from "./places.js";
import { say } from "./words.js";

const LOST_TOLD = "shouwang-lost-told";

/** After a standstill whoever has to answer has the time that was left; each is told once. */
function tellLost({ board, clock }) {
  const rows = board.all("operation").sort((one, other) => other.lost - one.lost);
  const [{ lost = 0, lost_last: last, lost_at: at } = {}] = rows;
  if (String(lost) === (sessionStorage.getItem(LOST_TOLD) ?? "0")) return;
  sessionStorage.setItem(LOST_TOLD, String(lost));
  if (!lost) return;
  const times = () => ({ time: moment(at, clock.now()), span: span(last), all: span(lost) });
  const words = () => say(lost > last ? "demands.lost_again" : "demands.lost", times());
  tell(words, { problem: true });
}

/** While a long page is still coming, its worst demands alone: of the rest nothing is said yet. */
function draw(context) {
  if (!context.board.whole) return drawDemands(context);
  tellLost(context);
  drawForm(context);
  drawIncidents(context);
  drawSilent(context);
  drawDemands(context);
  drawAway(context);
  drawEnding(context);
  drawTasks(context);
  drawReplies(context);
  drawMap();
}

function openForm({ board }) {
  const none = !board.all("demand").some((row) => row.state !== "closed");
  if (wide() && none) find("#post-box").open = true;
}

const context = await start("desk", draw, parts);
startForm(context);
startIncidents(context);
startDemands(context);
startOverview(context);
startMap(context);
startSound();
document.addEventListener("keydown", overviewKey);
startAlarms(context);
startReplies(context);
startCalled(context);
startHeard(context);
import("./desk-shift.js").then((part) => part.startShift(context)).catch(() => {});
find("#head-box").addEventListener("toggle", async () => {
  (await import("./head.js")).showHead("desk");
});
context.board.addEventListener("part", () => {
  context.redraw();
  learnPlaces(context.me.area, "desk").catch(() => {}); // `change` asks for them again
});
// With nothing to look at the form stands open; else N opens it, over the card, never the list.
context.board.addEventListener("change", () => openForm(context), { once: true });
