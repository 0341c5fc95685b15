"""Every maximum at once: no turn comes near what readers are ready for, and nothing fails."""

from __future__ import annotations

from random import Random

import pytest
from msgspec.structs import replace

from schemas import facts as f
from schemas.commands import PublishDemand
from schemas.turns import OWNER
from schemas.values import IncidentId, Sealed
from streams.area import Area
from streams.entities import OfferState
from streams.parameters import FACTS_MOST, TURN_BYTES_MOST
from streams.verify import verify
from tests.streams.world import DESK, WENZHOU, World, asked, divisions

ORGANIZATIONS = 330
DEMANDS = 16  # of twenty lines: more offers than 256 are open at a time
SKILLS = ("PUMP_DRAIN", "CATERING", "LOGISTICS_DRIVE")
LONG = "水" * 500
SEALED = Sealed(key="k" * 64, nonce="n" * 24, ciphertext="c" * 12_000)


def at_the_most(world: World, incident: IncidentId, skill: str) -> PublishDemand:
    """Twenty lines of five hundred, every text as long as it may be."""
    asked_for = world.demand_command(incident, lines=20, skill=skill, target=500)
    return replace(
        asked_for,
        risk_statement=LONG,
        rally_point=LONG,
        contact=SEALED,
        address=SEALED,
        note=SEALED,
    )


@pytest.mark.parametrize("seed", range(2))
def test_no_turn_comes_near_what_readers_are_ready_for(seed: int) -> None:
    """Given a crowd and demands as large as they may be, when all are asked, some answer, hundreds
    stay silent at once and the incident is closed, then every turn is settled and moderate."""
    random, world = Random(seed), World()
    for number in range(ORGANIZATIONS):
        world.organization(f"team {number}", skill=random.choice(SKILLS), units=500)
    incident = world.incident()
    sent = []
    for _ in range(DEMANDS):
        sent += asked(world.send(DESK, at_the_most(world, incident, random.choice(SKILLS))))
    sent += asked(world.wait(minutes=1))
    open_offers = sum(row.state is OfferState.SENT for row in world.operation.offers.rows.values())
    assert open_offers > 256
    for offer in random.sample(sent, 20):
        if world.operation.offers[offer.offer].state is OfferState.SENT:
            random.choice((world.yes, world.no))(offer)
    silent = world.wait(minutes=15)
    assert sum(isinstance(fact, f.OfferExpired) for fact in silent) > 256
    world.close_incident(incident)
    world.wait(minutes=5)
    assert max(len(taken.turn.facts) for taken in world.turns) <= FACTS_MOST / 2
    assert max(len(taken.stored) for taken in world.turns) <= TURN_BYTES_MOST / 2
    assert all(taken.turn.settled for taken in world.turns)
    assert all(taken.turn.facts for taken in world.turns if taken.turn.actor == OWNER)
    assert verify(Area(WENZHOU, divisions()), world.log).sound
