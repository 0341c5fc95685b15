/** Requests to the doors: reading, and posting that survives a lost signal without doubling. */

import { inLanguage, say } from "./words.js";

const BASE = "/api/v1";
const ANSWER_WITHIN = 15000; // milliseconds; later than that the signal counts as lost
const FIRST_RETRY = 1000;
const LAST_RETRY = 10000;
const SLOW = 3000; // milliseconds without an answer after which what follows may be pressed
const SETTLED = 20; // commands that came to an end are remembered
// Nothing was carried out and nothing is bound: the same key may and should be sent again.
const LATER = new Set([408, 429, 502, 503, 504]);

/** A refusal (RFC 9457), or no answer at all (`status` 0). */
export class Problem extends Error {
  constructor(status, content = {}) {
    super(content.code ?? String(status));
    this.status = status;
    this.code = content.code;
    this.field = content.field;
    this.subjects = content.subjects ?? [];
    this.told = content.message;
    this.trace = content.trace;
  }

  /** What to tell the user, in the chosen language. */
  get text() {
    if (this.told) return inLanguage(this.told);
    return this.status ? say("problem.other", { status: this.status }) : say("problem.signal");
  }
}

async function problemOf(answer) {
  const content = await answer.json().catch(() => ({}));
  return new Problem(answer.status, content);
}

function givingUp() {
  const control = new AbortController();
  setTimeout(() => control.abort(), ANSWER_WITHIN);
  return control.signal;
}

/** The raw answer of a request; a Problem where there is none or it is not well. */
export async function request(path, role, options = {}) {
  const { headers = {}, signal = givingUp(), ...rest } = options;
  const named = role ? { "Shouwang-Role": role, ...headers } : headers;
  const asked = { ...rest, headers: named, signal, credentials: "same-origin" };
  const answer = await fetch(BASE + path, asked).catch(() => {
    throw new Problem(0);
  });
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

export const get = async (path, role) => (await request(path, role)).json();

/** A new idempotency key. (`crypto.randomUUID` is missing on plain http in an office network.) */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function deliver(entry, role) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": entry.key };
  if (entry.tapped) headers["Shouwang-Tapped-At"] = String(entry.tapped);
  if (entry.revision) headers["If-Match"] = `"${entry.revision}"`;
  const body = JSON.stringify(entry.body);
  const answer = await request(entry.path, role, { method: "POST", headers, body });
  return answer.status === 204 ? {} : answer.json();
}

/** One post outside any outbox, for signing in and out. */
export const postOnce = (path, body, role) => deliver({ key: newKey(), path, body }, role);

/**
 * What was pressed and not yet answered. Every entry keeps its key until an answer is there, so
 * a second try after a lost signal is the same command. Entries are sent in order, outlive a
 * reload unless they are `personal`, and `change` is sent whenever something moves.
 */
export class Outbox extends EventTarget {
  constructor(role, account, clock) {
    super();
    this.role = role;
    this.clock = clock;
    // The account is in the name: what one person pressed must never leave as another's.
    this.name = `shouwang-outbox-${role}-${account}-`;
    this.entries = this.#read();
    this.callers = new Map();
    this.settled = []; // what was sent lately: `[entry, its Problem or null]`
    this.wait = FIRST_RETRY;
    window.addEventListener("online", () => this.pump());
    document.addEventListener("visibilitychange", () => document.hidden || this.pump());
    window.addEventListener("beforeunload", (leaving) => {
      if (this.entries.some((entry) => entry.personal)) leaving.preventDefault();
    });
  }

  /** Whether what was pressed waits for a signal, or for an answer that does not come. */
  get stuck() {
    return Boolean(this.entries[0]?.tries || this.entries[0]?.slow);
  }

  /** The entry for a path that is still on its way, if there is one. */
  waiting(path) {
    return this.entries.find((entry) => entry.path === path);
  }

