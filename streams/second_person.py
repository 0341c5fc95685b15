"""The second person: what one steward has given works at once, and ends if nobody else agrees.

Whoever could be asked is a steward, or a desk above a township's. As long as there never was a
second one for a place, its only steward's word stands: somebody has to begin.

An account is held to be in several hands: its owner's, and for a week those of whoever made a link
for it, used or not, or gave it a role that had to be confirmed; and of whoever those were in the
hands of then. A second person is one whose hands are none of the first one's.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import ConfirmAccess, GrantRole, MakeLink
from schemas.registry_facts import AccessConfirmed, RoleGranted
from schemas.turns import OWNER
from schemas.values import AccountId, DivisionCode, Instant, Purpose, Role
from streams import subjects
from streams.area import Area
from streams.cause import Cause
from streams.grants import Grant, LetIn
from streams.parameters import CONFIRM_WITHIN, LET_IN_LATELY
from streams.policy import current, is_township
from streams.present import Present
from streams.remembered import HEADER
from streams.subjects import Subject

CONFIRMED_ROLES = (Role.STEWARD, Role.DESK)


def confirm_by(area: Area, command: GrantRole, cause: Cause) -> Instant | None:
    """When a grant ends unless it is confirmed; None where it stands."""
    division = command.division
    live = area.header[HEADER].purpose is Purpose.OPERATIONS
    if not live or division is None or command.role not in CONFIRMED_ROLES:
        return None
    known = (cause.actor, command.account)
    return cause.at + CONFIRM_WITHIN if _anybody(area, known, division) else None


def link_confirm_by(area: Area, command: MakeLink, cause: Cause) -> Instant | None:
    """When what begins by a link ends unless it is confirmed; None where it stands.

    Nobody can agree to one that nobody sits at, where there never was anybody else: it stands.
    """
    held = _found(area, _of_role(area, command.account, command.role))
    live = area.header[HEADER].purpose is Purpose.OPERATIONS
    asked = live and any(_anybody(area, (cause.actor,), subject.division) for subject in held)
    waits = command.in_use or (command.used and asked)
    return cause.at + CONFIRM_WITHIN if waits else None


def _anybody(area: Area, known: tuple[AccountId, ...], division: DivisionCode | None) -> bool:
    """Whether there ever was somebody but those whose word would do for a place."""
    others = [scopes for who, scopes in area.registry.keepers.rows.items() if who not in known]
    return division is not None and any(_contain(area, scopes, division) for scopes in others)


def waiting(area: Area, command: ConfirmAccess, at: Instant) -> list[Grant]:
    """The grants of an account's role that a second person may still confirm."""
    return [
        grant
        for grant in area.registry.grants.get(command.account) or ()
        if grant.role is command.role and grant.confirm_by is not None and at < grant.confirm_by
    ]


def is_second(area: Area, command: ConfirmAccess, cause: Cause) -> bool:
    """Whether the actor is nobody who stands behind it, and may answer for it.

    Of a link the account's owner may, unless it is of the owner's own making.
    """
    giving: tuple[AccountId, ...] = ()
    held = waiting(area, command, cause.at)
    if command.link is not None:
        held = _of_role(area, command.account, command.role)
        giving = link_waiting(area, command, cause.at)
        if cause.actor == command.account:
            return cause.actor not in giving
    else:
        giving = tuple(each for grant in held for each in grant.behind)
    own = hands(area, cause.actor, cause.at)
    apart = not any(each in (*giving, command.account, OWNER) for each in own)
    return apart and _keeps(area, held, cause)


def hands(area: Area, account: AccountId, at: Instant) -> tuple[AccountId, ...]:
    """In whose hands an account may be: its owner's, and of whoever has let it in of late."""
    let_in = area.registry.let_in.get(account) or ()
    lately = [each for entry in let_in if at < entry.at + LET_IN_LATELY for each in entry.behind]
    return tuple(dict.fromkeys((account, *lately)))


def link_waiting(area: Area, command: ConfirmAccess, at: Instant) -> tuple[AccountId, ...]:
    """Who stands behind a link that may still be confirmed; () where there is none."""
    for entry in area.registry.let_in.get(command.account) or ():
        named = (entry.link, entry.role) == (command.link, command.role)
        if named and entry.confirm_by is not None and at < entry.confirm_by:
            return entry.behind
    return ()


def let_in(area: Area, account: AccountId, entry: LetIn) -> None:
    """Remember by whose hand somebody is let in; what is over no longer says anything."""
    known = area.registry.let_in.get(account) or ()
    kept = [each for each in known if entry.at < each.at + LET_IN_LATELY]
    others = [each for each in kept if entry.link is None or each.link != entry.link]
    area.registry.let_in.put(account, (*others, entry))


def _keeps(area: Area, held: list[Grant], cause: Cause) -> bool:
    """Whether the actor is a steward, or a desk above, of all that the grants are for."""
    own = [
        grant.division
        for grant in current(area.registry.grants.get(cause.actor) or (), cause.at)
        if grant.division is not None and grant.confirm_by is None and _is_keeper(area, grant)
    ]
    found = _found(area, held)
    return 0 < len(found) == len(held) and all(
        _contain(area, own, subject.division) for subject in found if subject.division is not None
    )


def _of_role(area: Area, account: AccountId, role: Role) -> list[Grant]:
    return [each for each in area.registry.grants.get(account) or () if each.role is role]


def _found(area: Area, held: list[Grant]) -> list[Subject]:
    """Where the grants lie."""
    found = (subjects.granted(Present(area, None), grant) for grant in held)
    return [subject for subject in found if subject is not None]


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
    behind = hands(area, fact.by, fact.at)
    grant = Grant(
        account=fact.account,
        role=fact.role,
        division=fact.division,
        organization=fact.organization,
        until=min(until, default=None),
        village=fact.village,
        behind=behind,
        confirm_by=fact.confirm_by,
        meant_until=fact.until,
    )
    held = area.registry.grants.get(fact.account) or ()
    area.registry.grants.put(fact.account, (*held, grant))
    if fact.confirm_by is None:
        _remember(area, grant)
    else:  # whoever gives it may have kept the first link
        let_in(area, fact.account, LetIn(behind=behind, link=None, role=fact.role, at=fact.at))


def confirmed(area: Area, fact: AccessConfirmed) -> None:
    """What a second person's word changes."""
    if fact.link is not None:
        known = area.registry.let_in.get(fact.account) or ()
        stands = [
            replace(each, confirm_by=None) if each.link == fact.link else each for each in known
        ]
        area.registry.let_in.put(fact.account, tuple(stands))
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
