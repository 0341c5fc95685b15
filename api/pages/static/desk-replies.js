/** Replies that a person has to read: a strip below the alarms, gone when all are read. */

import { drawList, find, h, setText } from "./dom.js";
import { clockTime } from "./format.js";
import { get } from "./http.js";
import { posting } from "./page.js";
import { language, say, wording } from "./words.js";

const EVERY = 15000; // milliseconds

let unread = { count: 0, replies: [] };

/** Look now, and from then on for as long as the page is open. */
export async function startReplies(context) {
  wording.addEventListener("change", () => draw(context));
  for (;;) {
    await look(context);
    await new Promise((done) => setTimeout(done, EVERY));
  }
}

async function look(context) {
  try {
    unread = await get("/replies", context.role);
    draw(context);
  } catch {
    // The next look comes soon.
  }
}

function draw(context) {
  find("#replies-box").hidden = !unread.count;
  setText(find("#replies-title"), say("replies.title", { count: unread.count }));
  const items = unread.replies.map((one) => ({ ...one, key: one.id, language: language() }));
  drawList(find("#replies"), items, (one) => drawReply(context, one));
}

function drawReply(context, reply) {
  const known = [reply.person, reply.organization_name].filter(Boolean).join(" ");
  const parts = { who: known || say("replies.unknown"), text: reply.text };
  const words = say(reply.understood ? "replies.also" : "replies.one", parts);
  const then = () => {
    unread.replies = unread.replies.filter(({ id }) => id !== reply.id);
    unread.count -= 1;
    draw(context);
  };
  const path = `/replies/${reply.id}/read`;
  return h(
    "li",
    {},
    h("span", { class: "quiet" }, clockTime(reply.at)),
    h("p", {}, words),
    posting(context, { path, words: say("replies.read"), look: "small", then }),
  );
}
