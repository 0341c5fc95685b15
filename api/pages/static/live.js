/** The board: a page of rows, then the changes of every turn as they happen. */

import { request } from "./http.js";

const SILENCE = 35000; // milliseconds; an event is due every 15 seconds
const FIRST_RETRY = 500;
const LAST_RETRY = 10000;
const OF_WORK = ["incident", "demand", "offer", "assignment", "task", "shift"];
const TYPES = [...OF_WORK, "organization", "operation"];

/** Split a stream of text into events `{id, event, data}`. */
export class EventParser {
  rest = "";

  *take(text) {
    const blocks = (this.rest + text).replaceAll("\r\n", "\n").split("\n\n");
    this.rest = blocks.pop();
    for (const block of blocks) yield this.#event(block);
  }

  #event(block) {
    const event = { event: "message", data: "" };
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, "");
    }
    return event;
  }
}

/**
 * Rows by type and id. `change` is sent when rows have changed, `link` when the connection has,
 * `signed-out` when the session has ended. It reads the stream itself instead of by EventSource,
 * which hides the status: 410 asks for a new page, 401 for a new sign-in.
 */
export class Board extends EventTarget {
  /**
   * `first` is a board page already asked for, so that a phone waits one round trip less;
   * `reading`: another way to ask and read (`desk-parts.js`).
   */
  constructor(role, clock, first, reading = {}) {
    super();
    Object.assign(this, { role, clock, first, reading });
    this.whole = false; // until a page has been read to its end
    this.connected = false;
    this.last = null; // event id to go on from; none asks for a new page
    this.lastWord = null; // the device's own time of the last thing heard
    this.wait = FIRST_RETRY;
    this.#empty();
    window.addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  all = (type) => [...this.rows[type].values()];

  get = (type, id) => this.rows[type].get(id);

  /** Whether the stream has been heard lately: timers stand still where a device sleeps. */
  get heard() {
    return this.connected && Date.now() - this.lastWord <= SILENCE;
  }

  /** Follow the board for as long as the session lasts. */
  async follow() {
    while (!this.ended) {
      try {
        if (this.last === null) await this.#page();
        await this.#listen();
      } catch (problem) {
        this.#lost(problem);
      }
      if (!this.ended) await this.#pause();
    }
  }

  #empty() {
    this.rows = Object.fromEntries(TYPES.map((type) => [type, new Map()]));
  }

  async #page() {
    const asked = this.first ?? request("/board", this.role, this.reading.options?.());
    this.first = null;
    const answer = await asked;
    const page = await (this.reading.read?.(answer, this) ?? answer.json());
    this.fill(page.rows);
    this.last = page.event;
    this.whole = true;
    this.dispatchEvent(new Event("change"));
  }

  fill(rows) {
    this.#empty();
    for (const row of rows) this.#put(row);
  }

  async #listen() {
    this.stop = new AbortController();
    this.#watch();
    const address = `/live?role=${this.role}&after=${encodeURIComponent(this.last)}`;
    const answer = await request(address, this.role, { signal: this.stop.signal });
    this.wait = FIRST_RETRY;
    await this.#read(answer.body.getReader());
  }

  async #read(reader) {
    const [decoder, parser] = [new TextDecoder(), new EventParser()];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return this.#lost();
      for (const event of parser.take(decoder.decode(value, { stream: true }))) this.#take(event);
      this.#heard();
    }
  }

  #take({ id, event, data }) {
    if (id) this.last = id;
    if (!data) return;
    const { at, changes } = JSON.parse(data);
    this.clock.hear(at);
    if (event !== "changes") return;
    for (const change of changes) this.#apply(change);
    this.dispatchEvent(new Event("change"));
  }

  #apply({ put, removed }) {
    if (put) this.#put(put);
    else this.rows[removed.kind]?.delete(removed.id);
  }

  #put(row) {
    this.rows[row.type]?.set(row.id, row);
  }

  #heard() {
    this.lastWord = Date.now();
    this.#watch();
    this.#link(true);
  }

  /** A connection can die without a word; then silence is the only sign. */
  #watch() {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.stop?.abort(), SILENCE);
  }

  #lost(problem) {
    clearTimeout(this.watchdog);
    if (problem?.status === 410) this.last = null;
    // 403: the session lives, but nothing is left that it may do.
    if (problem?.status === 401 || problem?.status === 403) this.ended = true;
    this.#link(false);
    if (this.ended) this.dispatchEvent(new Event("signed-out"));
  }

  #link(connected) {
    this.connected = connected;
    this.dispatchEvent(new Event("link"));
  }

  /** Wait a little longer each time, and not in step with everybody else's page. */
  async #pause() {
    const share = 0.5 + Math.random() / 2;
    await new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, this.wait * share);
    });
    this.wait = Math.min(LAST_RETRY, this.wait * 2);
  }

  #wake = () => {};

  #hurry() {
    if (!this.connected) this.#wake();
  }
}
