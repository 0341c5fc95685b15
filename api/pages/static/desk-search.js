/** The search of the desk's list: a number is found first, then whatever holds every word. */

import { numberWords } from "./desk-model.js";
import { find } from "./dom.js";
import { placeName } from "./places.js";
import { named } from "./words.js";

// A number as it is spoken or typed in either language, without its spaces.
const NUMBER = /^(?:\u6f14|\u6d4b|\u7b2c|x|t)?(?:no|#)?(\d+)\u53f7?$/;

/** The number that is searched for, or nothing. */
export function numberIn(words) {
  const [, number] = NUMBER.exec(words.toLowerCase().replace(/[\s.\u3002]/g, "")) ?? [];
  return number && Number(number);
}

/**
 * Those that hold every word that is searched for: number, kind, place, village, skill, team. Whose
 * number is searched for comes before whoever only holds its digits.
 */
export function searched({ board }, items) {
  const typed = find("#search").value;
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return items;
  const number = numberIn(typed);
  const meant = items.filter(({ demand }) => demand.number === number && number > 0);
  const others = items.filter((item) => {
    if (meant.includes(item)) return false;
    const text = textOf(board, item).toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return [...meant, ...others];
}

function textOf(board, { demand, offers, assignments }) {
  const [number, place] = [numberWords(board, demand), placeName(demand.division)];
  const skills = demand.lines.map((line) => named("skills", line.skill));
  const teams = [...offers, ...assignments].map((row) => row.organization_name);
  const village = demand.reporter?.name ?? "";
  return [number, named("kinds", demand.kind), place, village, ...skills, ...teams].join(" ");
}
