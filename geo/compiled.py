"""The index of one skill in compiled form: what `geo.nearest` answers, at a fraction of its cost.

Compiled where there is a C compiler when the package is built (`deploy/native.py`). The answers
are the same with it and without it; so is every decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from ctypes import POINTER, PyDLL, Structure, c_char_p, c_int, c_int32, c_int64, c_void_p
from functools import cache
from hashlib import sha256
from pathlib import Path
from struct import Struct
from typing import Any, ClassVar
from weakref import finalize

from geo.distance import Located
from geo.nearest import FIRST, GROWTH, Codes, Seen, Tie, in_order, on_earth

FOLDER = Path(__file__).parent / "native"
LIBRARY = FOLDER / "crowd.so"

_PLACE = (c_int64, c_int64, c_int64)
_FEW = 32  # answers that are read from where Python has them
_READ = [Struct(f"={3 * count}q").unpack_from for count in range(_FEW + 1)]


class _Answer(Structure):
    """The beginning of a `Crowd`: what native/crowd.c has found there, until it is asked again.

    Each crowd has its own, for another thread may ask another crowd before it is read.
    """

    _fields_: ClassVar = [
        ("rows", POINTER(c_int64)),
        ("limit", c_int64),
        ("ties", c_int64),
        ("counts", POINTER(c_int64)),
        ("few", c_int64 * (3 * _FEW)),
    ]


_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "new": (c_void_p, ()),
    "free": (None, (c_void_p,)),
    "put": (c_int, (c_void_p, c_int64, *_PLACE, c_int64, c_int64, c_int64)),
    "remove": (None, (c_void_p, c_int64)),
    "code": (c_int64, (c_void_p, c_int64)),
    "time": (c_int64, (c_void_p, c_int64, c_int64)),
    "nearest": (
        c_int64,
        (c_void_p, *_PLACE, c_int64, c_int64, c_int64, c_char_p, c_int64),
    ),
    "counts": (c_int, (c_void_p, *_PLACE, c_int64, c_int64)),
    "earliest": (
        c_int,
        (c_void_p, *_PLACE, c_int64, c_int64, c_char_p, c_int64, c_void_p, c_int64),
    ),
}


def digest() -> str:
    """Of the source that a library must be made from."""
    return sha256((FOLDER / "cubes.h").read_bytes() + (FOLDER / "crowd.c").read_bytes()).hexdigest()


class Library:
    """The compiled functions. OSError where the file is none, or of another source."""

    def __init__(self, path: Path = LIBRARY) -> None:
        # With the interpreter's lock held: a crowd is never seen half changed.
        loaded = PyDLL(str(path))
        try:
            source = loaded.crowd_source
        except AttributeError:
            raise OSError(f"{path.name} is something else") from None
        source.restype = c_char_p
        if source().decode() != digest():
            raise OSError(f"{path.name} was made from another source")
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(loaded, f"crowd_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)

    new: Any
    free: Any
    put: Any
    remove: Any
    code: Any
    time: Any
    nearest: Any
    counts: Any
    earliest: Any


@cache
def library() -> Library | None:
    """What was compiled when this was built; None where nothing was, or nothing that fits."""
    try:
        return Library()
    except OSError:
        return None


class CompiledIndex:
    """`geo.nearest.SkillIndex`, compiled."""

    def __init__(self, functions: Library) -> None:
        self.functions, self.crowd = functions, functions.new()
        if not self.crowd:
            raise MemoryError
        self.found = _Answer.from_address(self.crowd)
        self.few = self.found.few
        self.ids: list[str] = []
        self.changes = 0
        self._slots: dict[str, int] = {}
        finalize(self, functions.free, self.crowd)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, id: str) -> bool:
        return id in self._slots

    def put(self, id: str, place: Located, code: int = 1, times: tuple[int, int] = (0, 0)) -> None:
        """Add an entry, or change it if it is there; nothing changes where it is the same."""
        slot = self._slots.get(id, len(self.ids))
        done = self.functions.put(self.crowd, slot, place.x, place.y, place.z, code, *times)
        if done < 0:
            raise MemoryError if done == -1 else ValueError("a place that is not on Earth")
        if slot == len(self.ids):
            self._slots[id] = slot
            self.ids.append(id)
        self.changes += done

    def remove(self, id: str) -> None:
        """Take an entry out; the last one takes its slot. KeyError where it is not in."""
        slot = self._slots.pop(id)
        self.functions.remove(self.crowd, slot)
        last = self.ids.pop()
        if last != id:
            self.ids[slot], self._slots[last] = last, slot
        self.changes += 1

    def code(self, id: str) -> int:
        """Of which kind an entry is. KeyError where it is not in."""
        found: int = self.functions.code(self.crowd, self._slots[id])
        return found

    def time(self, id: str, which: int) -> int:
        """The first or the second time of an entry's own. KeyError where it is not in."""
        found: int = self.functions.time(self.crowd, self._slots[id], which)
        return found

    def slots(self, ids: Collection[str]) -> list[int]:
        """Where those of some are that are in."""
        found = map(self._slots.get, ids)
        return [slot for slot in found if slot is not None]

    def survey(self, place: Located) -> CompiledSurvey:
        """Everybody as seen from a place. ValueError where that is not on Earth."""
        return CompiledSurvey(self, place)


