/** The map as a part of a page: drawn from the board, pressed to choose, its signs explained. */

import { h, setText } from "./dom.js";
import { moment, spoken } from "./format.js";
import { get } from "./http.js";
import { inks, landOf, townshipAt } from "./map-draw.js";
import * as hand from "./map-draw.js";
import { barriersOf, crewsOf, demandsOf, idleOf, parts, tintsOf, zonesOf } from "./map-model.js";
import { MapView, worldOf } from "./map-view.js";
import { Ringing } from "./map-zone.js";
import { incidentWords, naming, placeName, placesWithin, within } from "./places.js";
import { choose, named, say, wording } from "./words.js";

const REACH = 24; // pixels from a sign within which it is pressed
const HEAP = 30; // demands at one place that are listed by name
const TRY_AGAIN = 3000;
const LEVELS = ["county", "township"];
const NOTHING = () => "";
const LEGEND = [
  ["◆", "empty"],
  ["▲", "inadequate"],
  ["●", "adequate"],
  ["■", "satisfied"],
  ["◌", "held"],
  ["▶", "en_route"],
  ["■", "on_scene"],
  ["◐", "committed"],
  ["»", "late"],
  ["×", "barrier"],
];

/**
 * Fills `box` with the map. `pick(id)` is told which demand was pressed; `explained`: whether the
 * signs are explained without being asked; `larger`: by how much they are, on a wall.
 */
export class MapPanel {
  names = [];
  drawn = [];
  stale = true;
  land = { origin: { x: 0, y: 0 }, townships: [] };
  words = NOTHING;
  placing = null; // what is to be told of the next place that is pressed
  idle = false;

