"""Calling: the doors to the persons of an organization or a division.

Names and telephones are kept beside the log, never in it. Whoever keeps them sends no command;
a desk that is shown whom to call leaves a fact that it was.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Body, Empty
from api.doors.call import Call, JsonResponse, answered
from api.doors.callers import SignedIn
from api.doors.hanging import answering, door
from api.doors.recording import address_of, note
from api.doors.sealed import unkept
from api.doors.texts import Name, Telephone
from api.people import Caller, Person, Whose
from api.problems import Problem
from api.safe import What
from schemas.commands import ShowPersons
from schemas.ids import made_id
from schemas.values import DivisionCode, Instant, OperationId, OrganizationId, Role
from schemas.views import OfferRow, OrganizationRow

router = APIRouter(tags=["persons"])

KEEPERS = (Role.STEWARD, Role.ORGANIZATION)
APART = OperationId("persons")  # no operation's, so no id here is one of the log's

Order = Annotated[int, Field(ge=1, le=99, description="Of calling: 1 is called first.")]


class AddPersonBody(Body):
    """Who can be called, for an organization or for a division."""

    personal: ClassVar[set[str]] = {"name", "telephone"}

    name: Name
    telephone: Telephone
    organization: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    division: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    order: Order = 1


class CorrectPersonBody(Body):
    """All of it anew; whom the person is called for stays."""

    personal: ClassVar[set[str]] = {"name", "telephone"}

    name: Name
    telephone: Telephone
    order: Order


class PersonAnswer(msgspec.Struct):
    """The person that was added, corrected or removed."""

    id: str


class ToCall(msgspec.Struct):
    """Somebody to call."""

    id: str
    name: str
    telephone: str
    order: int
    tried_at: Instant | None  # when nobody picked up, the last time; about this offer


class ToCallAnswer(msgspec.Struct):
    """Whom to call of an organization, whom first first; perhaps nobody."""

    persons: tuple[ToCall, ...]


@door(router, "/persons", AddPersonBody, KEEPERS, creates=True, answer=PersonAnswer)
async def add(call: Call[AddPersonBody]) -> Response:
    """Add somebody who can be called.

    The id follows from the key: sent again, the same person is answered and nothing is added.
    A name and a telephone sent again are not compared.
    """
    body, persons = call.body, call.context.persons
    whose = one_of(body.organization, body.division)
    check_kept(call.context, call.caller, whose)
    id = persons.add(
        body.name,
        body.telephone,
        **whose._asdict(),
        order=body.order,
        id=made_id(call.command_id(APART), 0),
    )
    if persons.whose(id) != whose:
        raise Problem("key_reused")
    return answered(PersonAnswer(id), 201)


@door(router, "/persons/{person}/correct", CorrectPersonBody, KEEPERS, answer=PersonAnswer)
async def correct(call: Call[CorrectPersonBody]) -> Response:
    """State name, telephone and order anew; another telephone is verified and agreed to anew."""
    id, body = _kept(call), call.body
    call.context.addresses.follow(id, body.telephone)  # first: what is not to be used is not used
    try:
        call.context.persons.correct(id, name=body.name, telephone=body.telephone, order=body.order)
    except LookupError:  # removed
        raise Problem("not_found") from None
    return answered(PersonAnswer(id))


@door(router, "/persons/{person}/remove", Empty, KEEPERS, answer=PersonAnswer)
async def remove(call: Call[Empty]) -> Response:
    """Forget a person's name and telephone; who is removed already may be removed again."""
    id = _kept(call)
    call.context.persons.remove(id)
    return answered(PersonAnswer(id))


@router.get("/persons", response_model=None, responses=answering(Person, many=True))
async def persons(
    request: Request,
    caller: SignedIn,
    organization: Annotated[str, Query(max_length=64)] = "",
    division: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Who can be called for an organization or for a division itself, in the order of calling.

    That a steward has looked is on the security record.
    """
    if caller.role not in KEEPERS:
        raise Problem("role_missing")
    context, whose = context_of(request), one_of(organization, division)
    check_kept(context, caller, whose)
    if caller.role is Role.STEWARD:  # an organization looks at its own
        about = whose.organization or whose.division or ""
        note(context, caller.session, address_of(request.scope), What.OPENED, about)
    return JsonResponse(msgspec.json.encode(context.persons.of(whose)))


@door(router, "/offers/{offer}/persons", Empty, ShowPersons, answer=ToCallAnswer)
async def to_call(call: Call[Empty]) -> Response:
    """Whom to call of an organization that was asked or is at work; that you saw it is a fact.

    Every look is asked for anew: a key that was used answers nothing a second time.
    """
    row = call.subject(OfferRow)
    await call.about(row, ShowPersons(offer=row.id), once=True)
    tried = {one.person: one.at for one in call.context.notices.rang(row.id)}
    persons = tuple(
        ToCall(one.id, one.name, one.telephone, one.order, tried.get(one.id))
        for one in persons_of(call.context, row.organization)
    )
    return unkept(answered(ToCallAnswer(persons)))


def persons_of(context: Context, organization: OrganizationId) -> list[Person]:
    """An organization's own, and those of the entries that were merged into it, as called."""
    entries = context.feed.known.entries_of(organization)
    found = [person for entry in entries for person in context.persons.of_organization(entry)]
    return sorted(found, key=lambda person: person.order)


def one_of(organization: str | None, division: str | None) -> Whose:
    """Whom a request is about. Raises Problem unless it names the one or the other."""
    if bool(organization) == bool(division):
        raise Problem("organization_or_division")
    if organization:
        return Whose(OrganizationId(organization), None)
    return Whose(None, DivisionCode(division or ""))


def _kept(call: Call[CorrectPersonBody] | Call[Empty]) -> str:
    """The id in the path, if the person is the caller's to keep. Raises Problem `not_found`."""
    id = call.ids["person"]
    whose = call.context.persons.whose(id)
    if whose is None:
        raise Problem("not_found")
    check_kept(call.context, call.caller, whose)
    return id


def check_kept(context: Context, caller: Caller, whose: Whose) -> None:
    """Raises Problem `not_found` for an organization or a division outside the caller's scope."""
    if whose.organization in caller.reader.organizations:
        return
    division = whose.division or home_of(context, whose.organization)
    if division is None or not caller.reader.holds(division):
        raise Problem("not_found")


def home_of(context: Context, organization: str | None) -> DivisionCode | None:
    """The township that an organization of the registry is at home in."""
    put = context.feed.find("organization", organization or "")
    return put.row.home if put is not None and isinstance(put.row, OrganizationRow) else None
