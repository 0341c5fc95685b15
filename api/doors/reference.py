"""What screens look things up in: who you are, the code lists, the divisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.call import answered
from api.doors.callers import SignedIn, signed_in
from api.doors.hanging import answering
from api.people import Caller
from api.problem_words import PROBLEMS
from api.reach import PACES
from geo.divisions import Division
from schemas.codes import DOMAINS, HAZARDS, KINDS, PUBLIC_WORDS, SKILLS, Words
from schemas.refusals import REFUSALS, Message
from schemas.values import (
    AccountId,
    CloseReason,
    DeclineReason,
    DivisionCode,
    Mode,
    OperationId,
    OrganizationId,
    Role,
    StandDownReason,
)
from streams.matching.why import CHANGES
from streams.parameters import MINUTE, SECOND, URGENCY
from streams.review_codes import (
    CLAIM_ENDS,
    CLASSES,
    GATES,
    OPENINGS,
    REASONS,
    STEPS,
)

router = APIRouter(tags=["reference"])

PRIORITIES = {
    "1": Words("特急", "Most urgent"),
    "2": Words("紧急", "Urgent"),
    "3": Words("较急", "Soon"),
    "4": Words("一般", "Routine"),
}
FOUND_MAX = 50
KEPT = {"Cache-Control": "private, max-age=300"}


class Scope(msgspec.Struct):
    """What one grant reaches."""

    division: DivisionCode | None
    organization: OrganizationId | None
    village: str | None
    until: int | None


class Me(msgspec.Struct):
    """The caller, and what kind of server this is."""

    account: AccountId
    role: Role
    name: str
    scopes: tuple[Scope, ...]
    mode: Mode
    operation: OperationId
    area: str
    pace: float


@router.get("/me", response_model=None, responses=answering(Me))
async def me(request: Request, caller: SignedIn) -> Response:
    """Who you are here. `pace` is rule time per wall time: 1 in a live log."""
    context = context_of(request)
    settings, conductor = context.settings, context.conductor
    answer = Me(
        account=caller.account,
        role=caller.role,
        name=caller.session.name,
        scopes=_scopes(context, caller),
        mode=settings.mode,
        operation=settings.operation,
        area=settings.area,
        pace=1.0 if conductor is None else conductor.pace,
    )
    return answered(answer)


def _scopes(context: Context, caller: Caller) -> tuple[Scope, ...]:
    now = context.now()
    return tuple(
        Scope(grant.division, grant.organization, grant.village, grant.until)
        for grant in caller.row.grants
        if grant.role is caller.role and (grant.until is None or now < grant.until)
    )


@router.get("/codes", response_model=None)
async def codes() -> Response:
    """Every code list with its names, skills with their units: what any row or fact may name."""
    return Response(_CODES, headers=KEPT, media_type="application/json")


def _named(entries: Mapping[Any, Words | Message | Any]) -> dict[str, dict[str, Any]]:
    return {str(code): dict(entry._asdict()) for code, entry in entries.items()}


def _reasons(reasons: Iterable[StrEnum]) -> dict[str, dict[str, Any]]:
    return _named({reason.value: REASONS[reason] for reason in reasons})


def _priorities() -> dict[str, dict[str, Any]]:
    """What a desk is shown: when offers go out, how long answers may take, and when to call."""
    found = _named(PRIORITIES)
    for code, entry in found.items():
        urgency = URGENCY[int(code)]
        entry["answer_minutes"] = urgency.answer // MINUTE
        entry["release_seconds"] = urgency.release // SECOND
        entry["call_seconds"] = PACES[int(code)].desk
    return found


_CODES = msgspec.json.encode(
    {
        "skills": _named(SKILLS),
        "hazards": _named(HAZARDS),
        "kinds": _named(KINDS),
        "domains": _named(DOMAINS),
        "priorities": _priorities(),
        "close_reasons": _reasons(CloseReason),
        "decline_reasons": _reasons(DeclineReason),
        "stand_down_reasons": _reasons(StandDownReason),
        "opening_reasons": _named(OPENINGS),
        "gates": _named(GATES),
        "public_words": _named(PUBLIC_WORDS),
        "again_on": _named(CHANGES),
        "steps": _named(STEPS),
        "claim_ends": _named(CLAIM_ENDS),
        "registration_classes": _named(CLASSES),
        "refusals": _named({code.value: message for code, message in REFUSALS.items()}),
        "problems": _named(PROBLEMS),
    }
)


class DivisionView(msgspec.Struct):
    """One division; `lon`, `lat` of its seat in 1e-7 degree."""

    code: str
    name: str
    english: str
    level: str
    parent: str | None
    lon: int
    lat: int
    approximate: bool


@router.get(
    "/divisions",
    response_model=None,
    responses=answering(DivisionView, many=True),
    dependencies=[Depends(signed_in)],
)
async def divisions(
    request: Request,
    under: Annotated[str, Query(max_length=20)] = "",
    search: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """`under`: a division and all below it, by code. `search`: by name or code, best first."""
    tree = context_of(request).divisions
    below = filter(None, map(tree.get, tree.below(under)))
    found = tree.search(search, FOUND_MAX) if search else below
    return Response(
        msgspec.json.encode([_view(node) for node in found]),
        headers=KEPT,
        media_type="application/json",
    )


def _view(node: Division) -> DivisionView:
    return DivisionView(
        code=node.code,
        name=node.name,
        english=node.english,
        level=node.level.value,
        parent=node.parent,
        lon=node.lon,
        lat=node.lat,
        approximate=node.approximate,
    )
