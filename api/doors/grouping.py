"""The same need told of twice: what may be it, before it is posted; grouped, and apart again."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.call import Call, answered
from api.doors.callers import SignedIn
from api.doors.demands import Kind
from api.doors.hanging import answering, door
from api.doors.places import PlaceBody, placed
from api.doors.several import SeveralAnswer, SeveralBody, done, named
from api.live import Like
from api.people import Caller
from api.problems import Problem
from schemas.commands import GroupDemands, UngroupDemands
from schemas.values import DemandId, DivisionCode, IncidentId, Role
from schemas.views import DemandRow

router = APIRouter(tags=["demands"])

SHOWN_MOST = 5

Id = Annotated[str, Field(min_length=1, max_length=64)]
Degree = Annotated[float, Field(allow_inf_nan=False)]


class Asked(BaseModel):
    """What is about to be posted, as far as it is known by now."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    incident: Id
    kind: Kind
    division: Annotated[str, Field(min_length=1, max_length=20)]
    lon: Degree | None = None
    lat: Degree | None = None
    words: Annotated[str, Field(max_length=100)] = ""  # as much as an address may well hold
    role: Annotated[str, Field(max_length=20)] = ""  # of the session, where there are several

    @property
    def place(self) -> PlaceBody:
        crs = None if self.lon is None and self.lat is None else "WGS-84"
        return PlaceBody(crs=crs, lon=self.lon, lat=self.lat, division=self.division)


class AlikeDemand(msgspec.Struct):
    """A demand that may be the same need; where it is led by another one, that one.

    `meters` is null where a place is not known so exactly; `words`: how alike, in thousandths.
    """

    demand: DemandId
    meters: int | None
    words: int


class AlikeAnswer(msgspec.Struct):
    """The five most alike, those with the most similar words first."""

    demands: tuple[AlikeDemand, ...]


@router.get("/demands/alike", response_model=None, responses=answering(AlikeAnswer))
async def alike(request: Request, caller: SignedIn, asked: Annotated[Asked, Query()]) -> Response:
    """Open demands of a kind that may be the same need: within 200 m and half an hour.

    Where the place is only a township, those of it that were told in similar words. For desks;
    nothing hinders a posting, whatever is found.
    """
    if caller.role is not Role.DESK:
        raise Problem("role_missing")
    context = context_of(request)
    if not caller.reader.holds(asked.division):
        raise Problem("not_found")
    if context.feed.shown(caller.reader, "incident", asked.incident) is None:
        raise Problem("not_found")
    place = placed(context, asked.place)
    incident, now = IncidentId(asked.incident), context.rule_time()
    found = context.feed.known.alike.find(incident, asked.kind, place, asked.words, now)
    return answered(AlikeAnswer(_shown(context, caller, found)))


def _shown(context: Context, caller: Caller, found: list[Like]) -> tuple[AlikeDemand, ...]:
    """As far as the caller may see them, each group once and by its leader."""
    shown: dict[DemandId, AlikeDemand] = {}
    for like in found:
        put = context.feed.shown(caller.reader, "demand", like.demand)
        if put is not None and isinstance(put.row, DemandRow):
            first = put.row.leader or put.row.id
            shown.setdefault(first, AlikeDemand(first, like.meters, like.words))
    return tuple(shown.values())[:SHOWN_MOST]


@door(router, "/demands/{demand}/group", SeveralBody, GroupDemands, answer=SeveralAnswer)
async def group(call: Call[SeveralBody]) -> Response:
    """Say that these tell of the same need as this demand, which leads and alone is asked for.

    Whoever is asked for one of them is let go; crews that are committed to them stay. All of one
    incident, no more than 5 km apart, and inside a division of your own.
    """
    leader = call.subject(DemandRow)
    command = GroupDemands(
        division=DivisionCode(call.body.division), leader=leader.id, demands=named(call)
    )
    return done(call, await call.about(leader, command))


@door(router, "/demands/ungroup", SeveralBody, UngroupDemands, answer=SeveralAnswer)
async def ungroup(call: Call[SeveralBody]) -> Response:
    """Say that each of these is a need of its own after all; it is asked for again at once."""
    demands = named(call)
    row = call.row(DemandRow, demands[0])
    command = UngroupDemands(division=DivisionCode(call.body.division), demands=demands)
    return done(call, await call.about(row, command))
