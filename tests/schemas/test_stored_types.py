"""Shapes that outlive us: numbered, strict, made of the house rule's few types, and committed."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect

import schemas.write
from schemas import wire
from schemas.turns import Envelope, Turn
from schemas.values import Mode, Stored
from schemas.write import KINDS, Hold, conflicts, pages, shape, tag_of, write
from streams import entities, remembered

ROOT = Path(__file__).parent.parent.parent
COMMANDS, FACTS, ROWS = (list(KINDS[part]) for part in ("commands", "facts", "rows"))
RECORDS = (Turn, Envelope)


def every_stored_type() -> list[type[msgspec.Struct]]:
    """Every kind that derives from Stored anywhere: rows, entities and inner values included."""
    found, waiting = [], [Stored]
    while waiting:
        kinds = waiting.pop().__subclasses__()
        waiting += kinds
        found += [kind for kind in kinds if kind.__module__.startswith(("schemas.", "streams."))]
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


STORED = every_stored_type()


def test_all_kinds_were_found() -> None:
    assert {*COMMANDS, *FACTS, *ROWS, *RECORDS, entities.Line, remembered.Key} <= {*STORED}


# Committed shapes


def test_no_stored_shape_differs_from_its_committed_schema() -> None:
    """Given a changed shape, then it needs the next number: the message says how."""
    assert conflicts() == []


def test_every_schema_is_committed_and_says_what_the_types_say() -> None:
    """Where only words differ, or a list has grown: `make schemas`."""
    assert [page.path for page in schemas.write.changed()] == []


def test_no_schema_file_is_there_for_nothing() -> None:
    older = {f"{part}/{tag}.json" for tag in wire.UPCASTERS for part in ("commands", "facts")}
    known = {page.path for page in pages()} | older
    there = schemas.write.FOLDER.rglob("*.json")
    assert {path.relative_to(schemas.write.FOLDER).as_posix() for path in there} <= known


def test_every_tag_ends_in_its_number_and_is_unique() -> None:
    tags = [tag_of(kind) for kind in (*COMMANDS, *FACTS)]
    assert [tag for tag in tags if not re.fullmatch(r"[A-Z][A-Za-z]+\.[1-9][0-9]*", tag)] == []
    assert [tag for tag, times in Counter(tags).items() if times > 1] == []
    assert all(tag_of(kind).rpartition(".")[0] == kind.__name__ for kind in (*COMMANDS, *FACTS))


# The house rule


PLAIN = (inspect.IntType, inspect.StrType, inspect.BoolType, inspect.NoneType)


def broken(info: inspect.Type, seen: tuple[type, ...] = ()) -> Iterator[str]:
    """What in a type breaks the house rule: int, str, bool, None, tuple, Stored, StrEnum."""
    match info:
        case inspect.UnionType(types=types):
            for item in types:
                yield from broken(item, seen)
        case inspect.VarTupleType(item_type=item):
            yield from broken(item, seen)
        case inspect.TupleType(item_types=items):
            for item in items:
                yield from broken(item, seen)
        case inspect.StructType(cls=kind) if issubclass(kind, Stored) and kind not in seen:
            for field in info.fields:
                wrong = broken(field.type, (*seen, kind))
                yield from (f"{kind.__name__}.{field.name}: {what}" for what in wrong)
        case inspect.EnumType(cls=codes) if issubclass(codes, StrEnum):
            pass
        case _ if not isinstance(info, PLAIN):
            yield str(info)


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
def test_every_stored_type_obeys_the_house_rule(kind: type[msgspec.Struct]) -> None:
    assert list(broken(inspect.type_info(kind))) == []


def test_the_house_rule_notices_what_it_forbids() -> None:
    for wrong in (float, bytes, list[int], dict[str, int], set[str], frozenset[int]):
        assert list(broken(inspect.type_info(wrong)))
    for module in ("datetime.datetime", "decimal.Decimal", "uuid.UUID"):
        package, _, name = module.partition(".")
        assert list(broken(inspect.type_info(getattr(__import__(package), name))))


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
def test_every_stored_type_is_frozen_and_strict(kind: type[msgspec.Struct]) -> None:
    config = kind.__struct_config__
    assert config.frozen
    assert config.forbid_unknown_fields
    assert not config.omit_defaults, "canonical bytes leave nothing out"
    assert not config.array_like
    assert not config.gc
    assert all(field.encode_name == field.name for field in msgspec.structs.fields(kind))


def made_by_position() -> Iterator[str]:
    """Where the program makes a stored value without naming its fields.

    msgspec does not pass `kw_only` on to derived kinds, so Python would let it pass.
    """
    for package in ("schemas", "geo", "streams", "api", "tests"):
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            ours = imported(tree)
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and node.args and _is_stored(_called(node, ours)):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node.func)}"


def imported(tree: ast.Module) -> dict[str, Any]:
    """What a module has from our words and rules, kinds and whole modules, by its names there."""
    origins = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    ours = [node for node in origins if (node.module or "").startswith(("schemas", "streams"))]
    return {
        alias.asname or alias.name: _member(node.module or "", alias.name)
        for node in ours
        for alias in node.names
    }


def _member(module: str, name: str) -> Any:
    """A name of a module, which may be a module that nobody has imported yet."""
    found = getattr(import_module(module), name, None)
    return import_module(f"{module}.{name}") if found is None else found


def _is_stored(called: Any) -> bool:
    return isinstance(called, type) and issubclass(called, Stored)


def _called(node: ast.Call, ours: dict[str, Any]) -> Any:
    match node.func:
        case ast.Name(id=name):
            return ours.get(name)
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return getattr(ours.get(module), name, None)
    return None


def test_a_value_made_by_position_is_noticed() -> None:
    """By its own name, by another one, and by its module's."""
    code = """
from schemas import commands as c
from schemas.values import Capability as Able
Able("DRONE", 1), c.Tick(1), c.Tick(number=1)
"""
    tree = ast.parse(code)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [_is_stored(_called(node, imported(tree))) for node in calls] == [True] * 3


