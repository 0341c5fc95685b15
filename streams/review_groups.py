"""Names in what a review says of demands that tell of one need: who leads, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final


def leading(names: Any) -> str:
    """The demand that leads the one that the fact is about."""
    known = names.ledger.demands.get(names.fact.leader or "")
    number = "" if known is None else names.marked(known.number, known.mode)
    return str(names.pick(f" {number} 号需求", f"demand {number}"))


def led(names: Any) -> str:
    if names.fact.leader is None:
        return ""
    first = leading(names)
    return str(names.pick(f"（随{first}）", f" (with {first})"))


def apart(names: Any) -> str:
    """Why a demand stands for itself again, where no desk has said so."""
    if names.fact.said:
        return ""
    return str(names.pick("（首报已单独结束）", " (which is over without it)"))


GROUPED: Final[dict[str, Callable[[Any], str]]] = {
    "leading": leading,
    "led": led,
    "apart": apart,
}
