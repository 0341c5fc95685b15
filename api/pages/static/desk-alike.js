/** Before a demand is posted: what was posted lately that may be the same need. */

import { find, h, setText } from "./dom.js";
import { distance, spell, spoken } from "./format.js";
import { get } from "./http.js";
import { choose, named, say, wording } from "./words.js";

const SETTLES = 400; // milliseconds without a key before it is looked for
const WORDS_MOST = 100; // of what was typed, as much as is compared
const PARTS = ["incident", "kind", "division", "lon", "lat"];

/**
 * Look whenever the form has changed. `words()` is what its desk has typed itself; `same(id)`
 * posts it as a further report. Nothing here hinders a posting.
 */
export function startAlike(context, form, { words, same }) {
  let timer = 0;
  let latest = 0;
  const look = async () => {
    const asked = ++latest;
    const found = await lookUp(context, form, words());
    if (asked === latest) draw(context, found, same);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, SETTLES);
  };
  wording.addEventListener("change", soon);
  for (const event of ["input", "change"]) form.addEventListener(event, soon);
  return () => {
    latest += 1;
    clearTimeout(timer);
    draw(context, [], same);
  };
}

async function lookUp({ role }, form, words) {
  const pairs = PARTS.map((name) => [name, form.elements[name].value]);
  const given = pairs.filter(([, value]) => value !== "");
  const compared = ["words", words.slice(0, WORDS_MOST)];
  const asked = new URLSearchParams([...given, compared, ["role", role]]);
  if (!["incident", "kind", "division"].every((name) => asked.get(name))) return [];
  if (asked.has("lon") !== asked.has("lat")) return [];
  try {
    return (await get(`/demands/alike?${asked}`, role)).demands;
  } catch {
    return []; // it only helps: without it, a posting is as it always was
  }
}

function draw(context, found, same) {
  const box = find("#alike");
  const rows = found.map((like) => [like, context.board.get("demand", like.demand)]);
  const known = rows.filter(([, row]) => row && row.state !== "closed");
  box.hidden = known.length === 0;
  setText(box, "");
  if (!known.length) return;
  box.append(
    h("p", {}, say("alike.title")),
    ...known.map(([like, row]) => likeRow(context, like, row, same)),
    h("small", {}, say("alike.else")),
  );
}

const draftChip = () => h("span", { class: "chip warn" }, say("alike.draft"));

const sameButton = ({ id }, same) =>
  h("button", { type: "button", class: "small", onclick: () => same(id) }, say("alike.same"));

function likeRow({ clock }, { meters, words }, row, same) {
  const age = Math.max(0, Math.round((clock.now() - row.published_at) / 1000));
  const cover = row.lines
    .filter((line) => line.open)
    .map((line) => `${named("skills", line.skill)} ${choose("cover", line.cover)}`);
  const facts = [
    choose("alike", row.state === "draft" ? "drafted" : "age", { age: spell(age) }),
    meters !== null && distance(meters),
    words >= 500 && say("alike.words"),
    cover.join(say("list.separator")),
  ];
  return h(
    "div",
    { class: "party" },
    h("span", { class: "name" }, spoken(row)),
    h("span", {}, facts.filter(Boolean).join(" · ")),
    h("span", { class: "quiet" }, row.risk_statement),
    row.state === "draft" ? draftChip() : sameButton(row, same),
  );
}
