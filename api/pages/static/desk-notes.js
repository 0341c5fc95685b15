/** The running note of a demand: what desks keep for whoever takes over from them, sealed. */

import { numberWords } from "./desk-model.js";
import { ask, field, text } from "./dialog.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { DESK_REASONS, reasonField } from "./desk-acts.js";
import { Problem } from "./http.js";
import { read } from "./sealed.js";
import { say } from "./words.js";

const LONGEST = 2000;

/** How many there are, and the age of the last, as the button of the card says it. */
export function notesWords({ clock }, demand) {
  if (!demand.notes) return say("notes.none");
  const time = moment(demand.noted_at, clock.now());
  return say("notes.count", { count: demand.notes, time });
}

/** Add a note; it stays, and what was wrong in it is put right by another one. */
export function addNote(context, demand) {
  ask({
    title: say("notes.add_title", { demand: numberWords(context.board, demand) }),
    parts: [field(say("notes.text"), text("text", "", LONGEST), say("notes.hint"))],
    confirm: say("act.add_note"),
    send: (values) => {
      const body = { text: values.get("text") };
      return context.outbox.post(`/demands/${demand.id}/notes`, body, { personal: true });
    },
  });
}

/** Read them, the newest first, with a reason; that they were read is on record. */
export function readNotes(context, demand) {
  const path = `/demands/${demand.id}/notes/read`;
  let page = null;
  let reason = DESK_REASONS[0];
  const title = say("notes.title", { demand: numberWords(context.board, demand) });
  ask({
    title,
    parts: [reasonField(), h("p", { class: "quiet" }, say("sealed.recorded"))],
    confirm: say("act.read_notes"),
    send: async (values) => {
      reason = values.get("reason");
      page = await read(context, path, { reason });
    },
    done: () => show(context, { title, path, reason, page }),
  });
}

function show(context, { title, path, reason, page }) {
  const list = h("ol", { class: "notes" });
  const more = h("button", { type: "button", class: "small" }, say("notes.older"));
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const put = ({ notes, older }) => {
    list.append(...notes.map((note) => item(context, note)));
    more.hidden = older === null;
    more.onclick = () => further(older);
  };
  const further = async (older) => {
    more.disabled = true;
    try {
      put(await read(context, path, { reason, older }));
      problem.hidden = true;
    } catch (refused) {
      if (!(refused instanceof Problem)) throw refused;
      problem.textContent = refused.text;
      problem.hidden = false;
    }
    more.disabled = false;
  };
  put(page);
  const nothing = !page.notes.length && h("p", {}, say("notes.none"));
  ask({ title, parts: [nothing || list, more, problem] });
}

function item({ clock }, note) {
  const name = note.name ?? say("notes.somebody");
  const time = moment(note.at, clock.now());
  const said = say("notes.said", { number: note.number, name, time });
  return h("li", {}, h("p", { class: "quiet" }, said), h("p", {}, note.text));
}
