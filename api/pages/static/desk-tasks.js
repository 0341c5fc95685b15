/** The desk's recovery tasks; what is only proposed is folded away until the desk turns to it. */

import { drawBacklog } from "./desk-backlog.js";
import { ask, field, select } from "./dialog.js";
import { answersFor, numberWords, underway } from "./desk-model.js";
import { drawList, find, h, setText } from "./dom.js";
import { moment } from "./format.js";
import { posting } from "./page.js";
import { countyOf, placeName, within } from "./places.js";
import { choose, counted, language, listed, named, say } from "./words.js";

const TASK_ORDER = ["reported_done", "open", "claimed"];

export function drawTasks(context) {
  const rows = context.board.all("task");
  const proposed = rows.filter((row) => row.state === "proposed");
  const busy = rows.filter((row) => TASK_ORDER.includes(row.state));
  const rank = (row) => (row.asked_at === null ? TASK_ORDER.indexOf(row.state) : -1);
  busy.sort((one, other) => rank(one) - rank(other) || one.number - other.number);
  proposed.sort((one, other) => one.number - other.number);
  list(context, find("#tasks"), busy);
  list(context, find("#proposed"), proposed);
  drawBacklog(context);
  find("#no-tasks").hidden = busy.length > 0 || !context.board.whole;
  find("#proposed-box").hidden = proposed.length === 0;
  setText(find("#proposed-count"), String(proposed.length));
}

function list(context, place, rows) {
  const items = rows.map((row) => ({
    key: row.id,
    row,
    mine: answersFor(context.me, row.division),
    place: placeName(row.division),
    from: numberWords(context.board, row),
    language: language(),
    underway: underway(context.outbox, [row.id]),
  }));
  drawList(place, items, (item) => taskCard(context, item));
}

/** What is to be restored: which order of life, what of, how much, where. */
function taskCard(context, item) {
  const { row, place, mine } = item;
  const what = [named("skills", row.skill), counted(row.skill, row.units)].join(" ");
  const rough = row.approximate ? say("place.approximate") : "";
  const facts = [named("domains", row.domain), what, `${place}${rough}`, row.organization_name];
  const from = say("task.from", { demand: item.from });
  return h(
    "article",
    { class: `card compact ${row.state}` },
    h("h3", {}, say("task.title", { number: row.number, kind: named("kinds", row.kind) })),
    h(
      "p",
      {},
      h("span", { class: "chip" }, choose("task_state", row.state)),
      " ",
      facts.filter(Boolean).join(" · "),
    ),
    row.asked_at !== null && h("p", { class: "alarm" }, asked(context, row)),
    h("p", { class: "quiet" }, [from, ends(context, row)].filter(Boolean).join(" · ")),
    mine && h("div", { class: "buttons" }, (TASK_BUTTONS[row.state] ?? (() => []))(context, row)),
  );
}

/** When a proposal lapses, or a claim runs out. */
function ends({ clock }, row) {
  const words = { proposed: "task.lapses", claimed: "task.until" }[row.state];
  return words === undefined ? null : say(words, { time: moment(row.until, clock.now()) });
}

/** Nothing has happened about it for long: unless somebody says so, it is over soon. */
function asked({ clock }, row) {
  const words = row.state === "reported_done" ? "task.asked_verify" : "task.asked_open";
  return say(words, { time: moment(row.until, clock.now()) });
}

const TASK_BUTTONS = {
  proposed(context, row) {
    const pairs = listed("domains").map(([code]) => [code, named("domains", code)]);
    const domain = select("domain", pairs, row.domain);
    domain.setAttribute("aria-label", say("task.domain"));
    const body = { domain: row.domain };
    domain.addEventListener("change", () => (body.domain = domain.value));
    const path = `/tasks/${row.id}/open`;
    const words = say("act.open_task");
    return [
      domain,
      posting(context, { path, body, words, look: "small primary" }),
      drop(context, row),
    ];
  },
  open: (context, row) => [
    row.asked_at !== null && stillNeeded(context, row),
    claimByPhone(context, row),
    drop(context, row),
  ],
  claimed(context, row) {
    const path = `/tasks/${row.id}/report-done`;
    const back = { path: `/tasks/${row.id}/take-back`, words: say("act.take_task_back") };
    return [
      posting(context, { path, words: say("act.task_done_by_phone"), look: "small" }),
      posting(context, { ...back, look: "small" }),
    ];
  },
  reported_done(context, row) {
    const path = `/tasks/${row.id}/verify`;
    const verify = { path, body: { done: true }, words: say("act.verify"), look: "small primary" };
    const back = { path, body: { done: false }, words: say("act.send_back"), look: "small" };
    return [
      posting(context, { ...verify, focus: `verify-${row.id}` }),
      posting(context, { ...back, focus: `back-${row.id}` }),
    ];
  },
};

function stillNeeded(context, row) {
  const said = { path: `/tasks/${row.id}/open`, body: { domain: row.domain } };
  return posting(context, { ...said, words: say("act.task_needed"), look: "small primary" });
}

const drop = (context, row) =>
  posting(context, { path: `/tasks/${row.id}/drop`, words: say("act.drop_task"), look: "small" });

function claimByPhone(context, row) {
  const button = h("button", { type: "button", class: "small", "data-focus": `claim-${row.id}` });
  button.textContent = say("act.claim_by_phone");
  button.addEventListener("click", () => {
    const county = countyOf(row.division);
    const near = (one) => !one.retired && within(one.home, county);
    const found = context.board.all("organization").filter(near);
    const pairs = found.map((one) => [one.id, one.name]);
    ask({
      title: say("task.title", { number: row.number, kind: named("kinds", row.kind) }),
      parts: [field(say("task.claimant"), select("organization", pairs))],
      confirm: say("act.record"),
      send: (values) =>
        context.outbox.post(`/tasks/${row.id}/claim`, { organization: values.get("organization") }),
    });
  });
  return button;
}
