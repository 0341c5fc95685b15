/** The hand of a map: borders, names, closed zones, crews and demands, each by shape and color. */

import { heaps } from "./map-model.js";

const CELL = 40; // pixels within which demands are shown as one, with their number
const SIZE = 11; // pixels from the middle of a sign to its edge
const font = (weight, size) => [weight, `${size}px`, "system-ui"].join(" ");
const NAMES = font(600, 12);
const DIGIT = font(700, 13);
const SMALL = font(700, 11);
const BARRIER = font(700, 20);
const BASE = 256 * 2 ** 13; // of paths: a browser keeps no more than seven digits

/** The colors of the style, by day or by night; each is looked up once in a drawing. */
export function inks(canvas) {
  const style = getComputedStyle(canvas);
  const known = new Map();
  return (name) => {
    if (!known.has(name)) known.set(name, style.getPropertyValue(`--map-${name}`).trim());
    return known.get(name);
  };
}

/** Borders as paths around the first corner, and points for looking up what lies where. */
export function landOf({ scale, townships }, worldOf) {
  const place = (lon, lat) => worldOf({ lon: (lon * 1e7) / scale, lat: (lat * 1e7) / scale });
  const rings = ({ rings: all }) => all.map((steps) => cornersOf(steps, place));
  const found = townships.map((one) => ({ code: one.code, rings: rings(one) }));
  const origin = found[0]?.rings[0]?.[0] ?? { x: 0, y: 0 };
  return { origin, townships: found.map((one) => ({ ...one, path: pathOf(one.rings, origin) })) };
}

function cornersOf(steps, place) {
  const corners = [];
  let [lon, lat] = [0, 0];
  for (let at = 0; at + 1 < steps.length; at += 2) {
    lon += steps[at];
    lat += steps[at + 1];
    corners.push(place(lon, lat));
  }
  return corners;
}

function pathOf(rings, origin) {
  const path = new Path2D();
  for (const ring of rings) {
    ring.forEach(({ x, y }, index) => {
      const way = index ? "lineTo" : "moveTo";
      path[way]((x - origin.x) * BASE, (y - origin.y) * BASE);
    });
    path.closePath();
  }
  return path;
}

/** The township whose border is around a point of the world. */
export function townshipAt(land, point) {
  const around = ({ rings }) => rings.filter((ring) => holds(ring, point)).length % 2 === 1;
  return land.townships.find(around)?.code ?? null;
}

function holds(ring, { x, y }) {
  let within = false;
  ring.forEach((one, index) => {
    const other = ring[(index || ring.length) - 1];
    if (one.y > y === other.y > y) return;
    if (x < ((other.x - one.x) * (y - one.y)) / (other.y - one.y) + one.x) within = !within;
  });
  return within;
}

export function drawLand(pen, view, { ink, land, tints, own }) {
  const [near, corner] = [view.scale / BASE, view.at(land.origin)];
  pen.translate(corner.x, corner.y);
  pen.scale(near, near);
  pen.lineJoin = "round";
  for (const { code, path } of land.townships) {
    pen.fillStyle = ink(own(code) ? (tints.get(code) ?? "own") : "land");
    pen.fill(path, "evenodd");
  }
  pen.strokeStyle = ink("border");
  pen.lineWidth = 1.25 / near;
  for (const { path } of land.townships) pen.stroke(path);
}

/** Names as far as there is room, the larger divisions first; a dot where there is no border. */
export function drawNames(pen, view, { ink, names }) {
  const taken = [];
  pen.font = NAMES;
  pen.textAlign = "center";
  for (const one of names) {
    const { x, y } = view.at(one);
    if (!near({ x, y }, view)) continue;
    one.half ??= pen.measureText(one.words).width / 2 + 4;
    const box = [x - one.half, y - 30, x + one.half, y - 14];
    if (taken.some((other) => meet(box, other))) continue;
    taken.push(box);
    if (one.dot) dot(pen, x, y, 2.5, ink("border"));
    pen.lineWidth = 3;
    pen.strokeStyle = ink("halo");
    pen.strokeText(one.words, x, y - 18);
    pen.fillStyle = ink("name");
    pen.fillText(one.words, x, y - 18);
  }
}