  constructor(context, box, { pick, explained = true, larger = 1 }) {
    this.context = context;
    this.pick = pick;
    this.#build(box, explained);
    this.view = new MapView(this.canvas, larger);
    this.view.layers = [(pen) => this.#draw(pen)];
    this.ringing = new Ringing(context, this);
    this.view.addEventListener("tap", ({ detail }) => this.#tap(detail));
    this.view.addEventListener("hover", ({ detail }) => this.#hover(detail));
    this.view.addEventListener("resized", () => this.view.touched || this.fit());
    for (const source of [naming, wording]) source.addEventListener("change", () => this.#named());
    this.#named();
    this.#learn();
  }

  /** Something has changed on the board, or another demand is chosen. */
  redraw() {
    this.stale = true;
    this.canvas.classList.toggle("busy", this.busy);
    this.view.redraw();
    this.ringing.draw();
  }

  /** Another demand is chosen in the list: it is brought into sight. */
  chosen(id) {
    const item = demandsOf(this.context.board).find((one) => one.id === id);
    if (item) this.view.show(item);
    this.say(() => (item ? this.#demandWords(item) : ""));
    this.redraw();
  }

  /** Show all that the reader answers for. */
  fit() {
    const own = this.land.townships.filter(({ code }) => this.#own(code));
    const corners = own.flatMap(({ rings }) => rings.flat());
    const scopes = this.context.me.scopes.map(({ division }) => division).filter(Boolean);
    const seats = placesWithin(scopes.length ? scopes : [this.context.me.area]);
    const points = corners.length ? corners : seats.map(worldOf);
    this.view.fit(points.length ? points : demandsOf(this.context.board));
  }

  /** The next place that is pressed is told, with its township where borders are known. */
  place(then) {
    this.placing = then;
    this.say(() => say("map.place_how"));
    this.canvas.focus();
    this.redraw();
  }

  /** One line below the map, read out as well; told by a function, in whatever language. */
  say(words, { problem = false } = {}) {
    this.words = words;
    setText(this.said, words());
    this.said.className = problem ? "map-said problem" : "map-said";
    this.heap.replaceChildren();
  }

  #build(box, explained) {
    this.canvas = h("canvas", {
      tabindex: 0,
      role: "application",
      "data-words-label": "map.label",
    });
    const act = (words, sign, onclick) =>
      h("button", { type: "button", "data-words-label": words, onclick }, sign);
    const tools = h(
      "div",
      { class: "map-tools" },
      act("map.nearer", "+", () => this.view.zoom(1.6)),
      act("map.farther", "−", () => this.view.zoom(1 / 1.6)),
      act("map.whole", "⤢", () => this.fit()),
    );
    this.note = h("p", { class: "map-note" });
    this.said = h("p", { class: "map-said", role: "status" });
    this.heap = h("div", { class: "buttons map-heap" });
    this.acts = h("div", { class: "buttons map-acts" });
    const idle = h("input", { type: "checkbox", onchange: () => this.#showIdle(idle.checked) });
    const tick = h("label", { class: "tick" }, idle, h("span", { "data-words": "map.idle" }));
    this.legend = h("ul", { class: "map-legend" });
    const frame = h("div", { class: "map-frame" }, this.canvas, tools, this.note);
    const signs = h("summary", { "data-words": "map.signs" });
    this.signs = h("details", { class: "more", open: explained }, signs, this.legend);
    const foot = h("div", { class: "map-foot" }, this.acts, tick);
    box.replaceChildren(frame, this.said, this.heap, foot, this.signs);
    this.box = box;
  }

  #showIdle(on) {
    this.idle = on;
    this.redraw();
  }

  /** Borders come once; without them seats are all there is, and that is said. */
  async #learn() {
    try {
      this.land = landOf(await get("/map", this.context.role), worldOf);
    } catch {
      setTimeout(() => this.#learn(), TRY_AGAIN);
      return;
    }
    this.learned = true;
    this.#named();
  }

  #named() {
    const known = placesWithin([this.context.me.area]);
    const rows = known.filter((row) => LEVELS.includes(row.level) && !row.approximate);
    const larger = (one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level);
    const bordered = new Set(this.land.townships.map(({ code }) => code));
    this.names = rows.sort(larger).map((row) => {
      const dot = row.level === "township" && !bordered.has(row.code);
      return { words: placeName(row.code), dot, ...worldOf(row) };
    });
    for (const one of this.box.querySelectorAll("[data-words]"))
      setText(one, say(one.dataset.words));
    for (const one of this.box.querySelectorAll("[data-words-label]")) {
      one.setAttribute("aria-label", say(one.dataset.wordsLabel));
      if (one !== this.canvas) one.setAttribute("title", say(one.dataset.wordsLabel));
    }
    const note = bordered.size ? say("map.note") : say("map.no_borders");
    setText(this.note, this.learned ? note : "");
    this.#explain();
    setText(this.said, this.words());
    for (const one of this.heap.children) setText(one, one.words());
    if (!this.view.touched) this.fit();
    this.redraw();
  }

  #explain() {
    const signs = LEGEND.map(([sign, name]) =>
      h(
        "li",
        {},
        h("span", { class: `sign-${name}`, "aria-hidden": "true" }, sign),
        choose("map_sign", name),
      ),
    );
    this.legend.replaceChildren(...signs, h("li", {}, say("map.digit")));
  }

  #own = (code) => {
    const { scopes } = this.context.me;
    return scopes.some(({ division }) => division === null || within(code, division));
  };

  #look() {
    const { board } = this.context;
    const items = demandsOf(board);
    const zones = zonesOf(board).map((one) => ({ ...one, words: say("map.zone") }));
    const idle = this.idle ? idleOf(board) : [];
    this.model = { items, zones, idle, crews: crewsOf(board), barriers: barriersOf(board) };
    this.model.tints = tintsOf(items);
    this.stale = false;
  }

  #draw(pen) {
    if (!this.view.width) return;
    if (this.stale || !this.model) this.#look();
    const { view, land, names, model } = this;
    const kit = { ink: inks(this.canvas), land, names, own: this.#own, ...model };
    const alone = (draw, more = {}) => {
      pen.save();
      draw(pen, view, { ...kit, ...more });
      pen.restore();
    };
    alone(hand.drawLand);
    alone(hand.drawZones);
    alone(hand.drawNames);
    alone(hand.drawIdle);
    const { chosen } = this.context;
    this.drawn = hand.drawDemands(pen, view, { ...kit, chosen });
    const singles = this.drawn.filter(({ heap }) => heap.length === 1 || heap[0].id === chosen);
    alone(hand.drawCrews, { alone: new Set(singles.map(({ heap }) => heap[0].id)) });
    alone(hand.drawBarriers);
    alone(hand.drawRing, { ring: this.ringing.world });
    const keys = view.byKeys || (this.busy && this.canvas.matches(":focus-visible"));
    if (keys) alone(hand.drawCross);
  }

  /** Whether what is pressed is meant for a ring, or for a place that is asked for. */
  get busy() {
    return this.placing !== null || this.ringing.on;
  }

  #under({ x, y }) {
    const near = this.drawn
      .map((one) => ({ one, far: Math.hypot(one.x - x, one.y - y) }))
      .filter(({ far }) => far < REACH)
      .sort((one, other) => one.far - other.far);
    return near[0]?.one.heap ?? null;
  }

  #hover(point) {
    const heap = point && !this.busy ? this.#under(point) : null;
    this.canvas.classList.toggle("over", Boolean(heap));
    const words = heap?.length === 1 ? this.#demandWords(heap[0]) : "";
    this.canvas.setAttribute(
      "title",
      heap?.length > 1 ? say("map.heap", { count: heap.length }) : words,
    );
  }

  #tap(detail) {
    if (this.ringing.on) return this.ringing.corner(detail);
    if (this.placing) return this.#placed(detail.place);
    const heap = this.#under(detail);
    if (heap) return this.#press(heap, detail);
    const zone = this.model?.zones.find((one) => this.#inside(one, detail));
    const code = townshipAt(this.land, worldOf(detail.place));
    this.say(() => (zone ? this.#zoneWords(zone) : code ? placeName(code) : ""));
  }

  #placed(place) {
    const then = this.placing;
    this.placing = null;
    this.say(NOTHING);
    then(place, townshipAt(this.land, worldOf(place)));
    this.redraw();
  }

  #press(heap, point) {
    if (heap.length === 1) return this.#choose(heap[0].id);
    if (parts(heap, this.view.scale)) return this.view.zoom(2.5, point);
    this.say(() => say("map.same_place", { count: heap.length }));
    this.heap.replaceChildren(...heap.slice(0, HEAP).map((one) => this.#button(one)));
  }

  #button({ id, row }) {
    const words = () => `${row.priority} · ${spoken(row)} ${named("kinds", row.kind)}`;
    const pick = () => this.#choose(id);
    const made = h("button", { type: "button", class: "small", onclick: pick }, words());
    return Object.assign(made, { words });
  }

  #choose(id) {
    this.pick(id);
    this.chosen(id);
  }

  #inside(zone, { x, y, place }) {
    if (zone.radius) {
      const middle = this.view.at(zone);
      return Math.hypot(middle.x - x, middle.y - y) < this.view.pixels(zone.radius, zone);
    }
    const ring = [{ code: zone.id, rings: [zone.ring] }];
    return townshipAt({ townships: ring }, worldOf(place)) !== null;
  }

  #demandWords({ row, cover }) {
    const told = {
      number: spoken(row),
      kind: named("kinds", row.kind),
      place: placeName(row.division),
      priority: named("priorities", row.priority),
      cover: choose("map_sign", cover),
    };
    const cut = this.model?.barriers.some((one) => one.row.demand === row.id);
    const more = [row.approximate && say("map.rough"), cut && say("map.cut")].filter(Boolean);
    return [say("map.demand", told), ...more].join("");
  }

  #zoneWords({ order, incident }) {
    const time = moment(order.at, this.context.clock.now());
    const what = choose("instruction", order.what);
    const told = { incident: incidentWords(incident), what, desk: placeName(order.by), time };
    return [say("map.zone_words", told), order.text].filter(Boolean).join(" ");
  }
}

/** Put a map into an element. */
export const mountMap = (context, box, options) => new MapPanel(context, box, options);
