"""Addresses: the doors to where persons, organizations and divisions are reached.

Kept beside the log by whoever keeps the persons, and by a desk for its divisions. An answer
never holds a hook, a key or a secret, nor more of a number than its keeper may see.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Body, Empty, Id
from api.doors.call import Call, JsonResponse, answered
from api.doors.callers import SignedIn
from api.doors.calling import APART, check_kept, one_of
from api.doors.hanging import answering, door
from api.doors.sealed import unkept
from api.doors.texts import Reason, Telephone
from api.people import (
    CHANNELS,
    CONSENT_TEXT,
    Address,
    AddressRefused,
    Caller,
    Consent,
    Kept,
    Verification,
    Whose,
    kinds_of,
    shown,
)
from api.problems import Problem, later
from api.reach import words
from schemas.ids import made_id
from schemas.values import Role

router = APIRouter(tags=["addresses"])

KEEPERS = (Role.STEWARD, Role.ORGANIZATION, Role.DESK)
SOON_S = 60
WHY = {
    "late": (
        "投递服务未运行，验证码没有发出",
        "the delivery worker does not run; nothing was sent",
    ),
    "channel": ("还没有可用的通道", "no working channel is set up for it"),
}
"""Reasons that are not a channel's."""
FIELDS = {"code_unknown": "channel", "format_invalid": "to", "number_not_mobile": "to"}

Kind = Literal["ask", "drill", "quiet", "night"]
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=4)]


class AddAddressBody(Body):
    """A person's address, or a robot of an organization or a division itself.

    A person's number for `sms` and `voice` is the telephone that is kept of the person; `to` is
    then left out.
    """

    personal: ClassVar[set[str]] = {"to", "secret"}

    channel: Annotated[str, Field(min_length=1, max_length=32)]
    person: Id | None = None
    organization: Id | None = None
    division: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    to: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    secret: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class ConfirmBody(Body):
    """The code that was sent there."""

    personal: ClassVar[set[str]] = {"code"}

    code: Annotated[str, Field(pattern="^[0-9]{6}$")]


class VouchBody(Body):
    """How you know that the address is theirs; kept on record."""

    personal: ClassVar[set[str]] = {"reason"}

    reason: Reason


class ConsentBody(Body):
    """What somebody agrees to, having read the text of this version."""

    kinds: Kinds
    text: Annotated[int, Field(ge=1, le=1_000)]


class WithdrawBody(Body):
    """What somebody agrees to no longer."""

    kinds: Kinds


class WithdrawNumberBody(Body):
    """The number of somebody who wants no messages any more."""

    personal: ClassVar[set[str]] = {"telephone"}

    telephone: Telephone


class AddressAnswer(msgspec.Struct):
    """The address that was added, changed or removed."""

    id: str


class Both(msgspec.Struct):
    """One text in both languages."""

    zh: str
    en: str


class VerificationShown(msgspec.Struct):
    """How far a code is; `words` say why it was not sent. `until`: as long as it is good."""

    id: str
    state: str
    why: str
    words: Both | None
    asked_at: int
    until: int | None


class VerificationAnswer(msgspec.Struct):
    """A code that is to be sent; what came of it is told by GET /addresses."""

    id: str
    verification: VerificationShown


class WithdrawnAnswer(msgspec.Struct):
    """How many consents have ended; 0 where the number had none."""

    withdrawn: int


class AddressShown(msgspec.Struct):
    """An address as its keeper sees it; `to` is cut short but for a number.

    `may`: what can be agreed to. `verified_how`: `code` or `call`.
    """

    id: str
    channel: str
    rung: str
    person: str | None
    to: str
    has_secret: bool
    verified_at: int | None
    verified_how: str | None
    may: tuple[str, ...]
    consents: tuple[Consent, ...]
    verification: VerificationShown | None


