"""Stories whose logs are kept: played once in a small world, verified again ever after.

Between them they hold every command and every fact; `tests/golden/test_golden.py` counts.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.access import LinkId, LinkReason
from schemas.turns import OWNER
from schemas.values import (
    AccountId,
    AssignmentId,
    CloseReason,
    DeclineReason,
    Domain,
    IncidentId,
    LineId,
    Medium,
    OpeningReason,
    OrganizationId,
    Piece,
    PieceKind,
    Reception,
    Role,
    SealedText,
    Step,
    TaskId,
    TimeSource,
)
from streams.entities import Organization
from streams.parameters import DAY, HOUR, MINUTE
from tests.golden import waiting_stories
from tests.golden.reach_story import reach
from tests.golden.registry_story import people
from tests.golden.relief_story import relieved
from tests.golden.scene_stories import on_scene
from tests.golden.several_story import batched, false_flood, same_need, wrong_incident
from tests.golden.told_story import instructed
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    START,
    STEWARD,
    World,
    asked,
    certificate,
    divisions,
    only,
    townships,
)

# One demand from end to end, and what people change about it


def thread() -> World:
    """An ordinary day, from the first post to the verified recovery and the destroyed key."""
    world = World()
    for number, township in enumerate((0, 9, 5, 14, 3, 7)):
        world.organization(f"pump {number}", township=township, units=1 + number % 2)
    world.grant("guest", Role.REVIEWER, division=world.township, until=START + DAY)
    world.send(STEWARD, c.EndGrant(account=AccountId("guest"), role=Role.REVIEWER))
    link = LinkId("a link")
    world.send(
        STEWARD,
        c.MakeLink(account=DESK, role=Role.DESK, link=link, reason=LinkReason.DEVICE_LOST),
    )
    world.send(STEWARD, c.EndSessions(account=DESK, role=Role.DESK))
    world.send(OWNER, c.UseLink(account=DESK, role=Role.DESK, link=link))
    another = LinkId("another link")
    made = c.MakeLink(
        account=DESK, role=Role.DESK, link=another, reason=LinkReason.NEW_DEVICE, in_use=True
    )
    world.send(STEWARD, made)
    world.send(DESK, c.ConfirmAccess(account=DESK, role=Role.DESK, link=another))
    incident = world.incident()
    world.send(DESK, c.JoinIncident(incident=incident, division=world.township))
    routine(world, incident)
    work(world, incident)
    edits(world, incident)
    handing_over(world, incident)
    world.close_incident(incident)
    world.wait(minutes=1)
    for task in [row for row in world.operation.tasks.rows.values() if row.live]:
        restored(world, task.id)
    world.wait(minutes=61)
    refusals(world, incident)
    return world


def routine(world: World, incident: IncidentId) -> None:
    """No, silence, and what is asked instead; the desk looks again and finds it in hand."""
    command = world.demand_command(incident, priority=4, lines=2)
    sealed = replace(command, contact=SEALED, address=SEALED, note=SEALED, way_in="走老桥")
    demand = only(world.send(DESK, sealed), f.DemandPublished).demand
    world.send(DESK, c.OpenSealedText(demand=demand, reason=OpeningReason.CHECKING))
    nearest, *_ = asked(world.wait(minutes=2))
    world.send(DESK, c.ShowPersons(offer=nearest.offer))
    world.no(nearest, reason=DeclineReason.ROAD_BLOCKED)
    world.amend(demand, rally_point="村委会", lead=SEALED, removed=(SealedText.NOTE,))
    for _ in range(2):
        world.send(DESK, c.NoteDemand(demand=demand, text=SEALED))
    world.wait(minutes=62)
    world.close(demand, CloseReason.DUPLICATE)


def work(world: World, incident: IncidentId) -> None:
    """Yes, every step of two crews, one of them sent back, and the desk's own words by phone."""
    facts = list(world.demand(incident, target=2, priority=4)) + world.wait(minutes=1)
    demand = only(facts, f.DemandPublished).demand
    first, second, *_ = asked(facts)
    name = world.name(first.organization)
    one = world.at_work(first, minutes=25, people=7)
    other = world.at_work(second, actor=DESK)
    world.send(name, c.SetOff(assignment=one))
    world.wait(minutes=20)
    world.send(name, c.Arrive(assignment=one, people=5))
    world.send(name, c.ReportDone(assignment=one))
    world.send(DESK, c.ConfirmAssignment(assignment=one, done=False))
    world.send(name, c.ReportDone(assignment=one))
    world.send(DESK, c.ConfirmAssignment(assignment=one))
    world.send(DESK, c.CannotComplete(assignment=other))
    world.wait(minutes=1)
    world.close(demand, CloseReason.PARTLY_MET_ACCEPTED)


