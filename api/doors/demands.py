"""Demands: publishing, amending and moving them, closing and reopening them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self, TypedDict

from fastapi import APIRouter
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from api.context import Context
from api.doors.body import Body, Empty, Id, Time, one_of
from api.doors.call import Answer, Call, answered, made_in, wider
from api.doors.hanging import door
from api.doors.numbers import masked
from api.doors.places import PlaceBody, placed
from api.doors.sealed import TEXTS, remember, seal
from api.doors.texts import Address, Contact, Lead, Note, PublicReason, Statement, Village
from schemas.codes import KINDS, SKILLS
from schemas.commands import (
    AmendDemand,
    CloseDemand,
    DraftDemand,
    KeepDemand,
    PublishDemand,
    ReopenDemand,
    ReportNeed,
    TakeBackDemand,
)
from schemas.facts import DemandPublished
from schemas.values import CloseReason, IncidentId, LineRequest, Sealed, SealedText
from schemas.views import DemandRow, IncidentRow
from streams.engines import Receipt

router = APIRouter(tags=["demands"])


class Words(TypedDict):
    """The public words of a demand."""

    risk_statement: str
    rally_point: str
    way_in: str | None


PUBLIC = tuple(Words.__annotations__)

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
    whole: Annotated[bool, Field(description="All together, from one organization.")] = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum > self.target:
            raise PydanticCustomError("minimum_over_target", "minimum_over_target")
        if self.whole and self.minimum != self.target:
            raise PydanticCustomError("whole_minimum", "whole_minimum")
        return self

    def request(self) -> LineRequest:
        return LineRequest(
            skill=self.skill,
            minimum=self.minimum,
            target=self.target,
            grade=self.grade,
            hazardous=self.hazardous,
            whole=self.whole,
        )


class TextsBody(Body):
    """What of a demand is sealed here, and what stays public; `lead`: who leads on the scene.

    Numbers of seven and more digits in public words are masked, unless `public_numbers` says why
    they have to be read by everybody, for ever.
    """

    personal: ClassVar[set[str]] = set(TEXTS)

    risk_statement: Statement
    rally_point: Statement
    way_in: Statement | None = None
    public_numbers: PublicReason | None = None

    contact: Contact | None = None
    address: Address | None = None
    note: Note | None = None
    lead: Lead | None = None


class WantedBody(TextsBody):
    """What a township asks for. Without `needed_by` it is needed as soon as possible."""

    incident: Id
    kind: Kind
    priority: Priority
    place: PlaceBody
    lines: Annotated[tuple[LineBody, ...], Field(min_length=1, max_length=20)]
    needed_by: Time | None = None

    def wanted(self, context: Context, incident: IncidentId) -> dict[str, Any]:
        """The fields of a command that says it, each sealed or placed."""
        return {
            "incident": incident,
            "kind": self.kind,
            "priority": self.priority,
            "place": placed(context, self.place),
            "lines": tuple(line.request() for line in self.lines),
            "needed_by": self.needed_by,
            "public_numbers": self.public_numbers,
            **_public(self),
            **_sealed(context, incident, self),
        }


class ReportNeedBody(TextsBody):
    """What a village committee tells of: what is the matter, where, and how many it concerns."""

    incident: Id
    kind: Kind
    priority: Priority
    place: PlaceBody
    village: Village
    people: Annotated[int, Field(ge=1, le=100_000)] | None = None

    def wanted(self, context: Context, incident: IncidentId) -> dict[str, Any]:
        """The fields of a command that says it, with one unit of what is usually asked for."""
        return {
            "incident": incident,
            "kind": self.kind,
            "priority": self.priority,
            "place": placed(context, self.place),
            "lines": usual(self.kind),
            "public_numbers": self.public_numbers,
            **_public(self),
            **_sealed(context, incident, self),
        }


class DraftDemandBody(WantedBody):
    """What may be asked for; all of it can be amended before it is published."""


class PublishDemandBody(WantedBody):
    """`same_as`: a further report of that demand's need, which alone is asked for."""

    same_as: Id | None = None


class AmendDemandBody(TextsBody):
    """Each line's new target in order, and lines to add behind them; a place only to move it.

    Without a kind that stays; a sealed text that is not given stays unless it is `removed`.
    """

    kind: Kind | None = None
    priority: Priority
    place: PlaceBody | None = None
    targets: Annotated[tuple[Units, ...], Field(min_length=1, max_length=20)]
    lines: Annotated[tuple[LineBody, ...], Field(max_length=20)]
    needed_by: Time | None = None
    removed: Annotated[tuple[SealedText, ...], Field(max_length=len(TEXTS))] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if any(getattr(self, text) is not None for text in self.removed):
            raise PydanticCustomError("text_given_and_removed", "text_given_and_removed")
        return self


LOWEST = 3  # of the grades


def usual(kind: str) -> tuple[LineRequest, ...]:
    """One unit of each skill that is usually asked for; its desk knows better."""
    skills = (KINDS[kind].skill, KINDS[kind].beside)
    return tuple(
        LineRequest(
            skill=skill, minimum=1, target=1, grade=LOWEST if SKILLS[skill].graded else None
        )
        for skill in skills
        if skill is not None
    )


