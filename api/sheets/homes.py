"""Where an organization is at home: a code, or a name as a sheet has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.sheets.columns import CellRefused
from geo.divisions import fold_name

CANDIDATES = 5


class Homes:
    """The divisions of the area, found by code or by name."""

    def __init__(self, divisions: list[dict[str, Any]]) -> None:
        self._nodes = {node["code"]: node for node in divisions}
        self._named: dict[str, list[str]] = {}
        for node in divisions:
            for name in {*self._written(node), fold_name(node["english"])}:
                self._named.setdefault(name, []).append(node["code"])

    def find(self, cell: str) -> str:
        """The code of what is meant. Raises CellRefused where none or several are."""
        if cell in self._nodes:
            return cell
        *above, name = fold_name(cell).replace("/", " ").split() or [""]
        found = [code for code in self._named.get(name, ()) if self._under(code, above)]
        if not found:
            raise CellRefused("home_unknown", cell)
        if len(found) > 1:
            raise CellRefused("home_ambiguous", "、".join(map(self.title, found[:CANDIDATES])))
        return found[0]

    def title(self, code: str) -> str:
        """A division as the sheet has it: its county's name, its own, else its code."""
        node = self._nodes.get(code)
        above = None if node is None else self._nodes.get(node["parent"] or "")
        names = [each["name"] for each in (above, node) if each is not None]
        return " ".join(names) or code

    def _written(self, node: dict[str, Any]) -> Iterator[str]:
        """Its name alone, and behind the names of what it lies in, as 永嘉县桥头镇 has it."""
        name = fold_name(node["name"])
        while True:
            yield name
            above = self._nodes.get(node["parent"] or "")
            if above is None:
                return
            name, node = fold_name(above["name"]) + name, above

    def _under(self, code: str, above: list[str]) -> bool:
        names: set[str] = set()
        node = self._nodes.get(self._nodes[code]["parent"] or "")
        while node is not None:
            names |= {*self._written(node), fold_name(node["english"])}
            node = self._nodes.get(node["parent"] or "")
        return all(word in names for word in above)
