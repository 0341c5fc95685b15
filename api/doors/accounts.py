"""Accounts: a person's name here, what they may do in the log, and a link to sign in with."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.doors.body import Body, Time
from api.doors.call import Answer, Call, answered, wider
from api.doors.hanging import door
from api.doors.recording import note
from api.doors.standing import check_stands
from api.doors.texts import Name, Village
from api.people import link_address
from api.problems import Problem
from api.safe import What
from schemas.access import GrantReason, LinkId, LinkReason
from schemas.commands import EndGrant, EndSessions, GrantRole, MakeLink
from schemas.ids import made_id
from schemas.registry_facts import LinkMade
from schemas.turns import REGISTRY
from schemas.values import AccountId, DivisionCode, Instant, OrganizationId, Role
from schemas.views import AccountRow, GrantView, OrganizationRow

router = APIRouter(tags=["accounts"])

ELSEWHERE = (LinkReason.DEVICE_LOST, LinkReason.HANDED_OVER)  # a device is in other hands


class GrantRoleBody(Body):
    """Whose account it is, and its one role: for a division, or for an organization.

    A village committee's is for the village of that name in a township.

    `reason`: of a steward's and a desk's, where a second person has to confirm it within a day.

    `player`: it answers for a simulated party of an exercise, so its acts slow nothing down.
    """

    personal: ClassVar[set[str]] = {"name"}

    name: Name
    role: Role
    division: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    organization: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    village: Village | None = None
    until: Time | None = None
    reason: GrantReason | None = None
    player: bool = False


class EndGrantBody(Body):
    """Which role is taken back."""

    role: Role


class LinkBody(Body):
    """Why another link is made; to be said where somebody is signed in to the account just now.

    `end_sessions`: whoever is signed in to it is signed out at once. `end_password`: its password
    and telephone sign nobody in any more; whoever has lost them sets others, by this link. Unless
    it is said otherwise, they end with a device that is lost or in other hands.
    """

    reason: LinkReason | None = None
    end_sessions: bool = False
    end_password: bool | None = None


class EndSessionsBody(Body):
    """In which role the account is signed out, everywhere.

    `end_password`: its password and telephone sign nobody in any more either; so it is unless said
    otherwise, since whoever held the device may have set them.
    """

    role: Role
    end_password: bool = True


class AccountAnswer(Answer):
    """An answer with the new account, and its link unless that has been used."""

    account: AccountId
    link: str | None


Some = Call[LinkBody] | Call[EndGrantBody] | Call[EndSessionsBody]


class LinkAnswer(msgspec.Struct):
    """A fresh one-time link; unused earlier ones of this account open nothing any more."""

    link: str


@door(router, "/accounts", GrantRoleBody, GrantRole, creates=True, answer=AccountAnswer)
async def make_account(call: Call[GrantRoleBody]) -> Response:
    """Make an account with a role, and a link.

    The account's id follows from the key: sent again, the same account is answered, with a fresh
    link in place of the first as long as nobody has used one. A name sent again is not compared.
    """
    check_stands(call.context, call.caller.session)
    body, people = call.body, call.context.people
    account = AccountId(made_id(call.command_id(REGISTRY), 0))
    command = GrantRole(
        account=account,
        role=body.role,
        division=None if body.division is None else DivisionCode(body.division),
        organization=None if body.organization is None else OrganizationId(body.organization),
        until=body.until,
        village=body.village,
        reason=body.reason,
    )
    receipt = await call.registry(command)  # a refused grant leaves no name behind
    people.make_account(body.name, call.context.settings.area, account, body.player)
    link = None
    if not people.has_used_link(account):
        link = _fresh_link(call, account, body.role, LinkId(""))
    answer = wider(AccountAnswer, call.answer_of(receipt, account), account=account, link=link)
    return answered(answer, 201)


@door(router, "/accounts/{account}/link", LinkBody, MakeLink, answer=LinkAnswer)
async def make_link(call: Call[LinkBody]) -> Response:
    """A fresh link, for the first role of the account that lies wholly within your scope.

    Whoever makes it could act as somebody else: it is a turn under your name, and the account's
    owner is shown it on every page.
    """
    check_stands(call.context, call.caller.session)
    row = _account(call)
    role = next((role for role in Role if _within(call, row, role)), None)
    if role is None or call.context.people.name(row.id) is None:
        raise Problem("not_found")
    people, reason = call.context.people, call.body.reason
    signed_in = any(device.role is role for device in people.devices_of(row.id))
    if signed_in and reason is None and call.context.conductor is None:
        raise Problem("link_reason_missing", "reason")
    link = LinkId(made_id(call.command_id(REGISTRY), 0))
    reason = reason or LinkReason.SESSION_OVER
    live = call.context.conductor is None
    used = live and (signed_in or people.has_used_link(row.id))
    in_use = live and signed_in
    command = MakeLink(
        account=row.id, role=role, link=link, reason=reason, in_use=in_use, used=used
    )
    receipt = await call.registry(command)
    made = next(fact for fact in receipt.turn.facts if isinstance(fact, LinkMade))
    if call.body.end_sessions:
        _sign_out(call, row.id, role)
    ends = call.body.end_password
    if reason in ELSEWHERE if ends is None else ends:
        _end_password(call, row.id)
    return answered(LinkAnswer(_fresh_link(call, row.id, role, link, made.confirm_by)))


@door(router, "/accounts/{account}/sessions/end", EndSessionsBody, EndSessions)
async def end_sessions(call: Call[EndSessionsBody]) -> Response:
    """Sign an account out wherever it is signed in, in a role: a lost phone, a person who left.

    Its password ends too, unless it is said otherwise.
    """
    check_stands(call.context, call.caller.session)
    row, role = _account(call), call.body.role
    if not _within(call, row, role):
        raise Problem("not_found")
    receipt = await call.registry(EndSessions(account=row.id, role=role))
    _sign_out(call, row.id, role)
    if call.body.end_password:
        _end_password(call, row.id)
    return call.answer(receipt, row.id)


def _sign_out(call: Some, account: AccountId, role: Role) -> None:
    """Sessions, unused links and streams end at once, on the security record by whichever door."""
    call.context.people.end_all(account, role)
    call.context.feed.end_account(account)
    note(call.context, call.caller.session, call.address, What.SESSIONS_ENDED, account)


def _end_password(call: Some, account: AccountId) -> None:
    if call.context.passwords.end(account):
        note(call.context, call.caller.session, call.address, What.PASSWORD_ENDED, account)


@door(router, "/accounts/{account}/end", EndGrantBody, EndGrant)
async def end_grant(call: Call[EndGrantBody]) -> Response:
    """Take a role back; its sessions and streams end at once."""
    check_stands(call.context, call.caller.session)
    row, role = _account(call), call.body.role
    if not _within(call, row, role):
        raise Problem("not_found")
    receipt = await call.registry(EndGrant(account=row.id, role=role))
    _sign_out(call, row.id, role)
    return call.answer(receipt, row.id)


def _account(call: Some) -> AccountRow:
    row = call.context.feed.account(AccountId(call.ids["account"]))
    if row is None:
        raise Problem("not_found")
    return row


def _within(call: Some, row: AccountRow, role: Role) -> bool:
    """Whether the account has the role, and nowhere beyond the caller's scope.

    A session has all grants of its role, so a link handed out for one of them opens all.
    """
    held = [grant for grant in row.grants if grant.role is role]
    return bool(held) and all(_holds(call, grant) for grant in held)


def _holds(call: Some, grant: GrantView) -> bool:
    reader = call.caller.reader
    if grant.organization is None:
        return grant.division is not None and reader.holds(grant.division)
    put = call.context.feed.find("organization", grant.organization)
    return put is not None and isinstance(put.row, OrganizationRow) and reader.holds(put.row.home)


def _fresh_link(
    call: Call[LinkBody] | Call[GrantRoleBody],
    account: AccountId,
    role: Role,
    link: LinkId,
    confirm_by: Instant | None = None,
) -> str:
    people = call.context.people
    people.drop_links(account)
    secret = people.make_link(account, role, call.caller.account, link, confirm_by)
    return link_address(call.context.settings, role, secret)
