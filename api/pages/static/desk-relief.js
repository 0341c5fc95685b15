/** A crew that has been there for long: relieved by another one, or going on; never a gap. */

import { choosing } from "./desk-ask.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { posting } from "./page.js";
import { choose, say } from "./words.js";

const ASKED = new Set(["sent", "accepted"]);

/** Who is to take its place, and how that stands. */
export function reliefPart({ clock }, { offers, mine }, row) {
  const { relief, relieves } = row;
  const of = relieves && say("relief.of", { name: relieves.organization_name });
  if (of) return h("span", { class: "chip" }, of);
  if (!relief) return null;
  const offer = offers.find((one) => one.id === relief.offer);
  const time = relief.due_at !== null && moment(relief.due_at, clock.now());
  const name = offer?.organization_name;
  const state = offer && choose("offer_state", offer.state);
  const above = relief.climbed_at !== null && moment(relief.climbed_at, clock.now());
  return [
    mine && time && h("span", { class: "chip warn" }, say("relief.due", { time })),
    above && h("span", { class: "chip warn" }, say("relief.climbed", { time: above })),
    offer && h("span", { class: "chip" }, say("relief.by", { name, state })),
  ];
}

/** Ask another one, unless somebody is asked or on the way; or it goes on. */
export function reliefButtons(context, item, row) {
  const { relief } = row;
  if (row.state === "reported_done" || row.withdrawing || !item.line.open) return null;
  const offer = item.offers.find((one) => one.id === relief?.offer);
  const asked = offer && ASKED.has(offer.state) && (offer.state === "sent" || relief.successor);
  const kept = { path: `/assignments/${row.id}/keep-on`, words: say("act.keep_on"), look: "small" };
  return [
    relief?.due_at && posting(context, kept),
    !asked &&
      h(
        "button",
        {
          type: "button",
          class: "small",
          onclick: () => relieve(context, item, row),
          "data-focus": `relieve-${row.id}`,
        },
        say("act.relieve"),
      ),
  ];
}

const relieve = (context, { demand, line }, row) =>
  choosing(context, demand, line, {
    title: say("relief.title", { name: row.organization_name }),
    path: `/assignments/${row.id}/relieve`,
    confirm: say("act.relieve"),
    but: row.organization,
    least: row.quantity,
    hint: say("relief.means"),
  });
