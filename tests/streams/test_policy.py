"""Who may do what: every command against every role, and everything else denied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.instruction_values import InstructionKind, Zone
from schemas.refusals import Refusal
from schemas.turns import DELIVERY, OWNER, PLANNER
from schemas.values import (
    AccountId,
    Capability,
    CloseReason,
    DemandId,
    DivisionCode,
    Domain,
    Medium,
    OpeningReason,
    OrganizationId,
    Reception,
    RegistrationClass,
    Role,
)
from streams.policy import ROLES, permit
from streams.present import Present
from streams.rules import DECIDE
from tests.streams import access
from tests.streams.about_nothing import about_nothing, unknown
from tests.streams.crew_commands import answers, on_the_scene
from tests.streams.plans import plan
from tests.streams.state_batches import batches, opening
from tests.streams.state_hand_ups import handing
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    STEWARD,
    World,
    as_draft,
    asked,
    certificate,
    divisions,
    only,
    townships,
)

COMMANDS = set(get_args(c.Command))
BY_OWNER = {c.OpenLog, c.MoveLog, c.ReceiveLog, c.ChangeRules, c.Tick, c.Resume, c.UseLink}
BY_DELIVERY = {c.RecordReach, c.RestoreReach}
BY_PLANNER = {c.ProposePlan}
BROUGHT = {c.AcceptOffer, c.DeclineOffer}  # of somebody who has answered a message
TOWNSHIP, SIBLING = (DivisionCode(code) for code in townships()[:2])


def test_every_command_has_a_room_and_somebody_who_may_send_it() -> None:
    assert set(DECIDE) == COMMANDS
    assert set(ROLES) == COMMANDS - BY_OWNER - BY_DELIVERY - BY_PLANNER
    assert all(ROLES.values())


# The table: every command about a subject in one township, every kind of actor

ACTORS = (STEWARD, COUNTY, DESK, "sibling", "doer", "other", "reviewer", "stranger")
OUTCOMES = {".": None, "R": Refusal.ROLE_MISSING, "-": Refusal.NOT_FOUND}

#   steward of the area, desk of the county, of the township, of its sibling; the organization
#   it is about, another one; reviewer of the township; nobody
TABLE = {
    "OpenLog": "RRRRRRRR",
    "MoveLog": "RRRRRRRR",
    "ReceiveLog": "RRRRRRRR",
    "ChangeRules": "RRRRRRRR",
    "Tick": "RRRRRRRR",
    "Resume": "RRRRRRRR",
    "RecordReach": "RRRRRRRR",  # the messenger's, which is nobody's account
    "RestoreReach": "RRRRRRRR",
    "ProposePlan": "RRRRRRRR",  # the planner's, which is nobody's account either
    "GrantRole to an organization": ".RR-R-R-",
    **access.TABLE,
    "RegisterOrganization": ".RR---R-",
    "CorrectOrganization": ".RR-R-R-",
    "RetireOrganization": ".RR-R-R-",
    "ReinstateOrganization": ".RR-R-R-",
    "MergeOrganizations": ".RR-R-R-",
    "SeparateOrganizations": ".RR-R-R-",
    "RecordCertificate": ".RR-R-R-",
    "WithdrawCertificate": ".RR-R-R-",
    "WithdrawIssuer": ".-------",  # it concerns the whole area
    "SetCapacity": ".RR-.-R-",
    "SetDuty": ".RR-.-R-",
    "SetHours": ".RR-.-R-",
    "RecordSafeguards": "....R-R-",  # every desk of its county may be the one that asks it
    "SetEnrollment": ".RR-.-R-",
    "OpenIncident": "R..---R-",
    "JoinIncident": "R..---R-",
    "CloseIncident": "R.------",  # it is the county's, so for the township it is out of reach
    "ReopenIncident": "R.------",
    "InstructIncident": "R.------",  # as who may close it
    "CloseZone": "R.------",
    "LiftFromIncident": "R.------",
    "TakeShift": "R..---R-",  # and the rule asks for that very desk
    "HandOverShift": "R..---R-",
    "OpenShiftNote": "R..---R-",
    "PublishDemand": "R..---R-",  # the county as the township's substitute, on record
    "DraftDemand": "R..---R-",
    "PublishDraft": "R..---R-",  # the county in its place, on record
    "ReportNeed": "RRR---R-",  # its village's committee; a desk drafts
    "AmendDemand": "R..---R-",  # an organization has its requests and its work, no demands
    "AmendDemand of what was moved": "R.R.--R-",  # the sender sees it, and no more
    "CloseDemand": "R..---R-",
    "ReopenDemand": "R..---R-",
    "CloseDemands": "R..---R-",
    "ReopenDemands": "R..---R-",
    "VoidDemands": "R..---R-",
    "OpenTasks": "R..---R-",
    "UndoBatch": "R..---R-",
    "GroupDemands": "R..---R-",
    "UngroupDemands": "R..---R-",
    "RefileDemand": "R..---R-",
    "TakeBackDemand": "R..---R-",  # the sender's; for the receiver there is nothing to take back
    "KeepDemand": "R..---R-",
    "HoldDemand": "R..---R-",
    "ResumeDemand": "R..---R-",
    "HandUpDemand": "R..---R-",
    "TakeOnDemand": "R.R---R-",  # the county's desk; the township sees it, and no more
    "GiveBackDemand": "R..---R-",  # the township's, too, until the county has taken it on
    "NoteDemand": "R..---R-",
    "MakeAppeal": "R..---R-",
    "EndAppeal": "R..---R-",
    "NoteDemand of what was moved": "R...--R-",  # a note of the sender's too
    "DropLine": "R..---R-",
    "SetOwnCrew": "R..---R-",
    "OpenSealedText": "R..-.-R-",
    "ShowPersons": "R..-R-R-",
    "AskByHand": "R..---R-",
    "ReceiveCrew": "R..---R-",
    "AcceptOffer": "R..-.-R-",
    "DeclineOffer": "R..-.-R-",
    "CounterOffer": "R..-.-R-",
    "TakeStandby": "R..-R-R-",
    "EndStandby": "R..-R-R-",
    "OfferHelp": "RRR-.-R-",
    "ReceiveHelpers": "R..---R-",
    "EndHelpers": "R..---R-",
    "RelieveCrew": "R..---R-",
    "KeepCrewOn": "R..-.-R-",
    "SetOff": "R..-.-R-",
    "Arrive": "R..-.-R-",
    "ReportDone": "R..-.-R-",
    "CannotComplete": "R..-.-R-",
    "CheckIn": "R..-.-R-",
    "CountHeads": "R..-.-R-",
    "SeeWords": "R..-.-R-",
    "ReportFromScene": "R..-.-R-",
    "AnswerReport": "R..-R-R-",
    "InstructCrew": "R..-R-R-",
    "AcknowledgeInstruction": "R..-.-R-",
    **dict.fromkeys(("TellBeside", "LetStay"), "R..-R-R-"),
    "LiftFromCrew": "R..-R-R-",
    "StandDownCrew": "R..-R-R-",
    "GiveNewTime": "R..-.-R-",
    "UndoStep": "R..-.-R-",
    "CorrectStep": "R..-R-R-",
    "ConfirmAssignment": "R..-R-R-",
    "OpenTask": "R..---R-",
    "DropTask": "R..---R-",
    "ClaimTask": "R..-.-R-",
    "GiveBackTask": "R..-.-R-",
    "TakeBackTask": "R..-R-R-",
    "ReportTask": "R..-.-R-",
    "VerifyTask": "R..-R-R-",
}


class Scene(NamedTuple):
    """A world with one of everything in one township, and a command about each."""

    world: World
    commands: dict[str, c.Command]

    def permit(self, actor: str, command: c.Command) -> Refusal | None:
        known = Present(self.world.area, self.world.operation)
        return permit(known, AccountId(actor), command, self.world.at)


@pytest.fixture(scope="module")
def scene() -> Scene:
    world = World()
    world.grant("sibling", Role.DESK, division=SIBLING)
    world.grant("reviewer", Role.REVIEWER, division=TOWNSHIP)
    doer = world.organization("doer", units=3)
    world.organization("other", skill="CATERING", township=1)
    return Scene(world, dict(_commands(world, doer)))


def _commands(world: World, doer: OrganizationId) -> Iterator[tuple[str, c.Command]]:
    grant = c.GrantRole(account=AccountId("new"), role=Role.ORGANIZATION, organization=doer)
    yield "GrantRole to an organization", grant
    for command in _registry_commands(world, doer):
        yield type(command).__name__, command
    yield from _operation_commands(world, doer)


def _registry_commands(world: World, doer: OrganizationId) -> Iterator[c.Command]:
    pumps = (Capability(skill="PUMP_DRAIN", units=3),)
    yield replace(world.sent[0].command, steward=AccountId("stranger"))
    yield c.MoveLog(medium=Medium.TOPICS)
    yield c.ReceiveLog()
    yield c.ChangeRules(rules=2)
    yield from access.commands(DESK, TOWNSHIP)
    yield c.RegisterOrganization(
        name="new",
        registration_class=RegistrationClass.FILED,
        home=TOWNSHIP,
        place=divisions().seat(TOWNSHIP),
        capabilities=pumps,
        people=3,
    )
    yield world.entry(doer)
    for act in (c.RetireOrganization, c.ReinstateOrganization):
        yield act(organization=doer)
    yield c.MergeOrganizations(organization=doer, merged=unknown())
    yield c.SeparateOrganizations(merged=doer)
    yield c.RecordCertificate(organization=doer, certificate=certificate())
    yield c.WithdrawCertificate(organization=doer, issuer="issuer", number="1")
    yield c.WithdrawIssuer(issuer="issuer")
    yield c.SetCapacity(organization=doer, capabilities=pumps)
    yield c.SetDuty(organization=doer, on_duty=True)
    yield c.SetHours(organization=doer, hours=(), leaves=())
    yield c.RecordSafeguards(organization=doer, adults_only=True, insured_through=None)
    yield c.SetEnrollment(organization=doer, enrolled=True)
    yield c.RestoreReach(organizations=(doer,))


def _operation_commands(world: World, doer: OrganizationId) -> Iterator[tuple[str, c.Command]]:
    incident = world.incident()
    number = world.operation.count("tick") + 1
    published = world.demand_command(incident)
    for command in (
        c.Tick(number=number),
        c.Resume(number=number, since=0),
        c.OpenIncident(hazard="typhoon", division=TOWNSHIP),
        c.JoinIncident(incident=incident, division=TOWNSHIP),
        c.TakeShift(division=TOWNSHIP),
        c.HandOverShift(division=TOWNSHIP),
        c.OpenShiftNote(division=TOWNSHIP),
        c.CloseIncident(incident=incident),
        c.ReopenIncident(incident=incident),
        c.InstructIncident(incident=incident, what=InstructionKind.STOP),
        c.CloseZone(incident=incident, zone=Zone(place=published.place, radius=100)),
        c.LiftFromIncident(incident=incident, instruction=unknown()),
        published,
        as_draft(published),
        world.need_command(incident),
        *_demand_commands(world, published, doer),
        *_task_commands(world, published, doer),
    ):
        yield type(command).__name__, command
    draft = only(world.send(DESK, as_draft(published))).demand
    yield "PublishDraft", c.PublishDraft(demand=draft, revision=1)
    moved = only(world.send(DESK, published), f.DemandPublished).demand
    world.amend(moved, place=divisions().seat(SIBLING))
    yield "TakeBackDemand", c.TakeBackDemand(demand=moved, revision=2)
    yield "AmendDemand of what was moved", _amendment(moved)
    yield "NoteDemand of what was moved", c.NoteDemand(demand=moved, text=SEALED)


def _amendment(demand: DemandId) -> c.AmendDemand:
    return c.AmendDemand(
        demand=demand,
        revision=1,
        priority=1,
        targets=(1,),
        lines=(),
        risk_statement="深水",
        rally_point="村委会",
    )


def _demand_commands(
    world: World, published: c.PublishDemand, doer: OrganizationId
) -> Iterator[c.Command]:
    offer = only(asked(world.send(DESK, published)))
    assignment = world.at_work(offer)
    yield from (_amendment(offer.demand), c.ReopenDemand(demand=offer.demand, revision=1))
    yield c.CloseDemand(demand=offer.demand, reason=CloseReason.MET, revision=1)
    yield c.RefileDemand(demand=offer.demand, revision=1, incident=published.incident)
    several = (offer.demand,)
    yield c.CloseDemands(division=TOWNSHIP, demands=several, reason=CloseReason.UNFOUNDED)
    yield c.ReopenDemands(division=TOWNSHIP, demands=several)
    yield from batches(published.incident, TOWNSHIP, several)
    yield c.GroupDemands(division=TOWNSHIP, leader=offer.demand, demands=several)
    yield c.UngroupDemands(division=TOWNSHIP, demands=several)
    yield c.HoldDemand(demand=offer.demand, question="桥？")
    words = (c.KeepDemand, c.ResumeDemand, c.EndAppeal)
    yield from (word(demand=offer.demand) for word in words)
    yield from (*handing(offer.demand), c.NoteDemand(demand=offer.demand, text=SEALED))
    yield c.MakeAppeal(demand=offer.demand, revision=1)
    yield from (c.DropLine(line=offer.line), c.SetOwnCrew(line=offer.line, units=1))
    yield c.OpenSealedText(demand=offer.demand, reason=OpeningReason.CALLING)
    yield c.AskByHand(line=offer.line, organization=doer, reason=SEALED)
    yield c.RelieveCrew(assignment=assignment, organization=doer, reason=SEALED)
    yield c.ReceiveCrew(line=offer.line, organization=doer, word=Reception.PARKED, quantity=1)
    yield from answers(offer.offer)
    yield c.OfferHelp(line=offer.line, organization=doer, quantity=1)
    yield c.ReceiveHelpers(demand=offer.demand, people=4, word=Reception.PARKED, contact=SEALED)
    ended = c.EndHelpers(demand=offer.demand, helpers=unknown())
    yield from (ended, c.RecordReach(unreachable=(offer.offer,)), plan(offer.line, doer))
    steps = (c.SetOff, c.Arrive, c.ReportDone, c.CannotComplete, c.UndoStep, c.ConfirmAssignment)
    yield from (step(assignment=assignment) for step in steps)
    yield from on_the_scene(assignment)


def _task_commands(
    world: World, published: c.PublishDemand, doer: OrganizationId
) -> Iterator[c.Command]:
    proposed, claimed = _task(world, published), _task(world, published)
    world.send(DESK, c.OpenTask(task=claimed, domain=Domain.LIFE))
    world.send("doer", c.ClaimTask(task=claimed, organization=doer))
    yield c.OpenTask(task=proposed, domain=Domain.LIFE)
    yield c.DropTask(task=proposed)
    yield opening(published.incident, TOWNSHIP, (proposed,))
    yield c.ClaimTask(task=proposed, organization=doer)
    for command in (c.GiveBackTask, c.TakeBackTask, c.ReportTask, c.VerifyTask):
        yield command(task=claimed)


def _task(world: World, published: c.PublishDemand) -> Any:
    """A recovery task, proposed by closing a demand."""
    demand = only(world.send(DESK, published), f.DemandPublished).demand
    return only(world.close(demand), f.TaskProposed).task


@pytest.mark.parametrize("number", range(len(ACTORS)), ids=ACTORS)
@pytest.mark.parametrize("name", list(TABLE))
def test_every_command_is_for_whom_the_table_says(scene: Scene, name: str, number: int) -> None:
    outcome = OUTCOMES[TABLE[name][number]]
    assert scene.permit(ACTORS[number], scene.commands[name]) is outcome


def test_the_table_has_every_command(scene: Scene) -> None:
    assert {type(command) for command in scene.commands.values()} == COMMANDS
    assert set(scene.commands) == set(TABLE)


@pytest.mark.parametrize("kind", sorted(BY_OWNER, key=str))
def test_only_the_log_s_owner_opens_it_moves_it_and_ticks(scene: Scene, kind: type[Any]) -> None:
    assert scene.permit(OWNER, scene.commands[kind.__name__]) is None


def test_the_owner_may_do_nothing_else(scene: Scene) -> None:
    for name, command in scene.commands.items():
        if type(command) not in BY_OWNER | BY_DELIVERY | BY_PLANNER:
            assert scene.permit(OWNER, command) is Refusal.NOT_FOUND, name


def test_only_the_messenger_says_whom_it_has_reached_and_brings_answers(scene: Scene) -> None:
    for name, command in scene.commands.items():
        permitted = type(command) in BY_DELIVERY | BROUGHT
        expected = None if permitted else Refusal.ROLE_MISSING
        assert scene.permit(DELIVERY, command) is expected, name
    for kind in BY_DELIVERY:
        assert scene.permit(OWNER, scene.commands[kind.__name__]) is Refusal.ROLE_MISSING


def test_only_the_planner_proposes_plans_and_it_does_nothing_else(scene: Scene) -> None:
    for name, command in scene.commands.items():
        expected = None if type(command) in BY_PLANNER else Refusal.ROLE_MISSING
        assert scene.permit(PLANNER, command) is expected, name
    for actor in (OWNER, DELIVERY):
        assert scene.permit(actor, scene.commands["ProposePlan"]) is Refusal.ROLE_MISSING


def test_what_does_not_exist_looks_like_what_is_out_of_reach(scene: Scene) -> None:
    """Given ids that nobody has, then a sibling's refusal and everybody else's are the same."""
    for command in about_nothing():
        for actor in ACTORS:
            assert scene.permit(actor, command) is Refusal.NOT_FOUND


@pytest.mark.parametrize("role", [Role.STEWARD, Role.DESK, Role.REVIEWER])
def test_an_expired_grant_permits_nothing(scene: Scene, role: Role) -> None:
    """Given a role whose end has passed, then its account is a stranger again."""
    world, late = scene.world, AccountId(f"late {role}")
    soon = world.at + 1
    world.grant(late, role, division=TOWNSHIP, until=soon)
    known = Present(world.area, world.operation)
    permitted = 0
    for name, command in scene.commands.items():
        if type(command) not in BY_OWNER | BY_DELIVERY | BY_PLANNER:
            own = type(command) is c.ConfirmAccess  # of a link for themselves, whoever they are
            permitted += not own and permit(known, late, command, soon - 1) is None
            assert permit(known, late, command, soon) is Refusal.NOT_FOUND, name
    assert bool(permitted) is (role is not Role.REVIEWER)
