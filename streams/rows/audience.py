"""Who sees what concerns a demand."""

from __future__ import annotations

from schemas.values import DivisionCode
from schemas.views import (
    Audience,
)
from streams.area import Area
from streams.entities import (
    Assignment,
    Demand,
    Offer,
)
from streams.villages import guiding


def sender(item: Demand) -> DivisionCode | None:
    return None if item.handed is None else item.handed.place.division


def both(area: Area, place_of: Demand, item: Offer | Assignment) -> Audience:
    """The township that asks, and the organization that is asked, with the committee guiding it."""
    return Audience(
        division=place_of.place.division,
        sender=sender(place_of),
        organizations=(item.organization,),
        village=guiding(area.registry.organizations[item.organization]),
    )