def edits(world: World, incident: IncidentId) -> None:
    """Posted by mistake, reopened, one line dropped, closed as met while a crew is on its way."""
    facts = world.demand(incident, lines=2)
    demand = only(facts, f.DemandPublished).demand
    world.close(demand, CloseReason.POSTED_BY_MISTAKE)
    again = asked(world.reopen(demand))
    world.at_work(again[0])
    lines = world.operation.demands[demand].lines
    world.send(DESK, c.DropLine(line=next(key for key in lines if key != again[0].line)))
    world.close(demand, CloseReason.MET)


def handing_over(world: World, incident: IncidentId) -> None:
    """Moved to the next township, taken back, left alone for half a day and still needed;
    published by the county for a township."""
    seat = divisions().seat(townships()[5])
    demand = only(world.demand(incident, skill="CATERING"), f.DemandPublished).demand
    world.amend(demand, place=seat, lines=world.demand_command(incident).lines, targets=(2,))
    world.send(DESK, c.TakeBackDemand(demand=demand, revision=2))
    world.wait(minutes=12 * 60)
    world.send(DESK, c.KeepDemand(demand=demand))
    world.send(COUNTY, replace(world.demand_command(incident, township=5), place=seat))


def restored(world: World, task: TaskId) -> None:
    """One claims it, reports, is sent back, and reports again; the county verifies."""
    doer = only(row.id for row in organizations(world) if row.name == "pump 0")
    world.send("pump 0", c.ClaimTask(task=task, organization=doer))
    for done in (False, True):
        world.send("pump 0", c.ReportTask(task=task))
        world.send(COUNTY, c.VerifyTask(task=task, done=done))


def refusals(world: World, incident: IncidentId) -> None:
    """What is refused afterwards, and to whom."""
    world.refused(DESK, world.demand_command(incident))
    world.refused("stranger", world.demand_command(incident))
    world.refused(COUNTY, c.CloseIncident(incident=incident))
    world.refused(COUNTY, c.ReopenIncident(incident=incident))
    world.refused("pump 0", c.OpenIncident(hazard="typhoon", division=world.township))


# Who answers late, comes late, or did not mean it


def late() -> World:
    """Answers and crews that are late, and what becomes of everybody who waits for them."""
    world = World()
    for name, township in (("near", 0), ("far", 9), ("farther", 5)):
        world.organization(name, township=township)
    incident = world.incident()
    standby(world, incident)
    line = crew(world, incident)
    by_hand(world, line)
    mistakes(world, incident)
    unmet(world, incident)
    false_flood(world, incident)
    same_need(world, incident)
    wrong_incident(world, incident)
    own_crew(world, incident)
    waiting_stories.on_hold(world, incident)
    waiting_stories.handed_up(world, incident)
    waiting_stories.helpers(world, incident)
    waiting_stories.drafted(world, incident)
    waiting_stories.offering(world, incident)
    waiting_stories.countering(world, incident)
    relieved(world, incident)
    waiting_stories.shift(world, incident)
    batched(world, incident)
    return world


