"""From a request to a durable turn and back: one call of one command door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api.context import Context, context_of
from api.doors.body import B, parse, read_body
from api.doors.recording import address_of, note_command
from api.people import Caller, refused
from api.problems import Problem, later
from api.safe import Work
from schemas import facts as f
from schemas.commands import Command
from schemas.ids import command_id
from schemas.registry_facts import OrganizationRegistered
from schemas.turns import REGISTRY, Envelope, Turn
from schemas.values import LATEST, CommandId, IncidentId, Instant, Mode, OperationId, Role
from schemas.views import (
    AssignmentRow,
    DemandRow,
    IncidentRow,
    OfferRow,
    OrganizationRow,
    TaskRow,
)
from streams.engines import (
    Defect,
    KeyReused,
    Moved,
    NewerSchema,
    Receipt,
    Stopping,
    StorageFull,
    Unavailable,
)
from streams.engines.pressure import Overloaded

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", IncidentRow, DemandRow, OfferRow, AssignmentRow, TaskRow, OrganizationRow)
OfOperation = IncidentRow | DemandRow | OfferRow | AssignmentRow | TaskRow

_KEY = re.compile(rb"[A-Za-z0-9_-]{1,64}")
_REVISION = re.compile(rb'"([1-9][0-9]{0,8})"')
_INSTANT = re.compile(rb"[0-9]{1,15}")

_ONCE = frozenset(
    {b"content-encoding", b"content-length", b"content-type", b"idempotency-key", b"if-match"}
    | {b"origin", b"sec-fetch-site", b"shouwang-role", b"shouwang-tapped-at"}
)

_MADE: dict[type, tuple[str, str]] = {
    f.IncidentOpened: ("incident", "incident"),
    f.DemandPublished: ("demand", "demand"),
    f.DemandDrafted: ("demand", "demand"),
    f.OfferSent: ("offer", "offer"),
    f.CrewReceived: ("offer", "offer"),
    f.AssignmentCommitted: ("assignment", "assignment"),
    f.TaskProposed: ("task", "task"),
    OrganizationRegistered: ("organization", "organization"),
}
"""Facts that bring something into being: the kind of its row, and the field that names it."""


class Made(msgspec.Struct):
    """Something that a turn brought into being."""

    fact: str
    id: str


class Answer(msgspec.Struct):
    """What a command door answers."""

    id: str | None
    sequence: int
    at: Instant
    repeated: bool
    made: tuple[Made, ...]


_answers = msgspec.json.Encoder()


@dataclass(slots=True)
class Call(Generic[B]):
    """One request to a command door, understood: who, what, and under which key."""

    context: Context
    caller: Caller
    key: str
    body: B
    method: str
    path: str
    ids: dict[str, str]  # named in the path
    scope: Scope  # of the request, for what few doors ask of it
    tapped_at: Instant | None
    revision: int  # from If-Match; 0 at doors that do not ask for it

    @property
    def address(self) -> str:
        """Where the request comes from, as whom it counts for."""
        return address_of(self.scope)

    def row(self, kind: type[R], id: str) -> R:
        """A row that exists for this caller. Raises Problem `not_found`."""
        tag = str(kind.__struct_config__.tag)
        put = self.context.feed.shown(self.caller.reader, tag, id)
        if put is None:
            raise Problem("not_found")
        assert isinstance(put.row, kind)
        return put.row

    def subject(self, kind: type[R]) -> R:
        """The row that the path is about; its parameter is named like the row's kind."""
        return self.row(kind, self.ids[str(kind.__struct_config__.tag)])

    def command_id(self, operation: OperationId) -> CommandId:
        return command_id(self.context.settings.area, operation, self.caller.account, self.key)

    async def about(self, row: OfOperation, command: Command, *, once: bool = False) -> Receipt:
        """Send a command to the operation of the row that it is about."""
        return await self.send(command, row.operation, row.mode, once=once)

    async def registry(self, command: Command) -> Receipt:
        """Send a command to the registry."""
        return await self.send(command, REGISTRY, None)

    async def send(
        self,
        command: Command,
        operation: OperationId,
        mode: Mode | None,
        incident: IncidentId | None = None,
        *,
        once: bool = False,
    ) -> Receipt:
        """Send a command; its turn is durable when this returns. Raises Problem if refused.

        `incident` is the one under whose key the personal fields are compared. `once`: it is
        answered to present rights, and under its key the first time only.
        """
        id, conductor = self.command_id(operation), self.context.conductor
        self._check_rights(operation, command, None if once else id)
        envelope = Envelope(
            area=self.context.settings.area,
            operation=operation,
            mode=mode,
            actor=self.caller.account,
            command_id=id,
            command=command,
            body=self._body_digest(),
            personal=self._personal_digest(incident),
            at=None if conductor is None else conductor.now(),
            tapped_at=self.tapped_at,
        )
        receipt = await submitted(self.context, envelope)
        self.context.note_carried(id)
        if receipt.turn.refusal is not None:
            raise Problem.refused(receipt.turn)
        note_command(self.context, self.caller.session, self.address, command)
        if once and receipt.repeated:
            raise Problem("key_used_up", trace=id)
        return receipt

    def _check_rights(self, operation: OperationId, command: Command, id: CommandId | None) -> None:
        """Whoever has no right on a thing writes no turn. Raises Problem.

        What was carried out is answered again, though the right to it may have gone with it:
        whoever gave a task back on a bad signal is told so, not that there is no such task.
        """
        context = self.context
        refusal = refused(
            context.feed, operation, self.caller.account, command, context.rule_time()
        )
        if refusal is not None and id not in context.carried:
            raise Problem(refusal.value)

    def _body_digest(self) -> str:
        """Over the parsed body, so that spaces and the order of names make no difference."""
        public = self.body.model_dump_json() if self._impersonal() else self._public()
        return self.context.vault.body_digest(self.method, self.path, public)

    def _personal_digest(self, incident: IncidentId | None) -> str:
        if incident is None or not self.body.personal:
            return ""
        personal = ""
        if not self._impersonal():
            personal = self.body.model_dump_json(include=self.body.personal)
        return self.context.vault.personal_digest(incident, personal)

    def _impersonal(self) -> bool:
        """Whether nothing personal was sent, which is the frequent case and the quick one."""
        return all(getattr(self.body, name) is None for name in self.body.personal)

    def _public(self) -> str:
        """The body as if nothing personal had been sent."""
        nothing = dict.fromkeys(self.body.personal)
        return self.body.model_copy(update=nothing).model_dump_json(warnings=False)

    def answer(self, receipt: Receipt, id: str | None, status: int = 200) -> Response:
        """What the caller is told: ids that exist for the caller, and nobody else's."""
        return answered(self.answer_of(receipt, id), status)

    def answer_of(self, receipt: Receipt, id: str | None) -> Answer:
        turn = receipt.turn
        made = tuple(self._made(turn))
        return Answer(id, turn.sequence, turn.at, receipt.repeated, made)

    def _made(self, turn: Turn) -> Iterator[Made]:
        for fact in turn.facts:
            found = _MADE.get(type(fact))
            if found is None:
                continue
            id: str = getattr(fact, found[1])
            if self.sees(found[0], id):
                yield Made(type(fact).__name__, id)

    def sees(self, kind: str, id: str) -> bool:
        """Whether a row is the caller's to see."""
        return self.context.feed.shown(self.caller.reader, kind, id) is not None

    def created(self, receipt: Receipt, fact: type) -> Response:
        """201 with the id of what this kind of fact brought into being."""
        return self.answer(receipt, made_in(receipt.turn, fact), 201)


