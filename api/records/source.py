"""A file of records: CSV, workbook, JSON as array, lines or nested, GeoJSON; also under gzip.

Form and encoding are found in the content, never in the name. What an encoding cannot be told
by is a guess, which whoever asked has to confirm.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import msgspec

from api.records.fields import value_of
from api.sheets import Damaged, Table, Unreadable, encoding_of, table_of

BYTES_MOST: Final = 512 * 1024 * 1024  # unpacked: a bomb is not worth more memory
GZIP: Final = b"\x1f\x8b"
WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """One row as it came: its number in the file, and its record or why there is none.

    `cells`: columns whose content cannot be told, with the reason.
    """

    number: int
    record: Record | None
    problem: str = ""
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file's rows. `form`: csv, xlsx, json, json lines, geojson; `encoding` may be `guessed`."""

    path: Path
    form: str
    encoding: str
    guessed: bool
    rows: Iterable[Raw]
    records: str = ""


def read(path: Path, encoding: str | None = None, records: str = "") -> Source:
    """The rows of a file; `records`: the nested path of their list. Raises Unreadable, OSError."""
    before = path.stat()
    packed = path.read_bytes()
    if path.stat().st_mtime_ns != before.st_mtime_ns or len(packed) != before.st_size:
        raise Unreadable("file_changed", path.name)
    content = _unpacked(packed)
    if content.startswith(WORKBOOKS):
        return _of_table(path, table_of(content, encoding))
    found, guessed = (encoding, False) if encoding else encoding_of(content)
    try:
        text = content.decode(found)
    except (UnicodeDecodeError, LookupError):
        raise Unreadable("encoding_wrong", found) from None
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return _of_table(path, table_of(content, found), guessed)
    form, rows = _json(text.removeprefix("\ufeff"), records)
    return Source(path, form, found, guessed, rows, records)


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(GZIP):
        return _bounded(content)
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as packed:
            return _bounded(packed.read(BYTES_MOST + 1))
    except (EOFError, OSError, zlib.error) as error:
        raise Unreadable("gzip_broken", type(error).__name__) from None


def _bounded(content: bytes) -> bytes:
    if len(content) > BYTES_MOST:
        raise Unreadable("file_too_large", str(BYTES_MOST))
    return content


def _of_table(path: Path, table: Table, guessed: bool = False) -> Source:
    return Source(path, table.form, table.encoding, guessed, _cells(table))


def _cells(table: Table) -> Iterator[Raw]:
    for row in table.rows:
        pairs = list(zip(table.heads, row.cells, strict=False))
        damaged = tuple((head, cell.why) for head, cell in pairs if isinstance(cell, Damaged))
        if any(row.cells[len(table.heads) :]):
            yield Raw(row.number, None, "cells_beyond")
            continue
        record = {head: _nested(cell) for head, cell in pairs}
        yield Raw(row.number, record, cells=damaged)


def _nested(cell: str | Damaged) -> Any:
    """A cell's text; what was nested where it came from stands there as JSON, as in a report."""
    text = cell.came if isinstance(cell, Damaged) else cell
    if text.startswith(("[", "{")):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(text)
    return text


def _json(text: str, records: str) -> tuple[str, Iterable[Raw]]:
    """Its form and rows. Lines are told by a first line that is whole, with more behind it."""
    first, _, rest = text.lstrip().partition("\n")
    if not records and rest.strip() and _whole(first):
        return "json lines", _lines(text)
    try:
        content = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        if not records and first.rstrip().endswith("}"):  # the first of the lines is broken
            return "json lines", _lines(text)
        raise Unreadable("json_broken", str(error)) from None
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        listed = content.get("features")
        return "geojson", _listed(listed if isinstance(listed, list) else [], _feature)
    found = value_of(content, records) if records else content
    if isinstance(found, dict) and not records:
        found = [found]
    if not isinstance(found, list):
        raise Unreadable("list_missing", records)
    return "json", _listed(found, lambda value: value)


def _whole(line: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except (msgspec.DecodeError, RecursionError):
        return False


def _lines(text: str) -> Iterator[Raw]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _row(number, msgspec.json.decode(line))
        except (msgspec.DecodeError, RecursionError):
            yield Raw(number, None, "json_broken")


def _listed(values: list[Any], plain: Any) -> Iterator[Raw]:
    for number, value in enumerate(values, 1):
        yield _row(number, plain(value))


def _row(number: int, value: Any) -> Raw:
    return Raw(number, value) if isinstance(value, dict) else Raw(number, None, "no_object")


def _feature(value: Any) -> Any:
    """A feature's properties, with its `geometry` and its `id` beside them."""
    if not isinstance(value, dict):
        return value
    beside = {key: value[key] for key in ("id", "geometry") if key in value}
    return {**beside, **(value.get("properties") or {})}