@door(router, "/addresses", AddAddressBody, KEEPERS, creates=True, answer=AddressAnswer)
async def add(call: Call[AddAddressBody]) -> Response:
    """Add where somebody is reached.

    The id follows from the key: sent again, the same address is answered and nothing is added.
    """
    body, addresses = call.body, call.context.addresses
    if body.channel not in CHANNELS:
        raise Problem("code_unknown", "channel")
    whose = _whose(call)
    _check_kept(call.context, call.caller, whose)
    to = body.to or _telephone(call.context, whose, body.person)
    id = made_id(call.command_id(APART), 0)
    try:
        addresses.add(
            body.channel,
            to,
            whose,
            person=body.person,
            secret=body.secret or "",
            by=call.caller.account,
            id=id,
        )
    except AddressRefused as refused:
        raise Problem(refused.code, FIELDS.get(refused.code, "")) from None
    except LookupError:  # removed
        raise Problem("not_found") from None
    if addresses.whose(id) != whose:
        raise Problem("key_reused")
    return answered(AddressAnswer(id), 201)


@door(
    router,
    "/addresses/{address}/verify",
    Empty,
    KEEPERS,
    accepts=True,
    answer=VerificationAnswer,
)
async def verify(call: Call[Empty]) -> Response:
    """Ask for a code of six digits to be sent there; the delivery worker does it."""
    address = _kept(call)
    request = made_id(call.command_id(APART), 0)
    try:
        asked = call.context.addresses.verify(address.id, by=call.caller.account, request=request)
    except AddressRefused as refused:
        raise later(refused.code, seconds=SOON_S) from None
    return answered(VerificationAnswer(address.id, _told(asked)), 202)


@door(router, "/addresses/{address}/confirm", ConfirmBody, KEEPERS, answer=AddressAnswer)
async def confirm(call: Call[ConfirmBody]) -> Response:
    """Type the code that was sent: good for ten minutes and five tries, and once."""
    address = _kept(call)
    if address.verified_at is None:  # an answer that was lost is asked for again
        try:
            call.context.addresses.confirm(address.id, call.body.code, by=call.caller.account)
        except AddressRefused as refused:
            raise Problem(refused.code, "code") from None
    return answered(AddressAnswer(address.id))


@door(router, "/addresses/{address}/vouch", VouchBody, (Role.STEWARD,), answer=AddressAnswer)
async def vouch(call: Call[VouchBody]) -> Response:
    """Say that an address is theirs without a code, as after a call; your reason is kept."""
    address = _kept(call)
    try:
        call.context.addresses.vouch(address.id, call.body.reason, by=call.caller.account)
    except AddressRefused as refused:
        raise Problem(refused.code) from None
    return answered(AddressAnswer(address.id))


@door(router, "/addresses/{address}/consent", ConsentBody, KEEPERS, answer=AddressAnswer)
async def consent(call: Call[ConsentBody]) -> Response:
    """Enter what the holder of a verified address has agreed to, with the text's version."""
    address = _kept(call)
    if call.body.text != CONSENT_TEXT:
        raise Problem("consent_text_other")
    if any(kind not in kinds_of(address.channel) for kind in call.body.kinds):
        raise Problem("code_unknown", "kinds")
    try:
        call.context.addresses.consent(address.id, call.body.kinds, by=call.caller.account)
    except AddressRefused as refused:
        raise Problem(refused.code) from None
    return answered(AddressAnswer(address.id))


@door(router, "/addresses/{address}/withdraw", WithdrawBody, KEEPERS, answer=WithdrawnAnswer)
async def withdraw(call: Call[WithdrawBody]) -> Response:
    """Enter what somebody agrees to no longer; nothing of it is sent from now on."""
    address, by = _kept(call), call.caller.account
    ended = call.context.addresses.withdraw(address.id, call.body.kinds, by=by, how=_how(call))
    return answered(WithdrawnAnswer(ended))


@door(router, "/addresses/{address}/remove", Empty, KEEPERS, answer=AddressAnswer)
async def remove(call: Call[Empty]) -> Response:
    """Forget an address; what is removed already may be removed again."""
    id = call.ids["address"]
    whose = call.context.addresses.whose(id)
    if whose is None:
        raise Problem("not_found")
    _check_kept(call.context, call.caller, whose)
    call.context.addresses.remove(id)
    return answered(AddressAnswer(id))


