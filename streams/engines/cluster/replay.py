"""Reading what was decided from the topic of turns, as a log file is read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from time import monotonic
from typing import Any, Final, NamedTuple

import msgspec
from kafka import KafkaConsumer, TopicPartition

from schemas.values import AreaId
from schemas.wire import UNREADABLE
from streams.engines.cluster.clients import opening, reached
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.obstacles import BrokerAway, ChecksumsSlow, TopicMissing
from streams.engines.cluster.partition import NO_AREA, Hole
from streams.engines.cluster.records import Received, TurnRecord, turn_record

MARK_EVERY: Final = 500  # turns of an area between two places to read on from
FETCH_BYTES: Final = 8 << 20
AHEAD_MS: Final = 5
POLLED_MS: Final = 500
SILENT_S: Final = 5.0  # a broker that has records to give is gone when it gives none for so long


class _Numbered(msgspec.Struct):
    """A stored record's place in its chain, read without reading the rest."""

    sequence: int


_numbers: Final = msgspec.json.Decoder(_Numbered)


class Mark(NamedTuple):
    """Every first record of a turn behind `sequence` stands at `offset` or later."""

    sequence: int
    offset: int


class Replay:
    """A read-only reader of every area, in no group, for one thread at a time.

    The first record of a sequence counts, for ever; what repeats it later is passed over. Raises
    BrokerAway wherever the broker does not answer, and TopicMissing or ChecksumsSlow at once.
    """

    def __init__(self, layout: Layout) -> None:
        _refuse_slow_checksums()
        self._layout = layout
        self._marks: dict[tuple[int, AreaId], list[Mark]] = {}
        self._at: tuple[int, int] | None = None  # what the client fetches next
        with reached(layout):
            self._client: Any = KafkaConsumer(
                **opening(layout),
                enable_auto_commit=False,
                auto_offset_reset="earliest",  # of a log without its beginning: a hole, not nothing
                allow_auto_create_topics=False,
                max_partition_fetch_bytes=FETCH_BYTES,
                # What was fetched ahead at the log's end must not hold up the next read.
                fetch_max_wait_ms=AHEAD_MS,
            )
        try:
            self._refuse_missing_topic()
        except BaseException:
            self.close()
            raise

    def areas(self) -> list[AreaId]:
        """Every area of the table with a turn, ordered.

        Quick where each has one: a partition is read until all of its areas have been seen.
        """
        return sorted(
            area
            for partition in range(self._layout.partitions)
            for area in self._begun(partition, self._layout.areas_on(partition))
        )

    def stored(self, area: AreaId, sequence: int) -> bytes:
        """One turn's bytes; LookupError where the log does not reach so far."""
        if area in self._layout.areas and sequence > 0:
            for stored in self.read(area, sequence - 1):
                return stored
        raise LookupError(f"area {area} has no turn {sequence}")

    def read(self, area: AreaId, after: int = 0) -> Iterator[bytes]:
        """Stored bytes behind a sequence, in order, to the end that the log has at the call.

        Raises Hole where a turn is missing, LookupError for an area that is not in the table.
        """
        for sequence, received in self._firsts(self._layout.partition(area), area, after):
            if sequence != after + 1:
                raise Hole(f"turn {after + 1} of area {area} is not there, turn {sequence} is")
            after = sequence
            yield received.value or b""

    def chain(self, area: AreaId) -> Iterator[bytes]:
        """Whatever stands for a turn of the area, over holes too, for who checks its chain."""
        for _, received in self._firsts(self._layout.partition(area), area):
            yield received.value or b""

    def letters(self, partition: int) -> Iterator[TurnRecord]:
        """The dead letters of a partition, over holes too, for who checks their chain.

        ValueError at a record that is neither a dead letter nor of an area.
        """
        for _, received in self._firsts(partition, NO_AREA):
            yield turn_record(received)

    def records(self, partition: int, start: int = 0) -> Iterator[TurnRecord]:
        """Whatever stands among the turns of a partition from an offset on, repeats too.

        ValueError at a record that no decider has written.
        """
        return map(turn_record, self.received(partition, start))

    def close(self) -> None:
        self._client.close(autocommit=False)

    # Finding

    def _begun(self, partition: int, areas: frozenset[AreaId]) -> set[AreaId]:
        """Which of the areas have a turn on the partition."""
        begun: set[AreaId] = set()
        if areas:
            for received in self.received(partition, 0):
                begun |= areas & {_area(received)}
                if begun == areas:
                    break
        return begun

    def _firsts(
        self, partition: int, area: AreaId, after: int = 0
    ) -> Iterator[tuple[int, Received]]:
        """The first record of each sequence behind one; what cannot be read is the next in line."""
        marks = self._marks.setdefault((partition, area), [Mark(0, 0)])
        near = marks[bisect_right(marks, after, key=lambda mark: mark.sequence) - 1]
        last = near.sequence
        for received in self.received(partition, near.offset):
            if _area(received) != area:
                continue
            sequence = sequence_of(received.value or b"", last + 1)
            if sequence <= last:
                continue
            last = sequence
            if last >= marks[-1].sequence + MARK_EVERY:
                marks.append(Mark(last, received.offset + 1))
            if last > after:
                yield last, received

    # Fetching

    def received(self, partition: int, start: int) -> Iterator[Received]:
        """Every record from an offset to the end of now."""
        end = self._end(partition)
        while start < end:
            portion, start = self._portion(partition, start)
            for received in portion:
                if received.offset < end:
                    yield received

    def _end(self, partition: int) -> int:
        asked = TopicPartition(self._layout.turns, partition)
        with reached(self._layout):
            ends: dict[TopicPartition, int] = self._client.end_offsets([asked], SILENT_S * 1_000)
        return ends[asked]

    def _portion(self, partition: int, start: int) -> tuple[list[Received], int]:
        """The next records from an offset, one at least, and the offset behind them.

        Several readers may take turns: the client is sent back wherever it was taken from.
        """
        asked = TopicPartition(self._layout.turns, partition)
        with reached(self._layout):
            if self._at != (partition, start):
                self._client.assign([asked])
                self._client.seek(asked, start)
            until = monotonic() + SILENT_S
            portion: list[Received] = []
            while not portion:
                portion = self._client.poll(POLLED_MS).get(asked, [])
                if not portion and monotonic() > until:
                    raise BrokerAway(self._layout.brokers)
        behind = portion[-1].offset + 1
        self._at = (partition, behind)
        return portion, behind

    def _refuse_missing_topic(self) -> None:
        turns = self._layout.turns
        with reached(self._layout):
            there: set[int] | None = self._client.partitions_for_topic(turns)
        if not set(range(self._layout.partitions)) <= (there or set()):
            raise TopicMissing(turns)


def _refuse_slow_checksums() -> None:
    try:
        import crc32c  # noqa: F401 -- kafka-python takes it, and does not miss it aloud
    except ImportError:
        raise ChecksumsSlow("crc32c is not installed") from None


def _area(received: Received) -> AreaId:
    """Whose record it is; a dead letter has no area."""
    return NO_AREA if received.key is None else AreaId(received.key.decode("utf-8", "replace"))


def sequence_of(stored: bytes, otherwise: int) -> int:
    try:
        return _numbers.decode(stored).sequence
    except UNREADABLE:
        return otherwise
