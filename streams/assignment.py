"""Assignments: an organization at work on a line, from its word to its release.

Later steps imply earlier ones: a crew that reports from the scene has set off, whether or not
it said so. What nobody reported is marked as implied. A crew that is late: `streams.lateness`;
a step that was not meant: `streams.correction`; its word from the scene: `streams.checking`.
"""

from __future__ import annotations

from schemas.commands import Arrive, CannotComplete, ConfirmAssignment, ReportDone, SetOff
from schemas.facts import (
    AssignmentArrived,
    AssignmentConfirmed,
    AssignmentGivenUp,
    AssignmentReleased,
    AssignmentReportedDone,
    AssignmentSentBack,
    AssignmentSetOff,
    Fact,
    HeadsCounted,
    SceneReported,
)
from schemas.refusals import Refusal
from schemas.values import AssignmentId, ReportId, SceneReport
from streams import asking
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.entities import Assignment, AssignmentState
from streams.policy import voice_of
from streams.villages import Voice


def set_off(area: Area, command: SetOff, cause: Cause) -> Decision:
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.set_off_at is not None:
        return []  # said twice, or implied already: nothing new
    if kept_away(area, found, cause):
        return Refused(Refusal.INSTRUCTION_HOLDS, (found.id,))
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    return [_departure(found, cause, voice, implied=False)]


def arrive(area: Area, command: Arrive, cause: Cause) -> Decision:
    """Where it is, it is, whatever it is told: then it is to leave that place."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.arrived_at is not None:
        return []
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    arrival = _arrival(found, cause, voice, command.people, implied=False)
    return [*_implied(found, cause, voice), arrival]


def report_done(area: Area, command: ReportDone, cause: Cause) -> Decision:
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.state is AssignmentState.REPORTED_DONE:
        return []
    if found.inside and not command.everybody_out:
        return Refused(Refusal.HEADS_INSIDE, (found.id,))
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    facts = [*there(found, cause, voice), *out(found, cause, voice)]
    if command.helped not in (None, found.helped):
        facts.append(_helped(found, cause, voice, command.helped))
    done = AssignmentReportedDone(
        assignment=found.id,
        account=cause.actor,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        at=cause.at,
    )
    return [*facts, done]


def cannot_complete(area: Area, command: CannotComplete, cause: Cause) -> Decision:
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.state is AssignmentState.REPORTED_DONE:
        return Refused(Refusal.ALREADY_REPORTED, (found.id,))
    if found.inside and not command.everybody_out:
        return Refused(Refusal.HEADS_INSIDE, (found.id,))
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    priority = area.operations[cause.operation].lines[found.line].priority
    again = asking.after(asking.GAVE_UP, priority, cause.at)
    assert again.at is not None
    assert again.on is not None
    return [
        *out(found, cause, voice),
        AssignmentGivenUp(
            assignment=found.id,
            account=cause.actor,
            by_desk=voice.by_desk,
            by_committee=voice.by_committee,
            again_at=again.at,
            again_on=again.on,
            at=cause.at,
        ),
    ]


def confirm(area: Area, command: ConfirmAssignment, cause: Cause) -> Decision:
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if found.state is not AssignmentState.REPORTED_DONE:
        return Refused(Refusal.ASSIGNMENT_NOT_REPORTED, (found.id,))
    if not command.done:
        return [AssignmentSentBack(assignment=found.id, reason=command.reason, at=cause.at)]
    return confirmed(found, cause)


def confirmed(found: Assignment, cause: Cause) -> list[Fact]:
    """The work is done, and its units are free again."""
    return [
        AssignmentConfirmed(assignment=found.id, at=cause.at),
        AssignmentReleased(assignment=found.id, at=cause.at),
    ]


def _departure(found: Assignment, cause: Cause, voice: Voice, *, implied: bool) -> AssignmentSetOff:
    return AssignmentSetOff(
        assignment=found.id,
        account=cause.actor,
        implied=implied,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        at=cause.at,
    )


def _arrival(
    found: Assignment, cause: Cause, voice: Voice, people: int | None, *, implied: bool
) -> AssignmentArrived:
    return AssignmentArrived(
        assignment=found.id,
        account=cause.actor,
        people=people,
        implied=implied,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        at=cause.at,
    )


def _implied(found: Assignment, cause: Cause, voice: Voice) -> list[Fact]:
    """The departure that an arrival proves, if nobody reported it."""
    if found.set_off_at is not None:
        return []
    return [_departure(found, cause, voice, implied=True)]


def there(found: Assignment, cause: Cause, voice: Voice) -> list[Fact]:
    """The departure and the arrival that a word from the scene proves, if nobody reported them."""
    facts = _implied(found, cause, voice)
    if found.arrived_at is None:
        facts.append(_arrival(found, cause, voice, None, implied=True))
    return facts


def counted(
    found: Assignment, cause: Cause, voice: Voice, inside: int, *, others: bool = False
) -> HeadsCounted:
    return HeadsCounted(
        assignment=found.id,
        account=cause.actor,
        inside=inside,
        others=others,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        at=cause.at,
    )


def _helped(found: Assignment, cause: Cause, voice: Voice, count: int | None) -> SceneReported:
    """How many people it has helped, said with the end of its work; nobody has to answer that."""
    return SceneReported(
        report=ReportId(cause.new_id()),
        assignment=found.id,
        account=cause.actor,
        what=SceneReport.PEOPLE_HELPED,
        quantity=count,
        skill=None,
        text="",
        answer_by=None,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        at=cause.at,
    )


def out(found: Assignment, cause: Cause, voice: Voice) -> list[Fact]:
    """Nobody leaves a danger zone uncounted: whoever was inside is out."""
    return [counted(found, cause, voice, 0)] if found.inside else []


def kept_away(area: Area, found: Assignment, cause: Cause) -> bool:
    """Whether it was told to stop or to leave, or the place is shut: it does not set off.

    That it has arrived says where it is, and is taken all the same, as any word from there.
    """
    demand = area.operations[cause.operation].demands[found.demand]
    return found.withdrawing or bool(demand.shut)


def live(area: Area, cause: Cause, key: AssignmentId) -> Assignment | Refused:
    """The assignment, if its work is not over."""
    operation = area.operation(cause.operation)
    found = None if operation is None else operation.assignments.get(key)
    if found is None:
        return Refused(Refusal.NOT_FOUND)
    if not found.live or found.unneeded is not None:
        return Refused(Refusal.ASSIGNMENT_ENDED, (key,))
    return found
