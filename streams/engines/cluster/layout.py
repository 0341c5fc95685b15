"""Where a cluster's parts are, and which area is on which partition: one file for all of them."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas.values import AreaId

FILE: Final = "cluster.toml"
_PREFIX: Final = re.compile(r"[a-z0-9.-]{0,64}")


class LayoutUnfit(ValueError):
    """The file is missing or says something that cannot be; the text says what."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """What the file holds, as it is written."""

    brokers: str
    redis: str
    areas: dict[str, int]
    prefix: str = ""
    partitions: int = 4
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """One cluster. Every process that reads or writes it is given the same file.

    `prefix` stands before the topics, the groups and every key of the board, so that several
    clusters can share a broker. `copies` of each record; one copy is flushed before it counts.
    """

    brokers: str
    redis: str
    areas: Mapping[AreaId, int] = field(default_factory=dict)
    prefix: str = ""
    partitions: int = 4
    copies: int = 1

    def __post_init__(self) -> None:
        if not _PREFIX.fullmatch(self.prefix):
            raise LayoutUnfit("prefix: small letters, digits, dots and hyphens, 64 at most")
        if not 1 <= self.partitions <= 1_000 or not 1 <= self.copies <= 9:
            raise LayoutUnfit("partitions must be 1 to 1000, copies 1 to 9")
        for area, partition in self.areas.items():
            if not 0 <= partition < self.partitions:
                raise LayoutUnfit(f"area {area} is on partition {partition}, which is not there")

    @property
    def commands(self) -> str:
        """The topic of what people, organizations and clocks ask for."""
        return f"{self.prefix}commands"

    @property
    def turns(self) -> str:
        """The topic of what was decided: the record itself."""
        return f"{self.prefix}turns"

    def partition(self, area: AreaId) -> int:
        """Where an area's records are, in both topics. LookupError for an area not in the table."""
        try:
            return self.areas[area]
        except KeyError:
            raise LookupError(f"area {area} is not in the table of {FILE}") from None

    def areas_on(self, partition: int) -> frozenset[AreaId]:
        return frozenset(area for area, place in self.areas.items() if place == partition)

    @classmethod
    def read(cls, folder: Path) -> Layout:
        """The layout in a data folder. LayoutUnfit says what is wrong with it."""
        path = folder / FILE
        try:
            told = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File)
        except FileNotFoundError:
            raise LayoutUnfit(f"{path} is missing") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as problem:
            raise LayoutUnfit(f"{path}: {problem}") from problem
        values: dict[str, Any] = msgspec.structs.asdict(told)
        areas = {AreaId(area): place for area, place in told.areas.items()}
        return cls(**{**values, "areas": areas})

    def write(self, folder: Path) -> None:
        """Put the layout into a data folder, whole or not at all."""
        names = ("brokers", "redis", "prefix", "partitions", "copies")
        lines = [f"{name} = {json.dumps(getattr(self, name))}" for name in names]
        lines += ["", "[areas]  # command area = partition; an area never moves to another one"]
        lines += [f"{json.dumps(area)} = {place}" for area, place in sorted(self.areas.items())]
        part = folder / f"{FILE}.part"
        part.write_text("\n".join(lines) + "\n", "utf-8")
        part.replace(folder / FILE)


def is_cluster(folder: Path) -> bool:
    """Whether a data folder is for the cluster's engine."""
    return (folder / FILE).is_file()


def default_worker(role: str) -> str:
    """A worker's name that survives its restarts: the machine's name and what it does."""
    return f"{os.uname().nodename}-{role}"
