/** What a desk does with a demand: close, amend, move, read what is sealed, take a slip back. */

import { liveOf, numberWords } from "./desk-model.js";
import { ask, field, number, radios, select, text } from "./dialog.js";
import { h, setText } from "./dom.js";
import { fieldMoment, fieldTime } from "./format.js";
import { act, tell } from "./page.js";
import { longPlaceName, placesWithin } from "./places.js";
import { read, sealedList } from "./sealed.js";
import { choose, listed, named, say, wording } from "./words.js";

const UNDO_LASTS = 60000; // milliseconds

const pairsOf = (list) => listed(list).map(([code]) => [code, named(list, code)]);

// Only a person chooses among these; the others are written by the rules themselves.
const NOT_CHOSEN = new Set(["incident_closed"]);

/** Close a demand, with the reason. */
export function closeDemand(context, demand) {
  const busy = liveOf(context.board, demand);
  const pairs = pairsOf("close_reasons").filter(([code]) => !NOT_CHOSEN.has(code));
  const warned =
    busy.length && h("p", { class: "unmet" }, say("close.live", { count: busy.length }));
  ask({
    title: say("close.title", { demand: numberWords(context.board, demand) }),
    parts: [field(say("close.reason"), select("reason", pairs, "met")), warned || ""],
    confirm: say("act.close_demand"),
    send: (values) => sendClose(context, demand, values.get("reason")),
  });
}

const HEARD_WITHIN = 1000; // milliseconds until the board has what another desk did

const closed = ({ board }, id) => board.get("demand", id)?.state === "closed";

/** Closed by somebody else meanwhile is closed all the same, and no conflict. */
async function sendClose(context, { id, revision }, reason) {
  try {
    await context.outbox.post(`/demands/${id}/close`, { reason }, { revision });
  } catch (problem) {
    if (problem.code === "demand_closed") return;
    if (problem.code !== "revision_stale") throw problem;
    if (!closed(context, id)) await new Promise((soon) => setTimeout(soon, HEARD_WITHIN));
    if (!closed(context, id)) throw problem;
  }
}

/** Amend priority, targets, risk statement, rally point and place of a demand. */
export function amend(context, demand) {
  const priorities = pairsOf("priorities").map(([code, name]) => [code, `${code} ${name}`]);
  ask({
    title: say("amend.title", { demand: numberWords(context.board, demand) }),
    parts: [
      ...demand.lines.flatMap(targetField),
      radios("priority", say("form.priority"), priorities, String(demand.priority)),
      field(say("form.risk"), text("risk_statement", demand.risk_statement)),
      field(say("form.rally"), text("rally_point", demand.rally_point)),
      field(say("form.needed_by"), neededBy(demand), say("form.needed_hint")),
      ...placeFields(context, demand),
    ],
    confirm: say("act.amend"),
    send: (values) =>
      context.outbox.post(`/demands/${demand.id}/amend`, amended(demand, values), {
        revision: demand.revision,
      }),
  });
}

function neededBy({ needed_by: at }) {
  const value = at === null ? "" : fieldTime(at);
  return h("input", { name: "needed_by", type: "datetime-local", value });
}

/** What the field says; its minute is that of the demand where nobody has touched it. */
function chosenTime({ needed_by: at }, text) {
  return at !== null && text === fieldTime(at) ? at : fieldMoment(text);
}

function targetField(line, index) {
  if (!line.open) return [];
  const words = say("amend.target", { ...line, skill: named("skills", line.skill) });
  return [field(words, number(`target-${index}`, line.target, line.minimum))];
}

/** Only places that the incident covers; another township takes it over with its own desk. */
function placeFields({ board }, demand) {
  const incident = board.get("incident", demand.incident);
  const places = placesWithin([incident.division, ...incident.joined]);
  const pairs = places.map((row) => [row.code, longPlaceName(row.code)]);
  const degree = (name, most) =>
    h("input", { name, type: "number", step: "any", min: -most, max: most });
  return [
    field(say("form.place"), select("division", pairs, demand.division), say("amend.move")),
    h(
      "div",
      { class: "pair" },
      field(say("form.lon"), degree("lon", 180)),
      field(say("form.lat"), degree("lat", 90), say("amend.point")),
    ),
  ];
}

function amended(demand, values) {
  const target = (line, index) => Number(values.get(`target-${index}`) ?? line.target);
  const place = placeOf(demand, values);
  return {
    priority: Number(values.get("priority")),
    targets: demand.lines.map(target),
    lines: [],
    risk_statement: values.get("risk_statement"),
    rally_point: values.get("rally_point"),
    needed_by: chosenTime(demand, values.get("needed_by")),
    ...(place ? { place } : {}),
  };
}

/** Where it is now, as the desk says; nothing where that stays. */
function placeOf(demand, values) {
  const [division, lon, lat] = ["division", "lon", "lat"].map((name) => values.get(name));
  if (lon && lat) return { crs: "WGS-84", lon: Number(lon), lat: Number(lat), division };
  return division && division !== demand.division ? { division } : null;
}

const DESK_REASONS = ["calling", "handing_over", "checking"];

/** Read the sealed texts of a demand, with a reason; that they were read is on record. */
export function sealed(context, demand) {
  let texts = null;
  const title = say("sealed.title", { demand: numberWords(context.board, demand) });
  const pairs = DESK_REASONS.map((code) => [code, choose("opening", code)]);
  ask({
    title,
    parts: [
      radios("reason", say("sealed.reason"), pairs, DESK_REASONS[0]),
      h("p", { class: "quiet" }, say("sealed.recorded")),
    ],
    confirm: say("act.read_sealed"),
    send: async (values) => {
      const path = `/demands/${demand.id}/sealed`;
      texts = await read(context, path, { reason: values.get("reason") });
    },
    done: () => ask({ title, parts: [sealedList(texts)] }),
  });
}

/** Offer to take a posting back for a minute; whoever was asked is told at once. */
export function offerUndo(context, id) {
  const undo = h("button", { type: "button" });
  const posted = context.board.get("demand", id);
  const number = () => (posted ? numberWords(context.board, posted) : "");
  const words = () => say("form.posted", { number: number() });
  const notice = tell(words, { action: undo, lasts: UNDO_LASTS });
  undo.addEventListener("click", async () => {
    const revision = context.board.get("demand", id)?.revision ?? 1;
    const body = { reason: "posted_by_mistake" };
    const path = `/demands/${id}/close`;
    if (closed(context, id) || (await act(context, path, body, { revision }))) notice.remove();
  });
  count(undo, Date.now() + UNDO_LASTS);
}

/** Real seconds: rule time may run many times faster in an exercise. */
function count(button, until) {
  const show = () => {
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    setText(button, say("act.undo_for", { count: left }));
    if (!left || !button.isConnected) clearInterval(timer);
  };
  const timer = setInterval(show, 500);
  wording.addEventListener("change", show);
  show();
}
