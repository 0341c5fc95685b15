"""Signing in with a one-time link, and signing out."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.doors.body import Body, Empty, parse, read_body
from api.doors.call import answered, headers_of, idempotency_key
from api.doors.hanging import answering, described
from api.people import FAILURES_MS, SignInRefused, drop_cookie, set_cookie
from api.problems import Problem
from schemas.values import AccountId, Role

router = APIRouter(tags=["sessions"])

TOKEN_LENGTH = 43  # 32 bytes in base64


class SignInBody(Body):
    """`link`: what you were given, as a whole or only its secret."""

    link: Annotated[str, Field(min_length=TOKEN_LENGTH, max_length=500)]
    role: Role


class SignedIn(msgspec.Struct):
    """Who you are from now on; the secret itself is in the cookie."""

    account: AccountId
    role: Role
    name: str
    expires: int


class Ended(msgspec.Struct):
    """The answer of signing out."""

    ended: bool


@router.post(
    "/sessions",
    openapi_extra=described("/sessions", SignInBody, ()),
    response_model=None,
    responses=answering(SignedIn),
)
async def sign_in(request: Request) -> Response:
    """Use a one-time link up; the session comes as a cookie.

    Sent again with the same key within ten minutes, it is answered with a new session in place
    of the first.
    """
    context, headers = context_of(request), headers_of(request)
    key = idempotency_key(headers)
    body = parse(SignInBody, await read_body(request, headers))
    try:
        secret, session = context.people.sign_in(body.link[-TOKEN_LENGTH:], body.role, key)
    except SignInRefused as refused:
        raise _failed(request, refused.code) from None
    answer = SignedIn(session.account, session.role, session.name, session.expires)
    response = answered(answer)
    settings = context.settings
    set_cookie(response, session, secret, hours=settings.session_hours, https=settings.secure)
    return response


def _failed(request: Request, code: str) -> Problem:
    """Why not; somebody who keeps guessing only hears to wait."""
    context = context_of(request)
    address = request.client.host if request.client else ""
    if context.failures.note(address, context.people.now()):
        return Problem("sign_in_throttled", headers={"Retry-After": str(FAILURES_MS // 1_000)})
    return Problem(code)


@router.post(
    "/sessions/end",
    openapi_extra=described("/sessions/end", Empty, ()),
    response_model=None,
    responses=answering(Ended),
)
async def sign_out(request: Request) -> Response:
    """End your session in this role; a session that is over already may be ended again."""
    context, headers = context_of(request), headers_of(request)
    idempotency_key(headers)
    session = context.callers.session_of(request)
    parse(Empty, await read_body(request, headers))
    context.people.end(session.token)
    context.callers.forget(session)
    context.feed.end_account(session.account)
    response = answered(Ended(ended=True))
    drop_cookie(response, session.role, https=context.settings.secure)
    return response
