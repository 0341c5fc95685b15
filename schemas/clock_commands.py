"""The commands of whoever owns a log: time has come for something, or the log goes on again."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.values import Instant, Piece, Stored


class Tick(Stored, tag="Tick.1"):
    """Time has come for something in this operation; `number` is checked in place of a key.

    After a failure the owner lowers the `budget` of work, and sets `aside` what it fails on.
    """

    number: Annotated[int, Meta(ge=1)]
    budget: Annotated[int, Meta(ge=1)] | None = None
    aside: tuple[Piece, ...] = ()


class Resume(Stored, tag="Resume.1"):
    """The owner was away: nothing is known to have lived since a moment. Counts as a tick."""

    number: Annotated[int, Meta(ge=1)]
    since: Instant
    budget: Annotated[int, Meta(ge=1)] | None = None
    aside: tuple[Piece, ...] = ()
