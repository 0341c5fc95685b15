"""Cover: what a crew's moving on means for its line's count, each unit once, and for its units."""

from __future__ import annotations

from collections.abc import Iterator
from operator import sub

from msgspec.structs import replace

from schemas.values import Instant
from streams import line as lines
from streams import load
from streams.area import Operation
from streams.entities import Assignment, AssignmentState, Line
from streams.parameters import LONG_WORK, REST_AFTER
from streams.remembered import Rest


def carry(operation: Operation, before: Assignment, after: Assignment, at: Instant) -> None:
    """What follows for the line's cover and the organization's units."""
    load.heard(operation, before, after, at)
    if before.live != after.live:
        sign = 1 if after.live else -1
        load.commit(operation, after.organization, after.skill, sign * after.quantity)
        _rest(operation, after, at)
    _cover(operation, [(before, after), *_place_taken(operation, before, after)], at)
    if before.live and not after.live:
        load.came_free(operation, after.organization, after.skill, at)


def _rest(operation: Operation, after: Assignment, at: Instant) -> None:
    """Units that were at work for long rest before they are asked again; a desk may, by hand."""
    if after.live:
        load.wake(operation, after.organization, after.skill, after.id)
    elif after.arrived_at is not None:
        over = after.reported_at or at
        if over - after.arrived_at > LONG_WORK and over + REST_AFTER > at:
            rest = Rest(crew=after.id, units=after.quantity, until=over + REST_AFTER)
            load.rest(operation, after.organization, after.skill, rest, at)


def _place_taken(
    operation: Operation, before: Assignment, after: Assignment
) -> Iterator[tuple[Assignment, Assignment]]:
    """Whoever was to take the place of a crew that goes has it from now on."""
    known = operation.reliefs.get(after.id)
    if known is None or known.successor is None or after.live or not before.live:
        return
    new = operation.assignments[known.successor]
    if new.relieves == after.id:
        counting = replace(new, relieves=None)
        operation.assignments.put(new.id, counting)
        yield new, counting


def _cover(operation: Operation, changes: list[tuple[Assignment, Assignment]], at: Instant) -> None:
    """The difference that a fact makes to what the line counts, each unit once."""
    line = operation.lines[changes[0][1].line]
    present = [pair for pair in changes if pair[1].round == line.round]
    differences = [map(sub, counted(new), counted(old)) for old, new in present]
    working, delivered, doubtful, replacing = map(sum, zip((0,) * 4, *differences, strict=True))
    if working or delivered or doubtful or replacing:
        lines.changed(
            operation,
            line.id,
            at,
            working=working,
            delivered=delivered,
            doubtful=doubtful,
            replacing=replacing,
        )


URGENT = 2  # up to this priority


def lost(operation: Operation, line: Line) -> int:
    """Units of crews on the scene of which nobody has heard when their desk had called, either.

    On what is urgent they make no line adequate; whether others go there is for its desk to say.
    """
    if line.priority > URGENT:
        return 0
    crews = (one for one in operation.assignments_on.of(line.id) if one.round == line.round)
    units = ((*counted(one), one.escalated) for one in crews)
    return sum(working - replaced for working, _, _, replaced, silent in units if silent)


def counted(known: Assignment) -> tuple[int, int, int, int]:
    """Its units that work, that have worked, that are doubtful, and that are replaced."""
    units = known.quantity
    if not known.live:
        return 0, units if known.state is AssignmentState.RELEASED else 0, 0, 0
    leaving = known.withdrawing and known.state is not AssignmentState.REPORTED_DONE
    if leaving or known.relieves is not None:
        return 0, 0, 0, 0
    doubtful = known.overdue and not known.doubted  # else it is not counted on at all
    return units, 0, units if doubtful else 0, units if known.doubted else 0
