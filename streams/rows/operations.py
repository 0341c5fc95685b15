"""Rows of operations, their clocks and incidents."""

from __future__ import annotations

from schemas.instruction_views import StandingView
from schemas.views import (
    Audience,
    ClockRow,
    IncidentRow,
    OperationRow,
    Put,
)
from streams import batched
from streams.area import Area, Operation
from streams.clock import TICK
from streams.entities import (
    Incident,
)
from streams.instructed import Instruction
from streams.standstill import LOST, LOST_AT, LOST_BEFORE
from streams.worklist import next_due

EVERYONE = Audience(everyone=True)
NOBODY = Audience()


def operation(known: Operation) -> Put:
    lost = known.count(LOST)
    row = OperationRow(
        id=known.id,
        mode=known.mode,
        lost=lost,
        lost_last=lost - known.count(LOST_BEFORE),
        lost_at=known.count(LOST_AT) or None,
    )
    return Put(row=row, audience=EVERYONE)


def clock(area: Area, known: Operation) -> Put:
    next_tick = known.count(TICK) + 1
    row = ClockRow(id=known.id, next_due=next_due(known, area.at), next_tick=next_tick)
    return Put(row=row, audience=NOBODY)


def incident(known: Operation, item: Incident) -> Put:
    row = IncidentRow(
        id=item.id,
        operation=known.id,
        mode=known.mode,
        number=item.number,
        hazard=item.hazard,
        division=item.division,
        label=item.label,
        joined=item.joined,
        state=item.state.value,
        readable=item.readable,
        opened_at=item.opened_at,
        closed_at=item.closed_at,
        destroy_at=item.destroy_at,
        left_in=item.left_in,
        instructions=tuple(map(standing, known.instructions_in.of(item.id))),
        batches=tuple(map(batched.view, known.batches_in.of(item.id))),
    )
    return Put(row=row, audience=EVERYONE)


def standing(item: Instruction) -> StandingView:
    """An instruction as an incident, or a demand that it shuts, shows it."""
    return StandingView(
        id=item.id,
        what=item.what,
        to=item.to,
        text=item.text,
        by=item.by,
        at=item.at,
        zone=item.zone,
    )
