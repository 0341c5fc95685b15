"""The township's own crew: it covers, lets others go, and where it stops others are asked."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DemandId, DivisionCode, LineId, Role
from streams.area import Area
from streams.entities import OfferState
from streams.verify import verify
from tests.streams.world import DESK, WENZHOU, World, asked, divisions, only, townships


def scene(target: int = 2) -> tuple[World, LineId, DemandId]:
    world = World()
    world.organization("a", units=2)
    posted = world.demand(world.incident(), target=target)
    fact = only(posted, f.DemandPublished)
    return world, fact.lines[0].line, fact.demand


def own(line: LineId, units: int) -> c.SetOwnCrew:
    return c.SetOwnCrew(line=line, units=units)


def test_it_covers_the_line_and_lets_whoever_is_asked_go() -> None:
    world, line, _ = scene()
    world.send(DESK, own(line, 2))
    world.wait(minutes=0)
    assert world.operation.lines[line].covered == 2
    [offer] = world.operation.offers.rows.values()
    assert offer.state is OfferState.STOOD_DOWN
    assert asked(world.wait(minutes=60)) == []


def test_for_what_it_leaves_others_are_asked() -> None:
    world, line, _ = scene(target=3)
    world.send(DESK, own(line, 1))
    [offer] = world.operation.offers.rows.values()
    assert offer.state is OfferState.SENT, "two are missing still"


def test_where_it_stops_others_are_asked_at_once() -> None:
    """Given a line that the own crew has covered, when it is called away, then somebody is asked
    within seconds: nobody has to remember that the line was handed back."""
    world, line, _ = scene()
    world.send(DESK, own(line, 2))
    world.wait(minutes=30)
    facts = world.send(DESK, own(line, 0))
    assert asked([*facts, *world.wait(minutes=1)])


def test_it_does_not_go_along_to_another_township() -> None:
    """Given a demand that its own crew covers, when it is moved next door, then that township is
    not told of a crew that it never had: somebody is asked."""
    world, line, demand = scene()
    world.send(DESK, own(line, 2))
    there = divisions().seat(DivisionCode(townships()[1]))
    facts = [*world.amend(demand, place=there), *world.wait(minutes=1)]
    assert world.operation.lines[line].own == 0
    assert asked(facts)


def test_as_much_as_there_can_be_is_read_again() -> None:
    """Given more units than a line can ask for, then its recovery is bounded, and the log opens."""
    world, line, demand = scene()
    offer = asked([fact for taken in world.turns for fact in taken.turn.facts])[0]
    crew = world.at_work(offer)
    world.send("a", c.ReportDone(assignment=crew))
    world.send(DESK, c.ConfirmAssignment(assignment=crew))
    world.send(DESK, own(line, 500))
    revision = world.operation.demands[demand].revision
    closing = c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=revision)
    proposed = [*world.send(DESK, closing), *world.wait(minutes=1)]
    assert only(proposed, f.TaskProposed).units == 500
    assert verify(Area(WENZHOU, divisions()), world.log).sound


def test_what_it_did_is_restored_and_its_next_round_begins_without_it() -> None:
    world, line, demand = scene()
    world.send(DESK, own(line, 2))
    revision = world.operation.demands[demand].revision
    closing = c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=revision)
    proposed = [*world.send(DESK, closing), *world.wait(minutes=1)]
    assert only(proposed, f.TaskProposed).units == 2
    world.send(DESK, c.ReopenDemand(demand=demand, revision=revision + 1))
    assert world.operation.lines[line].own == 0
    assert world.operation.lines[line].covered == 0


def test_said_twice_it_is_nothing_new_and_of_what_is_over_it_is_refused() -> None:
    world, line, demand = scene()
    world.send(DESK, own(line, 1))
    assert not [fact for fact in world.send(DESK, own(line, 1)) if isinstance(fact, f.OwnCrewSet)]
    revision = world.operation.demands[demand].revision
    world.send(DESK, c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=revision))
    assert world.refused(DESK, own(line, 2)) is Refusal.DEMAND_CLOSED


def test_what_it_did_before_its_line_was_dropped_stays_said_wherever_the_demand_goes() -> None:
    world = World()
    world.grant("receiver", Role.DESK, division=DivisionCode(townships()[5]))
    published = only(world.demand(world.incident(), lines=2), f.DemandPublished)
    line = published.lines[0].line
    world.send(DESK, c.SetOwnCrew(line=line, units=1))
    world.send(DESK, c.DropLine(line=line))
    world.amend(published.demand, place=divisions().seat(townships()[5]))
    revision = world.operation.demands[published.demand].revision
    world.send(DESK, c.TakeBackDemand(demand=published.demand, revision=revision))
    assert world.operation.lines[line].own == 1
