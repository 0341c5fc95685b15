/** What somebody has to look at in a crew's row: late, silent, people in danger. */

import { live, slow } from "./assignments.js";
import { forgotten } from "./desk-model.js";
import { toldFlags } from "./desk-told.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { notOut } from "./leaving.js";
import { changedWords } from "./wording.js";
import { named, say } from "./words.js";

/** What somebody has to look at: late, slow, a new time, a certificate that is gone. */
export function flags(item, row, now) {
  const found = [];
  if (row.overdue) found.push(["bad", say("party.overdue")]);
  else if (slow(row, now)) found.push(["warn", say("party.slow")]);
  const instead = row.replaced ? insteadWords(item) : awaitedWords(item, row, now);
  if (instead) found.push(["bad", instead]);
  if (row.missed_at !== null) {
    found.push(["bad", say(notOut(row) ? "party.not_out" : "party.silent")]);
  }
  if (forgotten(row)) found.push(["bad", say("party.beside")]);
  found.push(...toldFlags(row));
  if (live(row) && row.changed.length) {
    found.push(["bad", say("party.words_unseen", { words: changedWords(row) })]);
  }
  if (row.by_committee && row.state === "committed" && item.demand.sealed.length) {
    found.push(["warn", say("party.tell_crew")]);
  }
  if (row.inside > 0) found.push(["warn", say("party.inside", { count: row.inside })]);
  if (row.new_times) found.push(["warn", say("party.new_times", { count: row.new_times })]);
  if (row.unfit) found.push(["bad", named("gates", row.unfit)]);
  return found;
}

/** It is counted on no more: whether somebody is asked in its place, is there, or neither. */
function insteadWords({ line, offers }) {
  if (line.short === 0) return say("party.made_up");
  return say(offers.some((one) => one.state === "sent") ? "party.replaced" : "party.uncounted");
}

/** When somebody will be asked in its place; nobody is on hold, or where others are enough. */
function awaitedWords({ demand, line }, row, now) {
  const needed = demand.state === "published" && line.covered - line.doubtful < line.target;
  if (row.replace_at === null || !needed) return null;
  return say("party.replace_at", { time: moment(row.replace_at, now) });
}

/** What it is to say by when. */
export function wordDueLine(row, now) {
  const due = row.out_by ?? row.check_in_by;
  const words = row.out_by ? "party.out_by" : "party.check_in_by";
  return due && h("span", { class: "quiet" }, say(words, { time: moment(due, now) }));
}
