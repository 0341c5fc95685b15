"""With what a division is compared: those whose borders touch its own, else those of its parent."""

from __future__ import annotations

from collections.abc import Iterable

from geo.divisions import DivisionTree
from geo.regions import Regions


def beside(
    tree: DivisionTree, codes: Iterable[str], regions: Regions | None = None
) -> dict[str, tuple[str, ...]]:
    """The neighbors of each of these divisions, ordered; empty where it has none.

    By borders where it has a polygon, whichever county they lie in; else the others that its
    parent holds.
    """
    return {code: _beside(tree, code, regions) for code in codes}


def _beside(tree: DivisionTree, code: str, regions: Regions | None) -> tuple[str, ...]:
    touching = None if regions is None else regions.touching(code)
    if touching is not None:
        return touching
    node = tree.get(code)
    if node is None or node.parent is None:
        return ()
    return tuple(other for other in tree.children(node.parent) if other != code)
