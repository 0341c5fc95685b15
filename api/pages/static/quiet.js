/** Quiet seconds after a step, and which steps were taken on this device. */

const QUIET = 5000; // milliseconds before what follows a step can be pressed
const BRIEF = 1000; // for what has just come up, under a thumb that meant something else

const seen = new Map();
let primed = false;

/** From now on, what comes up or changes is news; what was there before is not. */
export const prime = () => (primed = true);

function quietFor(id, state, lasts) {
  const now = performance.now();
  const known = seen.get(id);
  const since = known && known.state === state ? known.since : primed ? now : -Infinity;
  seen.set(id, { state, since });
  return Math.max(0, since + lasts - now);
}

/**
 * Whether a thing has changed so lately that its next step must not be pressed yet; it is drawn
 * again when that is over. Called for each drawing, since it remembers the state.
 */
export function quiet(context, row, brief = false) {
  const left = quietFor(row.id, row.state, brief ? BRIEF : QUIET);
  if (left > 0) setTimeout(context.redraw, left + 20);
  return left > 0;
}

/** Whether what stands above a thing has changed so lately that a thumb may have meant that. */
export const moved = (context, id, above) =>
  quiet(context, { id: `place-${id}`, state: above.join() }, true);

const SEEN = "shouwang-seen-";
const REMEMBERED = 200;

function told(context) {
  try {
    context.seen ??= JSON.parse(localStorage.getItem(SEEN + context.me.account));
  } catch {
    // Storage may be forbidden; what was seen is then remembered as long as the page.
  }
  return (context.seen ??= []);
}

/** Whether somebody has tapped this away on this device. */
export const wasSeen = (context, key) => told(context).includes(key);

export function see(context, key) {
  context.seen = [...told(context), key].slice(-REMEMBERED);
  try {
    localStorage.setItem(SEEN + context.me.account, JSON.stringify(context.seen));
  } catch {
    // As above.
  }
}

const TAKEN = "shouwang-steps-";

function steps({ me }) {
  try {
    return JSON.parse(sessionStorage.getItem(TAKEN + me.account)) ?? {};
  } catch {
    return {}; // storage may be forbidden; then only the desk can put a step right
  }
}

/** Remember that a step was taken here: only whoever took it can undo it. */
export function took(context, id) {
  const taken = { ...steps(context), [id]: true };
  try {
    sessionStorage.setItem(TAKEN + context.me.account, JSON.stringify(taken));
  } catch {
    // As above.
  }
}

/** Whether the last step can be undone from here, now. */
export const undoable = (context, row) =>
  row.undo_until !== null &&
  context.clock.now() < row.undo_until &&
  Boolean(steps(context)[row.id]);
