"""Declining is free: of two equal teams, one that said no a hundred times is asked no less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.values import CloseReason, DeclineReason, IncidentId, OrganizationId
from streams.entities import OfferState
from streams.matching import assign
from streams.matching.candidates import Candidate, Search
from tests.streams.world import COUNTY, World

DECLINED, LATER = 100, 100
HERE, APART = 0, 21  # townships beyond each other's reach
ONE, OTHER, HELPER = "one", "other", "helper"
HOURS = 60


def asked_after(declining: str) -> list[str]:
    """Whom each of a hundred later demands asks, if one of two equal teams has declined so far.

    In between a third one, far away, says yes so often that a demand asks only one at a time.
    """
    world = World()
    names = {world.organization(name, township=HERE): name for name in (ONE, OTHER)}
    names[world.organization(HELPER, township=APART)] = HELPER
    incident = world.incident()
    for number in range(DECLINED):
        _declined(world, incident, names, declining, list(DeclineReason)[number % 6])
    for _ in range(2 * DECLINED):
        _served(world, incident)
    return [_asked(world, incident, names) for _ in range(LATER)]


def _declined(
    world: World,
    incident: IncidentId,
    names: dict[OrganizationId, str],
    declining: str,
    reason: DeclineReason,
) -> None:
    """One says no; the other one's answer is not waited for."""
    sent = _published(world, incident, HERE, 2)
    [offer] = [fact.offer for fact in sent if names[fact.organization] == declining]
    world.send(declining, c.DeclineOffer(offer=offer, reason=reason))
    world.wait(minutes=3)
    _closed(world)
    world.wait(minutes=57)


def _served(world: World, incident: IncidentId) -> None:
    [sent] = _published(world, incident, APART, 2)
    world.send(HELPER, c.AcceptOffer(offer=sent.offer, quantity=1))
    _closed(world)


def _asked(world: World, incident: IncidentId, names: dict[OrganizationId, str]) -> str:
    """A demand of low urgency, of which the daily cap knows."""
    [sent] = _published(world, incident, HERE, 4)
    _closed(world)
    world.wait(minutes=8 * HOURS)
    return names[sent.organization]


def _published(
    world: World, incident: IncidentId, township: int, priority: int
) -> list[f.OfferSent]:
    facts = [
        *world.send(COUNTY, world.demand_command(incident, priority=priority, township=township)),
        *world.wait(minutes=1),
    ]
    return [fact for fact in facts if isinstance(fact, f.OfferSent)]


def _closed(world: World) -> None:
    demand = list(world.operation.demands.rows.values())[-1]
    reason = CloseReason.CANCELED
    world.send(COUNTY, c.CloseDemand(demand=demand.id, reason=reason, revision=demand.revision))
    world.wait(minutes=0)


def test_who_declined_a_hundred_times_is_asked_as_if_the_other_one_had() -> None:
    asked = asked_after(ONE)
    assert asked == asked_after(OTHER)
    counts = Counter(asked)
    assert counts[ONE] + counts[OTHER] == LATER
    assert abs(counts[ONE] - counts[OTHER]) < LATER // 4  # the tie of a line is anybody's


def test_that_is_noticed_where_a_no_is_held_against_somebody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Grudging(Search):
        def __iter__(self) -> Iterator[Candidate]:
            offers = self._operation.offers.rows.values()
            noes = Counter(o.organization for o in offers if o.state is OfferState.DECLINED)
            yield from sorted(super().__iter__(), key=lambda found: noes[found.organization])

    monkeypatch.setattr(assign, "Search", Grudging)
    assert asked_after(ONE) != asked_after(OTHER)
