"""The two sides of a move: where logs are taken from and where they go on; here, a log file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from schemas.commands import MoveLog, ReceiveLog
from schemas.ids import command_id
from schemas.turns import OWNER, REGISTRY, Envelope
from schemas.values import AreaId, Medium, TimeSource
from streams.area import Area
from streams.engines import LogReader
from streams.engines.clock import Clock
from streams.engines.folder import LOG, sync_names
from streams.engines.log_file import LogFile, Row
from streams.turning import Taken, take

PORTION: Final = 500  # turns that are made durable at once


class Why(StrEnum):
    """Why logs cannot be moved, or not yet."""

    NO_LOG = "no_log"
    SAME_MEDIUM = "same_medium"
    STORE_MISSING = "store_missing"
    IN_THE_WAY = "in_the_way"
    LOG_THERE = "log_there"
    NOT_IN_TABLE = "not_in_table"
    MOVED_BEFORE = "moved_before"
    ANOTHER_MOVE = "another_move"
    DECIDERS_RUN = "deciders_run"
    DECIDERS_MISSING = "deciders_missing"
    DECIDERS_SILENT = "deciders_silent"
    DIFFERENT = "different"


class CannotMove(Exception):
    """Nothing has been changed, or the move goes on from here when it is run again.

    `subject` is what it is about: an area, a path.
    """

    def __init__(self, why: Why, subject: object = "") -> None:
        super().__init__(f"{why}: {subject}" if subject else why)
        self.why = why
        self.subject = str(subject)


class Source(LogReader, Protocol):
    """Where logs are moved from; a log that has ended there can still be read."""

    def refuse_unready(self) -> None:
        """CannotMove where no log can be ended now."""

    def end(self, logs: Sequence[Area], medium: Medium) -> None:
        """Give each of the logs its last turn here, durable, and fold it into the area."""

    def dead_letters(self) -> int:
        """How many of them stay behind."""


class Target(LogReader, Protocol):
    """Where logs are moved to."""

    medium: Medium

    def refuse_unready(self, logs: Collection[AreaId], is_under_way: bool, /) -> None:
        """CannotMove where there is no room for these logs; changes nothing.

        What is there already counts as theirs if the move has been begun before.
        """

    def begin(self) -> None:
        """Get ready to write; nothing else is asked of it before, but what it refuses."""

    def write(self, area: AreaId, after: int, turns: Iterable[bytes]) -> Iterator[int]:
        """Make turns durable behind a sequence that is there; tells how far it has come."""

    def arrive(self, turns: Sequence[Taken]) -> None:
        """Make the turns durable from which the logs go on."""

    def settle(self) -> None:
        """All is there: let the logs be used."""


def moving(area: Area, medium: Medium) -> Envelope:
    """The command that ends a log."""
    return _envelope(area, MoveLog(medium=medium), "move")


def receiving(area: Area) -> Envelope:
    """The command from which a moved log goes on."""
    return _envelope(area, ReceiveLog(), "receive")


def _envelope(area: Area, command: MoveLog | ReceiveLog, name: str) -> Envelope:
    """Under a key that holds for this end of the log, so that a second try is a repeat."""
    return Envelope(
        area=area.id,
        operation=REGISTRY,
        mode=None,
        actor=OWNER,
        command_id=command_id(area.id, REGISTRY, OWNER, f"{name}-{area.sequence}"),
        command=command,
        at=area.at if area.time_source is TimeSource.GIVEN else None,
    )


def taken(area: Area, envelope: Envelope, clock: Clock) -> Taken:
    """The turn of such a command, decided here: at the log's last time where time is given."""
    found = take(area, envelope, clock.now() if envelope.at is None else envelope.at)
    assert isinstance(found, Taken)
    assert found.turn.refusal is None
    return found


class FileSource(LogFile):
    """The log of a data folder that this process holds."""

    def refuse_unready(self) -> None:
        """Whoever holds the folder can end its logs."""

    def end(self, logs: Sequence[Area], medium: Medium) -> None:
        clock = Clock()
        self.append([row(taken(area, moving(area, medium), clock)) for area in logs])

    def dead_letters(self) -> int:
        return 0


class FileTarget:
    """A log in the making; it gets its name when it is whole, so nobody serves half of it."""

    medium = Medium.FILE

    def __init__(self, folder: Path, arriving: Path) -> None:
        self._whole = folder / LOG
        self._part = arriving / LOG
        self._log = LogFile(self._whole) if self._whole.exists() else None

    def refuse_unready(self, _logs: Collection[AreaId], is_under_way: bool, /) -> None:
        if self._log is not None and not is_under_way:
            raise CannotMove(Why.IN_THE_WAY, self._whole)

    def begin(self) -> None:
        """What an earlier try has left half done is written anew."""
        if self._log is None:
            for ending in ("", "-wal", "-shm"):
                self._part.with_name(LOG + ending).unlink(missing_ok=True)
            self._log = LogFile(self._part, create=True)

    def areas(self) -> list[AreaId]:
        return [] if self._log is None else self._log.areas()

    def stored(self, area: AreaId, sequence: int) -> bytes:
        if self._log is None:
            raise LookupError(f"area {area} has no turn {sequence}")
        return self._log.stored(area, sequence)

    def read(self, area: AreaId, after: int = 0) -> Iterator[bytes]:
        return iter(()) if self._log is None else self._log.read(area, after)

    def write(self, area: AreaId, after: int, turns: Iterable[bytes]) -> Iterator[int]:
        assert self._log is not None, "it has not begun"
        numbered = enumerate(turns, after + 1)
        while rows := [Row(area, number, stored) for number, stored in islice(numbered, PORTION)]:
            self._log.append(rows)
            yield rows[-1].sequence

    def arrive(self, turns: Sequence[Taken]) -> None:
        assert self._log is not None, "it has not begun"
        self._log.append([row(one) for one in turns])

    def settle(self) -> None:
        self.close()
        if self._part.exists():
            self._part.replace(self._whole)
            sync_names(self._whole.parent)

    def close(self) -> None:
        if self._log is not None:
            self._log.close()


def row(one: Taken) -> Row:
    return Row(one.turn.area, one.turn.sequence, one.stored)
