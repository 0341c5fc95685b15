/** Signing in with a one-time link. The secret is in the fragment, which no log ever sees. */

import { find, setText } from "./dom.js";
import { Problem, request } from "./http.js";
import { choose, loadWords, say, wording } from "./words.js";

const PAGES = {
  desk: "/desk",
  organization: "/organization",
  reviewer: "/review",
  committee: "/committee",
};

const told = new URLSearchParams(location.hash.slice(1));
const [link, role] = [told.get("link"), told.get("role")];

function draw() {
  const known = Boolean(link && role);
  find("#ready").hidden = !known;
  find("#missing").hidden = known;
  if (known) setText(find("#role"), choose("role", role in PAGES ? role : "steward"));
}

/**
 * The link works once, so only a person's press uses it: a messenger's preview must not. One key
 * for every press: after a lost signal the same sign-in is answered again.
 */
async function signIn() {
  const [button, problem] = [find("#sign-in"), find("#problem")];
  button.disabled = true;
  setText(button, say("act.sending"));
  problem.hidden = true;
  try {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    const body = JSON.stringify({ link, role });
    await request("/sessions", null, { method: "POST", headers, body });
    location.replace(PAGES[role] ?? "/");
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    setText(problem, refused.text);
    problem.hidden = false;
    button.disabled = false;
    setText(button, say("sign_in.button"));
  }
}

const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
  byte.toString(16).padStart(2, "0"),
).join("");

await loadWords();
draw();
wording.addEventListener("change", draw);
find("#sign-in").addEventListener("click", signIn);
