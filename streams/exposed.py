"""Exposed: crews over whom a place is not known to be safe, so that nobody more is sent there."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.values import InstructionId
from streams import orders
from streams.area import Operation
from streams.danger import endangered
from streams.entities import Assignment, AssignmentState, Demand


def crews(operation: Operation, demand: Demand) -> list[Assignment]:
    """Its crews, and those of further reports of its need, that are in danger or told to leave."""
    found = (
        crew for key in _told_of(operation, demand) for crew in operation.assignments_of.of(key)
    )
    return [crew for crew in found if crew.live and _exposed(crew)]


def besides(operation: Operation, demand: Demand, order: InstructionId) -> bool:
    """Whether any of them is so by something else than an order that was never meant."""
    return any(_else(operation, crew, order) for crew in crews(operation, demand))


def _told_of(operation: Operation, demand: Demand) -> Iterator[str]:
    yield demand.id
    yield from (place[-1] for place in operation.reports.within(demand.id))


def _exposed(crew: Assignment) -> bool:
    """Also one that is out, and waits for a word on what it does now."""
    leaving = crew.withdrawing and crew.state is not AssignmentState.REPORTED_DONE
    return leaving or endangered(crew)


def _else(operation: Operation, crew: Assignment, order: InstructionId) -> bool:
    leaving = [one for one in orders.told(operation, crew.id).leaving if one != order]
    return bool(leaving) or bool(crew.inside) or crew.missed_at is not None