def standby(world: World, incident: IncidentId) -> None:
    """A late yes that is taken, one that stands by and is taken on, and one that lapses."""
    first, second, third = asked(world.demand(incident, priority=2))
    world.until(first.answer_by + 1)
    world.yes(first)
    world.yes(second, minutes=40, people=6)
    world.yes(third, actor=DESK)
    world.send(DESK, c.TakeStandby(offer=second.offer))
    thanked = world.organization("thanked", units=1)
    came = c.ReceiveCrew(line=first.line, organization=thanked, word=Reception.PARKED, quantity=1)
    waiting = only(world.send(DESK, came), f.StandbyOffered)
    world.send(DESK, c.EndStandby(offer=waiting.offer))
    world.until(world.at + 2 * HOUR)
    world.close(first.demand, CloseReason.DONE_BY_OTHERS)


def crew(world: World, incident: IncidentId) -> LineId:
    """Overdue, a new time, overdue again, and somebody more is asked; it arrives after all."""
    near, *others = asked(world.demand(incident))
    for offer in others:
        world.no(offer, free_from=world.at + HOUR)
    assignment = world.at_work(near, minutes=10)
    world.wait(minutes=21)
    world.send("near", c.GiveNewTime(assignment=assignment, minutes=5))
    world.wait(minutes=22)
    world.send("near", c.Arrive(assignment=assignment))
    on_scene(world, assignment)
    return near.line


def by_hand(world: World, line: LineId) -> None:
    """The desk asks one more itself, who says yes to it and no to what is less urgent."""
    organization = only(row.id for row in organizations(world) if row.name == "far")
    incident = world.operation.lines[line].incident
    world.demand(incident, priority=3)
    world.wait(minutes=1)
    sent = world.send(DESK, c.AskByHand(line=line, organization=organization, reason=SEALED))
    world.yes(only(asked(sent)))
    passing = world.organization("passing", units=3, township=1)
    for word in (Reception.SENT_HOME, Reception.PARKED, Reception.TAKEN_ON):
        came = c.ReceiveCrew(line=line, organization=passing, word=word, quantity=1)
        world.send(DESK, came)


def mistakes(world: World, incident: IncidentId) -> None:
    """A step undone by who took it, another corrected by the desk, which then withdraws them."""
    offer = asked(world.demand(incident))[0]
    name = world.name(offer.organization)
    assignment: AssignmentId = world.at_work(offer)
    world.send(name, c.Arrive(assignment=assignment))
    world.send(name, c.UndoStep(assignment=assignment))
    world.send(name, c.ReportDone(assignment=assignment))
    world.wait(minutes=5)
    world.send(DESK, c.CorrectStep(assignment=assignment, step=Step.EN_ROUTE))
    instructed(world, incident, assignment)


def unmet(world: World, incident: IncidentId) -> None:
    """Nobody can be asked, still nobody, and then somebody becomes able."""
    world.demand(incident, skill="DRONE", priority=2)
    world.wait(minutes=6)
    world.organization("drones", skill="DRONE")
    world.wait(minutes=1)


def own_crew(world: World, incident: IncidentId) -> None:
    """The township does it itself, and then not."""
    line = only(world.demand(incident), f.DemandPublished).lines[0].line
    for units in (1, 0):
        world.send(DESK, c.SetOwnCrew(line=line, units=units))


# Recovery, and the end of an incident


def recovery() -> World:
    """A proposal and an open task lapse, claims end in each way, and the incident's key goes."""
    world = World()
    doer = world.organization("doer")
    incident = world.incident()
    tasks = [proposed(world, incident) for _ in range(3)]
    forgotten = proposed(world, incident)
    world.send(DESK, c.OpenTask(task=forgotten, domain=Domain.LIFE))
    world.send(DESK, c.OpenTask(task=tasks[0], domain=Domain.WORK))
    world.send(DESK, c.DropTask(task=tasks[0]))
    world.send(DESK, c.OpenTask(task=tasks[1], domain=Domain.LIFE))
    for actor, ending in (("doer", c.GiveBackTask), (DESK, c.TakeBackTask), (OWNER, None)):
        world.send("doer", c.ClaimTask(task=tasks[1], organization=doer))
        if ending is not None:
            world.send(actor, ending(task=tasks[1]))
    world.until(
        world.at + 31 * DAY
    )  # the claim runs out, the third proposal lapses; the fourth is asked about
    world.close_incident(incident)
    world.send(DESK, c.ClaimTask(task=tasks[1], organization=doer))
    world.send("doer", c.ReportTask(task=tasks[1]))
    world.send(COUNTY, c.VerifyTask(task=tasks[1]))
    world.send(COUNTY, c.ReopenIncident(incident=incident))
    world.until(world.at + 30 * DAY)  # and lapses
    world.close_incident(incident)
    world.wait(minutes=60)
    return world