@door(
    router,
    "/addresses/withdraw",
    WithdrawNumberBody,
    (Role.DESK, Role.STEWARD),
    answer=WithdrawnAnswer,
)
async def withdraw_number(call: Call[WithdrawNumberBody]) -> Response:
    """Somebody has called and wants no messages: all that the number agreed to ends.

    For everybody of your scope who has the number, also where you do not keep the persons.
    """
    ended = call.context.addresses.withdraw_number(
        call.body.telephone,
        by=call.caller.account,
        how=_how(call),
        within=lambda whose: _holds(call.context, call.caller, whose),
    )
    return answered(WithdrawnAnswer(ended))


@router.get("/addresses", response_model=None, responses=answering(AddressShown, many=True))
async def addresses(
    request: Request,
    caller: SignedIn,
    organization: Annotated[str, Query(max_length=64)] = "",
    division: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Where an organization or a division itself is reached, with its persons: all of it."""
    if caller.role not in KEEPERS:
        raise Problem("role_missing")
    context, whose = context_of(request), one_of(organization, division)
    _check_kept(context, caller, whose)
    rows = [_shown(kept) for kept in context.addresses.of(whose)]
    return unkept(JsonResponse(msgspec.json.encode(rows)))


def _shown(kept: Kept) -> AddressShown:
    address = kept.address
    return AddressShown(
        id=address.id,
        channel=address.channel,
        rung=address.rung,
        person=address.person,
        to=shown(address, telephone=True),
        has_secret=bool(address.secret),
        verified_at=address.verified_at,
        verified_how=kept.verified_how if address.verified_at is not None else None,
        may=kinds_of(address.channel),
        consents=kept.consents,
        verification=None if kept.verification is None else _told(kept.verification),
    )


def _told(verification: Verification) -> VerificationShown:
    why = verification.why
    return VerificationShown(
        id=verification.id,
        state=verification.state,
        why=why,
        words=Both(*(WHY.get(why) or words(why))) if why else None,
        asked_at=verification.asked_at,
        until=verification.until,
    )


def _whose(call: Call[AddAddressBody]) -> Whose:
    """Whom a new address is for: its person's, else the one that is named. Raises Problem."""
    body = call.body
    if body.person is None:
        return one_of(body.organization, body.division)
    whose = call.context.persons.whose(body.person)
    if whose is None:
        raise Problem("not_found")
    if (body.organization or whose.organization, body.division or whose.division) != whose:
        raise Problem("organization_or_division")
    return whose


def _telephone(context: Context, whose: Whose, person: str | None) -> str:
    """The telephone that is kept of a person. Raises Problem where it is nobody's to be had."""
    found = [each.telephone for each in context.persons.of(whose) if each.id == person]
    if not found:
        raise Problem("not_found" if person else "field_missing", "" if person else "to")
    return found[0]


def _kept(call: Call[Any]) -> Address:
    """The address in the path, if it is the caller's to keep. Raises Problem `not_found`."""
    address = call.context.addresses.find(call.ids["address"])
    if address is None:
        raise Problem("not_found")
    _check_kept(call.context, call.caller, address.whose)
    return address


def _check_kept(context: Context, caller: Caller, whose: Whose) -> None:
    """Raises Problem `not_found` for what is not the caller's; a desk's is only its division's."""
    if caller.role is Role.DESK and whose.division is None:
        raise Problem("not_found")
    check_kept(context, caller, whose)


def _holds(context: Context, caller: Caller, whose: Whose) -> bool:
    try:
        check_kept(context, caller, whose)
    except Problem:
        return False
    return True


def _how(call: Call[Any]) -> str:
    """Where a withdrawal was entered."""
    return "page" if call.caller.role is Role.ORGANIZATION else call.caller.role.value
