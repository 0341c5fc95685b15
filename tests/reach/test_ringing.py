"""A law, on random play: whatever climbs, or waits for a desk, rings the desk that is named for it.

The messenger's own questions are put to a history that is written turn by turn; every division has
a duty phone, and every message is handed over at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from api.people import Address, Addresses
from api.reach import by_fact, matters
from api.reach.duty import AGAIN_MS, Duty
from api.reach.matters import Kind, Matters
from api.reach.notices import Notices
from api.reach.past import Past
from api.reach.routes import Routes
from schemas import facts as f
from schemas.turns import Turn
from schemas.values import DivisionCode
from schemas.views import DemandRow
from tests.reach.played import Noticed, Played
from tests.streams.world import WENZHOU, divisions

SEEDS = (0, 1, 2, 3, 5, 8)  # in these all of it happens
CLIMBS = ("Climbed", "Escalated", "Missed", "Untaken")
TREE = divisions()


class Phones:
    """Every division has one, and agrees to everything."""

    def of_division(self, division: DivisionCode) -> list[Any]:
        agreed = ("ask", "drill")
        phone = Address(f"of {division}", "sms", "sms", "", "", None, None, division, 0, agreed)
        return [_Person((phone,))]

    def leads_to(self, _address: Address) -> bool:
        return True


class _Person(NamedTuple):
    addresses: tuple[Address, ...]


class Listener(Played):
    """What should have rung, and has not."""

    def begin(self, past: Past) -> None:
        phones = Phones()
        self._duty = Duty(
            Matters(past, WENZHOU), cast(Addresses, phones), cast(Notices, self.handed),
            cast(Routes, phones), TREE,
        )  # fmt: skip

    def follow(self, turn: Turn) -> None:
        """The messenger looks, then what has happened is held against it."""
        self.handed.put(self._duty.look(turn.at))
        for fact in turn.facts:
            self._hear(fact, turn)

    def _hear(self, fact: Any, turn: Turn) -> None:
        owed = by_fact.OWED.get(type(fact))
        if owed is None or owed.rings is None or _does_so(fact):
            if type(fact).__name__.endswith(CLIMBS):
                self.wrong.append(f"{type(fact).__name__}: nobody is named")
            return
        for subject, desk, priority in self._concerns(fact):
            if priority > owed.rings.least:
                continue
            self.heard[type(fact)] += 1
            above = TREE.ancestors(desk)[1:]
            to = above[0] if owed.rings.above and above else desk
            if not self._rang(subject, to, turn.at):
                self.wrong.append(f"{type(fact).__name__} of {subject} in {desk}: not {to}")

    def _rang(self, subject: str, division: str, at: int) -> bool:
        """Whether its phone was told of it within the half hour for which that counts."""
        told = (one for key, sent in self.handed.of.items() if subject in key for one in sent)
        return any(one.organization == division and at - one.made_at < AGAIN_MS for one in told)

    def _concerns(self, fact: Any) -> Iterator[tuple[str, str, int]]:
        """What it is about, which desk is waited for and how urgent it is; nothing, where a later
        fact of the same turn has ended it."""
        match fact:
            case f.ShiftUntaken() | f.ShiftClimbed():
                yield f"-{fact.division}|", fact.division, 3
            case f.DemandHandedUp() | f.HandUpClimbed():
                row = self.rows[fact.demand]
                if row.hand_up.state == "waiting":
                    yield f"handed_up|{row.id}|", row.hand_up.by, row.priority
            case f.DemandGivenBack(climbs_at=climbs_at):
                row = self.rows[fact.demand]
                if climbs_at is not None and row.hand_up.state == "given_back":
                    kind = "given_back" if row.nobody_at is None else "nobody"
                    yield f"{kind}|{row.id}", row.division, row.priority
            case f.DemandClimbed():
                row = self.rows[fact.demand]
                if row.climbed_at is not None:
                    yield row.id, _desk_of(row), row.priority
            case f.LineUnmet():
                row = self.rows[fact.demand]
                if fact.climbs_at is not None and row.nobody_at is not None:
                    yield f"nobody|{row.id}", _desk_of(row), row.priority
            case _:
                row = self.rows[fact.assignment]
                yield _of_crew(fact), row.taken_on or row.division, row.priority


def _does_so(fact: Any) -> bool:
    """Whether a crew that has read its instruction does so, or is on the telephone already."""
    return isinstance(fact, f.InstructionAcknowledged) and fact.escalates_at is None


def _of_crew(fact: Any) -> str:
    match fact:
        case f.ReportEscalated():
            return f"report|{fact.report}"
        case f.InstructionAcknowledged() | f.AcknowledgmentEscalated(unable=True):
            return f"unable|{fact.assignment}|{fact.instruction}|"
        case f.AcknowledgmentMissed() | f.AcknowledgmentEscalated():
            return f"unread|{fact.assignment}|{fact.instruction}"
        case f.BesideAsked() | f.BesideClimbed():
            return f"beside|{fact.assignment}|"
        case f.ReliefDue() | f.ReliefClimbed():
            return f"relief|{fact.assignment}|"
    return f"silent|{fact.assignment}|"


def _desk_of(row: DemandRow) -> str:
    known = row.hand_up
    return row.division if known is None or known.desk is None else known.desk


@pytest.fixture(scope="module")
def listeners(tmp_path_factory: pytest.TempPathFactory) -> list[Listener]:
    return [Listener(tmp_path_factory.mktemp("rings"), seed) for seed in SEEDS]


def test_whatever_waits_for_a_desk_rings_it(listeners: list[Listener]) -> None:
    assert [wrong for one in listeners for wrong in one.wrong] == []


def test_all_of_it_has_happened(listeners: list[Listener]) -> None:
    heard = {fact for one in listeners for fact in one.heard}
    assert heard == {fact for fact, row in by_fact.OWED.items() if row.rings is not None}


def _unasked(patch: pytest.MonkeyPatch, kind: str) -> None:
    """Nobody asks history for one kind."""
    rest = [asked for asked in matters._ASKED if f"SELECT '{kind}'" not in asked]
    assert len(rest) < len(matters._ASKED)
    patch.setattr(matters, "_ASKED", rest)


def _unnamed(patch: pytest.MonkeyPatch, fact: type) -> None:
    """Nobody is named for a fact."""
    patch.delitem(by_fact.OWED, fact)


def _township_alone(patch: pytest.MonkeyPatch) -> None:
    """What has climbed is told to those it has climbed from."""
    desks = Duty._desks
    patch.setattr(Duty, "_desks", lambda *args: list(desks(*args))[:1])


WRONG: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    **{kind.value: partial(_unasked, kind=kind.value) for kind in Kind},
    "unnamed climb": partial(_unnamed, fact=f.DemandClimbed),
    "unnamed silence": partial(_unnamed, fact=f.CheckInMissed),
    "unnamed shift": partial(_unnamed, fact=f.ShiftUntaken),
    "township alone": _township_alone,
}


@pytest.mark.parametrize("name", WRONG)
def test_the_law_notices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    WRONG[name](monkeypatch)
    with pytest.raises(Noticed):
        _heard_out(tmp_path)


def _heard_out(folder: Path) -> None:
    for seed in SEEDS:
        Listener(folder, seed, to_the_end=False)
