"""What an exercise has put in: kept in a file of its own beside history, for its score.

The log says what became of everything; which of it was the script's, and which organizations were
to stay silent, no rule knows. Nothing in it is personal. Without the file an exercise has its
measures all the same, and no injects.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from schemas.values import Instant, Milliseconds
from streams.engines.folder import write_whole

EXERCISES: Final = "exercises"  # the folder


class Zone(msgspec.Struct, frozen=True):
    """Around a place, 1e-7 degrees and meters."""

    lon: int
    lat: int
    radius: int


class Entry(msgspec.Struct, frozen=True):
    """A demand or an inject as it was played. `at`: when; `lasts`: of how people behave.

    `subjects`: the ids that it is about: demands, or crews that were told; `who`: organizations.
    `refused`: why the doors took it not.
    """

    key: str
    what: str
    at: Instant
    lasts: Milliseconds = 0
    subjects: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    zone: Zone | None = None
    refused: str = ""


class Silent(msgspec.Struct, frozen=True):
    """A crew that was missed on the scene, and when its word came; None: it never did."""

    crew: str
    organization: str
    missed_at: Instant
    heard_at: Instant | None = None


class Exercise(msgspec.Struct):
    """One play of a script. `number`: the how-manieth of that script in the folder."""

    name: str
    digest: str
    number: int
    simulated: bool
    incident: str = ""
    began_at: Instant = 0
    ended_at: Instant | None = None
    entries: dict[str, Entry] = msgspec.field(default_factory=dict)
    silent: dict[str, Silent] = msgspec.field(default_factory=dict)

    @property
    def label(self) -> str:
        """Of its incident, as the doors take it."""
        return f"x-{self.digest[:12]}-{self.number}"


class Exercises:
    """The exercises of a data folder."""

    def __init__(self, data: Path) -> None:
        self._folder = data / EXERCISES

    def all(self) -> Iterator[Exercise]:
        """Every one, the first first; a file that cannot be read is passed over."""
        found = []
        for path in sorted(self._folder.glob("x-*.json")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Exercise))
            except (OSError, msgspec.DecodeError):
                continue
        yield from sorted(found, key=lambda one: (one.began_at, one.label))

    def of(self, incident: str) -> Exercise | None:
        """The one that an incident is of."""
        return next((one for one in self.all() if one.incident == incident), None)

    def current(self, name: str, digest: str, *, simulated: bool) -> Exercise:
        """The one of a script that has not ended, else the next one."""
        known = [one for one in self.all() if one.digest == digest]
        if known and known[-1].ended_at is None:
            return known[-1]
        return Exercise(name, digest, len(known) + 1, simulated)

    def keep(self, exercise: Exercise) -> None:
        """As it is now; OSError where it cannot be."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_whole(self._folder / f"{exercise.label}.json", msgspec.json.encode(exercise))
