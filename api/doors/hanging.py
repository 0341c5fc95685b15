"""How a command door is hung: its route, who may use it, and its page in the description.

Bodies are validated by `body.py`, so the framework is told about them only for the description.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from fastapi import APIRouter
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.doors.body import B, Body
from api.doors.call import Answer, Call, received
from api.doors.recording import note_denied
from api.problems import Problem
from schemas.values import Role
from streams.policy import ROLES

_PARAMETER = re.compile(r"\{\w+\}")
COMPONENTS = "#/components/schemas/"
Handle = Callable[[Call[B]], Awaitable[Response]]

Endpoint = Callable[[Request], Awaitable[Response]]

hung: dict[str, tuple[str, Endpoint]] = {}
"""Every command door by its path, its `{id}` replaced by `{}`, with what stood in the braces."""

bodies: dict[str, type[Body]] = {}
answers: dict[str, type[msgspec.Struct]] = {}
"""Every body that a door takes, and every answer, by its name in the description."""


def door(  # noqa: PLR0913  # a door says only what it has, each by its name
    router: APIRouter,
    path: str,
    body: type[B],
    who: type | tuple[Role, ...] | None,
    *,
    answer: type[msgspec.Struct] = Answer,
    creates: bool = False,
    accepts: bool = False,
    edits: bool = False,
) -> Callable[[Handle[B]], Handle[B]]:
    """Hang a POST. `who` may knock: the roles of a command's type, these roles, None: stewards.

    `creates`: answers 201. `accepts`: 202, what comes of it is read later. `edits`: asks for
    If-Match.
    """
    status = 201 if creates else 202 if accepts else 200
    roles = _roles(who)
    bodies[body.__name__] = body

    def hang(handle: Handle[B]) -> Handle[B]:
        async def endpoint(request: Request) -> Response:
            return await handle(await received(request, body, roles, edits))

        named = _PARAMETER.search(path)
        hung[_PARAMETER.sub("{}", path)] = (named.group()[1:-1] if named else "", endpoint)
        router.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            status_code=status,
            name=handle.__name__,
            description=handle.__doc__,
            response_model=None,
            responses=answering(answer, status),
            openapi_extra=described(path, body, roles, edits=edits),
        )
        return handle

    return hang


def _roles(who: type | tuple[Role, ...] | None) -> tuple[Role, ...]:
    if isinstance(who, tuple):
        return who
    return (Role.STEWARD,) if who is None else ROLES[who]


class Entrance:
    """Pure ASGI: finds command doors by one look-up, and leaves the rest to the framework.

    Trying 50 routes in turn costs more than everything that a door itself does.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._found(scope)
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        try:
            response = await endpoint(Request(scope, receive, send))
        except Problem as problem:
            note_denied(scope, problem)
            response = problem.response()
        await response(scope, receive, send)

    def _found(self, scope: Scope) -> Endpoint | None:
        """The door at `/noun` or `/noun/id/verb`; its id goes into the scope."""
        path = scope["path"] if scope["type"] == "http" and scope["method"] == "POST" else ""
        if not path.startswith(self._prefix):
            return None
        parts = path[len(self._prefix) :].split("/")
        id = ""
        if len(parts) == 4:
            id, parts[2] = parts[2], "{}"
        name, endpoint = hung.get("/".join(parts), ("", None))
        if name:
            scope["path_params"] = {name: id}
        return endpoint


def answering(
    answer: type[msgspec.Struct], status: int = 200, *, many: bool = False
) -> dict[int | str, dict[str, Any]]:
    """What a door answers when all is well; `many`: a list of them."""
    answers[answer.__name__] = answer
    schema: dict[str, Any] = {"$ref": COMPONENTS + answer.__name__}
    if many:
        schema = {"type": "array", "items": schema}
    content = {"application/json": {"schema": schema}}
    return {status: {"description": answer.__doc__ or "", "content": content}}


def described(
    path: str, body: type[Body], roles: tuple[Role, ...], *, edits: bool = False
) -> dict[str, Any]:
    """The parts of an operation's description that the framework cannot see."""
    bodies[body.__name__] = body
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters = [_parameter(name, "path", "The id of what it is about.") for name in names]
    parameters.append(_parameter("Idempotency-Key", "header", _KEY_WORDS, "^[A-Za-z0-9_-]{1,64}$"))
    if edits:
        words = "The revision that you were looking at."
        parameters.append(_parameter("If-Match", "header", words, '^"[1-9][0-9]*"$'))
    if roles:
        parameters.append(_parameter("Shouwang-Role", "header", _ROLE_WORDS, required=False))
        words = "When a person tapped, in milliseconds; kept for reviews."
        parameters.append(_parameter("Shouwang-Tapped-At", "header", words, required=False))
    schema = {"$ref": COMPONENTS + body.__name__}
    return {
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "x-roles": [role.value for role in roles],
    }


_KEY_WORDS = "Names this request; the same key is carried out once."
_ROLE_WORDS = "Which of your sessions this is, where there are several."


def _parameter(
    name: str, where: str, words: str, pattern: str = "", required: bool = True
) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern} if pattern else {"type": "string"}
    return {
        "name": name,
        "in": where,
        "required": required,
        "description": words,
        "schema": schema,
    }


def body_schemas() -> dict[str, Any]:
    """The JSON Schemas of all bodies and what they hold, by name."""
    _, definitions = models_json_schema(
        [(model, "validation") for model in bodies.values()], ref_template=COMPONENTS + "{model}"
    )
    found: dict[str, Any] = definitions["$defs"]
    return found
