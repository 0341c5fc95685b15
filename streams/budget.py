"""The budget of a turn: what settling may still do in it, and what it is doing."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.values import Piece


@dataclass(slots=True)
class Budget:
    """So many facts, or looks that count as such. `doing` is what a failure arose in, if any."""

    left: int
    doing: Piece | None = None
