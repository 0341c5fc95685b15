"""Who may do what: every command against every role, and everything else denied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.turns import OWNER
from schemas.values import (
    AccountId,
    Capability,
    Certificate,
    CloseReason,
    DeclineReason,
    DivisionCode,
    Domain,
    Medium,
    OrganizationId,
    Purpose,
    RegistrationClass,
    Role,
    TimeSource,
)
from streams.policy import ROLES, permit
from streams.rules import DECIDE
from tests.streams.world import (
    COUNTY,
    DESK,
    EXERCISE,
    STEWARD,
    WENZHOU,
    YONGJIA,
    World,
    divisions,
    kinds,
    only,
    townships,
)

COMMANDS = set(get_args(c.Command))
BY_OWNER = {c.OpenLog, c.MoveLog, c.ReceiveLog, c.Tick}
TOWNSHIP, SIBLING = (DivisionCode(code) for code in townships()[:2])
MINUTE = 60_000


def test_every_command_has_a_room_and_somebody_who_may_send_it() -> None:
    assert set(DECIDE) == COMMANDS
    assert set(ROLES) == COMMANDS - BY_OWNER
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
    "Tick": "RRRRRRRR",
    "GrantRole": ".RR---R-",
    "GrantRole to an organization": ".RR-R-R-",
    "EndGrant": ".RR---R-",
    "RegisterOrganization": ".RR---R-",
    "RecordCertificate": ".RR-R-R-",
    "SetCapacity": ".RR-.-R-",
    "SetDuty": ".RR-.-R-",
    "OpenIncident": "R..---R-",
    "JoinIncident": "R..---R-",
    "CloseIncident": "R.------",  # it is the county's, so for the township it is out of reach
    "PublishDemand": "R..---R-",  # its room refuses the county: see below
    "AmendDemand": "R..-R-R-",
    "CloseDemand": "R..-R-R-",
    "ReopenDemand": "R..-R-R-",
    "OpenSealedText": "R..-.-R-",
    "AcceptOffer": "R..-.-R-",
    "DeclineOffer": "R..-.-R-",
    "SetOff": "R..-.-R-",
    "Arrive": "R..-.-R-",
    "ReportDone": "R..-.-R-",
    "CannotComplete": "R..-.-R-",
    "ConfirmAssignment": "R..-R-R-",
    "OpenTask": "R..---R-",
    "DropTask": "R..---R-",
    "ClaimTask": "R..-.-R-",
    "ReportTask": "R..-.-R-",
    "VerifyTask": "R..-R-R-",
}


class Scene(NamedTuple):
    """A world with one of everything in one township, and a command about each."""

    world: World
    commands: dict[str, c.Command]

    def permit(self, actor: str, command: c.Command) -> Refusal | None:
        area = self.world.area
        return permit(area, area.operations[EXERCISE], AccountId(actor), command, self.world.at)


@pytest.fixture(scope="module")
def scene() -> Scene:
    world = World()
    world.grant("sibling", Role.DESK, division=SIBLING)
    world.grant("reviewer", Role.REVIEWER, division=TOWNSHIP)
    doer = world.organization("doer", units=3)
    world.organization("other", skill="CATERING", township=1)
    return Scene(world, dict(_commands(world, doer)))


def _commands(world: World, doer: OrganizationId) -> Iterator[tuple[str, c.Command]]:
    named = (*_registry_commands(world, doer), *_operation_commands(world, doer))
    for command in named:
        yield type(command).__name__, command
    yield (
        "GrantRole to an organization",
        c.GrantRole(account=AccountId("new"), role=Role.ORGANIZATION, organization=doer),
    )


def _registry_commands(world: World, doer: OrganizationId) -> Iterator[c.Command]:
    water = Certificate(skill="WATER", grade=1, valid_from=0, valid_until=None)
    pumps = (Capability(skill="PUMP_DRAIN", units=3),)
    yield c.OpenLog(
        purpose=Purpose.EXERCISE,
        time_source=TimeSource.GIVEN,
        area=WENZHOU,
        divisions=divisions().sha256,
        steward=AccountId("stranger"),
    )
    yield c.MoveLog(medium=Medium.TOPICS)
    yield c.ReceiveLog()
    yield c.GrantRole(account=AccountId("new"), role=Role.DESK, division=TOWNSHIP)
    yield c.EndGrant(account=DESK, role=Role.DESK)
    yield c.RegisterOrganization(
        name="new",
        registration_class=RegistrationClass.FILED,
        home=TOWNSHIP,
        place=divisions().seat(TOWNSHIP),
        capabilities=pumps,
        people=3,
    )
    yield c.RecordCertificate(organization=doer, certificate=water)
    yield c.SetCapacity(organization=doer, capabilities=pumps)
    yield c.SetDuty(organization=doer, on_duty=True)


def _operation_commands(world: World, doer: OrganizationId) -> Iterator[c.Command]:
    incident = world.incident()
    asked = world.demand_command(incident)
    facts = world.send(DESK, asked)
    demand, offer = only(facts, f.DemandPublished).demand, only(facts, f.OfferSent).offer
    accepted = world.send("doer", c.AcceptOffer(offer=offer, quantity=1))
    assignment = only(accepted, f.AssignmentCommitted).assignment
    proposed, claimed = _task(world, asked), _task(world, asked)
    world.send(DESK, c.OpenTask(task=claimed, domain=Domain.LIFE))
    world.send("doer", c.ClaimTask(task=claimed, organization=doer))
    yield c.Tick(number=world.area.operations[EXERCISE].count("tick") + 1)
    yield c.OpenIncident(hazard="typhoon", division=TOWNSHIP)
    yield c.JoinIncident(incident=incident, division=TOWNSHIP)
    yield c.CloseIncident(incident=incident)
    yield asked
    yield c.AmendDemand(
        demand=demand,
        revision=1,
        priority=1,
        place=asked.place,
        targets=(1,),
        lines=(),
        risk_statement="深水",
        rally_point="村委会",
    )
    yield c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=1)
    yield c.ReopenDemand(demand=demand, revision=1)
    yield c.OpenSealedText(demand=demand)
    yield c.AcceptOffer(offer=offer, quantity=1)
    yield c.DeclineOffer(offer=offer, reason=DeclineReason.OTHER)
    for step in (c.SetOff, c.Arrive, c.ReportDone, c.CannotComplete, c.ConfirmAssignment):
        yield step(assignment=assignment)
    yield c.OpenTask(task=proposed, domain=Domain.LIFE)
    yield c.DropTask(task=proposed)
    yield c.ClaimTask(task=proposed, organization=doer)
    yield c.ReportTask(task=claimed)
    yield c.VerifyTask(task=claimed)


def _task(world: World, asked: c.PublishDemand) -> Any:
    """A recovery task, proposed by closing a demand."""
    demand = only(world.send(DESK, asked), f.DemandPublished).demand
    met = c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=1)
    return only(world.send(DESK, met), f.TaskProposed).task


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
    command = scene.commands[kind.__name__]
    assert scene.permit(OWNER, command) is None


def test_the_owner_may_do_nothing_else(scene: Scene) -> None:
    for name, command in scene.commands.items():
        if type(command) not in BY_OWNER:
            assert scene.permit(OWNER, command) is Refusal.NOT_FOUND, name


def test_what_does_not_exist_looks_like_what_is_out_of_reach(scene: Scene) -> None:
    """Given ids that nobody has, then a sibling's refusal and everybody else's are the same."""
    for command in (
        c.CloseDemand(demand=_unknown(), reason=CloseReason.MET, revision=1),
        c.AcceptOffer(offer=_unknown(), quantity=1),
        c.SetOff(assignment=_unknown()),
        c.VerifyTask(task=_unknown()),
        c.CloseIncident(incident=_unknown()),
        c.SetDuty(organization=_unknown(), on_duty=True),
        c.EndGrant(account=_unknown(), role=Role.DESK),
    ):
        for actor in ACTORS:
            assert scene.permit(actor, command) is Refusal.NOT_FOUND


def _unknown() -> Any:
    return "nobody-has-this-id"


# Townships, their county, and delegates (Article 7)


def test_a_refusal_is_on_record_and_names_nothing() -> None:
    world = World()
    world.grant("sibling", Role.DESK, division=SIBLING)
    command = world.demand_command(world.incident())
    assert world.refused("sibling", command) is Refusal.NOT_FOUND
    assert world.turns[-1].turn.subjects == ()


def test_a_county_desk_publishes_for_no_township() -> None:
    world = World()
    command = world.demand_command(world.incident())
    assert world.refused(COUNTY, command) is Refusal.ROLE_MISSING


def test_a_county_desk_publishes_as_the_townships_recorded_delegate() -> None:
    world = World()
    command = world.demand_command(world.incident())
    world.grant(COUNTY, Role.DESK, division=TOWNSHIP)
    assert "DemandPublished" in kinds(world.send(COUNTY, command))
    sibling = world.demand_command(world.incident("earthquake"), township=1)
    assert world.refused(COUNTY, sibling) is Refusal.ROLE_MISSING


def test_a_delegation_ends_when_it_says() -> None:
    world = World()
    command = world.demand_command(world.incident())
    world.grant(COUNTY, Role.DESK, division=TOWNSHIP, until=world.at + 10 * MINUTE)
    world.wait(minutes=10)
    assert world.refused(COUNTY, command) is Refusal.ROLE_MISSING


def test_a_county_desk_publishes_its_own_demand() -> None:
    world = World()
    command = world.demand_command(world.incident())
    own = c.PublishDemand(
        incident=command.incident,
        kind=command.kind,
        priority=1,
        place=divisions().seat(YONGJIA),
        lines=command.lines,
        risk_statement=command.risk_statement,
        rally_point=command.rally_point,
    )
    assert "DemandPublished" in kinds(world.send(COUNTY, own))
    assert world.refused(DESK, own) is Refusal.NOT_FOUND


# Grants and their ends


def test_a_grant_holds_until_its_last_millisecond() -> None:
    world = World()
    world.grant("guest", Role.DESK, division=TOWNSHIP, until=world.at + MINUTE)
    command = world.demand_command(world.incident())
    world.at += MINUTE - 1
    world.send("guest", command)
    world.at += 1
    assert world.refused("guest", command) is Refusal.NOT_FOUND


def test_an_expired_grant_permits_nothing(scene: Scene) -> None:
    """Given every role with its end in the past, then an account is a stranger again."""
    world = scene.world
    soon = world.at + 1
    for role in (Role.STEWARD, Role.DESK, Role.REVIEWER):
        world.grant("late", role, division=TOWNSHIP, until=soon)
    area, operation = world.area, world.area.operations[EXERCISE]
    for name, command in scene.commands.items():
        before = permit(area, operation, AccountId("late"), command, soon - 1)
        after = permit(area, operation, AccountId("late"), command, soon)
        if type(command) not in BY_OWNER:
            assert after is Refusal.NOT_FOUND, name
            assert name == "CloseIncident" or before is None, name


def test_an_ended_grant_permits_nothing_and_others_stay() -> None:
    world = World()
    world.grant("both", Role.DESK, division=TOWNSHIP)
    world.grant("both", Role.STEWARD, division=TOWNSHIP)
    incident = world.incident()
    world.send(STEWARD, c.EndGrant(account=AccountId("both"), role=Role.DESK))
    assert world.refused("both", world.demand_command(incident)) is Refusal.ROLE_MISSING
    world.send(STEWARD, c.EndGrant(account=AccountId("both"), role=Role.STEWARD))
    assert world.refused("both", world.demand_command(incident)) is Refusal.NOT_FOUND


def test_what_was_ended_can_be_granted_again() -> None:
    world = World()
    command = world.demand_command(world.incident())
    world.send(STEWARD, c.EndGrant(account=DESK, role=Role.DESK))
    assert world.refused(DESK, command) is Refusal.NOT_FOUND
    world.grant(DESK, Role.DESK, division=TOWNSHIP)
    assert "DemandPublished" in kinds(world.send(DESK, command))


def test_a_countys_steward_reaches_its_county_alone() -> None:
    world = World()
    world.grant("steward of Yongjia", Role.STEWARD, division=YONGJIA)
    inside = c.GrantRole(account=AccountId("new"), role=Role.DESK, division=SIBLING)
    beyond = c.GrantRole(account=AccountId("new"), role=Role.DESK, division=DivisionCode("330302"))
    above = c.GrantRole(account=AccountId("new"), role=Role.DESK, division=DivisionCode(WENZHOU))
    world.send("steward of Yongjia", inside)
    for command in (beyond, above):
        assert world.refused("steward of Yongjia", command) is Refusal.NOT_FOUND


def test_a_countys_steward_ends_no_grant_beyond_its_county() -> None:
    world = World()
    elsewhere = DivisionCode("330302")
    world.grant("steward of Yongjia", Role.STEWARD, division=YONGJIA)
    world.grant("of both", Role.DESK, division=TOWNSHIP)
    world.grant("of both", Role.DESK, division=elsewhere)
    end = c.EndGrant(account=AccountId("of both"), role=Role.DESK)
    world.take(world.envelope("steward of Yongjia", end))
    held = world.area.registry.grants[AccountId("of both")]
    assert elsewhere in {grant.division for grant in held}


@pytest.mark.parametrize(
    "scope",
    [
        {"role": Role.DESK},
        {"role": Role.ORGANIZATION, "division": TOWNSHIP},
        {"role": Role.ORGANIZATION},
        {"role": Role.DESK, "division": TOWNSHIP, "until": 1},
    ],
)
def test_a_grant_without_a_fitting_scope_is_refused(scope: dict[str, Any]) -> None:
    world = World()
    command = c.GrantRole(account=AccountId("new"), **scope)
    assert world.refused(STEWARD, command) is Refusal.GRANT_UNFIT


def test_who_speaks_for_whom_is_marked() -> None:
    """Given the organization's own word and the desk's, then only the latter is by phone."""
    world = World()
    for name in ("near", "far"):
        world.organization(name)
    facts = world.demand(world.incident(), target=2)
    names = {key: item.name for key, item in world.area.registry.organizations.rows.items()}
    one, other = (fact for fact in facts if isinstance(fact, f.OfferSent))
    own = world.send(names[one.organization], c.AcceptOffer(offer=one.offer, quantity=1))
    phone = world.send(DESK, c.AcceptOffer(offer=other.offer, quantity=1))
    assert not only(own, f.OfferAccepted).by_desk
    assert only(phone, f.OfferAccepted).by_desk
