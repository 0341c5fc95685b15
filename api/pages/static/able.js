/** What keeps an organization from a line, by its own row: the gates that a yes has to pass. */

const DAY_ZONE = { timeZone: "Asia/Shanghai" };

/** The day of everybody's one clock, as 2026-07-31. */
export const today = (at) => new Date(at).toLocaleDateString("sv", DAY_ZONE);

/** Whether some certificate is good enough for a graded line on a day. */
export function certified(organization, line, day) {
  if (line.grade === null) return true;
  if (organization.registration_class !== "registered") return false;
  return organization.certificates.some(
    ({ certificate: held, withdrawn }) =>
      !withdrawn &&
      held.skill === line.skill &&
      held.grade <= line.grade &&
      day <= held.valid_through &&
      (held.valid_from ?? day) <= day,
  );
}

/** Whether what is on record keeps an organization from hazardous work on a day. */
export const forbidden = (row, day) =>
  row.adults_only === false || (row.insured_through !== null && row.insured_through < day);

/** What a yes to an offer would be refused for today, or nothing. */
export function lacking(organization, offer, day) {
  if (!organization) return null;
  if (!certified(organization, offer, day)) return "certificate";
  const { adults_only: adults, insured_through: insured } = organization;
  const proved = adults && insured !== null && !forbidden(organization, day);
  return offer.hazardous && !proved ? "safeguards" : null;
}
