/** Crews that are told to stop or to leave: which of the two, and by when they should be out. */

import { live, unread } from "./assignments.js";

const TO_LEAVE = ["withdraw", "zone_closed"];

/** Of a crew that is told to leave or to stop: whether it is to leave. */
export const toLeave = (row) =>
  row.instructions.some((one) => one.lifted_at === null && TO_LEAVE.includes(one.what));

const OUT_WITHIN = 10 * 60 * 1000; // milliseconds, from its last acknowledgment

/** By when a crew that has acknowledged that it is to stop or to leave should have said it has. */
export function outBy(row) {
  if (!live(row) || !row.withdrawing || row.out_at !== null || unread(row).length) return null;
  const read = row.instructions.filter((one) => one.lifted_at === null);
  return Math.max(...read.map((one) => one.acknowledged_at)) + OUT_WITHIN;
}