def test_stored_values_are_made_by_the_names_of_their_fields() -> None:
    dataclass_like: Any = getattr(Stored, "__dataclass_transform__", {})
    assert dataclass_like["kw_only_default"], "mypy holds everybody to it"
    assert list(made_by_position()) == []


# The writer


def test_a_changed_shape_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """Given a committed shape unlike today's, when written, then nothing at all is written."""
    write(tmp_path)
    file = tmp_path / "facts/OfferSent.1.json"
    old = json.loads(file.read_text(encoding="utf-8"))
    del old["properties"]["rank"]
    file.write_text(json.dumps(old), encoding="utf-8")
    (tmp_path / "facts/OfferExpired.1.json").unlink()
    with pytest.raises(ValueError, match=r"tag OfferSent\.2.*upcaster for OfferSent\.1") as error:
        write(tmp_path)
    assert "facts/OfferSent.1.json" in str(error.value)
    assert not (tmp_path / "facts/OfferExpired.1.json").exists()


def test_the_order_of_the_fields_belongs_to_the_shape(tmp_path: Path) -> None:
    """Canonical bytes follow it, so another order is another shape."""
    write(tmp_path)
    file = tmp_path / "commands/AcceptOffer.1.json"
    old = json.loads(file.read_text(encoding="utf-8"))
    old["x-order"].reverse()
    file.write_text(json.dumps(old), encoding="utf-8")
    assert [found.path for found in conflicts(tmp_path)] == ["commands/AcceptOffer.1.json"]


def test_words_alone_are_no_shape(tmp_path: Path) -> None:
    write(tmp_path)
    file = tmp_path / "facts/OfferSent.1.json"
    old = json.loads(file.read_text(encoding="utf-8"))
    old["description"] = "Other words."
    file.write_text(json.dumps(old), encoding="utf-8")
    assert write(tmp_path) == ["facts/OfferSent.1.json"]


def test_a_code_list_may_grow_but_never_shrink(tmp_path: Path) -> None:
    write(tmp_path)
    file = tmp_path / "codes/Mode.json"
    old = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**old, "enum": old["enum"][:1]}), encoding="utf-8")
    assert write(tmp_path) == ["codes/Mode.json"]
    file.write_text(json.dumps({**old, "enum": [*Mode, "rehearsal"]}), encoding="utf-8")
    with pytest.raises(ValueError, match="rehearsal"):
        write(tmp_path)


def test_an_older_shape_stays_listed_and_wants_an_upcaster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    (tmp_path / "facts/OfferSent.0.json").write_text("{}", encoding="utf-8")
    assert [found.path for found in conflicts(tmp_path)] == ["facts/OfferSent.0.json"]
    monkeypatch.setitem(wire.UPCASTERS, "OfferSent.0", dict)
    assert write(tmp_path) == ["Fact.json"]
    union = json.loads((tmp_path / "Fact.json").read_text(encoding="utf-8"))
    assert {"$ref": "facts/OfferSent.0.json"} in union["anyOf"]


def test_rows_follow_the_program(tmp_path: Path) -> None:
    """A board is made again from the log, so its rows may change."""
    write(tmp_path)
    (tmp_path / "rows/offer.json").write_text("{}", encoding="utf-8")
    assert write(tmp_path) == ["rows/offer.json"]
    assert {page.hold for page in pages() if page.path.startswith("rows/")} == {Hold.REBUILDABLE}


def test_writing_twice_writes_nothing(tmp_path: Path) -> None:
    assert len(write(tmp_path)) == len(pages())
    assert write(tmp_path) == []


def test_a_shape_is_everything_but_the_words() -> None:
    with_words = {"description": "words", "properties": {"description": {"type": "string"}}}
    assert shape(with_words) == {"properties": {"description": {"type": "string"}}}
