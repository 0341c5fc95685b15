"""Terms: on which an organization can be asked: its hours and leave, safeguards, enrollment."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.commands import RecordSafeguards, SetEnrollment, SetHours
from schemas.refusals import Refusal
from schemas.registry_facts import EnrollmentSet, HoursSet, SafeguardsRecorded
from schemas.values import Instant
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.days import end_of
from streams.entities import OfferState, Organization
from streams.gates import unproved
from streams.parameters import LEAVE_WITHIN


def set_hours(_area: Area, command: SetHours, cause: Cause) -> Decision:
    """A leave begins before it ends, and ends ahead of now, no farther than anybody plans."""
    for leave in command.leaves:
        if leave.ends <= max(leave.begins, cause.at) or leave.ends > cause.at + LEAVE_WITHIN:
            return Refused(Refusal.LEAVE_UNFIT)
    return [
        HoursSet(
            organization=command.organization,
            hours=tuple(sorted(command.hours, key=lambda shift: (shift.day, shift.begins))),
            leaves=tuple(sorted(command.leaves, key=lambda leave: (leave.begins, leave.ends))),
            at=cause.at,
        )
    ]


def record_safeguards(_area: Area, command: RecordSafeguards, cause: Cause) -> Decision:
    """All of it anew: what is left out is unknown from now on."""
    try:
        if command.insured_through is not None:
            end_of(command.insured_through)
    except ValueError:
        return Refused(Refusal.VALIDITY_UNFIT)
    return [
        SafeguardsRecorded(
            organization=command.organization,
            adults_only=command.adults_only,
            insured_through=command.insured_through,
            account=cause.actor,
            at=cause.at,
        )
    ]


def proved(operation: Operation, organization: Organization, at: Instant) -> None:
    """What hazardous work asks for has been recorded of an organization, or is unknown again: a
    line waits for it from now on, or no longer."""
    unknown = unproved(organization) is not None
    for offer in operation.offers_to.of(organization.id):
        open_one = offer.state is OfferState.SENT and operation.lines[offer.line].hazardous
        if not open_one or offer.unproved is unknown:
            continue
        after = replace(offer, unproved=unknown)
        operation.offers.put(offer.id, after)
        if offer.relieves is None:
            lines.answered(operation, offer, at)
            lines.offered(operation, operation.lines[offer.line], after, 0, at)


def set_enrollment(_area: Area, command: SetEnrollment, cause: Cause) -> Decision:
    return [
        EnrollmentSet(organization=command.organization, enrolled=command.enrolled, at=cause.at)
    ]


def stated(
    known: Organization, fact: HoursSet | SafeguardsRecorded | EnrollmentSet
) -> Organization:
    """The organization as it stands since."""
    match fact:
        case HoursSet():
            return replace(known, hours=fact.hours, leaves=fact.leaves)
        case SafeguardsRecorded():
            said = {"adults_only": fact.adults_only, "insured_through": fact.insured_through}
            return replace(known, **said)
        case EnrollmentSet():
            return replace(known, enrolled=fact.enrolled)
        case _:
            assert_never(fact)
