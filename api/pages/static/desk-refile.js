/** A demand that was posted in the wrong incident is filed in another one. */

import { numberWords } from "./desk-model.js";
import { ask, field, select } from "./dialog.js";
import { h } from "./dom.js";
import { incidentWords } from "./places.js";
import { say } from "./words.js";

/** The open incidents that it could belong to instead. */
export const others = (context, demand) =>
  context.board.all("incident").filter(
    (row) =>
      row.state === "open" && row.id !== demand.incident && row.operation === demand.operation,
  );

export function refile(context, demand) {
  const pairs = others(context, demand).map((row) => [row.id, incidentWords(row)]);
  ask({
    title: say("refile.title", { demand: numberWords(context.board, demand) }),
    parts: [
      field(say("refile.to"), select("incident", pairs)),
      h("p", { class: "quiet" }, say("refile.means")),
    ],
    confirm: say("act.refile"),
    send: (values) =>
      context.outbox.post(
        `/demands/${demand.id}/refile`,
        { incident: values.get("incident") },
        { revision: demand.revision },
      ),
  });
}
