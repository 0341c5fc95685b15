"""Laws of the log that hold after every turn of any play; people's needs: `test_laws_needs`."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any, get_args

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas import registry_facts as r
from schemas.turns import Turn
from schemas.values import Mode
from schemas.views import Put
from streams import board
from streams.area import Area
from streams.checkpoint import canonical, state_hash
from streams.entities import OfferState
from streams.force import ALL
from streams.turning import RuleFailed, fold, take
from streams.verify import verify
from tests.streams.laws import SEEDS, watched
from tests.streams.play import Play
from tests.streams.world import DESK, EXERCISE, WENZHOU, World, divisions

MOVING = (c.MoveLog, c.ReceiveLog, c.ChangeRules)  # what a play of one log cannot do
MOVED = (r.LogMoved, r.LogArrived, r.RulesChanged)
REFUSALS_LEAST = 30
PAGE_EVERY = 12  # turns; what a page has wrong stays wrong until it changes again


@pytest.fixture(params=SEEDS)
def played(request: pytest.FixtureRequest) -> World:
    return watched(request.param).play.world


def _turns(world: World) -> list[Turn]:
    return [taken.turn for taken in world.turns]


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
    for number, taken in enumerate(played.turns, 1):
        for change in taken.changes:
            if isinstance(change, Put):
                page[_kind(change), change.row.id] = change
            else:  # it is over for good
                page.pop((change.kind, change.id), None)
        fold(folded, taken.stored)
        if number % PAGE_EVERY == 0 or number == len(played.turns):
            fresh = [put for put in board.everything(folded) if isinstance(put, Put)]
            assert page == {(_kind(put), put.row.id): put for put in fresh}


def _kind(put: Put) -> str:
    return str(type(put.row).__struct_config__.tag)


def test_what_is_kept_as_a_sum_is_the_sum(played: World) -> None:
    """Units held by word and by open offers, and what lines count: one bookkeeping."""
    operation = played.area.operations[EXERCISE]
    held: Counter[Any] = Counter()
    for crew in operation.assignments.rows.values():
        for skill in (crew.skill, ALL):
            held[crew.organization, skill] += crew.quantity if crew.live else 0
    asked: Counter[Any] = Counter()
    lines: Counter[Any] = Counter()
    for offer in operation.offers.rows.values():
        if offer.state is OfferState.SENT:
            for skill in (offer.skill, ALL):
                asked[offer.organization, skill, offer.priority] += offer.quantity
            lines[offer.line] += 0 if offer.unproved else offer.quantity
    for key, load in operation.load.rows.items():
        assert load.committed == held[key]
        assert load.asked == tuple(asked[(*key, priority)] for priority in (1, 2, 3, 4))
    assert {key: line.asked for key, line in operation.lines.rows.items() if line.asked} == +lines


def test_more_never_said_yes_than_were_asked(played: World) -> None:
    for tally in played.area.operations[EXERCISE].tallies.rows.values():
        assert 0 <= tally.accepted <= tally.answered


OUTCOMES = (f.OfferAccepted, f.OfferDeclined, f.OfferExpired, f.OfferUnreachable,
            f.OfferStoodDown, f.StandbyOffered)  # fmt: skip


def test_one_yes_counts(played: World) -> None:
    """An offer may be answered late, and again; nothing follows its yes."""
    said: set[str] = set()
    for turn in _turns(played):
        for fact in turn.facts:
            if isinstance(fact, OUTCOMES):
                assert fact.offer not in said
            if isinstance(fact, f.OfferAccepted):
                said.add(fact.offer)
    assert said


def test_time_never_goes_back_and_every_record_carries_its_mode(played: World) -> None:
    turns = _turns(played)
    assert [turn.sequence for turn in turns] == list(range(1, len(turns) + 1))
    assert all(one.at <= other.at for one, other in pairwise(turns))
    assert all(turn.mode is Mode.EXERCISE for turn in turns if turn.operation)


def test_ids_are_given_once(played: World) -> None:
    made = [
        getattr(fact, name)
        for turn in _turns(played)
        for fact in turn.facts
        for kind, name in MAKING
        if isinstance(fact, kind)
    ]
    assert len(made) == len(set(made)) > 0


MAKING = (
    (f.IncidentOpened, "incident"),
    (f.DemandPublished, "demand"),
    (f.DemandDrafted, "demand"),
    (f.OfferSent, "offer"),
    (f.AssignmentCommitted, "assignment"),
    (f.TaskProposed, "task"),
)


def test_every_kind_of_fact_was_reached_by_some_play() -> None:
    """Otherwise the laws would hold for lack of trying."""
    seen = {
        type(fact)
        for seed in SEEDS
        for turn in _turns(watched(seed).play.world)
        for fact in turn.facts
    }
    # No rule fails in a play, nor do hundreds wait: `test_set_aside` and `test_time` have those.
    elsewhere = {f.WorkSetAside, f.TimeGivenBack}
    assert set(get_args(f.Fact)) - set(MOVED) - elsewhere - seen == set()


def test_every_command_was_sent_and_many_were_refused() -> None:
    turns = [turn for seed in SEEDS for turn in _turns(watched(seed).play.world)]
    sent = {type(turn.command) for turn in turns if turn.refusal is None}
    assert set(get_args(c.Command)) - set(MOVING) - sent == set()
    assert len({turn.refusal for turn in turns}) > REFUSALS_LEAST


def test_a_rule_that_fails_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    play = Play(3)
    world = play.run(80)
    before, page = canonical(world.area), board.everything(world.area)

    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    command = world.demand_command(play.incident, lines=3)
    for part in ("streams.rules.evolve", "streams.board.changes"):
        with monkeypatch.context() as broken:
            broken.setattr(part, fails)
            with pytest.raises(RuleFailed):
                take(world.area, world.envelope(DESK, command), world.at)
    assert canonical(world.area) == before
    assert board.everything(world.area) == page
    monkeypatch.undo()
    assert verify(Area(WENZHOU, divisions()), world.log).sound
