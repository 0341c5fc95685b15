"""Profiles: what the records of one origin mean, as a TOML file says it; docs/profiles.md."""

from __future__ import annotations

from datetime import tzinfo
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Literal

import msgspec

from api.records.fields import Field, Table, paths_of
from api.records.quantities import Quantity
from api.records.rules import DemandRule, Rule
from api.records.times import zone_of
from schemas.values import CloseReason

Repair = Literal["swap", "seat", "move", "center"]


class FileTable(Table, frozen=True):
    """How the file is read; all of it is found where it is not said."""

    encoding: str = ""
    records: str = ""


class FieldsTable(Table, frozen=True):
    """Which field of a record is what."""

    time: Field
    id: Field = ()
    county: Field = ()
    township: Field = ()
    coordinate: Field = ()
    lon: Field = ()
    lat: Field = ()
    address: Field = ()
    note: Field = ()
    contact: Field = ()
    status: Field = ()
    changes: str = ""


class TimeTable(Table, frozen=True):
    """`formats` in order: iso, epoch, epoch_ms, serial, or a pattern as strptime has it."""

    zone: str = "+08:00"
    formats: tuple[str, ...] = ("iso",)


class PlaceTable(Table, frozen=True):
    """`repair` names what may be mended; all else is refused, and the original is kept."""

    order: Literal["lon,lat", "lat,lon"] = "lon,lat"
    separator: str = ","
    crs: str = "WGS-84"
    repair: tuple[Repair, ...] = ()
    rally_point: str = "{township}"


class StatusTable(Table, frozen=True):
    """The words of a status by what they mean; `unknown` for one that is not there."""

    open: tuple[str, ...] = ()
    taken_up: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    false_report: tuple[str, ...] = ()
    unknown: Literal["refuse", "open"] = "refuse"
    reason: CloseReason = CloseReason.MET

    def stage(self, word: str) -> str | None:
        """open, taken_up, done or false_report; None for a word that is not there."""
        stages = ("open", "taken_up", "done", "false_report")
        return next((stage for stage in stages if word in getattr(self, stage)), None)


class ChangesTable(Table, frozen=True):
    """The fields of a logged change; its times as those of the records where it says none.

    `notes`: fields whose changes are kept as notes of the desk.
    """

    field: str = "field"
    old: str = "old"
    new: str = "new"
    time: str = "time"
    formats: tuple[str, ...] = ()
    zone: str = ""
    notes: tuple[str, ...] = ()


class OrganizationsTable(Table, frozen=True):
    """For a drill: how many organizations are invented, and how often each first skill occurs."""

    count: int = 0
    often: dict[str, int] = msgspec.field(default_factory=dict)


class Profile(Table, frozen=True):
    """A whole profile."""

    hazard: str
    fields: FieldsTable
    rules: tuple[Rule, ...]
    demands: dict[str, DemandRule]
    label: str = ""
    area: str = ""
    county: str = ""  # a drill's: the one county that is played
    file: FileTable = FileTable()
    time: TimeTable = TimeTable()
    place: PlaceTable = PlaceTable()
    status: StatusTable = StatusTable()
    changes: ChangesTable = ChangesTable()
    quantities: dict[str, Quantity] = msgspec.field(default_factory=dict)
    organizations: OrganizationsTable = OrganizationsTable()

    @cached_property
    def zone(self) -> tzinfo:
        return zone_of(self.time.zone)

    @cached_property
    def change_zone(self) -> tzinfo:
        return zone_of(self.changes.zone) if self.changes.zone else self.zone

    @cached_property
    def change_formats(self) -> tuple[str, ...]:
        return self.changes.formats or self.time.formats

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Where words are looked for, unless a rule says where."""
        return (*paths_of(self.fields.address), *paths_of(self.fields.note))

    @cached_property
    def digest(self) -> str:
        """Of what it says, not of how it is written."""
        return sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()

    @cached_property
    def used(self) -> frozenset[str]:
        """Every path that decides anything: a change of another field has no meaning here."""
        return frozenset(_paths(self))


def load(path: Path) -> Profile:
    """Read a profile; OSError or ValueError (msgspec's are) where it is unusable."""
    return msgspec.toml.decode(path.read_bytes(), type=Profile)


def _paths(profile: Profile) -> list[str]:
    mapped = [paths_of(getattr(profile.fields, name)) for name in _MAPPED]
    found = [path for paths in mapped for path in paths]
    for when in (part for rule in profile.rules for part in (rule, rule.unless)):
        if when is not None:
            found += [*when.fields, *when.any_field, *when.within]
    found += [name for quantity in profile.quantities.values() for name in quantity.fields]
    return [*found, *profile.changes.notes]


_MAPPED = tuple(name for name in FieldsTable.__struct_fields__ if name != "changes")
