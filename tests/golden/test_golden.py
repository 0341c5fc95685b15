"""Bytes that were once written: they are read, written again and decided again, unchanged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from msgspec import inspect
from referencing import Registry, Resource

from schemas import wire
from schemas.registry_facts import RulesChanged
from schemas.turns import Envelope, Turn
from schemas.write import pages, tag_of
from streams.area import Area
from streams.verify import Verdict, verify
from streams.versions import VERSIONS
from tests.golden import write
from tests.golden.samples import COMMANDS, FACTS
from tests.streams.world import WENZHOU, divisions

GOLDEN = Path(__file__).parent
FILES = sorted(path.relative_to(GOLDEN).as_posix() for path in GOLDEN.glob("*/*.ndjson"))
LOGS = sorted(path.name for path in GOLDEN.glob(f"*{write.LOG}"))
NOW = {tag_of(kind): kind for kind in (*COMMANDS, *FACTS)}


def tag_in(file: str) -> str:
    return Path(file).stem


def records(file: str) -> list[bytes]:
    return (GOLDEN / file).read_bytes().split(b"\n")[:-1]


def decode(file: str, record: bytes) -> Envelope | Turn:
    return wire.decode_turn(record) if is_fact(file) else wire.decode_envelope(record)


def is_fact(file: str) -> bool:
    return file.startswith("facts/")


def tagged(file: str, plain: Any) -> Any:
    """The command or the fact that a golden record is there for."""
    return plain["facts"][0] if is_fact(file) else plain["command"]


# Samples


def test_every_command_and_every_fact_has_its_golden_file() -> None:
    assert set(NOW) - {tag_in(file) for file in FILES} == set()


@pytest.mark.parametrize("file", FILES)
def test_golden_bytes_are_read_and_written_again_unchanged(file: str) -> None:
    for record in records(file):
        again = wire.encode(decode(file, record))
        if tag_in(file) in NOW:  # an older shape is lifted, so it is only read
            assert again == record


def changed(file: str, change: Callable[[Any], object]) -> bytes:
    """The full sample with one change inside its command or fact."""
    plain = json.loads(records(file)[0])
    change(tagged(file, plain))
    return json.dumps(plain).encode()


def refused(file: str, change: Callable[[Any], object]) -> bool:
    try:
        decode(file, changed(file, change))
    except wire.NotReadable as refusal:
        return not refusal.newer
    return False


CURRENT = [file for file in FILES if tag_in(file) in NOW]


@pytest.mark.parametrize("file", CURRENT)
def test_an_unchanged_sample_is_not_refused(file: str) -> None:
    """Otherwise the tests below would hold for any reason."""
    assert not refused(file, dict)


@pytest.mark.parametrize("file", CURRENT)
def test_an_unknown_field_is_refused(file: str) -> None:
    assert refused(file, lambda item: item.update(surprise=1))


@pytest.mark.parametrize("file", CURRENT)
def test_a_missing_field_is_refused(file: str) -> None:
    for field in msgspec.structs.fields(NOW[tag_in(file)]):
        if field.required:
            assert refused(file, partial(_without, field.name)), field.name


@pytest.mark.parametrize("file", CURRENT)
def test_a_wrong_type_is_refused(file: str) -> None:
    """A float is in no stored type, so it is wrong everywhere; so is an object without a type."""
    for name in NOW[tag_in(file)].__struct_fields__:
        assert refused(file, partial(_with, name, 1.5)), name
        assert refused(file, partial(_with, name, {})), name


@pytest.mark.parametrize("file", CURRENT)
def test_a_value_out_of_range_is_refused(file: str) -> None:
    for name, wrong in out_of_range(NOW[tag_in(file)]):
        assert refused(file, partial(_with, name, wrong)), (name, wrong)


def _with(name: str, value: Any, item: Any) -> None:
    item[name] = value


def _without(name: str, item: Any) -> None:
    del item[name]


def out_of_range(kind: type[msgspec.Struct]) -> Iterator[tuple[str, Any]]:
    """For every bound of a field, the first value beyond it."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        for value in _beyond(field.type):
            yield field.name, value


def _beyond(info: inspect.Type) -> Iterator[Any]:
    match info:
        case inspect.UnionType(types=types):
            for item in types:
                yield from _beyond(item)
        case inspect.IntType(ge=least, le=most):
            yield from () if least is None else (least - 1,)
            yield from () if most is None else (most + 1,)
        case inspect.StrType(min_length=least, max_length=most, pattern=pattern):
            yield from () if not least else ("",)
            yield from () if most is None else ("a" * (most + 1),)
            yield from () if pattern is None else ("NOT IN THE PATTERN",)
        case inspect.VarTupleType(item_type=item, min_length=least, max_length=most):
            yield from () if not least else ([],)
            yield from ([value] for value in _beyond(item))
            if most is not None and isinstance(item, inspect.StrType | inspect.IntType):
                yield (["a"] if isinstance(item, inspect.StrType) else [1]) * (most + 1)
        case inspect.EnumType():
            yield "no_such_code"


