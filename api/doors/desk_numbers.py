"""Desk numbers: whom to call about a demand that one is asked for or at work on, or on an idle day.

The telephones that are kept for a division itself, without anybody's name: those of the desk that
answers for the demand, its township's or one above that has taken it on; else of the next division
above that has any; else, since somebody has to be there to call, of the one that did.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.call import answered
from api.doors.callers import SignedIn
from api.doors.hanging import answering
from api.doors.sealed import demand_of, unkept
from api.people import Caller
from api.problems import Problem
from schemas.values import DemandId, DivisionCode, OrganizationId, Role
from schemas.views import DemandRow, OfferRow, OrganizationRow

router = APIRouter(tags=["demands"])

SHOWN = 3  # numbers of one desk


class DeskNumbers(msgspec.Struct):
    """A desk's telephones, whom to call first first; none where no desk has any on record.

    `answers`: the division whose desk answers for the demand, whoever's numbers these are.
    """

    division: DivisionCode | None
    telephones: tuple[str, ...]
    answers: DivisionCode


@router.get("/demands/{demand}/desk", response_model=None, responses=answering(DeskNumbers))
async def desk_numbers(
    request: Request, caller: SignedIn, demand: Annotated[str, Path(max_length=64)]
) -> Response:
    """The telephones of the desk that answers for a demand.

    For whoever is at work on it, the committee guiding them, whoever is asked for it, and
    desks that see it.
    """
    context = context_of(request)
    row = demand_of(context, DemandId(demand))
    if row is None or not _concerned(context, caller, row):
        raise Problem("not_found")
    return unkept(answered(numbers_for(context, desk_of(row), row.division)))


@router.get("/me/desk", response_model=None, responses=answering(DeskNumbers))
async def own_desk_numbers(request: Request, caller: SignedIn) -> Response:
    """The telephones of one's own desk: of the village's township, of the organization's home.

    For whoever has neither: of the division that one's role is for.
    """
    context = context_of(request)
    own = _home(context, caller)
    return unkept(answered(numbers_for(context, own, own)))


def _home(context: Context, caller: Caller) -> DivisionCode:
    """The division whose desk is the caller's. Raises Problem where no division is."""
    reader = caller.reader
    rows = (context.feed.shown(reader, "organization", each) for each in reader.organizations)
    homes = (put.row.home for put in rows if put and isinstance(put.row, OrganizationRow))
    of_villages = (village.division for village in reader.villages)
    for division in (*homes, *of_villages, *reader.divisions):
        return division
    raise Problem("not_found")


def desk_of(row: DemandRow) -> DivisionCode:
    """The division whose desk answers for a demand."""
    above = None if row.hand_up is None else row.hand_up.desk
    return above or row.division


def numbers_for(context: Context, answers: DivisionCode, lies: DivisionCode) -> DeskNumbers:
    """The nearest desk's numbers, from the division that answers for a demand upward; else those of
    where it lies."""
    for code in (*_upward(context, answers), lies):
        persons = context.persons.of_division(code)
        if persons:
            return DeskNumbers(code, tuple(each.telephone for each in persons[:SHOWN]), answers)
    return DeskNumbers(None, (), answers)


def _upward(context: Context, division: DivisionCode) -> Iterator[DivisionCode]:
    for code in context.divisions.ancestors(division):
        yield DivisionCode(code)


def _concerned(context: Context, caller: Caller, row: DemandRow) -> bool:
    works_on = context.feed.known.works_on
    if any(works_on(organization, row.id) for organization in caller.reader.organizations):
        return True
    if any(_asked(context, caller, row, own) for own in caller.reader.organizations):
        return True
    if caller.role is Role.COMMITTEE and _guides(context, caller, row):
        return True
    return context.feed.shown(caller.reader, "demand", row.id) is not None


def _asked(context: Context, caller: Caller, row: DemandRow, own: OrganizationId) -> bool:
    """Whether it may answer still: its card says to call where a yes is not that simple."""
    newest = (context.feed.known.newest_offer(line.id, own) for line in row.lines)
    puts = (context.feed.shown(caller.reader, "offer", key) for key in newest if key is not None)
    offers = (put.row for put in puts if put is not None)
    return any(
        one.answerable or one.state == "standby" for one in offers if isinstance(one, OfferRow)
    )


def _guides(context: Context, caller: Caller, row: DemandRow) -> bool:
    """Whether a group of the committee's village is at work on it: of others it has no row."""
    crews = context.feed.known.crews_on(row.id)
    return any(context.feed.shown(caller.reader, "organization", crew) for crew in crews)
