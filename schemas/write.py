"""Write the JSON Schemas of what is stored: `python -m schemas.write [--check]`.

A log outlives every program that writes it. So a stored type's file is written once, and a type
that has changed under its number is refused. Lists (codes, and which commands and facts there
are) may grow; board rows can be made again from the log, so theirs follow the program.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from inspect import cleandoc
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec

from schemas import wire
from schemas.commands import Command
from schemas.facts import Fact
from schemas.turns import DeadLetter, Envelope, Turn
from schemas.views import Row

FOLDER = Path(__file__).parent / "json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
HERE = "#/$defs/"

KINDS = {"commands": get_args(Command), "facts": get_args(Fact), "rows": get_args(Row)}
UNIONS = {"Command.json": "commands", "Fact.json": "facts"}
RECORDS: dict[str, type[msgspec.Struct]] = {
    "Turn.json": Turn,
    "Envelope.json": Envelope,
    "DeadLetter.json": DeadLetter,
}

Document = dict[str, Any]


class Hold(StrEnum):
    """How firmly a file is held to what it says."""

    STORED = "stored"  # never changes
    LIST = "list"  # may grow
    REBUILDABLE = "rebuildable"  # follows the program


class Page(NamedTuple):
    """One file: its place under the folder, how firmly it is held, and what belongs in it."""

    path: str
    hold: Hold
    document: Document


class Conflict(NamedTuple):
    """A file that must not be written over, and what to do instead."""

    path: str
    remedy: str


def tag_of(kind: type[msgspec.Struct]) -> str:
    """What the kind is called in stored bytes: its name and its shape's number."""
    return str(kind.__struct_config__.tag)


def pages(folder: Path = FOLDER) -> list[Page]:
    """Every file as it should be; the lists also name the older shapes that are in the folder."""
    return [*_kinds(), *_records(), *_unions(folder), *_codes()]


def _kinds() -> Iterator[Page]:
    for part, kinds in KINDS.items():
        hold = Hold.REBUILDABLE if part == "rows" else Hold.STORED
        for kind in kinds:
            path = _path(part, kind)
            yield Page(path, hold, _schema(kind, path, "../"))


def _path(part: str, kind: type[msgspec.Struct]) -> str:
    return f"{part}/{tag_of(kind)}.json"


def _records() -> Iterator[Page]:
    """Turn and envelope take any command and any fact, so they only refer to them."""
    for path, kind in RECORDS.items():
        document = _schema(kind, path, "")
        document["properties"]["command"] = {"$ref": "Command.json"}
        if "facts" in document["properties"]:
            document["properties"]["facts"]["items"] = {"$ref": "Fact.json"}
        document["$defs"] = {}
        yield Page(path, Hold.STORED, document)


def _schema(kind: type[msgspec.Struct], path: str, up: str) -> Document:
    """One kind's schema: what it is made of inside, code lists by reference."""
    _, components = msgspec.json.schema_components((kind,), ref_template=HERE + "{name}")
    orders = {item.__name__: item for item in _structs(kind)}
    lists = {name for name, schema in components.items() if "enum" in schema}
    for name, item in orders.items():
        components[name]["x-order"] = list(_order(item))
    plain = {
        name: _refer(schema, lists, up) for name, schema in components.items() if name not in lists
    }
    own = plain.pop(kind.__name__)
    document = {"$schema": DIALECT, "$id": path, "$defs": plain, **own}
    return dict(json.loads(json.dumps(document)))  # tuples in defaults become lists


