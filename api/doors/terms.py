"""Terms on which an organization can be asked: hours and leave, safeguards, enrollment."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.doors.body import Body
from api.doors.call import Call
from api.doors.certificates import Day
from api.doors.hanging import door
from schemas.commands import RecordSafeguards, SetEnrollment, SetHours
from schemas.values import LATEST, Leave, Shift
from schemas.views import OrganizationRow

router = APIRouter(tags=["organizations"])

Instant = Annotated[int, Field(ge=0, le=LATEST)]


class ShiftBody(Body):
    """Hours of one day of the week, in minutes of the day; `ends` may lie behind midnight."""

    day: Annotated[int, Field(ge=1, le=7, description="1 is Monday.")]
    begins: Annotated[int, Field(ge=0, le=1439)]
    ends: Annotated[int, Field(ge=1, le=1440)]


class LeaveBody(Body):
    """A time away, in milliseconds since 1970."""

    begins: Instant
    ends: Instant


class SetHoursBody(Body):
    """All of it anew; without hours it can be asked at any."""

    hours: Annotated[tuple[ShiftBody, ...], Field(max_length=28)]
    leaves: Annotated[tuple[LeaveBody, ...], Field(max_length=20)]


class RecordSafeguardsBody(Body):
    """What hazardous work asks for; what is left out is unknown from now on."""

    adults_only: bool | None = None
    insured_through: Day | None = None


class SetEnrollmentBody(Body):
    """Whether it takes part in exercises beside actual work."""

    enrolled: bool


@door(router, "/organizations/{organization}/hours", SetHoursBody, SetHours)
async def set_hours(call: Call[SetHoursBody]) -> Response:
    """State anew at which hours of the week it can be asked by itself, and when it is away."""
    row, body = call.subject(OrganizationRow), call.body
    command = SetHours(
        organization=row.id,
        hours=tuple(Shift(day=one.day, begins=one.begins, ends=one.ends) for one in body.hours),
        leaves=tuple(Leave(begins=one.begins, ends=one.ends) for one in body.leaves),
    )
    return call.answer(await call.registry(command), row.id)


@door(router, "/organizations/{organization}/safeguards", RecordSafeguardsBody, RecordSafeguards)
async def record_safeguards(call: Call[RecordSafeguardsBody]) -> Response:
    """Record that it sends none but adults, and how long they are insured against accidents.

    A yes to hazardous work counts once both are on record.
    """
    row, body = call.subject(OrganizationRow), call.body
    command = RecordSafeguards(
        organization=row.id,
        adults_only=body.adults_only,
        insured_through=body.insured_through,
    )
    return call.answer(await call.registry(command), row.id)


@door(router, "/organizations/{organization}/enrollment", SetEnrollmentBody, SetEnrollment)
async def set_enrollment(call: Call[SetEnrollmentBody]) -> Response:
    """Say whether it takes part in exercises beside actual work."""
    row = call.subject(OrganizationRow)
    command = SetEnrollment(organization=row.id, enrolled=call.body.enrolled)
    return call.answer(await call.registry(command), row.id)
