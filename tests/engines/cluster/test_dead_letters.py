"""What becomes of a record that no rule can be asked about: it is set aside, and all goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
import pytest

from schemas import commands as c
from schemas.turns import DeadReason
from schemas.values import AreaId, OrganizationId
from schemas.wire import decode_dead_letter, decode_envelope, decode_turn, digest, encode
from streams import rules
from streams.engines.cluster.partition import NO_AREA, Applied, Hole, Repeated, SetAside
from streams.engines.cluster.records import COMMAND_BYTES_MOST, command_key
from tests.engines.cluster.command_files import randomly
from tests.engines.cluster.conftest import ELSEWHERE, ON_ONE_PARTITION
from tests.engines.cluster.pair import Pair, Raw, empty, opened, state
from tests.streams.world import STEWARD, WENZHOU, World


def other_partition(world: World) -> Raw:
    envelope = msgspec.structs.replace(world.sent[-1], area=ELSEWHERE)
    return command_key(envelope)


def other_key(world: World) -> Raw:
    return ON_ONE_PARTITION[0].encode(), encode(world.sent[-1])


def no_log(world: World) -> Raw:
    return command_key(World(area=AreaId("3306")).sent[-1])


def newer(world: World) -> Raw:
    command = c.SetDuty(organization=OrganizationId("x"), on_duty=True)
    key, value = command_key(world.envelope(STEWARD, command))
    return key, value.replace(b'"SetDuty.1"', b'"SetDuty.9"')


def timeless(world: World) -> Raw:
    return command_key(msgspec.structs.replace(world.sent[-1], at=None))


KEY = WENZHOU.encode()
DEAD: dict[str, tuple[DeadReason, Callable[[World], Raw]]] = {
    "nothing": (DeadReason.EMPTY, lambda _: (KEY, None)),
    "no bytes": (DeadReason.EMPTY, lambda _: (KEY, b"")),
    "neither key nor value": (DeadReason.EMPTY, lambda _: (None, None)),
    "not JSON": (DeadReason.NOT_OURS, lambda _: (KEY, b"\xff\x00 no")),
    "other JSON": (DeadReason.NOT_OURS, lambda _: (KEY, b'{"area": "3303"}')),
    "too deep": (DeadReason.NOT_OURS, lambda _: (KEY, b"[" * 60_000)),
    "too large": (DeadReason.TOO_LARGE, lambda _: (KEY, b" " * (COMMAND_BYTES_MOST + 1))),
    "newer": (DeadReason.NEWER_SCHEMA, newer),
    "another partition's area": (DeadReason.ANOTHER_AREA, other_partition),
    "another area's key": (DeadReason.ANOTHER_AREA, other_key),
    "no key": (DeadReason.ANOTHER_AREA, lambda world: (None, encode(world.sent[-1]))),
    "an area without a log": (DeadReason.ANOTHER_AREA, no_log),
    "without its time": (DeadReason.TIME_MISSING, timeless),
}


@pytest.mark.parametrize("kind", DEAD)
def test_what_no_rule_can_be_asked_about_is_set_aside(kind: str) -> None:
    partition, world = opened()
    reason, make = DEAD[kind]
    before = state(partition.place)
    key, value = make(world)
    (aside,) = partition.decide((key, value))
    assert isinstance(aside, SetAside)
    assert aside.letter.reason is reason
    assert aside.letter.offset == len(partition.commands) - 1
    assert aside.letter.size == len(value or b"")
    assert state(partition.place)["areas"] == before["areas"]
    assert state(partition.folded()) == state(partition.place)
    if value:
        assert value[-40:] not in aside.out.value, "a dead letter quotes nothing"


def test_the_largest_command_is_not_too_large() -> None:
    partition, world = opened()
    key, value = command_key(world.sent[-1])
    padded = value[:-1] + b" " * (COMMAND_BYTES_MOST - len(value)) + b"}"
    (outcome,) = partition.decide((key, padded))
    assert isinstance(outcome, Repeated)


def test_a_rule_that_fails_costs_its_own_command_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    partition, world = opened()
    decide = rules.DECIDE[c.RegisterOrganization]

    def broken(area: Any, command: Any, cause: Any) -> Any:
        if command.name == "poison":
            raise LookupError(f"no such thing as {command.name}")
        return decide(area, command, cause)

    monkeypatch.setitem(rules.DECIDE, c.RegisterOrganization, broken)
    known = next(e.command for e in world.sent if isinstance(e.command, c.RegisterOrganization))
    poison = msgspec.structs.replace(known, name="poison")
    before = state(partition.place)["areas"]
    failed = partition.send(world.envelope(STEWARD, poison))
    assert isinstance(failed, SetAside)
    assert failed.letter.reason is DeadReason.DEFECT
    assert isinstance(failed.failure and failed.failure.__cause__, LookupError)
    assert state(partition.place)["areas"] == before

    two = partition.send(world.envelope(STEWARD, msgspec.structs.replace(known, name="two")))
    assert isinstance(two, Applied)
    assert state(partition.folded()) == state(partition.place), "folding asks no rule that decides"


def test_dead_letters_are_a_chain_of_their_own() -> None:
    partition, _ = opened()
    for _ in range(3):
        partition.decide((KEY, b"no"), (None, None))
    letters = [decode_dead_letter(one.stored) for one in partition.turns if one.area == NO_AREA]
    assert [letter.sequence for letter in letters] == [1, 2, 3, 4, 5, 6]
    stored = [one.stored for one in partition.turns if one.area == NO_AREA]
    assert [letter.previous for letter in letters[1:]] == list(map(digest, stored[:-1]))


def test_a_missing_dead_letter_is_a_hole() -> None:
    partition = Pair()
    partition.decide((None, None), (None, None))
    with pytest.raises(Hole, match="dead letters"):
        empty().fold(partition.turns[1])


def test_a_log_that_would_not_open_is_none() -> None:
    partition = Pair()
    world = World()
    opening = world.sent[0]
    foreign = msgspec.structs.replace(opening, actor=STEWARD)
    assert isinstance(partition.send(foreign), SetAside)
    assert not partition.place.areas
    assert isinstance(partition.send(opening), Applied)


# Counting


@pytest.mark.parametrize("seed", range(3))
def test_everything_taken_in_is_applied_or_repeated_or_set_aside(seed: int) -> None:
    partition = Pair()
    random, world = Random(seed), World()
    makers = [make for _, make in DEAD.values() if make is not no_log]
    line: list[tuple[bool, Raw]] = []
    for envelope in randomly(seed, ON_ONE_PARTITION, 30):
        if random.random() < 0.1:
            line.append((False, random.choice(makers)(world)))
        line.append((True, command_key(envelope)))
    outcomes = partition.decide(*(one for _, one in line))
    assert len(outcomes) == len(partition.commands) == partition.place.decided + 1

    led = [decode_turn(one.stored).command_id for one in partition.turns if one.area != NO_AREA]
    ours = [decode_envelope(value).command_id for good, (_, value) in line if good and value]
    count = Counter(type(outcome) for outcome in outcomes)
    assert set(led) == set(ours)
    assert count[Applied] == len(led) > 200
    assert count[Repeated] == len(ours) - len(led) > 20
    assert count[SetAside] == len(line) - len(ours) == partition.place.letters > 20
    answered = [record.command for record in partition.turns]
    assert answered == [n for n, one in enumerate(outcomes) if not isinstance(one, Repeated)]
