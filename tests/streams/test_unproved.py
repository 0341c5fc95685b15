"""Hazardous work: whoever cannot say yes yet is asked, and neither waited for nor counted."""

from __future__ import annotations

from typing import Any

from schemas import commands as c
from schemas import facts as f
from schemas.values import Gate
from schemas.views import OfferRow
from streams import rows
from streams.matching.why import why
from tests.streams.world import DESK, World, asked, kinds, only

INSURED: dict[str, Any] = {"adults_only": True, "insured_through": "2026-12-31"}


class Unproved:
    """A hazardous P1 for one unit; two near teams of which nothing is on record, a far one is
    insured and adult."""

    def __init__(self, *, far: bool = True) -> None:
        self.world = World()
        self.near = [self.world.organization(f"near{n}") for n in range(2)]
        if far:
            self.world.safeguard(self.world.organization("far", township=1))
        incident = self.world.incident()
        facts = self.world.demand(incident, priority=1, hazardous=True)
        self.facts = [*facts, *self.world.wait(minutes=0)]
        self.line = only(self.facts, f.DemandPublished).lines[0].line

    def row(self) -> tuple[int, int]:
        line = self.world.operation.lines[self.line]
        return line.asked, line.live_offers

    def shown(self) -> list[bool]:
        world = self.world
        offers = world.operation.offers_on.of(self.line)
        found = (rows.offer(world.area, world.operation, one).row for one in offers)
        return [row.unproved for row in found if isinstance(row, OfferRow)]


def test_nobody_is_waited_for_who_cannot_say_yes_yet() -> None:
    """It is asked, so that it can be recorded; whoever can say yes is asked all the same."""
    scene = Unproved()
    assert [scene.world.name(offer.organization) for offer in asked(scene.facts)] == [
        "near0",
        "near1",
        "far",
    ]
    assert scene.row() == (1, 1)
    assert sorted(scene.shown()) == [False, True, True]


def test_where_only_they_are_in_reach_nobody_comes_and_its_desk_is_asked() -> None:
    scene = Unproved(far=False)
    assert scene.row() == (0, 0)
    assert only(scene.facts, f.LineUnmet).climbs_at is not None
    scene.world.send(DESK, c.RecordSafeguards(organization=scene.near[0], **INSURED))
    assert scene.row() == (1, 1)
    assert sorted(scene.shown()) == [False, True]
    offer = next(one for one in asked(scene.facts) if one.organization == scene.near[0])
    assert "AssignmentCommitted" in kinds(scene.world.yes(offer))


def test_no_more_of_them_are_asked_than_one_would_ask_of_others() -> None:
    """Nobody rings a whole county in vain; the next one is told why it is not asked."""
    world = World()
    teams = [world.organization(f"team{n}") for n in range(12)]
    facts = [
        *world.demand(world.incident(), priority=1, hazardous=True),
        *world.wait(minutes=0),
    ]
    line = only(facts, f.DemandPublished).lines[0].line
    sent = [offer.organization for offer in asked(facts)]
    assert 0 < len(sent) < len(teams)
    left = next(team for team in teams if team not in sent)
    found = why(world.area, world.operation, line, left, world.at)
    assert found is not None
    assert found.gate is Gate.ADULTS
    world.send(DESK, c.RecordSafeguards(organization=left, **INSURED))
    assert only(asked(world.wait(minutes=0))).organization == left
