/** What waits for a second person and, for stewards, what the doors and channels complain of. */

import { h, setText } from "./dom.js";
import { fullTime } from "./format.js";
import { Problem, get, postOnce } from "./http.js";
import { choose, inLanguage, say } from "./words.js";

const LISTED = "second_person"; // each of them is a line of its own, with its button

export async function showWaiting(me, place) {
  const { waiting } = await get("/confirmations", me.role);
  place.hidden = !waiting.length;
  const items = waiting.map((each) => item(me, each, () => showWaiting(me, place)));
  const hint = h("p", {}, say("waiting.hint"));
  place.replaceChildren(h("h2", {}, say("waiting.title")), hint, ...items);
}

function item(me, each, again) {
  const words = h("p", {}, about(me, each), " ", say("waiting.until", { time: until(each) }));
  if (!each.yours) return words;
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const button = h("button", { type: "button" }, say("waiting.confirm"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const told = { role: each.role, link: each.link };
      await postOnce(`/accounts/${each.account}/confirm`, told, me.role);
      await again();
    } catch (refused) {
      if (!(refused instanceof Problem)) throw refused;
      setText(problem, refused.text);
      problem.hidden = false;
    }
  });
  return h("div", {}, words, problem, button);
}

function about(me, each) {
  const told = { name: each.name, place: each.place, role: choose("role", each.role) };
  const by = each.by ?? say("access.machine");
  return say(each.link ? "waiting.link" : "waiting.grant", { ...told, by });
}

const until = (each) => fullTime(each.confirm_by);

export async function showAlarms(me, place) {
  const told = (await get("/alarms", me.role)).alarms;
  const alarms = told.filter(({ kind }) => kind !== LISTED);
  place.hidden = !alarms.length;
  const items = alarms.map((alarm) => h("li", {}, inLanguage(alarm), " ", fullTime(alarm.since)));
  place.replaceChildren(h("h2", {}, say("waiting.alarms")), h("ul", {}, items));
}
