"""Groups and orderings say what the table says, whatever was put, removed or undone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.table import Distinct, Groups, Journal, Named, Ordering, Table

KEYS, GROUPS = st.integers(0, 3), st.sampled_from(("north", "south", None))
ACTS = st.tuples(
    st.sampled_from(("put", "put", "put", "put", "remove", "undo", "forget")), KEYS, GROUPS
)


class Rows:
    """A table of rows that belong to a group or to none, as its caches see it."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.table: Table[int, tuple[int, str | None]] = Table("rows", self.journal)
        self.groups = Groups(self.table, lambda row: row[1])
        self.keys = Distinct(self.table, lambda row: row[0] % 2, lambda row: row[0] // 2)
        self.named = Named(self.table, lambda row: [row[1] or "", row[0] % 2])
        self.order = Ordering(self.table, lambda row: None if row[1] is None else (row[1], row[0]))

    def act(self, act: str, key: int, group: str | None) -> None:
        match act:
            case "put":
                self.table.put(key, (key, group))
            case "remove" if key in self.table:
                self.table.remove(key)
            case "undo":
                self.journal.undo()
            case "forget":
                self.journal.forget()

    def plainly(self, group: str) -> list[tuple[int, str | None]]:
        return sorted(row for row in self.table.rows.values() if row[1] == group)


@given(st.lists(ACTS, min_size=10, max_size=40))
def test_caches_say_what_the_table_says(acts: list[tuple[str, int, str | None]]) -> None:
    rows = Rows()
    for act in acts:
        rows.act(*act)
        for group in ("north", "south"):
            plainly = rows.plainly(group)
            assert rows.groups.of(group) == plainly
            assert (group in rows.groups) is bool(plainly)
            assert [place[-1] for place in rows.order.within(group)] == [key for key, _ in plainly]
            assert rows.named.of(group) == [key for key, _ in plainly]
        assert None not in rows.groups
        for rest in (0, 1):
            assert rows.keys.of(rest) == sorted(key // 2 for key in rows.table if key % 2 == rest)
            assert rows.named.of(rest) == sorted(key for key in rows.table if key % 2 == rest)
