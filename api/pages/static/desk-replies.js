/** Replies that a person has to read: a strip below the alarms, gone when all are read. */

import { live } from "./assignments.js";
import { answerByPhone, stepByPhone } from "./desk-calls.js";
import { numberWords } from "./desk-model.js";
import { drawList, find, h, setText } from "./dom.js";
import { clockTime } from "./format.js";
import { get } from "./http.js";
import { posting } from "./page.js";
import { callLink } from "./sealed.js";
import { language, say, wording } from "./words.js";

const EVERY = 15000; // milliseconds

let unread = { count: 0, replies: [] };

/** Look now, and from then on for as long as the page is open. */
export async function startReplies(context) {
  wording.addEventListener("change", () => drawReplies(context));
  for (;;) {
    await look(context);
    await new Promise((done) => setTimeout(done, EVERY));
  }
}

async function look(context) {
  try {
    unread = await get("/replies", context.role);
    drawReplies(context);
  } catch {
    // The next look comes soon.
  }
}

/** What a reply may be about: requests that can still be answered, and crews at work. */
function concerned({ board }, { offer, organization }) {
  const own = (row) => row.organization === organization;
  const named = board.get("offer", offer);
  const asked = named ? [named] : board.all("offer").filter(own);
  const crews = board.all("assignment").filter((row) => own(row) && live(row));
  return {
    offers: asked.filter((row) => row.answerable && (row.wanted || row.state === "sent")),
    crews: crews.filter((row) => !named || row.demand === named.demand),
  };
}

/** Again, with what may be recorded of each. */
export function drawReplies(context) {
  find("#replies-box").hidden = !unread.count;
  setText(find("#replies-title"), say("replies.title", { count: unread.count }));
  const items = unread.replies.map((one) => ({
    ...one,
    key: one.id,
    language: language(),
    ...(one.organization ? concerned(context, one) : { offers: [], crews: [] }),
  }));
  drawList(find("#replies"), items, (one) => drawReply(context, one));
}

function drawReply(context, reply) {
  const known = [reply.person, reply.organization_name].filter(Boolean).join(" ");
  const parts = { who: known || say("replies.unknown"), text: reply.text };
  const words = say(reply.understood ? "replies.also" : "replies.one", parts);
  const then = () => {
    unread.replies = unread.replies.filter(({ id }) => id !== reply.id);
    unread.count -= 1;
    drawReplies(context);
  };
  const path = `/replies/${reply.id}/read`;
  return h(
    "li",
    {},
    h("span", { class: "quiet" }, clockTime(reply.at)),
    h("p", {}, words, " ", reply.telephone ? callLink(reply.telephone) : ""),
    recording(context, reply),
    posting(context, { path, words: say("replies.read"), look: "small", then }),
  );
}

/** A button for each thing that it may be about: the form, with whom to call in it. */
function recording(context, { id, offers, crews }) {
  const button = (row, open) =>
    h(
      "button",
      {
        type: "button",
        class: "small",
        onclick: () => open(context, row),
        "data-focus": `reply-${id}-${row.id}`,
      },
      say("replies.record", { demand: numberWords(context.board, row) }),
    );
  return h(
    "span",
    { class: "buttons" },
    offers.map((row) => button(row, answerByPhone)),
    crews.map((row) => button(row, stepByPhone)),
  );
}
