/** Helpers: people who came by themselves and belong to no registered organization. */

import { DESK_REASONS, reasonField } from "./desk-acts.js";
import { numberWords } from "./desk-model.js";
import { ask, field, number, radios, text } from "./dialog.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { posting } from "./page.js";
import { read } from "./sealed.js";
import { choose, say } from "./words.js";

const WORDS = ["parked", "sent_home"];

/** Write them down: they wait, or go home. As a crew nobody unregistered is taken on. */
export function receiveHelpers(context, demand) {
  const what = WORDS.map((code) => [code, choose("receive_word", code)]);
  ask({
    title: say("helpers.title", { demand: numberWords(context.board, demand) }),
    parts: [
      h("p", { class: "quiet" }, say("helpers.why")),
      field(say("helpers.contact"), text("contact", "", 200), say("helpers.contact_hint")),
      field(say("receive.people"), number("people", "")),
      radios("word", say("receive.word"), what),
      h("p", { class: "quiet" }, say("helpers.parked")),
    ],
    confirm: say("act.record"),
    send: (values) => {
      const [contact, people] = [values.get("contact"), Number(values.get("people"))];
      const body = { contact, people, word: values.get("word") };
      return context.outbox.post(`/demands/${demand.id}/helpers`, body, { personal: true });
    },
  });
}

/** Those who wait: how many, since when and until when, and what can be said to them. */
export function helpersBlock(context, { demand, mine, readable }) {
  if (!demand.helpers.length) return null;
  return h(
    "section",
    { class: "helpers" },
    demand.helpers.map((one) => row(context, demand, one, { mine, readable })),
  );
}

function row(context, demand, one, { mine, readable }) {
  const now = context.clock.now();
  const path = `/demands/${demand.id}/helpers/${one.id}`;
  const home = { path: `${path}/end`, body: {}, words: say("act.send_home"), look: "small" };
  const known = {
    path: `${path}/end`,
    body: { registered: true },
    words: say("act.registered"),
    look: "small",
    focus: `registered-${one.id}`,
  };
  const times = { since: moment(one.at, now), time: moment(one.until, now) };
  return h(
    "div",
    { class: "party standby" },
    h("span", { class: "name" }, say("helpers.some", { count: one.people })),
    h("span", { class: "chip" }, say("helpers.unregistered")),
    h("span", { class: "quiet" }, say("helpers.waiting", times)),
    mine && readable && who(context, path, one),
    mine && [posting(context, home), posting(context, known)],
  );
}

function who(context, path, one) {
  const open = () => showWho(context, path);
  const focus = `who-${one.id}`;
  const look = { type: "button", class: "small", onclick: open, "data-focus": focus };
  return h("button", look, say("act.who"));
}

/** Who they are is sealed: read with a reason, and that it was read is on record. */
function showWho(context, path) {
  let answer = null;
  ask({
    title: say("helpers.who"),
    parts: [reasonField(), h("p", { class: "quiet" }, say("sealed.recorded"))],
    confirm: say("act.who"),
    send: async (values) => {
      const reason = values.get("reason") ?? DESK_REASONS[0];
      answer = await read(context, `${path}/read`, { reason });
    },
    done: () => ask({ title: say("helpers.who"), parts: [h("p", {}, answer.contact)] }),
  });
}