const meet = (one, other) =>
  one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

function dot(pen, x, y, size, fill) {
  pen.beginPath();
  pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
}

/** Closed zones: filled, with a broken border. */
export function drawZones(pen, view, { ink, zones }) {
  pen.strokeStyle = ink("zone");
  pen.fillStyle = ink("zone-fill");
  pen.lineWidth = 2.5;
  pen.setLineDash([9, 5]);
  for (const zone of zones) {
    pen.beginPath();
    outline(pen, view, zone);
    pen.fill();
    pen.stroke();
  }
  pen.setLineDash([]);
  for (const zone of zones) word(pen, view.at(zone), zone.words, ink);
}

function outline(pen, view, zone) {
  const { x, y } = view.at(zone);
  if (zone.radius) pen.arc(x, y, view.pixels(zone.radius, zone), 0, 2 * Math.PI);
  else
    line(
      pen,
      zone.ring.map((corner) => view.at(corner)),
    );
  pen.closePath();
}

function line(pen, points) {
  points.forEach(({ x, y }, index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
}

function word(pen, { x, y }, words, ink) {
  pen.font = NAMES;
  pen.textAlign = "center";
  pen.lineWidth = 3;
  pen.strokeStyle = ink("halo");
  pen.strokeText(words, x, y + 4);
  pen.fillStyle = ink("zone");
  pen.fillText(words, x, y + 4);
}

/** The sign of a cover, around a point. */
function shape(pen, cover, x, y, size) {
  pen.beginPath();
  if (cover === "empty") corners(pen, x, y, size * 1.25, 4, 0);
  else if (cover === "inadequate") corners(pen, x, y + 2, size * 1.4, 3, -Math.PI / 2);
  else if (cover === "satisfied") pen.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
  else pen.arc(x, y, size, 0, 2 * Math.PI);
  pen.closePath();
}

function corners(pen, x, y, size, count, start) {
  for (let at = 0; at < count; at += 1) {
    const angle = start + (at * 2 * Math.PI) / count;
    const [left, top] = [x + size * Math.cos(angle), y + size * Math.sin(angle)];
    if (at) pen.lineTo(left, top);
    else pen.moveTo(left, top);
  }
}

let heaped = { items: null, heaps: [] };

/** Moving a map changes no heap: they are made anew for another scale, board or choice. */
function heapsOf(items, scale, chosen) {
  const same = heaped.items === items && heaped.scale === scale && heaped.chosen === chosen;
  if (!same) heaped = { items, scale, chosen, heaps: heaps(items, scale, CELL, chosen) };
  return heaped.heaps;
}

/** Demands, the worst above all others; gives what was drawn, for whoever presses there. */
export function drawDemands(pen, view, { ink, items, chosen }) {
  const drawn = heapsOf(items, view.scale, chosen)
    .map((heap) => ({ heap, ...view.at(heap[0]) }))
    .filter((one) => near(one, view));
  pen.textAlign = "center";
  for (const one of drawn.toReversed()) {
    if (one.heap[0].id !== chosen) sign(pen, one, ink, false);
  }
  const own = drawn.find(({ heap }) => heap[0].id === chosen);
  if (own) sign(pen, own, ink, true);
  return drawn;
}

const near = ({ x, y }, { width, height }) =>
  x > -CELL && y > -CELL && x < width + CELL && y < height + CELL;

function sign(pen, { heap, x, y }, ink, chosen) {
  const { cover, row } = heap[0];
  if (chosen) halo(pen, x, y, ink("focus"));
  pen.lineWidth = 2;
  pen.setLineDash(row.priority === 4 || cover === "held" ? [3, 2] : []);
  shape(pen, cover, x, y, SIZE);
  pen.fillStyle = ink(`p${row.priority}`);
  pen.fill();
  pen.strokeStyle = ink(`p${row.priority}-edge`);
  pen.stroke();
  pen.setLineDash([]);
  pen.font = DIGIT;
  pen.fillStyle = ink(`p${row.priority}-digit`);
  pen.fillText(String(row.priority), x, y + 4.5);
  if (heap.length > 1) badge(pen, x + 11, y - 10, String(heap.length), ink);
}

function halo(pen, x, y, color) {
  pen.beginPath();
  pen.arc(x, y, SIZE + 8, 0, 2 * Math.PI);
  pen.lineWidth = 4;
  pen.strokeStyle = color;
  pen.stroke();
}

/** How many are shown as one. */
function badge(pen, x, y, words, ink) {
  pen.font = SMALL;
  const half = Math.max(8, pen.measureText(words).width / 2 + 4);
  pen.beginPath();
  pen.roundRect(x - half, y - 8, 2 * half, 16, 8);
  pen.fillStyle = ink("badge");
  pen.fill();
  pen.fillStyle = ink("badge-ink");
  pen.fillText(words, x, y + 4);
}

const SIGNS = { committed: "◐", en_route: "▶", on_scene: "■", late: "»" };

/** Crews of the demands that stand by themselves: there, or on a line from where they come. */
export function drawCrews(pen, view, { ink, crews, alone }) {
  const beside = new Map();
  pen.font = SMALL;
  pen.textAlign = "center";
  for (const crew of crews) {
    if (!alone.has(crew.row.demand)) continue;
    const [to, from] = [view.at(crew.to), view.at(crew)];
    const apart = Math.hypot(to.x - from.x, to.y - from.y) > SIZE;
    const count = beside.get(crew.row.demand) ?? 0;
    if (!apart) beside.set(crew.row.demand, count + 1);
    else way(pen, from, to, ink(crew.sign));
    const place = apart
      ? from
      : { x: to.x - 18 + (count % 4) * 12, y: to.y + 20 + 12 * (count >> 2) };
    outlined(pen, SIGNS[crew.sign], place, ink(crew.sign), ink("halo"));
  }
}

function way(pen, from, to, color) {
  pen.beginPath();
  line(pen, [from, to]);
  pen.setLineDash([2, 5]);
  pen.lineWidth = 1.5;
  pen.strokeStyle = color;
  pen.stroke();
  pen.setLineDash([]);
}

function outlined(pen, words, { x, y }, color, halo) {
  pen.lineWidth = 3;
  pen.strokeStyle = halo;
  pen.strokeText(words, x, y + 4);
  pen.fillStyle = color;
  pen.fillText(words, x, y + 4);
}

export function drawIdle(pen, view, { ink, idle }) {
  for (const one of idle) {
    const { x, y } = view.at(one);
    pen.beginPath();
    pen.arc(x, y, 4, 0, 2 * Math.PI);
    pen.lineWidth = 1.5;
    pen.strokeStyle = ink("idle");
    pen.stroke();
  }
}

export function drawBarriers(pen, view, { ink, barriers }) {
  pen.font = BARRIER;
  pen.textAlign = "center";
  for (const one of barriers) {
    const { x, y } = view.at(one);
    outlined(pen, "×", { x: x - 18, y: y - 4 }, ink("zone"), ink("halo"));
  }
}

/** A ring that is being drawn, and what a key would act upon. */
export function drawRing(pen, view, { ink, ring }) {
  const points = ring.map((corner) => view.at(corner));
  pen.strokeStyle = ink("zone");
  pen.fillStyle = ink("zone-fill");
  pen.lineWidth = 3;
  pen.beginPath();
  line(pen, points);
  if (points.length > 2) pen.fill();
  pen.stroke();
  for (const { x, y } of points) dot(pen, x, y, 5, ink("zone"));
}

export function drawCross(pen, view, { ink }) {
  const [x, y] = [view.width / 2, view.height / 2];
  pen.beginPath();
  line(pen, [
    { x: x - 14, y },
    { x: x + 14, y },
  ]);
  line(pen, [
    { x, y: y - 14 },
    { x, y: y + 14 },
  ]);
  pen.lineWidth = 2;
  pen.strokeStyle = ink("focus");
  pen.stroke();
}
