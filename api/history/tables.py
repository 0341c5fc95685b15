"""The tables of `history.db`: one a kind of board row, their columns the row's own fields.

Numbers, words and times (milliseconds) are columns that any tool can count in; what is a list is
JSON. Whoever may see a row is told by its `division`, `sender`, `home` and `organization`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import inspect
from msgspec.structs import astuple

from schemas.line_views import LineView
from schemas.shifts import ShiftRow
from schemas.views import (
    AssignmentRow,
    DemandRow,
    IncidentRow,
    OfferRow,
    OrganizationRow,
    Put,
    TaskRow,
)

Value = int | str | None

_SQL = {
    inspect.IntType: "INTEGER",
    inspect.BoolType: "INTEGER",
    inspect.StrType: "TEXT",
    inspect.EnumType: "TEXT",
}


class Column(NamedTuple):
    """One column. `structured`: its values are lists or objects, kept as JSON."""

    name: str
    type: str
    structured: bool = False

    @property
    def definition(self) -> str:
        return f"{self.name} {self.type}"


MARKS: Final = (Column("area", "TEXT NOT NULL"), Column("as_of", "INTEGER NOT NULL"))
"""In every table: whose log it is from, and the turn that it was written as of."""


class Table:
    """A kind of row as a table. `time` is the column that its rows are read in the order of.

    `beside`: what a row does not hold itself; `apart`: fields that are a table of their own.
    """

    def __init__(
        self,
        name: str,
        kind: type[msgspec.Struct],
        time: str | None = None,
        *,
        beside: Sequence[Column] = (),
        apart: Sequence[str] = (),
        indexes: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.kind = kind
        self.time = time
        self.beside = tuple(beside)
        self._apart = apart
        self._indexes = indexes

    @cached_property
    def own(self) -> tuple[Column, ...]:
        """The columns of the row's fields."""
        info = inspect.type_info(self.kind)
        assert isinstance(info, inspect.StructType)
        fields = [field for field in info.fields if field.name not in self._apart]
        return tuple(_column(field.name, field.type) for field in fields)

    @cached_property
    def _left_out(self) -> tuple[int, ...]:
        """Where the fields are that are kept apart, the last first."""
        names = self.kind.__struct_fields__
        return tuple(sorted(map(names.index, self._apart), reverse=True))

    @cached_property
    def _structured(self) -> tuple[int, ...]:
        """Where the fields are that are kept as JSON."""
        names = self.kind.__struct_fields__
        return tuple(names.index(column.name) for column in self.own if column.structured)

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.own, *self.beside, *MARKS)

    def schema(self) -> Iterator[str]:
        """The statements that make it where it is not there."""
        columns = ", ".join(column.definition for column in self.columns)
        yield f"CREATE TABLE IF NOT EXISTS {self.name} ({columns}, PRIMARY KEY (id)) STRICT"
        if self.time is not None:
            yield (
                f"CREATE INDEX IF NOT EXISTS {self.name}_by_time"
                f" ON {self.name} (area, {self.time}, id)"
            )
        for columns in self._indexes:
            name = f"{self.name}_by_{columns.partition(',')[0]}"
            yield f"CREATE INDEX IF NOT EXISTS {name} ON {self.name} ({columns})"

    @cached_property
    def replacing(self) -> str:
        """The statement that puts a row in the place of what it was."""
        places = ", ".join("?" * len(self.columns))
        others = [column.name for column in self.columns if column.name != "id"]
        anew = ", ".join(f"{name} = excluded.{name}" for name in others)
        return f"INSERT INTO {self.name} VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {anew}"

    def values(self, row: msgspec.Struct, beside: Sequence[Value]) -> tuple[Value, ...]:
        """A row's values in the order of the columns, `beside` behind its own."""
        fields = list(astuple(row))
        for index in self._structured:
            fields[index] = msgspec.json.encode(fields[index]).decode()
        for index in self._left_out:
            del fields[index]
        return (*fields, *beside)

    def row(self, values: Sequence[Any]) -> dict[str, Any]:
        """The fields of a row that was read by all its columns. msgspec.DecodeError on damage."""
        return {
            column.name: _decoded(value) if column.structured else value
            for column, value in zip(self.own, values, strict=False)
        }


def _decoded(value: Any) -> Any:
    """What damage has left may be of any type."""
    return msgspec.json.decode(value if isinstance(value, str) else "")


def _column(name: str, kind: inspect.Type) -> Column:
    optional = False
    if isinstance(kind, inspect.UnionType):
        optional = kind.includes_none
        others = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
        kind = others[0] if len(others) == 1 else kind
    sql = _SQL.get(type(kind))
    if sql is None:
        return Column(name, "TEXT NOT NULL", structured=True)
    return Column(name, sql if optional else f"{sql} NOT NULL")


SENDER: Final = Column("sender", "TEXT")  # the township that moved its demand elsewhere
HOME: Final = Column("home", "TEXT")  # of the organization, whose desks see where it has gone

INCIDENTS: Final = Table("incidents", IncidentRow, "opened_at")
DEMANDS: Final = Table(
    "demands", DemandRow, "published_at", apart=("lines",), indexes=("incident, number", "state")
)
LINES: Final = Table(
    "lines",
    LineView,
    beside=(Column("demand", "TEXT NOT NULL"),),
    indexes=("demand", "unmet, open"),
)
OFFERS: Final = Table(
    "offers",
    OfferRow,
    "sent_at",
    beside=(SENDER,),
    indexes=("line, sent_at, state, unasked", "demand", "organization", "as_of"),
)
ASSIGNMENTS: Final = Table(
    "assignments",
    AssignmentRow,
    "committed_at",
    beside=(SENDER, HOME),
    indexes=("line", "demand", "organization", "as_of", "state", "reports"),
)
TASKS: Final = Table(
    "tasks", TaskRow, "proposed_at", beside=(SENDER,), indexes=("demand", "organization")
)
ORGANIZATIONS: Final = Table("organizations", OrganizationRow)
SHIFTS: Final = Table("shifts", ShiftRow)

TABLES: Final = (INCIDENTS, DEMANDS, LINES, OFFERS, ASSIGNMENTS, TASKS, ORGANIZATIONS, SHIFTS)
_OF_KIND: Final = {table.kind: table for table in TABLES}


def kept(put: Put) -> bool:
    """Whether a row belongs into history: not what an account may do, nor when a tick is due."""
    return type(put.row) in _OF_KIND


def entries(area: str, sequence: int, put: Put) -> Iterator[tuple[Table, tuple[Value, ...]]]:
    """What a changed row is in the tables, a demand's lines in a table of their own."""
    table, marks = _OF_KIND[type(put.row)], (area, sequence)
    seen_by = (getattr(put.audience, column.name) for column in table.beside)
    yield table, table.values(put.row, (*seen_by, *marks))
    if isinstance(put.row, DemandRow):
        for line in put.row.lines:
            yield LINES, LINES.values(line, (put.row.id, *marks))
