/** The desk's incidents: opened, joined, closed by the digest of who is at work, reopened. */

import { answersFor, divisionsOf, numberWords, underway } from "./desk-model.js";
import { incidentParts, readCounts } from "./desk-told.js";
import { ask, refill } from "./dialog.js";
import { drawList, find, h } from "./dom.js";
import { moment, spokenDemand } from "./format.js";
import { Problem, get } from "./http.js";
import { act, posting, tell } from "./page.js";
import { incidentWords, longPlaceName, placeName, placesWithin, within } from "./places.js";
import { choose, language, listed, named, say } from "./words.js";

const NAMED = 20; // crews or demands that a dialog lists by name
const URGENT = 2; // and whatever is more urgent

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
    const { hazard, division, label, exercise } = form.elements;
    const body = { hazard: hazard.value, division: division.value, exercise: exercise.checked };
    const labeled = label.value ? { ...body, label: label.value } : body;
    const answer = await act(context, "/incidents", labeled);
    if (!answer) return;
    find("#open-incident-box").open = false;
    exercise.checked = false;
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
    mine: answersFor(me, row.division),
    read: readCounts(board, row),
    ended: endedIn(board, row).map(({ id }) => id),
    language: language(),
    underway: underway(outbox, [row.id]),
  }));
  drawList(find("#incidents"), items, (item) => incidentCard(context, item));
  find("#no-incidents").hidden = items.length > 0 || !board.whole;
  find("#beside").hidden = me.mode !== "actual";
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

function incidentCard(context, { row, words, joined, join, mine }) {
  const since = say("incident.opened_at", { time: moment(row.opened_at, context.clock.now()) });
  const places = joined.join(say("list.separator"));
  return h(
    "article",
    { class: `card compact ${row.state}` },
    h("h3", { class: row.mode }, words),
    h("p", {}, h("span", { class: "chip" }, choose("incident_state", row.state)), " ", since),
    joined.length > 0 && h("p", { class: "quiet" }, say("incident.joined", { places })),
    erasure(context, row),
    endedWith(context, row),
    incidentParts(context, row, mine),
    h("p", {}, h("a", { href: `/situation?incident=${row.id}` }, say("incident.situation"))),
    h(
      "div",
      { class: "buttons" },
      join && posting(context, joining(row, join)),
      mine && row.state === "open" && closeButton(context, row),
      mine && row.state === "closed" && row.readable && posting(context, reopening(row)),
    ),
  );
}

const joining = (row, division) => ({
  path: `/incidents/${row.id}/join`,
  body: { division },
  words: say("act.join"),
  look: "small",
});

const reopening = (row) => ({
  path: `/incidents/${row.id}/reopen`,
  words: say("act.reopen_incident"),
  look: "small",
});

/** Until when a closed incident's personal data is there, and that backups keep it longer. */
function erasure({ me, clock }, row) {
  if (!row.readable) return h("p", { class: "quiet" }, say("incident.destroyed"));
  if (row.state !== "closed") return null;
  const time = row.destroy_at && moment(row.destroy_at, clock.now());
  const later = me.mode === "actual" ? "incident.erase_later" : "incident.erase_later_exercise";
  const words = time ? say("incident.erase_at", { time }) : say(later);
  return h("p", { class: "quiet" }, words, " ", say("incident.backups"));
}

function closeButton(context, row) {
  const button = h("button", { type: "button", class: "small", "data-focus": `close-${row.id}` });
  button.textContent = say("act.close_incident");
  button.addEventListener("click", () => closeIncident(context, row));
  return button;
}

/** Close an incident; whoever is still out is shown first, and the list's digest confirms it. */
async function closeIncident(context, row) {
  const list = h("div", {});
  let live = null;
  const look = async () => {
    live = await get(`/incidents/${row.id}/live`, context.role);
    list.replaceChildren(...liveWords(context, live));
  };
  try {
    await look();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
    return;
  }
  ask({
    title: say("incident.close_title", { incident: incidentWords(row) }),
    parts: [
      list,
      openParts(context, row),
      h("p", { class: "quiet" }, say("incident.close_effect")),
    ],
    confirm: say("act.close_incident"),
    look: "danger",
    send: async () => {
      const body = live.count ? { live: live.digest } : {};
      try {
        await context.outbox.post(`/incidents/${row.id}/close`, body);
      } catch (problem) {
        if (problem.code === "incident_has_assignments") await look();
        throw problem;
      }
    },
  });
}

/** What is urgent, and what nobody has decided yet: named, and closed by whoever has read that. */
function openParts({ board }, incident) {
  const all = board.all("demand").filter((row) => row.incident === incident.id);
  const drafts = all.filter((row) => row.state === "draft");
  const urgent = all.filter(
    (row) => !["draft", "closed"].includes(row.state) && row.priority <= URGENT,
  );
  if (!drafts.length && !urgent.length) return h("div", {});
  const seen = h("input", { type: "checkbox", name: "seen", required: true });
  const counts = { urgent: urgent.length, drafts: drafts.length };
  return h(
    "div",
    {},
    urgent.length > 0 && h("p", { class: "unmet" }, say("incident.close_urgent", counts)),
    urgent.length > 0 && namesOf(board, urgent),
    drafts.length > 0 && h("p", { class: "unmet" }, say("incident.close_drafts", counts)),
    drafts.length > 0 && namesOf(board, drafts),
    h("label", { class: "tick" }, seen, h("span", {}, say("incident.close_seen", counts))),
  );
}

/** The most urgent first. */
function namesOf(board, rows) {
  const worst = rows.sort((one, other) => one.priority - other.priority);
  const shown = worst.slice(0, NAMED).map((row) => h("li", {}, demandWords(board, row)));
  const more = rows.length - shown.length;
  if (more > 0) shown.push(h("li", {}, say("incident.more_demands", { count: more })));
  return h("ul", { class: "busy" }, shown);
}

function demandWords(board, row) {
  const number = row.number > 0 && numberWords(board, row);
  const words = [number, named("priorities", row.priority), named("kinds", row.kind)];
  return [...words, placeName(row.division), row.reporter?.name].filter(Boolean).join(" · ");
}

function endedIn(board, { id, state }) {
  const ended = ({ incident, reason }) => incident === id && reason === "incident_closed";
  return state === "open" ? board.all("demand").filter(ended) : [];
}

/** In an incident that was taken up again: what has ended with it, and nobody has reopened yet. */
function endedWith({ board }, incident) {
  const ended = endedIn(board, incident);
  if (!ended.length) return null;
  const words = say("incident.ended_with", { count: ended.length });
  return h("div", {}, h("p", { class: "until" }, words), namesOf(board, ended));
}

/** How many are at work, and as many of them by name as can be read. */
function liveWords({ board }, { count, assignments }) {
  if (!count) return [h("p", {}, say("incident.close_none"))];
  const rows = assignments.map((id) => board.get("assignment", id)).filter(Boolean);
  const shown = rows.slice(0, NAMED).map((one) => h("li", {}, busyWords(one)));
  const more = count - shown.length;
  if (more > 0) shown.push(h("li", {}, say("incident.more", { count: more })));
  return [
    h("p", { class: "unmet" }, say("incident.close_live", { count })),
    h("ul", { class: "busy" }, shown),
  ];
}

const busyWords = (row) =>
  [spokenDemand(row), row.organization_name, choose("assignment_state", row.state)].join(" · ");