  /**
   * Send a body to a path; resolves with the answer, rejects with a Problem. Pressed again while
   * on its way, it is the same command; `anew`: only where it says the same. `personal` entries
   * are never written to storage.
   */
  post(path, body = {}, { revision, personal = false, anew = false } = {}) {
    const said = JSON.stringify(body);
    const same = (one) => one.path === path && (!anew || JSON.stringify(one.body) === said);
    // A copy: what is filled in later belongs to the next command.
    const added = { path, body: JSON.parse(said), revision, personal };
    const entry = this.entries.find(same) ?? this.#add(added);
    return new Promise((resolve, reject) => {
      const others = this.callers.get(entry.key) ?? [];
      this.callers.set(entry.key, [...others, { resolve, reject }]);
      this.pump();
    });
  }

  /** Take back what has surely not left this device; its callers are answered with null. */
  withdraw(entry) {
    if (this.entries.includes(entry) && !entry.left) this.#settle(entry, "resolve", null);
  }

  #add(entry) {
    const when = { added: Date.now(), tapped: this.clock.tap() };
    const added = { ...entry, ...when, key: newKey(), tries: 0 };
    this.entries.push(added);
    this.#keep(added);
    this.#moved();
    return added;
  }

  /** Send what waits, in order; one pump at a time. */
  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    clearTimeout(this.timer);
    while (this.entries.length && (await this.#sendFirst()));
    this.pumping = false;
    if (this.entries.length) this.timer = setTimeout(() => this.pump(), this.wait);
  }

  /** True where the first entry is settled and the next may go. */
  async #sendFirst() {
    const [entry] = this.entries;
    if (navigator.onLine && !entry.left) {
      entry.left = true; // it may arrive, whatever is heard of it
      this.#keep(entry);
    }
    const slow = setTimeout(() => {
      entry.slow = true;
      this.#moved();
    }, SLOW);
    try {
      const answer = await deliver(entry, this.role);
      this.#settle(entry, "resolve", answer);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      problem.path = entry.path;
      if (problem.status === 0 || LATER.has(problem.status)) return this.#later(entry, problem);
      if (problem.status === 401) return this.#signedOut(entry);
      this.#settle(entry, "reject", problem);
    } finally {
      clearTimeout(slow);
    }
    this.wait = FIRST_RETRY;
    return true;
  }

  #later(entry, problem) {
    entry.tries += 1;
    entry.told = problem.told;
    this.wait = Math.min(LAST_RETRY, this.wait * 2);
    this.#moved();
    return false;
  }

  #signedOut(entry) {
    entry.tries += 1;
    this.wait = LAST_RETRY;
    this.dispatchEvent(new Event("signed-out"));
    return false;
  }

  #settle(entry, how, result) {
    this.entries = this.entries.filter((one) => one !== entry);
    const callers = this.callers.get(entry.key) ?? [];
    this.callers.delete(entry.key);
    this.#forget(entry);
    const refused = how === "reject" ? result : null;
    if (result !== null) this.settled = [...this.settled, [entry, refused]].slice(-SETTLED);
    this.#moved();
    for (const caller of callers) caller[how](result);
    // After a reload nobody waits for the answer any more, yet a refusal must be seen.
    if (!callers.length && how === "reject") {
      this.dispatchEvent(new CustomEvent("refused", { detail: result }));
    }
  }

  #moved() {
    this.dispatchEvent(new Event("change"));
  }

  /** What an earlier page of this account pressed and never heard an answer to, oldest first. */
  #read() {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(this.name));
      const entries = names.map((name) => JSON.parse(localStorage.getItem(name)));
      return entries.sort((one, other) => one.added - other.added);
    } catch {
      return []; // storage may be forbidden; entries then live as long as the page
    }
  }

  // Each entry has its own place, so that two pages of one account keep out of each other's way.
  #keep(entry) {
    if (entry.personal) return;
    try {
      localStorage.setItem(this.name + entry.key, JSON.stringify(entry));
    } catch {
      // As above.
    }
  }

  #forget(entry) {
    try {
      localStorage.removeItem(this.name + entry.key);
    } catch {
      // As above.
    }
  }
}
