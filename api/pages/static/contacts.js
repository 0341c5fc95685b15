/** Contacts: whom to call, where they are reached, and what they have agreed to. */

import { drawList, find, h } from "./dom.js";
import { Problem, get } from "./http.js";
import { act, posting, tell } from "./page.js";
import { callLink } from "./sealed.js";
import { choose, inLanguage, language, moreWords, say } from "./words.js";

const TEXT = 1; // version of the words that are agreed to, as `api/people` has it
const LOOK_AGAIN = 2000; // milliseconds, while a code is on its way
const TELEPHONES = ["sms", "voice"];
const OF_A_PERSON = [...TELEPHONES, "dingtalk", "wecom", "ntfy", "bark"];
const ROBOTS = ["dingtalk_robot", "wecom_robot", "feishu_robot", "webhook"];

let known = null; // persons and addresses, as they were last told
let looking; // the timer of the next look

/** Load the words of this part, and ask for what is kept. */
export async function start(context) {
  await moreWords("words-contacts");
  await learn(context);
}

async function learn(context) {
  const whose = `organization=${context.organization}`;
  const asked = ["persons", "addresses"].map((kind) => get(`/${kind}?${whose}`, context.role));
  try {
    const [persons, addresses] = await Promise.all(asked);
    known = { persons, addresses };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    tell(() => problem.text, { problem: true });
  }
  const underway = (known?.addresses ?? []).some(({ verification }) => onItsWay(verification));
  clearTimeout(looking);
  if (underway) looking = setTimeout(() => learn(context), LOOK_AGAIN);
  context.redraw();
}

const onItsWay = (verification) => ["queued", "sending"].includes(verification?.state);

export function draw(context) {
  if (!known) return;
  const of = (person) => known.addresses.filter((address) => address.person === person);
  const persons = known.persons.map((person) => ({ key: person.id, person, list: of(person.id) }));
  const items = [...persons, { key: "robots", list: of(null) }].map((item) => ({
    ...item,
    language: language(),
    underway: underway(context, item),
  }));
  drawList(find("#persons"), items, (item) => card(context, item));
  find("#no-persons").hidden = known.persons.length > 0;
}

function underway({ outbox }, { key, list }) {
  const ids = [key, ...list.map((address) => address.id)];
  const about = ({ path }) => ids.some((id) => path.includes(`/${id}/`));
  return outbox.entries.filter(about).map(({ path, tries }) => [path, tries > 0]);
}

function card(context, { key, person, list }) {
  return h(
    "article",
    { class: "card" },
    person ? personRow(context, person) : robotsHead(),
    list.length > 0 && h("p", { class: "quiet" }, say("contacts.consent_text")),
    list.map((address) => addressRow(context, address)),
    person && !list.length && h("p", { class: "quiet" }, say("contacts.none")),
    h(
      "details",
      { "data-fold": `add-${key}` },
      h("summary", {}, say(person ? "contacts.add" : "contacts.add_robot")),
      addForm(context, person),
    ),
  );
}

function personRow(context, person) {
  const path = `/persons/${person.id}/remove`;
  const then = () => learn(context);
  return h(
    "div",
    { class: "party" },
    h("h3", { class: "name" }, person.name),
    callLink(person.telephone),
    h("span", { class: "quiet" }, say("own.order", { order: person.order })),
    posting(context, { path, words: say("act.remove"), look: "small", then, twice: true }),
  );
}

const robotsHead = () => [
  h("h3", {}, say("contacts.robots")),
  h("p", { class: "quiet" }, say("contacts.robots_hint")),
];

function addressRow(context, address) {
  const path = `/addresses/${address.id}/remove`;
  const then = () => learn(context);
  const state = address.verified_at === null ? "chip warn" : "chip good";
  const words = say(address.verified_at === null ? "contacts.unverified" : "contacts.verified");
  return h(
    "section",
    { class: "line", "data-address": address.channel },
    h(
      "div",
      { class: "line-head" },
      h("strong", {}, choose("contacts_channel", address.channel)),
      h("span", {}, address.to),
      h("span", { class: state }, words),
    ),
    address.verified_at === null && verifying(context, address),
    consents(context, address),
    h(
      "div",
      { class: "buttons" },
      posting(context, { path, words: say("contacts.remove"), look: "small", then, twice: true }),
    ),
  );
}

