"""Canonical bytes of stored things, strict decoding, and upcasting of older shapes.

Every stored union member carries its shape's number in its tag (`OfferSent.1`). When a shape
changes, the new class takes the next number and `UPCASTERS` learns to lift the old one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, get_args

import msgspec

from schemas.commands import Command
from schemas.facts import Fact
from schemas.turns import FORMAT, DeadLetter, Envelope, Turn

Lift = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[str, Lift] = {}
"""Old tag → function from the old JSON object to the one of the next number."""

TAG = re.compile(r"([A-Z][A-Za-z]*)\.([1-9][0-9]{0,3})")
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_encoder = msgspec.json.Encoder()
_turns = msgspec.json.Decoder(Turn)
_envelopes = msgspec.json.Decoder(Envelope)
_dead_letters = msgspec.json.Decoder(DeadLetter)


class NotReadable(ValueError):
    """Bytes that are no turn or envelope of ours; `newer` if a later program wrote them."""

    def __init__(self, reason: str, newer: bool = False) -> None:
        super().__init__(reason)
        self.newer = newer


def encode(value: msgspec.Struct) -> bytes:
    """Canonical bytes: UTF-8 JSON in the order of the fields, nothing left out."""
    return _encoder.encode(value)


def digest(stored: bytes) -> str:
    """SHA-256 in hexadecimal, the link of the chain."""
    return sha256(stored).hexdigest()


def decode_turn(stored: bytes) -> Turn:
    """A turn from its stored bytes; older shapes are lifted. Raises NotReadable."""
    turn: Turn = _decode(_turns, stored)
    if turn.format != FORMAT:  # a newer format may look like ours and mean something else
        raise NotReadable("of another format", newer=turn.format > FORMAT)
    return turn


def today(stored: bytes) -> bytes:
    """A turn's bytes as they would be written now: themselves, unless they hold older shapes."""
    try:
        _turns.decode(stored)
    except UNREADABLE:
        return encode(decode_turn(stored))
    return stored


def decode_envelope(stored: bytes) -> Envelope:
    """An envelope from its bytes; older shapes are lifted. Raises NotReadable."""
    envelope: Envelope = _decode(_envelopes, stored)
    return envelope


def decode_dead_letter(stored: bytes) -> DeadLetter:
    """A dead letter from its stored bytes. Raises NotReadable."""
    letter: DeadLetter = _decode(_dead_letters, stored)
    if letter.format != FORMAT:
        raise NotReadable("of another format", newer=letter.format > FORMAT)
    return letter


def _decode(decoder: msgspec.json.Decoder[Any], stored: bytes) -> Any:
    try:
        return decoder.decode(stored)
    except UNREADABLE as error:
        return _decode_older(decoder, stored, error)


def _decode_older(decoder: msgspec.json.Decoder[Any], stored: bytes, error: Exception) -> Any:
    """The slow way, only for what the fast way refused: lift, then decode strictly again."""
    try:
        lifted = lift(msgspec.json.decode(stored))
    except (*UNREADABLE, LookupError, TypeError, ValueError) as failure:
        # The last three: an upcaster met something that never had the shape it lifts.
        raise NotReadable(str(failure)) from error
    if _newer(lifted):
        raise NotReadable("written by a newer program", newer=True)
    try:
        return msgspec.convert(lifted, decoder.type)
    except UNREADABLE as failure:
        raise NotReadable(str(failure)) from error


def lift(value: Any) -> Any:
    """Bring every tagged object inside up to the newest number that we know how to reach."""
    if isinstance(value, list):
        return [lift(item) for item in value]
    if not isinstance(value, dict):
        return value
    lifted = {name: lift(item) for name, item in value.items()}
    while (upcaster := UPCASTERS.get(_tag(lifted))) is not None:
        lifted = upcaster(lifted)
    return lifted


def _tag(value: Any) -> str:
    tag = value.get("type") if isinstance(value, dict) else None
    return tag if isinstance(tag, str) else ""


def _newer(plain: Any) -> bool:
    """Whether a later program wrote this: another format, or a tag that we have not reached."""
    if not isinstance(plain, dict):
        return False
    written = plain.get("format", FORMAT)
    if isinstance(written, int) and written > FORMAT:
        return True
    facts = plain.get("facts")
    tagged = [plain.get("command"), *(facts if isinstance(facts, list) else ())]
    return any(_unreached(_tag(item)) for item in tagged)


def _unreached(tag: str) -> bool:
    """Whether a well-formed tag has a name, or a number of a name, that we do not know yet."""
    found = TAG.fullmatch(tag)
    return found is not None and int(found[2]) > _NUMBERS.get(found[1], 0)


def _numbers() -> dict[str, int]:
    tags = (str(kind.__struct_config__.tag) for kind in get_args(Command) + get_args(Fact))
    return {name: int(number) for name, _, number in (tag.rpartition(".") for tag in tags)}


_NUMBERS = _numbers()  # name → the number of its present shape
