/** What is left to be restored, by township and domain; what is proposed is opened together. */

import { begin, look } from "./desk-batches.js";
import { answersFor, divisionsOf } from "./desk-model.js";
import { ask, field, select } from "./dialog.js";
import { find, h } from "./dom.js";
import { placeName } from "./places.js";
import { choose, named, say } from "./words.js";

const STATES = ["proposed", "open", "claimed", "reported_done"];

const mine = ({ board, me }) =>
  board.all("task").filter((row) => STATES.includes(row.state) && answersFor(me, row.division));

/** So many of each state, for each township and domain that has any. */
function groups(rows) {
  const found = new Map();
  for (const row of rows) {
    const key = `${row.division}/${row.domain}`;
    const group = found.get(key) ?? { division: row.division, domain: row.domain, counts: {} };
    group.counts[row.state] = (group.counts[row.state] ?? 0) + 1;
    found.set(key, group);
  }
  return [...found.keys()].sort().map((key) => found.get(key));
}

const counts = (group) =>
  STATES.filter((state) => group.counts[state])
    .map((state) => [choose("task_state", state), group.counts[state]].join(" "))
    .join(" · ");

const line = (group) =>
  h(
    "li",
    {},
    h("strong", {}, `${placeName(group.division)} · ${named("domains", group.domain)}`),
    " ",
    counts(group),
  );

export function drawBacklog(context) {
  const rows = mine(context);
  const proposed = rows.filter((row) => row.state === "proposed");
  find("#backlog").replaceChildren(...groups(rows).map(line));
  const button = find("#open-tasks");
  button.hidden = proposed.length < 2;
  button.onclick = () => openSeveral(context);
}

/** Every value that some of these have, and all of them. */
function choice(rows, name, words) {
  const codes = [...new Set(rows.map((row) => row[name]))].sort();
  const pairs = codes.map((code) => [code, words(code)]);
  return select(name, [["", say("several.any")], ...pairs], "");
}

/** Shown before anything is opened: how many, by township and domain; each in its own domain. */
function openSeveral(context) {
  const proposed = () => mine(context).filter((row) => row.state === "proposed");
  const told = h("ul", { role: "status" });
  const rows = proposed();
  const chosen = (values) =>
    proposed().filter((row) =>
      ["division", "domain"].every((name) => !values.get(name) || row[name] === values.get(name)),
    );
  const form = ask({
    title: say("backlog.title"),
    parts: [
      field(say("form.place"), choice(rows, "division", placeName)),
      field(
        say("task.domain"),
        choice(rows, "domain", (code) => named("domains", code)),
      ),
      told,
      h("p", { class: "quiet" }, say("backlog.means")),
    ],
    confirm: say("act.open_tasks"),
    send: (values) => openAll(context, chosen(values), values),
  });
  const look = () => told.replaceChildren(...groups(chosen(new FormData(form))).map(line));
  form.addEventListener("input", look);
  look();
}

/** One batch for each incident; what another desk has opened or dropped meanwhile stays so. */
async function openAll(context, rows, values) {
  const [division, domain] = ["division", "domain"].map((name) => values.get(name) || undefined);
  for (const incident of new Set(rows.map((row) => row.incident))) {
    const body = {
      what: "open_tasks",
      incident,
      division: division ?? divisionsOf(context.me)[0],
      domain,
      until: Math.floor(context.clock.now()) + 1,
    };
    await begin(context, body, await look(context, body));
  }
}
