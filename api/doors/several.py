"""Several demands at once: clearing a false flood away, and taking that back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, Field
from starlette.responses import Response

from api.doors.body import Body, Id
from api.doors.call import Answer, Call, answered, wider
from api.doors.demands import of_a_desk
from api.doors.hanging import door
from schemas.commands import CloseDemands, ReopenDemands
from schemas.facts import DemandClosed, DemandGrouped, DemandReopened, DemandUngrouped
from schemas.values import CloseReason, DemandId, DivisionCode
from schemas.views import DemandRow
from streams.engines import Receipt

router = APIRouter(tags=["demands"])


class SeveralBody(Body):
    """Which: at most a hundred, all inside a division of your own."""

    division: Id
    demands: Annotated[tuple[Id, ...], Field(min_length=1, max_length=100)]


class CloseDemandsBody(SeveralBody):
    """Which, and why."""

    reason: Annotated[CloseReason, AfterValidator(of_a_desk)]


class SeveralAnswer(Answer):
    """What was closed, reopened, grouped or taken out of its group; the others were so already,
    or, when closing, somebody has arrived there."""

    demands: tuple[DemandId, ...]


@door(router, "/demands/close", CloseDemandsBody, CloseDemands, answer=SeveralAnswer)
async def close_several(call: Call[CloseDemandsBody]) -> Response:
    """Close several demands with one reason, as those of a false flood.

    Whatever somebody has arrived for stays open where the reason says that nothing was done.
    """
    body, demands = call.body, named(call)
    command = CloseDemands(
        division=DivisionCode(body.division), demands=demands, reason=body.reason
    )
    return done(call, await call.about(call.row(DemandRow, demands[0]), command))


@door(router, "/demands/reopen", SeveralBody, ReopenDemands, answer=SeveralAnswer)
async def reopen_several(call: Call[SeveralBody]) -> Response:
    """Take several closed demands up again, each with everybody to be asked anew."""
    demands = named(call)
    command = ReopenDemands(division=DivisionCode(call.body.division), demands=demands)
    return done(call, await call.about(call.row(DemandRow, demands[0]), command))


def named(call: Call[CloseDemandsBody] | Call[SeveralBody]) -> tuple[DemandId, ...]:
    """The demands that are named, if the caller sees each. Raises Problem `not_found`."""
    return tuple(call.row(DemandRow, id).id for id in call.body.demands)


def done(call: Call[CloseDemandsBody] | Call[SeveralBody], receipt: Receipt) -> Response:
    """The answer of a door that does something to each of several."""
    kinds = DemandClosed | DemandReopened | DemandGrouped | DemandUngrouped
    each = (fact.demand for fact in receipt.turn.facts if isinstance(fact, kinds))
    demands = tuple(dict.fromkeys(each))
    return answered(wider(SeveralAnswer, call.answer_of(receipt, None), demands=demands))
