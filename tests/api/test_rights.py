"""Rights at the door: from the board's rows, and never other than the rules'."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from api.live import Feed
from api.people.rights import Shown, refused
from schemas import commands as c
from schemas.facts import OfferSent
from schemas.helpers import HelpersId
from schemas.turns import REGISTRY
from schemas.values import (
    AccountId,
    AssignmentId,
    DemandId,
    IncidentId,
    OpeningReason,
    OrganizationId,
    Reception,
    Role,
    Sealed,
    TaskId,
)
from schemas.views import Change, Removed
from streams import board
from streams.area import Area
from streams.engines import Published
from streams.policy import BY_OWNER, permit
from streams.present import Present
from tests.streams.play import Play
from tests.streams.state_hand_ups import handing
from tests.streams.world import COUNTY, DESK, EXERCISE, World, divisions, only, townships

STEPS = 260
PAIRS = 4_000
REASON = Sealed(key="k", nonce="n", ciphertext="c")


def fed(world: World) -> Feed:
    """The board as a server has it: turn by turn."""
    feed = Feed(divisions(), world.area.id)
    for taken in world.turns:
        feed.apply([published(world, taken.turn.sequence, taken.changes)])
    return feed


def published(world: World, sequence: int, changes: tuple[Change, ...]) -> Published:
    return Published(world.area.id, sequence, world.at, changes)


@pytest.fixture(scope="module", params=[1, 2, 3])
def played(request: pytest.FixtureRequest) -> World:
    """A world with a history, and with some of what the door must tell apart."""
    play = Play(request.param)
    world = play.run(STEPS)
    world.grant("brief", Role.DESK, division=world.township, until=world.at + 60_000)
    world.grant("both", Role.REVIEWER, division=world.township)
    world.grant("both", Role.DESK, division=townships()[3])
    world.wait(minutes=2)
    return world


def about(world: World) -> list[c.Command]:
    """A command about everything there is, and about what there is not."""
    operation = world.operation
    commands = [envelope.command for envelope in world.sent]
    commands += [
        c.OpenSealedText(demand=id, reason=OpeningReason.CHECKING) for id in operation.demands
    ]
    commands += [c.MakeAppeal(demand=id, revision=1) for id in operation.demands]
    commands += [c.EndAppeal(demand=id) for id in operation.demands]
    commands += [c.NoteDemand(demand=id, text=REASON) for id in operation.demands]
    commands += [
        c.ReceiveHelpers(demand=id, people=4, word=Reception.PARKED, contact=REASON)
        for id in operation.demands
    ]
    commands += [c.EndHelpers(demand=id, helpers=HelpersId("none")) for id in operation.demands]
    commands += [
        c.RefileDemand(demand=id, revision=1, incident=row.incident)
        for id, row in operation.demands.rows.items()
    ]
    commands += [c.TakeBackDemand(demand=id, revision=1) for id in operation.demands]
    commands += [one for id in operation.demands for one in handing(id)]
    commands += [c.KeepDemand(demand=id) for id in operation.demands]
    commands += [c.ResumeDemand(demand=id) for id in operation.demands]
    commands += [c.PublishDraft(demand=id, revision=1) for id in operation.demands]
    for division in {row.place.division: None for row in operation.demands.rows.values()}:
        for named in ([id] for id in operation.demands), [tuple(operation.demands)[:5]]:
            commands += [c.ReopenDemands(division=division, demands=tuple(ids)) for ids in named]
            commands += [c.UngroupDemands(division=division, demands=tuple(ids)) for ids in named]
        commands += [
            c.GroupDemands(division=division, leader=leader, demands=(id,))
            for leader in tuple(operation.demands)[:3]
            for id in operation.demands
        ]
    commands += [c.ShowPersons(offer=id) for id in operation.offers]
    commands += [c.CounterOffer(offer=id, quantity=1, minutes=90) for id in operation.offers]
    commands += [c.TakeStandby(offer=id) for id in operation.offers]
    commands += [c.EndStandby(offer=id) for id in operation.offers]
    commands += [c.UndoStep(assignment=id) for id in operation.assignments]
    commands += [c.GiveBackTask(task=id) for id in operation.tasks]
    commands += [c.ReopenIncident(incident=id) for id in operation.incidents]
    commands += [c.RetireOrganization(organization=id) for id in world.area.registry.organizations]
    commands += asked(world)
    commands += [c.EndGrant(account=id, role=role) for id in actors(world) for role in Role]
    commands += [c.EndSessions(account=id, role=role) for id in actors(world) for role in Role]
    commands += [
        c.CloseIncident(incident=IncidentId("none")),
        c.OpenSealedText(demand=DemandId("none"), reason=OpeningReason.CALLING),
        c.SetOff(assignment=AssignmentId("none")),
        c.DropTask(task=TaskId("none")),
        c.SetDuty(organization=OrganizationId("none"), on_duty=True),
        c.SetHours(organization=OrganizationId("none"), hours=(), leaves=()),
        c.RecordSafeguards(
            organization=OrganizationId("none"), adults_only=True, insured_through=None
        ),
        c.SetEnrollment(organization=OrganizationId("none"), enrolled=True),
        c.WithdrawIssuer(issuer="x"),
    ]
    return [command for command in commands if not isinstance(command, BY_OWNER)]


def asked(world: World) -> Iterator[c.Command]:
    for line in world.operation.lines:
        yield c.DropLine(line=line)
        yield c.SetOwnCrew(line=line, units=1)
        for organization in world.area.registry.organizations:
            yield c.AskByHand(line=line, organization=organization, reason=REASON)
            yield c.OfferHelp(line=line, organization=organization, quantity=1)
            yield c.ReceiveCrew(
                line=line, organization=organization, word=Reception.PARKED, quantity=1
            )


def actors(world: World) -> list[AccountId]:
    return [*world.area.registry.grants, AccountId("stranger")]


def of_the_rules(area: Area, actor: AccountId, command: c.Command, at: int) -> str | None:
    operation = None if isinstance(command, c.RegistryCommand) else area.operation(EXERCISE)
    return permit(Present(area, operation), actor, command, at)


def test_the_door_says_what_the_rules_say(played: World) -> None:
    """For whoever, about whatever, in a world that was played: the same answer."""
    feed, random, told = fed(played), Random(7), set()
    commands, people = about(played), actors(played)
    for _ in range(PAIRS):
        actor, command = random.choice(people), random.choice(commands)
        operation = REGISTRY if isinstance(command, c.RegistryCommand) else EXERCISE
        at_the_door = refused(feed, operation, actor, command, played.at)
        assert at_the_door == of_the_rules(played.area, actor, command, played.at), command
        told.add(at_the_door)
    assert len(told) == 3, "some may, some lack the role, for some it does not exist"


def test_every_turn_that_was_refused_for_lack_of_right_would_have_been_at_the_door() -> None:
    """Step by step: what the board shows after each turn is what the next one is judged by."""
    play = Play(4)
    feed, world = Feed(divisions(), play.world.area.id), play.world
    heard, compared = 0, 0

    def look() -> None:
        nonlocal heard, compared
        for taken in world.turns[heard:]:
            feed.apply([published(world, taken.turn.sequence, taken.changes)])
        heard = len(world.turns)
        for command in about(world)[-40:]:
            for actor in (DESK, COUNTY, AccountId("stranger")):
                operation = REGISTRY if isinstance(command, c.RegistryCommand) else EXERCISE
                at_the_door = refused(feed, operation, actor, command, world.at)
                assert at_the_door == of_the_rules(world.area, actor, command, world.at)
                compared += 1

    play.watch = look
    play.run(60)
    assert compared > 1_000


def test_who_works_where_is_known_without_a_search(played: World) -> None:
    feed = fed(played)
    shown, present = Shown(feed, EXERCISE), Present(played.area, played.operation)
    for demand in played.operation.demands:
        for organization in played.area.registry.organizations:
            expected = present.works_on(organization, demand)
            assert shown.works_on(organization, demand) == expected
    for incident in played.operation.incidents:
        live = [
            row.id
            for row in played.operation.assignments.rows.values()
            if row.incident == incident and row.live
        ]
        assert feed.known.live_in(incident) == sorted(live)


def test_another_operations_things_are_unknown(played: World) -> None:
    feed = fed(played)
    elsewhere, demand = Shown(feed, REGISTRY), next(iter(played.operation.demands))
    line = played.operation.demands[demand].lines[0]
    assert Shown(feed, EXERCISE).line(line) == demand
    assert elsewhere.demand(demand) is None
    assert elsewhere.line(line) is None


def test_a_board_that_starts_late_knows_the_same(played: World) -> None:
    """From a page of all rows, in any order, as a cluster's board hands them over."""
    rows = list(board.everything(played.area))
    Random(3).shuffle(rows)
    late = Feed(divisions(), played.area.id)
    late.apply([published(played, 1, tuple(rows))])
    feed, random = fed(played), Random(9)
    commands, people = about(played), actors(played)
    for _ in range(PAIRS // 4):
        actor, command = random.choice(people), random.choice(commands)
        operation = REGISTRY if isinstance(command, c.RegistryCommand) else EXERCISE
        here, there = (refused(each, operation, actor, command, played.at) for each in (feed, late))
        assert here == there


def test_what_has_left_the_board_is_unknown() -> None:
    world = World()
    team = world.organization("team")
    offer = only(world.demand(world.incident()), OfferSent)
    world.send("team", c.AcceptOffer(offer=offer.offer, quantity=1))
    feed = fed(world)
    [crew] = world.operation.assignments.rows.values()
    assert feed.known.works_on(team, crew.demand)
    gone = [("assignment", crew.id), ("demand", crew.demand), ("organization", team)]
    removals = tuple(Removed(kind=kind, id=id) for kind, id in gone)
    feed.apply([published(world, feed.sequence + 1, removals)])
    assert not feed.known.works_on(team, crew.demand)
    assert feed.known.live_in(crew.incident) == []
    assert feed.known.demand_of(crew.line) is None
    assert Shown(feed, EXERCISE).home(team) is None
