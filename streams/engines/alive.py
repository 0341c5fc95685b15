"""The owner's last sign of life, beside its log: what the wall clock is held against at a start.

A clock that somebody has set wrong would end every wait at once, and for good, since a log's time
never falls. Where the machine was not off, its steady clock tells how much time has passed.
"""

from __future__ import annotations

import contextlib
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from schemas.values import AreaId, Instant, Milliseconds
from streams.engines.clock import Clock
from streams.engines.folder import private

ALIVE: Final = "alive.json"
SHOWN_EVERY: Final = 20_000  # milliseconds
BEHIND_MOST: Final = 5 * 60_000  # what wall clock and log may be apart before a person is asked
LEAP_MOST: Final = 10 * 60_000
AHEAD_MOST: Final = 365 * 24 * 60 * 60_000


class Doubt(StrEnum):
    """What does not fit between the wall clock and a log."""

    BEHIND = "behind"  # the log's last turn is later than the present
    LEAPT = "leapt"  # more time than has passed since the last sign of life
    AHEAD = "ahead"  # so long after the last turn that it is hardly true


class ClockDoubtful(Exception):
    """The wall clock does not fit the log: one is wrong, and a person has to say which."""

    def __init__(self, area: AreaId, doubt: Doubt, by: Milliseconds) -> None:
        words = {
            Doubt.BEHIND: f"{by // 1000} s behind the log of area {area}",
            Doubt.LEAPT: f"{by // 60_000} min ahead of the time that has really passed since the"
            f" log of area {area} gave its last sign of life",
            Doubt.AHEAD: f"{by // 86_400_000} days ahead of the log of area {area}",
        }
        super().__init__(f"this machine's clock is {words[doubt]}; set it right, or accept it")
        self.area = area
        self.doubt = doubt
        self.by = by


class _Sign(msgspec.Struct, frozen=True):
    """The log's time and the steady clock's at one moment; comparable until the next boot."""

    at: Instant
    steady: Milliseconds
    boot: str


class Alive:
    """The file with the last sign of life. Machines that do not name their boots have none."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._shown_at: Instant = 0

    def show(self, every: Milliseconds = 0) -> None:
        """Write a sign of life, if the last is so old.

        It need not outlive the machine, for then it is another boot.
        """
        now, boot = self._clock.now(), self._clock.boot
        if boot is None or now < self._shown_at + every:
            return
        self._shown_at = now
        sign = _Sign(at=now, steady=self._clock.steady(), boot=boot)
        part = self._path.with_suffix(".part")
        with contextlib.suppress(OSError):  # what cannot be written now is not worth a halt
            with open(part, "wb", opener=private) as file:  # Path has no opener
                file.write(msgspec.json.encode(sign))
            part.replace(self._path)

    def leapt(self) -> Milliseconds:
        """By how much the wall clock is ahead of what has passed; 0 where nobody can tell."""
        sign = self._read()
        if sign is None or sign.boot != self._clock.boot:
            return 0
        passed = self._clock.steady() - sign.steady
        return self._clock.ahead(sign.at + passed) if passed >= 0 else 0

    def _read(self) -> _Sign | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Sign)
        except (OSError, ValueError):
            return None


def refuse_doubtful(area: AreaId, log_at: Instant, clock: Clock, alive: Alive) -> None:
    """ClockDoubtful where the wall clock does not fit an area's live log."""
    apart = (
        (Doubt.BEHIND, clock.behind(log_at), BEHIND_MOST),
        (Doubt.LEAPT, alive.leapt(), LEAP_MOST),
        (Doubt.AHEAD, clock.ahead(log_at), AHEAD_MOST),
    )
    for doubt, by, most in apart:
        if by > most:
            raise ClockDoubtful(area, doubt, by)
