"""The scene: what a crew says from there, or the desk for it by phone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.doors.body import Body
from api.doors.call import Call
from api.doors.hanging import door
from api.doors.offers import People
from schemas.commands import CheckIn, CountHeads
from schemas.views import AssignmentRow

router = APIRouter(tags=["scene"])

Heads = Annotated[int, Field(ge=0, le=10_000)]


class CheckInBody(Body):
    """All well, with so many people where that has changed."""

    people: People | None = None


class CountHeadsBody(Body):
    """So many people are inside the danger zone now; 0: everybody is out."""

    inside: Heads


@door(router, "/assignments/{assignment}/check-in", CheckInBody, CheckIn)
async def check_in(call: Call[CheckInBody]) -> Response:
    """The crew is well; the time until its next word begins anew. Being there is implied."""
    row = call.subject(AssignmentRow)
    command = CheckIn(assignment=row.id, people=call.body.people)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/heads", CountHeadsBody, CountHeads)
async def count_heads(call: Call[CountHeadsBody]) -> Response:
    """How many of the crew are inside the danger zone; until it is 0, it cannot report done."""
    row = call.subject(AssignmentRow)
    command = CountHeads(assignment=row.id, inside=call.body.inside)
    return call.answer(await call.about(row, command), row.id)
