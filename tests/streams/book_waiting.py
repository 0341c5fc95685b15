"""What the laws' books learn of demands that wait for their desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas import facts as f
from schemas.turns import Turn


def _held(books: Any, fact: f.DemandHeld, turn: Turn) -> None:
    books.needs[fact.demand].held = True


def _going_on(books: Any, fact: f.DemandResumed, turn: Turn) -> None:
    books.needs[fact.demand].held = False


def _published(books: Any, fact: f.DraftPublished, turn: Turn) -> None:
    need = books.needs[fact.demand]
    need.draft, need.release_at = False, fact.release_at


LEARNERS: dict[type, Callable[[Any, Any, Turn], None]] = {
    f.DemandHeld: _held,
    f.DemandResumed: _going_on,
    f.DraftPublished: _published,
}
