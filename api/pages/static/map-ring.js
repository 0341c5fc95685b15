/** A ring as it is drawn, corner by corner; what would be refused is refused here, before. */

const MOST = 64; // corners
const WIDEST = 10000000; // in 1e-7 degree, some 100 km

const turn = (one, two, three) =>
  Math.sign(
    (two.lon - one.lon) * (three.lat - one.lat) - (two.lat - one.lat) * (three.lon - one.lon),
  );

const between = (one, two, three) =>
  Math.min(one.lon, two.lon) <= three.lon &&
  three.lon <= Math.max(one.lon, two.lon) &&
  Math.min(one.lat, two.lat) <= three.lat &&
  three.lat <= Math.max(one.lat, two.lat);

/** Whether two edges have a point in common. */
function meet([a, b], [c, d]) {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (abc * abd < 0 && cda * cdb < 0) return true;
  return (
    (abc === 0 && between(a, b, c)) ||
    (abd === 0 && between(a, b, d)) ||
    (cda === 0 && between(c, d, a)) ||
    (cdb === 0 && between(c, d, b))
  );
}

/** Whether an edge goes back along the one before it. */
const folded = ([a, b], [, c]) => turn(a, b, c) === 0 && (between(a, b, c) || between(b, c, a));

const edgesOf = (corners) => corners.slice(1).map((corner, index) => [corners[index], corner]);

function crosses(corners, closed) {
  const edges = edgesOf(closed ? [...corners, corners[0]] : corners);
  const last = edges.length - 1;
  return edges.some((edge, index) =>
    edges.slice(index + 1).some((other, more) => {
      if (more === 0) return folded(edge, other);
      if (closed && index === 0 && index + 1 + more === last) return folded(other, edge);
      return meet(edge, other);
    }),
  );
}

function tooWide(corners) {
  const wide = (name) => {
    const all = corners.map((corner) => corner[name]);
    return Math.max(...all) - Math.min(...all) > WIDEST;
  };
  return wide("lon") || wide("lat");
}

/** Why a corner cannot be added, or null: `many`, `twice`, `crossing`, `wide`. */
export function wrongCorner(corners, corner) {
  if (corners.length >= MOST) return "many";
  if (corners.some(({ lon, lat }) => lon === corner.lon && lat === corner.lat)) return "twice";
  const added = [...corners, corner];
  if (crosses(added, false)) return "crossing";
  return tooWide(added) ? "wide" : null;
}

/** Why a ring cannot be closed, or null: `few`, `crossing`. */
export function wrongRing(corners) {
  if (corners.length < 3) return "few";
  return crosses(corners, true) ? "crossing" : null;
}
