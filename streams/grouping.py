"""The same need told of several times: the first report leads, and alone is asked for.

The others stay on record and sleep: nobody is asked for them, and crews that are committed to them
stay. Whatever ends a group, each of them is closed with its leader or stands for itself again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from msgspec.structs import replace

from geo.distance import square_within, squared
from geo.divisions import DivisionTree
from schemas.commands import GroupDemands, UngroupDemands
from schemas.facts import (
    DemandClosed,
    DemandGrouped,
    DemandReopened,
    DemandUngrouped,
    Fact,
    GroupingFact,
)
from schemas.hand_ups import HandUpState
from schemas.refusals import Refusal
from schemas.values import CloseReason, DemandId, IncidentId, Place, PlaceKind
from streams import line as lines
from streams import needed
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Demand, DemandState
from streams.parameters import GROUP_METERS, URGENCY
from streams.remembered import ReportState
from streams.waiting import calm

NO_RECOVERY = (  # nothing was done, so there is nothing to restore
    CloseReason.POSTED_BY_MISTAKE,
    CloseReason.DUPLICATE,
    CloseReason.UNFOUNDED,
    CloseReason.CANCELED,
)
OF_THE_REPORT = (  # said of one report, and not of the need: the others were not looked at
    CloseReason.POSTED_BY_MISTAKE,
    CloseReason.DUPLICATE,
    CloseReason.UNFOUNDED,
)


def group(area: Area, command: GroupDemands, cause: Cause) -> Decision:
    """Only what may be one need; who leads is led by nobody. Said twice, nothing is new."""
    operation = area.operations[cause.operation]
    leader = operation.demands[command.leader]
    if leader.id in command.demands:
        return Refused(Refusal.GROUP_OF_ITSELF, (leader.id,))
    if (refusal := unled(leader)) is not None:
        return Refused(refusal, (leader.id,))
    named = each(operation, command.demands)
    joining = [demand for demand in named if demand.leader != leader.id]
    for demand in joining:
        refusal = _unfit(operation, leader, demand)
        if refusal is not None:
            return Refused(refusal, (demand.id,))
    return [DemandGrouped(demand=row.id, leader=leader.id, at=cause.at) for row in joining]


def unled(leader: Demand) -> Refusal | None:
    """Why nobody can be led by a demand."""
    if leader.state is DemandState.CLOSED:
        return Refusal.DEMAND_CLOSED
    if leader.state is DemandState.DRAFT:
        return Refusal.DEMAND_DRAFT
    return None if leader.leader is None else Refusal.DEMAND_GROUPED


def unlike(
    divisions: DivisionTree, leader: Demand, incident: IncidentId, place: Place
) -> Refusal | None:
    """Why what is told from a place is not a demand's need."""
    if incident != leader.incident:
        return Refusal.GROUP_OTHER_INCIDENT
    near = _near(divisions, leader.place, place)
    return None if near else Refusal.GROUP_TOO_FAR


def _unfit(operation: Operation, leader: Demand, demand: Demand) -> Refusal | None:
    """Why it cannot be led. What waits for a desk above would climb there, and nobody could take it
    on: it is asked for by another."""
    if demand.state is DemandState.CLOSED:
        return Refusal.DEMAND_CLOSED
    if demand.state is DemandState.DRAFT:
        return Refusal.DEMAND_DRAFT
    if demand.state is DemandState.ON_HOLD:
        return Refusal.DEMAND_ON_HOLD
    if demand.leader is not None:
        return Refusal.DEMAND_GROUPED
    if demand.members:
        return Refusal.GROUP_LEADER
    known = operation.hand_ups.get(demand.id)
    if known is not None and known.state is HandUpState.WAITING:
        return Refusal.GROUP_HANDED_UP
    return unlike(operation.divisions, leader, demand.incident, demand.place)


def _near(divisions: DivisionTree, one: Place, other: Place) -> bool:
    """A place that is only a township's may be anywhere in it."""
    for general, place in ((one, other), (other, one)):
        inside = divisions.contains(general.division, place.division)
        if general.kind is PlaceKind.DIVISION and inside:
            return True
    return squared(one, other) <= square_within(GROUP_METERS)


def ungroup(area: Area, command: UngroupDemands, cause: Cause) -> Decision:
    """Those that are led by another; the others stand for themselves already.

    What is leaving with its incident leads nobody any more.
    """
    operation = area.operations[cause.operation]
    rows = each(operation, command.demands)
    led = (row for row in rows if row.leader is not None and row.leader in operation.demands)
    return [_apart(row, cause, said=True) for row in led]


def _apart(demand: Demand, cause: Cause, *, said: bool) -> DemandUngrouped:
    assert demand.leader is not None
    return DemandUngrouped(demand=demand.id, leader=demand.leader, said=said, at=cause.at)


