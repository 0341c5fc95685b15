"""Certificates: verified grades of organizations, recorded and withdrawn."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, Field
from starlette.responses import Response

from api.doors.body import Body
from api.doors.call import Call
from api.doors.demands import Grade, Skill
from api.doors.hanging import door
from api.doors.texts import Name, clean
from schemas.commands import RecordCertificate, WithdrawCertificate, WithdrawIssuer
from schemas.values import Certificate
from schemas.views import OrganizationRow

router = APIRouter(tags=["organizations"])

Standard = Annotated[
    str,
    Field(min_length=1, max_length=40, description="The skill's, as in the codes."),
    AfterValidator(clean(40, False)),
]
Number = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(clean(60, False))]
Day = Annotated[
    str,
    Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="In the area's time zone."),
]


class RecordCertificateBody(Body):
    """A verified grade in a skill; `valid_through` is the last day on which it is good.

    `insist`: another organization holds the certificate of that issuer and number, too.
    """

    skill: Skill
    grade: Grade
    standard: Standard
    issuer: Name
    number: Number
    valid_through: Day
    valid_from: Day | None = None
    insist: bool = False


class WithdrawCertificateBody(Body):
    """Which one: issuer and number name it."""

    issuer: Name
    number: Number


class WithdrawIssuerBody(Body):
    """Whose certificates."""

    issuer: Name


@door(
    router,
    "/organizations/{organization}/certificates",
    RecordCertificateBody,
    RecordCertificate,
)
async def record(call: Call[RecordCertificateBody]) -> Response:
    """Record a verified certificate of an organization that is registered with civil affairs.

    For an issuer and a number that are there already, the new word counts, higher or lower; where
    another organization has them, it is refused with that one's id, unless you insist.
    """
    row, body = call.subject(OrganizationRow), call.body
    certificate = Certificate(
        skill=body.skill,
        grade=body.grade,
        standard=body.standard,
        issuer=body.issuer,
        number=body.number,
        valid_through=body.valid_through,
        valid_from=body.valid_from,
    )
    command = RecordCertificate(organization=row.id, certificate=certificate, insist=body.insist)
    return call.answer(await call.registry(command), row.id)


@door(
    router,
    "/organizations/{organization}/withdraw-certificate",
    WithdrawCertificateBody,
    WithdrawCertificate,
)
async def withdraw(call: Call[WithdrawCertificateBody]) -> Response:
    """Withdraw one certificate; work that has begun on it goes on, and is marked."""
    row, body = call.subject(OrganizationRow), call.body
    command = WithdrawCertificate(organization=row.id, issuer=body.issuer, number=body.number)
    return call.answer(await call.registry(command), row.id)


@door(router, "/issuers/withdraw", WithdrawIssuerBody, WithdrawIssuer)
async def withdraw_issuer(call: Call[WithdrawIssuerBody]) -> Response:
    """Withdraw every certificate of an issuer; for a steward of the whole area."""
    command = WithdrawIssuer(issuer=call.body.issuer)
    return call.answer(await call.registry(command), None)
