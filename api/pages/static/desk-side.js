/** The desk's incidents and recovery tasks. */

import { ask, field, select } from "./dialog.js";
import { divisionsOf, incidentWords, refill } from "./desk-form.js";
import { liveAssignments, underway } from "./desk-model.js";
import { drawList, find, h } from "./dom.js";
import { moment, spoken, spokenDemand } from "./format.js";
import { act, posting } from "./page.js";
import { longPlaceName, placeName, placesWithin, within } from "./places.js";
import { choose, language, listed, named, say } from "./words.js";

/** Wire the form that opens an incident, once. */
export function startIncidents(context) {
  const form = find("#open-incident");
  for (const [code] of listed("hazards")) {
    const option = h("option", { value: code, "data-named": `hazards:${code}` });
    option.textContent = named("hazards", code);
    form.elements.hazard.append(option);
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { hazard, division, label } = form.elements;
    const body = { hazard: hazard.value, division: division.value };
    const labeled = label.value ? { ...body, label: label.value } : body;
    const answer = await act(context, "/incidents", labeled);
    if (answer) find("#open-incident-box").open = false;
  });
}

export function drawIncidents(context) {
  const { me, board, outbox } = context;
  const rows = board.all("incident").sort((one, other) => other.number - one.number);
  const items = rows.map((row) => ({
    key: row.id,
    row,
    words: incidentWords(row),
    joined: row.joined.map(placeName),
    join: missingFrom(row, me),
    language: language(),
    underway: underway(outbox, [row.id]),
  }));
  drawList(find("#incidents"), items, (item) => incidentCard(context, item));
  find("#no-incidents").hidden = items.length > 0;
  const places = placesWithin(divisionsOf(me)).map((row) => [row.code, longPlaceName(row.code)]);
  refill(find("#open-incident").elements.division, places);
  const all = [
    ["", say("demands.all_incidents")],
    ...rows.map((row) => [row.id, incidentWords(row)]),
  ];
  refill(find("#list-incident"), all);
}

/** The desk's own division, where it takes no part in an open incident yet. */
function missingFrom(row, me) {
  const own = divisionsOf(me);
  const part = [row.division, ...row.joined];
  const takesPart = own.some((scope) => part.some((code) => within(code, scope)));
  return row.state === "open" && !takesPart ? own[0] : null;
}

function incidentCard(context, { row, words, joined, join }) {
  const since = say("incident.opened_at", { time: moment(row.opened_at, context.clock.now()) });
  const path = `/incidents/${row.id}/join`;
  const joining = { path, body: { division: join }, words: say("act.join"), look: "small" };
  const close = h("button", { type: "button", class: "small", "data-focus": `close-${row.id}` });
  close.textContent = say("act.close_incident");
  close.addEventListener("click", () => closeIncident(context, row));
  return h(
    "article",
    { class: `card compact ${row.state}` },
    h("h3", {}, words),
    h("p", {}, h("span", { class: "chip" }, choose("incident_state", row.state)), " ", since),
    joined.length > 0 &&
      h(
        "p",
        { class: "quiet" },
        say("incident.joined", { places: joined.join(say("list.separator")) }),
      ),
    row.readable ? null : h("p", { class: "quiet" }, say("incident.destroyed")),
    h(
      "div",
      { class: "buttons" },
      join && posting(context, joining),
      row.state === "open" && close,
    ),
  );
}

/** Close an incident; whoever is still out must be named one by one, to be stood down. */
function closeIncident(context, row) {
  const busy = liveAssignments(context.board, row.id);
  const tick = (one) => {
    const box = h("input", { type: "checkbox", name: "stand_down", value: one.id });
    return h("label", { class: "tick" }, box, h("span", {}, busyWords(one)));
  };
  ask({
    title: say("incident.close_title", { incident: incidentWords(row) }),
    parts: [
      h("p", {}, say(busy.length ? "incident.close_live" : "incident.close_none")),
      h("div", { class: "ticks" }, busy.map(tick)),
    ],
    confirm: say("act.close_incident"),
    look: "danger",
    send: (values) =>
      context.outbox.post(`/incidents/${row.id}/close`, {
        stand_down: values.getAll("stand_down"),
      }),
  });
}

const busyWords = (row) =>
  [spokenDemand(row), row.organization_name, choose("assignment_state", row.state)].join(" · ");

const TASK_ORDER = ["reported_done", "proposed", "open", "claimed", "verified", "dropped"];
const ended = (row) => row.state === "verified" || row.state === "dropped";

export function drawTasks(context) {
  const { board, outbox } = context;
  const rank = (row) => TASK_ORDER.indexOf(row.state);
  const rows = board.all("task").filter((row) => !ended(row));
  rows.sort((one, other) => rank(one) - rank(other) || one.number - other.number);
  const items = rows.map((row) => ({
    key: row.id,
    row,
    place: placeName(row.division),
    language: language(),
    underway: underway(outbox, [row.id]),
  }));
  drawList(find("#tasks"), items, (item) => taskCard(context, item));
  find("#no-tasks").hidden = items.length > 0;
}

function taskCard(context, { row, place }) {
  const from = say("task.from", { demand: spokenDemand(row) });
  const facts = [named("domains", row.domain), place, from, row.organization_name].filter(Boolean);
  return h(
    "article",
    { class: `card compact ${row.state}` },
    h("h3", {}, say("task.title", { number: row.number, kind: named("kinds", row.kind) })),
    h(
      "p",
      {},
      h("span", { class: "chip" }, choose("task_state", row.state)),
      " ",
      facts.join(" · "),
    ),
    h("div", { class: "buttons" }, (TASK_BUTTONS[row.state] ?? (() => []))(context, row)),
  );
}

const TASK_BUTTONS = {
  proposed(context, row) {
    const pairs = listed("domains").map(([code]) => [code, named("domains", code)]);
    const domain = select("domain", pairs, row.domain);
    domain.setAttribute("aria-label", say("task.domain"));
    const body = { domain: row.domain };
    domain.addEventListener("change", () => (body.domain = domain.value));
    const path = `/tasks/${row.id}/open`;
    const open = posting(context, {
      path,
      body,
      words: say("act.open_task"),
      look: "small primary",
    });
    return [domain, open, drop(context, row)];
  },
  open: (context, row) => [claimByPhone(context, row), drop(context, row)],
  claimed(context, row) {
    const path = `/tasks/${row.id}/report-done`;
    return posting(context, { path, words: say("act.task_done_by_phone"), look: "small" });
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

const drop = (context, row) =>
  posting(context, { path: `/tasks/${row.id}/drop`, words: say("act.drop_task"), look: "small" });

function claimByPhone(context, row) {
  const button = h("button", { type: "button", class: "small", "data-focus": `claim-${row.id}` });
  button.textContent = say("act.claim_by_phone");
  button.addEventListener("click", () => {
    const pairs = context.board.all("organization").map((one) => [one.id, one.name]);
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
