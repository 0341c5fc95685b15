/** What of a demand's public words has changed, by name. */

import { named, say } from "./words.js";

export const changedWords = (row) =>
  row.changed.map((word) => named("public_words", word)).join(say("list.separator"));
