"""Ending: demands closed and reopened, lines dropped, and what becomes of everybody then.

Each closing ends its crews with its own reason and proposes recovery; each reopening begins the
next round, with everything to be covered and everybody to be asked anew.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.commands import CloseDemand, DropLine, ReopenDemand, SetOwnCrew, StandDownCrew
from schemas.facts import (
    AssignmentStoodDown,
    DemandClosed,
    DemandReopened,
    EndingFact,
    Fact,
    LineDropped,
    OwnCrewSet,
)
from schemas.instruction_values import LEAVING, InstructionKind
from schemas.refusals import Refusal
from schemas.values import StandDownReason
from streams import (
    asking,
    batched,
    beside,
    checking,
    grouping,
    handing_up,
    needed,
    orders,
    shutting,
)
from streams import line as lines
from streams.area import Area, Operation
from streams.assignment import confirmed, live, out
from streams.cause import Cause, Decision, Refused
from streams.demand import find, open_for_edit, open_incident
from streams.entities import Assignment, AssignmentState, DemandState
from streams.grouping import NO_RECOVERY
from streams.policy import substitute_for, voice_of
from streams.remembered import ListedState
from streams.waiting import calm

CONFIRMING = (  # what was reported done counts as done, without a further press
    StandDownReason.MET,
    StandDownReason.PARTLY_MET_ACCEPTED,
    StandDownReason.INCIDENT_CLOSED,
    StandDownReason.LINE_DROPPED,
)

ENDING = (*LEAVING, InstructionKind.HAND_OVER)
"""Behind these a desk may end a crew's work."""


def close(area: Area, command: CloseDemand, cause: Cause) -> Decision:
    demand = open_for_edit(area, cause, command.demand, command.revision)
    if isinstance(demand, Refused):
        return demand
    refused = checking.endangered(area.operations[cause.operation].danger_for.of(demand.id))
    if refused is not None:
        return refused
    in_place = None
    if demand.state is DemandState.DRAFT:
        in_place = substitute_for(area, cause.actor, demand.place.division, cause.at)
    return [
        DemandClosed(
            demand=demand.id,
            revision=demand.revision + 1,
            reason=command.reason,
            at=cause.at,
            substitute=in_place,
        )
    ]


def reopen(area: Area, command: ReopenDemand, cause: Cause) -> Decision:
    demand = find(area, cause, command.demand)
    if demand is None:
        return Refused(Refusal.NOT_FOUND)
    if demand.revision != command.revision:
        return Refused(Refusal.REVISION_STALE, (demand.id,))
    if demand.state is not DemandState.CLOSED:
        return Refused(Refusal.DEMAND_OPEN, (demand.id,))
    incident = open_incident(area, cause, demand.incident)
    if isinstance(incident, Refused):
        return incident
    return grouping.reopened(area.operations[cause.operation], [demand], cause)


def drop_line(area: Area, command: DropLine, cause: Cause) -> Decision:
    """One line is over; the last open one goes only with the whole demand."""
    operation = area.operations[cause.operation]
    line = operation.lines[command.line]
    demand = operation.demands[line.demand]
    if (refused := lines.over(operation, line)) is not None:
        return refused
    if sum(operation.lines[key].open for key in demand.lines) == 1:
        return Refused(Refusal.LAST_LINE, (demand.id,))
    crews = operation.danger_for.of(demand.id)
    refused = checking.endangered(crew for crew in crews if crew.line == line.id)
    if refused is not None:
        return refused
    return [LineDropped(line=line.id, demand=demand.id, at=cause.at)]


def own_crew(area: Area, command: SetOwnCrew, cause: Cause) -> Decision:
    """The township takes up so much of a line itself; said twice, nothing is new."""
    operation = area.operations[cause.operation]
    line = operation.lines[command.line]
    if (refused := lines.over(operation, line)) is not None:
        return refused
    if line.own == command.units:
        return []
    if 0 < command.units < lines.together(line):
        return Refused(Refusal.WHOLE_PART, (line.id,))
    return [OwnCrewSet(line=line.id, demand=line.demand, quantity=command.units, at=cause.at)]


