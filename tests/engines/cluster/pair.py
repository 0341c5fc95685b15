"""Both topics of one partition in memory, and all that decides how its state goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from geo.divisions import DivisionTree
from schemas.turns import Envelope
from streams.checkpoint import state_hash
from streams.engines.cluster.partition import Applied, Decided, Partition, SetAside
from streams.engines.cluster.records import (
    CommandRecord,
    Outgoing,
    TurnRecord,
    command_key,
    turn_record,
)
from tests.engines.cluster.conftest import ON_ONE_PARTITION
from tests.streams.world import START, World, divisions

Raw = tuple[bytes | None, bytes | None]
"""A record's key and value."""


def trees(sha256: str) -> DivisionTree:
    assert sha256 == divisions().sha256
    return divisions()


def empty() -> Partition:
    return Partition(0, ON_ONE_PARTITION, trees)


class Pair:
    """Both topics of one partition in memory, and the state that decides from one to the other."""

    def __init__(self) -> None:
        self.place = empty()
        self.commands: list[CommandRecord] = []
        self.turns: list[TurnRecord] = []

    def append(self, *raw: Raw) -> list[CommandRecord]:
        """Write commands behind those that are there, one each second."""
        for key, value in raw:
            offset = len(self.commands)
            self.commands.append(CommandRecord(0, offset, START + 1_000 * offset, key, value))
        return self.commands[-len(raw) :]

    def decide(self, *raw: Raw) -> list[Decided]:
        """Write commands and decide them; every turn is written in its turn."""
        outcomes = [self.place.decide(record) for record in self.append(*raw)]
        for outcome in outcomes:
            if isinstance(outcome, Applied | SetAside):
                self.write(outcome.out)
        return [outcome for outcome in outcomes if outcome is not None]

    def write(self, out: Outgoing) -> None:
        self.turns.append(written(out, len(self.turns)))

    def send(self, envelope: Envelope) -> Decided:
        (outcome,) = self.decide(command_key(envelope))
        return outcome

    def folded(self) -> Partition:
        """What another one knows who has only read the turns."""
        place = empty()
        for record in self.turns:
            place.fold(record)
        return place


@dataclass
class Read:
    """A record as a client library gives it."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Iterable[tuple[str, bytes]]
    partition: int = 0
    timestamp: int = START


def written(out: Outgoing, offset: int) -> TurnRecord:
    return turn_record(Read(offset, *out))


def state(place: Partition) -> dict[str, Any]:
    """All that decides how a place goes on."""
    return {
        "areas": {name: state_hash(area) for name, area in place.areas.items()},
        "chains": {name: (area.sequence, area.previous) for name, area in place.areas.items()},
        "letters": (place.letters, place.last_letter),
        "decided": place.decided,
    }


def raw(envelopes: Sequence[Envelope]) -> list[Raw]:
    return list(map(command_key, envelopes))


def opened() -> tuple[Pair, World]:
    """A partition with one area, and that area: a desk, an organization, an incident."""
    partition, world = Pair(), World()
    world.organization("one")
    world.incident()
    partition.decide(*raw(world.sent))
    return partition, world
