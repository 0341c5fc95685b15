"""Signing in with a one-time link, and signing out."""

from __future__ import annotations

import logging
from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Body, Empty, parse, read_body
from api.doors.call import Call, answered, headers_of, idempotency_key, submitted
from api.doors.callers import SignedIn as Somebody
from api.doors.hanging import answering, described, door
from api.doors.recording import address_of, note
from api.doors.standing import check_stands
from api.doors.texts import Name
from api.people import FAILURES_MS, Session, SignInRefused, drop_cookie, set_cookie, shown_id
from api.problems import Problem
from api.safe import What
from schemas.access import LinkId
from schemas.commands import UseLink
from schemas.ids import command_id
from schemas.turns import OWNER, REGISTRY, Envelope
from schemas.values import AccountId, Role

_logger = logging.getLogger("shouwang.doors")

router = APIRouter(tags=["sessions"])

LINKS_SHOWN = 50
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
    device = device_of(headers.get(b"user-agent", b""))
    try:
        secret, session = context.people.sign_in(body.link[-TOKEN_LENGTH:], body.role, key, device)
    except SignInRefused as refused:
        raise _failed(request, refused.code) from None
    note(context, session, address_of(request.scope), What.SIGN_IN, device)
    await _told_of_use(context, session, address_of(request.scope))
    answer = SignedIn(session.account, session.role, session.name, session.expires)
    response = answered(answer)
    seconds = context.people.lasting_s(session.role)  # its end may be put off, by a confirmation
    set_cookie(response, session, secret, seconds=seconds, https=context.settings.secure)
    return response


async def _told_of_use(context: Context, session: Session, address: str) -> None:
    """Whoever made a link for somebody's account is on record; so is that it was used.

    The session is there already, and nobody is kept out because this cannot be written.
    """
    link = context.people.link_behind(session)
    if link is None or not link.id:
        return
    note(context, session, address, What.LINK_USED, link.made_by)
    settings, conductor = context.settings, context.conductor
    command = UseLink(account=session.account, role=session.role, link=LinkId(link.id))
    key = f"{link.id}-{shown_id(session.token)}"
    envelope = Envelope(
        area=settings.area,
        operation=REGISTRY,
        mode=None,
        actor=OWNER,
        command_id=command_id(settings.area, REGISTRY, OWNER, key),
        command=command,
        at=None if conductor is None else conductor.now(),
    )
    try:
        await submitted(context, envelope)
    except Problem as problem:
        _logger.warning("a link was used, which could not be written: %s", problem.code)


_DEVICES = (
    (b"HarmonyOS", "HarmonyOS"),
    (b"Android", "Android"),
    (b"iPhone", "iPhone"),
    (b"iPad", "iPad"),
    (b"Windows", "Windows"),
    (b"Mac OS", "Mac"),
    (b"Linux", "Linux"),
)


def device_of(agent: bytes) -> str:
    """What kind of machine a browser says that it is on; nothing of its own words is kept."""
    return next((name for sign, name in _DEVICES if sign in agent), "?")


def _failed(request: Request, code: str) -> Problem:
    """Why not; somebody who keeps guessing only hears to wait."""
    context = context_of(request)
    address = request.client.host if request.client else ""
    if context.failures.note(address, context.people.now()):
        return Problem("sign_in_throttled", headers={"Retry-After": str(FAILURES_MS // 1_000)})
    return Problem(code)


class DeviceShown(msgspec.Struct):
    """One place where you are signed in. `here`: by this very session."""

    id: str
    role: Role
    device: str
    began: int
    expires: int
    here: bool


class LinkShown(msgspec.Struct):
    """A link by which somebody could sign in as you. `by`: who made it, null at the machine.

    `first`: the account's first one. `confirm_by`: what began by it ends then, unless you, on a
    device that was signed in before, or a second person confirms it (`/accounts/{id}/confirm`).
    """

    id: str
    confirm_by: int | None
    first: bool
    role: Role
    by: str | None
    made_at: int
    used_at: int | None


class Access(msgspec.Struct):
    """Where your account is signed in, and by which links anybody could be.

    `password_at`: since when by a password, too; null: by none.
    """

    devices: tuple[DeviceShown, ...]
    links: tuple[LinkShown, ...]
    password_at: int | None


class EndDeviceBody(Body):
    """`{}`: the address says it all."""


class NameDeviceBody(Body):
    """What you call this device."""

    name: Name


@router.get("/sessions", response_model=None, responses=answering(Access))
async def access(request: Request, caller: Somebody) -> Response:
    """Where your account is signed in, in all its roles, and which links were made for it."""
    context, here = context_of(request), shown_id(caller.session.token)
    people, seen = context.people, context.passwords.seen(caller.account)
    devices = tuple(
        DeviceShown(each.id, each.role, each.device, each.began, each.expires, each.id == here)
        for each in people.devices_of(caller.account)
    )
    known = people.links_of(caller.account)
    links = tuple(
        LinkShown(
            link.id,
            link.confirm_by,
            link is known[-1],
            link.role,
            people.name(AccountId(link.made_by)),
            link.made_at,
            link.used_at,
        )
        for link in known[:LINKS_SHOWN]
    )
    return answered(Access(devices, links, None if seen is None else seen.made_at))


@door(router, "/sessions/{session}/name", NameDeviceBody, tuple(Role), answer=Ended)
async def name_device(call: Call[NameDeviceBody]) -> Response:
    """Call a device of yours by a name."""
    call.context.people.name_device(_own(call), call.body.name)
    return answered(Ended(ended=False))


@door(router, "/sessions/{session}/end", EndDeviceBody, tuple(Role), answer=Ended)
async def end_device(call: Call[EndDeviceBody]) -> Response:
    """Sign one of your devices out; its pages hear it at once."""
    context, token = call.context, _own(call)
    if token != call.caller.session.token:  # whoever came in by a link may leave by it
        check_stands(context, call.caller.session)
    note(context, call.caller.session, call.address, What.SIGN_OUT, call.ids["session"])
    context.people.end(token)
    context.feed.end_account(call.caller.account)
    return answered(Ended(ended=True))


def _own(call: Call[NameDeviceBody] | Call[EndDeviceBody]) -> bytes:
    token = call.context.people.token_of(call.caller.account, call.ids["session"])
    if token is None:
        raise Problem("not_found")
    return token


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
    note(context, session, address_of(request.scope), What.SIGN_OUT)
    context.people.end(session.token)
    context.callers.forget(session)
    context.feed.end_account(session.account)
    response = answered(Ended(ended=True))
    drop_cookie(response, session.role, https=context.settings.secure)
    return response
