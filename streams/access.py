"""Access: who let whom in by a link, and who signed whom out. It is on record, and changes nothing.

A link opens all that its account may do, so whoever makes one could act as somebody else. The log
says whose hand it was, beside what is done afterwards; and where somebody has signed in already,
what began by it ends after a day, unless a second person has confirmed it.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import ConfirmAccess, EndSessions, MakeLink, UseLink
from schemas.refusals import Refusal
from schemas.registry_facts import AccessConfirmed, LinkMade, LinkUsed, SessionsEnded
from schemas.turns import OWNER
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.grants import LetIn
from streams.policy import stewards
from streams.second_person import (
    confirmed,
    hands,
    is_second,
    let_in,
    link_confirm_by,
    link_waiting,
    waiting,
)

AccessFact = LinkMade | LinkUsed | SessionsEnded | AccessConfirmed


def make_link(area: Area, command: MakeLink, cause: Cause) -> Decision:
    """A link opens all grants of its role, so every one must be the steward's to give."""
    if not _in_hand(area, command, cause):
        return Refused(Refusal.NOT_FOUND)
    return [
        LinkMade(
            account=command.account,
            role=command.role,
            link=command.link,
            reason=command.reason,
            at=cause.at,
            by=cause.actor,
            confirm_by=link_confirm_by(area, command, cause),
        )
    ]


def confirm(area: Area, command: ConfirmAccess, cause: Cause) -> Decision:
    """By somebody else than who did it; of a link also by the account's own owner.

    That its owner did not come in by that very link is the server's to see.
    """
    grants = waiting(area, command, cause.at)
    waits = grants if command.link is None else link_waiting(area, command, cause.at)
    if not waits:
        return Refused(Refusal.NOTHING_WAITS)
    if not is_second(area, command, cause):
        return Refused(Refusal.SECOND_PERSON)
    return [
        AccessConfirmed(account=command.account, role=command.role, link=command.link, at=cause.at)
    ]


def use_link(_area: Area, command: UseLink, cause: Cause) -> Decision:
    """What the server has seen; whose link it is, is said where it was made."""
    return [LinkUsed(account=command.account, role=command.role, link=command.link, at=cause.at)]


def end_sessions(area: Area, command: EndSessions, cause: Cause) -> Decision:
    if not _in_hand(area, command, cause):
        return Refused(Refusal.NOT_FOUND)
    return [SessionsEnded(account=command.account, role=command.role, at=cause.at)]


def _in_hand(area: Area, command: MakeLink | EndSessions, cause: Cause) -> bool:
    held = [
        grant
        for grant in area.registry.grants.get(command.account) or ()
        if grant.role is command.role
    ]
    return bool(held) and all(stewards(area, cause.actor, grant, cause.at) for grant in held)


def evolve(area: Area, fact: AccessFact) -> None:
    """What an account may do is as before, but for a grant that is confirmed."""
    match fact:
        case LinkMade():
            made = LetIn(
                behind=hands(area, fact.by, fact.at),
                link=fact.link,
                role=fact.role,
                at=fact.at,
                confirm_by=fact.confirm_by,
            )
            let_in(area, fact.account, made)
        case LinkUsed():
            known = area.registry.let_in.get(fact.account) or ()
            machine = LetIn(behind=(OWNER,), link=fact.link, role=fact.role, at=fact.at)
            made = next((each for each in known if each.link == fact.link), machine)
            let_in(area, fact.account, replace(made, at=fact.at))
        case AccessConfirmed():
            confirmed(area, fact)
        case SessionsEnded():
            pass
