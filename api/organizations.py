"""Organizations: registering them, their certificates, what they can deploy, and duty."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.body import Body
from api.commands import Call
from api.demands import Grade, Skill
from api.doors import door
from api.places import Code, PlaceBody, placed
from api.texts import Name
from schemas.commands import RecordCertificate, RegisterOrganization, SetCapacity, SetDuty
from schemas.registry_facts import OrganizationRegistered
from schemas.values import Capability, Certificate, DivisionCode, RegistrationClass
from schemas.views import OrganizationRow

router = APIRouter(tags=["organizations"])

YEAR_1990 = 631_152_000_000  # seconds taken for milliseconds fall before it, and are refused
Time = Annotated[int, Field(ge=YEAR_1990, le=253_402_300_799_999, description="Milliseconds.")]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class CapabilityBody(Body):
    """Deployable units of one skill."""

    skill: Skill
    units: Count


Capabilities = Annotated[tuple[CapabilityBody, ...], Field(max_length=40)]


class RegisterOrganizationBody(Body):
    """Who it is, where it is at home, and what it can do."""

    name: Name
    registration_class: RegistrationClass
    home: Code
    place: PlaceBody
    capabilities: Capabilities
    people: Count


class RecordCertificateBody(Body):
    """A verified grade in a skill, with the time it is valid."""

    skill: Skill
    grade: Grade
    valid_from: Time
    valid_until: Time | None = None


class SetCapacityBody(Body):
    """All skills anew."""

    capabilities: Capabilities


class SetDutyBody(Body):
    """Whether it can be asked at present."""

    on_duty: bool


@door(router, "/organizations", RegisterOrganizationBody, RegisterOrganization, creates=True)
async def register(call: Call[RegisterOrganizationBody]) -> Response:
    """Enter an organization in the registry."""
    body = call.body
    command = RegisterOrganization(
        name=body.name,
        registration_class=body.registration_class,
        home=DivisionCode(body.home),
        place=placed(call.context, body.place),
        capabilities=_capabilities(body.capabilities),
        people=body.people,
    )
    return call.created(await call.registry(command), OrganizationRegistered)


@door(
    router,
    "/organizations/{organization}/certificates",
    RecordCertificateBody,
    RecordCertificate,
)
async def record_certificate(call: Call[RecordCertificateBody]) -> Response:
    """Record a verified certificate."""
    row, body = call.subject(OrganizationRow), call.body
    certificate = Certificate(
        skill=body.skill,
        grade=body.grade,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
    )
    command = RecordCertificate(organization=row.id, certificate=certificate)
    return call.answer(await call.registry(command), row.id)


@door(router, "/organizations/{organization}/capacity", SetCapacityBody, SetCapacity)
async def set_capacity(call: Call[SetCapacityBody]) -> Response:
    """State anew what can be deployed."""
    row = call.subject(OrganizationRow)
    capabilities = _capabilities(call.body.capabilities)
    command = SetCapacity(organization=row.id, capabilities=capabilities)
    return call.answer(await call.registry(command), row.id)


@door(router, "/organizations/{organization}/duty", SetDutyBody, SetDuty)
async def set_duty(call: Call[SetDutyBody]) -> Response:
    """Say whether it can be asked at present."""
    row = call.subject(OrganizationRow)
    command = SetDuty(organization=row.id, on_duty=call.body.on_duty)
    return call.answer(await call.registry(command), row.id)


def _capabilities(bodies: tuple[CapabilityBody, ...]) -> tuple[Capability, ...]:
    return tuple(Capability(skill=body.skill, units=body.units) for body in bodies)
