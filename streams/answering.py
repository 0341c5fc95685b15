"""Answering: which desk a demand is the matter of."""

from __future__ import annotations

from schemas.values import DemandId, DivisionCode
from streams.area import Operation
from streams.entities import Demand


def desk(operation: Operation, demand: Demand) -> DivisionCode:
    """The division whose desk answers for a demand: where it lies, unless it was taken on."""
    return taken_on(operation, demand.id) or demand.place.division


def taken_on(operation: Operation, key: DemandId) -> DivisionCode | None:
    """The division above whose desk has taken it on, if any has."""
    known = operation.hand_ups.get(key)
    return None if known is None else known.desk
