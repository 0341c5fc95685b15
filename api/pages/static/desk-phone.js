/** A call by telephone: whom to call, and what was said, or that nobody picked up. */

import { heard } from "./desk-called.js";
import { ask, field, only, radios, refill, select } from "./dialog.js";
import { h, setText } from "./dom.js";
import { moment } from "./format.js";
import { Problem } from "./http.js";
import { callLink, read } from "./sealed.js";
import { say } from "./words.js";

const NOBODY = "not-picked-up";
const OTHER = "other"; // number than those that are registered

/**
 * Whom to call: asked for by a press, since each showing is on record; never kept. `then` is told
 * who it is, whom nobody has tried yet first; `rung`, whose number was pressed.
 */
export function numbers(context, offer, shown, { then, rung }) {
  const place = h("div", { class: "numbers" });
  const button = h("button", { type: "button", class: "small" }, say("phone.numbers"));
  const told = h("p", { class: "quiet", role: "status" }, say("phone.numbers_hint"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { persons } = await read(context, `/offers/${offer}/persons`);
      persons.sort((one, other) => (one.tried_at ?? 0) - (other.tried_at ?? 0));
      place.replaceChildren(...listOf(persons, context.clock.now(), rung));
      then(persons);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      button.disabled = false;
      setText(told, problem.text);
    }
  });
  place.append(button, told);
  if (shown) button.click();
  return place;
}

function listOf(persons, now, rung) {
  if (!persons.length) return [h("p", {}, say("phone.nobody"))];
  const tried = (at) => at && h("small", {}, say("phone.tried", { time: moment(at, now) }));
  return persons.map(({ id, name, telephone, tried_at: at }) => {
    const link = callLink(telephone);
    link.addEventListener("click", () => rung(id));
    return h("p", {}, name, " ", link, " ", tried(at) || "");
  });
}

/**
 * Which number rang: the one that was pressed above, or as the desk says. Instead of a crew that
 * is at work already nobody else is asked.
 */
function whoFields({ state }) {
  const others = [[OTHER, say("phone.other_number")]];
  const who = select("person", others);
  const then = (persons) => {
    const pairs = persons.map((person) => [person.id, `${person.name} ${person.telephone}`]);
    refill(who, [["", say("act.choose")], ...pairs, ...others]);
  };
  const key = state === "accepted" ? "phone.no_crew_hint" : "phone.not_picked_up_hint";
  const hint = h("p", { class: "quiet" }, say(key));
  const part = h("div", {}, field(say("phone.who"), who), hint);
  return [part, { then, rung: (id) => (who.value = id) }];
}

/**
 * Record a call: one of the `answers` as `[value, words]`, of which nothing is taken for said, or
 * that nobody picked up; then the next number is offered by `again`. `about` is the request by
 * which whoever is called was asked; `fields` are pairs of a part and the answers with which it is
 * filled in; `send(answer, values)` records what was said. `shown`: whom to call has been asked for
 * already.
 */
export function call(context, about, { title, words, answers, fields, send, shown, again, said }) {
  const [nobody, who] = whoFields(context.board.get("offer", about) ?? {});
  const parts = [...(fields ?? []), [nobody, [NOBODY]]];
  let left = 0;
  const form = ask({
    title,
    parts: [
      numbers(context, about, shown, who),
      ...(said ?? []),
      radios("answer", words, [...answers, [NOBODY, say("phone.not_picked_up")]]),
      ...parts.map(([part]) => part),
    ],
    confirm: say("act.record"),
    send: async (values) => {
      const answer = values.get("answer");
      if (answer !== NOBODY) return send(answer, values);
      left = await unanswered(context, about, values.get("person"));
      return null;
    },
    done: () => left && again(),
  });
  const show = () => {
    const answer = form.elements.answer.value;
    for (const [part, with_] of parts) only(part, with_.includes(answer));
  };
  form.addEventListener("change", show);
  show();
  return form;
}

/** A try and no silence; gives how many numbers are left to be tried. */
async function unanswered(context, offer, person) {
  const body = person === OTHER ? {} : { person };
  const { calls, given_up: over } = await context.outbox.post(`/offers/${offer}/${NOBODY}`, body);
  heard(calls);
  context.redraw();
  return over ? 0 : calls.left;
}
