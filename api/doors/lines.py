"""Lines: a desk asks one organization by hand, receives a crew, drops a line no longer wanted."""

from __future__ import annotations

from typing import Annotated, ClassVar

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.doors.body import Body, Empty, Id
from api.doors.call import Call
from api.doors.demands import Units
from api.doors.hanging import door
from api.doors.offers import Minutes, People
from api.doors.sealed import seal
from api.doors.texts import Reason
from api.problems import Problem
from schemas.commands import AskByHand, DropLine, ReceiveCrew, SetOwnCrew
from schemas.facts import CrewReceived, OfferSent
from schemas.values import LineId, OrganizationId, Reception
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


class ReceiveCrewBody(Body):
    """Who came, or offers to come, with how much; and what the desk says to it."""

    organization: Id
    word: Reception
    quantity: Units
    here: bool = True
    minutes: Minutes | None = None
    people: People | None = None
    unsuited: bool = False


@door(router, "/lines/{line}/receive", ReceiveCrewBody, ReceiveCrew, creates=True)
async def receive(call: Call[ReceiveCrewBody]) -> Response:
    """Take on a crew that nobody asked, park it until you say more, or send it home.

    It passes the gates of one that is asked by hand, whatever it says.
    """
    line, row = _line(call)
    came = call.row(OrganizationRow, call.body.organization)
    body = call.body
    command = ReceiveCrew(
        line=line,
        organization=OrganizationId(came.id),
        word=body.word,
        quantity=body.quantity,
        here=body.here,
        minutes=body.minutes,
        people=body.people,
        unsuited=body.unsuited,
    )
    receipt = await call.about(row, command)
    return call.created(receipt, CrewReceived)


class SetOwnCrewBody(Body):
    """How many units are your own crew's; 0: none any more."""

    units: Annotated[int, Field(ge=0, le=500)]


@door(router, "/lines/{line}/own-crew", SetOwnCrewBody, SetOwnCrew)
async def own_crew(call: Call[SetOwnCrewBody]) -> Response:
    """Take on units of a line with your own crew; it counts as covered by so many."""
    line, row = _line(call)
    command = SetOwnCrew(line=line, units=call.body.units)
    return call.answer(await call.about(row, command), line)


@door(router, "/lines/{line}/drop", Empty, DropLine)
async def drop(call: Call[Empty]) -> Response:
    """One line of a demand is no longer wanted; the last one ends only with its demand."""
    line, row = _line(call)
    return call.answer(await call.about(row, DropLine(line=line)), line)


def _line(
    call: Call[AskByHandBody] | Call[ReceiveCrewBody] | Call[SetOwnCrewBody] | Call[Empty],
) -> tuple[LineId, DemandRow]:
    """The line in the path, with its demand. Raises Problem `not_found`."""
    line = LineId(call.ids["line"])
    demand = call.context.feed.known.demand_of(line)
    if demand is None:
        raise Problem("not_found")
    return line, call.row(DemandRow, demand)
