/** What all three working pages share: starting, the banner, the connection, notices, dialogs. */

import { Clock, countDown } from "./clock.js";
import { find, h, setText, soon } from "./dom.js";
import { clockTime, spokenDemand } from "./format.js";
import { Outbox, Problem, get, postOnce, request } from "./http.js";
import { Board } from "./live.js";
import { learnPlaces, naming } from "./places.js";
import { forgetAllBut } from "./sealed.js";
import { choose, fill, loadWords, say, useCodes, wording } from "./words.js";

const TRY_AGAIN = 3000;
const NOTICE_LASTS = 8000;
const BRIEF = 6000; // on an organization's phone, where every notice goes by itself
const AT_MOST = 2;
const ARMED = 5000; // milliseconds in which a second touch confirms the first
const TICK = 500;
const DEAD = 700; // milliseconds after a press in which a second one is a slip of the thumb
const CONFIRMS = 400; // from when it may be what confirms the first; until then the button is gray

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
export async function start(role, draw, reading) {
  const asked = Promise.all([insist("/me", role), insist("/codes", role)]);
  const page = request("/board", role, reading?.options());
  // Both are looked at below, once there are words to tell a problem with.
  for (const one of [asked, page]) one.catch(() => {});
  await loadWords();
  try {
    const [me, codes] = await asked;
    useCodes(codes);
    return run(me, new Board(role, new Clock(me), page, reading), draw);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    show("signed-out");
    return new Promise(() => {});
  }
}

function run(me, board, draw) {
  const { role, clock } = board;
  const outbox = new Outbox(role, me.account, clock);
  const context = { role, me, board, clock, outbox };
  context.redraw = soon(() => {
    draw(context);
    countDown(clock);
  });
  listen(context);
  if (clock.conducted) clock.keepToConductor(role);
  find("#sign-out").addEventListener("click", () => signOut(context));
  setText(find("#who"), me.name);
  show("main");
  setInterval(() => tick(context), TICK);
  wording.addEventListener("change", () => tick(context));
  board.follow();
  outbox.pump();
  // Later, and not at all without signal: nothing that a page is for waits for it.
  import("./access.js").then((part) => part.followAccess(context)).catch(() => {});
  import("./stale.js").then((part) => part.watchWord(context)).catch(() => {});
  board.addEventListener("change", () => learn(me, role), { once: true });
  return context;
}

function listen(context) {
  const { board, outbox, redraw } = context;
  for (const source of [board, outbox, wording, naming]) {
    source.addEventListener("change", redraw);
  }
  for (const source of [board, outbox]) {
    source.addEventListener("signed-out", () => ended(context));
  }
  outbox.addEventListener("refused", ({ detail }) =>
    tell(() => refusal(context, detail), { problem: true }),
  );
}

/** What was read under a session ends with it. */
function ended(context) {
  forgetAllBut(context, new Set());
  show("signed-out");
}

/** Names of divisions come after the rows: until they are there, codes stand in their places. */
async function learn(me, role) {
  try {
    await learnPlaces(me.area, role);
  } catch {
    setTimeout(() => learn(me, role), TRY_AGAIN);
  }
}

/** Without signal the session would live on: then nothing is forgotten either. */
async function signOut(context) {
  try {
    await postOnce("/sessions/end", {}, context.role);
  } catch (problem) {
    if (!problem.status || problem.status >= 500) {
      tell(() => say("problem.sign_out"), { problem: true });
      return;
    }
  }
  forgetAllBut(context, new Set());
  location.assign("/");
}

function tick(context) {
  drawBanner(context);
  drawLink(context.board);
  drawWaiting(context.outbox);
  countDown(context.clock);
  if (context.clock.due()) context.redraw();
}

function drawBanner({ me, board, clock }) {
  const banner = find("#banner");
  banner.className = `banner ${me.mode}`;
  setText(find("#mode"), choose("mode", me.mode));
  const fast = clock.pace > 1 ? say("banner.pace", { pace: clock.pace }) : "";
  setText(find("#pace"), clock.paused ? say("banner.paused") : fast);
  // What the log's time is while nothing is heard, nobody here can know: the last word stands.
  const time = clockTime(board.heard ? clock.now() : clock.at);
  setText(find("#rule-time"), say(clock.conducted ? "banner.time" : "banner.log_time", { time }));
}

/** Green only while the stream is heard, with the age of the last word. */
function drawLink({ heard, lastWord }) {
  const link = find("#link");
  link.classList.toggle("lost", !heard);
  const age = Math.max(0, Math.round((Date.now() - lastWord) / 1000));
  const time = lastWord ? clockTime(lastWord) : say("link.never");
  setText(link, heard ? say("link.on", { age }) : say("link.off", { time }));
}

