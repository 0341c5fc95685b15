"""Organizations: entering, correcting, retiring and merging them; what they can deploy; duty."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.doors.body import Body, Empty, Id
from api.doors.call import Call
from api.doors.demands import Skill
from api.doors.hanging import door
from api.doors.places import Code, PlaceBody, placed
from api.doors.texts import Name, Village
from schemas.commands import (
    CorrectOrganization,
    MergeOrganizations,
    RegisterOrganization,
    ReinstateOrganization,
    RetireOrganization,
    SeparateOrganizations,
    SetCapacity,
    SetDuty,
)
from schemas.registry_facts import OrganizationRegistered
from schemas.values import Capability, DivisionCode, RegistrationClass
from schemas.views import OrganizationRow

router = APIRouter(tags=["organizations"])

CreditCode = Annotated[
    str, Field(pattern="^[0-9A-Z]{18}$", description="Unified social credit code.")
]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class CapabilityBody(Body):
    """Deployable units of one skill."""

    skill: Skill
    units: Count


Capabilities = Annotated[tuple[CapabilityBody, ...], Field(max_length=40)]


class RegisterOrganizationBody(Body):
    """Who it is, where it is at home, and what it can do.

    `insist`: it is another one than that of the same name and home, or of the same credit code.
    """

    name: Name
    registration_class: RegistrationClass
    home: Code
    place: PlaceBody
    capabilities: Capabilities
    people: Count
    credit_code: CreditCode | None = None
    village: Village | None = None
    insist: bool = False


class CorrectOrganizationBody(Body):
    """All of the entry anew; what it can deploy is stated elsewhere."""

    name: Name
    registration_class: RegistrationClass
    home: Code
    place: PlaceBody
    people: Count
    credit_code: CreditCode | None = None
    village: Village | None = None
    insist: bool = False


class MergeOrganizationsBody(Body):
    """The entry that is retired into the one in the path."""

    merged: Id


class SetCapacityBody(Body):
    """All skills anew; `crews_most`: units of all of them together that it can man at once."""

    capabilities: Capabilities
    crews_most: Count | None = None


class SetDutyBody(Body):
    """Whether it can be asked at present."""

    on_duty: bool


@door(router, "/organizations", RegisterOrganizationBody, RegisterOrganization, creates=True)
async def register(call: Call[RegisterOrganizationBody]) -> Response:
    """Enter an organization in the registry.

    Refused with the first one's id where it seems to be there already, unless you insist.
    """
    body = call.body
    command = RegisterOrganization(
        name=body.name,
        registration_class=body.registration_class,
        home=DivisionCode(body.home),
        place=placed(call.context, body.place),
        capabilities=_capabilities(body.capabilities),
        people=body.people,
        credit_code=body.credit_code,
        village=body.village,
        insist=body.insist,
    )
    return call.created(await call.registry(command), OrganizationRegistered)


@door(router, "/organizations/{organization}/correct", CorrectOrganizationBody, CorrectOrganization)
async def correct(call: Call[CorrectOrganizationBody]) -> Response:
    """Put right what was entered of an organization."""
    row, body = call.subject(OrganizationRow), call.body
    command = CorrectOrganization(
        organization=row.id,
        name=body.name,
        registration_class=body.registration_class,
        home=DivisionCode(body.home),
        place=placed(call.context, body.place),
        people=body.people,
        credit_code=body.credit_code,
        village=body.village,
        insist=body.insist,
    )
    return call.answer(await call.registry(command), row.id)


@door(router, "/organizations/{organization}/retire", Empty, RetireOrganization)
async def retire(call: Call[Empty]) -> Response:
    """Ask it no more; what it is at work on goes on, and it stays in every record."""
    row = call.subject(OrganizationRow)
    return call.answer(await call.registry(RetireOrganization(organization=row.id)), row.id)


@door(router, "/organizations/{organization}/reinstate", Empty, ReinstateOrganization)
async def reinstate(call: Call[Empty]) -> Response:
    """Ask a retired organization again."""
    row = call.subject(OrganizationRow)
    return call.answer(await call.registry(ReinstateOrganization(organization=row.id)), row.id)


@door(router, "/organizations/{organization}/merge", MergeOrganizationsBody, MergeOrganizations)
async def merge(call: Call[MergeOrganizationsBody]) -> Response:
    """Two entries are one organization: this one stays, the other is retired into it.

    Whoever answered for the other one answers for this one too.
    """
    row = call.subject(OrganizationRow)
    merged = call.row(OrganizationRow, call.body.merged)
    command = MergeOrganizations(organization=row.id, merged=merged.id)
    return call.answer(await call.registry(command), row.id)


@door(router, "/organizations/{organization}/separate", Empty, SeparateOrganizations)
async def separate(call: Call[Empty]) -> Response:
    """Undo a merger, by the entry that was merged, as long as the other was not asked since."""
    row = call.subject(OrganizationRow)
    return call.answer(await call.registry(SeparateOrganizations(merged=row.id)), row.id)


@door(router, "/organizations/{organization}/capacity", SetCapacityBody, SetCapacity)
async def set_capacity(call: Call[SetCapacityBody]) -> Response:
    """State anew what can be deployed."""
    row = call.subject(OrganizationRow)
    capabilities = _capabilities(call.body.capabilities)
    command = SetCapacity(
        organization=row.id, capabilities=capabilities, crews_most=call.body.crews_most
    )
    return call.answer(await call.registry(command), row.id)


@door(router, "/organizations/{organization}/duty", SetDutyBody, SetDuty)
async def set_duty(call: Call[SetDutyBody]) -> Response:
    """Say whether it can be asked at present."""
    row = call.subject(OrganizationRow)
    command = SetDuty(organization=row.id, on_duty=call.body.on_duty)
    return call.answer(await call.registry(command), row.id)


def _capabilities(bodies: tuple[CapabilityBody, ...]) -> tuple[Capability, ...]:
    return tuple(Capability(skill=body.skill, units=body.units) for body in bodies)