def of_a_desk(reason: CloseReason) -> CloseReason:
    """The end of the incident is no desk's reason: it closes its demands itself."""
    if reason is CloseReason.INCIDENT_CLOSED:
        raise PydanticCustomError("code_unknown", "code_unknown")
    return reason


class CloseDemandBody(Body):
    """Why; the end of the incident closes its demands itself."""

    reason: Annotated[CloseReason, AfterValidator(of_a_desk)]


class DemandAnswer(Answer):
    """`masked`: the public words, by field, in which numbers were masked."""

    masked: tuple[str, ...]


@door(router, "/demands", PublishDemandBody, PublishDemand, answer=DemandAnswer, creates=True)
async def publish(call: Call[PublishDemandBody]) -> Response:
    """Publish a demand; answered when it is durable, the nearest are being asked by then.

    The county's desk publishes for itself, and for a township of its own as recorded substitute.
    """
    body = call.body
    row = call.row(IncidentRow, body.incident)
    command = PublishDemand(
        **body.wanted(call.context, row.id),
        same_as=None if body.same_as is None else call.row(DemandRow, body.same_as).id,
    )
    receipt = await call.send(command, row.operation, row.mode, incident=row.id)
    remember(call.context, receipt.turn)
    return said_first(call, receipt, made_in(receipt.turn, DemandPublished), command)


def said_first(
    call: Call[PublishDemandBody] | Call[DraftDemandBody] | Call[ReportNeedBody],
    receipt: Receipt,
    id: str,
    command: PublishDemand | DraftDemand | ReportNeed,
) -> Response:
    """201 with what was made, and which of its public words were masked."""
    changed = _masked(call.body, command)
    return answered(wider(DemandAnswer, call.answer_of(receipt, id), masked=changed), 201)


def _public(body: TextsBody, before: DemandRow | None = None) -> Words:
    """The public words as they are stored; what was public before stays so."""
    kept = () if before is None else (before.risk_statement, before.rally_point, before.way_in)

    def stored(text: str) -> str:
        return text if body.public_numbers is not None or text in kept else masked(text)

    return Words(
        risk_statement=stored(body.risk_statement),
        rally_point=stored(body.rally_point),
        way_in=None if body.way_in is None else stored(body.way_in),
    )


def _masked(
    body: TextsBody, command: PublishDemand | DraftDemand | ReportNeed | AmendDemand
) -> tuple[str, ...]:
    return tuple(each for each in PUBLIC if getattr(body, each) != getattr(command, each))


def _sealed(context: Context, incident: IncidentId, body: TextsBody) -> dict[str, Sealed]:
    """The texts that were given, by field."""
    given = {field: getattr(body, field) for field in TEXTS}
    return {
        field: seal(context, incident, field, text)
        for field, text in given.items()
        if text is not None
    }


@door(
    router,
    "/demands/{demand}/amend",
    AmendDemandBody,
    AmendDemand,
    answer=DemandAnswer,
    edits=True,
)
async def amend(call: Call[AmendDemandBody]) -> Response:
    """Change what is asked for; with another township's place, that one answers for it from then.

    The sender keeps sight of it, and may take it back until the receiver acts.
    """
    row, body = call.subject(DemandRow), call.body
    command = AmendDemand(
        demand=row.id,
        revision=call.revision,
        priority=body.priority,
        place=None if body.place is None else placed(call.context, body.place),
        targets=body.targets,
        lines=tuple(line.request() for line in body.lines),
        needed_by=body.needed_by,
        kind=body.kind,
        removed=body.removed,
        public_numbers=body.public_numbers,
        **_public(body, row),
        **_sealed(call.context, row.incident, body),
    )
    receipt = await call.send(command, row.operation, row.mode, incident=row.incident)
    remember(call.context, receipt.turn)
    answer = call.answer_of(receipt, row.id)
    return answered(wider(DemandAnswer, answer, masked=_masked(body, command)))


@door(router, "/demands/{demand}/close", CloseDemandBody, CloseDemand, edits=True)
async def close(call: Call[CloseDemandBody]) -> Response:
    """Close a demand; whoever is still asked or on the way is stood down, with your reason.

    Closed as met, what was reported done counts as done. A draft is discarded so.
    """
    row = call.subject(DemandRow)
    command = CloseDemand(demand=row.id, reason=call.body.reason, revision=call.revision)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/demands/{demand}/reopen", Empty, ReopenDemand, edits=True)
async def reopen(call: Call[Empty]) -> Response:
    """Take a closed demand up again: its next round begins with nothing covered."""
    row = call.subject(DemandRow)
    command = ReopenDemand(demand=row.id, revision=call.revision)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/demands/{demand}/take-back", Empty, TakeBackDemand, edits=True)
async def take_back(call: Call[Empty]) -> Response:
    """Take a demand back that you moved to another township, until that one acts."""
    row = call.subject(DemandRow)
    command = TakeBackDemand(demand=row.id, revision=call.revision)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/demands/{demand}/still-needed", Empty, KeepDemand)
async def keep(call: Call[Empty]) -> Response:
    """Say that a demand is still needed; nothing else about it changes."""
    row = call.subject(DemandRow)
    return call.answer(await call.about(row, KeepDemand(demand=row.id)), row.id)
