"""Recovery tasks: opened, claimed, done, and verified by another party than the doer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Body, Empty, Id
from api.doors.call import Call
from api.doors.hanging import door
from schemas.commands import (
    ClaimTask,
    DropTask,
    GiveBackTask,
    OpenTask,
    ReportTask,
    TakeBackTask,
    VerifyTask,
)
from schemas.values import Domain, OrganizationId
from schemas.views import TaskRow

router = APIRouter(tags=["tasks"])


class OpenTaskBody(Body):
    """Which of the four orders it restores; the desk decides."""

    domain: Domain


class ClaimTaskBody(Body):
    """Who takes it on."""

    organization: Id


class VerifyTaskBody(Body):
    """Whether it is done; if not, it is sent back."""

    done: bool


@door(router, "/tasks/{task}/open", OpenTaskBody, OpenTask)
async def open_task(call: Call[OpenTaskBody]) -> Response:
    """Open a proposed recovery task; of one that is asked about, say that it is still needed."""
    row = call.subject(TaskRow)
    command = OpenTask(task=row.id, domain=call.body.domain)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/tasks/{task}/drop", Empty, DropTask)
async def drop(call: Call[Empty]) -> Response:
    """Drop a recovery task that nobody has claimed."""
    row = call.subject(TaskRow)
    return call.answer(await call.about(row, DropTask(task=row.id)), row.id)


@door(router, "/tasks/{task}/claim", ClaimTaskBody, ClaimTask)
async def claim(call: Call[ClaimTaskBody]) -> Response:
    """Take a recovery task on, for an organization."""
    row = call.subject(TaskRow)
    command = ClaimTask(task=row.id, organization=OrganizationId(call.body.organization))
    return call.answer(await call.about(row, command), row.id)


@door(router, "/tasks/{task}/give-back", Empty, GiveBackTask)
async def give_back(call: Call[Empty]) -> Response:
    """The claimant gives it back; others may claim it, and nothing is held against anybody."""
    row = call.subject(TaskRow)
    return call.answer(await call.about(row, GiveBackTask(task=row.id)), row.id)


@door(router, "/tasks/{task}/take-back", Empty, TakeBackTask)
async def take_back(call: Call[Empty]) -> Response:
    """The desk takes a claimed task back; others may claim it."""
    row = call.subject(TaskRow)
    return call.answer(await call.about(row, TakeBackTask(task=row.id)), row.id)


@door(router, "/tasks/{task}/report-done", Empty, ReportTask)
async def report_done(call: Call[Empty]) -> Response:
    """The claimant says that it is done."""
    row = call.subject(TaskRow)
    return call.answer(await call.about(row, ReportTask(task=row.id)), row.id)


@door(router, "/tasks/{task}/verify", VerifyTaskBody, VerifyTask)
async def verify(call: Call[VerifyTaskBody]) -> Response:
    """Verify it, or send it back."""
    row = call.subject(TaskRow)
    command = VerifyTask(task=row.id, done=call.body.done)
    return call.answer(await call.about(row, command), row.id)