def made_in(turn: Turn, fact: type) -> str:
    """The id of the first thing of a kind that a turn brought into being."""
    field = _MADE[fact][1]
    made: str = next(getattr(each, field) for each in turn.facts if isinstance(each, fact))
    return made


def wider(kind: type[A], answer: msgspec.Struct, **more: object) -> A:
    """An answer with further members."""
    return kind(**msgspec.structs.asdict(answer), **more)


class JsonResponse(Response):
    """JSON that is encoded already, without the general case of headers."""

    def __init__(self, content: bytes, status: int = 200) -> None:
        self.status_code = status
        self.body = content
        self.background = None
        self.raw_headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(content)),
        ]


def answered(answer: msgspec.Struct, status: int = 200) -> Response:
    """A struct as a JSON response."""
    return JsonResponse(_answers.encode(answer), status)


async def submitted(context: Context, envelope: Envelope) -> Receipt:
    """The engine's durable answer, refusals included. Raises Problem for what binds no key."""
    trace = envelope.command_id
    try:
        return await context.engine.submit(envelope)
    except KeyReused:
        raise Problem("key_reused", trace=trace) from None
    except Defect:
        raise Problem("defect", trace=trace) from None
    except Overloaded as full:
        raise later("overloaded", trace, full.retry_after) from None
    except Unavailable as unavailable:
        context.trouble_at = context.feed.sequence
        raise _unavailable(unavailable, trace) from None


