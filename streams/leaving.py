"""Leaving: what belonged to an incident whose key is destroyed is state no longer.

Until then all of it stays: a demand can be reopened, a late answer counts, a step is corrected. Two
hours more a screen that still shows it is told why nothing can be done about it; then whoever asks
asks history and the log. The incident itself stays, small, for its number and its name.

Leaving is no fact. Deciding and folding both end each turn of an operation with it, by the state
alone, so every state has lost the same rows after the same turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from schemas.values import DemandId, IncidentId, Instant, PieceKind
from streams.area import Operation
from streams.parameters import LEAVING_AT_ONCE
from streams.table import Table

Place = tuple[Table[Any, Any], Any]


def leave(operation: Operation, at: Instant) -> None:
    """Take out so many rows of the incident that is first; say of it when it has lost the last."""
    first = operation.leaving.first()
    if first is None or first[0] > at:
        return
    incident = operation.incidents[first[-1]]
    places, left = _some(_belonging(operation, incident.id))
    for table, key in places:
        table.remove(key)
    since = operation.sequence if incident.left_in is None else incident.left_in
    operation.incidents.put(incident.id, replace(incident, left_in=since, left=left))


def _some(parts: Iterator[tuple[Place, ...]]) -> tuple[list[Place], bool]:
    """As many parts as one turn takes out, each whole; and whether these are all."""
    places: list[Place] = []
    for part in parts:
        if places and len(places) + len(part) > LEAVING_AT_ONCE:
            return places, False
        places += part
    return places, True


def _belonging(operation: Operation, incident: IncidentId) -> Iterator[tuple[Place, ...]]:
    """What is still there of an incident, in parts of what cannot be shown without each other.

    Whatever refers to something comes before that, so between two parts every row can be made.
    """
    for known in operation.instructions_in.of(incident):
        yield ((operation.instructions, known.id),)
    for batch in operation.batches_in.of(incident):
        for place in operation.of_batches.within(batch.id):
            yield ((operation.listed, (batch.id, place[-1])),)
        yield ((operation.batches, batch.id),)
    for place in operation.tasks_in.within(incident):
        yield ((operation.tasks, place[-1]),)
    for place in operation.all_in.within(incident):
        for one in _around(operation, place[-1]):
            yield (one,)
        yield tuple(_itself(operation, place[-1]))


def _around(operation: Operation, key: DemandId) -> Iterator[Place]:
    """What refers to a demand."""
    for crew in operation.assignments_of.of(key):
        if crew.id in operation.told:
            yield operation.told, crew.id
        if crew.id in operation.beside:
            yield operation.beside, crew.id
        yield operation.assignments, crew.id
    organizations = operation.asked_for.of(key)
    for line in operation.demands[key].lines:
        pairs = ((line, organization) for organization in organizations)
        yield from ((operation.asked, pair) for pair in pairs if pair in operation.asked)
    for offer in operation.offers_of.of(key):
        yield operation.offers, offer.id


def _itself(operation: Operation, key: DemandId) -> Iterator[Place]:
    """A demand with its lines, and what is noted of them."""
    for line in operation.demands[key].lines:
        if (PieceKind.LINE, line) in operation.aside:
            yield operation.aside, (PieceKind.LINE, line)
        yield operation.lines, line
    if key in operation.hand_ups:
        yield operation.hand_ups, key
    if key in operation.acts:
        yield operation.acts, key
    yield operation.demands, key