function verifying(context, address) {
  const { verification } = address;
  const told = verification && [
    choose("contacts_code", verification.state),
    verification.words && inLanguage(verification.words),
  ];
  const path = `/addresses/${address.id}/verify`;
  const words = say(verification ? "contacts.send_again" : "contacts.send");
  const then = () => learn(context);
  const typed = ["sent", "unknown"].includes(verification?.state);
  const look = typed ? "small" : "primary";
  return h(
    "div",
    { class: "more" },
    told && h("p", { role: "status" }, told.filter(Boolean).join(say("list.colon"))),
    typed && codeForm(context, address),
    h(
      "div",
      { class: "buttons" },
      !onItsWay(verification) && posting(context, { path, words, look, then }),
    ),
  );
}

function codeForm(context, { id }) {
  const code = h("input", {
    name: "code",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    pattern: "[0-9]{6}",
    maxlength: 6,
    required: true,
    "data-focus": `code-${id}`,
  });
  const submit = async (event) => {
    event.preventDefault();
    const body = { code: code.value };
    const path = `/addresses/${id}/confirm`;
    if (await act(context, path, body, { personal: true })) tell(() => say("contacts.proved"));
    learn(context);
  };
  return h(
    "form",
    { onsubmit: submit },
    h("label", { class: "field" }, h("span", {}, say("contacts.code")), code),
    h("button", { type: "submit", class: "primary" }, say("contacts.confirm")),
  );
}

function consents(context, address) {
  const given = new Map(address.consents.map((consent) => [consent.kind, consent]));
  const unproved = address.verified_at === null;
  const one = (kind) => {
    const box = h("input", {
      type: "checkbox",
      checked: given.has(kind),
      disabled: unproved && !given.has(kind),
      "data-focus": `${address.id}-${kind}`,
      onchange: () => agree(context, address, kind, box),
    });
    return h("label", { class: "tick" }, box, h("span", {}, choose("contacts_consent", kind)));
  };
  return h(
    "fieldset",
    {},
    h("legend", {}, say("contacts.consent")),
    unproved && h("p", { class: "quiet" }, say("contacts.prove_first")),
    address.may.map(one),
  );
}

/** A tick is entered at once; one that was refused is taken back. */
async function agree(context, { id }, kind, box) {
  const [verb, body] = box.checked
    ? ["consent", { kinds: [kind], text: TEXT }]
    : ["withdraw", { kinds: [kind] }];
  box.disabled = true;
  const answer = await act(context, `/addresses/${id}/${verb}`, body);
  box.disabled = false;
  if (!answer) box.checked = !box.checked;
  learn(context);
}

function addForm(context, person) {
  const channels = person ? OF_A_PERSON : ROBOTS;
  const option = (value) => h("option", { value }, choose("contacts_channel", value));
  const options = channels.map(option);
  const choice = h("select", { name: "channel" }, options);
  const to = h("input", { name: "to", maxlength: 500, autocomplete: "off", autocapitalize: "off" });
  const secret = h("input", { name: "secret", maxlength: 200, autocomplete: "off" });
  const words = say(person ? "contacts.user" : "contacts.hook");
  const leads = h("label", { class: "field" }, h("span", {}, words), to);
  const keys = h("label", { class: "field" }, h("span", {}, say("contacts.secret")), secret);
  const fit = () => {
    leads.hidden = TELEPHONES.includes(choice.value);
    to.required = !leads.hidden;
    keys.hidden = leads.hidden || ["dingtalk", "wecom", "bark"].includes(choice.value);
  };
  choice.addEventListener("change", fit);
  fit();
  return h(
    "form",
    { onsubmit: (event) => addAddress(context, person, event) },
    h("label", { class: "field" }, h("span", {}, say("contacts.channel")), choice),
    leads,
    keys,
    h("button", { type: "submit", class: "wide" }, say("act.add")),
  );
}

/** Where it leads and its secret are never kept on the device: the entry is a personal one. */
async function addAddress(context, person, event) {
  event.preventDefault();
  const form = event.target;
  const value = (name) => form.elements[name].value.trim() || null;
  const channel = value("channel");
  const whose = person ? { person: person.id } : { organization: context.organization };
  const where = TELEPHONES.includes(channel) ? {} : { to: value("to"), secret: value("secret") };
  const body = { channel, ...whose, ...where };
  if (!(await act(context, "/addresses", body, { personal: true }))) return;
  form.closest("details").open = false;
  learn(context);
}

/** A name and a number are never kept on the device either. */
export async function addPerson(context, form) {
  const value = (name) => form.elements[name].value.trim();
  const body = {
    name: value("name"),
    telephone: value("telephone"),
    organization: context.organization,
    order: Number(value("order")),
  };
  if (!(await act(context, "/persons", body, { personal: true }))) return;
  form.reset();
  learn(context);
}
