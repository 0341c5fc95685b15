"""Relief: another organization takes a crew's place, which goes only when they are there."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Empty, Id
from api.doors.call import Call
from api.doors.hanging import door
from api.doors.lines import AskByHandBody
from api.doors.sealed import seal
from schemas.commands import KeepCrewOn, RelieveCrew
from schemas.facts import OfferSent
from schemas.values import OrganizationId
from schemas.views import AssignmentRow, DemandRow, OrganizationRow

router = APIRouter(tags=["assignments"])


class RelieveCrewBody(AskByHandBody):
    """Who is to take its place, and why they are asked; the reason is sealed."""

    organization: Id


@door(router, "/assignments/{assignment}/relieve", RelieveCrewBody, RelieveCrew, creates=True)
async def relieve(call: Call[RelieveCrewBody]) -> Response:
    """Ask an organization to take a crew's place, as by hand; the answer names its request.

    The crew stays until they have been there for half a minute, and nobody of it is in a danger
    zone; where they say no, or nothing, it stays. One is asked at a time.
    """
    row = call.subject(AssignmentRow)
    demand = call.row(DemandRow, row.demand)
    asked = call.row(OrganizationRow, call.body.organization)
    reason = seal(call.context, demand.incident, "reason", call.body.reason)
    command = RelieveCrew(assignment=row.id, organization=OrganizationId(asked.id), reason=reason)
    receipt = await call.send(command, row.operation, row.mode, incident=demand.incident)
    return call.created(receipt, OfferSent)


@door(router, "/assignments/{assignment}/keep-on", Empty, KeepCrewOn)
async def keep_on(call: Call[Empty]) -> Response:
    """A crew that has been there for eight hours goes on; its desk is asked again in four."""
    row = call.subject(AssignmentRow)
    return call.answer(await call.about(row, KeepCrewOn(assignment=row.id)), row.id)
