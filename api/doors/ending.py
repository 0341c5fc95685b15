"""What ends soon: certificates and insurance, told before they are missed in an emergency."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.doors.call import answered
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.problems import Problem
from schemas.values import Day, OrganizationId, Role
from schemas.views import OrganizationRow
from streams.days import day_of
from streams.parameters import ENDING_WITHIN

router = APIRouter(tags=["organizations"])

KEEPERS = (Role.STEWARD, Role.DESK)


class Ending(msgspec.Struct):
    """The last day of a certificate, or, where `skill` is null, of the insurance on record."""

    organization: OrganizationId
    organization_name: str
    valid_through: Day
    skill: str | None = None
    grade: int | None = None
    issuer: str | None = None
    number: str | None = None


class EndingList(msgspec.Struct):
    """The first to end first; what is over already before them."""

    ending: tuple[Ending, ...]


@router.get("/certificates/ending", response_model=None, responses=answering(EndingList))
async def ending(request: Request, caller: SignedIn) -> Response:
    """Certificates and insurance that end within 90 days or are over, of organizations at home in
    the caller's scope."""
    if caller.role not in KEEPERS:
        raise Problem("role_missing")
    context = context_of(request)
    soon = day_of(context.rule_time() + ENDING_WITHIN)
    rows = (put.row for put in context.feed.rows("organization"))
    found = [
        one
        for row in rows
        if isinstance(row, OrganizationRow) and not row.retired and caller.reader.holds(row.home)
        for one in _ending(row)
        if one.valid_through <= soon
    ]
    found.sort(key=lambda one: (one.valid_through, one.organization_name, one.skill or ""))
    return answered(EndingList(tuple(found)))


def _ending(row: OrganizationRow) -> Iterator[Ending]:
    """The last day of the best that it has of each skill and grade: what a longer one replaces is
    missed by nobody."""
    last: dict[tuple[str, int], Ending] = {}
    for held in row.certificates:
        word = held.certificate
        key = (word.skill, word.grade)
        known = last.get(key)
        if held.withdrawn or (known is not None and known.valid_through >= word.valid_through):
            continue
        last[key] = Ending(
            row.id, row.name, word.valid_through, word.skill, word.grade, word.issuer, word.number
        )
    yield from last.values()
    if row.insured_through is not None:
        yield Ending(row.id, row.name, row.insured_through)
