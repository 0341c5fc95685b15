/** Closed zones: where nobody goes until the desk says so; as a dialog, and in words. */

import { numberWords } from "./desk-model.js";
import { ask, field, number, only, radios, select, text } from "./dialog.js";
import { h } from "./dom.js";
import { tell } from "./page.js";
import { incidentWords, placeName } from "./places.js";
import { choose, say } from "./words.js";

const KINDS = ["zone_closed", "withdraw", "stop"];
const AROUND = "around";

/** Whoever gave it reads that a number in it was masked: the crew has to be told it otherwise. */
export async function given(sent) {
  const answer = await sent;
  if (answer?.masked.length) tell(() => say("told.masked"), { problem: true });
}

/**
 * Nobody goes in any more: a circle around a demand or a point, or a ring of corners; `ring` was
 * drawn on the map, and `done` is called once the zone is closed.
 */
export function closeZone(context, row, { ring, done } = {}) {
  const kinds = KINDS.map((kind) => [kind, choose("instruction", kind)]);
  const unknown = openDemands(context).filter((one) => one.approximate).length;
  const where = ring ? drawnParts(ring) : typedParts(context);
  const words = text("text", "", 500);
  words.required = false;
  const form = ask({
    title: say("zone.title", { incident: incidentWords(row) }),
    parts: [
      ...where,
      radios("what", say("zone.inside"), kinds),
      field(say("told.text"), words, say("told.text_hint")),
      h("p", { class: "alarm", hidden: !unknown }, say("zone.rough", { count: unknown })),
      h("p", { class: "quiet" }, say("zone.hint")),
    ],
    confirm: say("zone.close"),
    look: "danger",
    send: (values) =>
      given(context.outbox.post(`/incidents/${row.id}/close-zone`, zoneOf(row, values, ring))),
    done,
  });
  const show = () => {
    const shape = form.elements.shape?.value;
    for (const part of where) {
      if (part.dataset.of) only(part, part.dataset.of.includes(shape));
    }
  };
  if (ring) return;
  form.addEventListener("change", show);
  show();
}

const openDemands = ({ board }) => board.all("demand").filter((one) => one.state !== "closed");

const drawnParts = (ring) => [h("p", {}, say("zone.drawn", { corners: ring.length }))];

/** Fields for each way of saying where; `data-of` names the ways that need it. */
function typedParts(context) {
  const shapes = [AROUND, "point", "corners"].map((one) => [one, choose("zone_shape", one)]);
  const rough = (one) => (one.approximate ? say("place.approximate") : "");
  const called = (one) =>
    [numberWords(context.board, one), placeName(one.division) + rough(one)].join(" · ");
  const pairs = openDemands(context).map((one) => [one.id, called(one)]);
  const degrees = (name, most) =>
    h("input", { name, type: "number", step: "any", required: true, min: -most, max: most });
  const [lon, lat] = [
    field(say("form.lon"), degrees("lon", 180)),
    field(say("form.lat"), degrees("lat", 90)),
  ];
  const ring = text("corners", "", 4000);
  const part = (of, look, ...inside) => h("div", { class: look, "data-of": of }, inside);
  return [
    radios("shape", say("zone.shape"), shapes, pairs.length ? AROUND : "point"),
    part(AROUND, null, field(say("zone.around"), select(AROUND, pairs))),
    part("point", "pair", lon, lat),
    part("corners", null, field(say("zone.corners"), ring, say("zone.corners_hint"))),
    part(
      [AROUND, "point"].join(" "),
      null,
      field(say("zone.radius"), number("radius", "", 10, 50000)),
    ),
  ];
}

function zoneOf(row, values, drawn) {
  const zone = drawn ? ringOf(row, drawn) : shapeOf(row, values);
  const body = { zone, what: values.get("what") };
  if (values.get("text").trim()) body.text = values.get("text");
  return body;
}

const CRS = "CGCS2000";

const ringOf = ({ division }, corners) => {
  const ring = corners.map(({ lon, lat }) => [lon / 1e7, lat / 1e7]);
  return { place: { crs: CRS, ring, division } };
};

function shapeOf({ division }, values) {
  const radius = Number(values.get("radius"));
  if (values.get("shape") === AROUND) return { around: values.get(AROUND), radius };
  if (values.get("shape") === "point") {
    const [lon, lat] = [Number(values.get("lon")), Number(values.get("lat"))];
    return { place: { crs: CRS, lon, lat, division }, radius };
  }
  const lines = values.get("corners").trim().split(/\n+/);
  const ring = lines.map((line) =>
    line
      .trim()
      .split(/[\s,，]+/)
      .map(Number),
  );
  return { place: { crs: CRS, ring, division } };
}

/** Where a zone is, in words. */
export function zoneWords({ place, radius }) {
  const [lon, lat] = [place.lon, place.lat].map((value) => (value / 1e7).toFixed(4));
  if (radius) return say("zone.circle", { radius, lon, lat });
  return say("zone.ring", { corners: place.shape.length / 2 - 1, lon, lat });
}
