"""The second person: what one steward has given works at once, and ends if nobody else agrees.

Whoever could be asked is a steward, or a desk above a township's. As long as there never was a
second one for a place, its only steward's word stands: somebody has to begin.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import ConfirmAccess, GrantRole
from schemas.registry_facts import AccessConfirmed, RoleGranted
from schemas.turns import OWNER
from schemas.values import AccountId, DivisionCode, Instant, Purpose, Role
from streams import subjects
from streams.area import Area
from streams.cause import Cause
from streams.grants import Grant
from streams.parameters import CONFIRM_WITHIN, LET_IN_LATELY
from streams.policy import current, is_township
from streams.present import Present
from streams.remembered import HEADER

CONFIRMED_ROLES = (Role.STEWARD, Role.DESK)


def confirm_by(area: Area, command: GrantRole, cause: Cause) -> Instant | None:
    """When a grant ends unless it is confirmed; None where it stands."""
    division = command.division
    live = area.header[HEADER].purpose is Purpose.OPERATIONS
    if not live or division is None or command.role not in CONFIRMED_ROLES:
        return None
    known = (cause.actor, command.account)
    others = [scopes for who, scopes in area.registry.keepers.rows.items() if who not in known]
    anybody = any(_contain(area, scopes, division) for scopes in others)
    return cause.at + CONFIRM_WITHIN if anybody else None


def waiting(area: Area, command: ConfirmAccess, at: Instant) -> list[Grant]:
    """The grants of an account's role that a second person may still confirm."""
    return [
        grant
        for grant in area.registry.grants.get(command.account) or ()
        if grant.role is command.role and grant.confirm_by is not None and at < grant.confirm_by
    ]


def is_second(area: Area, command: ConfirmAccess, cause: Cause) -> bool:
    """Whether the actor is somebody else than who gave it, and may answer for it."""
    if command.link is not None:
        let_in = area.registry.let_in[command.account]
        if cause.actor == command.account:
            return cause.actor not in let_in.behind
        held = [
            grant
            for grant in area.registry.grants.get(command.account) or ()
            if grant.role is command.role
        ]
        return _apart(area, let_in.behind, cause) and _keeps(area, held, cause)
    held = waiting(area, command, cause.at)
    apart = all(_apart(area, grant.behind, cause) for grant in held)
    return apart and cause.actor != command.account and _keeps(area, held, cause)


def behind(area: Area, giver: AccountId) -> tuple[AccountId, ...]:
    """Who gives something, and, while a right of that one's own waits, whoever has lent it."""
    lent = [
        each
        for grant in area.registry.grants.get(giver) or ()
        if grant.confirm_by is not None
        for each in grant.behind
    ]
    return tuple(dict.fromkeys((giver, *lent)))


def _apart(area: Area, giving: tuple[AccountId, ...], cause: Cause) -> bool:
    """Whether the actor is none of those, nor let in by one, or at the machine, of late."""
    let_in = area.registry.let_in.get(cause.actor)
    lately = let_in is not None and cause.at < let_in.at + LET_IN_LATELY
    by = let_in.behind if let_in is not None and lately else ()
    return cause.actor not in giving and not any(each in (*giving, OWNER) for each in by)


def _keeps(area: Area, held: list[Grant], cause: Cause) -> bool:
    """Whether the actor is a steward, or a desk above, of all that the grants are for."""
    own = [
        grant.division
        for grant in current(area.registry.grants.get(cause.actor) or (), cause.at)
        if grant.division is not None and grant.confirm_by is None and _is_keeper(area, grant)
    ]
    found = [subjects.granted(Present(area, None), grant) for grant in held]
    return bool(found) and all(
        subject is not None and _contain(area, own, subject.division) for subject in found
    )


def _is_keeper(area: Area, grant: Grant) -> bool:
    if grant.role is Role.STEWARD:
        return True
    above = grant.division is not None and not is_township(area, grant.division)
    return grant.role is Role.DESK and above


def _contain(
    area: Area, scopes: tuple[DivisionCode, ...] | list[DivisionCode], division: DivisionCode
) -> bool:
    return any(area.divisions.contains(scope, division) for scope in scopes)


def given(area: Area, fact: RoleGranted) -> None:
    """What a grant changes: it ends by itself as long as it waits to be confirmed."""
    until = [each for each in (fact.until, fact.confirm_by) if each is not None]
    grant = Grant(
        account=fact.account,
        role=fact.role,
        division=fact.division,
        organization=fact.organization,
        until=min(until, default=None),
        village=fact.village,
        behind=behind(area, fact.by),
        confirm_by=fact.confirm_by,
        meant_until=fact.until,
    )
    held = area.registry.grants.get(fact.account) or ()
    area.registry.grants.put(fact.account, (*held, grant))
    if fact.confirm_by is None:
        _remember(area, grant)


def confirmed(area: Area, fact: AccessConfirmed) -> None:
    """What a second person's word changes."""
    if fact.link is not None:
        let_in = area.registry.let_in[fact.account]
        area.registry.let_in.put(fact.account, replace(let_in, confirm_by=None))
        return
    held = []
    for grant in area.registry.grants.get(fact.account) or ():
        waits = grant.confirm_by is not None and fact.at < grant.confirm_by
        if grant.role is fact.role and waits:
            grant = replace(grant, until=grant.meant_until, confirm_by=None)
            _remember(area, grant)
        held.append(grant)
    area.registry.grants.put(fact.account, tuple(held))


def _remember(area: Area, grant: Grant) -> None:
    if grant.division is None or not _is_keeper(area, grant):
        return
    scopes = area.registry.keepers.get(grant.account) or ()
    if grant.division not in scopes:
        area.registry.keepers.put(grant.account, (*scopes, grant.division))
