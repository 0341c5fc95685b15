"""Given time: an exercise's conductor moves it on, and everybody may ask where it is."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.conductor import Conductor
from api.context import Context, context_of
from api.doors.body import Body
from api.doors.call import Call, answered
from api.doors.callers import signed_in
from api.doors.hanging import door
from api.doors.reaching import recorded
from api.problems import Problem, later
from schemas.commands import Reached, RecordReach
from schemas.values import LATEST, Instant, Milliseconds, OfferId, Reach
from streams.engines import Defect, Stopping, StorageFull, Unavailable

DAY_MS = 24 * 3_600_000

router = APIRouter(tags=["conductor"])


class AdvanceBody(Body):
    """How far time goes on; `pace`, if told, is what screens show."""

    to: Annotated[int, Field(ge=0, le=LATEST)]
    operation: Annotated[str, Field(max_length=64)]
    pace: Annotated[float, Field(ge=0, le=1e9)] | None = None


class Advanced(msgspec.Struct, frozen=True):
    """How far time has come, and up to which turn.

    `person_acted_at`: so many wall milliseconds ago. `behind`: ticks are left that are due by
    then; the same call again goes on with them.
    """

    at: Instant
    next_due: Instant | None
    person_acted_at: Milliseconds | None
    behind: bool
    sequence: int


class ReachBody(Body):
    """An offer, and the kind of channel that has handed it over; null where none could."""

    offer: Annotated[str, Field(min_length=1, max_length=64)]
    by: Reach | None


class Told(msgspec.Struct, frozen=True):
    """The turn that has it. `counted`: False where its answer was not awaited any more."""

    sequence: int
    counted: bool


class Present(msgspec.Struct, frozen=True):
    """Where time is, and how fast it goes."""

    at: Instant
    pace: float
    paused_by_person: bool


@door(router, "/conductor/advance", AdvanceBody, None)
async def advance(call: Call[AdvanceBody]) -> Response:
    """Move the time of an exercise on, for whoever conducts it; 404 in a live log.

    At most a day at once; the same call again goes on.
    """
    context, body = call.context, call.body
    conductor = _conductor(context)
    if body.operation != context.settings.operation:
        raise Problem("not_found")
    whole = await _advanced(conductor, body)
    answer = Advanced(
        at=conductor.now(),
        next_due=conductor.next_due(),
        person_acted_at=conductor.person_acted_at,
        behind=not whole,
        sequence=context.feed.sequence,
    )
    return answered(answer)


@door(router, "/conductor/reach", ReachBody, None, answer=Told)
async def reach(call: Call[ReachBody]) -> Response:
    """Say whom the messages of an exercise have reached, as a messenger does in a live log."""
    context, body = call.context, call.body
    _conductor(context)
    if body.by is not None:
        command = RecordReach(reached=(Reached(offer=OfferId(body.offer), by=body.by),))
    else:
        command = RecordReach(unreachable=(OfferId(body.offer),))
    receipt = await recorded(context, command, call.key)
    return answered(Told(receipt.turn.sequence, receipt.turn.refusal is None))


async def _advanced(conductor: Conductor, body: AdvanceBody) -> bool:
    to = min(body.to, conductor.now() + DAY_MS)
    try:
        return await conductor.advance(to, body.pace) and to == body.to
    except StorageFull:
        raise Problem("storage_full") from None
    except Stopping:
        raise later("stopping") from None
    except Defect:
        raise Problem("defect") from None
    except Unavailable:
        raise later("unavailable") from None


@router.get("/conductor", dependencies=[Depends(signed_in)], response_model=None)
async def present(request: Request) -> Response:
    """The present time of an exercise and its pace; 404 in a live log."""
    conductor = _conductor(context_of(request))
    return answered(Present(conductor.now(), conductor.pace, conductor.paused_by_person))


def _conductor(context: Context) -> Conductor:
    if context.conductor is None:
        raise Problem("not_found")
    return context.conductor