def _unavailable(unavailable: Unavailable, trace: str) -> Problem:
    if isinstance(unavailable, StorageFull):
        return Problem("storage_full", trace=trace)
    return later(_LATER.get(type(unavailable), "unavailable"), trace)


_LATER: dict[type, str] = {
    Stopping: "stopping",
    Moved: "log_moved",
    NewerSchema: "newer_schema",
}


async def received(
    request: Request, model: type[B], roles: tuple[Role, ...], edits: bool
) -> Call[B]:
    """Understand a request to a command door, or raise the Problem that it has.

    Who is asked before what: somebody without a session learns nothing about bodies.
    """
    context = context_of(request)
    headers = headers_of(request)
    caller = context.callers.identify(request)
    if caller.role not in roles:
        raise Problem("role_missing")
    context.count(caller, work_of(caller.role, request.scope["path"]))
    call = Call(
        context=context,
        caller=caller,
        key=idempotency_key(headers),
        revision=_revision(headers) if edits else 0,
        tapped_at=_tapped_at(headers),
        body=parse(model, await read_body(request, headers)),
        method=request.method,
        path=request.scope["path"],
        ids=request.path_params,
        scope=request.scope,
    )
    if context.conductor is not None and not caller.session.player:
        context.conductor.note_person()
    return call


def work_of(role: Role, path: str) -> Work:
    """What a command counts as; see `api.safe.quotas`."""
    if role is Role.DESK:
        return Work.POSTING if path.endswith(_POSTING) else Work.DESK
    return _WORK.get(role, Work.OTHER)


_POSTING = ("/demands", "/demands/drafts")
_WORK = {
    Role.ORGANIZATION: Work.ANSWER,
    Role.COMMITTEE: Work.ANSWER,  # villages answer for their own, too
    Role.STEWARD: Work.STEWARD,
}


def headers_of(request: Request) -> dict[bytes, bytes]:
    """The headers by name. Raises Problem where one that may come once came twice."""
    listed = request.scope["headers"]
    headers = dict(listed)
    if len(headers) != len(listed):
        names = [name for name, _ in listed]
        if any(name in _ONCE and names.count(name) > 1 for name in headers):
            raise Problem("header_repeated")
    return headers


def idempotency_key(headers: dict[bytes, bytes]) -> str:
    """The key of a POST. Raises Problem where there is none or it is malformed."""
    key = headers.get(b"idempotency-key")
    if key is None:
        raise Problem("key_missing")
    if not _KEY.fullmatch(key):
        raise Problem("key_invalid")
    return key.decode()


def _revision(headers: dict[bytes, bytes]) -> int:
    tag = headers.get(b"if-match")
    if tag is None:
        raise Problem("precondition_missing")
    match = _REVISION.fullmatch(tag.strip())
    if match is None:
        raise Problem("precondition_invalid")
    return int(match.group(1))


def _tapped_at(headers: dict[bytes, bytes]) -> Instant | None:
    tapped = headers.get(b"shouwang-tapped-at")
    if tapped is None:
        return None
    if not _INSTANT.fullmatch(tapped) or int(tapped) > LATEST:
        raise Problem("tapped_at_invalid")
    return int(tapped)
