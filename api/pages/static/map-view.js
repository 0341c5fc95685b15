/**
 * A map on a canvas, of our own lines alone: no library, no tiles, no other host. (Leaflet writes
 * markup as soon as it is loaded, which the policy of these pages refuses.) Where it looks, how it
 * is moved by mouse, touch and keys, and when it is drawn.
 */

const WORLD = 40075016.686; // meters around the equator
const CLOSEST = 256 * 2 ** 18; // pixels of the whole world's width
const FARTHEST = 256 * 2 ** 5;
const NEAR = 256 * 2 ** 12; // a single point is shown with some 30 km around it
const STILL = 6; // pixels that a finger may stray and still have tapped
const STEP = 80; // pixels that an arrow moves it
const KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** A place of a row, in 1e-7 degree, as parts of the world's width from its north-west corner. */
export function worldOf({ lon, lat }) {
  const sine = Math.sin((lat / 1e7) * (Math.PI / 180));
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return { x: lon / 3.6e9 + 0.5, y };
}

function placeOf({ x, y }) {
  const lat = Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * (180 / Math.PI);
  return { lon: Math.round((x - 0.5) * 3.6e9), lat: Math.round(lat * 1e7) };
}

/** Sends `tap` with `{x, y, place, key}`, `hover` with `{x, y}` or null, and `moved`. */
export class MapView extends EventTarget {
  layers = []; // `(pen, view)`, drawn in this order
  pointers = new Map();
  middle = { x: 0.5, y: 0.5 };
  scale = FARTHEST;
  width = 0;
  height = 0;
  touched = false; // moved by somebody since it was last fitted
  byKeys = false; // moved by keys of late: then the middle is what a key acts upon

