"""Amending: every revision of a demand, also its way to another township and back."""

from __future__ import annotations

from operator import gt
from typing import assert_never

from msgspec.structs import replace

from schemas.codes import KINDS
from schemas.commands import AmendDemand, TakeBackDemand
from schemas.facts import (
    AmendingFact,
    DemandAmended,
    DemandNoted,
    DemandRefiled,
    DemandTakenBack,
)
from schemas.refusals import Refusal
from schemas.values import (
    Instant,
    LineId,
    Place,
    StandDownReason,
)
from streams import (
    answering,
    appeal,
    checking,
    crew,
    handing_up,
    needed,
    noting,
    refiling,
    shutting,
    texts,
    wording,
)
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.demand import add_lines, find, numbered, open_for_edit, unfit
from streams.entities import Demand, DemandState
from streams.incident import takes_part
from streams.parameters import URGENCY
from streams.remembered import Handed
from streams.waiting import calm

LINES_MOST = 20


def amend(area: Area, command: AmendDemand, cause: Cause) -> Decision:
    demand = open_for_edit(area, cause, command.demand, command.revision)
    if isinstance(demand, Refused):
        return demand
    place, kind = command.place or demand.place, command.kind or demand.kind
    incident = area.operations[cause.operation].incidents[demand.incident]
    if not takes_part(area, incident, place.division):
        return Refused(Refusal.PLACE_OUTSIDE_INCIDENT, (incident.id,))
    if place.division != demand.place.division and (demand.leader or demand.members):
        return Refused(Refusal.DEMAND_GROUPED, (demand.id,))
    if demand.leader and _asks_more(area.operations[cause.operation], demand, command):
        return Refused(Refusal.DEMAND_GROUPED, (demand.leader,))
    if command.kind is not None and command.kind not in KINDS:
        return Refused(Refusal.CODE_UNKNOWN)
    if texts.contradictory(command):
        return Refused(Refusal.TEXT_GIVEN_AND_REMOVED)
    same = command.needed_by == demand.needed_by  # which may have passed meanwhile
    if not same and not needed.possible(command.needed_by, cause.at):
        return Refused(Refusal.NEEDED_BY_UNFIT)
    refused = _unfit_lines(area.operations[cause.operation], demand, command)
    if refused is not None:
        return refused
    return [
        DemandAmended(
            demand=demand.id,
            revision=demand.revision + 1,
            kind=kind,
            priority=command.priority,
            place=place,
            targets=command.targets,
            lines=numbered(command.lines, cause),
            risk_statement=command.risk_statement,
            rally_point=command.rally_point,
            way_in=command.way_in,
            public_numbers=command.public_numbers,
            contact=command.contact,
            address=command.address,
            note=command.note,
            lead=command.lead,
            removed=command.removed,
            needed_by=command.needed_by,
            at=cause.at,
        )
    ]


def unchanged(operation: Operation, demand: Demand) -> AmendDemand:
    """An edit that says what a demand says already, to be changed in what is to be another."""
    return AmendDemand(
        demand=demand.id,
        revision=demand.revision,
        priority=demand.priority,
        targets=tuple(operation.lines[key].target for key in demand.lines),
        lines=(),
        risk_statement=demand.risk_statement,
        rally_point=demand.rally_point,
        way_in=demand.way_in,
        needed_by=demand.needed_by,
    )


def _asks_more(operation: Operation, demand: Demand, command: AmendDemand) -> bool:
    """Whether it would ask for more than now, which a further report never does."""
    before = (operation.lines[key].target for key in demand.lines)
    return bool(command.lines) or any(map(gt, command.targets, before))


def _unfit_lines(operation: Operation, demand: Demand, command: AmendDemand) -> Refused | None:
    """What is wrong with new lines, or with the new targets of those that are there."""
    refusal = unfit(command.lines)
    if refusal is not None:
        return Refused(refusal)
    known = [operation.lines[key] for key in demand.lines]
    if len(command.targets) != len(known) or len(known) + len(command.lines) > LINES_MOST:
        return Refused(Refusal.LINES_TOO_MANY)
    for line, target in zip(known, command.targets, strict=True):
        if line.dropped and target != line.target:
            return Refused(Refusal.LINE_DROPPED, (line.id,))
        if not line.open or target == line.target:
            continue
        taken = line.covered or operation.assignments_on.of(line.id)  # who is told to leave is back
        if line.whole and taken and target > line.target:
            return Refused(Refusal.WHOLE_TAKEN, (line.id,))
        if not line.whole and line.minimum > target:
            return Refused(Refusal.MINIMUM_OVER_TARGET)
    return None


def take_back(area: Area, command: TakeBackDemand, cause: Cause) -> Decision:
    """Whoever moved it to another township may have it back until that one acts.

    Where it lies already, said twice or never moved, there is nothing new.
    """
    known = find(area, cause, command.demand)
    if known is not None and known.handed is None and known.state is not DemandState.CLOSED:
        return []
    demand = open_for_edit(area, cause, command.demand, command.revision)
    if isinstance(demand, Refused):
        return demand
    above = answering.taken_on(area.operations[cause.operation], demand.id)
    if demand.handed is None or demand.handed.acted or above is not None:
        return Refused(Refusal.DEMAND_TAKEN_UP, (demand.id,))
    place, revision = demand.handed.place, demand.revision + 1
    return [DemandTakenBack(demand=demand.id, revision=revision, place=place, at=cause.at)]


