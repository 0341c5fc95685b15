"""What a review says of what everybody may read of a demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from schemas import facts as f
from schemas.codes import Words

APPEALS: Final[dict[type, Words]] = {
    f.AppealMade: Words(
        "{demand}向社会公开{appeal}{numbers}。",
        "What is missing for {demand} was made public{appeal}{numbers}.",
    ),
    f.AppealEnded: Words(
        "{demand}不再向社会公开。", "What is missing for {demand} is public no longer."
    ),
}


def _appeal(names: Any) -> str:
    """The words that were written for the public, if any."""
    said = names.fact.text
    return "" if said is None else str(names.pick(f"：「{said}」", f": “{said}”"))


APPEALED: Final[dict[str, Callable[[Any], str]]] = {"appeal": _appeal}