def _structs(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """A kind and every kind inside it, each once."""
    waiting: list[Any] = [msgspec.inspect.type_info(kind)]
    seen: dict[type[msgspec.Struct], None] = {}
    while waiting:
        info = waiting.pop()
        if isinstance(info, msgspec.inspect.StructType) and info.cls not in seen:
            seen[info.cls] = None
            waiting += [field.type for field in info.fields]
        elif isinstance(info, msgspec.inspect.UnionType):
            waiting += info.types
        elif isinstance(info, msgspec.inspect.VarTupleType):
            waiting.append(info.item_type)
    return iter(seen)


def _order(kind: type[msgspec.Struct]) -> Iterator[str]:
    """The order of the fields in canonical bytes, which a schema does not say otherwise."""
    if kind.__struct_config__.tag is not None:
        yield str(kind.__struct_config__.tag_field)
    yield from kind.__struct_encode_fields__


def _refer(schema: Any, lists: set[str], up: str) -> Any:
    """The schema with every code list referred to by its file."""
    if isinstance(schema, list):
        return [_refer(item, lists, up) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = str(schema.get("$ref", "")).removeprefix(HERE)
    if name in lists:
        return {**schema, "$ref": f"{up}codes/{name}.json"}
    if isinstance(words := schema.get("description"), str):
        schema = {**schema, "description": cleandoc(words)}  # Python 3.13 has done so already
    return {key: _refer(item, lists, up) for key, item in schema.items()}


def _unions(folder: Path) -> Iterator[Page]:
    """Which commands and facts there are, older shapes included."""
    for path, part in UNIONS.items():
        older = (f"{part}/{found.name}" for found in (folder / part).glob("*.json"))
        members = sorted({*older, *(_path(part, kind) for kind in KINDS[part])})
        anything = [{"$ref": member} for member in members]
        yield Page(path, Hold.LIST, {"$schema": DIALECT, "$id": path, "anyOf": anything})


def _codes() -> Iterator[Page]:
    """One file for each code list that anything stored is written with."""
    components = msgspec.json.schema_components(
        (*RECORDS.values(), *KINDS["rows"]), ref_template=HERE + "{name}"
    )[1]
    for name, schema in sorted(components.items()):
        if "enum" in schema:
            path = f"codes/{name}.json"
            yield Page(path, Hold.LIST, {"$schema": DIALECT, "$id": path, **schema})


def render(document: Document) -> str:
    """Canonical text: sorted keys, so that the same schema is the same file."""
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def changed(folder: Path = FOLDER) -> list[Page]:
    """The pages whose files are missing or differ."""
    return [page for page in pages(folder) if _read(folder, page.path) != page.document]


def conflicts(folder: Path = FOLDER) -> list[Conflict]:
    """What has changed that must not, with what to do instead."""
    found = []
    for page in pages(folder):
        old = _read(folder, page.path)
        remedy = None if old is None else _remedy(page, old)
        if remedy is not None:
            found.append(Conflict(page.path, remedy))
    return found + list(_unreadable(folder))


def _read(folder: Path, path: str) -> Document | None:
    file = folder / path
    if not file.exists():
        return None
    found: Document = json.loads(file.read_text(encoding="utf-8"))
    return found


def _remedy(page: Page, old: Document) -> str | None:
    """What to do about a file that differs in more than words; None if it may be written."""
    if page.hold is Hold.REBUILDABLE:
        return None
    if page.hold is Hold.LIST:
        lost = _members(old) - _members(page.document)
        return f"logs hold {', '.join(sorted(lost))}: nothing is taken away" if lost else None
    if shape(old) == shape(page.document):
        return None
    tag = Path(page.path).stem
    if page.path in RECORDS:
        return f"logs hold {tag}s of this shape: raise FORMAT in schemas/turns.py, and lift it"
    name, _, number = tag.rpartition(".")
    return (
        f"logs hold {tag} in the shape of this file: give the new class the tag "
        f"{name}.{int(number) + 1}, keep the file, and add an upcaster for {tag} in schemas/wire.py"
    )


def _members(document: Document) -> set[str]:
    refs = (item["$ref"] for item in document.get("anyOf", ()))
    return {*map(str, document.get("enum", ())), *refs}


def shape(schema: Any) -> Any:
    """What a schema says about bytes: everything but its words."""
    if isinstance(schema, list):
        return [shape(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: shape(item)
        for key, item in schema.items()
        if not (key == "description" and isinstance(item, str))
    }


def _unreadable(folder: Path) -> Iterator[Conflict]:
    """Older shapes that no upcaster lifts any more."""
    for part in UNIONS.values():
        known = {tag_of(kind) for kind in KINDS[part]}
        for file in sorted((folder / part).glob("*.json")):
            if file.stem not in known and file.stem not in wire.UPCASTERS:
                remedy = f"logs hold {file.stem}: add an upcaster for it in schemas/wire.py"
                yield Conflict(f"{part}/{file.name}", remedy)


def write(folder: Path = FOLDER) -> list[str]:
    """Write what is new or may change; the paths written. ValueError if anything must not."""
    found = conflicts(folder)
    if found:
        raise ValueError("\n".join(f"{path}: {remedy}" for path, remedy in found))
    written = changed(folder)
    for page in written:
        file = folder / page.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(render(page.document), encoding="utf-8")
    return [page.path for page in written]


def main(arguments: list[str] | None = None) -> int:
    """0 when every file is as it should be (or has been written), else 1."""
    parser = argparse.ArgumentParser(prog="python -m schemas.write", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    only_check = parser.parse_args(arguments).check
    try:
        paths = [page.path for page in changed()] if only_check else write()
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in paths:
        sys.stdout.write(f"{'differs' if only_check else 'written'}: schemas/json/{path}\n")
    return int(only_check and bool(paths))


if __name__ == "__main__":
    sys.exit(main())
