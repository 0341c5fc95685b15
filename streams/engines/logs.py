"""A data folder's log made, and opened for reading, whichever engine the folder is for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from schemas.turns import Turn
from schemas.values import AccountId, AreaId, Instant, Purpose, TimeSource
from streams.engines.clock import Clock
from streams.engines.cluster.layout import Layout, is_cluster
from streams.engines.folder import LOG, Birth, Folder, FolderUnfit, first_turn, sync_names
from streams.engines.log_file import LogFile, Reader, Row

if TYPE_CHECKING:
    from streams.engines.cluster.replay import Replay


def create(
    path: Path,
    area: AreaId,
    divisions_file: Path,
    purpose: Purpose,
    time_source: TimeSource,
    steward: AccountId,
    at: Instant | None = None,
) -> Turn:
    """Make a data folder, or add an area to one, and write the area's first turn.

    In a cluster's folder the deciders write it. `at` is the first instant of a log on given
    time; a live one takes the present. FolderUnfit where the area is there already, is no command
    area, or has another purpose than the folder's.
    """
    birth = Birth(area, divisions_file, purpose, time_source, steward, at)
    if is_cluster(path):
        # Who has no cluster has no package of Kafka's either.
        from streams.engines.cluster.birth import found

        return found(path, birth)
    return _begin(path, birth)


def _begin(path: Path, birth: Birth) -> Turn:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Folder(path)
    try:
        log = LogFile(folder.log, create=True)
        try:
            birth.refuse_mixture(log)
            envelope = birth.envelope(folder.divisions)
            taken = first_turn(envelope, folder.divisions, Clock().now())
            log.append([Row(birth.area, taken.turn.sequence, taken.stored)])
        finally:
            log.close()
        sync_names(path)
        return taken.turn
    finally:
        folder.release()


def open_reader(folder: Path) -> Reader | Replay:
    """A reader of the folder's log. FolderUnfit where there is none.

    Of a cluster: BrokerAway, TopicMissing, ChecksumsSlow, LayoutUnfit; ModuleNotFoundError where
    its packages are not installed.
    """
    if is_cluster(folder):
        # Whoever has no cluster has no package for Kafka either.
        from streams.engines.cluster.replay import Replay

        return Replay(Layout.read(folder))
    if not (folder / LOG).is_file():
        raise FolderUnfit(f"{folder / LOG} is missing; no log has been made here")
    return Reader(folder / LOG)
