/** A false flood: what it has posted is found and shown, and voided as one batch. */

import { begin, look } from "./desk-batches.js";
import { divisionsOf } from "./desk-model.js";
import { ask, field, select } from "./dialog.js";
import { find, h, setText } from "./dom.js";
import { moment } from "./format.js";
import { Problem } from "./http.js";
import { incidentWords, placeName } from "./places.js";
import { choose, listed, named, say } from "./words.js";

const MINUTE = 60000;
const TYPED = 250; // milliseconds after the last change; then it is looked for
const REASONS = ["unfounded", "duplicate", "posted_by_mistake", "canceled"];
const SHORT = 8; // signs of a digest, and of an account: enough to tell two apart

/** Each value that some of these have, by how many; nothing where all are alike. */
function choices(label, items, name, value, words) {
  const counts = new Map();
  for (const item of items) {
    const code = value(item);
    if (code) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  if (counts.size < 2 && (counts.values().next().value ?? items.length) === items.length) return "";
  const pairs = [...counts].map(([code, count]) => [code, `${words(code)} (${count})`]);
  pairs.sort(([, one], [, other]) => one.localeCompare(other));
  return field(label, select(name, [["", say("several.any")], ...pairs], ""));
}

/** What is asked for: only what was filled in, in one incident, and of what is there by now. */
function wanted(context, values) {
  const now = context.clock.now();
  const given = (name) => values.get(name)?.trim() || undefined;
  const since = Number(values.get("since"));
  return {
    what: "void",
    incident: values.get("incident"),
    division: given("division") ?? divisionsOf(context.me)[0],
    reason: given("reason") ?? REASONS[0], // to look by; nothing begins without one
    on_the_way: values.has("awaited"),
    kind: given("kind"),
    words: given("words"),
    sender: given("sender"),
    village: given("village"),
    since: since ? Math.floor(now - since * MINUTE) : undefined,
    until: Math.floor(now) + 1,
  };
}

/** One of those that were found, as its desk reads it. */
const sample = (context, one) => {
  const when = moment(one.at, context.clock.now());
  const number = context.board.get("demand", one.id) ? say("several.number", one) : "";
  const kind = named("kinds", one.kind);
  return h("li", {}, [number, when, placeName(one.division), kind, one.words].join(" · "));
};

/** Number, digest and the first few; what stays as it is, and why. */
function shown(context, found) {
  const digest = found.digest.slice(0, SHORT);
  const more = found.count > found.samples.length ? [h("li", {}, "…")] : [];
  const stays = found.excluded.map((part) =>
    h("p", { class: "quiet" }, choose("stays", part.why, part)),
  );
  return [
    h("p", {}, say("several.found", { count: found.count, digest })),
    h("ul", {}, ...found.samples.map((one) => sample(context, one)), ...more),
    ...stays,
  ];
}

/** Void what a desk finds among its open demands, with one reason, as one batch. */
export function closeSeveral(context, items) {
  const told = h("div", { class: "found", role: "status" });
  const of = (name) => (item) => item.demand[name];
  const incidents = [...new Set(items.map(of("incident")))]
    .map((id) => context.board.get("incident", id))
    .map((row) => [row.id, incidentWords(row)]);
  const reasons = listed("close_reasons").filter(([code]) => REASONS.includes(code));
  const pairs = reasons.map(([code]) => [code, named("close_reasons", code)]);
  const account = (code) => say("several.account", { account: code.slice(0, SHORT) });
  const village = ({ demand }) => demand.reporter?.name;
  const awaited = h("input", { name: "awaited", type: "checkbox" });
  let last = null; // what was shown last, and for what
  const form = ask({
    title: say("act.close_several"),
    parts: [
      h(
        "div",
        { class: "fields" },
        field(say("form.incident"), select("incident", incidents, incidents[0]?.[0])),
        field(say("several.words"), h("input", { name: "words", maxlength: 100 })),
        field(say("several.since"), h("input", { name: "since", type: "number", min: 1 })),
        choices(say("form.place"), items, "division", of("division"), placeName),
        choices(say("form.kind"), items, "kind", of("kind"), (code) => named("kinds", code)),
        choices(say("several.sender"), items, "sender", of("posted_by"), account),
        choices(say("several.village"), items, "village", village, String),
        field(say("close.reason"), select("reason", pairs)),
      ),
      h("label", { class: "tick" }, awaited, h("span", {}, say("several.awaited"))),
      told,
      h("p", { class: "quiet" }, say("several.means")),
    ],
    confirm: say("act.close_several"),
    look: "danger",
    send: () => begin(context, last.body, last.found).catch(again),
  });
  const submit = find("[type=submit]", form);
  const shows = (what) => {
    last = what;
    submit.disabled = !what; // nothing is done that was not shown
  };
  let asked = 0;
  const anew = async () => {
    const body = wanted(context, new FormData(form));
    const mine = (asked += 1);
    shows(null);
    try {
      const found = await look(context, body);
      if (mine !== asked) return; // something else is asked for by now
      told.replaceChildren(...shown(context, found));
      shows({ body, found });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setText(told, problem.text);
    }
  };
  const again = async (problem) => {
    await anew();
    throw problem;
  };
  let typed = 0;
  form.addEventListener("input", () => {
    shows(null);
    clearTimeout(typed);
    typed = setTimeout(anew, TYPED);
  });
  anew();
}
