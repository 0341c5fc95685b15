/** Several demands at once: what a false flood has posted is found, cleared away, and put back. */

import { divisionsOf } from "./desk-model.js";
import { ask, field, select } from "./dialog.js";
import { h, setText } from "./dom.js";
import { spoken } from "./format.js";
import { Problem } from "./http.js";
import { tell } from "./page.js";
import { placeName, within } from "./places.js";
import { listed, named, say } from "./words.js";

const AT_ONCE = 100; // in one command
const NUMBERS_SHOWN = 6;
const UNDO_LASTS = 3600000; // milliseconds
const KEPT = "shouwang-several-"; // what an account closed last, for a page that is loaded again
const MINUTE = 60000;
const REASONS = ["unfounded", "duplicate", "posted_by_mistake", "canceled"];

/** Somebody was there, be it the township's own crew: such a one was not posted for nothing. */
const helped = ({ demand, assignments }) =>
  demand.lines.some((line) => line.delivered > 0 || line.own > 0) ||
  assignments.some((row) => row.arrived_at !== null && row.round === demand.round);

/** Somebody has said yes and is let go where it is closed: only if the desk says so. */
const awaited = ({ assignments }) => assignments.some((row) => row.ended_at === null);

/** What is closed of what was found. */
const closable = (items, values) =>
  items.filter((item) => !helped(item) && (values.has("awaited") || !awaited(item)));

/** What the filters leave of the open demands that are this desk's. */
function matching(items, values, now) {
  const [words, division, kind] = ["words", "division", "kind"].map((name) => values.get(name));
  const since = Number(values.get("since")) * MINUTE;
  const fits = ({ demand }) =>
    (!words || `${demand.risk_statement} ${demand.rally_point}`.includes(words.trim())) &&
    (!division || demand.division === division) &&
    (!kind || demand.kind === kind) &&
    (!since || demand.published_at >= now - since);
  return items.filter(fits);
}

/** A choice among what is there, and of all. */
function choices(items, name, words) {
  const codes = [...new Set(items.map(({ demand }) => demand[name]))];
  const pairs = codes.map((code) => [code, words(code)]);
  pairs.sort(([, one], [, other]) => one.localeCompare(other));
  return select(name, [["", say("several.any")], ...pairs], "");
}

function found(all, values) {
  const items = closable(all, values);
  const numbers = items.slice(0, NUMBERS_SHOWN).map(({ demand }) => spoken(demand));
  if (items.length > NUMBERS_SHOWN) numbers.push("…");
  const busy = all.length - items.length;
  const told = say("several.found", { count: items.length, numbers: numbers.join(" · ") });
  if (!busy) return told;
  const spared = say("several.busy", { count: busy });
  return `${told} ${spared}`;
}

/** Close what a desk finds among its open demands, with one reason. */
export function closeSeveral(context, items) {
  const told = h("p", { class: "unmet", role: "status" });
  const since = h("input", { name: "since", type: "number", inputmode: "numeric", min: 1 });
  const reasons = listed("close_reasons").filter(([code]) => REASONS.includes(code));
  const pairs = reasons.map(([code]) => [code, named("close_reasons", code)]);
  const chosen = (values) => matching(items, values, context.clock.now());
  const form = ask({
    title: say("act.close_several"),
    parts: [
      field(say("several.words"), h("input", { name: "words", maxlength: 100 })),
      field(say("form.place"), choices(items, "division", placeName)),
      field(
        say("form.kind"),
        choices(items, "kind", (code) => named("kinds", code)),
      ),
      field(say("several.since"), since),
      field(say("close.reason"), select("reason", pairs)),
      h(
        "label",
        { class: "tick" },
        h("input", { name: "awaited", type: "checkbox" }),
        h("span", {}, say("several.awaited")),
      ),
      told,
    ],
    confirm: say("act.close_several"),
    look: "danger",
    send: (values) =>
      closeAll(context, closable(chosen(values), values), values.get("reason"), told),
  });
  const look = () => {
    const values = new FormData(form);
    setText(told, found(chosen(values), values));
  };
  form.addEventListener("input", look);
  look();
}

async function closeAll(context, items, reason, told) {
  const ids = items.map(({ demand }) => demand.id);
  const closed = [];
  try {
    for await (const done of inParts(context, "/demands/close", ids, { reason })) {
      closed.push(...done);
      setText(told, say("several.progress", { done: closed.length, count: ids.length }));
    }
  } finally {
    if (closed.length) {
      keep(context, { closed, until: Date.now() + UNDO_LASTS });
      offerBack(context, closed, UNDO_LASTS);
    }
  }
}

/** What was closed within the hour may be taken back also after the page was loaded again. */
export function startSeveral(context) {
  const { closed, until } = kept(context) ?? {};
  if (closed && until > Date.now()) offerBack(context, closed, until - Date.now());
}

function keep({ me }, what) {
  try {
    sessionStorage.setItem(KEPT + me.account, JSON.stringify(what));
  } catch {
    // Storage may be forbidden; taking back then lasts as long as the page.
  }
}

function kept({ me }) {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT + me.account));
  } catch {
    return null;
  }
}

/** Post ids in parts, each inside one of this desk's divisions; gives what each part has done. */
async function* inParts({ me, board, outbox, past }, path, ids, more = {}) {
  const where = new Map(past.with(board).map((row) => [row.id, row.division]));
  for (const division of divisionsOf(me)) {
    const inside = ids.filter((id) => within(where.get(id), division));
    for (let at = 0; at < inside.length; at += AT_ONCE) {
      const body = { division, demands: inside.slice(at, at + AT_ONCE), ...more };
      yield (await outbox.post(path, body)).demands;
    }
  }
}

/** For an hour it can be taken back as a whole. */
function offerBack(context, closed, lasts) {
  const back = h("button", { type: "button", class: "small", "data-words": "several.undo" });
  const words = () => say("several.done", { count: closed.length });
  const notice = tell(words, { action: back, lasts });
  back.addEventListener("click", async () => {
    back.disabled = true;
    const count = await takeBack(context, closed);
    back.disabled = false;
    if (count === null) return; // told already; it can be tried again
    notice.remove();
    tell(() => say("several.undone", { count }));
  });
}

/** How many were reopened; null where a part was refused. */
async function takeBack(context, closed) {
  let count = 0;
  try {
    for await (const done of inParts(context, "/demands/reopen", closed)) count += done.length;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
    return null;
  }
  keep(context, null);
  return count;
}
