/** The head of the log, for whoever wants to note it; asked for only when it is unfolded. */

import { find, h, setText } from "./dom.js";
import { fullTime } from "./format.js";
import { Problem, get } from "./http.js";
import { moreWords, say, wording } from "./words.js";

const state = {};
wording.addEventListener("change", draw);

/** Read the head as it is now and show it in `#head`, where its box is open. */
export async function showHead(role) {
  if (!find("#head-box").open) return;
  try {
    await moreWords("words-head");
    Object.assign(state, { found: await get("/head", role), problem: null });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    Object.assign(state, { found: null, problem });
  }
  draw();
}

function draw() {
  const { found, problem } = state;
  const place = find("#head");
  if (problem) setText(place, problem.text);
  if (!found) return;
  const { sequence, head, at, signed } = found;
  place.replaceChildren(
    h("p", { class: "quiet" }, say("head.hint")),
    h("p", {}, say("head.now", { sequence, time: fullTime(at) })),
    h("p", {}, h("code", {}, `${sequence}:${head}`)),
    ...signedParts(signed),
  );
}

function signedParts(signed) {
  if (!signed) return [h("p", { class: "quiet" }, say("head.unsigned"))];
  const { day, sequence, key } = signed;
  const words = say("head.signed", { day, sequence, key: key.slice(0, 16) });
  const link = h("a", { href: "/api/v1/head/signed", download: "" }, say("head.file"));
  return [h("p", {}, words, " ", link)];
}
