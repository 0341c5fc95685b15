/** Drawing a zone that is to be closed: corner by corner, taken back at will, sent by a dialog. */

import { refill } from "./dialog.js";
import { h } from "./dom.js";
import { worldOf } from "./map-view.js";
import { wrongCorner, wrongRing } from "./map-ring.js";
import { incidentWords, within } from "./places.js";
import { choose, moreWords, say } from "./words.js";

const HOME = 14; // pixels around the first corner that close a ring

/** The open incidents in which this desk may close a zone. */
export function mayClose({ role, me, board }) {
  if (role !== "desk") return [];
  const own = (row) => me.scopes.some(({ division }) => division && within(row.division, division));
  return board.all("incident").filter((row) => row.state === "open" && own(row));
}

export class Ringing {
  on = false;
  corners = [];

  constructor(context, panel) {
    this.context = context;
    this.panel = panel;
    panel.canvas.addEventListener("keydown", (event) => this.#key(event));
    this.incident = h("select", { "data-words-label": "map.zone_in" });
  }

  /** What is drawn so far, for the hand. */
  get world() {
    return this.corners.map(worldOf);
  }

  /** The buttons of the moment. */
  draw() {
    const incidents = mayClose(this.context);
    refill(
      this.incident,
      incidents.map((row) => [row.id, incidentWords(row)]),
    );
    this.incident.setAttribute("aria-label", say("map.zone_in"));
    this.incident.hidden = incidents.length < 2;
    const state = JSON.stringify([
      this.on,
      this.corners.length,
      incidents.length,
      say("map.zone_draw"),
    ]);
    if (state === this.shown) return;
    this.shown = state;
    this.panel.acts.replaceChildren(...(this.on ? this.#drawing() : this.#idle(incidents)));
  }

  #idle(incidents) {
    if (!incidents.length) return [];
    return [button("map.zone_draw", () => this.#start(), "danger")];
  }

  #drawing() {
    const { length } = this.corners;
    return [
      this.incident,
      button("map.zone_done", () => this.#finish(), "primary", length < 3),
      button("map.zone_back", () => this.#back(), "", length === 0),
      button("map.zone_stop", () => this.#stop()),
    ];
  }

  #start() {
    this.on = true;
    this.corners = [];
    this.#told();
    this.panel.canvas.focus();
  }

  /** One corner more, where it may stand; upon the first one the ring is closed. */
  corner({ x, y, place }) {
    const [first] = this.world;
    const home = first && this.panel.view.at(first);
    if (this.corners.length > 2 && Math.hypot(home.x - x, home.y - y) < HOME) return this.#finish();
    const wrong = wrongCorner(this.corners, place);
    if (wrong) return this.#refuse(wrong);
    this.corners.push(place);
    this.#told();
  }

  #back() {
    this.corners.pop();
    this.#told();
  }

  #stop() {
    [this.on, this.corners] = [false, []];
    this.panel.say(() => "");
    this.panel.redraw();
  }

  #told() {
    const { length: count } = this.corners;
    this.panel.say(() => say(count < 3 ? "map.zone_how" : "map.zone_more", { count }));
    this.panel.redraw();
  }

  #refuse(reason) {
    this.panel.say(() => choose("map_wrong", reason), { problem: true });
  }

  /** What is told inside is asked for in the dialog; put away, the ring stays as it is. */
  async #finish() {
    const wrong = wrongRing(this.corners);
    if (wrong) return this.#refuse(wrong);
    const incidents = mayClose(this.context);
    const row = incidents.find(({ id }) => id === this.incident.value) ?? incidents[0];
    if (!row) return this.#stop();
    await moreWords("words-desk");
    const { closeZone } = await import("./desk-zone.js");
    closeZone(this.context, row, { ring: this.corners, done: () => this.#closed() });
  }

  #closed() {
    this.#stop();
    this.panel.say(() => say("map.zone_closed"));
  }

  #key(event) {
    if (!this.on) return;
    if (event.key === "Backspace") this.#back();
    else if (event.key === "Escape") this.#stop();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function button(words, onclick, look = "", disabled = false) {
  return h("button", { type: "button", class: `small ${look}`, onclick, disabled }, say(words));
}
