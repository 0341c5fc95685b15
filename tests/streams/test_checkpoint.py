"""A state that is written and put back goes on like the one that was folded, at any turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

import tests.golden
from schemas import commands as c
from schemas.values import OfferId, Role
from schemas.wire import decode_turn
from streams.area import Area, Operation, Registry
from streams.availability import Availability
from streams.board import everything
from streams.checkpoint import NotFit, packed, state_hash, unpack
from streams.nearby import Nearby
from streams.remembered import Owed, Standstill
from streams.table import Distinct, Groups, Named, Ordering, Table, Tables
from streams.turning import RuleFailed, Taken, envelope_of, fold, take
from streams.wakes import Wakes
from tests.streams.laws import SEEDS, watched
from tests.streams.play import Play
from tests.streams.world import DESK, EXERCISE, STEWARD, WENZHOU, World, divisions

GOLDEN = Path(next(iter(tests.golden.__path__)))
LOGS = sorted(GOLDEN.glob("*.log.ndjson"))
CUTS = 2  # from which a play is decided on to its end


def put_back(area: Area) -> Area:
    """The area as it is after a restart from its checkpoint."""
    found = Area(area.id, divisions())
    unpack(found, packed(area))
    return found


def folded(log: list[bytes]) -> Area:
    area = Area(decode_turn(log[0]).area, divisions())
    for record in log:
        fold(area, record)
    return area


def decided(area: Area, record: bytes) -> bytes:
    """What the area makes of a turn's command."""
    turn = decode_turn(record)
    taken = take(area, envelope_of(turn), turn.at, settled=turn.settled)
    assert isinstance(taken, Taken)
    return taken.stored


def holds_at_every_turn(log: list[bytes]) -> None:
    """Put back before each turn, it decides that turn to the same bytes, and is then the same."""
    area, known = (Area(decode_turn(log[0]).area, divisions()) for _ in range(2))
    for record in log:
        area = put_back(area)
        assert decided(area, record) == record
        fold(known, record)
        assert list(packed(area)) == list(packed(known))
    assert state_hash(area) == state_hash(known)
    assert everything(area) == everything(known)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_state_put_back_goes_on_to_the_same_bytes(seed: int) -> None:
    """From any turn to the play's end, whatever is asked, refused and woken behind it."""
    log = watched(seed).play.world.log
    whole = folded(log)
    for cut in Random(seed).sample(range(1, len(log)), CUTS):
        area = put_back(folded(log[:cut]))
        assert [decided(area, record) for record in log[cut:]] == log[cut:]
        assert list(packed(area)) == list(packed(whole))
        assert state_hash(area) == state_hash(whole)


@pytest.mark.parametrize("seed", [4])
def test_a_play_with_a_restart_before_every_turn(seed: int) -> None:
    holds_at_every_turn(watched(seed).play.world.log)


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_every_golden_log_with_a_restart_before_every_turn(path: Path) -> None:
    holds_at_every_turn(path.read_bytes().split(b"\n")[:-1])


def test_folding_on_from_a_state_put_back_is_folding_from_the_beginning() -> None:
    log = watched(1).play.world.log
    area = put_back(folded(log[: len(log) // 2]))
    for record in log[len(log) // 2 :]:
        fold(area, record)
    assert list(packed(area)) == list(packed(folded(log)))


def test_deciding_leaves_rows_in_the_order_in_which_folding_leaves_them() -> None:
    """A clean stop writes the state that has decided; the next start goes on from it."""
    world = watched(5).play.world
    assert not world.area.journal.undone
    assert list(packed(world.area)) == list(packed(folded(world.log)))


def test_a_turn_that_was_undone_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()

    def fails(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("streams.board.changes", fails)
    with pytest.raises(RuleFailed):
        take(
            world.area, world.envelope(STEWARD, c.EndGrant(account=DESK, role=Role.DESK)), world.at
        )
    assert world.area.journal.undone


# Nothing is forgotten


CACHES = (Availability, Distinct, Groups, Named, Nearby, Ordering, Wakes)
KNOWN = {  # beside tables and caches: in the first frame, or no state
    Area: {"id", "divisions", "journal", "registry", "operations", "keys", "sequence", "at",
           "previous"},
    Registry: set[str](),
    Operation: {"id", "mode", "sequence", "registry", "divisions", "actual", "rules"},
}  # fmt: skip


def test_every_table_of_the_state_is_in_a_checkpoint() -> None:
    """Whoever adds a table names it, with its types, in its class; then all the rest follows."""
    area = played().area
    owners: tuple[Tables, ...] = (area, area.registry, area.operations[EXERCISE])
    for owner in owners:
        tables = {name for name, value in vars(owner).items() if isinstance(value, Table)}
        assert tables - {"operations"} == set(owner.kinds), "named in the class, not in __init__"
        caches = {name for name, value in vars(owner).items() if isinstance(value, CACHES)}
        assert set(vars(owner)) - tables - caches == KNOWN[type(owner)] - tables


def test_every_table_had_rows_in_what_was_tried() -> None:
    """Otherwise the tests above would hold for lack of trying."""
    filled: dict[tuple[type, str], None] = {}
    for log in (*logs(), *(watched(seed).play.world.log for seed in SEEDS)):
        area = Area(decode_turn(log[0]).area, divisions())
        for record in log:
            fold(area, record)
            for owner in (area, area.registry, *area.operations.rows.values()):
                filled.update(((type(owner), t.name), None) for t in owner.tables() if len(t))
    owners: tuple[type[Tables], ...] = (Area, Registry, Operation)
    named = {(owner, name) for owner in owners for name in owner.kinds}
    seldom = {(Operation, "standstill")}  # hundreds have to wait for that
    assert named - set(filled) == seldom


def logs() -> Iterator[list[bytes]]:
    for path in LOGS:
        yield path.read_bytes().split(b"\n")[:-1]


def test_a_standstill_is_put_back() -> None:
    area = played().area
    others = (Owed(wait="STANDBY", id="o", until=1),)
    lost = Standstill(
        since=1, at=2, quiet_until=3, offers=(OfferId("o"),), demands=(), others=others
    )
    area.operations[EXERCISE].standstill.put("only", lost)
    area.journal.forget()
    assert list(packed(put_back(area))) == list(packed(area))
    assert put_back(area).operations[EXERCISE].standstill["only"] == lost


def test_many_rows_are_put_back_over_several_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.checkpoint.PORTION", 3)
    area = played().area
    assert list(packed(put_back(area))) == list(packed(area))


# What does not fit is refused


def damaged(frames: list[bytes]) -> Iterator[list[bytes]]:
    yield frames[:-1]
    yield frames[1:]
    yield [*frames, frames[-1]]
    yield []
    yield [frames[0]]
    yield [frames[0], *reversed(frames[1:])]
    yield [frames[0], b"\x90", *frames[2:]]
    for place in range(1, len(frames)):
        yield [*frames[:place], frames[place][:-1], *frames[place + 1 :]]


def test_frames_that_are_not_whole_are_refused() -> None:
    frames = list(packed(played().area))
    for wrong in damaged(frames):
        with pytest.raises(NotFit):
            unpack(Area(WENZHOU, divisions()), wrong)
    with pytest.raises(NotFit):
        unpack(played().area, frames)
    unpack(Area(WENZHOU, divisions()), frames)


def played() -> World:
    return Play(7).run(40)
