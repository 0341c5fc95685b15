"""Assignments: the steps of the work, reported by the crew or for it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.body import Body, Empty
from api.commands import Call
from api.doors import door
from schemas.commands import Arrive, CannotComplete, ConfirmAssignment, ReportDone, SetOff
from schemas.views import AssignmentRow

router = APIRouter(tags=["assignments"])


class ConfirmAssignmentBody(Body):
    """Whether the work is done; if not, it is sent back."""

    done: bool


@door(router, "/assignments/{assignment}/set-off", Empty, SetOff)
async def set_off(call: Call[Empty]) -> Response:
    """The crew is on its way."""
    row = call.subject(AssignmentRow)
    return call.answer(await call.about(row, SetOff(assignment=row.id)), row.id)


@door(router, "/assignments/{assignment}/arrive", Empty, Arrive)
async def arrive(call: Call[Empty]) -> Response:
    """The crew is on the scene."""
    row = call.subject(AssignmentRow)
    return call.answer(await call.about(row, Arrive(assignment=row.id)), row.id)


@door(router, "/assignments/{assignment}/report-done", Empty, ReportDone)
async def report_done(call: Call[Empty]) -> Response:
    """The crew says that its work is done."""
    row = call.subject(AssignmentRow)
    return call.answer(await call.about(row, ReportDone(assignment=row.id)), row.id)


@door(router, "/assignments/{assignment}/cannot-complete", Empty, CannotComplete)
async def cannot_complete(call: Call[Empty]) -> Response:
    """The crew cannot go on; its units are asked for again."""
    row = call.subject(AssignmentRow)
    return call.answer(await call.about(row, CannotComplete(assignment=row.id)), row.id)


@door(router, "/assignments/{assignment}/confirm", ConfirmAssignmentBody, ConfirmAssignment)
async def confirm(call: Call[ConfirmAssignmentBody]) -> Response:
    """The desk confirms the work, or sends it back."""
    row = call.subject(AssignmentRow)
    command = ConfirmAssignment(assignment=row.id, done=call.body.done)
    return call.answer(await call.about(row, command), row.id)
