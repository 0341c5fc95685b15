"""Incidents: opening, joining and closing them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, Field
from starlette.responses import Response

from api.body import Body, one_of
from api.commands import Call
from api.doors import door
from api.places import Code
from schemas.codes import HAZARDS
from schemas.commands import CloseIncident, JoinIncident, OpenIncident
from schemas.facts import IncidentOpened
from schemas.values import AssignmentId, DivisionCode
from schemas.views import IncidentRow

router = APIRouter(tags=["incidents"])

Id = Annotated[str, Field(min_length=1, max_length=64)]
Hazard = Annotated[str, AfterValidator(one_of(HAZARDS, "code_unknown"))]


class OpenIncidentBody(Body):
    """`label` links the areas that one event touches."""

    hazard: Hazard
    division: Code
    label: Annotated[str, Field(pattern="^[a-z0-9-]{0,40}$")] = ""


class JoinIncidentBody(Body):
    """Which township takes part."""

    division: Code


class CloseIncidentBody(Body):
    """Every live assignment, each to be stood down."""

    stand_down: Annotated[tuple[Id, ...], Field(max_length=900)] = ()


@door(router, "/incidents", OpenIncidentBody, OpenIncident, creates=True)
async def open_incident(call: Call[OpenIncidentBody]) -> Response:
    """Open the one incident of an event, in this server's operation."""
    body, settings = call.body, call.context.settings
    command = OpenIncident(
        hazard=body.hazard, division=DivisionCode(body.division), label=body.label
    )
    receipt = await call.send(command, settings.operation, settings.mode)
    return call.created(receipt, IncidentOpened)


@door(router, "/incidents/{incident}/join", JoinIncidentBody, JoinIncident)
async def join_incident(call: Call[JoinIncidentBody]) -> Response:
    """Let a township take part in an incident."""
    row = call.subject(IncidentRow)
    command = JoinIncident(incident=row.id, division=DivisionCode(call.body.division))
    return call.answer(await call.about(row, command), row.id)


@door(router, "/incidents/{incident}/close", CloseIncidentBody, CloseIncident)
async def close_incident(call: Call[CloseIncidentBody]) -> Response:
    """Close an incident; live assignments must be named, to be stood down."""
    row = call.subject(IncidentRow)
    named = tuple(AssignmentId(id) for id in call.body.stand_down)
    command = CloseIncident(incident=row.id, stand_down=named)
    return call.answer(await call.about(row, command), row.id)
