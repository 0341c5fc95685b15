"""Assignments: the steps of the work, reported by the crew or for it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Body, Empty
from api.doors.call import Call
from api.doors.hanging import door
from api.doors.offers import Minutes, People
from api.doors.texts import PublicReason
from schemas.commands import (
    Arrive,
    CannotComplete,
    ConfirmAssignment,
    CorrectStep,
    GiveNewTime,
    ReportDone,
    SetOff,
    UndoStep,
)
from schemas.values import Step
from schemas.views import AssignmentRow

router = APIRouter(tags=["assignments"])


class ArriveBody(Body):
    """With so many people, where that was not said before or has changed."""

    people: People | None = None


class LeavingBody(Body):
    """Whether everybody is out who was counted inside a danger zone."""

    everybody_out: bool = False


class ReportDoneBody(LeavingBody):
    """Beside that: how many people were helped, in all."""

    helped: People | None = None


class GiveNewTimeBody(Body):
    """In about so many minutes from now."""

    minutes: Minutes


class CorrectStepBody(Body):
    """How far the crew has really come."""

    step: Step


class ConfirmAssignmentBody(Body):
    """Whether the work is done; if not, it is sent back, with a reason that the crew reads."""

    done: bool
    reason: PublicReason | None = None


@door(router, "/assignments/{assignment}/set-off", Empty, SetOff)
async def set_off(call: Call[Empty]) -> Response:
    """The crew is on its way."""
    row = call.subject(AssignmentRow)
    return call.answer(await call.about(row, SetOff(assignment=row.id)), row.id)


@door(router, "/assignments/{assignment}/arrive", ArriveBody, Arrive)
async def arrive(call: Call[ArriveBody]) -> Response:
    """The crew is on the scene; having set off is implied."""
    row = call.subject(AssignmentRow)
    command = Arrive(assignment=row.id, people=call.body.people)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/report-done", ReportDoneBody, ReportDone)
async def report_done(call: Call[ReportDoneBody]) -> Response:
    """The crew says that its work is done; having arrived is implied."""
    row = call.subject(AssignmentRow)
    command = ReportDone(
        assignment=row.id, everybody_out=call.body.everybody_out, helped=call.body.helped
    )
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/cannot-complete", LeavingBody, CannotComplete)
async def cannot_complete(call: Call[LeavingBody]) -> Response:
    """The crew cannot go on; its units are asked for again."""
    row = call.subject(AssignmentRow)
    command = CannotComplete(assignment=row.id, everybody_out=call.body.everybody_out)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/new-time", GiveNewTimeBody, GiveNewTime)
async def new_time(call: Call[GiveNewTimeBody]) -> Response:
    """The crew will arrive later, or sooner, than it said."""
    row = call.subject(AssignmentRow)
    command = GiveNewTime(assignment=row.id, minutes=call.body.minutes)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/undo", Empty, UndoStep)
async def undo(call: Call[Empty]) -> Response:
    """The last step was not meant: for whoever took it, within 30 seconds."""
    row = call.subject(AssignmentRow)
    return call.answer(await call.about(row, UndoStep(assignment=row.id)), row.id)


@door(router, "/assignments/{assignment}/correct", CorrectStepBody, CorrectStep)
async def correct(call: Call[CorrectStepBody]) -> Response:
    """The desk puts right how far a crew has come, backward; both are on record."""
    row = call.subject(AssignmentRow)
    command = CorrectStep(assignment=row.id, step=call.body.step)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/confirm", ConfirmAssignmentBody, ConfirmAssignment)
async def confirm(call: Call[ConfirmAssignmentBody]) -> Response:
    """The desk confirms the work, or sends it back."""
    row = call.subject(AssignmentRow)
    command = ConfirmAssignment(
        assignment=row.id, done=call.body.done, reason=call.body.reason or ""
    )
    return call.answer(await call.about(row, command), row.id)
