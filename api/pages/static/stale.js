/** A page that has heard nothing for a while looks dead: gray, its age in large figures. */

import { find, h, setText } from "./dom.js";
import { clockTime, spell } from "./format.js";
import { say } from "./words.js";

const DEAD_AFTER = 60000; // milliseconds; a server that starts anew is back long before
const LOOK = 1000;

/** Loaded while there is signal, for when there is none; a wall says so in its own way. */
export function watchWord(context) {
  if (document.querySelector("#stale")) return;
  const sheet = h("link", { rel: "stylesheet", href: "/static/stale.css" });
  document.head.append(sheet);
  const bar = h("div", { id: "dead", role: "alert", hidden: true }, h("strong"), h("p"));
  find("#banner").after(bar);
  setInterval(() => draw(context, bar), LOOK);
}

function draw({ board, role }, bar) {
  const age = Date.now() - board.lastWord;
  const dead = board.lastWord !== null && !board.heard && !board.ended && age >= DEAD_AFTER;
  document.body.classList.toggle("stale", dead);
  bar.hidden = !dead;
  if (!dead) return;
  const [large, small] = bar.children;
  setText(large, say("stale.age", { age: spell(Math.round(age / 1000)) }));
  const means = role === "desk" ? "stale.desk" : "stale.means";
  setText(small, say(means, { time: clockTime(board.lastWord) }));
}
