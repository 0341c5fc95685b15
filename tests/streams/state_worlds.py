"""Small worlds for the table of states and commands: each noun in each of its states.

Every function builds a world of its own, so that no command finds what another one left behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.turns import DELIVERY
from schemas.values import (
    AccountId,
    AssignmentId,
    CloseReason,
    DeclineReason,
    DemandId,
    DivisionCode,
    Domain,
    IncidentId,
    LineId,
    OfferId,
    OrganizationId,
    Role,
    TaskId,
)
from streams.entities import IncidentState
from streams.parameters import MINUTE, SECOND
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    STEWARD,
    World,
    asked,
    divisions,
    only,
    townships,
)

NEAR, OTHER, RESTING = "near", "other", "resting"
RECEIVER, NEIGHBOR = AccountId("receiver"), AccountId("neighbor")
NO_DEMAND, NO_LINE, NO_OFFER = DemandId(""), LineId(""), OfferId("")
NO_ASSIGNMENT, NO_TASK = AssignmentId(""), TaskId("")
FULL = 10  # demands of twenty lines, more than one turn can close


@dataclass
class Scene:
    """A world, and the ids of what is in it as far as a noun needs them."""

    world: World
    organization: OrganizationId  # of the account `NEAR`
    other: OrganizationId
    resting: OrganizationId  # off duty, so that nobody asks it but a desk by hand
    incident: IncidentId
    demand: DemandId = NO_DEMAND
    line: LineId = NO_LINE
    offer: OfferId = NO_OFFER
    others: OfferId = NO_OFFER  # the offer to the other one
    assignment: AssignmentId = NO_ASSIGNMENT
    task: TaskId = NO_TASK
    desk: AccountId = DESK  # of where the demand lies

    @property
    def revision(self) -> int:
        return self.world.operation.demands[self.demand].revision


Build = Callable[[], Scene]


def opened() -> Scene:
    """An open incident, two organizations that can be asked and one that cannot."""
    world = World()
    world.grant(RECEIVER, Role.DESK, division=DivisionCode(townships()[1]))
    world.grant(NEIGHBOR, Role.DESK, division=neighbor())
    near, other, resting = (world.organization(name, units=2) for name in (NEAR, OTHER, RESTING))
    world.send(STEWARD, c.SetDuty(organization=resting, on_duty=False))
    return Scene(world, near, other, resting, world.incident())


def neighbor() -> DivisionCode:
    """Another county of the same area."""
    counties = sorted(divisions().children("3303"))
    return DivisionCode(next(code for code in counties if code != "330324"))


def published(**wishes: Any) -> Scene:
    """A demand of the most urgent kind, for which both are asked."""
    return posted(opened(), **wishes)


def posted(scene: Scene, **wishes: Any) -> Scene:
    command = replace(scene.world.demand_command(scene.incident, **wishes), contact=SEALED)
    facts = scene.world.send(DESK, command)
    known = next(fact for fact in facts if isinstance(fact, f.DemandPublished))
    scene.demand, scene.line = known.demand, known.lines[0].line
    for offer in asked(facts):
        if offer.line == scene.line and offer.organization == scene.organization:
            scene.offer = offer.offer
        elif offer.line == scene.line:
            scene.others = offer.offer
    return scene


# Incidents


def working() -> Scene:
    """A crew is at work on the incident's one demand."""
    return committed()


def closing() -> Scene:
    """So much is to be closed that the next tick goes on with it."""
    scene = committed()
    for _ in range(FULL):
        scene.world.demand(scene.incident, lines=20, skill="BOAT_OPERATE")
    scene.world.close_incident(scene.incident)
    assert scene.world.operation.incidents[scene.incident].state is IncidentState.CLOSING
    return scene


def closed() -> Scene:
    scene = reported()
    facts = scene.world.close_incident(scene.incident)
    scene.task = only(facts, f.TaskProposed).task
    return scene


def destroyed() -> Scene:
    """Recovery is over, and the key's time as well."""
    scene = closed()
    scene.world.send(COUNTY, c.DropTask(task=scene.task))
    scene.world.until(scene.world.at + 120 * MINUTE, f.KeyDestroyed)
    assert not scene.world.operation.incidents[scene.incident].readable
    return scene


# Demands


def demand_closed() -> Scene:
    scene = published()
    scene.world.close(scene.demand, CloseReason.DONE_BY_OTHERS)
    return scene


def on_hold(**wishes: Any) -> Scene:
    scene = published(**wishes)
    scene.world.send(DESK, c.HoldDemand(demand=scene.demand, question="桥能不能过车？"))
    return scene


def moved() -> Scene:
    """The first township has moved it to the second, which has not acted."""
    scene = published()
    scene.world.amend(scene.demand, place=divisions().seat(townships()[1]))
    scene.desk = RECEIVER
    return scene


def taken_up() -> Scene:
    scene = moved()
    known = scene.world.operation.demands[scene.demand]
    scene.world.send(
        RECEIVER,
        c.AmendDemand(
            demand=scene.demand,
            revision=known.revision,
            priority=known.priority,
            targets=(1,),
            lines=(),
            risk_statement="水深约两米",
            rally_point=known.rally_point,
        ),
    )
    return scene


# Lines


