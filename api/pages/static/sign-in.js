/**
 * Signing in with a one-time link, whose secret is in the fragment, which no log ever sees; or,
 * where there is none, by password and a code.
 */

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
  find("#missing").hidden = find("#by-password").hidden = known;
  if (known) setText(find("#role"), choose("role", role in PAGES ? role : "steward"));
}

/**
 * The link works once, so only a person's press uses it: a messenger's preview must not. One key
 * for every press: after a lost signal the same sign-in is answered again.
 */
async function signIn() {
  await send("/sessions", { link, role }, key, find("#sign-in"), find("#problem"));
}

/** Pressed again with the same words, as after a lost signal, it is the same sign-in. */
async function enter(event) {
  event.preventDefault();
  const [name, password, code] = ["#name", "#password", "#code"].map((id) => find(id).value);
  const body = { name, password, code: code.trim() };
  const said = JSON.stringify(body);
  if (said !== entered.said) Object.assign(entered, { said, key: newKey() });
  await send("/sessions/password", body, entered.key, find("#enter"), find("#refused"));
}

async function send(path, sent, named, button, problem) {
  button.disabled = true;
  setText(button, say("act.sending"));
  problem.hidden = true;
  try {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": named };
    const answer = await request(path, null, {
      method: "POST",
      headers,
      body: JSON.stringify(sent),
    });
    const signed = await answer.json();
    location.replace(PAGES[signed.role] ?? `/account#role=${signed.role}`);
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    setText(problem, refused.text);
    problem.hidden = false;
    button.disabled = false;
    setText(button, say("sign_in.button"));
  }
}

const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

const key = newKey();
const entered = {};

await loadWords();
draw();
wording.addEventListener("change", draw);
find("#sign-in").addEventListener("click", signIn);
find("#by-password").addEventListener("submit", enter);
