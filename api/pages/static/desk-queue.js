/** Postings that wait for a signal: listed under the form, which is free for the next one. */

import { drawList, find, h } from "./dom.js";
import { clockTime } from "./format.js";
import { withdrawing } from "./page.js";
import { placeName } from "./places.js";
import { counted, language, named, say } from "./words.js";

const DOORS = ["/demands", "/demands/drafts"];

/** Whether a posting has to wait for a signal; false once it is answered. */
export function waits(outbox, posted) {
  if (outbox.stuck) return Promise.resolve(true);
  const settled = () => false;
  const stuck = new Promise((resolve) => {
    const look = () => outbox.stuck && resolve(true);
    outbox.addEventListener("change", look);
    posted.then(
      () => outbox.removeEventListener("change", look),
      () => outbox.removeEventListener("change", look),
    );
  });
  return Promise.race([posted.then(settled, settled), stuck]);
}

/** `putBack(context, body)` fills the form with one that is taken back. */
export function drawQueue(context, putBack) {
  const { outbox } = context;
  const waiting = outbox.stuck ? outbox.entries.filter(({ path }) => DOORS.includes(path)) : [];
  const items = waiting.map((entry) => ({
    key: entry.key,
    left: Boolean(entry.left),
    place: placeName(entry.body.place.division),
    language: language(),
  }));
  find("#queue-box").hidden = items.length === 0;
  drawList(find("#queue"), items, (item) => queued(context, item, putBack));
}

function queued(context, { key, place }, putBack) {
  const entry = context.outbox.entries.find((one) => one.key === key);
  const { body } = entry;
  const lines = body.lines.map(({ skill, target }) =>
    [named("skills", skill), counted(skill, target)].join(" "),
  );
  const back = withdrawing(context, entry);
  back?.addEventListener("click", () => putBack(context, body));
  const what = [body.priority, named("kinds", body.kind), place, ...lines].join(" · ");
  return h("li", {}, h("span", {}, `${what} · ${clockTime(entry.added)}`), " ", back);
}
