"""Signing in by password and a code, and how a person sets that up; links go on working beside it.

An unknown name, a wrong password and a wrong code are one answer, after the same work.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Body, Empty, parse, read_body
from api.doors.call import Call, answered, headers_of, idempotency_key
from api.doors.callers import SignedIn as Somebody
from api.doors.hanging import answering, described, door
from api.doors.recording import address_of, note
from api.doors.sessions import SignedIn, device_of
from api.doors.standing import check_stands
from api.doors.texts import Name
from api.people import (
    FAILURES_MS,
    KeptPassword,
    PasswordRefused,
    familiar_of,
    same_name,
    set_cookie,
    set_familiar,
)
from api.problems import Problem
from api.reach import drawn
from api.safe import Happened, What
from schemas.values import AccountId, Role
from streams.policy import current

router = APIRouter(tags=["sessions"])

Password = Annotated[str, Field(min_length=1, max_length=256)]
Code = Annotated[str, Field(min_length=6, max_length=32)]
SECOND_MS = 1_000
GUESSED = ("authenticator_wrong", "sign_in_name_taken")  # what somebody who tries names hears


class PasswordSignInBody(Body):
    """`code`: what your telephone shows, or a recovery code. `role`: where you have several."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    password: Password
    code: Code
    role: Role | None = None


class SetPasswordBody(Body):
    """The sign-in name that you choose, your password, and what your telephone shows."""

    name: Name
    password: Password
    code: Code


class ProveBody(Body):
    """Your password and a code: that it is you, and not somebody at your desk."""

    password: Password
    code: Code


class PasswordShown(msgspec.Struct):
    """Whether you sign in by password; `recovery_left`: codes that have not been used."""

    set: bool
    name: str | None
    made_at: int | None
    recovery_left: int


class AuthenticatorShown(msgspec.Struct):
    """What a telephone takes to show codes for you: as a QR code, or typed. Told this once."""

    secret: str
    address: str
    qr: str


class RecoveryCodes(msgspec.Struct):
    """Each opens once, in place of the telephone. Told this once."""

    recovery: tuple[str, ...]


@router.post(
    "/sessions/password",
    openapi_extra=described("/sessions/password", PasswordSignInBody, ()),
    response_model=None,
    responses=answering(SignedIn),
)
async def sign_in_by_password(request: Request) -> Response:
    """Sign in by name, password and code; the session comes as a cookie.

    Sent again with the same key within ten minutes, it is answered with a new session in place
    of the first.
    """
    context, headers = context_of(request), headers_of(request)
    key = idempotency_key(headers)
    body = parse(PasswordSignInBody, await read_body(request, headers))
    account, earlier = await _proved(request, body, key)
    role = _role(context, account, body.role)
    device = device_of(headers.get(b"user-agent", b""))
    if earlier:
        context.people.end(earlier)
    secret, session = context.people.begin(account, role, device)
    context.passwords.began(account, session.token)
    note(context, session, address_of(request.scope), What.SIGN_IN, device)
    answer = SignedIn(session.account, session.role, session.name, session.expires)
    response, https = answered(answer), context.settings.secure
    seconds = context.people.lasting_s(role)
    set_cookie(response, session, secret, seconds=seconds, https=https)
    known = context.passwords.familiar(account, familiar_of(request.scope))
    set_familiar(response, known, https=https)
    return response


async def _proved(
    request: Request, body: PasswordSignInBody, key: str
) -> tuple[AccountId, bytes | None]:
    """Whose password and code they are, and the session that a lost answer to them began."""
    context, address = context_of(request), address_of(request.scope)
    kept = context.passwords.kept(body.name)
    account = None if kept is None else kept.account
    device = context.passwords.known_by(account, familiar_of(request.scope))
    whom = sha256((device or same_name(body.name)).encode()).hexdigest()
    _check_patience(context, whom, "" if device else address)
    text = context.passwords.to_hash(account, body.password)
    hash, familiar = None if kept is None else kept.hash, str(account) if device else ""
    right = await context.hashing.right(hash, text, address, familiar)
    try:
        if kept is None or not right:
            raise LookupError
        return kept.account, context.passwords.take_code(kept.account, body.code, "sign in", key)
    except LookupError:
        _note_wrong(context, whom, address, kept)
        raise Problem("sign_in_wrong") from None


