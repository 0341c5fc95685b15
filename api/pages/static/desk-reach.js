/** How far whoever was asked has been reached, whom to call, and every message about an offer. */

import { calledOf, onlyByHand } from "./desk-called.js";
import * as calls from "./desk-calls.js";
import { callable } from "./desk-model.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { Problem, get } from "./http.js";
import { choose, inLanguage, say } from "./words.js";

const EVERY = 10000; // milliseconds between two looks at messages that stand unfolded

const told = new Map(); // the messages about an offer, as they were last heard of

/** By what it was reached first, and when; in words that promise no more than is known. */
export function reachedWords(row, now) {
  if (row.reached_at !== null) {
    return choose("reach", row.reached_by, { time: moment(row.reached_at, now) });
  }
  if (row.state !== "sent") return say("reached.never");
  return say(onlyByHand(row) ? "reached.by_hand" : "reached.not_yet");
}

/** In red where somebody has to be called, with whom beside it; each showing is on record. */
export function callParts(context, { mine }, row) {
  if (!mine) return null;
  const open = (shown) => () => calls.answerByPhone(context, row, shown);
  const due = callable(row, context.clock.now());
  return [
    triedWords(row.id, context.clock.now()),
    due && h("strong", { class: "chip bad" }, say("call.now")),
    h(
      "span",
      { class: "buttons" },
      (due || row.unproved) && button(row, "act.whom_to_call", open(true)),
      button(row, "act.by_phone", open(false)),
    ),
  ];
}

/** Calls by a request that nobody picked up, and how many numbers are left to try. */
export function triedWords(offer, now) {
  const called = calledOf(offer);
  if (!called?.tried) return null;
  const parts = { time: moment(called.tried_at, now), count: called.tried, left: called.left };
  return h("span", {}, say(called.left ? "calls.tried" : "calls.all_tried", parts));
}

function button(row, name, onclick) {
  const focus = `${name}-${row.id}`;
  return h("button", { type: "button", class: "small", onclick, "data-focus": focus }, say(name));
}

/** Every message about an offer, asked for where it is unfolded, and as long as it stays so. */
export function messages(context, row) {
  if (row.unasked && row.state !== "accepted") return null;
  const list = h("ul", { class: "quiet" });
  const fold = h(
    "details",
    { class: "messages", "data-fold": `messages-${row.id}` },
    h("summary", {}, say("messages.title")),
    list,
  );
  fill(context, list, told.get(row.id));
  fold.addEventListener("toggle", () => follow(context, row.id, fold, list));
  return fold;
}

async function follow(context, offer, fold, list) {
  while (fold.open && fold.isConnected) {
    await read(context, offer, list);
    await new Promise((done) => setTimeout(done, EVERY));
  }
}

async function read(context, offer, list) {
  try {
    told.set(offer, await get(`/offers/${offer}/notices`, context.role));
    fill(context, list, told.get(offer));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (!told.has(offer)) list.replaceChildren(h("li", {}, problem.text));
  }
}

function fill(context, list, notices) {
  if (!notices) return;
  const now = context.clock.now();
  const lines = notices.map((notice) => h("li", {}, noticeWords(notice, now)));
  list.replaceChildren(...(lines.length ? lines : [h("li", {}, say("messages.none"))]));
}

const STEPS = ["handed", "delivered", "read"];

function noticeWords(notice, now) {
  const { person, tries, state } = notice;
  const at = (name, time) => `${choose("notice_state", name)} ${moment(time, now)}`;
  const steps = STEPS.filter((name) => notice[`${name}_at`] !== null);
  const times = steps.map((name) => at(name, notice[`${name}_at`]));
  if (!steps.includes(state)) times.push(at(state, notice.ended_at ?? notice.made_at));
  const parts = [
    choose("rung", notice.rung),
    person ? say("messages.person", { number: person }) : say("messages.group"),
    notice.about !== "ask" && choose("message_about", notice.about),
    ...times,
    tries > 1 && say("messages.tries", { count: tries }),
    inLanguage(notice),
  ];
  return parts.filter(Boolean).join(" · ");
}