def test_the_bounds_that_matter_were_tried() -> None:
    """Otherwise the test above would hold for lack of trying."""
    tried = {(tag_of(kind), name) for kind in NOW.values() for name, _ in out_of_range(kind)}
    for tag, name in (
        ("AcceptOffer.1", "quantity"),
        ("PublishDemand.1", "priority"),
        ("PublishDemand.1", "lines"),
        ("CloseIncident.1", "live"),
        ("GiveNewTime.1", "minutes"),
        ("RegisterOrganization.1", "credit_code"),
        ("OfferSent.1", "answer_by"),
        ("OfferDeclined.1", "reason"),
        ("OpenLog.1", "divisions"),
    ):
        assert (tag, name) in tried


# The published schemas say the same as the decoder


@pytest.fixture(scope="module")
def schemas() -> Registry[Any]:
    named = ((page.path, Resource.from_contents(page.document)) for page in pages())
    return Registry().with_resources(named)


def validator(schemas: Registry[Any], path: str) -> Draft202012Validator:
    return Draft202012Validator(schemas.contents(path), registry=schemas)


@pytest.mark.parametrize("file", FILES)
def test_golden_records_fit_the_published_schemas(schemas: Registry[Any], file: str) -> None:
    whole = validator(schemas, "Turn.json" if is_fact(file) else "Envelope.json")
    own = validator(schemas, f"{Path(file).parent}/{tag_in(file)}.json")
    for record in records(file):
        plain = json.loads(record)
        whole.validate(plain)
        own.validate(tagged(file, plain))
        order = schemas.contents(f"{Path(file).parent}/{tag_in(file)}.json")["x-order"]
        assert list(tagged(file, plain)) == order


@pytest.mark.parametrize("file", CURRENT)
def test_the_published_schema_refuses_what_the_decoder_refuses(
    schemas: Registry[Any], file: str
) -> None:
    own = validator(schemas, f"{Path(file).parent}/{tag_in(file)}.json")
    for name, wrong in (("surprise", 1), *out_of_range(NOW[tag_in(file)])):
        item = tagged(file, json.loads(records(file)[0]))
        item[name] = wrong
        assert not own.is_valid(item), (name, wrong)


# Logs: the tripwire for any accidental change of rules or bytes


@pytest.fixture(scope="module", params=LOGS)
def log(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def verified(log: str) -> Verdict:
    return verify(Area(WENZHOU, divisions()), records(log))


def committed(log: str) -> Any:
    return json.loads((GOLDEN / (log.removesuffix(write.LOG) + write.VERDICT)).read_bytes())


def test_a_golden_log_is_decided_again_to_the_same_bytes(log: str) -> None:
    said = verified(log)
    assert (said.chain, said.replay, said.bad) == ("ok", "equal", None)
    assert {name: getattr(said, name) for name in committed(log)} == committed(log)


def test_a_golden_log_fits_the_published_schemas(log: str, schemas: Registry[Any]) -> None:
    turn = validator(schemas, "Turn.json")
    for record in records(log):
        turn.validate(json.loads(record))


def test_golden_logs_hold_every_command_every_fact_and_refusals() -> None:
    turns = [wire.decode_turn(record) for log in LOGS for record in records(log)]
    assert {type(turn.command) for turn in turns} == set(COMMANDS)
    unwritten = set() if len(VERSIONS) > 1 else {RulesChanged}
    assert {type(fact) for turn in turns for fact in turn.facts} == set(FACTS) - unwritten
    assert len({turn.refusal for turn in turns}) > 3


def test_verification_notices_one_changed_byte(log: str) -> None:
    """Given a golden log with one digit changed, then it stands up to there and no further.

    Of a turn with facts: a refusal alone would be the same at another time, and only the chain,
    which the next turn holds, would tell.
    """
    stored = records(log)
    middle = len(stored) // 2
    number = next(n for n in range(middle, len(stored)) if wire.decode_turn(stored[n]).facts)
    stored[number] = stored[number].replace(b'"at":1', b'"at":2', 1)
    said = verify(Area(WENZHOU, divisions()), stored)
    assert not said.sound
    assert said.bad == number + 1


# The writer


def test_the_writer_refuses_to_replace_what_differs(tmp_path: Path) -> None:
    log = tmp_path / "thread.log.ndjson"
    log.write_bytes(b"other bytes\n")
    written, left = write.write(tmp_path)
    assert left == ["thread.log.ndjson"]
    assert log.read_bytes() == b"other bytes\n"
    assert "new version of the rules" in write.warning(left[0])
    assert "facts/OfferSent.1.ndjson" in written
    assert write.write(tmp_path, replace=True) == (["thread.log.ndjson"], [])
    assert log.read_bytes() != b"other bytes\n"
