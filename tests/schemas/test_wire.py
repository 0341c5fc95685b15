"""Bytes in, bytes out: exact, strict, and never another exception than NotReadable."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas import wire
from schemas.commands import JoinIncident, OpenIncident
from schemas.facts import IncidentJoined, SealedTextOpened
from schemas.turns import FORMAT, Envelope, Turn
from schemas.values import AccountId, DemandId, DivisionCode, IncidentId, OpeningReason
from schemas.wire import NotReadable
from streams.turning import envelope_of
from tests.streams.play import Play

Readers = (wire.decode_turn, wire.decode_envelope)
Reader = Callable[[bytes], Any]


@cache
def log() -> list[bytes]:
    """The stored turns of a random play, refusals included."""
    return Play(11).run(150).log


@cache
def turn() -> bytes:
    """A stored turn that holds a nested value, a list and a text."""
    return next(record for record in log() if b'"OfferSent.1"' in record)


def unreadable(reader: Reader, stored: bytes) -> NotReadable | None:
    """The refusal, or None where the bytes are read; any other exception fails the test."""
    try:
        reader(stored)
    except NotReadable as refusal:
        return refusal
    return None


# There and back


@pytest.mark.parametrize("seed", range(3))
def test_turns_of_any_play_are_written_again_as_they_were(seed: int) -> None:
    for record in Play(seed).run(120).log:
        found = wire.decode_turn(record)
        assert wire.encode(found) == record
        envelope = envelope_of(found)
        assert wire.decode_envelope(wire.encode(envelope)) == envelope


@given(st.text(st.characters(codec="utf-8")))
@example('\x00\x1f\x7f\x80\u2028\ufeff\uffff\U0010ffff"\\/')
@example("e\u0301\u202eabc")
def test_any_text_survives(text: str) -> None:
    """Every character that UTF-8 can hold: nothing is normalized, trimmed or replaced."""
    account, reason = AccountId(text), OpeningReason.CALLING
    fact = SealedTextOpened(demand=DemandId("d"), account=account, reason=reason, at=1)
    before = replace(wire.decode_turn(turn()), facts=(fact,), subjects=(text,))
    stored = wire.encode(before)
    assert wire.decode_turn(stored) == before
    assert json.loads(stored)["subjects"] == [text]
    assert b"\n" not in stored  # one record is one line


def test_a_text_that_is_no_unicode_is_never_written() -> None:
    before = replace(wire.decode_turn(turn()), subjects=("\ud800",))
    with pytest.raises(UnicodeEncodeError):
        wire.encode(before)


# Garbage


@pytest.mark.parametrize("reader", Readers)
@given(stored=st.binary(max_size=300))
@example(stored=b"")
@example(stored=b"\xef\xbb\xbf{}")
@example(stored=b"[" * 200_000)
@example(stored=b'{"a":' * 200_000)
@example(stored=b'{"format":"x"}')
@example(stored=b'{"format":null}')
@example(stored=b'{"type":[1]}')
@example(stored=b'{"facts":[{"type":{}}],"command":[]}')
@example(stored=b"NaN")
@example(stored=b"1" * 10_000)
def test_garbage_is_not_readable(reader: Reader, stored: bytes) -> None:
    assert unreadable(reader, stored) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "format", "facts", "command", "at"]), inner)
    ),
    max_leaves=10,
)


@pytest.mark.parametrize("reader", Readers)
@given(value=JSON)
def test_json_that_is_no_record_is_not_readable(reader: Reader, value: Any) -> None:
    assert unreadable(reader, json.dumps(value).encode()) is not None


@given(at=st.integers(0, 10**6), byte=st.integers(0, 255), record=st.integers(0, 10**6))
def test_a_turn_with_one_byte_changed_is_read_as_another_or_not_at_all(
    at: int, byte: int, record: int
) -> None:
    original = log()[record % len(log())]
    mutated = bytearray(original)
    mutated[at % len(original)] = byte
    if unreadable(wire.decode_turn, bytes(mutated)) is None:
        read = wire.decode_turn(bytes(mutated))
        assert (read == wire.decode_turn(original)) == (bytes(mutated) == original)


@given(end=st.integers(0, 10**6))
def test_a_truncated_turn_is_not_readable(end: int) -> None:
    assert unreadable(wire.decode_turn, turn()[: end % len(turn())]) is not None


@given(st.data())
def test_a_turn_with_one_value_changed_is_never_another_exception(data: st.DataObject) -> None:
    plain = json.loads(turn())
    holder = data.draw(st.sampled_from([plain, plain["command"], *plain["facts"]]))
    name = data.draw(st.sampled_from([*sorted(holder), "surprise"]))
    holder[name] = data.draw(JSON)
    refusal = unreadable(wire.decode_turn, json.dumps(plain).encode())
    assert refusal is not None or name != "surprise"


@pytest.mark.parametrize(
    "text",
    [
        b"\\ud800",  # a lone surrogate, escaped
        b"\\udc00\\ud800",
        b"\xed\xa0\x80",  # the same, as bytes that are no UTF-8
        b"\xff",
        b"\xc0\x80",  # overlong
        b"\n",  # a control character that is not escaped
        b"\\x41",
    ],
)
def test_broken_text_inside_a_turn_is_not_readable(text: bytes) -> None:
    stored = turn().replace(b'"subjects":[]', b'"subjects":["' + text + b'"]')
    assert stored != turn()
    assert unreadable(wire.decode_turn, stored) is not None


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e3", b"1.0", b"-1", b"1e999", b"01"])
def test_a_number_that_is_no_instant_is_not_readable(number: bytes) -> None:
    head, _, tail = turn().partition(b'"at":')
    stored = head + b'"at":' + number + tail.lstrip(b"0123456789")
    assert unreadable(wire.decode_turn, stored) is not None


# Newer programs


def newer(**changes: Any) -> NotReadable | None:
    plain = {**json.loads(turn()), **changes}
    return unreadable(wire.decode_turn, json.dumps(plain).encode())


def test_a_newer_format_says_so_even_where_the_shape_is_ours() -> None:
    for changes in ({"format": FORMAT + 1}, {"format": FORMAT + 1, "more": 1}):
        refusal = newer(**changes)
        assert refusal is not None
        assert refusal.newer


def test_a_format_that_never_was_is_not_newer() -> None:
    for wrong in (0, -1, "2", None, 2.5, True):
        refusal = newer(format=wrong)
        assert refusal is not None
        assert not refusal.newer


@pytest.mark.parametrize("tag", ["OfferSent.2", "ZoneClosed.1"])
def test_a_tag_that_we_have_not_reached_says_so(tag: str) -> None:
    for changes in ({"facts": [{"type": tag}]}, {"command": {"type": tag}}):
        refusal = newer(**changes)
        assert refusal is not None
        assert refusal.newer


@pytest.mark.parametrize("tag", ["OfferSent.0", "OfferSent", "offer sent.2", ""])
def test_a_tag_that_is_none_is_not_newer(tag: str) -> None:
    refusal = newer(facts=[{"type": tag}])
    assert refusal is not None
    assert not refusal.newer


# Older programs


def with_default_label(old: dict[str, Any]) -> dict[str, Any]:
    """As if incidents had once been opened without a label and with another name for hazard."""
    event = old.pop("event")
    return {"type": "OpenIncident.1", "hazard": event, "division": old["division"], "label": ""}


def at_zero(old: dict[str, Any]) -> dict[str, Any]:
    """As if a joining had once been stored without its time."""
    return {**old, "type": "IncidentJoined.1", "at": 0}


@pytest.fixture
def upcasters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(wire.UPCASTERS, "OpenIncident.0", with_default_label)
    monkeypatch.setitem(wire.UPCASTERS, "IncidentJoined.0", at_zero)
    monkeypatch.setitem(wire.UPCASTERS, "Ancient.1", lambda old: {**old, "type": "OpenIncident.0"})


OLD_COMMAND = {"type": "OpenIncident.0", "event": "typhoon", "division": "330324"}
OLD_FACT = {"type": "IncidentJoined.0", "incident": "i", "division": "330324"}


def test_an_older_shape_is_lifted_inside_a_turn(upcasters: None) -> None:
    plain = {**json.loads(turn()), "command": OLD_COMMAND, "facts": [OLD_FACT, OLD_FACT]}
    lifted = wire.decode_turn(json.dumps(plain).encode())
    assert isinstance(lifted, Turn)
    division = DivisionCode("330324")
    assert lifted.command == OpenIncident(hazard="typhoon", division=division, label="")
    joined = IncidentJoined(incident=IncidentId("i"), division=division, at=0)
    assert lifted.facts == (joined, joined)
    assert wire.decode_turn(wire.encode(lifted)) == lifted


def test_an_older_shape_is_lifted_over_several_numbers(upcasters: None) -> None:
    envelope = envelope_of(wire.decode_turn(turn()))
    plain = json.loads(wire.encode(envelope))
    plain["command"] = {**OLD_COMMAND, "type": "Ancient.1"}
    lifted = wire.decode_envelope(json.dumps(plain).encode())
    assert isinstance(lifted, Envelope)
    assert isinstance(lifted.command, OpenIncident)


def test_without_its_upcaster_an_older_shape_is_not_readable() -> None:
    assert newer(command=OLD_COMMAND) is not None


@pytest.mark.parametrize("wrong", [{}, {"event": 5}, {"event": "x", "division": None}])
def test_an_older_tag_on_something_else_is_not_readable(
    upcasters: None, wrong: dict[str, Any]
) -> None:
    """Given bytes that never had the older shape, then the upcaster's failure does not escape."""
    refusal = newer(command={"type": "OpenIncident.0", **wrong})
    assert refusal is not None
    assert not refusal.newer


def test_upcasting_leaves_today_as_it_is(upcasters: None) -> None:
    for record in log():
        plain = msgspec.json.decode(record)
        assert wire.lift(plain) == plain
    joined = JoinIncident(incident=IncidentId("i"), division=DivisionCode("330324"))
    envelope = replace(envelope_of(wire.decode_turn(turn())), command=joined)
    assert wire.decode_envelope(wire.encode(envelope)) == envelope
