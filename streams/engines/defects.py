"""The record of rules that failed, beside the log: where it was, never what was asked."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Final

import msgspec

from schemas.turns import Envelope
from schemas.values import Instant
from streams.engines.folder import private

FRAMES_KEPT: Final = 4

_logger = logging.getLogger("shouwang.defects")


class Record(msgspec.Struct, frozen=True):
    """One line of the file. `position` is the sequence that the turn would have had."""

    at: Instant
    area: str
    position: int
    command: str
    command_id: str
    reason: str


class Defects:
    """Appends a line for each failed command; a file that cannot be written is an alarm only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def record(
        self, envelope: Envelope, at: Instant, position: int, failure: BaseException
    ) -> None:
        record = Record(
            at=at,
            area=envelope.area,
            position=position,
            command=type(envelope.command).__name__,
            command_id=envelope.command_id,
            reason=reason(failure),
        )
        line = msgspec.json.encode(record) + b"\n"
        _logger.error("a rule failed: %s", line.decode().strip())
        try:
            with open(self._path, "ab", opener=private) as file:  # Path has no opener
                file.write(line)
        except OSError as problem:
            _logger.error("%s cannot be written: errno %s", self._path.name, problem.errno)


def reason(failure: BaseException) -> str:
    """The kind of the innermost exception and where it arose.

    Its message stays out: it may quote what was typed.
    """
    while failure.__cause__ is not None:
        failure = failure.__cause__
    frames = traceback.extract_tb(failure.__traceback__)[-FRAMES_KEPT:]
    where = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{type(failure).__name__} at {where}" if where else type(failure).__name__