function drawWaiting({ entries }) {
  const waiting = find("#waiting");
  waiting.hidden = !entries.some((entry) => entry.tries);
  setText(waiting, say("link.waiting", { count: entries.length }));
}

/**
 * A notice; a problem stays until it is put away, but for an organization's phone, where all go
 * by themselves or upon a touch. `words()` gives its text, again whenever the language changes.
 */
export function tell(words, { problem = false, action = null, lasts = NOTICE_LASTS } = {}) {
  const close = h("button", { type: "button", class: "plain", "data-words": "notice.close" });
  close.addEventListener("click", () => notice.remove());
  const text = h("p", {}, words());
  const notice = h("div", { class: problem ? "notice problem" : "notice" }, text, action, close);
  fill(notice);
  wording.addEventListener("change", () => setText(text, words()));
  if (problem) notice.setAttribute("role", "alert");
  const all = find("#notices");
  all.append(notice);
  if (document.body.classList.contains("organization")) {
    notice.addEventListener("click", () => notice.remove());
    setTimeout(() => notice.remove(), BRIEF);
    while (all.children.length > AT_MOST) all.firstChild.remove();
  } else if (!problem) setTimeout(() => notice.remove(), lasts);
  return notice;
}

/** A refusal's words, on a phone with the number of the demand that the command was about. */
export function refusal({ role, board }, problem) {
  const [, kind, id, step] = (problem.path ?? "").split("/");
  if (role === "desk" || !id) return problem.text;
  const row =
    kind === "demands"
      ? board.all("assignment").find((one) => one.demand === id)
      : board.rows[kind.slice(0, -1)]?.get(id);
  const taken = step === "undo" && problem.code === "capacity_taken";
  const words = taken ? say("problem.undo_taken") : problem.text;
  return row?.demand_number ? [spokenDemand(row), words].join(say("list.colon")) : words;
}

/**
 * Post, and tell a refusal, `refused` too; resolves with the answer, or null where it was refused.
 */
export async function act(context, path, body, { refused, ...options } = {}) {
  try {
    return await context.outbox.post(path, body, options);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    refused?.(problem);
    tell(() => refusal(context, problem), { problem: true });
    return null;
  }
}

/** A button that takes back what waits for a signal, where it has surely not left. */
export function withdrawing({ outbox }, entry) {
  if (!outbox.stuck || !entry || entry.left) return null;
  const button = h("button", { type: "button", class: "small", "data-focus": entry.key });
  button.textContent = say("act.withdraw");
  button.addEventListener("click", () => outbox.withdraw(entry));
  return button;
}

let pressed = -Infinity;

/** A second touch of a thumb within a moment is the same one, wherever it lands. */
function slip() {
  const before = pressed;
  pressed = performance.now();
  return pressed - before < DEAD;
}

let armed = {}; // what a second touch confirms, from when and until when

/**
 * Ask for the second touch: `asked` for it yet, and `touch`, true once it has come. A button that
 * is drawn anew meanwhile still asks for it, as long as it says and does the same.
 */
function confirming(button, label, body) {
  const what = [button.dataset.focus, label, JSON.stringify(body)].join();
  const asked = () => armed.what === what && performance.now() < armed.until;
  const show = () => {
    setText(button, asked() ? say("act.again") : label);
    if (!asked()) return;
    const early = armed.from - performance.now();
    button.disabled = early > 0;
    setTimeout(show, early > 0 ? early : armed.until - performance.now());
  };
  if (!button.disabled) show();
  const touch = () => {
    const second = asked();
    const now = performance.now();
    armed = second ? {} : { what, from: now + CONFIRMS, until: now + ARMED };
    if (!second) show();
    return second;
  };
  return { asked, touch };
}

/**
 * A button that posts; while its command is on the way it says so and cannot be pressed. `first`
 * runs before it is sent (`false` keeps it from being sent), `then` with the answer, `refused`
 * with the problem; `twice` asks for a second touch; `anew`: while one is on its way, what says
 * something else is a command of its own.
 */
export function posting(context, options) {
  const { path, words, look = "", body = {}, revision, focus, first, then, twice } = options;
  const { refused, anew } = options;
  const waiting = anew ? null : context.outbox.waiting(path);
  const label = waiting ? say(waiting.tries ? "act.retrying" : "act.sending") : words;
  const attributes = { type: "button", class: look, disabled: Boolean(waiting) };
  const press = async () => {
    if (context.role !== "desk" && slip() && !confirm?.asked()) return;
    if (confirm?.touch() === false) return;
    if (first?.() === false) return;
    const answer = await act(context, path, body, { revision, refused, anew });
    if (answer) then?.(answer);
  };
  const button = h("button", { ...attributes, "data-focus": focus ?? path }, label);
  const confirm = twice ? confirming(button, label, body) : null;
  button.addEventListener("click", press);
  return button;
}
