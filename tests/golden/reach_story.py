"""The story of the messenger: reached, not reached, in reach again, and answers by message."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.turns import DELIVERY, PLANNER
from schemas.values import DeclineReason, PersonId, Reach
from streams.days import start_of
from streams.parameters import HOUR
from tests.streams.plans import move, pair, plan_of
from tests.streams.world import World, asked, only

PERSON = PersonId("person")


def reach() -> World:
    """Three are asked by day, and a routine request goes out at night."""
    world = World()
    for name, township in (("near", 0), ("far", 9), ("farther", 5)):
        world.organization(name, township=township)
    for name in ("drone", "another drone"):
        world.organization(name, skill="DRONE")
    by_message(world)
    restored(world)
    planned(world)
    at_night(world)
    return world


def by_message(world: World) -> None:
    """Two are reached and one is not; the yes of the first, and of that one, come by message."""
    near, far, farther = asked(world.demand(world.incident()))
    world.at += 20_000
    told = (c.Reached(offer=near.offer, by=Reach.SMS), c.Reached(offer=far.offer, by=Reach.PAGE))
    command = c.RecordReach(reached=told, unreachable=(farther.offer,))
    world.send(DELIVERY, command)
    world.refused(DELIVERY, command)  # told twice
    yes = c.AcceptOffer(offer=near.offer, quantity=1, person=PERSON)
    world.refused("near", yes)  # in somebody's name
    world.send(DELIVERY, yes)
    world.amend(near.demand, risk_statement="溃坝，激流")
    yes = c.AcceptOffer(offer=farther.offer, quantity=1, person=PERSON, revision=1)
    world.send(DELIVERY, yes)  # to earlier words
    world.send(DELIVERY, c.AcceptOffer(offer=farther.offer, quantity=1, person=PERSON))
    crew, *_ = world.operation.assignments.rows
    world.send("near", c.SeeWords(assignment=crew, revision=2))
    world.close(near.demand)


def restored(world: World) -> None:
    """Nobody can be reached; one can again, and says no by message."""
    facts = world.demand(only(world.operation.incidents.rows), priority=2)
    lost = tuple(offer.offer for offer in asked(facts))
    world.send(DELIVERY, c.RecordReach(unreachable=lost))
    near = next(key for key, row in world.area.registry.organizations.rows.items()
                if row.name == "near")  # fmt: skip
    world.send(DELIVERY, c.RestoreReach(organizations=(near,)))
    again = only(asked(world.wait(minutes=0)))
    reason = DeclineReason.ROAD_BLOCKED
    world.send(DELIVERY, c.DeclineOffer(offer=again.offer, reason=reason, person=PERSON))
    world.close(again.demand)


def planned(world: World) -> None:
    """The nearest is asked for another line, since somebody else is as near to the first."""
    incident = only(world.operation.incidents.rows)
    near, *_ = asked(world.demand(incident, skill="DRONE", priority=2))
    facts = world.demand(incident, skill="DRONE", priority=2)
    unmet = only(facts, f.LineUnmet).line
    plan = plan_of(move(near, unmet), pair(unmet, near.organization))
    world.refused(PLANNER, replace(plan, based_on=world.area.sequence + 2))
    world.send(PLANNER, replace(plan, based_on=world.area.sequence))
    world.refused(PLANNER, plan)
    world.close(near.demand)
    world.close(world.operation.lines[unmet].demand)


def at_night(world: World) -> None:
    """Nobody is silent before the morning."""
    world.until(start_of("2025-07-31") + 23 * HOUR)
    world.demand(only(world.operation.incidents.rows), priority=4)
    first, *_ = asked(world.until(world.at + HOUR, f.OfferSent))
    world.send(DELIVERY, c.RecordReach(reached=(c.Reached(offer=first.offer, by=Reach.CHAT),)))
    world.until(start_of("2025-08-01") + 9 * HOUR)
