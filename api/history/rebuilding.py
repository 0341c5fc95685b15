"""Building `history.db` anew from a log alone, beside a server or without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from api.history.store import HISTORY, Mark, Store, drop
from api.history.tables import kept
from schemas.values import AreaId
from schemas.views import Put
from schemas.wire import decode_turn, digest
from streams.area import Area
from streams.engines.folder import Divisions, opening
from streams.engines.logs import open_reader
from streams.turning import follow

PORTION: Final = 5_000  # turns in one transaction

Progress = Callable[[int], None]


def rebuild(folder: Path, areas: Iterable[AreaId], progress: Progress) -> dict[AreaId, int]:
    """Fold the logs of a folder into a new history; gives how many turns each has.

    The old file is in use until the new one is whole. Raises as `open_reader`; wire.NotReadable.
    """
    path = folder / HISTORY
    part = path.with_suffix(".part")
    drop(part)
    store = Store(part)
    try:
        turns = {area: _rebuilt(folder, area, store, progress) for area in areas}
    finally:
        store.close()
    drop(path)  # with what SQLite keeps beside it, which is not the new file's
    part.replace(path)
    return turns


def _rebuilt(folder: Path, area: AreaId, store: Store, progress: Progress) -> int:
    """Each row as it last was; one that changes a hundred times is written as often as it must."""
    reader = open_reader(folder)
    try:
        first = reader.stored(area, 1)
        state = Area(area, Divisions(folder).tree(opening(decode_turn(first)).divisions))
        origin = digest(first)
        latest: dict[tuple[type, str], tuple[int, Put]] = {}
        for stored in reader.read(area):
            for change in follow(state, stored).changes:
                if isinstance(change, Put) and kept(change):
                    latest[type(change.row), change.row.id] = (state.sequence, change)
            if state.sequence % PORTION == 0:
                store.write(area, latest.values(), Mark(origin, state.sequence, state.at))
                latest.clear()
                progress(state.sequence)
        store.write(area, latest.values(), Mark(origin, state.sequence, state.at))
        return state.sequence
    finally:
        reader.close()
