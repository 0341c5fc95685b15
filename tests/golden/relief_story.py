"""A crew that has been there for long is relieved by another one."""

from __future__ import annotations

from schemas import commands as c
from schemas.values import IncidentId
from tests.streams.world import DESK, SEALED, World, asked, only


def relieved(world: World, incident: IncidentId) -> None:
    """It goes on for a while; then another one comes, and it goes."""
    world.organization("there", skill="DRONE")
    offer = asked(world.demand(incident, skill="DRONE"))[-1]
    crew = world.at_work(offer)
    world.send(world.name(offer.organization), c.Arrive(assignment=crew))
    while world.operation.reliefs[crew].due_at is None:
        world.wait(minutes=30)
    world.send(DESK, c.KeepCrewOn(assignment=crew))
    world.send(DESK, c.CheckIn(assignment=crew))
    other = world.organization("in its place", skill="DRONE")
    asking = c.RelieveCrew(assignment=crew, organization=other, reason=SEALED)
    new = world.at_work(only(asked(world.send(DESK, asking))))
    world.send("in its place", c.Arrive(assignment=new))
    world.wait(minutes=1)