def each(operation: Operation, named: Iterable[DemandId]) -> list[Demand]:
    """The demands, each once, however often it is named."""
    return [operation.demands[key] for key in dict.fromkeys(named)]


def reopened(operation: Operation, closed: Iterable[Demand], cause: Cause) -> list[Fact]:
    """Leaders first. A report whose leader stays closed stands for itself from now on."""
    rows = sorted(closed, key=lambda demand: demand.leader is not None)
    leading = {demand.id: None for demand in rows}
    facts: list[Fact] = []
    for demand in rows:
        leader = None if demand.leader is None else operation.demands[demand.leader]
        if leader and leader.state is DemandState.CLOSED and leader.id not in leading:
            facts.append(_apart(demand, cause, said=False))
        facts.append(_reopening(demand, cause))
    return facts


def _reopening(demand: Demand, cause: Cause, leader: DemandId | None = None) -> DemandReopened:
    climbs_at = None if demand.number else cause.at + URGENCY[demand.priority].climb
    return DemandReopened(
        demand=demand.id,
        revision=demand.revision + 1,
        at=cause.at,
        leader=leader,
        climbs_at=climbs_at,
    )


def followed(operation: Operation, leader: Demand, cause: Cause) -> Sequence[Fact]:
    """What becomes of the next report, now that its leader was closed or reopened.

    A reason that was said of the leader alone leaves the others open; and nothing is closed over
    people in danger, nor as undone where a crew has come.
    """
    reason = leader.reason
    demand = operation.demands[_next(operation, leader)]
    if reason is None:
        return [_reopening(demand, cause, leader.id)]
    if reason in OF_THE_REPORT or _goes_on(operation, demand, reason):
        return [_apart(demand, cause, said=False)]
    return [
        DemandClosed(
            demand=demand.id,
            revision=demand.revision + 1,
            reason=reason,
            at=cause.at,
            leader=leader.id,
        )
    ]


def _goes_on(operation: Operation, demand: Demand, reason: CloseReason) -> bool:
    """Whether it cannot be over with its leader, for what is done there."""
    if demand.id in operation.danger_for:
        return True
    return reason in NO_RECOVERY and helped(operation, demand)


def _next(operation: Operation, leader: Demand) -> DemandId:
    return DemandId(next(operation.reports.within(leader.id, _behind(leader)))[-1])


def _behind(leader: Demand) -> ReportState:
    """Reports in this state still have to follow their leader."""
    closed = leader.state is DemandState.CLOSED
    return ReportState.OPEN if closed else ReportState.FOLLOWED


def helped(operation: Operation, demand: Demand) -> bool:
    """Whether its own crew, or anybody else, was there in its present round."""
    rows = [operation.lines[key] for key in demand.lines]
    rounds = {line.id: line.round for line in rows}
    return any(line.own or line.delivered for line in rows) or any(
        crew.arrived_at is not None and crew.round == rounds[crew.line]
        for crew in operation.assignments_of.of(demand.id)
    )


def evolve(operation: Operation, fact: GroupingFact) -> None:
    match fact:
        case DemandGrouped():
            _grouped(operation, fact)
        case DemandUngrouped():
            _ungrouped(operation, fact)
        case _:
            assert_never(fact)


def _grouped(operation: Operation, fact: DemandGrouped) -> None:
    """A desk that says so has taken up what was moved to it. The leader is asked about for all."""
    for key in (fact.leader, fact.demand):
        lines.taken_up(operation, key)
    demand = replace(calm(operation.demands[fact.demand]), leader=fact.leader)
    operation.demands.put(demand.id, demand)
    _count(operation, fact.leader, 1)
    for line in demand.lines:
        lines.put_to_sleep(operation, operation.lines[line], fact.at)


def _ungrouped(operation: Operation, fact: DemandUngrouped) -> None:
    before = operation.demands[fact.demand]
    quiet_at = needed.quiet_from(before.needed_by, fact.at)
    demand = replace(
        before,
        leader=None,
        followed=False,
        quiet_at=None if before.state is DemandState.CLOSED else quiet_at,
    )
    operation.demands.put(demand.id, demand)
    _count(operation, fact.leader, -1)
    look_after(operation, operation.demands[fact.leader])
    for key in demand.lines:
        lines.wake_up(operation, operation.lines[key], fact.at)


def _count(operation: Operation, key: DemandId, change: int) -> None:
    leader = operation.demands[key]
    operation.demands.put(key, replace(leader, members=leader.members + change))


def look_after(operation: Operation, changed: Demand) -> None:
    """Put a leader on the worklist while some of its reports have yet to follow it."""
    leader = operation.demands[changed.leader or changed.id]
    behind = any(True for _ in operation.reports.within(leader.id, _behind(leader)))
    if behind != leader.following:
        operation.demands.put(leader.id, replace(leader, following=behind))
