/** What a desk does with a demand: close it, read what is sealed, take a slip back. */

import { liveOf, numberWords } from "./desk-model.js";
import { ask, field, radios, select } from "./dialog.js";
import { h, setText } from "./dom.js";
import { act, tell } from "./page.js";
import { read, sealedList } from "./sealed.js";
import { choose, listed, named, say, wording } from "./words.js";

const UNDO_LASTS = 60000; // milliseconds

const pairsOf = (list) => listed(list).map(([code]) => [code, named(list, code)]);

// Only a person chooses among these; the others are written by the rules themselves.
const NOT_CHOSEN = new Set(["incident_closed"]);
// Nobody was asked for a draft, so it is not met, nor has it run out.
const NOT_OF_A_DRAFT = new Set([...NOT_CHOSEN, "met", "partly_met_accepted", "expired_unmet"]);

/** Close a demand, with the reason. */
export function closeDemand(context, demand) {
  const busy = liveOf(context.board, demand);
  const pairs = pairsOf("close_reasons").filter(([code]) => !NOT_CHOSEN.has(code));
  const warned =
    busy.length && h("p", { class: "unmet" }, say("close.live", { count: busy.length }));
  ask({
    title: say("close.title", { demand: numberWords(context.board, demand) }),
    parts: [field(say("close.reason"), select("reason", pairs)), warned || ""],
    confirm: say("act.close_demand"),
    send: (values) => sendClose(context, demand, values.get("reason")),
  });
}

/** Discard a draft: nobody was asked, and nobody has to be told but whoever has reported it. */
export function discardDraft(context, demand) {
  const pairs = pairsOf("close_reasons").filter(([code]) => !NOT_OF_A_DRAFT.has(code));
  ask({
    title: say("draft.discard_title", { demand: numberWords(context.board, demand) }),
    parts: [
      field(say("draft.reason"), select("reason", pairs)),
      h("p", { class: "quiet" }, say("draft.discard_means")),
    ],
    confirm: say("act.discard"),
    look: "danger",
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

export const DESK_REASONS = ["calling", "handing_over", "checking"];

/** Why a desk reads what is sealed. */
export function reasonField() {
  const pairs = DESK_REASONS.map((code) => [code, choose("opening", code)]);
  return radios("reason", say("sealed.reason"), pairs);
}

/** Read the sealed texts of a demand, with a reason; that they were read is on record. */
export function sealed(context, demand) {
  let texts = null;
  const title = say("sealed.title", { demand: numberWords(context.board, demand) });
  ask({
    title,
    parts: [reasonField(), h("p", { class: "quiet" }, say("sealed.recorded"))],
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