  /** `larger`: by how much signs and names are, for whoever stands far away. */
  constructor(canvas, larger = 1) {
    super();
    this.canvas = canvas;
    this.larger = larger;
    this.pen = canvas.getContext("2d");
    new ResizeObserver(() => this.#resized()).observe(canvas);
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => this.#pointer(event));
    }
    canvas.addEventListener("pointerleave", () => this.#tell("hover", null));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => this.#keys(false));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.redraw());
  }

  /** Where a point of the world is on the canvas. */
  at({ x, y }) {
    const left = (x - this.middle.x) * this.scale + this.width / 2;
    return { x: left, y: (y - this.middle.y) * this.scale + this.height / 2 };
  }

  /** The place under a point of the canvas. */
  placeAt(point) {
    return placeOf(this.#world(point));
  }

  #world({ x, y }) {
    const left = (x - this.width / 2) / this.scale + this.middle.x;
    return { x: left, y: (y - this.height / 2) / this.scale + this.middle.y };
  }

  /** How many pixels a number of meters is, at a place. */
  pixels(meters, { lat }) {
    return (meters * this.scale) / (WORLD * Math.cos((lat / 1e7) * (Math.PI / 180)));
  }

  /** Show all of these points of the world. */
  fit(points, margin = 28) {
    if (!points.length) return;
    const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    const [west, east] = [Math.min(...xs), Math.max(...xs)];
    const [north, south] = [Math.min(...ys), Math.max(...ys)];
    const across = Math.max(1, this.width - 2 * margin) / Math.max(east - west, 1e-9);
    const down = Math.max(1, this.height - 2 * margin) / Math.max(south - north, 1e-9);
    this.middle = { x: (west + east) / 2, y: (north + south) / 2 };
    this.#scaled(Math.min(across, down, NEAR));
    this.touched = false;
  }

  /** Bring a point of the world into the middle, where it is out of sight. */
  show(point) {
    const { x, y } = this.at(point);
    const inside = x > 20 && y > 20 && x < this.width - 20 && y < this.height - 20;
    if (!inside) Object.assign(this, { middle: { ...point }, touched: true });
    this.#moved();
  }

  /** Nearer or farther, so that a point of the canvas stays where it is. */
  zoom(factor, point = { x: this.width / 2, y: this.height / 2 }) {
    const fixed = this.#world(point);
    this.touched = true;
    this.#scaled(this.scale * factor);
    const { x, y } = this.#world(point);
    this.middle = { x: this.middle.x + fixed.x - x, y: this.middle.y + fixed.y - y };
    this.#moved();
  }

  /** Draw soon, once, however often it is asked for. */
  redraw() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.#draw();
    });
  }

  #scaled(scale) {
    this.scale = Math.min(CLOSEST, Math.max(FARTHEST, scale));
    this.#moved();
  }

  #moved() {
    this.redraw();
    this.#tell("moved", null);
  }

  #draw() {
    const { pen } = this;
    const sharp = (devicePixelRatio || 1) * this.larger;
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    for (const layer of this.layers) {
      pen.save();
      layer(pen, this);
      pen.restore();
    }
  }

  #resized() {
    const sharp = devicePixelRatio || 1;
    const before = this.canvas.width;
    const { clientWidth, clientHeight } = this.canvas;
    [this.width, this.height] = [clientWidth / this.larger, clientHeight / this.larger];
    this.canvas.width = Math.round(clientWidth * sharp);
    this.canvas.height = Math.round(clientHeight * sharp);
    if (before !== this.canvas.width) this.#tell("resized", null);
    this.redraw();
  }

  #point = ({ offsetX, offsetY }) => ({ x: offsetX / this.larger, y: offsetY / this.larger });

  #pointer(event) {
    const point = this.#point(event);
    const known = this.pointers.get(event.pointerId);
    if (event.type === "pointerdown") return this.#down(event, point);
    if (event.type === "pointermove") {
      if (!known) return this.#tell("hover", event.pointerType === "mouse" ? point : null);
      return this.#drag(known, point);
    }
    this.pointers.delete(event.pointerId);
    if (event.type === "pointerup" && known?.still) this.#tap(point, false);
  }

  #down(event, point) {
    this.#keys(false);
    this.canvas.setPointerCapture(event.pointerId);
    for (const one of this.pointers.values()) one.still = false;
    const still = event.button === 0 && this.pointers.size === 0;
    this.pointers.set(event.pointerId, { ...point, start: point, still });
  }

  /** One finger moves the map, two bring it nearer. */
  #drag(known, point) {
    const others = [...this.pointers.values()].filter((one) => one !== known);
    const [before, from] = [{ ...known }, others[0]];
    const far = Math.hypot(point.x - known.start.x, point.y - known.start.y) > STILL;
    known.still &&= !far;
    if (known.still) return;
    Object.assign(known, point);
    if (from) {
      const apart = (one) => Math.max(1, Math.hypot(one.x - from.x, one.y - from.y));
      const between = { x: (point.x + from.x) / 2, y: (point.y + from.y) / 2 };
      this.zoom(apart(point) / apart(before), between);
    }
    const share = from ? 0.5 : 1;
    this.#pan((point.x - before.x) * share, (point.y - before.y) * share);
  }

  #pan(x, y) {
    this.touched = true;
    this.middle = { x: this.middle.x - x / this.scale, y: this.middle.y - y / this.scale };
    this.#moved();
  }

  /** A page is scrolled over a map that nobody has pressed yet. */
  #wheel(event) {
    if (document.activeElement !== this.canvas && !event.ctrlKey) return;
    event.preventDefault();
    const point = this.#point(event);
    this.zoom(
      Math.exp(-Math.sign(event.deltaY) * Math.min(0.4, Math.abs(event.deltaY) / 400)),
      point,
    );
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { key } = event;
    if (KEYS[key]) this.#pan(...KEYS[key].map((way) => way * STEP));
    else if (key === "+" || key === "=") this.zoom(1.5);
    else if (key === "-") this.zoom(1 / 1.5);
    else if (key === "Enter" || key === " ") {
      this.#tap({ x: this.width / 2, y: this.height / 2 }, true);
    } else return;
    this.#keys(true);
    event.preventDefault();
    event.stopPropagation();
  }

  #keys(on) {
    if (this.byKeys === on) return;
    this.byKeys = on;
    this.redraw();
  }

  #tap(point, key) {
    this.#tell("tap", { ...point, place: this.placeAt(point), key });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
