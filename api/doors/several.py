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
from schemas.commands import CloseDemands, Command, ReopenDemands
from schemas.facts import DemandClosed, DemandReopened
from schemas.values import CloseReason, DemandId, DivisionCode
from schemas.views import DemandRow

router = APIRouter(tags=["demands"])


class SeveralBody(Body):
    """Which: at most a hundred, all inside a division of your own."""

    division: Id
    demands: Annotated[tuple[Id, ...], Field(min_length=1, max_length=100)]


class CloseDemandsBody(SeveralBody):
    """Which, and why."""

    reason: Annotated[CloseReason, AfterValidator(of_a_desk)]


class SeveralAnswer(Answer):
    """What was closed or reopened; the others were so already, or somebody has arrived there."""

    demands: tuple[DemandId, ...]


@door(router, "/demands/close", CloseDemandsBody, CloseDemands, answer=SeveralAnswer)
async def close_several(call: Call[CloseDemandsBody]) -> Response:
    """Close several demands with one reason, as those of a false flood.

    Whatever somebody has arrived for stays open where the reason says that nothing was done.
    """
    body, rows = call.body, _named(call)
    command = CloseDemands(
        division=DivisionCode(body.division), demands=_ids(rows), reason=body.reason
    )
    return await _sent(call, rows[0], command)


@door(router, "/demands/reopen", SeveralBody, ReopenDemands, answer=SeveralAnswer)
async def reopen_several(call: Call[SeveralBody]) -> Response:
    """Take several closed demands up again, each with everybody to be asked anew."""
    rows = _named(call)
    command = ReopenDemands(division=DivisionCode(call.body.division), demands=_ids(rows))
    return await _sent(call, rows[0], command)


def _named(call: Call[CloseDemandsBody] | Call[SeveralBody]) -> list[DemandRow]:
    """The rows that are named. Raises Problem `not_found`."""
    return [call.row(DemandRow, id) for id in call.body.demands]


def _ids(rows: list[DemandRow]) -> tuple[DemandId, ...]:
    return tuple(row.id for row in rows)


async def _sent(
    call: Call[CloseDemandsBody] | Call[SeveralBody], row: DemandRow, command: Command
) -> Response:
    receipt = await call.about(row, command)
    facts = (f for f in receipt.turn.facts if isinstance(f, DemandClosed | DemandReopened))
    demands = tuple(fact.demand for fact in facts)
    return answered(wider(SeveralAnswer, call.answer_of(receipt, None), demands=demands))
