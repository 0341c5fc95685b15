"""Selecting: which demands or recovery tasks of the board a batch is to be about, and which not.

What is found is named by number and digest, so that exactly that is done which somebody was shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple, Self

import msgspec
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.context import Context
from api.doors.body import Body, Id, Time
from api.doors.demands import Kind
from api.doors.texts import Village
from api.people import Caller
from schemas.batches import BATCH_MOST, BatchKind
from schemas.ids import digest_of
from schemas.values import CloseReason, Domain, Instant
from schemas.views import AssignmentRow, DemandRow, TaskRow
from streams.grouping import NO_RECOVERY

LISTED_MOST = 2_000
SAMPLES = 6
Found = DemandRow | TaskRow


class BatchLookBody(Body):
    """Which: in one incident and inside a division of your own; each further field narrows.

    Demands by kind, when they were published (`since` ≤ time < `until`), words in what is public,
    who posted them, or which village; tasks by kind, domain and when they were proposed; either by
    a list. `on_the_way`: also those that crews are on their way to.
    """

    what: BatchKind
    incident: Id
    division: Id
    reason: CloseReason | None = None
    on_the_way: bool = False
    kind: Kind | None = None
    domain: Domain | None = None
    since: Time | None = None
    until: Time | None = None
    words: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    sender: Id | None = None
    village: Village | None = None
    listed: Annotated[tuple[Id, ...], Field(min_length=1, max_length=LISTED_MOST)] | None = None

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        voiding = self.what is BatchKind.VOID
        if voiding != (self.reason is not None) or (voiding and self.reason not in NO_RECOVERY):
            raise PydanticCustomError("code_unknown", "code_unknown")
        return self


class BatchBody(BatchLookBody):
    """The same, with the digest of what you were shown."""

    digest: Annotated[str, Field(min_length=64, max_length=64)]


class Sample(msgspec.Struct):
    """One of those that were found. `words`: its risks, as everybody reads them."""

    id: str
    number: int
    division: str
    kind: str
    at: Instant
    words: str


class Excluded(msgspec.Struct):
    """So many stay as they are, and why: `on_scene` (somebody is there, or was), `on_the_way`,
    `dealt_with` (on hold, a note, helpers, handed up), `elsewhere` (another desk answers for it).
    """

    why: str
    count: int
    samples: tuple[Sample, ...]


class BatchLook(msgspec.Struct):
    """What a batch would be about, and what it would leave as it is."""

    count: int
    digest: str
    samples: tuple[Sample, ...]
    excluded: tuple[Excluded, ...]


class Selection(NamedTuple):
    """What was found, in the order of ids; and by reason what stays as it is."""

    rows: list[Found]
    excluded: dict[str, list[Found]]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(row.id for row in self.rows)

    @property
    def digest(self) -> str:
        return digest_of(self.ids)

    def look(self) -> BatchLook:
        excluded = tuple(
            Excluded(why, len(rows), _samples(rows)) for why, rows in self.excluded.items()
        )
        return BatchLook(len(self.rows), self.digest, _samples(self.rows), excluded)


def select(context: Context, caller: Caller, wanted: BatchLookBody) -> Selection:
    """What of the board is meant, as far as it exists for the caller."""
    selection = Selection([], {})
    find = _demands if wanted.what is BatchKind.VOID else _tasks
    listed = frozenset(wanted.listed or ())
    for row, why in find(context, caller, wanted):
        if wanted.listed is not None and row.id not in listed:
            continue
        if why:
            selection.excluded.setdefault(why, []).append(row)
        elif len(selection.rows) < BATCH_MOST:
            selection.rows.append(row)
    selection.rows.sort(key=lambda row: row.id)
    return selection


def _demands(
    context: Context, caller: Caller, wanted: BatchLookBody
) -> Iterator[tuple[Found, str]]:
    crews = _crews(context)
    for put in context.feed.rows("demand"):
        row = put.row
        if not isinstance(row, DemandRow) or row.state == "closed" or not _meant(row, wanted):
            continue
        if caller.reader.sees(put.audience) and _inside(context, row.division, wanted):
            yield row, _stays(context, row, crews.get(row.id, []), wanted)


def _meant(row: DemandRow, wanted: BatchLookBody) -> bool:
    """Whether the filters leave it."""
    if row.incident != wanted.incident or (wanted.kind or row.kind) != row.kind:
        return False
    if not (wanted.since or 0) <= row.published_at < (wanted.until or row.published_at + 1):
        return False
    if (wanted.sender or row.posted_by) != row.posted_by:
        return False
    village = None if row.reporter is None else row.reporter.name
    if (wanted.village or village) != village:
        return False
    said = f"{row.risk_statement}\n{row.rally_point}\n{row.way_in or ''}"
    return wanted.words is None or wanted.words.casefold() in said.casefold()


def _inside(context: Context, division: str, wanted: BatchLookBody) -> bool:
    return context.divisions.contains(wanted.division, division)


def _stays(
    context: Context, row: DemandRow, crews: list[AssignmentRow], wanted: BatchLookBody
) -> str:
    """Why it is left as it is; "" where it is not."""
    up = row.hand_up
    if up is not None and up.desk is not None and not _inside(context, up.desk, wanted):
        return "elsewhere"
    was_there = any(line.delivered or line.own for line in row.lines)
    here = [crew for crew in crews if crew.round == row.round or crew.ended_at is None]
    if was_there or any(crew.arrived_at is not None for crew in here):
        return "on_scene"
    if any(crew.ended_at is None for crew in here) and not wanted.on_the_way:
        return "on_the_way"
    taken_up = row.held_at is not None or row.notes or row.helpers or up is not None
    return "dealt_with" if taken_up else ""


def _crews(context: Context) -> dict[str, list[AssignmentRow]]:
    found: dict[str, list[AssignmentRow]] = {}
    for put in context.feed.rows("assignment"):
        if isinstance(put.row, AssignmentRow):
            found.setdefault(put.row.demand, []).append(put.row)
    return found


def _tasks(context: Context, caller: Caller, wanted: BatchLookBody) -> Iterator[tuple[Found, str]]:
    for put in context.feed.rows("task"):
        row = put.row
        if not isinstance(row, TaskRow) or row.state != "proposed" or not _asked(row, wanted):
            continue
        if caller.reader.sees(put.audience) and _inside(context, row.division, wanted):
            yield row, ""


def _asked(row: TaskRow, wanted: BatchLookBody) -> bool:
    if row.incident != wanted.incident or (wanted.kind or row.kind) != row.kind:
        return False
    if not (wanted.since or 0) <= row.proposed_at < (wanted.until or row.proposed_at + 1):
        return False
    return (wanted.domain or row.domain) is row.domain


def _samples(rows: list[Found]) -> tuple[Sample, ...]:
    return tuple(_sample(row) for row in sorted(rows, key=lambda row: row.number)[:SAMPLES])


def _sample(row: Found) -> Sample:
    words = row.risk_statement if isinstance(row, DemandRow) else ""
    at = row.published_at if isinstance(row, DemandRow) else row.proposed_at
    return Sample(row.id, row.number, row.division, row.kind, at, words)
