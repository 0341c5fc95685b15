"""Stories of demands that wait for their desk."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.values import IncidentId
from tests.streams.world import COUNTY, DESK, World, only


def on_hold(world: World, incident: IncidentId) -> None:
    """The county asks, nobody answers, and it climbs; then the township does, and it goes on."""
    demand = only(world.demand(incident, skill="CATERING"), f.DemandPublished).demand
    world.send(COUNTY, c.HoldDemand(demand=demand, question="桥能不能过车？"))
    world.wait(minutes=40)
    world.send(DESK, c.ResumeDemand(demand=demand, answer="可以，限重五吨"))
