"""The life of a record: what it said when it was filed, and each logged change at its own time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from api.records.fields import Record, paths_of, text_of, value_of
from api.records.profile import Profile
from api.records.reading import Reader, Reading, Refused
from api.records.times import TimeRefused, instant
from schemas.values import CloseReason, Instant


class Change(NamedTuple):
    """One logged change of one field."""

    at: Instant
    field: str
    old: Any
    new: Any

    @property
    def words(self) -> str:
        return f"{self.field}: {text_of(self.old)} → {text_of(self.new)}"


class Step(msgspec.Struct, frozen=True):
    """A change of the status: the stage that it leads to, and its words."""

    stage: str
    words: str


class Moment(msgspec.Struct, frozen=True):
    """What a record says from a time on; `filed`: its first. `edits`: the words of what has
    changed besides its status."""

    row: int
    at: Instant
    filed: bool
    reading: Reading
    steps: tuple[Step, ...] = ()
    edits: tuple[str, ...] = ()


@dataclass(slots=True)
class Life:
    """All moments of a record, how many changes were logged, and the refused ones' reasons."""

    moments: list[Moment]
    logged: int
    refused: list[str]


def logged(record: Record, profile: Profile) -> int:
    """How many changes a record's log has."""
    return len(_entries(record, profile))


def life(row: int, record: Record, reader: Reader) -> Life:
    """A record's life. Raises Refused where it is no demand when it was filed."""
    profile = reader.profile
    changes, refused = _changes(record, profile)
    plain = _at_filing(record, changes)
    first = reader.read(plain)
    found = Life([], logged(record, profile), refused)
    played: list[Change] = []
    for change in sorted(changes, key=lambda one: one.at):
        if change.field not in profile.used:
            refused.append("field_unmapped")
        elif change.at < first.at:
            refused.append("before_filing")
        else:
            played.append(change)
    if first.reason is CloseReason.UNFOUNDED and not _status_changes(played, profile):
        first = replace(first, stage="done")  # nobody has said when: as soon as it was filed
    found.moments.append(Moment(row, first.at, True, first))
    for at, group in groupby(played, lambda change: change.at):
        plain = _go_on(found, at, plain, list(group), reader)
    return found


def _go_on(
    found: Life, at: Instant, plain: Record, changes: list[Change], reader: Reader
) -> Record:
    """One more moment; what cannot be read any more leaves what was read before as it is."""
    statuses = paths_of(reader.profile.fields.status)
    steps, edits = [], []
    for change in changes:
        plain = {**plain, change.field: change.new}
        if change.field not in statuses:
            edits.append(change.words)
            continue
        try:
            steps.append(Step(reader.stage(plain)[0], change.words))
        except Refused as problem:
            found.refused.append(problem.code)
    last = found.moments[-1]
    try:
        reading = reader.read(plain)
    except Refused as problem:
        found.refused += [problem.code] * len(edits)
        reading, edits = last.reading, []
    if steps or edits:
        moment = Moment(last.row, at, False, reading, tuple(steps), tuple(edits))
        found.moments.append(moment)
    return plain


def _status_changes(changes: list[Change], profile: Profile) -> bool:
    statuses = paths_of(profile.fields.status)
    return any(change.field in statuses for change in changes)


def _entries(record: Record, profile: Profile) -> list[Any]:
    path = profile.fields.changes
    listed = value_of(record, path) if path else None
    return listed if isinstance(listed, list) else []


def _changes(record: Record, profile: Profile) -> tuple[list[Change], list[str]]:
    """The logged changes in the order of the log, and why others of them are none."""
    found: list[Change] = []
    refused: list[str] = []
    for entry in _entries(record, profile):
        try:
            found.append(_change(entry, profile))
        except (TimeRefused, Refused) as problem:
            refused.append(problem.code)
    return found, refused


def _change(entry: Any, profile: Profile) -> Change:
    names = profile.changes
    field = text_of(value_of(entry, names.field))
    if not field:
        raise Refused("change_broken")
    at = instant(value_of(entry, names.time), profile.change_formats, profile.change_zone)
    return Change(at, field, value_of(entry, names.old), value_of(entry, names.new))


def _at_filing(record: Record, changes: list[Change]) -> Record:
    """The record before any change: a file tells it as it was in the end."""
    first: dict[str, Any] = {}
    for change in sorted(changes, key=lambda one: one.at):
        first.setdefault(change.field, change.old)
    return {**record, **first}
