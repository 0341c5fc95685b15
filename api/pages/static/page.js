/** What all three working pages share: starting, the banner, the connection, notices, dialogs. */

import { Clock, countDown } from "./clock.js";
import { find, h, setText, soon } from "./dom.js";
import { clockTime } from "./format.js";
import { Outbox, Problem, get, postOnce, request } from "./http.js";
import { Board } from "./live.js";
import { learnPlaces, naming } from "./places.js";
import { choose, fill, loadWords, say, useCodes, wording } from "./words.js";

const TRY_AGAIN = 3000;
const NOTICE_LASTS = 8000;
const TICK = 500;

/** Show one of the page's states: `main`, `signed-out` or `loading`. */
function show(state) {
  for (const id of ["main", "signed-out", "loading"]) find(`#${id}`).hidden = id !== state;
}

/** Ask until there is an answer; a sign-in that is missing is an answer. */
async function insist(path, role) {
  for (;;) {
    try {
      return await get(path, role);
    } catch (problem) {
      if (problem.status === 401 || problem.status === 403) throw problem;
      setText(find("#loading"), problem.text);
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN));
    }
  }
}

/**
 * Start a page for a role and keep `draw(context)` called whenever something has changed.
 * Resolves with `{role, me, board, clock, outbox, redraw}`, or never without a session.
 */
export async function start(role, draw) {
  const asked = Promise.all([insist("/me", role), insist("/codes", role)]);
  const page = request("/board", role);
  // Both are looked at below, once there are words to tell a problem with.
  for (const one of [asked, page]) one.catch(() => {});
  await loadWords();
  try {
    const [me, codes] = await asked;
    useCodes(codes);
    return run(role, me, page, draw);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    show("signed-out");
    return new Promise(() => {});
  }
}

function run(role, me, page, draw) {
  const clock = new Clock(me);
  const [board, outbox] = [new Board(role, clock, page), new Outbox(role, me.account)];
  const context = { role, me, board, clock, outbox };
  context.redraw = soon(() => {
    draw(context);
    countDown(clock);
  });
  listen(context);
  if (clock.conducted) clock.keepToConductor(role);
  find("#sign-out").addEventListener("click", () => signOut(role));
  setText(find("#who"), me.name);
  show("main");
  setInterval(() => tick(context), TICK);
  wording.addEventListener("change", () => tick(context));
  board.follow();
  outbox.pump();
  board.addEventListener("change", () => learn(me, role), { once: true });
  return context;
}

function listen({ role, board, outbox, redraw }) {
  for (const source of [board, outbox, wording, naming]) {
    source.addEventListener("change", redraw);
  }
  for (const source of [board, outbox]) {
    source.addEventListener("signed-out", () => show("signed-out"));
  }
  outbox.addEventListener("refused", ({ detail }) => tell(() => detail.text, { problem: true }));
}

/** Names of divisions come after the rows: until they are there, codes stand in their places. */
async function learn(me, role) {
  try {
    await learnPlaces(me.area, role);
  } catch {
    setTimeout(() => learn(me, role), TRY_AGAIN);
  }
}

async function signOut(role) {
  await postOnce("/sessions/end", {}, role).catch(() => {});
  location.assign("/");
}

function tick(context) {
  drawBanner(context);
  drawLink(context.board);
  drawWaiting(context.outbox);
  countDown(context.clock);
}

function drawBanner({ me, clock }) {
  const banner = find("#banner");
  banner.className = `banner ${me.mode}`;
  setText(find("#mode"), choose("mode", me.mode));
  const fast = clock.pace > 1 ? say("banner.pace", { pace: clock.pace }) : "";
  setText(find("#pace"), clock.paused ? say("banner.paused") : fast);
  setText(find("#rule-time"), say("banner.time", { time: clockTime(clock.now()) }));
}

function drawLink({ connected, lastWord }) {
  const link = find("#link");
  link.classList.toggle("lost", !connected);
  const time = lastWord ? clockTime(lastWord) : say("link.never");
  setText(link, connected ? say("link.on", { time }) : say("link.off", { time }));
}

function drawWaiting({ entries }) {
  const waiting = find("#waiting");
  const late = entries.filter((entry) => entry.tries);
  waiting.hidden = !late.length;
  setText(waiting, say("link.waiting", { count: late.length }));
}

/**
 * A notice at the foot of the page; a problem stays until it is put away. `words()` gives its
 * text, again whenever the language changes.
 */
export function tell(words, { problem = false, action = null, lasts = NOTICE_LASTS } = {}) {
  const close = h("button", { type: "button", class: "plain", "data-words": "notice.close" });
  close.addEventListener("click", () => notice.remove());
  const text = h("p", {}, words());
  const notice = h("div", { class: problem ? "notice problem" : "notice" }, text, action, close);
  fill(notice);
  wording.addEventListener("change", () => setText(text, words()));
  if (problem) notice.setAttribute("role", "alert");
  find("#notices").append(notice);
  if (!problem) setTimeout(() => notice.remove(), lasts);
  return notice;
}

/** Post, and tell a refusal; resolves with the answer, or null where it was refused. */
export async function act({ outbox }, path, body, options) {
  try {
    return await outbox.post(path, body, options);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
    return null;
  }
}

/** A button that posts; while its command is on the way it says so and cannot be pressed. */
export function posting(context, { path, words, look = "", body = {}, revision, focus, then }) {
  const waiting = context.outbox.waiting(path);
  const label = waiting ? say(waiting.tries ? "act.retrying" : "act.sending") : words;
  const attributes = { type: "button", class: look, disabled: Boolean(waiting) };
  const press = async () => {
    const answer = await act(context, path, body, { revision });
    if (answer) then?.(answer);
  };
  return h("button", { ...attributes, "data-focus": focus ?? path, onclick: press }, label);
}
