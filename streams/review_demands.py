"""Names in what a review says of what a demand asks for: when, in whose place, what is sealed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from schemas.values import SealedText
from streams.review_codes import TEXTS


def substitute(names: Any) -> str:
    if names.fact.substitute is None:
        return ""
    place = names.place(names.fact.substitute)
    return str(names.pick(f"（由{place}代为发布）", f" (published by {place} in its place)"))


def similar(names: Any) -> str:
    known = names.ledger.demands.get(names.fact.similar or "")
    if known is None:
        return ""
    number = names.marked(known.number, known.mode)
    zh, en = f"；可能与 {number} 号需求相同", f"; perhaps the same need as demand {number}"
    return str(names.pick(zh, en))


def needed(names: Any) -> str:
    if names.fact.needed_by is None:
        return ""
    time = names.time(names.fact.needed_by)
    return str(names.pick(f"，须在 {time} 前到位", f", needed by {time}"))


def sealed(names: Any) -> str:
    """Which sealed texts were said anew, and which taken out; never what they say."""
    said = [text for text in SealedText if getattr(names.fact, text.value) is not None]
    anew = names.listed(names.word(TEXTS.get(text), text) for text in said)
    gone = names.listed(names.word(TEXTS.get(text), text) for text in names.fact.removed)
    return str(
        (anew and names.pick(f"，更新保密信息：{anew}", f", sealed anew: {anew}"))
        + (gone and names.pick(f"，删除保密信息：{gone}", f", sealed text removed: {gone}"))
    )


def numbers(names: Any) -> str:
    """Why numbers of persons in its public words are not masked."""
    why = names.fact.public_numbers
    if why is None:
        return ""
    return str(
        names.pick(f"；其中号码公开，理由：「{why}」", f"; numbers in it are public: “{why}”")
    )


DEMANDS: Final[dict[str, Callable[[Any], str]]] = {
    "substitute": substitute,
    "similar": similar,
    "needed": needed,
    "sealed": sealed,
    "numbers": numbers,
}
