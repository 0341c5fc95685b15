"""A law, on random play: who is asked, or at work, is told in time whatever they have to be told.

What that is, is said here by itself, of facts and rows; every organization has a chat at any hour,
and nobody looks at a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from api.people import Address
from api.reach import by_fact, owed
from api.reach.asked import Offers
from api.reach.channels import About, Rung
from api.reach.contacts import Contact, Contacts
from api.reach.crews import Crews
from api.reach.ladder import Way
from api.reach.notices import Plan
from api.reach.owed import TO_CREWS
from api.reach.owing import Owing
from api.reach.past import Past
from api.reach.planning import Planner
from api.reach.plans import Plans
from schemas import facts as f
from schemas.turns import Turn
from schemas.values import Instant, Mode, OrganizationId
from schemas.views import AssignmentRow
from tests.reach.played import Noticed, Played
from tests.streams.world import WENZHOU

SEEDS = range(8)
LATER = 60_000  # what a page shows first
LIVE = ("committed", "en_route", "on_scene", "reported_done")


class Chats:
    """Every organization has one."""

    def of(self, organization: OrganizationId, _mode: Mode) -> list[Contact]:
        id = f"chat of {organization}"
        address = Address(id, "chat", "ntfy", "", "", None, organization, None, 0, ("ask", "drill"))
        return [Contact(Way(id, Rung.CHAT, 0, quiet=True), address, None)]


class Teams(Played):
    """What should have been told, and was not."""

    def begin(self, past: Past) -> None:
        self._crews, self._offers = Crews(past, WENZHOU), Offers(past, WENZHOU)
        self._to = {"crews": 0, "offers": 0}
        contacts = cast(Contacts, Chats())
        self._plans = Plans(
            Planner(contacts, lambda _: True),
            Owing(contacts, lambda _: True, self.handed.of_offer, lambda _: ()),
        )

    def follow(self, turn: Turn) -> None:
        """The messenger looks, then what has happened is held against it."""
        self._follow_crews(turn.at)
        self._follow_offers(turn.at)
        self.handed.put(self._plans.due(turn.at).notices)
        for fact in turn.facts:
            named = by_fact.OWED.get(type(fact))
            for offer, about, item in _said(fact, self.rows):
                if named is None or about not in named.abouts:
                    self.wrong.append(f"{type(fact).__name__}: nobody is named for {about}")
                self._hear(offer, about, item, turn.at)

    def _follow_crews(self, at: Instant) -> None:
        for crew in self._crews.since(self._to["crews"]):
            self._to["crews"] = max(self._to["crews"], crew.as_of)
            self._plans.crews.take(crew, at)
            offer = self._offers.one(crew.offer) if crew.recalled else None
            if offer is not None:
                known = self.handed.of_offer(crew.offer)
                self.handed.put(self._plans.offers.recall(offer, known, at).notices)

    def _follow_offers(self, at: Instant) -> None:
        for offer in self._offers.since(self._to["offers"]):
            self._to["offers"] = max(self._to["offers"], offer.as_of)
            known = self.handed.of_offer(offer.id)
            self.handed.put(self._plans.offers.take(offer, known, at).notices)

    def _hear(self, offer: str, about: About, item: str, at: Instant) -> None:
        if about is About.NUMBER:  # should nothing happen meanwhile
            self.handed.put(self._plans.due(at + LATER).notices)
        self.heard[about] += 1
        if (about, item) not in {(one.about, one.item) for one in self.handed.of_offer(offer)}:
            self.wrong.append(f"{about} {item} of {offer}")


Said = Iterator[tuple[str, About, str]]


def _said(fact: Any, rows: dict[str, Any]) -> Said:
    """Of a fact: by which offers who has to be told what; nothing where its turn has ended that."""
    if isinstance(fact, f.OfferSent):
        if rows[fact.offer].state == "sent":
            yield fact.offer, About.ASK, ""
        return
    crews = [row for row in rows.values() if isinstance(row, AssignmentRow)]
    own = [row for row in crews if row.id == getattr(fact, "assignment", None)]
    if isinstance(fact, f.AssignmentStoodDown):
        recalled = (row for row in own if row.state == "stood_down" and row.reported_at is None)
        yield from ((row.offer, About.OVER, "") for row in recalled)
        return
    at_work = [row for row in crews if row.state in LIVE]
    yield from _to_crews(fact, at_work, [row for row in own if row.state in LIVE])


def _to_crews(fact: Any, crews: list[AssignmentRow], own: list[AssignmentRow]) -> Said:
    of_demand = [row for row in crews if row.demand == getattr(fact, "demand", None)]
    match fact:
        case f.AssignmentCommitted():
            yield from ((row.offer, About.NEEDED, "") for row in own if _is_needed(row))
        case f.CrewInstructed() | f.IncidentInstructed() | f.InstructionLifted():
            yield from _instructed(fact, crews)
        case f.DemandAmended() | f.DemandTakenBack():
            changed = (row for row in of_demand if row.changed and row.state != "reported_done")
            yield from ((row.offer, About.WORDS, str(row.words_in)) for row in changed)
        case f.DemandRefiled():
            yield from ((row.offer, About.NUMBER, str(fact.at)) for row in of_demand if row.refiled)
        case f.AssignmentSentBack():
            yield from (
                (row.offer, About.BACK, str(row.sent_back_at))
                for row in own
                if row.sent_back is not None
            )
        case f.ReportAnswered():
            answered = (row for row in own if row.answered and row.answered.id == fact.report)
            yield from ((row.offer, About.ANSWERED, fact.report) for row in answered)


def _is_needed(row: AssignmentRow) -> bool:
    return row.state == "committed" and (row.kept or row.unasked) and not row.new_times


def _instructed(fact: Any, crews: list[AssignmentRow]) -> Said:
    for row in crews:
        for order in (order for order in row.instructions if order.id == fact.instruction):
            if isinstance(fact, f.InstructionLifted):
                yield row.offer, About.LIFTED, order.id
            elif order.acknowledged_at is None and order.lifted_at is None:
                yield row.offer, About.ORDER, order.id


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> list[Teams]:
    return [Teams(tmp_path_factory.mktemp("hear"), seed) for seed in SEEDS]


def test_a_crew_is_told_in_time_whatever_it_has_to_be_told(teams: list[Teams]) -> None:
    assert [wrong for one in teams for wrong in one.wrong] == []


def test_all_of_it_has_happened(teams: list[Teams]) -> None:
    assert {about for one in teams for about in one.heard} == {*TO_CREWS, About.ASK, About.OVER}


def _silent(patch: pytest.MonkeyPatch, name: str) -> None:
    """What a crew is owed of one kind is owed by nobody."""
    patch.setattr(owed, name, lambda _: ())


def _unnamed(patch: pytest.MonkeyPatch, fact: type) -> None:
    """Nobody is named for a fact."""
    patch.delitem(by_fact.OWED, fact)


WRONG: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    **{
        name: partial(_silent, name=name)
        for name in ("_needed", "_orders", "_changed", "_renumbered", "_judged")
    },
    "nobody is asked": lambda patch: patch.setattr(Planner, "due", lambda *_: Plan([], [])),
    "nobody turns back": lambda patch: patch.setattr(Planner, "recall", lambda *_: Plan([], [])),
    "unnamed order": partial(_unnamed, fact=f.CrewInstructed),
    "unnamed words": partial(_unnamed, fact=f.DemandAmended),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_law_notices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    WRONG[name](monkeypatch)
    with pytest.raises(Noticed):
        _heard_out(tmp_path)


def _heard_out(folder: Path) -> None:
    for seed in SEEDS:
        Teams(folder, seed, to_the_end=False)
