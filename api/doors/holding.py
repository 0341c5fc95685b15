"""Holding: a demand asks nobody until a question is answered."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Body
from api.doors.call import Call
from api.doors.hanging import door
from api.doors.texts import PublicReason
from schemas.commands import HoldDemand, ResumeDemand
from schemas.views import DemandRow

router = APIRouter(tags=["demands"])


class HoldDemandBody(Body):
    """What has to be known first; as public as the risk statement."""

    question: PublicReason


@door(router, "/demands/{demand}/hold", HoldDemandBody, HoldDemand)
async def hold(call: Call[HoldDemandBody]) -> Response:
    """Ask nobody more until your question is answered; whoever is at work goes on.

    The county's desk puts its question to the township's so. Held again, it has its time anew.
    """
    row = call.subject(DemandRow)
    command = HoldDemand(demand=row.id, question=call.body.question)
    return call.answer(await call.about(row, command), row.id)


class ResumeDemandBody(Body):
    """What the answer is, if it is worth keeping; and that the place is safe, where that is asked.

    It is asked while a crew there is told to stop or to leave, has people in danger or is silent.
    """

    answer: PublicReason | None = None
    safe: bool = False


@door(router, "/demands/{demand}/resume", ResumeDemandBody, ResumeDemand)
async def resume(call: Call[ResumeDemandBody]) -> Response:
    """Go on with a demand that is on hold: everybody who is able is asked at once.

    Over a crew that is told to leave, has people in danger or is silent only with `safe`.
    """
    row = call.subject(DemandRow)
    command = ResumeDemand(demand=row.id, answer=call.body.answer, safe=call.body.safe)
    return call.answer(await call.about(row, command), row.id)
