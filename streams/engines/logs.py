"""A data folder's log opened for reading, whichever engine writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from schemas.values import AreaId
from streams.engines.cluster.layout import Layout, is_cluster
from streams.engines.folder import LOG, FolderUnfit
from streams.engines.log_file import Reader

if TYPE_CHECKING:
    from streams.engines.cluster.replay import Replay


class LogReader(Protocol):
    """A read-only hold on a log, for one thread at a time."""

    def areas(self) -> list[AreaId]:
        """Every area with a turn, ordered."""

    def stored(self, area: AreaId, sequence: int) -> bytes:
        """One turn's bytes; LookupError where the log does not reach so far."""

    def read(self, area: AreaId, after: int = 0) -> Iterator[bytes]:
        """Stored bytes behind a sequence, in order, to the end that the log has meanwhile."""

    def close(self) -> None: ...


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
