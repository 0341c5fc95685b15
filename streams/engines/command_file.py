"""A command file: what logs were asked, an envelope a line, to be asked again on any engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from msgspec.structs import replace

from schemas.commands import OpenLog
from schemas.turns import Envelope
from schemas.values import AreaId, Purpose, TimeSource
from schemas.wire import NotReadable, decode_envelope, decode_turn, encode
from streams.turning import envelope_of

LINE_BYTES_MOST: Final = 64 * 1024  # as of any command


class Fault(StrEnum):
    """Why a line cannot be played."""

    NOT_READABLE = "not_readable"
    NEWER = "newer"
    TOO_LONG = "too_long"
    TIME_MISSING = "time_missing"
    NOT_OPENED = "not_opened"  # the first line of an area opens its log
    LIVE = "live"
    MIXED = "mixed"  # all logs of a file have one purpose, as those of a folder have
    NOT_IN_TABLE = "not_in_table"


class BadLine(Exception):
    """A line that cannot be played, by its number; nothing of it is repeated."""

    def __init__(self, number: int, fault: Fault) -> None:
        super().__init__(f"line {number}: {fault}")
        self.number = number
        self.fault = fault


def lines_of(turns: Iterable[bytes]) -> Iterator[bytes]:
    """The commands of an area's stored turns, a line each, on given time.

    A live log's are for comparison: what was stamped then is given now.
    """
    for stored in turns:
        yield encode(_given(envelope_of(decode_turn(stored)))) + b"\n"


def _given(envelope: Envelope) -> Envelope:
    command = envelope.command
    if not isinstance(command, OpenLog) or command.time_source is TimeSource.GIVEN:
        return envelope
    opening = replace(command, purpose=Purpose.COMPARISON, time_source=TimeSource.GIVEN)
    return replace(envelope, command=opening)


def read(path: Path, table: Collection[AreaId] | None = None) -> Iterator[tuple[int, Envelope]]:
    """Every command with the number of its line. Raises BadLine at the first that is unfit.

    `table`: the areas that there is a place for; None where there is one for all.
    """
    purposes: dict[AreaId, Purpose] = {}
    with path.open("rb") as file:
        for number, line in enumerate(_lines(file), 1):
            envelope = _envelope(number, line)
            if envelope.area not in purposes:
                purposes[envelope.area] = _purpose(number, envelope)
                if len(set(purposes.values())) > 1:
                    raise BadLine(number, Fault.MIXED)
                if table is not None and envelope.area not in table:
                    raise BadLine(number, Fault.NOT_IN_TABLE)
            yield number, envelope


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines, of one that is too long only so much that it is known to be."""
    while line := file.readline(LINE_BYTES_MOST + 2):
        yield line.removesuffix(b"\n")


def _envelope(number: int, line: bytes) -> Envelope:
    if len(line) > LINE_BYTES_MOST:
        raise BadLine(number, Fault.TOO_LONG)
    try:
        envelope = decode_envelope(line)
    except NotReadable as problem:
        fault = Fault.NEWER if problem.newer else Fault.NOT_READABLE
        raise BadLine(number, fault) from problem
    if envelope.at is None:
        raise BadLine(number, Fault.TIME_MISSING)
    return envelope


def _purpose(number: int, envelope: Envelope) -> Purpose:
    """What an area's log is for, by the command that opens it."""
    command = envelope.command
    if not isinstance(command, OpenLog) or command.area != envelope.area:
        raise BadLine(number, Fault.NOT_OPENED)
    if command.time_source is not TimeSource.GIVEN:
        raise BadLine(number, Fault.LIVE)
    return command.purpose
