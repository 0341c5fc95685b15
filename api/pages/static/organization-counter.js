/** A counter-offer: how many could come, and when. */

import { h } from "./dom.js";
import { posting } from "./page.js";
import { counted, moreWords, say } from "./words.js";

const LATER = [60, 90, 120, 180, 240, 360, 720, 1440]; // minutes

const drafts = new Map(); // by offer: what has been filled in

/** What stands under the button, with its words loaded. */
export async function parts(context, row) {
  await moreWords("words-needs");
  const path = `/offers/${row.id}/counter`;
  if (!drafts.has(row.id)) drafts.set(row.id, { quantity: row.quantity });
  const body = drafts.get(row.id);
  body.revision = row.words_in; // of the words that are on the screen
  const hours = LATER.map((count) => [count, say("counter.hours", { count: count / 60 })]);
  const times = [["", say("act.choose")], ...hours];
  const send = posting(context, { path, body, words: say("counter.send"), look: "wide" });
  const sent = send.disabled;
  const ready = () => (send.disabled = sent || !body.minutes); // nobody has said when
  ready();
  const counts = Array.from({ length: row.quantity }, (_, index) => row.quantity - index);
  const units = counts.map((count) => [count, counted(row.skill, count)]);
  const several = row.quantity > 1 && !row.whole;
  const fields = [
    labeled("counter.when", pick(body, "minutes", times, ready)),
    several ? labeled("accept.quantity", pick(body, "quantity", units)) : "",
  ];
  return [
    h("p", { class: "quiet" }, say("counter.hint")),
    h("div", { class: "pair" }, fields),
    send,
  ];
}

const labeled = (key, control) => h("label", { class: "field" }, h("span", {}, say(key)), control);

function pick(body, name, pairs, then = () => {}) {
  const options = pairs.map(([value, words]) =>
    h("option", { value, selected: value === body[name] }, words),
  );
  const control = h("select", {}, options);
  control.addEventListener("change", () => {
    if (control.value) body[name] = Number(control.value);
    else delete body[name];
    then();
  });
  return control;
}