class CompiledSurvey:
    """`geo.nearest.Survey`, compiled."""

    __slots__ = ("_changes", "_crowd", "_functions", "_index", "_place")

    def __init__(self, index: CompiledIndex, place: Located) -> None:
        self._index, self._changes = index, index.changes
        self._functions, self._crowd = index.functions, index.crowd
        self._place = on_earth(place)

    def first(
        self, most: int, tie: Tie, wanted: Codes | None = None, count: int = FIRST
    ) -> tuple[int, list[Seen]]:
        """The nearest few, up to `most` cm², and the square up to which; of whatever code, or of
        those wanted."""
        return self._fewest(None if wanted is None else wanted.tobytes(), -1, most, count, tie)

    def nearest(
        self,
        wanted: Codes,
        most: int,
        tie: Tie,
        apart: Collection[str] = (),
        beyond: int = -1,
    ) -> Iterator[Seen]:
        """Yield entries, ordered by (distance, tie(id), id), up to `most` cm²."""
        codes, done, count = wanted.tobytes(), beyond, FIRST
        while done < most:
            done, few = self._fewest(codes, done, most, count, tie)
            yield from (seen for seen in few if seen[1] not in apart) if apart else few
            self._unchanged()
            count *= GROWTH

    def _fewest(
        self, codes: bytes | None, beyond: int, most: int, count: int, tie: Tie
    ) -> tuple[int, list[Seen]]:
        """So many of the nearest of some codes (a byte for each, or of any), and whoever is as
        near, in order; and how far they reach."""
        functions, size = self._functions, 0 if codes is None else len(codes)
        found = functions.nearest(self._crowd, *self._place, beyond, most, count, codes, size)
        if found < 0:
            raise MemoryError
        answer = self._index.found
        rows = _READ[found](self._index.few) if found <= _FEW else answer.rows[: 3 * found]
        ids = map(self._index.ids.__getitem__, rows[1::3])
        few = list(zip(rows[::3], ids, rows[2::3]))  # noqa: B905  # of one length
        return answer.limit, list(in_order(few, tie)) if answer.ties else few

    def counts(self, most: int, codes: int) -> list[int]:
        """How many entries of each code, of so many, are no farther than `most` cm²."""
        self._unchanged()
        if self._functions.counts(self._crowd, *self._place, most, codes):
            raise MemoryError
        counts: list[int] = self._index.found.counts[:codes]
        return counts

    def at(self, square: int) -> list[str]:
        """The entries that are exactly so far away, in no order."""
        _, found = self._fewest(None, square - 1, square, len(self._index), len)
        return [id for _, id, _ in found]

    def earliest(
        self, which: int, wanted: Codes, most: int, apart: Collection[str] = ()
    ) -> int | None:
        """The earliest first or second time of entries of the wanted codes no farther than `most`
        cm²."""
        codes, slots = wanted.tobytes(), self._index.slots(apart)
        found = self._functions.earliest(
            self._crowd, *self._place, most, which, codes, len(codes),
            (c_int32 * len(slots))(*slots), len(slots),
        )  # fmt: skip
        if found < 0:
            raise MemoryError
        return self._index.found.limit if found else None

    def _unchanged(self) -> None:
        if self._changes != self._index.changes:
            raise RuntimeError("the index changed while it was read")
