"""Moving logs between a data folder and the topics of a cluster, with all that belongs to them.

The source gets its last turns first, so nothing can be added there that the target would not
have. Until the target has arrived, the same move can be run again and goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from schemas.values import AreaId, Medium
from schemas.wire import digest
from streams.area import Area
from streams.checkpoint import state_hash
from streams.engines.baggage import AnotherMove, Baggage
from streams.engines.clock import Clock
from streams.engines.cluster.layout import Layout, is_cluster
from streams.engines.folder import LOG, Divisions, Folder
from streams.engines.folding import fold_log
from streams.engines.sides import (
    CannotMove,
    FileSource,
    FileTarget,
    Source,
    Target,
    Why,
    receiving,
    taken,
)

Tell = Callable[[AreaId, int, int], None]
"""Told of which area how many turns are carried, and how many there are."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A log that goes on elsewhere: its turns up to the last one at the source."""

    area: AreaId
    turns: int
    before: str  # state hash at the source
    after: str  # of what the target gives back


@dataclass(frozen=True, slots=True)
class Summary:
    """What has been moved, and how many dead letters have stayed behind."""

    medium: Medium
    logs: tuple[Moved, ...]
    dead_letters: int


def move(source: Path, target: Path, tell: Tell) -> Summary:
    """Move every log of a data folder; both folders are held meanwhile.

    Raises CannotMove, FolderHeld and FolderUnfit before anything is changed, and CannotMove also
    later where deciders or the target fail. Of the cluster BrokerAway, TopicMissing,
    ChecksumsSlow, LayoutUnfit; and whatever a disk may raise. Then it can be run again.
    """
    _refuse_direction(source, target)
    with ExitStack() as held:
        divisions = _hold(held, source).divisions
        origin = held.enter_context(closing(_source(source)))
        logs = [fold_log(divisions, origin, area) for area in origin.areas()]
        baggage = Baggage(source, target)
        _refuse_source(origin, baggage, logs, source)
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        _hold(held, target)
        destination = held.enter_context(closing(_target(target, baggage)))
        going = _Move(origin, destination, divisions, tell)
        if not all(log.moved and going.has_arrived(log) for log in logs):
            births = {log.id: digest(origin.stored(log.id, 1)) for log in logs}
            _refuse_target(destination, baggage, logs, births)
            baggage.begin(births)
        return going.whole(logs, baggage)


# Before anything is changed


def _refuse_direction(source: Path, target: Path) -> None:
    if not is_cluster(source) and not (source / LOG).is_file():
        raise CannotMove(Why.NO_LOG, source)
    if is_cluster(source) == is_cluster(target):
        raise CannotMove(Why.SAME_MEDIUM, target)


def _hold(held: ExitStack, path: Path) -> Folder:
    folder = Folder(path)
    held.callback(folder.release)
    return folder


def _source(path: Path) -> Source:
    if not is_cluster(path):
        return FileSource(path / LOG)
    # Who has no cluster has no package of Kafka's either.
    from streams.engines.cluster.sides import TopicsSource

    return TopicsSource(Layout.read(path))


def _target(path: Path, baggage: Baggage) -> Target:
    if not is_cluster(path):
        return FileTarget(path, baggage.arriving)
    from streams.engines.cluster.sides import TopicsTarget

    return TopicsTarget(Layout.read(path))


def _refuse_source(origin: Source, baggage: Baggage, logs: Sequence[Area], path: Path) -> None:
    if not logs:
        raise CannotMove(Why.NO_LOG, path)
    for store in baggage.missing():
        raise CannotMove(Why.STORE_MISSING, store)
    if any(log.moved is None for log in logs):
        origin.refuse_unready()


def _refuse_target(
    destination: Target, baggage: Baggage, logs: Sequence[Area], births: Mapping[AreaId, str]
) -> None:
    try:
        is_under_way = baggage.is_under_way(births)
    except AnotherMove as other:
        raise CannotMove(Why.ANOTHER_MOVE, other) from other
    destination.refuse_unready([log.id for log in logs], is_under_way)
    if is_under_way:
        return
    for log in logs:
        if log.moved is not None:
            raise CannotMove(Why.MOVED_BEFORE, log.id)
    for path in baggage.in_the_way():
        raise CannotMove(Why.IN_THE_WAY, path)


# The move


class _Move:
    """From the logs' ends to their arrival; each step goes on from what it finds done."""

    def __init__(
        self, origin: Source, destination: Target, divisions: Divisions, tell: Tell
    ) -> None:
        self._origin = origin
        self._destination = destination
        self._divisions = divisions
        self._tell = tell

    def has_arrived(self, log: Area) -> bool:
        """Whether the target has the log, as far as this, and goes on with it."""
        try:
            self._destination.stored(log.id, log.sequence + 1)
            return digest(self._destination.stored(log.id, log.sequence)) == log.previous
        except LookupError:
            return False

    def whole(self, logs: Sequence[Area], baggage: Baggage) -> Summary:
        medium = self._destination.medium
        if staying := [log for log in logs if log.moved is None]:
            self._origin.end(staying, medium)
        self._destination.begin()
        copies = [self._carried(log) for log in logs]
        moved = [self._compared(log, copy) for log, copy in zip(logs, copies, strict=True)]
        waiting = [copy for copy in copies if not self.has_arrived(copy)]
        if len(waiting) == len(logs):  # else it is there, and may have been put to use
            baggage.carry({log.told.divisions for log in logs if log.told is not None})
        if waiting:
            self._arrive(waiting)
        self._destination.settle()
        baggage.end()
        return Summary(medium, tuple(moved), self._origin.dead_letters())

    def _carried(self, log: Area) -> Area:
        """The log as the target has it, up to where it has ended at the source."""
        last = self._last(log)
        for done in self._destination.write(log.id, last, self._origin.read(log.id, last)):
            self._tell(log.id, done, log.sequence)
        return fold_log(self._divisions, self._destination, log.id, log.sequence)

    def _last(self, log: Area) -> int:
        """How many of the log's turns the target has from an earlier try."""
        last = sum(1 for _ in islice(self._destination.read(log.id), log.sequence))
        ends = {side.stored(log.id, last) for side in (self._origin, self._destination) if last}
        if len(ends) > 1:
            raise CannotMove(Why.DIFFERENT, log.id)
        return last

    def _compared(self, log: Area, copy: Area) -> Moved:
        """Equal ends of two chains mean equal bytes all along; both were checked link by link."""
        before, after = state_hash(log), state_hash(copy)
        if (log.sequence, log.previous, before) != (copy.sequence, copy.previous, after):
            raise CannotMove(Why.DIFFERENT, log.id)
        return Moved(log.id, log.sequence, before, after)

    def _arrive(self, logs: Sequence[Area]) -> None:
        clock = Clock()
        self._destination.arrive([taken(log, receiving(log), clock) for log in logs])
