"""Stories whose logs are kept: played once in a small world, verified again ever after."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.turns import OWNER
from schemas.values import (
    AccountId,
    AssignmentId,
    Capability,
    Certificate,
    CloseReason,
    DeclineReason,
    DemandId,
    Domain,
    IncidentId,
    Medium,
    OrganizationId,
    Role,
    Sealed,
    TimeSource,
)
from streams.area import Operation
from streams.entities import Offer, OfferState
from tests.streams.world import COUNTY, DESK, START, STEWARD, World, only

HOUR = 3_600_000
SEALED = Sealed(key="incident-1", nonce="00" * 12, ciphertext="c2VhbGVk")


def thread() -> World:
    """Everything that people do, from the first organization to the verified recovery."""
    world = World()
    registry(world)
    incident = world.incident()
    world.send(DESK, c.JoinIncident(incident=incident, division=world.township))
    answers(world, incident)
    work(world, incident)
    rescue(world, incident)
    edits(world, incident)
    recovery(world, incident)
    refusals(world, incident)
    return world


def standstill() -> World:
    """A live log whose machine was off for twenty minutes while an answer was awaited."""
    world = World(time_source=TimeSource.LIVE)
    world.organization("near")
    world.demand(world.incident())
    world.at += 20 * 60_000
    world.tick()
    world.wait(minutes=5)
    return world


def moved() -> World:
    """A log that goes on in topics while an answer is awaited, and then in a folder again."""
    world = World()
    world.organization("near")
    world.demand(world.incident())
    world.refused(OWNER, c.ReceiveLog())
    for medium in (Medium.TOPICS, Medium.FILE):
        world.send(OWNER, c.MoveLog(medium=medium))
        world.send(OWNER, c.ReceiveLog())
        world.wait(minutes=5)
    return world


STORIES: dict[str, Callable[[], World]] = {
    "thread": thread,
    "standstill": standstill,
    "moved": moved,
}


def registry(world: World) -> None:
    for number, township in enumerate((0, 9, 5, 14, 3, 7, 11, 2, 16, 1)):
        world.organization(f"pump {number}", township=township, units=1 + number % 2)
    good = Certificate(skill="WATER", grade=2, valid_from=START, valid_until=START + 99 * HOUR)
    old = Certificate(skill="WATER", grade=1, valid_from=0, valid_until=START)
    world.organization("boats", skill="WATER", township=2, certificate=good)
    world.organization("old boats", skill="WATER", township=1, certificate=old)
    resting = world.organization("resting", township=0)
    world.send(STEWARD, c.SetDuty(organization=resting, on_duty=False))
    two = (Capability(skill="PUMP_DRAIN", units=1), Capability(skill="CATERING", units=3))
    world.send("pump 1", c.SetCapacity(organization=named(world, "pump 1"), capabilities=two))
    world.grant("guest", Role.REVIEWER, division=world.township, until=START + 24 * HOUR)
    world.send(STEWARD, c.EndGrant(account=AccountId("guest"), role=Role.REVIEWER))


def answers(world: World, incident: IncidentId) -> None:
    """No, silence, and what is asked instead; the desk looks again and finds it in hand."""
    command = world.demand_command(incident, priority=4, lines=2)
    sealed = replace(command, contact=SEALED, address=SEALED, note=SEALED)
    demand = only(world.send(DESK, sealed), f.DemandPublished).demand
    world.send(DESK, c.OpenSealedText(demand=demand))
    world.wait(minutes=2)
    nearest = open_offers(world)[0]
    no = c.DeclineOffer(offer=nearest.id, reason=DeclineReason.ROAD_BLOCKED)
    world.send(speaker(world, nearest), no)
    world.send(DESK, amendment(demand, 1, command, (1, 1)))
    world.wait(minutes=62)
    world.send(DESK, c.CloseDemand(demand=demand, reason=CloseReason.DUPLICATE, revision=2))


def work(world: World, incident: IncidentId) -> None:
    """Yes, every step of two crews, one of them sent back, and the desk's own words by phone."""
    demand = only(world.demand(incident, target=2, priority=4), f.DemandPublished).demand
    world.wait(minutes=1)
    first, second, *_ = open_offers(world)
    name = speaker(world, first)
    one, other = accepted(world, first, name), accepted(world, second, DESK)
    world.send(name, c.SetOff(assignment=one))
    world.wait(minutes=20)
    world.send(name, c.Arrive(assignment=one))
    world.send(name, c.ReportDone(assignment=one))
    world.send(DESK, c.ConfirmAssignment(assignment=one, done=False))
    world.send(name, c.ReportDone(assignment=one))
    world.send(DESK, c.ConfirmAssignment(assignment=one))
    world.send(DESK, c.CannotComplete(assignment=other))
    third = open_offers(world)[0]
    accepted(world, third, speaker(world, third))
    world.refused(speaker(world, third), c.AcceptOffer(offer=third.id, quantity=1))
    met = c.CloseDemand(demand=demand, reason=CloseReason.PARTLY_MET_ACCEPTED, revision=1)
    world.send(DESK, met)


