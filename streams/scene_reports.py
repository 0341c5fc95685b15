"""Reports from the scene: what a crew finds is answered by its desk with one act, or climbs.

Only what nobody has answered is kept as a row; the last that was stays with its crew.
"""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from schemas.codes import SKILLS
from schemas.commands import AnswerReport, ReportFromScene
from schemas.facts import (
    Fact,
    ReportAnswered,
    ReportEscalated,
    ReportFact,
    SceneReported,
)
from schemas.refusals import Refusal
from schemas.values import UNITS_MOST, LineRequest, ReportAnswer, ReportId, SceneReport
from streams import amending, checking
from streams import line as lines
from streams.area import Area, Operation
from streams.assignment import live, there
from streams.cause import Cause, Decision, Refused
from streams.entities import Assignment, Line
from streams.parameters import REPORT_ANSWER, REPORT_ANSWER_URGENT, REPORTS_MOST
from streams.policy import voice_of
from streams.remembered import Report
from streams.villages import Voice

LOWEST_GRADE = 3


def report(area: Area, command: ReportFromScene, cause: Cause) -> Decision:
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    if not _whole(command):
        return Refused(Refusal.REPORT_UNFIT)
    operation = area.operations[cause.operation]
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    said = _said(operation, found, command, cause, voice)
    waiting = operation.scene_reports_of.of(found.id)
    if any(_same(one, said) for one in waiting) or _helped_as_said(found, said):
        return []
    if said.answer_by is not None and len(waiting) >= REPORTS_MOST:
        return Refused(Refusal.REPORTS_WAITING, (found.id,))
    return [*there(found, cause, voice), said]


def _helped_as_said(found: Assignment, said: SceneReported) -> bool:
    return said.what is SceneReport.PEOPLE_HELPED and said.quantity == found.helped


def _whole(command: ReportFromScene) -> bool:
    if command.skill is not None and command.skill not in SKILLS:
        return False
    match command.what:
        case SceneReport.NEED_MORE:
            return (command.quantity or 1) <= UNITS_MOST
        case SceneReport.PEOPLE_HELPED:
            return command.quantity is not None and command.skill is None
        case _:
            return bool(command.text) and command.quantity is None and command.skill is None


def _said(
    operation: Operation, found: Assignment, command: ReportFromScene, cause: Cause, voice: Voice
) -> SceneReported:
    """Of its own skill, and one unit, where a crew that needs more says no other."""
    needs, urgent = command.what is SceneReport.NEED_MORE, checking.MOST_URGENT
    priority = operation.lines[found.line].priority
    within = REPORT_ANSWER_URGENT if priority == urgent else REPORT_ANSWER
    return SceneReported(
        report=ReportId(cause.new_id()),
        assignment=found.id,
        account=cause.actor,
        what=command.what,
        quantity=(command.quantity or 1) if needs else command.quantity,
        skill=(command.skill or found.skill) if needs else None,
        text=command.text,
        answer_by=None if command.what is SceneReport.PEOPLE_HELPED else cause.at + within,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        at=cause.at,
    )


def _same(one: Report, said: SceneReported) -> bool:
    before = (one.what, one.quantity, one.skill, one.text)
    return before == (said.what, said.quantity, said.skill, said.text)


def answer(area: Area, command: AnswerReport, cause: Cause) -> Decision:
    operation = area.operation(cause.operation)
    found = None if operation is None else operation.assignments.get(command.assignment)
    if operation is None or found is None:
        return Refused(Refusal.NOT_FOUND)
    known = operation.scene_reports.get(command.report)
    if known is None or known.assignment != found.id:
        last = found.answered
        again = last is not None and (last.id, last.answer) == (command.report, command.answer)
        return [] if again else Refused(Refusal.REPORT_ANSWERED, (found.id,))
    answered = ReportAnswered(
        report=known.id,
        assignment=found.id,
        account=cause.actor,
        answer=command.answer,
        at=cause.at,
    )
    if command.answer is not ReportAnswer.RAISED:
        return [answered]
    raised = _raised(area, operation, found, known, cause)
    return raised if isinstance(raised, Refused) else [*raised, answered]


def _raised(
    area: Area, operation: Operation, found: Assignment, known: Report, cause: Cause
) -> Decision:
    """What is needed more is asked for: on a line of that skill, or on one that is added.

    By the demand that leads, where this one is a further report of its need and asks nobody.
    """
    if known.what is not SceneReport.NEED_MORE or known.skill is None or known.quantity is None:
        return Refused(Refusal.ANSWER_UNFIT, (found.id,))
    demand = operation.demands[found.demand]
    demand = operation.demands[demand.leader] if demand.leader else demand
    rows = [operation.lines[key] for key in demand.lines]
    like = _like(rows, found, known.skill)
    targets = tuple(row.target + (known.quantity if row is like else 0) for row in rows)
    if max(targets) > UNITS_MOST:
        return Refused(Refusal.ANSWER_UNFIT, (found.id,))
    own = operation.lines[found.line]  # perhaps of a further report, and not among these
    added = () if like is not None else (_added(own, known.skill, known.quantity),)
    more = replace(amending.unchanged(operation, demand), targets=targets, lines=added)
    return amending.amend(area, more, cause)


def _like(rows: list[Line], found: Assignment, skill: str) -> Line | None:
    """The crew's own line where that has the skill, else the first; a whole one stays as it is."""
    fit = [row for row in rows if row.open and row.skill == skill and not row.whole]
    return next((row for row in fit if row.id == found.line), fit[0] if fit else None)


def _added(own: Line, skill: str, quantity: int) -> LineRequest:
    """As hazardous as the crew's own; of a graded skill any grade will do."""
    grade = LOWEST_GRADE if SKILLS[skill].graded else None
    return LineRequest(
        skill=skill, minimum=quantity, target=quantity, grade=grade, hazardous=own.hazardous
    )


def escalated(known: Report, cause: Cause) -> Fact:
    """Nobody has answered it in time."""
    return ReportEscalated(report=known.id, assignment=known.assignment, at=cause.at)


def evolve(operation: Operation, fact: ReportFact) -> None:
    match fact:
        case SceneReported():
            _reported(operation, fact)
        case ReportEscalated():
            known = operation.scene_reports[fact.report]
            operation.scene_reports.put(known.id, replace(known, escalated=True))
        case ReportAnswered():
            _answered(operation, fact)
        case _:
            assert_never(fact)


def _reported(operation: Operation, fact: SceneReported) -> None:
    """A word of the crew like any other; how many it has helped is the latest that it said."""
    crew = checking.heard(operation, fact.assignment, fact.at)
    helped = fact.quantity if fact.what is SceneReport.PEOPLE_HELPED else crew.helped
    operation.assignments.put(crew.id, replace(crew, helped=helped))
    if fact.by_desk:
        lines.taken_up(operation, crew.demand)
    if fact.answer_by is not None:
        known = Report(
            id=fact.report,
            assignment=crew.id,
            demand=crew.demand,
            what=fact.what,
            quantity=fact.quantity,
            skill=fact.skill,
            text=fact.text,
            at=fact.at,
            answer_by=fact.answer_by,
        )
        operation.scene_reports.put(known.id, known)


def _answered(operation: Operation, fact: ReportAnswered) -> None:
    known = operation.scene_reports[fact.report]
    operation.scene_reports.remove(known.id)
    crew = operation.assignments[fact.assignment]
    last = replace(known, answer=fact.answer, answered_at=fact.at)
    operation.assignments.put(crew.id, replace(crew, answered=last))
    lines.taken_up(operation, crew.demand)
