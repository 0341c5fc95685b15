"""A log that moves: its last turn here, its first one there, and nothing between them."""

from __future__ import annotations

import msgspec
import pytest

from schemas import commands as c
from schemas.refusals import Refusal
from schemas.registry_facts import LogArrived, LogMoved
from schemas.turns import OWNER, Envelope
from schemas.values import AssignmentId, Medium, Role, TimeSource
from streams.area import Area
from streams.board import everything
from streams.checkpoint import canonical, state_hash
from streams.clock import due
from streams.engines.ticks import Ticker
from streams.parameters import MINUTE
from streams.remembered import HEADER
from streams.turning import MovedAway, Repeat, fold
from streams.verify import verify
from tests.streams.world import DESK, EXERCISE, STEWARD, WENZHOU, World, divisions, kinds

MOVE, RECEIVE = c.MoveLog(medium=Medium.TOPICS), c.ReceiveLog()


def at_work(time_source: TimeSource = TimeSource.GIVEN) -> World:
    """A world in which an organization has two minutes to answer."""
    world = World(time_source=time_source)
    world.organization("near")
    world.demand(world.incident())
    return world


def anything(world: World) -> list[Envelope]:
    """One command of every kind of operation and door that a log has."""
    number = world.area.operations[EXERCISE].count("tick") + 1
    return [
        world.envelope(OWNER, c.Tick(number=number)),
        world.envelope(OWNER, MOVE),
        world.envelope(DESK, c.OpenIncident(hazard="earthquake", division=world.township)),
        world.envelope(STEWARD, c.EndGrant(account=DESK, role=Role.DESK)),
        world.envelope("stranger", c.SetOff(assignment=AssignmentId("none"))),
    ]


def test_a_log_moves_and_arrives() -> None:
    """Given an open log, when it is moved and received, then it says from where to where."""
    world = at_work()
    world.at += MINUTE
    at = world.at
    assert world.send(OWNER, MOVE) == (LogMoved(area=WENZHOU, medium=Medium.TOPICS, at=at),)
    assert world.area.moved is Medium.TOPICS
    assert world.send(OWNER, RECEIVE) == (LogArrived(area=WENZHOU, medium=Medium.TOPICS, at=at),)
    assert world.area.moved is None


def test_a_moved_log_takes_nothing_but_its_arrival() -> None:
    """Given a moved log, when anything else is sent, then there is no turn and no trace of it."""
    world = at_work()
    world.send(OWNER, MOVE)
    before = canonical(world.area)
    for envelope in anything(world):
        with pytest.raises(MovedAway):
            world.take(envelope)
    assert canonical(world.area) == before


def test_a_used_key_is_answered_from_its_turn_also_in_a_moved_log() -> None:
    world = at_work()
    command = c.OpenIncident(hazard="earthquake", division=world.township)
    world.send(DESK, command, key="quake")
    used = world.turns[-1].turn.sequence
    world.send(OWNER, MOVE)
    assert world.take(world.envelope(DESK, command, key="quake")) == Repeat(used)


def test_nothing_is_due_in_a_moved_log_until_it_has_arrived() -> None:
    world = at_work()
    ticker = Ticker()
    ticker.expect(world.area)
    assert ticker.rest(world.at) is not None
    for command, is_due in ((MOVE, False), (RECEIVE, True)):
        world.send(OWNER, command)
        ticker.expect(world.area)
        assert (due(world.area) is not None) == is_due
        assert (ticker.rest(world.at) is not None) == is_due


def test_a_log_that_has_not_been_moved_cannot_arrive() -> None:
    world = at_work()
    assert world.refused(OWNER, RECEIVE) is Refusal.LOG_ALREADY_OPEN


def test_nobody_but_the_owner_moves_a_log() -> None:
    world = at_work()
    for command in (MOVE, RECEIVE):
        assert world.refused(STEWARD, command) is Refusal.ROLE_MISSING


def test_what_arrives_goes_on_as_if_it_had_never_moved() -> None:
    """Given two equal worlds of which one moves, then their boards and later facts are equal."""
    stayed, moved = at_work(), at_work()
    moved.send(OWNER, MOVE)
    moved.send(OWNER, RECEIVE)
    assert everything(moved.area) == everything(stayed.area)
    later = [kinds(world.wait(minutes=5)) for world in (stayed, moved)]
    assert later[0] == later[1]
    assert "OfferExpired" in later[0]


def test_a_moved_log_folds_and_is_decided_again_to_the_same_state() -> None:
    world = at_work()
    world.send(OWNER, MOVE)
    assert verify(Area(WENZHOU, divisions()), world.log).sound
    world.send(OWNER, RECEIVE)
    world.wait(minutes=5)
    folded = Area(WENZHOU, divisions())
    for stored in world.log:
        fold(folded, stored)
    verdict = verify(Area(WENZHOU, divisions()), world.log)
    assert verdict.sound
    assert verdict.state_hash == state_hash(folded) == state_hash(world.area)


@pytest.mark.breaks_rules
def test_verification_notices_a_turn_behind_the_end() -> None:
    """Given a log that was written on after it had moved, then that turn does not stand."""
    forked, ended = at_work(), at_work()
    ended.send(OWNER, MOVE)
    end = len(ended.log)
    fold(forked.area, ended.log[-1])
    told = forked.area.header[HEADER]  # an owner would do this that knows no move
    forked.area.header.rows[HEADER] = msgspec.structs.replace(told, moved=None)
    forked.send(STEWARD, c.EndGrant(account=DESK, role=Role.DESK))
    verdict = verify(Area(WENZHOU, divisions()), [*ended.log, forked.log[-1]])
    assert (verdict.bad, verdict.chain) == (end + 1, "ok")
    assert "MovedAway" in verdict.replay


def test_a_live_log_s_time_does_not_fall_when_it_moves() -> None:
    world = at_work(TimeSource.LIVE)
    at = world.at
    world.at -= MINUTE
    world.send(OWNER, MOVE)
    world.send(OWNER, RECEIVE)
    assert [taken.turn.at for taken in world.turns[-2:]] == [at, at]
