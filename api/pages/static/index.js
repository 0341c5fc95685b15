/** The first page: choose a language; everybody signs in by their own link. */

import { loadWords } from "./words.js";

await loadWords();
