/** Crews that are told to stop or to leave: which of the two, and whether they are out in time. */

const TO_LEAVE = ["withdraw", "zone_closed"];

/** Of a crew that is told to leave or to stop: whether it is to leave. */
export const toLeave = (row) =>
  row.instructions.some((one) => one.lifted_at === null && TO_LEAVE.includes(one.what));

/** It is called since it has not said in time that all of them are out. */
export const notOut = (row) =>
  row.missed_at !== null && row.out_by !== null && row.out_by <= row.missed_at;

/** By when a word was due of a crew that is called. */
export const wordDue = (row) => (notOut(row) ? row.out_by : row.check_in_by);