def stand_down(area: Area, command: StandDownCrew, cause: Cause) -> Decision:
    """The desk ends the work of a crew that it has told to leave it; with thanks, as ever."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    operation = area.operations[cause.operation]
    standing = orders.told(operation, found.id).standing
    if not any(order.what in ENDING for order in standing):
        return Refused(Refusal.INSTRUCTION_MISSING, (found.id,))
    if found.state is AssignmentState.REPORTED_DONE:
        return Refused(Refusal.ALREADY_REPORTED, (found.id,))
    refused = None if command.everybody_out else checking.endangered([found])
    if refused is not None:
        return refused
    judged = not any(order.everybody for order in standing)  # it, and not the place
    outcome = asking.SENT_HOME if judged else asking.STOOD_DOWN
    again = asking.after(outcome, operation.lines[found.line].priority, cause.at)
    return [
        *out(found, cause, voice_of(area, cause.actor, found.organization, cause.at)),
        AssignmentStoodDown(
            assignment=found.id,
            reason=StandDownReason.WITHDRAWN,
            again_at=again.at,
            again_on=again.on,
            at=cause.at,
        ),
    ]


def evolve(operation: Operation, fact: EndingFact) -> None:
    match fact:
        case DemandClosed():
            _closed(operation, fact)
        case DemandReopened():
            _reopened(operation, fact)
        case _:
            assert_never(fact)


def _closed(operation: Operation, fact: DemandClosed) -> None:
    """Everybody asked or at work is marked to be ended, every line for recovery."""
    demand = operation.demands[fact.demand]
    closed = replace(
        calm(demand),
        revision=fact.revision,
        state=DemandState.CLOSED,
        reason=fact.reason,
        closed_at=fact.at,
        shut=(),
        may_lie_in=(),
        appeal=None,
        followed=fact.leader is not None,
        substitute=fact.substitute or demand.substitute,
        handed=None if demand.handed is None else replace(demand.handed, acted=True),
    )
    operation.demands.put(demand.id, closed)
    for report in operation.scene_reports_for.of(demand.id):  # what is over needs no answer
        operation.scene_reports.remove(report.id)
    for helpers in operation.helpers_for.of(demand.id):  # it goes home with the demand
        operation.helpers.remove(helpers.id)
    reason = StandDownReason(fact.reason.value)
    for key in demand.lines:
        line = operation.lines[key]
        if line.open:
            done = not line.asleep or lines.served(operation, line)
            line = lines.closed(line, proposing=done and fact.reason not in NO_RECOVERY)
            operation.lines.put(key, line)
            lines.mark_offers(operation, line, reason)
            lines.mark_assignments(operation, line, reason)
    handing_up.over(operation, demand.id)
    beside.safe(operation, demand.id, fact.at)
    batched.mark(operation, fact.batch, fact.demand, ListedState.DONE, fact.at)
    grouping.look_after(operation, closed)


def _reopened(operation: Operation, fact: DemandReopened) -> None:
    """Whoever was asked before may be asked again: the situation is another one.

    What was never published is a draft again.
    """
    demand = operation.demands[fact.demand]
    draft = fact.climbs_at is not None
    still = draft or demand.leader is not None
    reopened = replace(
        demand,
        revision=fact.revision,
        state=DemandState.DRAFT if draft else DemandState.PUBLISHED,
        reason=None,
        closed_at=None,
        quiet_at=None if still else needed.quiet_from(demand.needed_by, fact.at),
        climbs_at=fact.climbs_at,
        nobody_again_at=None,
        release_at=fact.at,
        followed=False,
    )
    reopened = shutting.shut_by(operation, reopened)
    batched.mark(operation, fact.batch, fact.demand, ListedState.UNDONE, fact.at)
    operation.demands.put(demand.id, reopened)
    for key in demand.lines:
        line = operation.lines[key]
        if not line.dropped:
            fresh = replace(lines.reopened(line, fact.at), asleep=lines.asleep(reopened))
            operation.lines.put(key, fresh)
            lines.wake(operation, fresh, fact.at)
    grouping.look_after(operation, reopened)


def ended(assignment: Assignment, cause: Cause) -> list[Fact]:
    """The end of a crew that is needed no longer: done where it has said so, else stood down."""
    reason = assignment.unneeded
    assert reason is not None
    if assignment.state is AssignmentState.REPORTED_DONE and reason in CONFIRMING:
        return confirmed(assignment, cause)
    return [
        AssignmentStoodDown(
            assignment=assignment.id, reason=reason, again_at=None, again_on=None, at=cause.at
        )
    ]
