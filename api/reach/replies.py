"""What somebody has answered by SMS or by a key: one word, perhaps with a code; never a guess.

What is not understood is no answer: it goes unread to the desk, where a person reads it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from api.reach.answers import is_code, normalized

T = TypeVar("T")


class Word(StrEnum):
    """What a reply says."""

    YES = "yes"  # to all units that were asked for
    NO = "no"  # for a reason that it does not give
    STOP = "stop"  # tells this number nothing any more


class Understood(NamedTuple):
    """A reply's word, its code as it is kept ("" without one), and what else it said."""

    word: Word
    code: str = ""
    rest: str = ""


WORDS: Final = {
    "1": Word.YES,
    "是": Word.YES,
    "可以": Word.YES,
    "Y": Word.YES,
    "YES": Word.YES,
    "2": Word.NO,
    "否": Word.NO,
    "不能": Word.NO,
    "N": Word.NO,
    "NO": Word.NO,
    "T": Word.STOP,
    "TD": Word.STOP,
    "退订": Word.STOP,
    "T退订": Word.STOP,
    "回T退订": Word.STOP,  # what the message itself says, sent back
    "停": Word.STOP,
    "停止": Word.STOP,
}

# "2 台可以去", "停 水了": digits count things and these words have other meanings, so they stand
# alone. After a plain yes or no the rest is for the desk to read.
_MAY_GO_ON = frozenset({"是", "可以", "Y", "YES", "否", "不能", "N", "NO"})
_AROUND = "。.，,！!；;：:、\"'“”‘’()[]【】「」"


def understood(text: str) -> Understood | None:
    """What a reply says; None where it is not certain. Total: it never raises."""
    parts = unicodedata.normalize("NFKC", text).strip().upper().split()
    parts = [part for part in (part.strip(_AROUND) for part in parts) if part]
    if not parts:
        return None
    return _word_first(parts) if parts[0] in WORDS else _code_first(parts)


def _word_first(parts: Sequence[str]) -> Understood | None:
    """`1`, `1 AB12CD34`, `可以 马上出发`."""
    word, rest = parts[0], parts[1:]
    code = next((size for size in (1, 2) if is_code("".join(rest[:size]))), 0)
    left = " ".join(rest[code:])
    if left and word not in _MAY_GO_ON:
        return None
    return Understood(WORDS[word], normalized("".join(rest[:code])), left)


def _code_first(parts: Sequence[str]) -> Understood | None:
    """`AB12CD34 1`, `AB12 CD34 可以 马上出发`."""
    for size in (1, 2):
        if is_code("".join(parts[:size])) and parts[size : size + 1]:
            said = _word_first(parts[size:]) if parts[size] in WORDS else None
            if said is not None and not said.code:
                return said._replace(code=normalized("".join(parts[:size])))
    return None


def binding(reply: Understood, open_offers: Collection[T], coded: T | None) -> T | None:
    """The one offer that a reply answers; None where it is not certain which.

    `open_offers` are those of the number that it came from, `coded` what its code stands for. A
    code that stands for nothing binds nothing, however many offers are open.
    """
    if reply.word is Word.STOP:
        return None
    if reply.code:
        return coded
    each = list(dict.fromkeys(open_offers))
    return each[0] if len(each) == 1 else None
