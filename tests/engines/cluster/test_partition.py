"""A partition in memory, without a broker: given records, when decided, then these turns."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from schemas import commands as c
from schemas.values import TimeSource
from schemas.wire import NotReadable, decode_turn, encode
from streams.checkpoint import state_hash
from streams.engines.cluster.partition import Decided, Hole, NotInTable, Partition, Repeated
from streams.engines.cluster.records import Outgoing, TurnRecord
from tests.engines.cluster.command_files import randomly
from tests.engines.cluster.conftest import ON_ONE_PARTITION
from tests.engines.cluster.pair import Pair, empty, opened, raw, state, trees
from tests.streams.play import Play
from tests.streams.world import START, WENZHOU, World

# Deciding and folding


@pytest.mark.parametrize("seed", range(3))
def test_whoever_reads_the_turns_knows_what_the_decider_knows(seed: int) -> None:
    partition = Pair()
    commands = randomly(seed, ON_ONE_PARTITION, 60)
    half = len(commands) // 2
    partition.decide(*raw(commands[:half]))
    reader = partition.folded()
    assert set(reader.areas) == set(ON_ONE_PARTITION)
    assert state(reader)["areas"] == state(partition.place)["areas"]

    before = len(partition.turns)
    ours = partition.decide(*raw(commands[half:]))
    # What the first one decided, and left no turn of, is decided again without another trace.
    behind = partition.commands[reader.decided + 1 :]
    theirs = [one for record in behind if (one := reader.decide(record)) is not None]
    assert outs(theirs) == outs(ours)
    assert len(outs(ours)) == len(partition.turns) - before > 100
    assert state(reader) == state(partition.place)


def outs(outcomes: Sequence[Decided]) -> list[Outgoing]:
    return [outcome.out for outcome in outcomes if not isinstance(outcome, Repeated)]


def test_an_areas_turns_are_those_of_the_area_alone() -> None:
    partition = Pair()
    plays = [Play(seed, area=area) for seed, area in enumerate(ON_ONE_PARTITION)]
    worlds = [play.run(40) for play in plays]
    line = [(number, envelope) for world in worlds for number, envelope in enumerate(world.sent)]
    partition.decide(*raw([envelope for _, envelope in sorted(line, key=lambda one: one[0])]))
    for world in worlds:
        log = [record.stored for record in partition.turns if record.area == world.area.id]
        assert log == world.log
        assert state(partition.place)["areas"][world.area.id] == state_hash(world.area)


def test_following_turns_tells_what_they_change() -> None:
    partition, world = opened()
    place = empty()
    followed = [place.follow(record) for record in partition.turns]
    assert followed == world.turns
    assert state(place) == state(partition.place)


def test_a_live_log_takes_the_time_that_the_broker_stamped() -> None:
    partition = Pair()
    world = World(time_source=TimeSource.LIVE)
    for envelope in world.sent:
        partition.send(msgspec.structs.replace(envelope, at=5))
    stamps = [decode_turn(record.stored).at for record in partition.turns]
    assert stamps == [record.at for record in partition.commands]


def test_a_log_on_given_time_takes_the_time_that_it_is_told() -> None:
    partition, _ = opened()
    assert {decode_turn(record.stored).at for record in partition.turns} == {START}


# Repeats


def test_a_used_key_leads_to_nothing_more() -> None:
    partition, world = opened()
    before = state(partition.place)
    for envelope in world.sent:
        assert isinstance(partition.send(envelope), Repeated)
    assert state(partition.place) == before | {"decided": partition.place.decided}
    assert partition.place.decided == 2 * len(world.sent) - 1


def test_a_key_with_another_body_leads_to_nothing() -> None:
    partition, world = opened()
    other = msgspec.structs.replace(world.sent[-1], body="0" * 32)
    assert isinstance(partition.send(other), Repeated)


def test_a_tick_out_of_its_order_leads_to_nothing() -> None:
    partition, world = opened()
    assert isinstance(partition.send(world.envelope("owner", c.Tick(number=7))), Repeated)


def test_a_command_that_comes_again_from_the_broker_is_passed_over() -> None:
    partition, _ = opened()
    before = state(partition.place)
    assert [partition.place.decide(record) for record in partition.commands] == [None] * len(
        partition.commands
    )
    assert state(partition.place) == before


def test_a_turn_that_is_there_twice_counts_once() -> None:
    partition, _ = opened()
    again = [one._replace(offset=one.offset + len(partition.turns)) for one in partition.turns]
    place = empty()
    told = [place.fold(record) for record in (*partition.turns, *again, *partition.turns)]
    assert sum(one is not None for one in told) == len(partition.turns)
    assert state(place) == state(partition.place)
    assert place.next_turn == 2 * len(partition.turns)


def test_the_first_of_two_unlike_turns_counts() -> None:
    partition, _ = opened()
    *before, last = partition.turns
    turn = decode_turn(last.stored)
    unlike = last._replace(
        offset=last.offset + 1, stored=encode(msgspec.structs.replace(turn, at=turn.at + 1))
    )
    place = empty()
    for record in (*before, last, unlike):
        place.fold(record)
    assert state(place) == state(partition.place)


# What nobody can go on from


def test_a_missing_command_is_a_hole() -> None:
    partition, world = opened()
    before = state(partition.place)
    _, second = partition.append(*raw([world.sent[0], world.sent[1]]))
    with pytest.raises(Hole, match=f"commands {second.offset - 1} to {second.offset - 1} "):
        partition.place.decide(second)
    assert state(partition.place) == before


@pytest.mark.parametrize("gone", [0, 3])
def test_a_missing_turn_is_a_hole(gone: int) -> None:
    partition, _ = opened()
    place = empty()
    for record in partition.turns[:gone]:
        place.fold(record)
    with pytest.raises(Hole, match=f"does not follow turn {gone}"):
        place.fold(partition.turns[gone + 1])


def test_a_turn_of_another_chain_is_a_hole() -> None:
    partition, _ = opened()
    other = Pair()
    stranger = World()
    stranger.organization("another")
    other.decide(*raw(stranger.sent))
    place = empty()
    for record in partition.turns[:4]:
        place.fold(record)
    with pytest.raises(Hole, match="does not follow turn 4"):
        place.fold(other.turns[4])


def test_turns_of_an_area_that_the_table_has_elsewhere() -> None:
    partition, _ = opened()
    place = Partition(0, {ON_ONE_PARTITION[0]}, trees)
    with pytest.raises(NotInTable, match=WENZHOU):
        place.fold(partition.turns[0])


@pytest.mark.parametrize("stored", [b"no", b'{"sequence":1}', b"[" * 60_000])
def test_turns_that_nobody_can_read(stored: bytes) -> None:
    with pytest.raises(NotReadable):
        empty().fold(TurnRecord(0, 0, WENZHOU, 0, stored))


def test_turns_of_rules_that_this_program_lacks() -> None:
    partition, _ = opened()
    first = partition.turns[0]
    newer = msgspec.structs.replace(decode_turn(first.stored), rules=99)
    with pytest.raises(NotReadable):
        empty().fold(first._replace(stored=encode(newer)))
