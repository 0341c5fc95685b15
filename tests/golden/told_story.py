"""A part of the story `late`: what a desk tells a crew, and everybody."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.instruction_values import InstructionKind, Zone
from schemas.values import AssignmentId, IncidentId, PlaceKind
from streams.parameters import HOUR
from tests.streams.world import COUNTY, DESK, World, asked, divisions, only, townships


def instructed(world: World, incident: IncidentId, crew: AssignmentId) -> None:
    """Nobody reads it until the county calls; then all is lifted, and at last the crew goes."""
    stop = c.InstructCrew(assignment=crew, what=InstructionKind.STOP, text="大坝渗漏")
    given = only(world.send(DESK, stop), f.CrewInstructed).instruction
    world.until(world.at + HOUR, f.AcknowledgmentEscalated)
    near = world.name(world.operation.assignments[crew].organization)
    world.send(near, c.AcknowledgeInstruction(assignment=crew, instruction=given, unable=True))
    world.send(COUNTY, c.AcknowledgeInstruction(assignment=crew, instruction=given))
    world.send(DESK, c.LiftFromCrew(assignment=crew, instruction=given))
    come = c.InstructIncident(incident=incident, what=InstructionKind.COME_TO, to="村委会")
    everybody = only(world.send(COUNTY, come), f.IncidentInstructed).instruction
    lift = c.LiftFromIncident(incident=incident, instruction=everybody, mistaken=True)
    world.send(COUNTY, lift)
    around = Zone(place=replace(divisions().seat(townships()[0]), kind=PlaceKind.POINT), radius=500)
    closed = only(
        world.send(COUNTY, c.CloseZone(incident=incident, zone=around)), f.IncidentInstructed
    )
    world.send(COUNTY, c.LiftFromIncident(incident=incident, instruction=closed.instruction))
    _beside(world, incident)
    over = c.InstructCrew(assignment=crew, what=InstructionKind.HAND_OVER, to="县消防")
    world.send(DESK, over)
    world.send(DESK, c.StandDownCrew(assignment=crew))


def _beside(world: World, incident: IncidentId) -> None:
    """Of three crews at one demand one leaves: nobody says anything, then one may stay."""
    for name in ("leaves", "stays", "is told too"):
        world.organization(name, skill="DRONE")
    offers = asked(world.demand(incident, skill="DRONE", target=3))
    crews = [world.at_work(offer) for offer in offers]
    leave = c.InstructCrew(
        assignment=crews[0], what=InstructionKind.WITHDRAW, text="管涌", hold=True
    )
    told = only(world.send(DESK, leave), f.CrewInstructed)
    world.until(world.at + HOUR, f.BesideClimbed)
    world.send(DESK, c.LetStay(assignment=crews[1], reason="在堤外侧"))
    world.send(DESK, c.TellBeside(assignment=crews[0], instruction=told.instruction))
