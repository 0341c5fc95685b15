"""Tables of frozen entities with one journal, and groups and orderings that follow them.

The journal is what makes a turn all or nothing: it remembers every row's value before the turn,
so a rule that fails leaves no trace, and it tells the board which rows the turn touched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar, get_args, get_origin, get_type_hints

from sortedcontainers import SortedList

from schemas.values import OperationId

NO_OPERATION = OperationId("")

K = TypeVar("K")
V = TypeVar("V")
Watcher = Callable[[K, V | None, V | None], None]  # key, before, after
Filler = Callable[[Collection[tuple[K, V]]], None]  # the same for many that were not there before


class Journal:
    """What the present turn has changed, oldest first, with the values before."""

    __slots__ = ("entries", "undone")

    def __init__(self) -> None:
        self.entries: list[tuple[Table[Any, Any], Any, Any]] = []
        self.undone = False  # a row that was put back may be behind where it was in its table

    def forget(self) -> None:
        """The turn is whole: its changes stay."""
        self.entries.clear()

    def undo(self) -> None:
        """The turn failed: everything is as it was before it."""
        self.undone = True
        while self.entries:
            table, key, before = self.entries.pop()
            table.restore(key, before)

    def touched(self, but: Collection[str] = ()) -> dict[tuple[OperationId, str, Any], Any]:
        """Scope, table and key of each changed row with its old value, in order of change.

        `but`: the tables that are not asked for.
        """
        first: dict[tuple[OperationId, str, Any], Any] = {}
        for table, key, before in self.entries:
            if table.name not in but:
                first.setdefault((table.scope, table.name, key), before)
        return first


class Table(Generic[K, V]):
    """A dict of frozen rows whose changes are journaled and watched."""

    __slots__ = ("_fillers", "_journal", "_watchers", "name", "rows", "scope")

    def __init__(self, name: str, journal: Journal, scope: OperationId = NO_OPERATION) -> None:
        self.name = name
        self.scope = scope  # the operation that the table belongs to, if any
        self.rows: dict[K, V] = {}
        self._journal = journal
        self._watchers: list[Watcher[K, V]] = []
        self._fillers: list[Filler[K, V]] = []

    def watch(self, watcher: Watcher[K, V], filler: Filler[K, V] | None = None) -> None:
        """Have each change told; where many rows come at once, all of them to the `filler`."""
        self._watchers.append(watcher)
        self._fillers.append(filler or partial(_one_by_one, watcher))

    def get(self, key: K) -> V | None:
        return self.rows.get(key)

    def __getitem__(self, key: K) -> V:
        return self.rows[key]

    def __contains__(self, key: K) -> bool:
        return key in self.rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[K]:
        return iter(self.rows)

    def put(self, key: K, value: V) -> None:
        before = self.rows.get(key)
        self._journal.entries.append((self, key, before))
        self.rows[key] = value
        for watcher in self._watchers:
            watcher(key, before, value)

    def remove(self, key: K) -> None:
        """Take a row out. KeyError where it is not in."""
        before = self.rows.pop(key)
        self._journal.entries.append((self, key, before))
        for watcher in self._watchers:
            watcher(key, before, None)

    def fill(self, rows: Collection[tuple[K, V]]) -> None:
        """Put rows into a table that is empty, without journaling, in their order."""
        self.rows.update(rows)
        for filler in self._fillers:
            filler(rows)

    def restore(self, key: K, value: V | None) -> None:
        """Set a row back to an earlier value, or to not being there, without journaling."""
        now = self.rows.get(key)
        if value is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = value
        for watcher in self._watchers:
            watcher(key, now, value)


def _one_by_one(watcher: Watcher[K, V], rows: Collection[tuple[K, V]]) -> None:
    for key, value in rows:
        watcher(key, None, value)


class Tables:
    """A part of the state, whose class names each of its tables with their types.

    What a checkpoint holds is derived from them, so nothing can be forgotten there.
    """

    kinds: ClassVar[dict[str, tuple[Any, Any]]]
    """The types of key and row of every table, in the order in which the class names them."""

    def __init_subclass__(cls) -> None:
        hints = get_type_hints(cls, include_extras=True)
        cls.kinds = {
            name: get_args(hint) for name, hint in hints.items() if get_origin(hint) is Table
        }

    def __init__(self, journal: Journal, scope: OperationId = NO_OPERATION) -> None:
        for name in self.kinds:
            setattr(self, name, Table(name, journal, scope))

    def tables(self) -> Iterator[Table[Any, Any]]:
        """All of them, in the order of their names in the class."""
        for name in self.kinds:
            yield getattr(self, name)


class Groups(Generic[K, V]):
    """The rows of a table by what they have in common: a cache, never stored.

    `common` says to which group a row belongs, None for one that belongs to none.
    """

    __slots__ = ("_common", "_keys", "_table")

    def __init__(self, table: Table[K, V], common: Callable[[V], Any]) -> None:
        self._table = table
        self._common = common
        self._keys: dict[Any, dict[K, None]] = {}
        table.watch(self._follow, self._fill)

    def _fill(self, rows: Collection[tuple[K, V]]) -> None:
        common, keys = self._common, self._keys
        for key, row in rows:
            group = common(row)
            if group is not None:
                keys.setdefault(group, {})[key] = None

    def _follow(self, key: K, before: V | None, after: V | None) -> None:
        common = self._common
        old = None if before is None else common(before)
        new = None if after is None else common(after)
        if old != new:
            self._move(key, old, new)

    def _move(self, key: K, old: Any, new: Any) -> None:
        if old is not None:
            del self._keys[old][key]
            if not self._keys[old]:
                del self._keys[old]
        if new is not None:
            self._keys.setdefault(new, {})[key] = None

    def __contains__(self, group: Any) -> bool:
        """Whether anything belongs to a group."""
        return group in self._keys

    def of(self, group: Any) -> list[V]:
        """The rows of a group as they are now, in the order of their keys."""
        keys: list[Any] = sorted(self._keys.get(group, ()))
        return [self._table[key] for key in keys]


class Named(Generic[K, V]):
    """The rows of a table by each of the things that they name: a cache, never stored."""

    __slots__ = ("_keys", "_names")

    def __init__(self, table: Table[K, V], names: Callable[[V], Iterable[Any]]) -> None:
        self._names = names
        self._keys: dict[Any, dict[K, None]] = {}
        table.watch(self._follow)

    def _follow(self, key: K, before: V | None, after: V | None) -> None:
        old = () if before is None else dict.fromkeys(self._names(before))
        new = () if after is None else dict.fromkeys(self._names(after))
        for name in old:
            del self._keys[name][key]
            if not self._keys[name]:
                del self._keys[name]
        for name in new:
            self._keys.setdefault(name, {})[key] = None

    def of(self, name: Any) -> list[K]:
        """The keys of the rows that name it, in order."""
        keys: list[Any] = sorted(self._keys.get(name, ()))
        return keys


class Distinct(Generic[K, V]):
    """What the rows of a table that belong together name, each once: a cache, never stored."""

    __slots__ = ("_common", "_counts", "_named")

    def __init__(
        self, table: Table[K, V], common: Callable[[V], Any], named: Callable[[V], Any]
    ) -> None:
        self._common, self._named = common, named
        self._counts: dict[Any, dict[Any, int]] = {}
        table.watch(self._follow, self._fill)

    def _fill(self, rows: Collection[tuple[K, V]]) -> None:
        common, named, counts = self._common, self._named, self._counts
        for _, row in rows:
            names = counts.setdefault(common(row), {})
            name = named(row)
            names[name] = names.get(name, 0) + 1

    def _follow(self, _key: K, before: V | None, after: V | None) -> None:
        if before is None or after is None:
            self._count(before, -1)
            self._count(after, 1)

    def _count(self, row: V | None, change: int) -> None:
        if row is None:
            return
        counts = self._counts.setdefault(self._common(row), {})
        name = self._named(row)
        counts[name] = counts.get(name, 0) + change
        if not counts[name]:
            del counts[name]

    def of(self, group: Any) -> list[Any]:
        """What the rows of a group name, in order."""
        return sorted(self._counts.get(group, ()))


class Ordering(Generic[V]):
    """The rows of a table that have a place in an order, sorted by it: a cache, never stored.

    `place` gives a row's sort key (a tuple that ends in its id, so that no two are equal), or
    None for rows that do not belong.
    """

    __slots__ = ("_place", "_sorted")

    def __init__(self, table: Table[Any, V], place: Callable[[V], tuple[Any, ...] | None]) -> None:
        self._place = place
        self._sorted: SortedList[tuple[Any, ...]] = SortedList()
        table.watch(self._follow, self._fill)

    def _fill(self, rows: Collection[tuple[Any, V]]) -> None:
        place = self._place
        self._put(found for _, row in rows if (found := place(row)) is not None)

    def _put(self, places: Iterable[tuple[Any, ...]]) -> None:
        self._sorted.update(places)

    def _follow(self, _key: Any, before: V | None, after: V | None) -> None:
        place = self._place
        old = None if before is None else place(before)
        new = None if after is None else place(after)
        if old != new:
            self._move(old, new)

    def _move(self, old: tuple[Any, ...] | None, new: tuple[Any, ...] | None) -> None:
        if old is not None:
            self._sorted.remove(old)
        if new is not None:
            self._sorted.add(new)

    def __bool__(self) -> bool:
        return bool(self._sorted)

    def first(self) -> tuple[Any, ...] | None:
        return self._sorted[0] if self._sorted else None

    def within(self, *prefix: Any) -> Iterator[tuple[Any, ...]]:
        """The places that begin with a prefix, in order."""
        size = len(prefix)
        for place in self._sorted.irange(prefix):
            if place[:size] != prefix:
                return
            yield place

    def between(self, low: tuple[Any, ...], high: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """The places from one to below another, the last first."""
        yield from self._sorted.irange(low, high, (True, False), reverse=True)

    def all(self) -> Iterator[tuple[Any, ...]]:
        """Every place, in order."""
        yield from self._sorted


class Lanes(Ordering[V]):
    """An ordering whose places begin with a lane (a priority), and whose lanes are asked apart."""

    __slots__ = ("_lanes",)

    def __init__(
        self, table: Table[Any, V], place: Callable[[V], tuple[Any, ...] | None], lanes: Any
    ) -> None:
        super().__init__(table, place)
        self._lanes: dict[Any, SortedList[tuple[Any, ...]]] = {lane: SortedList() for lane in lanes}

    def _move(self, old: tuple[Any, ...] | None, new: tuple[Any, ...] | None) -> None:
        if old is not None:
            self._lanes[old[0]].remove(old)
        if new is not None:
            self._lanes[new[0]].add(new)

    def _put(self, places: Iterable[tuple[Any, ...]]) -> None:
        for place in places:
            self._lanes[place[0]].add(place)

    def firsts(self, but: Collection[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The first place of every lane that has one, lane by lane; `but` these ids."""
        for lane in self._lanes.values():
            for place in lane:
                if place[-1] not in but:
                    yield place
                    break
