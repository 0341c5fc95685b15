"""The whole way of one demand, as facts."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.values import CloseReason, DeclineReason, Domain
from streams.parameters import HOUR
from tests.streams.world import COUNTY, DESK, START, World, asked, kinds, only


def test_one_declines_and_is_replaced_another_carries_it_through_recovery() -> None:
    world = World()
    for name, township in (("near", 0), ("far", 9), ("farther", 5), ("farthest", 14)):
        world.organization(name, township=township)
    incident = world.incident()

    # Given a demand at priority 4, two are asked at first: the nearest two.
    published = world.demand(incident, priority=4)
    assert kinds(published) == ["DemandPublished"]
    demand = only(published, f.DemandPublished).demand
    near, far = asked(world.wait(minutes=2))
    assert [world.name(offer.organization) for offer in (near, far)] == ["near", "far"]

    # When one declines, then the next nearest is asked in the same turn.
    answer = world.no(near)
    assert kinds(answer)[0] == "OfferDeclined"
    assert world.name(asked(answer)[0].organization) == "farther"

    # When that one accepts, then it is committed, the line is covered, the others are thanked.
    accepted = world.yes(far, minutes=30)
    assert kinds(accepted)[:3] == ["OfferAccepted", "AssignmentCommitted", "OfferStoodDown"]
    assignment = only(accepted, f.AssignmentCommitted).assignment

    # Its report from the end implies the steps that nobody reported.
    done = world.send("far", c.ReportDone(assignment=assignment))
    assert kinds(done) == ["AssignmentSetOff", "AssignmentArrived", "AssignmentReportedDone"]
    assert [fact.implied for fact in done[:2]] == [True, True]

    confirmed = world.send(DESK, c.ConfirmAssignment(assignment=assignment))
    assert kinds(confirmed) == ["AssignmentConfirmed", "AssignmentReleased"]

    # Closing proposes a recovery task; the incident's closing opens it.
    task = only(world.close(demand), f.TaskProposed)
    assert task.domain is Domain.PRODUCTION
    closing = world.send(COUNTY, c.CloseIncident(incident=incident))
    assert kinds(closing) == ["IncidentClosing", "TaskOpened", "IncidentClosed"]

    # Another party than the doer verifies it; an hour later nothing personal can be read.
    world.send("far", c.ClaimTask(task=task.task, organization=far.organization))
    world.send("far", c.ReportTask(task=task.task))
    verified = world.send(DESK, c.VerifyTask(task=task.task))
    assert kinds(verified) == ["TaskVerified", "KeyDestructionDue"]
    assert kinds(world.until(world.at + HOUR)) == ["KeyDestroyed"]


def test_silence_is_a_fact_and_the_next_is_asked() -> None:
    world = World()
    for name, township in (("near", 0), ("far", 5), ("farther", 9), ("farthest", 3)):
        world.organization(name, township=township)
    world.demand(world.incident(), priority=4)
    first, second = asked(world.wait(minutes=2))
    later = world.wait(minutes=61)
    silent = [fact.offer for fact in later if isinstance(fact, f.OfferExpired)]
    assert silent == sorted((first.offer, second.offer))
    replaced = {offer.organization for offer in asked(later)}
    assert len(replaced) == 2
    assert not replaced & {first.organization, second.organization}
    assert only(world.yes(first), f.OfferAccepted).late


def test_nobody_to_ask_is_said_and_somebody_who_comes_is_asked_at_the_next_tick() -> None:
    world = World()
    unmet = only(world.demand(world.incident()), f.LineUnmet)
    assert (unmet.missing, unmet.considered, unmet.gates) == (1, 0, ())
    world.at += 1_000
    world.organization("late comer")
    assert only(world.tick(), f.OfferSent).line == unmet.line


def test_a_demand_whose_only_team_never_answers_is_never_forgotten() -> None:
    """A1, over two days: whatever the team does or leaves undone, it is asked again and again."""
    world = World()
    near = world.organization("near")
    demand = only(world.demand(world.incident(), priority=2), f.DemandPublished).demand
    while world.at < START + 48 * HOUR:
        world.until(world.at + 12 * HOUR, f.OfferSent)
        line = world.operation.lines[world.operation.demands[demand].lines[0]]
        assert line.live_offers or line.wake_at is not None
    asks = [offer for taken in world.turns for offer in asked(taken.turn.facts)]
    assert {offer.organization for offer in asks} == {near}
    assert len(asks) >= 8


def test_a_whole_night_of_changing_one_s_mind_ends_with_everybody_free() -> None:
    """Given yes, no, gave up, late, standby and dropped, when all is closed, then no unit is held,
    nobody is asked, and whoever was thanked can be asked for the next one."""
    world = World()
    teams = [world.organization(name, units=2) for name in ("a", "b", "c")]
    incident = world.incident()
    two_lines = world.demand_command(incident, lines=2, priority=2)
    facts = world.send(DESK, replace(two_lines, risk_statement="桥面积水"))
    demand = only(facts, f.DemandPublished).demand
    offers = asked(facts)
    first = [offer for offer in offers if offer.line == offers[0].line]
    crew = world.at_work(first[0])
    world.no(offers[-1], reason=DeclineReason.TOO_FAR)
    world.send(world.name(first[0].organization), c.CannotComplete(assignment=crew))
    world.wait(minutes=6)
    world.yes(first[1])
    world.send(DESK, c.DropLine(line=offers[-1].line))
    world.close(demand, CloseReason.PARTLY_MET_ACCEPTED)
    world.wait(minutes=1)
    for team in teams:
        load = world.operation.load.get((team, "PUMP_DRAIN"))
        assert load is None or (load.committed, load.asked) == (0, (0, 0, 0, 0))
    again = asked(world.demand(incident, priority=2))
    assert {offer.organization for offer in again} == set(teams)