def evolve(operation: Operation, fact: AmendingFact) -> None:
    match fact:
        case DemandAmended():
            _amended(operation, fact)
        case DemandTakenBack():
            _taken_back(operation, fact)
        case DemandRefiled():
            refiling.evolve(operation, fact)
        case DemandNoted():
            noting.noted(operation, fact)
        case _:
            assert_never(fact)


def _amended(operation: Operation, fact: DemandAmended) -> None:
    """New targets: too few wakes the line, enough stands its open offers down.

    Where the demand has become more urgent, is needed sooner, or has moved to another township,
    offers that are out are taken back: people are asked anew, by the new distance and with the
    new time to answer.
    """
    before = operation.demands[fact.demand]
    scene = (before.place, before.risk_statement, before.rally_point, before.way_in)
    hastier = fact.priority < before.priority or needed.sooner(
        before.needed_by, fact.needed_by, fact.at
    )
    anew = scene != (fact.place, fact.risk_statement, fact.rally_point, fact.way_in)
    demand = replace(
        texts.amended(before, fact, operation.sequence),
        revision=fact.revision,
        kind=fact.kind,
        priority=fact.priority,
        place=fact.place,
        risk_statement=fact.risk_statement,
        rally_point=fact.rally_point,
        way_in=fact.way_in,
        lines=before.lines + tuple(line.line for line in fact.lines),
        release_at=_release(before.release_at, fact.priority, fact.at),
        scene_in=operation.sequence if anew else before.scene_in,
        said=wording.amended(before, fact),
        needed_by=fact.needed_by,
        urgent_in=operation.sequence if hastier else before.urgent_in,
        handed=_handed(before, fact.place, fact.at),
        appeal=appeal.carried(before, fact.place.division, fact.kind),
    )
    demand = _asked_about(demand, fact.at)
    operation.demands.put(demand.id, demand)
    for key, target in zip(before.lines, fact.targets, strict=True):
        _line_amended(operation, before, demand, key, target, fact.at)
    add_lines(operation, operation.demands[demand.id], len(before.lines) + 1, fact.lines, fact.at)
    if demand.place.division != before.place.division:
        handing_up.moved(operation, demand)
    shutting.look(operation, demand.id, fact.at)
    wording.let_go(operation, operation.demands[demand.id])


def _asked_about(demand: Demand, at: Instant) -> Demand:
    """An edit answers what its desk was asked; not what it is on hold for, which is asked about
    sooner where it has become more urgent."""
    urgency = URGENCY[demand.priority]
    again_at = _sooner(demand.nobody_again_at, at + urgency.hold)
    if demand.state is DemandState.PUBLISHED:
        quiet_at = None if demand.leader else needed.quiet_from(demand.needed_by, at)
        return replace(calm(demand), quiet_at=quiet_at, nobody_again_at=again_at)
    return replace(
        demand,
        nobody_again_at=again_at,
        quiet_at=_sooner(demand.quiet_at, at + urgency.hold),
        climbs_at=_sooner(demand.climbs_at, at + urgency.climb),
    )


def _sooner(before: Instant | None, at: Instant) -> Instant | None:
    return None if before is None else min(before, at)


def _release(before: Instant, priority: int, at: Instant) -> Instant:
    """What was held back goes out sooner where it has become more urgent, and never later."""
    return max(at, min(before, at + URGENCY[priority].release))


def _handed(before: Demand, place: Place, at: Instant) -> Handed | None:
    """Moved to another township: this one keeps sight of it. Any other edit takes it up."""
    if place.division != before.place.division:
        return Handed(place=before.place, at=at)
    return None if before.handed is None else replace(before.handed, acted=True)


def _line_amended(
    operation: Operation, before: Demand, demand: Demand, key: LineId, target: int, at: Instant
) -> None:
    line = operation.lines[key]
    if not line.open:
        return
    moved = demand.place.division != before.place.division
    after = replace(
        line,
        target=target,
        minimum=target if line.whole else line.minimum,
        priority=demand.priority,
        place=demand.place,
        own=0 if moved else line.own,  # another township's crew is its own matter
        looks=0,
    )
    lines.recount(operation, line, after, demand.release_at)
    if demand.priority != before.priority:
        crew.hurry(operation, after, at)
        checking.sooner(operation, after, at)
    if demand.needed_by != before.needed_by:
        crew.rescheduled(operation, after, demand.needed_by, at)
        lines.give_time(operation, after, demand.needed_by)
    grown = line.whole and target > line.target  # what was asked for is but a part of it now
    if moved or grown or demand.urgent_in != before.urgent_in:
        lines.mark_offers(operation, operation.lines[key], StandDownReason.DEMAND_AMENDED)


def _taken_back(operation: Operation, fact: DemandTakenBack) -> None:
    demand = replace(
        operation.demands[fact.demand],
        revision=fact.revision,
        place=fact.place,
        scene_in=operation.sequence,
        said=wording.taken_back(operation.demands[fact.demand], fact),
        handed=None,
        appeal=None,
    )
    operation.demands.put(demand.id, demand)
    for key in demand.lines:
        before = operation.lines[key]
        line = replace(before, place=demand.place, own=0 if before.open else before.own)
        lines.recount(operation, before, line, max(demand.release_at, fact.at))
        lines.mark_offers(operation, operation.lines[key], StandDownReason.DEMAND_AMENDED)
    shutting.look(operation, demand.id, fact.at)
    wording.let_go(operation, operation.demands[demand.id])
