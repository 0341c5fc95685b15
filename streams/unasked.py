"""Crews that nobody has asked: they come, or offer to come, and a desk says what becomes of them.

Each is kept as an offer that is answered in the same turn, so that all that holds for a crew that
was asked holds for it too: gates, load, cover, lateness, recovery. (ISO 22319; unsolicited offers
in EDXL-RM.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from msgspec.structs import replace

from schemas.commands import ReceiveCrew
from schemas.facts import (
    AssignmentArrived,
    AssignmentCommitted,
    AssignmentSetOff,
    CrewReceived,
    Fact,
    OfferStoodDown,
)
from schemas.refusals import Refusal
from schemas.values import AssignmentId, OfferId, Reception
from streams import asking, outcome
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import DemandState, Line, Offer, Organization
from streams.matching import bars
from streams.offer import barred, shut, taken, would_come


def receive(area: Area, command: ReceiveCrew, cause: Cause) -> Decision:
    """Taken on, parked until the desk says more, or sent home; the first two pass the gates of one
    that is asked by hand."""
    operation = area.operations[cause.operation]
    line = operation.lines[command.line]
    organization = area.registry.organizations[command.organization]
    refusal = shut(operation, line, organization) or expected(operation, line, organization)
    if refusal is None and command.word is not Reception.SENT_HOME:
        refusal = barred(operation, line, organization, cause, command.quantity)
    if refusal is not None:
        return refusal
    received = _received(operation, line, organization, command, cause)
    then = _then(area, _said(operation, received, command), command, cause)
    return then if isinstance(then, Refused) else [received, *then]


def expected(operation: Operation, line: Line, organization: Organization) -> Refused | None:
    """Its crew is on its way there already: that one has arrived, and no second one."""
    for crew in operation.assignments_on.of(line.id):
        if crew.organization == organization.id and crew.arrived_at is None:
            return Refused(Refusal.ALREADY_ANSWERED, (crew.id,))
    return None


def _received(
    operation: Operation,
    line: Line,
    organization: Organization,
    command: ReceiveCrew,
    cause: Cause,
) -> CrewReceived:
    return CrewReceived(
        offer=OfferId(cause.new_id()),
        line=line.id,
        demand=line.demand,
        organization=organization.id,
        quantity=command.quantity,
        meters=0 if command.here else bars.distance(operation, line, organization),
        here=command.here,
        by_desk=True,
        at=cause.at,
    )


def _said(operation: Operation, received: CrewReceived, command: ReceiveCrew) -> Offer:
    """What it says by coming: a yes to all that it brings."""
    return replace(
        outcome.received(operation, received),
        answered=command.quantity,
        minutes=0 if command.here else command.minutes,
        people=command.people,
        by_desk=True,
        by_committee=None,
    )


def _then(area: Area, said: Offer, command: ReceiveCrew, cause: Cause) -> Decision:
    match command.word:
        case Reception.TAKEN_ON:
            facts = taken(area, said, cause)
            if isinstance(facts, Refused) or not command.here:
                return facts
            return [*facts, *arrived(facts, command.people, cause)]
        case Reception.PARKED:
            return would_come(area, said, cause, _parking(area, said, cause))
        case Reception.SENT_HOME:
            reason = asking.thanks(unsuited=command.unsuited)
            return [OfferStoodDown(offer=said.id, reason=reason, at=cause.at)]
        case _:
            assert_never(command.word)


def _parking(area: Area, said: Offer, cause: Cause) -> str:
    """Parked where enough are, it is asked first once they are not. Where too few are asking
    already, its desk has seen that, and the next word is the desk's."""
    operation = area.operations[cause.operation]
    asks = operation.demands[said.demand].state is DemandState.PUBLISHED
    short = asks and lines.missing(operation.lines[said.line])
    return asking.PARKED if short else asking.STANDBY


def arrived(facts: Sequence[Fact], people: int | None, cause: Cause) -> list[Fact]:
    """It stands there: that it set out is implied."""
    [crew] = [fact.assignment for fact in facts if isinstance(fact, AssignmentCommitted)]
    return [_set_off(crew, cause), _arrival(crew, people, cause)]


def _set_off(crew: AssignmentId, cause: Cause) -> AssignmentSetOff:
    return AssignmentSetOff(
        assignment=crew,
        account=cause.actor,
        implied=True,
        by_desk=True,
        by_committee=None,
        at=cause.at,
    )


def _arrival(crew: AssignmentId, people: int | None, cause: Cause) -> AssignmentArrived:
    return AssignmentArrived(
        assignment=crew,
        account=cause.actor,
        people=people,
        implied=False,
        by_desk=True,
        by_committee=None,
        at=cause.at,
    )
