/** A desk's page of many rows, read as it comes: the server sends first what needs a human most. */

import { Problem } from "./http.js";

const SILENCE = 15000; // milliseconds without a byte; then the signal counts as lost
const PART = 200; // rows that are worth drawing before the rest is there

let [control, timer] = [null, 0];

/** Its offers and crews come behind it: of the last one some may be missing. */
const isDemand = (row) => row.type === "demand";

function hear() {
  clearTimeout(timer);
  timer = setTimeout(() => control.abort(), SILENCE);
}

/** How a `Board` asks for its page, and reads it: however long it takes, while something comes. */
export const parts = {
  options() {
    control = new AbortController();
    hear();
    return { signal: control.signal };
  },

  /** The page once it is whole. The first time its board has a part before, and says `part`. */
  async read(answer, board) {
    const page = new PageParser();
    const [reader, decoder] = [answer.body.getReader(), new TextDecoder()];
    let early = !board.whole;
    while (!page.ended) {
      const { done, value } = await reader.read().catch(() => ({ done: true }));
      if (done) throw new Problem(0);
      hear();
      page.take(decoder.decode(value, { stream: true }));
      if (early && !page.ended && page.rows.length >= PART) {
        board.fill(page.rows.slice(0, page.rows.findLastIndex(isDemand)));
        board.dispatchEvent(new Event("part"));
        early = false;
      }
    }
    clearTimeout(timer);
    return page;
  },
};

/** `{"event", "at", "rows"}` with a row a line, of text that comes in pieces. */
export class PageParser {
  rows = [];
  event = null;
  ended = false;
  rest = "";

  take(text) {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop();
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (this.event === null) this.event = JSON.parse(`${line}]}`).event;
    else if (line === "]}") this.ended = true;
    else if (line) this.rows.push(JSON.parse(line.replace(/,$/, "")));
  }
}
