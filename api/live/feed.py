"""The board in memory: rows as they are sent, who sees them, and the streams that follow.

Everything here runs on the event loop. A turn costs its recipients, not the readers there are.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator

from api.live.leaving import Leaving
from api.live.lookups import LookUps
from api.live.moves import Entry, Event, Key, Move, pieces, removed
from api.live.readers import Reader, is_nested, reached, reader_of, row_topics
from api.live.start import Start
from geo.divisions import DivisionTree
from schemas.values import AccountId, AreaId, Instant, Role
from schemas.views import AccountRow, Put, Removed
from streams.engines import Published

QUEUE_BYTES = 2 * 1024 * 1024  # what may wait for one stream before it is dropped
RING_EVENTS = 20_000
RING_ROWS = 80_000  # about 64 MiB


class ResumeLost(Exception):
    """What came after that event is no longer there, or was not meant for this reader."""


class Subscriber:
    """One stream's queue of whole events; one that does not keep up is dropped."""

    __slots__ = ("_pending", "_size", "_waiter", "ended", "reader")

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.ended = False
        self._pending: list[bytes] = []
        self._size = 0
        self._waiter: asyncio.Future[None] | None = None

    def push(self, event: bytes) -> None:
        self._size += len(event)
        if self._size > QUEUE_BYTES:
            self.end()
        if not self.ended:
            self._pending.append(event)
            self._wake()

    def end(self) -> None:
        """End the stream now; its client comes back and resumes, or starts anew."""
        self.ended = True
        self._pending.clear()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def take(self) -> bytes:
        """Every event that waits, as soon as there is one; empty once the stream has ended."""
        while not self._pending and not self.ended:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        taken = b"".join(self._pending)
        self._pending.clear()
        self._size = 0
        return taken


