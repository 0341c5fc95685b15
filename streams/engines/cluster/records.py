"""What stands in a record of either topic, apart from the bytes that replay compares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, Protocol

from schemas.turns import Envelope
from schemas.values import AreaId, Instant
from schemas.wire import encode

COMMAND: Final = "command"  # header of a turn: the offset of the command that it answers
KIND: Final = "kind"  # header of what is no turn
DEAD_LETTER: Final = b"dead-letter"
COMMAND_BYTES_MOST: Final = 64 * 1024
RECORD_BYTES_MOST: Final = 1 << 20  # of both topics and every producer

Headers = list[tuple[str, bytes]]


class Received(Protocol):
    """A record as the client libraries give it."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Iterable[tuple[str, bytes]]


class CommandRecord(NamedTuple):
    """A record among the commands; nothing about it can be relied upon but its position."""

    partition: int
    offset: int
    at: Instant  # when the broker appended it
    key: bytes | None
    value: bytes | None


class TurnRecord(NamedTuple):
    """A record among the turns: a turn of an area, or a dead letter of the partition (area "")."""

    partition: int
    offset: int
    area: AreaId
    command: int | None  # offset of the command that it answers; None for what was carried here
    stored: bytes


class Outgoing(NamedTuple):
    """A record on its way into the turns."""

    key: bytes | None
    value: bytes
    headers: Headers


def command_key(envelope: Envelope) -> tuple[bytes, bytes]:
    """Key and value of a command's record."""
    return envelope.area.encode(), encode(envelope)


def command_record(record: Received) -> CommandRecord:
    return CommandRecord(
        record.partition, record.offset, record.timestamp, record.key, record.value
    )


def turn_record(record: Received) -> TurnRecord:
    """ValueError where the record is none that a decider has written."""
    headers: Mapping[str, bytes] = dict(record.headers or ())
    command = headers.get(COMMAND)
    is_dead = headers.get(KIND) == DEAD_LETTER
    if record.value is None or (record.key is None) != is_dead:
        raise ValueError(f"offset {record.offset} of partition {record.partition} is no turn")
    return TurnRecord(
        record.partition,
        record.offset,
        AreaId("" if record.key is None else record.key.decode()),
        None if command is None else int(command),
        record.value,
    )


def turn_out(area: AreaId, stored: bytes, command: int | None) -> Outgoing:
    """A turn's record; without a command's offset where it was carried here by a move."""
    headers = [] if command is None else [(COMMAND, b"%d" % command)]
    return Outgoing(area.encode(), stored, headers)


def dead_letter_out(stored: bytes, command: int) -> Outgoing:
    return Outgoing(None, stored, [(KIND, DEAD_LETTER), (COMMAND, b"%d" % command)])
