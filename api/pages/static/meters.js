/** How far two rows lie apart. */

const RADIUS = 6371000;

/** Meters between two places of rows, as a bird flies. */
export function metersBetween(one, other) {
  const radians = (degrees7) => (degrees7 / 1e7) * (Math.PI / 180);
  const [north, south] = [radians(one.lat), radians(other.lat)];
  const [up, along] = [north - south, radians(one.lon) - radians(other.lon)];
  const half = Math.sin(up / 2) ** 2 + Math.cos(north) * Math.cos(south) * Math.sin(along / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.sqrt(half));
}