class Feed:
    """The board of one command area and its live streams.

    The area is the one given, or that of the first turn heard of; others are left alone. What
    is heard first is the present state; what follows it can be resumed. A row that has ended a
    while ago is found here by its id, and is on no screen any more (`Leaving`).
    """

    def __init__(self, divisions: DivisionTree, area: AreaId | None = None) -> None:
        self.divisions = divisions
        self.known = LookUps()
        self.area = area
        self.sequence = 0
        self.at: Instant = 0
        self._leaving = Leaving()
        self._rows: dict[Key, Entry] = {}
        self._buckets: dict[str, dict[Key, Entry]] = {}  # of what is shown
        self._reach: dict[str, tuple[str, ...]] = {}  # division topics met so far, with those above
        self._granted: dict[str, int] = {}  # account → the turn that last changed its grants
        self._followers: dict[str, dict[Subscriber, None]] = {}
        self._subscribers: dict[Subscriber, None] = {}
        self._ring: deque[Event] = deque()
        self._ring_rows = 0
        self._base: tuple[int, Instant] | None = None  # the newest turn that is not in the ring

    # Reading

    def find(self, kind: str, id: str) -> Put | None:
        """A row with its audience."""
        entry = self._rows.get((kind, id))
        return None if entry is None else entry.put

    def shown(self, reader: Reader, kind: str, id: str) -> Put | None:
        """A row, if it exists for the reader, be it on its screen or not any more."""
        entry = self._rows.get((kind, id))
        if entry is None or reader.topics.isdisjoint(entry.reach):
            return None
        return entry.put

    def account(self, id: AccountId) -> AccountRow | None:
        """What an account may do."""
        put = self.find("account", id)
        return put.row if put is not None and isinstance(put.row, AccountRow) else None

    def rows(self, kind: str) -> Iterator[Put]:
        """Every row of a kind, whoever may see it."""
        return (entry.put for key, entry in self._rows.items() if key[0] == kind)

    def whole(self) -> Published:
        """Every row of the present state, as the latest turn left it."""
        rows = tuple(entry.put for entry in self._rows.values())
        return Published(self.area or AreaId(""), self.sequence, self.at, rows)

    def reader(self, account: AccountId, role: Role, now: Instant) -> Reader:
        """The reader that an account is now, in a role."""
        row = self.account(account)
        grants = () if row is None else row.grants
        homes = self.known.homes
        return reader_of(
            grants, account=account, role=role, now=now, tree=self.divisions, homes=homes
        )

    @property
    def event(self) -> str:
        """The id of the latest event."""
        return f"{self.area or ''}:{self.sequence}"

    def start(self, reader: Reader) -> Start:
        """Where a screen starts, as of the latest turn."""
        return Start(self.event, self.at, list(self._visible(reader).values()))

    def page(self, reader: Reader) -> bytes:
        """Its bytes, made at once: {"event", "at", "rows"} as JSON."""
        return self.start(reader).plain()

    def _visible(self, reader: Reader) -> dict[Key, Entry]:
        found: dict[Key, Entry] = {}
        for topic in reader.topics:
            if not is_nested(topic):
                found.update(self._buckets.get(topic, {}))
        for topic, reach in self._reach.items():
            if not reader.topics.isdisjoint(reach):
                found.update(self._buckets.get(topic, {}))
        return found

    # Following

    def subscribe(self, reader: Reader, after: int | None = None) -> Subscriber:
        """A stream of what follows event number `after`, or the present. Raises ResumeLost."""
        subscriber = Subscriber(reader)
        if after is not None:
            for event in self._missed(reader, after):
                subscriber.push(event)
            if subscriber.ended:
                raise ResumeLost
        self._subscribers[subscriber] = None
        for topic in reader.topics:
            self._followers.setdefault(topic, {})[subscriber] = None
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        subscriber.end()
        self._subscribers.pop(subscriber, None)
        for topic in subscriber.reader.topics:
            followers = self._followers.get(topic, {})
            followers.pop(subscriber, None)
            if not followers:
                self._followers.pop(topic, None)

    def streams_of(self, account: AccountId) -> int:
        """How many streams an account has open."""
        return len(self._followers.get(f"a{account}", ()))

    @property
    def subscribers(self) -> list[Subscriber]:
        """The streams that are open now."""
        return list(self._subscribers)

    def close(self) -> None:
        """End every stream."""
        for subscriber in self._subscribers:
            subscriber.end()

    def end_account(self, account: AccountId) -> None:
        """End every stream of an account."""
        for subscriber in self._followers.get(f"a{account}", {}):
            subscriber.end()

    def _missed(self, reader: Reader, after: int) -> Iterator[bytes]:
        base = self._base or (0, 0)
        lost = after < base[0] or after < self._granted.get(reader.account, 0)
        if lost or after > self.sequence:
            raise ResumeLost
        at, missed = base[1], []
        for event in reversed(self._ring):
            if event.sequence <= after:
                at = event.at
                break
            missed.append(event)
        for event in reversed(missed):
            if share := pieces(event, reader):
                yield self._event(event.sequence, event.at, share)
        if gone := self._out_of_sight(reader, at):
            yield self._event(self.sequence, self.at, gone)

    def _out_of_sight(self, reader: Reader, at: Instant) -> list[bytes]:
        """What the reader saw at a time, and no longer sees since a grant has ended."""
        then = self.reader(reader.account, reader.role, at)
        if then.topics == reader.topics:
            return []
        gone = self._visible(then).keys() - self._visible(reader).keys()
        return [removed(*key) for key in sorted(gone)]

    # Applying

    def apply(self, batch: list[Published]) -> None:
        """Take durable turns in the order of the log; streams are woken before this returns."""
        for published in batch:
            self.area = self.area or published.area
            if published.area == self.area:
                self._apply(published)

    def _apply(self, published: Published) -> None:
        starting = self._base is None or published.sequence <= self.sequence
        moves = [*self._moves(published), *self._turned(published.at)]
        self.sequence, self.at = published.sequence, published.at
        if starting:
            self._base = (published.sequence, published.at)
            self._ring.clear()
            return
        event = Event(published.sequence, published.at, moves)
        self._remember(event)
        self._deliver(event)

    def _moves(self, published: Published) -> Iterator[Move]:
        """What readers can notice of a turn; a row that is as it was moves nobody."""
        for change in published.changes:
            if isinstance(change, Put):
                move = self._put(change, published.sequence)
            else:
                move = self._removed(change)
            if move is not None and (move.now or move.before):
                yield move

    def _turned(self, at: Instant) -> Iterator[Move]:
        """What leaves the screens by a time, or has come back to them."""
        for key, is_shown in self._leaving.turned(at):
            entry = self._rows[key]
            if is_shown:
                self._show(key, entry)
                yield Move(key, entry, entry.reach, ())
            else:
                self._hide(key, entry)
                yield Move(key, None, (), entry.reach)

    def _removed(self, change: Removed) -> Move | None:
        key = (change.kind, change.id)
        entry = self._take_away(key)
        if entry is None:
            return None
        self.known.forget(entry.put.row)
        was_shown = not self._leaving.hides(key)
        self._leaving.forget(key, entry.put.row)
        return Move(key, None, (), entry.reach) if was_shown else None

    def _put(self, put: Put, sequence: int) -> Move | None:
        key = (str(put.row.__struct_config__.tag), str(put.row.id))
        known = self._rows.get(key)
        if known is not None and known.put == put:
            return None
        self._note(put, known, sequence)
        entry = self._entry(put, known)
        before = self._replace(key, known, entry)
        self._leaving.take(key, put.row)
        return Move(key, entry, entry.reach, before)

    def _entry(self, put: Put, known: Entry | None) -> Entry:
        """The new entry of a row; an account's topics follow its grants, not its audience."""
        same = known is not None and known.put.audience == put.audience
        if known is not None and same and not isinstance(put.row, AccountRow):
            return Entry(put, known.topics, known.reach)
        topics = row_topics(put, self.known.homes)
        return Entry(put, topics, self._reached(topics))

    def _replace(self, key: Key, known: Entry | None, entry: Entry) -> tuple[str, ...]:
        """Put an entry in a row's place; gives whom the row reached, if that has changed."""
        if known is not None and known.topics == entry.topics:
            before: tuple[str, ...] = ()
        else:
            self._take_away(key)
            before = () if known is None else known.reach
        self._rows[key] = entry
        self._show(key, entry)
        return before

    def _show(self, key: Key, entry: Entry) -> None:
        for topic in entry.topics:
            self._buckets.setdefault(topic, {})[key] = entry

    def _hide(self, key: Key, entry: Entry) -> None:
        for topic in entry.topics:
            bucket = self._buckets.get(topic, {})
            bucket.pop(key, None)
            if not bucket:
                self._buckets.pop(topic, None)

    def _note(self, put: Put, old: Entry | None, sequence: int) -> None:
        """Keep the look-ups; an account whose grants change starts anew."""
        self.known.take(put.row, None if old is None else old.put.row)
        if isinstance(put.row, AccountRow) and (old is None or old.put.row != put.row):
            self._granted[put.row.id] = sequence
            self.end_account(put.row.id)

    def _take_away(self, key: Key) -> Entry | None:
        entry = self._rows.pop(key, None)
        if entry is not None:
            self._hide(key, entry)
        return entry

    def _reached(self, topics: tuple[str, ...]) -> tuple[str, ...]:
        """The topics that readers may hold and be reached by."""
        found: list[str] = []
        for topic in topics:
            if not is_nested(topic):
                found.append(topic)
                continue
            if topic not in self._reach:
                self._reach[topic] = reached(self.divisions, (topic,))
            found += self._reach[topic]
        return tuple(found)

    def _remember(self, event: Event) -> None:
        self._ring.append(event)
        self._ring_rows += len(event.moves)
        while len(self._ring) > RING_EVENTS or self._ring_rows > RING_ROWS:
            oldest = self._ring.popleft()
            self._ring_rows -= len(oldest.moves)
            self._base = (oldest.sequence, oldest.at)

    def _deliver(self, event: Event) -> None:
        """Give each recipient its share as one event; equal shares are the same bytes."""
        shares: dict[Subscriber, list[tuple[int, bool]]] = {}
        for index, move in enumerate(event.moves):
            gained = self._following(move.now)
            for subscriber in gained:
                shares.setdefault(subscriber, []).append((index, True))
            for subscriber in self._following(move.before).keys() - gained.keys():
                shares.setdefault(subscriber, []).append((index, False))
        made: dict[tuple[tuple[int, bool], ...], bytes] = {}
        for subscriber, share in shares.items():
            mark = tuple(share)
            if mark not in made:
                changes = [event.moves[index].for_those(gained) for index, gained in share]
                made[mark] = self._event(event.sequence, event.at, changes)
            subscriber.push(made[mark])

    def _following(self, topics: Iterable[str]) -> dict[Subscriber, None]:
        found: dict[Subscriber, None] = {}
        for topic in topics:
            if (followers := self._followers.get(topic)) is not None:
                found.update(followers)
        return found

    def _event(self, sequence: int, at: Instant, changes: list[bytes]) -> bytes:
        return b'id: %s:%d\nevent: changes\ndata: {"at":%d,"changes":[%s]}\n\n' % (
            (self.area or "").encode(),
            sequence,
            at,
            b",".join(changes),
        )

    def alive(self, now: Instant) -> bytes:
        """The empty event that says how far the log is."""
        return b'id: %s\nevent: alive\ndata: {"at":%d}\n\n' % (self.event.encode(), now)
