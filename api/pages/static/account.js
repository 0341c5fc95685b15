/** One's own account: signing in by password, and where one is signed in. */

import { passwordKnown, show } from "./access.js";
import { showAlarms, showWaiting } from "./account-waiting.js";
import { find, h, setText } from "./dom.js";
import { fullTime } from "./format.js";
import { Problem, get, postOnce } from "./http.js";
import { choose, loadWords, say, wording } from "./words.js";

const PAGES = {
  desk: "/desk",
  organization: "/organization",
  reviewer: "/review",
  committee: "/committee",
};
const FEW = 3; // recovery codes

const role = new URLSearchParams(location.hash.slice(1)).get("role");
const state = {}; // `password` as the server has it, and what was only just told: `phone`, `codes`

async function begin() {
  await loadWords();
  try {
    const me = await get("/me", role);
    Object.assign(state, { me, password: await get("/password", me.role) });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    find("#signed-out").hidden = false;
    return;
  }
  find("#mine").hidden = false;
  find("#sign-out").addEventListener("click", signOut);
  wording.addEventListener("change", draw);
  draw();
}

function draw() {
  const { me } = state;
  setText(find("#who"), me.name);
  setText(find("#role"), choose("role", me.role));
  const back = find("#back");
  back.hidden = !PAGES[me.role];
  if (PAGES[me.role]) find("a", back).href = PAGES[me.role];
  find("#password").replaceChildren(h("h2", {}, say("account.password")), ...passwordParts());
  show({ role: me.role }, find("#access")).catch(() => {});
  showWaiting(me, find("#waiting")).catch(() => {});
  if (me.role === "steward") showAlarms(me, find("#alarms")).catch(() => {});
}

async function signOut() {
  await postOnce("/sessions/end", {}, state.me.role);
  location.assign("/");
}

function passwordParts() {
  if (state.codes) return codeParts();
  if (state.phone) return [phonePart(), setting()];
  return state.password.set ? setParts() : noneParts();
}

function noneParts() {
  const button = h("button", { type: "button", class: "primary" }, say("account.begin"));
  const problem = said();
  button.addEventListener("click", () =>
    posting(button, problem, "/password/begin", {}, (phone) => Object.assign(state, { phone })),
  );
  const ended = state.ended && h("p", {}, say("account.ended"));
  return [ended, h("p", {}, say("account.none")), problem, button].filter(Boolean);
}

function phonePart() {
  const src = `data:image/svg+xml,${encodeURIComponent(state.phone.qr)}`;
  const image = h("img", { src, width: 240, height: 240, alt: state.phone.secret });
  const typed = h("p", { class: "quiet" }, say("account.typed"), " ");
  typed.append(h("code", {}, state.phone.secret.match(/.{1,4}/g).join(" ")));
  return h("div", {}, h("p", {}, say("account.scan")), image, typed);
}

function setting() {
  const name = field("account.name", { autocomplete: "username", maxlength: 120 });
  const first = field("account.new_password", { type: "password", autocomplete: "new-password" });
  const second = field("account.repeat", { type: "password", autocomplete: "new-password" });
  const code = codeField("account.code");
  const problem = said();
  const button = h("button", { class: "big primary" }, say("account.set"));
  const form = h("form", { id: "setting" }, h("p", {}, say("account.fill")));
  form.append(name.label, first.label, second.label, code.label, problem, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (first.input.value !== second.input.value) return tell(problem, say("account.unlike"));
    const body = { name: name.input.value, password: first.input.value, code: code.input.value };
    posting(button, problem, "/password", body, ({ recovery }) => {
      Object.assign(state, { phone: null, codes: recovery });
    });
  });
  return form;
}

function codeParts() {
  const list = h("div", { id: "codes" });
  list.append(...state.codes.map((code) => h("p", {}, h("code", {}, code))));
  const print = h("button", { type: "button", class: "plain" }, say("account.print"));
  print.addEventListener("click", () => window.print());
  const kept = h("button", { type: "button", class: "primary", id: "kept" }, say("account.kept"));
  kept.addEventListener("click", async () => {
    const password = await get("/password", state.me.role);
    passwordKnown(state.me, password.made_at ?? 0);
    Object.assign(state, { codes: null, password });
    draw();
  });
  const hint = h("p", {}, say("account.recovery_hint"));
  return [h("h3", {}, say("account.recovery")), hint, list, print, kept];
}

function setParts() {
  const { name, made_at: time, recovery_left: left } = state.password;
  const since = h("p", {}, say("account.since", { name, time: fullTime(time), left }));
  const few = left <= FEW && h("p", { class: "problem" }, say("account.few"));
  const renew = proving("account.renew", "/password/codes", ({ recovery }) => {
    Object.assign(state, { codes: recovery });
  });
  const end = proving("account.end", "/password/end", (password) => {
    Object.assign(state, { password, ended: true });
  });
  return [since, few, renew, end, h("p", { class: "quiet" }, say("account.lost"))].filter(Boolean);
}

/** What only the account's owner may: password and code are asked for again. */
function proving(words, path, then) {
  const hidden = { type: "password", autocomplete: "current-password" };
  const password = field("sign_in.password", hidden);
  const code = codeField("account.code_or");
  const problem = said();
  const button = h("button", {}, say(words));
  const form = h("form", {}, h("p", {}, say("account.prove")));
  form.append(password.label, code.label, problem, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = { password: password.input.value, code: code.input.value };
    posting(button, problem, path, body, then);
  });
  return h("details", {}, h("summary", {}, say(words)), form);
}

function field(words, attributes) {
  const input = h("input", { required: true, maxlength: 256, ...attributes });
  return { input, label: h("label", { class: "field" }, h("span", {}, say(words)), input) };
}

const codeField = (words) =>
  field(words, { autocomplete: "one-time-code", minlength: 6, maxlength: 32 });

const said = () => h("p", { class: "problem", role: "alert", hidden: true });

function tell(problem, words) {
  setText(problem, words);
  problem.hidden = false;
}

/** Send, and draw anew with what is known then; what was typed stays where it is refused. */
async function posting(button, problem, path, body, then) {
  button.disabled = true;
  problem.hidden = true;
  try {
    then(await postOnce(path, body, state.me.role));
    draw();
  } catch (refused) {
    if (!(refused instanceof Problem)) throw refused;
    tell(problem, refused.text);
    button.disabled = false;
  }
}

await begin();
