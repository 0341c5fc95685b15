"""Finding the division that is meant: by names as people write them, or by a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from geo.distance import ecef_centimeters
from geo.divisions import Division, DivisionTree, Level, fold_name
from geo.regions import Regions

# What people leave off a name, the longest first.
SUFFIXES = (
    "民族乡", "自治县", "街道", "地区", "縣", "县", "市", "區", "区", "鎮", "镇", "鄉", "乡",
)  # fmt: skip


class Found(NamedTuple):
    """A division, and whether it is only the one whose seat is nearest."""

    code: str
    nearest: bool = False


class Finder:
    """The divisions of one command area."""

    def __init__(self, tree: DivisionTree, area: str, regions: Regions | None = None) -> None:
        self._tree, self._area, self._regions = tree, area, regions
        self._named: dict[str, list[Division]] = {}
        nodes = [node for code in tree.below(area) if (node := tree.get(code)) is not None]
        for node in nodes:
            for name in dict.fromkeys((*_forms(node.name), *_forms(node.english))):
                self._named.setdefault(name, []).append(node)
        seats = [node for node in nodes if node.level is Level.TOWNSHIP and not node.approximate]
        self._seats = [(node.code, ecef_centimeters(node.lon, node.lat)) for node in seats]

    def named(self, above: str, name: str) -> list[str]:
        """The codes of what is called so, below what `above` names; either may be empty.

        A code is its own name. Several: it cannot be told which one is meant.
        """
        wanted = name or above
        if self._tree.contains(self._area, wanted):
            return [wanted]
        every = self._called(wanted)
        if name and above:
            uppers = [above] if self._tree.get(above) else [one.code for one in self._called(above)]
            every = [one for one in every if self._under(one, uppers)]
        if len(every) > 1 and not name:
            every = [one for one in every if one.level is not Level.TOWNSHIP] or every
        return [one.code for one in every]

    def _called(self, name: str) -> list[Division]:
        """Those of exactly that name, else those that differ by a suffix alone."""
        folded = fold_name(name)
        every = next((self._named[form] for form in _forms(name) if form in self._named), [])
        exact = [one for one in every if folded in (fold_name(one.name), fold_name(one.english))]
        return exact or every

    def _under(self, node: Division, uppers: Sequence[str]) -> bool:
        return any(self._tree.contains(upper, node.code) for upper in uppers)

    def at(self, lon7: int, lat7: int) -> Found | None:
        """The township of a point by the polygons, else the one whose seat is nearest."""
        if self._regions is not None:
            inside = self._regions.township_at(lon7, lat7)
            if inside is not None:
                return Found(inside) if self._tree.contains(self._area, inside) else None
        here = ecef_centimeters(lon7, lat7)
        near = min(self._seats, key=lambda seat: (_apart(seat[1], here), seat[0]), default=None)
        return None if near is None else Found(near[0], nearest=True)


def _apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _forms(name: str) -> tuple[str, ...]:
    """A name as it is, and without what people leave off."""
    folded = fold_name(name)
    for suffix in SUFFIXES:
        bare = folded.removesuffix(fold_name(suffix))
        if bare not in (folded, ""):
            return folded, bare
    return (folded,)
