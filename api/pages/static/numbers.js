/** Numbers of persons in public words: seen as they are typed, masked unless a reason is given. */

import { h, setText } from "./dom.js";
import { say, wording } from "./words.js";

/** The doors mask by the same pattern (`api/doors/numbers.py`). */
const NUMBERS = new RegExp(
  [
    String.raw`([1-9][0-9]{1,2}\.[0-9]{1,7}(?![0-9]))`,
    String.raw`[0-9\uff10-\uff19]{7,}`,
    String.raw`(?:\+?86[ .-]?)?1[3-9][0-9][ .-]?[0-9]{4}[ .-]?[0-9]{4}`,
    String.raw`0[0-9]{2,3}[ .-][0-9]{3,4}[ .-]?[0-9]{4}`,
    String.raw`[\u3007\u96f6\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5e7a]{7,}`,
  ].join("|"),
  "g",
);
const SHOWN = 3;

/** What of each number everybody will read. */
const maskedIn = (text) =>
  [...text.matchAll(NUMBERS)]
    .filter(([, degree]) => degree === undefined)
    .map(([number]) => number.slice(0, SHOWN) + "*".repeat(number.length - SHOWN));

/**
 * A warning that stands as long as one of the inputs holds a number that it did not hold before,
 * with a field for why it is to stay readable. `reason()` is what was given, or null.
 */
export function numbersNote(inputs) {
  const before = inputs.map((input) => input.defaultValue);
  const why = h("input", { name: "public_numbers", maxlength: 200, autocomplete: "off" });
  const [words, label] = [h("p"), h("span")];
  const note = h("div", { class: "alarm", role: "status", hidden: true });
  note.append(words, h("label", { class: "field wide" }, label, why));
  const look = () => {
    const said = inputs.filter(({ value }, index) => value !== before[index]);
    const found = said.flatMap(({ value }) => maskedIn(value));
    note.hidden = !found.length;
    if (note.hidden) return;
    setText(words, say("numbers.masked", { numbers: found.join(say("list.separator")) }));
    setText(label, say("numbers.why"));
  };
  for (const input of inputs) input.addEventListener("input", look);
  wording.addEventListener("change", look);
  const forget = () => {
    why.value = "";
    look();
  };
  return { note, forget, reason: () => (note.hidden ? null : why.value.trim() || null) };
}
