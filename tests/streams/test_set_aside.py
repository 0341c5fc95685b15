"""Set aside: what the rules fail on holds nobody else up, and a person hears of it."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.turns import OWNER
from schemas.values import LineId, Piece, PieceKind
from schemas.views import DemandRow, Put
from streams.area import Area
from streams.checkpoint import state_hash
from streams.clock import due
from streams.engines.ticks import Retry
from streams.matching import assign
from streams.parameters import MINUTE, SET_ASIDE
from streams.settle import CHORES
from streams.turning import RuleFailed, fold
from streams.verify import verify
from streams.wakes import Wait
from tests.streams.world import DESK, WENZHOU, World, asked, divisions, only


def failing_on(poison: str) -> Any:
    """Matching that fails for one line, as a defect of the rules would."""
    offers = assign.offers

    def fails(area: Any, operation: Any, line: Any, cause: Any) -> Any:
        if line.id == poison:
            raise ZeroDivisionError
        return offers(area, operation, line, cause)

    return patch.object(assign, "offers", fails)


def tick(world: World, retry: Retry) -> Retry:
    """Send the next tick as an owner would, and say how the one after it is tried."""
    found = due(world.area)
    assert found is not None
    world.at = max(world.at, found[0])
    try:
        world.send(OWNER, retry.tick(found[2]))
    except RuleFailed as failure:
        return retry.failed(failure.piece)
    return Retry()


def ticks(world: World, count: int) -> None:
    """So many in a row, each tried as the one before has ended."""
    retry = Retry()
    for _ in range(count):
        retry = tick(world, retry)


def waiting() -> tuple[World, str, str]:
    """Two demands that are held back for a minute, and their lines."""
    world = World()
    for name in "abcdefgh":
        world.organization(name, units=2)
    incident = world.incident()
    lines = []
    for _ in range(2):
        world.demand(incident, priority=3)
        lines.append(list(world.operation.lines)[-1])
    return world, lines[0], lines[1]


def test_what_fails_twice_is_set_aside_and_the_rest_goes_on() -> None:
    """Given a line on which the rules fail, when ticks come, then within three of them another
    line has been served and the record says what is left for a person."""
    world, poison, other = waiting()
    with failing_on(poison):
        ticks(world, 3)
    facts = world.turns[-1].turn.facts
    assert only(facts, f.WorkSetAside).id == poison
    assert {sent.line for sent in asked(facts)} == {other}
    assert (due(world.area) or (0,))[0] > world.at


def test_a_demand_on_whose_line_the_rules_fail_is_published_nonetheless() -> None:
    """Given a rule that fails on every line, when a desk posts, then the demand is in the record,
    the turn says that nothing was settled, and ticks serve it with a mended program."""
    world = World()
    world.organization("a", units=2)
    incident = world.incident()
    with patch.object(assign, "offers", side_effect=ZeroDivisionError):
        world.demand(incident, priority=1)
    posted = world.turns[-1].turn
    assert [type(fact) for fact in posted.facts] == [f.DemandPublished]
    assert not posted.settled
    assert asked(world.wait(minutes=0))
    assert verify(Area(WENZHOU, divisions()), world.log).sound


def test_it_is_tried_again_after_an_hour_and_served_by_a_mended_program() -> None:
    world, poison, _ = waiting()
    with failing_on(poison):
        ticks(world, 3)
    early = asked(world.until(world.at + SET_ASIDE - MINUTE))
    assert poison not in {sent.line for sent in early}
    late = asked(world.wait(minutes=2))
    assert poison in {sent.line for sent in late}


def test_it_replays_alike() -> None:
    world, poison, _ = waiting()
    with failing_on(poison):
        ticks(world, 3)
    world.wait(minutes=90)
    assert verify(Area(WENZHOU, divisions()), world.log).sound
    again = Area(WENZHOU, divisions())
    for stored in world.log:
        fold(again, stored)
    assert state_hash(again) == state_hash(world.area)


def test_its_demand_says_so_and_until_when() -> None:
    """What is set aside is in its desk's sight; what was is forgotten with the next one."""
    world, poison, other = waiting()
    with failing_on(poison):
        ticks(world, 3)
    line = world.operation.lines[LineId(poison)]
    [row] = [
        put.row
        for put in world.turns[-1].changes
        if isinstance(put, Put) and isinstance(put.row, DemandRow) and put.row.id == line.demand
    ]
    assert [view.aside_until for view in row.lines] == [world.at + SET_ASIDE]
    world.wait(minutes=61)
    piece = Piece(kind=PieceKind.LINE, id=other)
    world.send(OWNER, c.Tick(number=world.operation.count("tick") + 1, aside=(piece,)))
    assert list(world.operation.aside) == [(PieceKind.LINE, other)]
    changed = [put.row for put in world.turns[-1].changes if isinstance(put, Put)]
    shown = {row.id: row for row in changed if isinstance(row, DemandRow)}
    assert [view.aside_until for view in shown[line.demand].lines] == [None]


def test_a_chore_that_fails_is_set_aside_like_a_line() -> None:
    """Given an offer whose deadline nobody can work off, then the other offers end in time."""
    world, first, _ = waiting()
    world.wait(minutes=1)
    poison = next(key for key, row in world.operation.offers.rows.items() if row.line == first)
    world.at += 15 * MINUTE + 1
    expired = CHORES[Wait.ANSWER]

    def fails(operation: Any, key: Any, cause: Any) -> Any:
        if key == poison:
            raise ZeroDivisionError
        return expired(operation, key, cause)

    with patch.dict(CHORES, {Wait.ANSWER: fails}):
        ticks(world, 3)
    facts = world.turns[-1].turn.facts
    assert only(facts, f.WorkSetAside).kind is PieceKind.OFFER
    assert any(isinstance(fact, f.OfferExpired) for fact in facts)


def test_a_tick_too_large_is_tried_with_half_the_work() -> None:
    """Given bounds that a usual tick exceeds, then a smaller one fits and nothing is set aside."""
    world, _, _ = waiting()
    sizes: list[int] = []
    with patch("streams.turning.FACTS_MOST", 4):
        retry = Retry()
        for _ in range(12):
            retry = tick(world, retry)
            sizes.append(len(world.turns[-1].turn.facts))
            if retry == Retry():
                break
    assert retry == Retry()
    assert 0 < sizes[-1] <= 4
    assert not world.operation.aside


@pytest.mark.parametrize("pieces", [(None,) * 12, tuple("abcdefghijkl")])
def test_halving_ends_at_one_piece(pieces: tuple[str | None, ...]) -> None:
    """Whatever it fails on, in the end each tick does one piece, and leaves out what failed."""
    retry = Retry()
    for id in pieces:
        retry = retry.failed(None if id is None else Piece(kind=PieceKind.LINE, id=id))
    assert retry.budget == 1
    assert [piece.id for piece in retry.aside] == [id for id in pieces[8:] if id is not None]
    assert retry.hopeless is (pieces[0] is None)


def test_a_desk_reads_of_it_in_its_own_timeline() -> None:
    world, poison, _ = waiting()
    piece = Piece(kind=PieceKind.LINE, id=poison)
    world.send(OWNER, c.Tick(number=1, aside=(piece,)))
    assert world.operation.aside.rows == {(PieceKind.LINE, poison): world.at + SET_ASIDE}
    assert world.refused(DESK, c.Tick(number=2))
