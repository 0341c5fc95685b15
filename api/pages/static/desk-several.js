/** Several demands at once: what a false flood has posted is found, cleared away, and put back. */

import { divisionsOf } from "./desk-model.js";
import { ask, field, select } from "./dialog.js";
import { h, setText } from "./dom.js";
import { spoken } from "./format.js";
import { tell } from "./page.js";
import { placeName, within } from "./places.js";
import { listed, named, say } from "./words.js";

const AT_ONCE = 100; // in one command
const NUMBERS_SHOWN = 6;
const UNDO_LASTS = 3600000; // milliseconds
const MINUTE = 60000;
const REASONS = ["unfounded", "duplicate", "posted_by_mistake", "canceled"];

/** Somebody has arrived or has done something: such a one was not posted for nothing. */
const helped = ({ demand, assignments }) =>
  demand.lines.some((line) => line.delivered > 0) ||
  assignments.some((row) => row.arrived_at !== null && row.ended_at === null);

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
  return select(name, [["", say("several.any")], ...pairs]);
}

function found(items) {
  const numbers = items.slice(0, NUMBERS_SHOWN).map(({ demand }) => spoken(demand));
  if (items.length > NUMBERS_SHOWN) numbers.push("…");
  const busy = items.filter(helped).length;
  const told = say("several.found", { count: items.length - busy, numbers: numbers.join(" ") });
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
      field(say("close.reason"), select("reason", pairs, REASONS[0])),
      told,
    ],
    confirm: say("act.close_several"),
    look: "danger",
    send: (values) => closeAll(context, chosen(values), values.get("reason"), told),
  });
  const look = () => setText(told, found(chosen(new FormData(form))));
  form.addEventListener("input", look);
  look();
}

async function closeAll(context, items, reason, told) {
  const ids = items.filter((item) => !helped(item)).map(({ demand }) => demand.id);
  const closed = [];
  for await (const done of inParts(context, "/demands/close", ids, { reason })) {
    closed.push(...done);
    setText(told, say("several.progress", { done: closed.length, count: ids.length }));
  }
  if (closed.length) offerBack(context, closed);
}

/** Post ids in parts, each inside one of this desk's divisions; gives what each part has done. */
async function* inParts({ me, board, outbox }, path, ids, more = {}) {
  for (const division of divisionsOf(me)) {
    const inside = ids.filter((id) => within(board.get("demand", id)?.division, division));
    for (let at = 0; at < inside.length; at += AT_ONCE) {
      const body = { division, demands: inside.slice(at, at + AT_ONCE), ...more };
      yield (await outbox.post(path, body)).demands;
    }
  }
}

/** For an hour it can be taken back as a whole. */
function offerBack(context, closed) {
  const back = h("button", { type: "button", class: "small", "data-words": "several.undo" });
  const words = () => say("several.done", { count: closed.length });
  const notice = tell(words, { action: back, lasts: UNDO_LASTS });
  back.addEventListener("click", async () => {
    back.disabled = true;
    let count = 0;
    for await (const done of inParts(context, "/demands/reopen", closed)) count += done.length;
    notice.remove();
    tell(() => say("several.undone", { count }));
  });
}
