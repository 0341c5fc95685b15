/** Where one's account is signed in, and who else could be: seen, named and ended by its owner. */

import { find, h, setText } from "./dom.js";
import { fullTime } from "./format.js";
import { get, postOnce } from "./http.js";
import { choose, moreWords, say, wording } from "./words.js";

const SEEN = "shouwang-links-seen-"; // up to when its owner knows of links, on this device
const KNOWN = "shouwang-password-seen-"; // and of passwords

/** Add the button beside signing out, and say by which new links somebody could be let in. */
export async function followAccess(context) {
  const known = await get("/sessions", context.role);
  await moreWords("words-access");
  const button = h("button", { type: "button", class: "plain", id: "access" }, say("access.open"));
  button.addEventListener("click", () => open(context));
  find("#sign-out").before(button);
  wording.addEventListener("change", () => button.replaceChildren(say("access.open")));
  warn(context, known);
}

/** Links that others made, but for the one by which this very page was opened. */
function foreign({ devices, links }, since) {
  const here = devices.find((device) => device.here);
  const mine = (link) => link.first || link.used_at === here?.began;
  return links.filter((link) => link.made_at > since && !mine(link));
}

function warn({ me }, known) {
  const [link, ...more] = foreign(known, seenUntil(SEEN + me.account));
  const at = known.password_at;
  const time = at > seenUntil(KNOWN + me.account) && fullTime(at);
  if (!link && !time) return;
  const seen = h("button", { type: "button" }, say("access.understood"));
  const parts = [
    time && h("p", {}, say("access.password_set", { time })),
    link && h("p", {}, letIn(link, more.length + 1)),
    link && meant(me, link, known),
    seen,
  ].filter(Boolean);
  const note = h("section", { class: "panel problem", id: "let-in", role: "alert" }, parts);
  seen.addEventListener("click", () => {
    if (link) remember(SEEN + me.account, link.made_at);
    if (time) passwordKnown(me, at);
    note.remove();
  });
  find("#main").before(note);
}

/** Whoever has set it knows of it on this device. */
export const passwordKnown = ({ account }, at) => remember(KNOWN + account, at);

function remember(name, at) {
  try {
    localStorage.setItem(name, String(at));
  } catch {
    // Without storage it is said again next time.
  }
}

/** Where its owner was signed in before the link was made: then it is the owner who says so. */
function meant(me, link, { devices }) {
  const here = devices.find((device) => device.here);
  if (!link.confirm_by || !here || here.began >= link.made_at) return null;
  const time = fullTime(link.confirm_by);
  const words = h("p", {}, say("access.ends", { time }));
  const button = h("button", { type: "button", id: "meant" }, say("access.meant"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    const told = { role: link.role, link: link.id };
    const done = () => words.replaceChildren(say("access.stands"));
    const path = `/accounts/${me.account}/confirm`;
    await postOnce(path, told, here.role).then(done, (problem) => setText(words, problem.text));
    button.remove();
  });
  return h("div", {}, words, button);
}

function seenUntil(name) {
  try {
    return Number(localStorage.getItem(name) ?? 0);
  } catch {
    return 0;
  }
}

const letIn = (link, count) =>
  say("access.let_in", { by: maker(link), time: fullTime(link.made_at), used: used(link), count });

const maker = (link) => link.by ?? say("access.machine");
const used = (link) =>
  link.used_at ? say("access.used", { time: fullTime(link.used_at) }) : say("access.unused");

/** The list, read anew each time it is opened. */
async function open(context) {
  const dialog = h("dialog", { "aria-labelledby": "access-title" });
  const close = h("button", { type: "button", class: "plain" }, say("notice.close"));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  const body = h("div", {});
  const account = h("a", { href: `/account#role=${context.role}` }, say("access.account"));
  const title = h("h2", { id: "access-title" }, say("access.open"));
  dialog.append(title, body, h("p", {}, account), close);
  document.body.append(dialog);
  dialog.showModal();
  await show(context, body);
}

/** Where the account is signed in, and by which links it could be, drawn into `body`. */
export async function show(context, body) {
  const { devices, links } = await get("/sessions", context.role);
  body.replaceChildren(
    h("h3", {}, say("access.devices")),
    h("ul", {}, ...devices.map((device) => deviceItem(context, body, device))),
    h("h3", {}, say("access.links")),
    h("ul", {}, ...links.map((link) => h("li", {}, linkWords(link)))),
  );
}

const linkWords = (link) =>
  say("access.link", { by: maker(link), time: fullTime(link.made_at), used: used(link) });

function deviceItem(context, body, device) {
  const told = { device: device.device, role: choose("role", device.role) };
  const words = say("access.device", { ...told, time: fullTime(device.began) });
  if (device.here) return h("li", {}, words, " ", h("strong", {}, say("access.here")));
  const end = h("button", { type: "button", class: "plain" }, say("access.end"));
  end.addEventListener("click", async () => {
    end.disabled = true;
    await postOnce(`/sessions/${device.id}/end`, {}, context.role);
    await show(context, body);
  });
  return h("li", {}, words, " ", end);
}