def rescue(world: World, incident: IncidentId) -> None:
    """Water rescue: one team is qualified, another's certificate has expired."""
    world.demand(incident, skill="WATER", grade=3, target=2)
    [offer] = open_offers(world)
    assignment = accepted(world, offer, "boats")
    world.send("boats", c.ReportDone(assignment=assignment))


def edits(world: World, incident: IncidentId) -> None:
    """Posted by mistake, reopened, closed as met."""
    demand = only(world.demand(incident, skill="CATERING"), f.DemandPublished).demand
    mistake = c.CloseDemand(demand=demand, reason=CloseReason.POSTED_BY_MISTAKE, revision=1)
    world.send(DESK, mistake)
    world.send(DESK, c.ReopenDemand(demand=demand, revision=2))
    world.send(DESK, c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=3))


def recovery(world: World, incident: IncidentId) -> None:
    """The incident closes; of its tasks one is dropped, one done by phone, the others verified."""
    tasks = list(operation(world).tasks.rows)
    world.send(DESK, c.OpenTask(task=tasks[0], domain=Domain.WORK))
    world.send(DESK, c.DropTask(task=tasks[0]))
    live = operation(world).assignments_in.within(incident)
    close = c.CloseIncident(incident=incident, stand_down=tuple(place[-1] for place in live))
    world.send(COUNTY, close)
    doer = named(world, "pump 0")
    for number, task in enumerate(row for row in operation(world).tasks.rows.values() if row.live):
        actor = DESK if number == 0 else "pump 0"
        world.send(actor, c.ClaimTask(task=task.id, organization=doer))
        world.send(actor, c.ReportTask(task=task.id))
        world.send(COUNTY, c.VerifyTask(task=task.id, done=False))
        world.send(actor, c.ReportTask(task=task.id))
        world.send(COUNTY, c.VerifyTask(task=task.id))


def refusals(world: World, incident: IncidentId) -> None:
    """What is refused afterwards, and to whom."""
    world.refused(DESK, world.demand_command(incident))
    world.refused("stranger", world.demand_command(incident))
    world.refused(COUNTY, c.CloseIncident(incident=incident))
    world.refused("pump 0", c.OpenIncident(hazard="typhoon", division=world.township))


# What stories are told with


def operation(world: World) -> Operation:
    """The one operation of a small world."""
    [found] = world.area.operations.rows.values()
    return found


def named(world: World, name: str) -> OrganizationId:
    """The organization of a name."""
    found = world.area.registry.organizations.rows.values()
    return next(item.id for item in found if item.name == name)


def speaker(world: World, offer: Offer) -> str:
    """The account that answers an offer: organizations' accounts bear their names."""
    return world.area.registry.organizations[offer.organization].name


def open_offers(world: World) -> list[Offer]:
    """Offers that still can be answered, oldest first."""
    return [row for row in operation(world).offers.rows.values() if row.state is OfferState.SENT]


def accepted(world: World, offer: Offer, actor: str) -> AssignmentId:
    """Says yes in full; the assignment."""
    yes = c.AcceptOffer(offer=offer.id, quantity=offer.quantity, minutes=25)
    committed: f.AssignmentCommitted = only(world.send(actor, yes), f.AssignmentCommitted)
    return committed.assignment


def amendment(
    demand: DemandId, revision: int, before: c.PublishDemand, targets: tuple[int, ...]
) -> c.AmendDemand:
    """Other targets and another rally point, everything else as published."""
    return c.AmendDemand(
        demand=demand,
        revision=revision,
        priority=before.priority,
        place=before.place,
        targets=targets,
        lines=(),
        risk_statement=before.risk_statement,
        rally_point="村委会",
    )
