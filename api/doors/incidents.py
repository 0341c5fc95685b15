"""Incidents: opening and joining them, closing them in sight of who is at work, reopening them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import AfterValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.doors.body import Body, Empty, one_of
from api.doors.call import Call, answered
from api.doors.callers import SignedIn
from api.doors.hanging import answering, door
from api.doors.places import Code
from api.problems import Problem
from schemas.codes import HAZARDS
from schemas.commands import CloseIncident, JoinIncident, OpenIncident, ReopenIncident
from schemas.facts import IncidentOpened
from schemas.ids import digest_of
from schemas.refusals import Refusal
from schemas.values import AssignmentId, DivisionCode, IncidentId, Role
from schemas.views import IncidentRow
from streams.checking import LISTED_MOST

router = APIRouter(tags=["incidents"])

READERS = (Role.DESK, Role.REVIEWER)
Hazard = Annotated[str, AfterValidator(one_of(HAZARDS, "code_unknown"))]


class OpenIncidentBody(Body):
    """`label` links the areas that one event touches. `exercise`: beside actual work, where only
    organizations that have enrolled are asked; whatever is filed in it is an exercise, too."""

    hazard: Hazard
    division: Code
    label: Annotated[str, Field(pattern="^[a-z0-9-]{0,40}$")] = ""
    exercise: bool = False


class JoinIncidentBody(Body):
    """Which township takes part."""

    division: Code


class CloseIncidentBody(Body):
    """`live`: the digest of the assignments that this ends, where any are live."""

    live: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None


class LiveAnswer(msgspec.Struct):
    """The live assignments of an incident by their ids, and the digest that names them all."""

    count: int
    digest: str
    assignments: tuple[AssignmentId, ...]


@door(router, "/incidents", OpenIncidentBody, OpenIncident, creates=True)
async def open_incident(call: Call[OpenIncidentBody]) -> Response:
    """Open the one incident of an event, in this server's operation or as an exercise beside it."""
    body, settings = call.body, call.context.settings
    command = OpenIncident(
        hazard=body.hazard, division=DivisionCode(body.division), label=body.label
    )
    receipt = await call.send(command, *settings.beside(body.exercise))
    return call.created(receipt, IncidentOpened)


@door(router, "/incidents/{incident}/join", JoinIncidentBody, JoinIncident)
async def join_incident(call: Call[JoinIncidentBody]) -> Response:
    """Let a township take part in an incident."""
    row = call.subject(IncidentRow)
    command = JoinIncident(incident=row.id, division=DivisionCode(call.body.division))
    return call.answer(await call.about(row, command), row.id)


@door(router, "/incidents/{incident}/close", CloseIncidentBody, CloseIncident)
async def close_incident(call: Call[CloseIncidentBody]) -> Response:
    """Close an incident, and with it its demands and the work on them.

    Refused while crews are at work of which you do not name the digest: the refusal tells it.
    """
    row = call.subject(IncidentRow)
    try:
        receipt = await call.about(row, CloseIncident(incident=row.id, live=call.body.live))
    except Problem as problem:
        if problem.code == Refusal.INCIDENT_HAS_ASSIGNMENTS:
            problem.more = {"live": _told(call, row.id, problem.subjects)}
        raise
    return call.answer(receipt, row.id)


def _told(
    call: Call[CloseIncidentBody], incident: IncidentId, listed: tuple[str, ...]
) -> dict[str, object]:
    """Of the list in the refusal, where that is all; else of the list as it is now."""
    live = listed if len(listed) < LISTED_MOST else call.context.feed.known.live_in(incident)
    return {"count": len(live), "digest": digest_of(live)}


@door(router, "/incidents/{incident}/reopen", Empty, ReopenIncident)
async def reopen_incident(call: Call[Empty]) -> Response:
    """Take a closed incident up again, until its key is destroyed; its demands one by one."""
    row = call.subject(IncidentRow)
    return call.answer(await call.about(row, ReopenIncident(incident=row.id)), row.id)


@router.get("/incidents/{incident}/live", response_model=None, responses=answering(LiveAnswer))
async def live(request: Request, caller: SignedIn, incident: str) -> Response:
    """Who is at work in an incident: for desks and reviewers whose scope holds its division."""
    if caller.role not in READERS:
        raise Problem("role_missing")
    feed = context_of(request).feed
    put = feed.shown(caller.reader, "incident", incident)
    if put is None or not isinstance(put.row, IncidentRow):
        raise Problem("not_found")
    if not caller.reader.holds(put.row.division):
        raise Problem("not_found")
    found = tuple(feed.known.live_in(put.row.id))
    return answered(LiveAnswer(len(found), digest_of(found), found))
