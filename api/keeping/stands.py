"""Stands: what a copy holds as of one moment. The newest is the last good one, always whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from api.keeping.sealing import Damaged, Sealing
from api.keeping.turns import End
from streams.engines.folder import write_whole

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
KEPT_MS: Final = 7 * DAY_MS  # what every text that promises destruction adds
FORMAT: Final = 1
SUFFIX: Final = ".stand"


class KeptFile(msgspec.Struct, frozen=True):
    """One file of the data folder, in pieces."""

    name: str  # with its folder, as in the data folder
    size: int
    sha256: str
    pieces: tuple[str, ...]


class Stand(msgspec.Struct, frozen=True):
    """A moment to which a folder can be brought back."""

    format: int
    number: int
    at: int  # the wall clock's, in milliseconds
    logs: tuple[End, ...]
    files: tuple[KeptFile, ...]
    keys: KeptFile | None

    def pieces(self) -> Iterator[str]:
        for file in self.files:
            yield from file.pieces

    def key_pieces(self) -> Iterator[str]:
        if self.keys is not None:
            yield from self.keys.pieces


_decode = msgspec.json.Decoder(Stand).decode


class Stands:
    """The stands of a copy, by number."""

    def __init__(self, place: Path, sealing: Sealing) -> None:
        self._place, self._sealing = place, sealing

    def numbers(self) -> list[int]:
        """Of all that are there, the newest first."""
        names = (path.stem for path in self._place.glob(f"*{SUFFIX}"))
        return sorted((int(name) for name in names if name.isdigit()), reverse=True)

    def read(self, number: int) -> Stand:
        """Damaged where it is not what was written, or of a newer format."""
        try:
            sealed = self._path(number).read_bytes()
            return _decode(self._sealing.open(f"stand\x1f{number}", sealed))
        except (OSError, ValueError):
            raise Damaged(f"stand {number}") from None

    def write(self, stand: Stand) -> None:
        """The whole of it or nothing, even if the power goes."""
        content = msgspec.json.encode(stand)
        write_whole(
            self._path(stand.number), self._sealing.seal(f"stand\x1f{stand.number}", content)
        )

    def remove(self, number: int) -> None:
        self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self._place / f"{number:012}{SUFFIX}"


def superfluous(stands: Iterable[Stand], now: int) -> list[Stand]:
    """Which are not kept: the two newest stay, then one an hour for a day, one a day for seven.

    None but the newest stays longer: what was destroyed in the folder is then gone here, too.
    """
    found: list[Stand] = []
    taken: set[tuple[int, int]] = set()
    for rank, stand in enumerate(sorted(stands, key=lambda one: one.number, reverse=True)):
        age = now - stand.at
        span = HOUR_MS if age < DAY_MS else DAY_MS
        slot = (span, stand.at // span)
        fresh = slot not in taken and age < KEPT_MS
        taken.add(slot)
        if not (rank == 0 or (rank == 1 and age < KEPT_MS) or fresh):
            found.append(stand)
    return found
