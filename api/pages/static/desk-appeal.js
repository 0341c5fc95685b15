/** Appeals: what everybody may read of a demand, looked at before it is public, and ended. */

import { deskOf, numberWords } from "./desk-model.js";
import { ask, field } from "./dialog.js";
import { h, setText } from "./dom.js";
import { moment } from "./format.js";
import { Problem, get, postOnce } from "./http.js";
import { numbersNote } from "./numbers.js";
import { posting } from "./page.js";
import { placeName } from "./places.js";
import { language, say } from "./words.js";

const TEXT_MOST = 200;
const TYPING = 400; // milliseconds after the last key in which a preview is asked for

/** That it is public, since when and with which words; and whether anybody reads it just now. */
export function appealBlock({ clock }, { demand }) {
  const { appeal } = demand;
  if (!appeal) return null;
  const time = moment(appeal.since, clock.now());
  const words = say(appeal.shown ? "appeal.shown" : "appeal.kept_back", { time });
  const said = appeal.text && say("appeal.said", { text: appeal.text });
  const link = h("a", { href: "/needs", target: "_blank", rel: "noopener" }, say("appeal.page"));
  return h("p", { class: "appeal" }, [words, said].filter(Boolean).join(" "), " ", link);
}

/** To make it public, or to end that. */
export function appealButtons(context, demand) {
  const grouped = demand.leader !== null;
  const look = { type: "button", class: "small", "data-focus": `act.appeal-${demand.id}` };
  const open = () => appeal(context, demand);
  const words = say(demand.appeal ? "act.appeal_again" : "act.appeal");
  const ending = {
    path: `/demands/${demand.id}/appeal/end`,
    words: say("act.end_appeal"),
    look: "small",
  };
  return [
    !grouped && h("button", { ...look, onclick: open }, words),
    demand.appeal && posting(context, ending),
  ];
}

function appeal(context, demand) {
  const input = h("input", { name: "text", maxlength: TEXT_MOST, autocomplete: "off" });
  input.defaultValue = demand.appeal?.text ?? "";
  const numbers = numbersNote([input]);
  const said = () => ({ text: input.value.trim() || null, public_numbers: numbers.reason() });
  const preview = previewing(context, demand, said);
  // Two presses of Enter make nothing public.
  const seen = h("input", { type: "checkbox", name: "seen", required: true });
  ask({
    title: say("appeal.title", { demand: numberWords(context.board, demand) }),
    parts: [
      h("p", { class: "quiet" }, say("appeal.means")),
      field(say("appeal.text"), input, say("appeal.text_hint")),
      numbers.note,
      telephone(context, demand, preview.look),
      preview.part,
      h("label", { class: "tick" }, seen, h("span", {}, say("appeal.seen"))),
    ],
    confirm: say("act.appeal"),
    send: () =>
      context.outbox.post(`/demands/${demand.id}/appeal`, said(), { revision: demand.revision }),
  });
  for (const one of [input, numbers.note]) one.addEventListener("input", preview.soon);
  preview.look();
}

/** Exactly what everybody will read, as the server says it. */
function previewing({ role }, demand, said) {
  const list = h("blockquote", { class: "preview" });
  const note = h("p", { class: "quiet", role: "status" });
  let [asked, timer] = [0, 0];
  const look = async () => {
    asked += 1;
    const mine = asked;
    try {
      const found = await postOnce(`/demands/${demand.id}/appeal/preview`, said(), role);
      if (mine !== asked) return;
      const [heading, ...others] = found[language()];
      list.replaceChildren(
        h("strong", {}, heading),
        ...others.map((words) => h("p", {}, words)),
      );
      setText(note, say(found.public ? "appeal.preview_hint" : "appeal.not_actual"));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (mine === asked) setText(note, problem.text);
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, TYPING);
  };
  const part = h("section", {}, h("h3", {}, say("appeal.preview")), list, note);
  return { look, soon, part };
}

/** The telephone that strangers call: this desk's, for all that it makes public. */
function telephone({ role }, demand, then) {
  const path = `/divisions/${deskOf(demand)}/public-number`;
  const input = h("input", { type: "tel", maxlength: 32, autocomplete: "off" });
  const state = h("p", { class: "quiet", role: "status" });
  const keep = async () => {
    try {
      await postOnce(path, { telephone: input.value.trim() || null }, role);
      setText(state, say("appeal.kept"));
      then();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setText(state, problem.text);
    }
  };
  get(path, role).then(
    (found) => (input.value ||= found.telephone ?? ""), // what was typed meanwhile stays
    () => {}, // it can be set all the same
  );
  const words = say("appeal.telephone", { desk: placeName(deskOf(demand)) });
  const button = h("button", { type: "button", class: "small", onclick: keep });
  setText(button, say("act.keep_number"));
  return h("div", {}, field(words, input, say("appeal.telephone_hint")), button, state);
}
