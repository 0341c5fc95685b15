"""`shouwang verify --invariants`: a log held against what every log may be relied on for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from api.invariants import Checker, Finding, check
from api.language import say
from geo.divisions import DivisionTree

SHOWN_MOST = 5  # findings of each invariant that are printed; `--json` has them all


class Opinion:
    """What the second opinion found in one area's log."""

    def __init__(self, checker: Checker, findings: list[Finding]) -> None:
        self._checker, self._findings = checker, findings

    @property
    def sound(self) -> bool:
        return not self._findings

    def tell(self) -> None:
        counts = Counter(finding.invariant for finding in self._findings)
        for one in self._checker.invariants:
            found = counts[one.name]
            verdict = say(f"{found} 处不符", f"{found} breaches") if found else "ok"
            print(f"  {one.name:<16}{verdict:<14}{say(one.zh, one.en)}")
            own = [finding for finding in self._findings if finding.invariant == one.name]
            for finding in own[:SHOWN_MOST]:
                print(f"    {finding.sequence}: {finding.text}")

    def answer(self) -> dict[str, Any]:
        names = [one.name for one in self._checker.invariants]
        return {"checked": names, "breaches": [one._asdict() for one in self._findings]}


def second_opinion(
    stored: Iterable[bytes], tree: DivisionTree, progress: Callable[[int], None]
) -> Opinion:
    """Read a whole log's JSON, and nothing of the rules."""
    return Opinion(*check(stored, tree.parents(), progress))
