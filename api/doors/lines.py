"""Lines: a desk asks one organization by hand, and drops a line that is no longer wanted."""

from __future__ import annotations

from typing import ClassVar

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Body, Empty, Id
from api.doors.call import Call
from api.doors.hanging import door
from api.doors.sealed import seal
from api.doors.texts import Reason
from api.problems import Problem
from schemas.commands import AskByHand, DropLine
from schemas.facts import OfferSent
from schemas.values import LineId, OrganizationId
from schemas.views import DemandRow, OrganizationRow

router = APIRouter(tags=["lines"])


class AskByHandBody(Body):
    """Whom, and why; the reason is sealed here."""

    personal: ClassVar[set[str]] = {"reason"}

    organization: Id
    reason: Reason


@door(router, "/lines/{line}/ask", AskByHandBody, AskByHand, creates=True)
async def ask(call: Call[AskByHandBody]) -> Response:
    """Ask one organization of your county, past order, distance, pause, duty and daily cap.

    Never past the skill, a certificate on a graded line, or units that are committed.
    """
    line, row = _line(call)
    asked = call.row(OrganizationRow, call.body.organization)
    reason = seal(call.context, row.incident, "reason", call.body.reason)
    command = AskByHand(line=line, organization=OrganizationId(asked.id), reason=reason)
    receipt = await call.send(command, row.operation, row.mode, incident=row.incident)
    return call.created(receipt, OfferSent)


@door(router, "/lines/{line}/drop", Empty, DropLine)
async def drop(call: Call[Empty]) -> Response:
    """One line of a demand is no longer wanted; the last one ends only with its demand."""
    line, row = _line(call)
    return call.answer(await call.about(row, DropLine(line=line)), line)


def _line(call: Call[AskByHandBody] | Call[Empty]) -> tuple[LineId, DemandRow]:
    """The line in the path, with its demand. Raises Problem `not_found`."""
    line = LineId(call.ids["line"])
    demand = call.context.feed.known.demand_of(line)
    if demand is None:
        raise Problem("not_found")
    return line, call.row(DemandRow, demand)
