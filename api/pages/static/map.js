/** The map as a page of its own, with the list of all that is on it. */

import { drawList, find, h, setText } from "./dom.js";
import { spoken } from "./format.js";
import { demandsOf } from "./map-model.js";
import { mountMap } from "./map-panel.js";
import { start } from "./page.js";
import { placeName } from "./places.js";
import { choose, language, named, say } from "./words.js";

const SHOWN = 200; // rows; thousands are looked at on the map
const LOOK = { empty: "bad", inadequate: "warn", adequate: "good", satisfied: "good", held: "" };

const asked = new URLSearchParams(location.search);
const role = asked.get("role") === "reviewer" ? "reviewer" : "desk";
let panel = null;

function draw(context) {
  panel?.redraw();
  const all = demandsOf(context.board);
  const items = all.slice(0, SHOWN).map(({ id, row, cover }) => ({
    key: id,
    cover,
    number: spoken(row),
    priority: row.priority,
    kind: named("kinds", row.kind),
    place: placeName(row.division),
    rough: row.approximate,
    chosen: context.chosen === id,
    language: language(),
  }));
  drawList(find("#map-list"), items, (item) => one(context, item));
  find("#map-none").hidden = items.length > 0 || !context.board.whole;
  const left = all.length - items.length;
  setText(find("#map-more"), left > 0 ? say("map.more", { count: left }) : "");
}

function one(context, item) {
  const { key, cover, number, priority, kind, place, rough, chosen } = item;
  const mark = h(
    "span",
    { class: `priority p${priority}` },
    String(priority),
    h("span", { class: "unseen" }, named("priorities", priority)),
  );
  const pick = () => {
    chose(context, key);
    panel?.chosen(key);
  };
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", onclick: pick, "aria-current": chosen && "true", "data-focus": key },
      mark,
      h("span", {}, h("b", {}, number), " ", kind),
      h("span", { class: `chip ${LOOK[cover]}` }, choose("map_sign", cover)),
      h("small", {}, place, rough && say("place.approximate")),
    ),
  );
}

function chose(context, id) {
  context.chosen = id;
  draw(context);
  find("#map-list [aria-current]")?.scrollIntoView({ block: "nearest" });
}

const context = await start(role, draw);
find("#to-desk").hidden = role !== "desk";
panel = mountMap(context, find("#map"), { pick: (id) => chose(context, id) });
context.redraw();
