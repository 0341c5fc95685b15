"""Villages: the tree of divisions ends at the township, in which a village is known by name."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.values import DivisionCode, Stored

VillageName = Annotated[str, Meta(min_length=1, max_length=40)]


class Village(Stored):
    """One village, whose committee is meant."""

    division: DivisionCode
    name: VillageName