def unmet() -> Scene:
    scene = opened()
    for organization in (scene.organization, scene.other):
        scene.world.send(STEWARD, c.SetDuty(organization=organization, on_duty=False))
    return posted(scene, lines=2)


def being_asked() -> Scene:
    return published(lines=2)


def covered() -> Scene:
    scene = being_asked()
    accept(scene)
    return scene


def held_line() -> Scene:
    return on_hold(lines=2)


def dropped_line() -> Scene:
    scene = being_asked()
    scene.world.send(DESK, c.DropLine(line=scene.line))
    return scene


def closed_lines() -> Scene:
    scene = being_asked()
    scene.world.close(scene.demand, CloseReason.DONE_BY_OTHERS)
    return scene


# Offers


def accept(scene: Scene, *, by: str = NEAR) -> None:
    """The organization, or the other one, says yes for one unit."""
    offer = scene.offer if by == NEAR else scene.others
    facts = scene.world.send(by, c.AcceptOffer(offer=offer, quantity=1, minutes=20))
    for fact in facts:
        if isinstance(fact, f.AssignmentCommitted):
            scene.assignment = fact.assignment


def past_deadline() -> Scene:
    scene = published()
    scene.world.at = scene.world.operation.offers[scene.offer].answer_by + 1
    return scene


def no_answer() -> Scene:
    scene = past_deadline()
    scene.world.tick()
    return scene


def unreachable() -> Scene:
    scene = published()
    scene.world.send(DELIVERY, c.RecordReach(unreachable=(scene.offer,)))
    return scene


def declined() -> Scene:
    scene = published()
    scene.world.send(NEAR, c.DeclineOffer(offer=scene.offer, reason=DeclineReason.NO_CREW))
    return scene


def standby() -> Scene:
    scene = no_answer()
    accept(scene, by=OTHER)
    accept(scene)
    return scene


def thanked() -> Scene:
    scene = published()
    accept(scene, by=OTHER)
    return scene


def thanked_and_short() -> Scene:
    """Off duty when the other one gave up, so that it is not asked anew."""
    scene = thanked()
    scene.world.send(NEAR, c.SetDuty(organization=scene.organization, on_duty=False))
    scene.world.send(OTHER, c.CannotComplete(assignment=scene.assignment))
    return scene


def asked_anew() -> Scene:
    """The request that its phone still shows is the old one."""
    scene = thanked()
    scene.world.send(OTHER, c.CannotComplete(assignment=scene.assignment))
    return scene


# Assignments


def committed() -> Scene:
    scene = published()
    accept(scene)
    return scene


def en_route() -> Scene:
    scene = committed()
    scene.world.send(NEAR, c.SetOff(assignment=scene.assignment))
    return scene


def on_scene() -> Scene:
    scene = en_route()
    scene.world.at += 20 * MINUTE
    scene.world.send(NEAR, c.Arrive(assignment=scene.assignment))
    return scene


def reported() -> Scene:
    scene = on_scene()
    scene.world.at += 60 * MINUTE
    scene.world.send(NEAR, c.ReportDone(assignment=scene.assignment))
    return scene


def released() -> Scene:
    scene = reported()
    scene.world.send(DESK, c.ConfirmAssignment(assignment=scene.assignment))
    return scene


def given_up() -> Scene:
    scene = en_route()
    scene.world.send(NEAR, c.CannotComplete(assignment=scene.assignment))
    return scene


def stood_down() -> Scene:
    scene = en_route()
    scene.world.close(scene.demand, CloseReason.CANCELED)
    return scene


def overdue() -> Scene:
    scene = en_route()
    scene.world.until(scene.world.at + 60 * MINUTE, f.CrewOverdue)
    return scene


def undone() -> Scene:
    scene = en_route()
    scene.world.at += 10 * SECOND
    scene.world.send(NEAR, c.UndoStep(assignment=scene.assignment))
    return scene


# Recovery tasks


def proposed() -> Scene:
    scene = published()
    facts = scene.world.close(scene.demand, CloseReason.PARTLY_MET_ACCEPTED)
    scene.task = only(facts, f.TaskProposed).task
    return scene


def open_task() -> Scene:
    scene = proposed()
    scene.world.send(DESK, c.OpenTask(task=scene.task, domain=Domain.LIFE))
    return scene


def claimed() -> Scene:
    scene = open_task()
    claim = c.ClaimTask(task=scene.task, organization=scene.organization)
    scene.world.send(NEAR, claim)
    return scene


def ran_out() -> Scene:
    scene = claimed()
    scene.world.until(scene.world.at + 8 * 24 * 60 * MINUTE, f.TaskClaimEnded)
    return scene


def task_reported() -> Scene:
    scene = claimed()
    scene.world.send(NEAR, c.ReportTask(task=scene.task))
    return scene


def verified() -> Scene:
    scene = task_reported()
    scene.world.send(DESK, c.VerifyTask(task=scene.task))
    return scene


def dropped_task() -> Scene:
    scene = open_task()
    scene.world.send(DESK, c.DropTask(task=scene.task))
    return scene


def lapsed() -> Scene:
    scene = proposed()
    scene.world.until(scene.world.at + 31 * 24 * 60 * MINUTE, f.TaskLapsed)
    return scene
