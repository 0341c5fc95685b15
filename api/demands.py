"""Demands: publishing, amending, closing and reopening them, and reading what is sealed."""

from __future__ import annotations

import asyncio
from typing import Annotated, ClassVar, Self

import msgspec
from fastapi import APIRouter
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from api.body import Body, Empty, one_of
from api.commands import Call, answered
from api.doors import door
from api.incidents import Id
from api.places import PlaceBody, placed
from api.problems import Problem
from api.texts import Address, Contact, Note, Statement
from api.vault import KeyGone
from schemas.codes import KINDS, SKILLS
from schemas.commands import (
    AmendDemand,
    CloseDemand,
    OpenSealedText,
    PublishDemand,
    ReopenDemand,
)
from schemas.facts import DemandPublished
from schemas.refusals import Refusal
from schemas.values import CloseReason, IncidentId, LineRequest, Role, Sealed
from schemas.views import DemandRow, IncidentRow
from schemas.wire import decode_turn

router = APIRouter(tags=["demands"])

SEALED = ("contact", "address", "note")

Skill = Annotated[str, AfterValidator(one_of(SKILLS, "skill_unknown"))]
Kind = Annotated[str, AfterValidator(one_of(KINDS, "code_unknown"))]
Units = Annotated[int, Field(ge=1, le=500)]
Grade = Annotated[int, Field(ge=1, le=3)]
Priority = Annotated[int, Field(ge=1, le=4, description="1 is the most urgent.")]


class LineBody(Body):
    """So many units of one skill."""

    skill: Skill
    minimum: Units
    target: Units
    grade: Grade | None = None
    hazardous: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum > self.target:
            raise PydanticCustomError("minimum_over_target", "minimum_over_target")
        return self

    def request(self) -> LineRequest:
        return LineRequest(
            skill=self.skill,
            minimum=self.minimum,
            target=self.target,
            grade=self.grade,
            hazardous=self.hazardous,
        )


class PublishDemandBody(Body):
    """What a township asks for; `contact`, `address` and `note` are sealed here."""

    personal: ClassVar[set[str]] = set(SEALED)

    incident: Id
    kind: Kind
    priority: Priority
    place: PlaceBody
    lines: Annotated[tuple[LineBody, ...], Field(min_length=1, max_length=20)]
    risk_statement: Statement
    rally_point: Statement
    contact: Contact | None = None
    address: Address | None = None
    note: Note | None = None


class AmendDemandBody(Body):
    """Each line's new target in order, and lines to add behind them; a place only to move it."""

    priority: Priority
    place: PlaceBody | None = None
    targets: Annotated[tuple[Units, ...], Field(min_length=1, max_length=20)]
    lines: Annotated[tuple[LineBody, ...], Field(max_length=20)]
    risk_statement: Statement
    rally_point: Statement


class CloseDemandBody(Body):
    """Why."""

    reason: CloseReason


class Unsealed(msgspec.Struct):
    """The sealed texts of a demand, readable."""

    contact: str | None
    address: str | None
    note: str | None


@door(router, "/demands", PublishDemandBody, PublishDemand, creates=True)
async def publish(call: Call[PublishDemandBody]) -> Response:
    """Publish a demand; answered when it is durable, the nearest are being asked by then."""
    body = call.body
    row = call.row(IncidentRow, body.incident)
    command = PublishDemand(
        incident=row.id,
        kind=body.kind,
        priority=body.priority,
        place=placed(call.context, body.place),
        lines=tuple(line.request() for line in body.lines),
        risk_statement=body.risk_statement,
        rally_point=body.rally_point,
        contact=_sealed(call, row.id, "contact", body.contact),
        address=_sealed(call, row.id, "address", body.address),
        note=_sealed(call, row.id, "note", body.note),
    )
    receipt = await call.send(command, row.operation, row.mode, incident=row.id)
    return call.created(receipt, DemandPublished)


def _sealed(
    call: Call[PublishDemandBody], incident: IncidentId, field: str, text: str | None
) -> Sealed | None:
    if text is None:
        return None
    try:
        return call.context.vault.seal(incident, field, text)
    except KeyGone:
        raise Problem(Refusal.KEY_DESTROYED, subjects=(incident,)) from None


@door(router, "/demands/{demand}/amend", AmendDemandBody, AmendDemand, edits=True)
async def amend(call: Call[AmendDemandBody]) -> Response:
    """Change what is asked for."""
    row, body = call.subject(DemandRow), call.body
    command = AmendDemand(
        demand=row.id,
        revision=call.revision,
        priority=body.priority,
        place=None if body.place is None else placed(call.context, body.place),
        targets=body.targets,
        lines=tuple(line.request() for line in body.lines),
        risk_statement=body.risk_statement,
        rally_point=body.rally_point,
    )
    return call.answer(await call.about(row, command), row.id)


@door(router, "/demands/{demand}/close", CloseDemandBody, CloseDemand, edits=True)
async def close(call: Call[CloseDemandBody]) -> Response:
    """Close a demand; whoever is still asked or on the way is stood down."""
    row = call.subject(DemandRow)
    command = CloseDemand(demand=row.id, reason=call.body.reason, revision=call.revision)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/demands/{demand}/reopen", Empty, ReopenDemand, edits=True)
async def reopen(call: Call[Empty]) -> Response:
    """Take a closed demand up again."""
    row = call.subject(DemandRow)
    command = ReopenDemand(demand=row.id, revision=call.revision)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/demands/{demand}/sealed", Empty, OpenSealedText, answer=Unsealed)
async def unsealed(call: Call[Empty]) -> Response:
    """Read the contact, address and note; that you did is a fact in the log."""
    row = _demand_or_worked_on(call)
    await call.about(row, OpenSealedText(demand=row.id))
    published = await asyncio.to_thread(_published, call, row)
    texts = {name: _opened(call, name, getattr(published, name)) for name in SEALED}
    response = answered(Unsealed(**texts))
    response.headers["Cache-Control"] = "no-store"
    return response


def _demand_or_worked_on(call: Call[Empty]) -> DemandRow:
    """An organization has no demands on its board; the rule knows which it works on."""
    if call.caller.role is not Role.ORGANIZATION:
        return call.subject(DemandRow)
    put = call.context.feed.find("demand", call.ids["demand"])
    if put is None or not isinstance(put.row, DemandRow):
        raise Problem(Refusal.NOT_FOUND)
    return put.row


def _published(call: Call[Empty], row: DemandRow) -> DemandPublished:
    """The fact that holds the ciphertexts: the log is read at one sequence."""
    area = call.context.settings.area
    stored = next(call.context.engine.read(area, after=row.sequence - 1))
    facts = decode_turn(stored).facts
    return next(f for f in facts if isinstance(f, DemandPublished) and f.demand == row.id)


def _opened(call: Call[Empty], name: str, sealed: Sealed | None) -> str | None:
    try:
        return None if sealed is None else call.context.vault.open(sealed, name)
    except KeyGone:
        raise Problem(Refusal.KEY_DESTROYED) from None
