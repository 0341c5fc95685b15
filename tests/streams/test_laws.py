"""Laws that hold after every turn of any play, on the log alone."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from schemas import facts as f
from schemas import wire
from schemas.values import Mode
from schemas.views import Put
from streams import board
from streams.area import Area
from streams.checkpoint import canonical, state_hash
from streams.clock import next_due
from streams.entities import OfferState
from streams.line import missing
from streams.turning import RuleFailed, fold, take
from streams.verify import verify
from tests.streams.play import Play
from tests.streams.world import DESK, EXERCISE, WENZHOU, World, divisions

SEEDS = range(8)
STEPS = 200
BEYOND_PLAY = {"DeadlinesShifted", "GrantEnded", "LogMoved", "LogArrived"}


@pytest.fixture(scope="module", params=SEEDS)
def played(request: pytest.FixtureRequest) -> World:
    return _played(request.param)


def _played(seed: int) -> World:
    """Every other play is carried to the end of recovery."""
    play = Play(seed)
    play.run(STEPS)
    return play.finish() if seed % 2 else play.world


def _turns(world: World) -> list[Any]:
    """The turns as stored; a law knows which fact it looks at."""
    return [wire.decode_turn(record) for record in world.log]


def test_the_state_is_nothing_but_the_fold_of_the_turns(played: World) -> None:
    folded = Area(WENZHOU, divisions())
    for record in played.log:
        fold(folded, record)
    assert canonical(folded) == canonical(played.area)
    assert board.everything(folded) == board.everything(played.area)


def test_deciding_again_gives_the_same_bytes(played: World) -> None:
    verdict = verify(Area(WENZHOU, divisions()), played.log)
    assert verdict.sound, verdict
    assert verdict.turns == len(played.log)
    assert verdict.state_hash == state_hash(played.area)


def test_an_old_page_with_the_changes_applied_is_a_fresh_page(played: World) -> None:
    folded = Area(WENZHOU, divisions())
    page: dict[tuple[str, str], Put] = {}
    for taken in played.turns:
        for put in taken.changes:
            assert isinstance(put, Put)
            page[type(put.row).__name__, put.row.id] = put
        fold(folded, taken.stored)
        fresh = [put for put in board.everything(folded) if isinstance(put, Put)]
        assert page == {(type(put.row).__name__, put.row.id): put for put in fresh}


def test_no_organization_holds_more_units_than_it_declared(played: World) -> None:
    """Units asked for at the time of asking never exceed what is free (INV-05)."""
    declared: dict[tuple[str, str], int] = {}
    held: Counter[tuple[str, str]] = Counter()
    skills: dict[str, str] = {}
    open_units: dict[str, tuple[tuple[str, str], int]] = {}
    for turn in _turns(played):
        for fact in turn.facts:
            _book(fact, declared, held, skills, open_units)


def _book(
    fact: Any,
    declared: dict[tuple[str, str], int],
    held: Counter[tuple[str, str]],
    skills: dict[str, str],
    open_units: dict[str, tuple[tuple[str, str], int]],
) -> None:
    """A second bookkeeping of who holds what, made from the facts alone."""
    key: tuple[str, str]
    match fact:
        case f.DemandPublished() | f.DemandAmended():
            skills.update({line.line: line.request.skill for line in fact.lines})
        case f.OfferSent():
            key = (fact.organization, skills[fact.line])
            held[key] += fact.quantity
            open_units[fact.offer] = (key, fact.quantity)
            assert held[key] <= declared[key]
        case f.OfferAccepted() | f.OfferDeclined() | f.OfferExpired() | f.OfferStoodDown():
            key, units = open_units.pop(fact.offer)
            held[key] -= units
        case f.AssignmentCommitted():
            key = (fact.organization, skills[fact.line])
            held[key] += fact.quantity
            open_units[fact.assignment] = (key, fact.quantity)
        case f.AssignmentReleased() | f.AssignmentGivenUp() | f.AssignmentStoodDown():
            key, units = open_units.pop(fact.assignment)
            held[key] -= units
        case _ if hasattr(fact, "capabilities"):
            for skill in ("PUMP_DRAIN", "CATERING", "WATER"):
                declared[fact.organization, skill] = 0
            for item in fact.capabilities:
                declared[fact.organization, item.skill] = item.units


def test_every_offer_has_one_outcome_at_most(played: World) -> None:
    ends: Counter[str] = Counter()
    for turn in _turns(played):
        for fact in turn.facts:
            if isinstance(
                fact, f.OfferAccepted | f.OfferDeclined | f.OfferExpired | f.OfferStoodDown
            ):
                ends[fact.offer] += 1
    assert ends
    assert set(ends.values()) == {1}


def test_no_line_is_covered_beyond_its_target_when_somebody_says_yes(played: World) -> None:
    """What is accepted never exceeds what is missing, so nobody goes out for nothing."""
    for line in played.area.operations[EXERCISE].lines.rows.values():
        committed = [
            row.quantity
            for row in played.area.operations[EXERCISE].assignments.rows.values()
            if row.line == line.id and row.state.value not in ("given_up", "stood_down")
        ]
        assert sum(committed) == line.covered


def test_no_short_line_is_ever_forgotten(played: World) -> None:
    """An open line short of cover is looked at again, or awaits answers (INV-06)."""
    operation = played.area.operations[EXERCISE]
    for line in operation.lines.rows.values():
        if line.open and missing(line):
            assert line.wake_at is not None or line.live_offers > 0, line
    if any(row.state is OfferState.SENT for row in operation.offers.rows.values()):
        assert next_due(operation) is not None


def test_counts_in_the_lines_agree_with_the_offers(played: World) -> None:
    operation = played.area.operations[EXERCISE]
    live: Counter[str] = Counter()
    for offer in operation.offers.rows.values():
        live[offer.line] += offer.state is OfferState.SENT
    for line in operation.lines.rows.values():
        assert line.live_offers == live[line.id]


def test_offers_are_qualified_at_their_time(played: World) -> None:
    certificates: dict[str, list[Any]] = {}
    grades: dict[str, tuple[str, int | None]] = {}
    for turn in _turns(played):
        for fact in turn.facts:
            if isinstance(fact, f.DemandPublished):
                grades.update(
                    {line.line: (line.request.skill, line.request.grade) for line in fact.lines}
                )
            elif hasattr(fact, "certificate"):
                certificates.setdefault(fact.organization, []).append(fact.certificate)
            elif isinstance(fact, f.OfferSent) and grades[fact.line][1] is not None:
                assert any(
                    held.grade <= (grades[fact.line][1] or 0)
                    and held.valid_from <= fact.at < (held.valid_until or fact.at + 1)
                    for held in certificates[fact.organization]
                )


def test_time_never_goes_back_and_every_record_carries_its_mode(played: World) -> None:
    turns = _turns(played)
    assert [turn.sequence for turn in turns] == list(range(1, len(turns) + 1))
    assert all(one.at <= other.at for one, other in pairwise(turns))
    assert all(turn.mode is Mode.EXERCISE for turn in turns if turn.operation)


def test_every_kind_of_fact_was_reached_by_some_play() -> None:
    """Otherwise the laws above would hold for lack of trying."""
    seen: set[str] = set()
    for seed in SEEDS:
        for turn in _turns(_played(seed)):
            seen |= {type(fact).__name__ for fact in turn.facts}
    wanted = {kind.__name__ for kind in f.Fact.__args__} - BEYOND_PLAY
    assert wanted - seen == set()


def test_a_rule_that_fails_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    play = Play(3)
    world = play.run(80)
    before, page = canonical(world.area), board.everything(world.area)

    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("streams.settle.assign.offers", fails)
    command = world.demand_command(play.incident, lines=3)
    with pytest.raises(RuleFailed):
        take(world.area, world.envelope(DESK, command), world.at)
    assert canonical(world.area) == before
    assert board.everything(world.area) == page
    monkeypatch.undo()
    assert verify(Area(WENZHOU, divisions()), world.log).sound
