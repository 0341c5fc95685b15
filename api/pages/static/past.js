/** What has left the board: rows of the record, page by page, the newest first. */

import { get } from "./http.js";

const PAGE = 200;

/** The rows of one kind that were read so far. Where the board has a row too, that one counts. */
export class Past {
  /** `type` as on the board, as "demand". */
  constructor(type, role) {
    this.type = type;
    this.role = role;
    this.rows = new Map();
    this.next = new Map(); // by what was asked for: where to go on, null where nothing is left
  }

  /** Whether there is more of what is asked for, as far as is known. */
  hasMore = (wanted) => this.next.get(String(new URLSearchParams(wanted))) !== null;

  /** Read one page on. A Problem where there is no answer. */
  async read(wanted, limit = PAGE) {
    const asked = String(new URLSearchParams(wanted));
    if (this.next.get(asked) === null) return;
    const before = this.next.get(asked) ?? "";
    const more = new URLSearchParams({ ...wanted, before, limit, role: this.role });
    const page = await get(`/history/${this.type}s?${more}`, this.role);
    for (const row of page.rows) this.rows.set(row.id, row);
    this.next.set(asked, page.before);
  }

  /** Everything known of this kind, on the board or read. */
  with(board) {
    const there = board.all(this.type);
    const known = new Set(there.map((row) => row.id));
    for (const row of there) if (this.rows.has(row.id)) this.rows.set(row.id, row);
    return [...there, ...[...this.rows.values()].filter((row) => !known.has(row.id))];
  }
}