def proposed(world: World, incident: IncidentId) -> TaskId:
    """The recovery task of a demand that was published and closed."""
    demand = only(world.demand(incident, skill="CATERING"), f.DemandPublished).demand
    task: TaskId = only(world.close(demand, CloseReason.EXPIRED_UNMET), f.TaskProposed).task
    return task


# The log itself


def resumed() -> World:
    """A live log whose machine was off for twenty minutes while somebody was awaited."""
    world = World(time_source=TimeSource.LIVE)
    for name in ("near", "far"):
        world.organization(name)
    incident = world.incident()
    first, _ = asked(world.demand(incident))
    world.at_work(first, minutes=10)
    world.demand(incident, target=2, priority=2)
    for name in "abcdefghijkl":
        world.organization(name, skill="CATERING", units=40)
    for _ in range(7):  # too many to give their time back to in one turn
        world.demand(incident, skill="CATERING", lines=20, priority=4)
    world.wait(minutes=1)
    world.demand(incident, priority=4)
    since, world.at = world.at + 30_000, world.at + 20 * MINUTE
    world.send(OWNER, c.Resume(number=world.operation.count("tick") + 1, since=since))
    world.wait(minutes=5)
    piece = Piece(kind=PieceKind.LINE, id=list(world.operation.lines)[-1])
    number = world.operation.count("tick") + 1
    world.send(OWNER, c.Tick(number=number, budget=1, aside=(piece,)))
    world.wait(minutes=5)
    return world


def moved() -> World:
    """A log that goes on in topics while an answer is awaited, and then in a folder again."""
    world = World()
    world.organization("near")
    world.demand(world.incident())
    world.refused(OWNER, c.ReceiveLog())
    world.refused(OWNER, c.ChangeRules(rules=1))
    for medium in (Medium.TOPICS, Medium.FILE):
        world.send(OWNER, c.MoveLog(medium=medium))
        world.send(OWNER, c.ReceiveLog())
        world.wait(minutes=5)
    return world


# The registry


def registry() -> World:
    """Organizations corrected, retired, merged and separated; certificates of every fate."""
    world = World()
    boats = world.organization("boats", skill="WATER", units=2, certificate=certificate())
    fraud = certificate(issuer="nobody", grade=1)
    other = world.organization("other boats", skill="WATER", township=1, certificate=fraud)
    world.demand(world.incident(), skill="WATER", grade=2)
    certificates(world, boats)
    people(world, boats, other)
    world.wait(minutes=10)
    return world


def certificates(world: World, boats: OrganizationId) -> None:
    """Lowered, withdrawn, recorded again; all of one issuer withdrawn; a person's grade refused."""
    lowered = certificate(grade=3, since="2025-08-01")
    world.send(STEWARD, c.RecordCertificate(organization=boats, certificate=lowered))
    issuer = lowered.issuer
    withdrawn = c.WithdrawCertificate(organization=boats, issuer=issuer, number="1")
    world.send(STEWARD, withdrawn)
    world.send(STEWARD, c.RecordCertificate(organization=boats, certificate=certificate()))
    world.send(STEWARD, c.WithdrawIssuer(issuer="nobody"))
    wrong = replace(certificate(), standard="应急救援员 三级")
    world.refused(STEWARD, c.RecordCertificate(organization=boats, certificate=wrong))


def organizations(world: World) -> list[Organization]:
    """Every entry of the registry, in the order of entering."""
    return list(world.area.registry.organizations.rows.values())


STORIES: dict[str, Callable[[], World]] = {
    "thread": thread,
    "late": late,
    "recovery": recovery,
    "resumed": resumed,
    "moved": moved,
    "registry": registry,
    "reach": reach,
}
