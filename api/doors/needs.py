"""Needs: what an organization could help with and was not asked for; and its offer to.

What is listed says what is lacking, about how far away, and what there is to beware of; and nothing
of whom it is for: where a home is, and who lives there, comes with a yes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Body, Id
from api.doors.call import Call, answered, wider
from api.doors.callers import SignedIn
from api.doors.demands import Units
from api.doors.hanging import answering, door
from api.doors.offers import AcceptAnswer, Minutes, People, Revision, where_to
from api.doors.sealed import demand_of, unkept
from api.live import lacking
from api.problems import Problem
from geo.distance import ecef_centimeters, meters, squared
from schemas.commands import OfferHelp
from schemas.facts import CrewReceived
from schemas.line_views import LineView
from schemas.refusals import Refusal
from schemas.values import (
    Datum,
    DemandId,
    DivisionCode,
    Instant,
    LineId,
    Mode,
    OrganizationId,
    Place,
    PlaceKind,
    Purpose,
    Role,
)
from schemas.views import AssignmentRow, DemandRow, OfferRow, OrganizationRow
from streams import asking, gates
from streams.entities import HeldCertificate, Organization
from streams.subjects import county_of

router = APIRouter(tags=["offers"])

SHOWN: Final = 20
LOOKED_AT: Final = 200  # of the most urgent, however many there are


class NeedView(msgspec.Struct):
    """A line that lacks units. `own`: units of its skill that the organization has registered.

    `revision`: whose words these are, to be given with an offer to help.
    """

    line: LineId
    demand: DemandId
    kind: str
    skill: str
    grade: int | None
    hazardous: bool
    whole: bool
    priority: int
    missing: int
    own: int
    division: DivisionCode
    kilometers: int
    needed_by: Instant | None
    opened_at: Instant
    risk_statement: str
    revision: int


class NeedsAnswer(msgspec.Struct):
    """The most urgent first."""

    needs: tuple[NeedView, ...]


class OfferHelpBody(Body):
    """Who offers itself, with how many units, arriving in about so many minutes.

    `revision`: of the need as it was listed; where kind, place, risk or rally point have changed
    since, it is not taken.
    """

    organization: Id
    quantity: Units
    minutes: Minutes | None = None
    people: People | None = None
    revision: Revision | None = None


@router.get(
    "/organizations/{organization}/needs", response_model=None, responses=answering(NeedsAnswer)
)
async def needs(request: Request, caller: SignedIn, organization: str) -> Response:
    """What lacks units in your county and reach, that you are fit for and were not asked for; at
    most 20.

    No more than what is lacking and about how far away it is.
    """
    if caller.role is not Role.ORGANIZATION:
        raise Problem("role_missing")
    context = context_of(request)
    put = context.feed.shown(caller.reader, "organization", organization)
    if put is None or organization not in caller.reader.organizations:
        raise Problem("not_found")
    assert isinstance(put.row, OrganizationRow)
    found = tuple(islice(_needs(context, put.row), SHOWN))
    return unkept(answered(NeedsAnswer(found)))


def _needs(context: Context, row: OrganizationRow) -> Iterator[NeedView]:
    """Of the lines that are short, those that it would be taken at its word for."""
    tree, units = context.divisions, {one.skill: one.units for one in row.capabilities}
    known = _known(row)
    county = county_of(tree, row.home)
    short = context.feed.known.short.within((county, *tree.below(county)), units)
    for id in islice(short, LOOKED_AT):
        demand = demand_of(context, context.feed.known.demand_of(id))
        line = demand and next((one for one in demand.lines if one.id == id), None)
        if not demand or not line or units[line.skill] < (line.target if line.whole else 1):
            continue
        away = _away(row, demand)
        fit = _fit(known, line, away, context.rule_time())
        if fit and _open_to(context, demand, line, row):
            yield _view(demand, line, units[line.skill], away)


def _open_to(context: Context, demand: DemandRow, line: LineView, row: OrganizationRow) -> bool:
    """Released, of a mode that it takes part in, and nothing that it was asked for already."""
    now = context.rule_time()
    beside = demand.mode is not Mode.ACTUAL and context.settings.purpose is Purpose.OPERATIONS
    if row.retired or demand.release_at > now or (beside and not row.enrolled):
        return False
    if context.feed.known.unheard(row.id, demand.mode):
        return False  # its own people come first
    crews = list(_crews(context, demand, row))
    if any(crew.withdrawing for crew in crews):
        return False  # told to leave the very place
    newest = context.feed.known.newest_offer(line.id, row.id)
    put = None if newest is None else context.feed.find("offer", newest)
    if put is None or not isinstance(put.row, OfferRow) or put.row.sent_at < line.opened_at:
        return True  # never asked, or in an earlier round
    match put.row.state:
        case "stood_down":
            return asking.welcome(put.row.stand_down_reason, put.row.again_at, now)
        case "accepted":
            return all(crew.line != line.id or crew.arrived_at is not None for crew in crews)
        case _:
            return False


def _crews(context: Context, demand: DemandRow, row: OrganizationRow) -> Iterator[AssignmentRow]:
    """Those of an organization that are at work there."""
    for id in context.feed.known.crews_of(demand.id, row.id):
        put = context.feed.find("assignment", id)
        if put is not None and isinstance(put.row, AssignmentRow):
            yield put.row


def _away(row: OrganizationRow, demand: DemandRow) -> int:
    return meters(squared(*(_place(demand.division, one.lon, one.lat) for one in (row, demand))))


def _fit(known: Organization, line: LineView, away: int, now: Instant) -> bool:
    """Whether it could be asked, and its yes would pass the gates: the rules ask them again."""
    if gates.graded(known, line.skill, line.grade, now) is not None:
        return False
    if away > gates.radius(known, line.skill, line.grade, now):
        return False
    unsafe = gates.forbidden(known, now) or gates.unproved(known)
    return not (line.hazardous and unsafe)


def _known(row: OrganizationRow) -> Organization:
    """An organization as its gates see it."""
    held = (
        HeldCertificate(certificate=one.certificate, withdrawn=one.withdrawn)
        for one in row.certificates
    )
    return Organization(
        id=row.id,
        name=row.name,
        registration_class=row.registration_class,
        home=row.home,
        place=_place(row.home, row.lon, row.lat),
        capabilities=row.capabilities,
        people=row.people,
        certificates=tuple(held),
        adults_only=row.adults_only,
        insured_through=row.insured_through,
    )


def _place(division: DivisionCode, lon: int, lat: int) -> Place:
    x, y, z = ecef_centimeters(lon, lat)
    return Place(
        kind=PlaceKind.POINT, division=division, crs=Datum.WGS84, lon=lon, lat=lat, x=x, y=y, z=z
    )


def _view(demand: DemandRow, line: LineView, own: int, away: int) -> NeedView:
    return NeedView(
        line=line.id,
        demand=demand.id,
        kind=demand.kind,
        skill=line.skill,
        grade=line.grade,
        hazardous=line.hazardous,
        whole=line.whole,
        priority=demand.priority,
        missing=lacking(line),
        own=own,
        division=demand.division,
        kilometers=(away + 500) // 1_000,
        needed_by=demand.needed_by,
        opened_at=line.opened_at,
        risk_statement=demand.risk_statement,
        revision=demand.revision,
    )


@door(router, "/lines/{line}/help", OfferHelpBody, OfferHelp, answer=AcceptAnswer, creates=True)
async def offer_help(call: Call[OfferHelpBody]) -> Response:
    """Offer yourself for a line that you were not asked for, with so many units.

    Where the line looks for such a one it is a yes, with what that opens, for what is lacking at
    the most; else it waits for the desk as a standby, and `made` holds no assignment.
    """
    context, body, line = call.context, call.body, LineId(call.ids["line"])
    row = demand_of(context, context.feed.known.demand_of(line))
    if row is None:
        raise Problem(Refusal.NOT_FOUND)
    command = OfferHelp(
        line=line,
        organization=OrganizationId(body.organization),
        quantity=body.quantity,
        minutes=body.minutes,
        people=body.people,
        revision=body.revision,
    )
    receipt = await call.about(row, command)
    sealed = await where_to(call, row.id, receipt)
    offer = next(one.offer for one in receipt.turn.facts if isinstance(one, CrewReceived))
    answer = wider(AcceptAnswer, call.answer_of(receipt, offer), sealed=sealed)
    return unkept(answered(answer, 201))