def _check_patience(context: Context, whom: str, address: str) -> None:
    """Who has tried too often waits, whether there is such a name or not. Raises Problem.

    A device that has signed in as this account before is counted by itself: nobody who keeps
    guessing elsewhere shuts it out.
    """
    now = context.people.now()
    wait = context.wrong.wait(whom, now)
    if address and context.failures.many(address, now):
        wait = max(wait, FAILURES_MS)
    if wait:
        seconds = -(-wait // SECOND_MS)
        raise Problem("sign_in_throttled", headers={"Retry-After": str(seconds)})


def _note_wrong(context: Context, whom: str, address: str, kept: KeptPassword | None) -> None:
    """Counted, and on record: about which account, where there is one, and nothing typed."""
    now, about = context.people.now(), "" if kept is None else str(kept.account)
    context.wrong.note(whom, now)
    context.failures.note(address, now)
    failed = Happened(What.SIGN_IN_FAILED, "", "", address, about, "sign_in_wrong")
    context.record.note(failed)


def _role(context: Context, account: AccountId, wanted: Role | None) -> Role:
    """The role that is asked for, or the first that the account has now."""
    row, now = context.feed.account(account), context.rule_time()
    held = [] if row is None else [grant.role for grant in current(row.grants, now)]
    found = next((role for role in Role if role in held and wanted in (None, role)), None)
    if found is None:
        raise Problem("role_missing")
    return found


@router.get("/password", response_model=None, responses=answering(PasswordShown))
async def password(request: Request, caller: Somebody) -> Response:
    """Whether, and under which name, you sign in by password."""
    seen = context_of(request).passwords.seen(caller.account)
    if seen is None:
        return answered(PasswordShown(False, None, None, 0))
    return answered(PasswordShown(True, *seen))


@door(router, "/password/begin", Empty, tuple(Role), answer=AuthenticatorShown)
async def propose(call: Call[Empty]) -> Response:
    """A new secret for your telephone; it counts once `/password` has been told its code."""
    account = call.caller.account
    if call.context.passwords.seen(account) is not None:
        raise Problem("password_set")
    secret, address = call.context.passwords.propose(account, call.caller.session.name)
    return answered(AuthenticatorShown(secret, address, drawn(address)))


@door(router, "/password", SetPasswordBody, tuple(Role), answer=RecoveryCodes)
async def set_password(call: Call[SetPasswordBody]) -> Response:
    """Sign in by password from now on; the answer has your recovery codes, this once.

    Whoever came in by a link that nobody has confirmed yet has to wait for that. The account's
    owner is told on every page, and every steward and the county's desk hear of it for a day.
    """
    context, body, account = call.context, call.body, call.caller.account
    passwords = context.passwords
    check_stands(context, call.caller.session)
    whom = _at_session(call)
    _check_patience(context, whom, "")
    try:
        passwords.check(account, body.name, body.password, body.code)
        text = passwords.to_hash(account, body.password)
        hash = await context.hashing.hash(text, account)
        codes = passwords.set(account, body.name, hash, body.code)
    except PasswordRefused as refused:
        if refused.code in GUESSED:
            context.wrong.note(whom, context.people.now())
        raise Problem(refused.code) from None
    note(context, call.caller.session, call.address, What.PASSWORD_SET)
    response = answered(RecoveryCodes(codes))
    known = passwords.familiar(account, familiar_of(call.scope))
    set_familiar(response, known, https=context.settings.secure)
    return response


@door(router, "/password/codes", ProveBody, tuple(Role), answer=RecoveryCodes)
async def renew_codes(call: Call[ProveBody]) -> Response:
    """Ten new recovery codes; the old ones open nothing any more."""
    await _proved_again(call)
    codes = call.context.passwords.renew(call.caller.account)
    note(call.context, call.caller.session, call.address, What.PASSWORD_SET, "recovery")
    return answered(RecoveryCodes(codes))


@door(router, "/password/end", ProveBody, tuple(Role), answer=PasswordShown)
async def end_password(call: Call[ProveBody]) -> Response:
    """Sign in by link alone again; another password may be set afterwards."""
    await _proved_again(call)
    call.context.passwords.end(call.caller.account)
    note(call.context, call.caller.session, call.address, What.PASSWORD_ENDED)
    return answered(PasswordShown(False, None, None, 0))


async def _proved_again(call: Call[ProveBody]) -> None:
    """That it is the account's owner who asks. Raises Problem."""
    context, account = call.context, call.caller.account
    hash = context.passwords.hash_of(account)
    if hash is None:
        raise Problem("not_found")
    whom = _at_session(call)
    _check_patience(context, whom, "")
    text = context.passwords.to_hash(account, call.body.password)
    try:
        if not await context.hashing.right(hash, text, call.address, account):
            raise LookupError
        context.passwords.take_code(account, call.body.code, call.path, call.key)
    except LookupError:
        _note_wrong(context, whom, call.address, KeptPassword(account, hash))
        raise Problem("password_wrong") from None


def _at_session(call: Call[SetPasswordBody] | Call[ProveBody]) -> str:
    """By what wrong tries are counted: whoever sits at one device keeps its owner out of none."""
    return sha256(b"session " + call.caller.session.token).hexdigest()
