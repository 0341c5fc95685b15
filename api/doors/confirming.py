"""What waits for a second person: roles and links that somebody has given alone."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.context import Context, context_of
from api.doors.body import Body, Id
from api.doors.call import Call, answered
from api.doors.callers import SignedIn as Somebody
from api.doors.hanging import answering, door
from api.doors.standing import check_stands
from api.people import Caller, shown_id
from api.problems import Problem
from schemas.access import LinkId
from schemas.commands import ConfirmAccess
from schemas.registry_views import AccountRow, GrantView
from schemas.values import AccountId, DivisionCode, Instant, Role
from streams.parameters import CONFIRM_WITHIN

router = APIRouter(tags=["accounts"])

HEARERS = (Role.STEWARD, Role.DESK)


class ConfirmAccessBody(Body):
    """Which role of the account, or which link to it, you stand by."""

    role: Role
    link: Id | None = None


class Waiting(msgspec.Struct):
    """A role, or with `link` a link, that ends at `confirm_by` unless a second person confirms it.

    `yours`: as far as can be told here, you may be that one.
    """

    account: AccountId
    name: str
    role: Role
    division: DivisionCode | None
    place: str
    by: str | None
    confirm_by: Instant
    link: LinkId | None
    yours: bool


class AllWaiting(msgspec.Struct):
    """Everything that waits within your sight."""

    waiting: tuple[Waiting, ...]


@door(router, "/accounts/{account}/confirm", ConfirmAccessBody, ConfirmAccess)
async def confirm(call: Call[ConfirmAccessBody]) -> Response:
    """Say as a second person that it is meant: it does not end by itself any more.

    Of a link also the account's owner may say so, on a device that was signed in before it was
    made. Nobody who has come in by a link that waits itself says anything.
    """
    check_stands(call.context, call.caller.session)
    account, body, people = AccountId(call.ids["account"]), call.body, call.context.people
    link = None if body.link is None else LinkId(body.link)
    if link is not None and account == call.caller.account and not _was_there(call, link):
        raise Problem("second_person")
    receipt = await call.registry(ConfirmAccess(account=account, role=body.role, link=link))
    if link is not None:
        people.confirm_link(account, link)
    return call.answer(receipt, account)


def _was_there(call: Call[ConfirmAccessBody], link: LinkId) -> bool:
    """Whether this session was there before the link: whoever came in by it cannot stand by it."""
    people, here = call.context.people, shown_id(call.caller.session.token)
    made = [each.made_at for each in people.links_of(call.caller.account) if each.id == link]
    began = [each.began for each in people.devices_of(call.caller.account) if each.id == here]
    return bool(made and began) and began[0] < made[0]


@router.get("/confirmations", response_model=None, responses=answering(AllWaiting))
async def confirmations(request: Request, caller: Somebody) -> Response:
    """What waits for a second person: to stewards and desks within their scope, and your own."""
    found = waiting(context_of(request), caller)
    return answered(AllWaiting(tuple(sorted(found, key=lambda each: each.confirm_by))))


def waiting(context: Context, caller: Caller) -> Iterator[Waiting]:
    """What of it a caller sees."""
    for put in context.feed.rows("account"):
        if isinstance(put.row, AccountRow):
            yield from _grants(context, caller, put.row)
    since = context.people.now() - CONFIRM_WITHIN
    for account, link in context.people.links_since(since):
        row = context.feed.account(account)
        held = [each for each in row.grants if each.role is link.role] if row else []
        if link.confirm_by is not None and held:
            told = (LinkId(link.id), link.made_by, link.confirm_by)
            yield from _shown(context, caller, account, held[0], told)


def _grants(context: Context, caller: Caller, row: AccountRow) -> Iterator[Waiting]:
    now = context.rule_time()
    for grant in row.grants:
        if grant.confirm_by is not None and now < grant.confirm_by:
            told = (None, grant.given_by or "", grant.confirm_by)
            yield from _shown(context, caller, row.id, grant, told)


def _shown(
    context: Context,
    caller: Caller,
    account: AccountId,
    grant: GrantView,
    told: tuple[LinkId | None, str, Instant],
) -> Iterator[Waiting]:
    link, by, confirm_by = told
    division = grant.division
    if division is None and grant.organization is not None:
        division = context.feed.known.homes.get(grant.organization)
    within = caller.role in HEARERS and division is not None and caller.reader.holds(division)
    if not within and account != caller.account:
        return
    found = None if division is None else context.divisions.get(division)
    yours = within and caller.account not in (by, account) and _keeps(context, caller)
    yield Waiting(
        account,
        context.people.name(account) or "?",
        grant.role,
        division,
        "" if found is None else found.name,
        context.people.name(AccountId(by)),
        confirm_by,
        link,
        yours,
    )


def _keeps(context: Context, caller: Caller) -> bool:
    """A steward, or a desk above a township's, whom nobody has to confirm any more."""
    stand = [
        context.divisions.get(grant.division)
        for grant in caller.row.grants
        if grant.role is caller.role and grant.division is not None and grant.confirm_by is None
    ]
    levels = [found.level for found in stand if found is not None]
    above = any(level not in ("township", "village") for level in levels)
    return above or (caller.role is Role.STEWARD and bool(levels))
