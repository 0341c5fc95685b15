"""Access: who let whom in by a link, and who signed whom out. It is on record, and changes nothing.

A link opens all that its account may do, so whoever makes one could act as somebody else. The log
says whose hand it was, beside what is done afterwards; and where somebody is signed in already,
what began by it ends after a day, unless a second person has confirmed it.
"""

from __future__ import annotations

from schemas.commands import ConfirmAccess, EndSessions, MakeLink, UseLink
from schemas.refusals import Refusal
from schemas.registry_facts import AccessConfirmed, LinkMade, LinkUsed, SessionsEnded
from schemas.turns import OWNER
from schemas.values import Instant
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.grants import LetIn
from streams.parameters import CONFIRM_WITHIN
from streams.policy import stewards
from streams.second_person import behind, confirmed, is_second, waiting

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
            confirm_by=cause.at + CONFIRM_WITHIN if command.in_use else None,
        )
    ]


def confirm(area: Area, command: ConfirmAccess, cause: Cause) -> Decision:
    """By somebody else than who did it; of a link also by the account's own owner.

    That its owner did not come in by that very link is the server's to see.
    """
    grants = waiting(area, command, cause.at)
    let_in = area.registry.let_in.get(command.account)
    if command.link is None and not grants:
        return Refused(Refusal.NOTHING_WAITS)
    if command.link is not None and not _waits(let_in, command, cause.at):
        return Refused(Refusal.NOTHING_WAITS)
    if not is_second(area, command, cause):
        return Refused(Refusal.SECOND_PERSON)
    return [
        AccessConfirmed(account=command.account, role=command.role, link=command.link, at=cause.at)
    ]


def _waits(let_in: LetIn | None, command: ConfirmAccess, at: Instant) -> bool:
    if let_in is None or (let_in.link, let_in.role) != (command.link, command.role):
        return False
    return let_in.confirm_by is not None and at < let_in.confirm_by


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
    let_in = area.registry.let_in
    match fact:
        case LinkMade():
            let_in.put(
                fact.account,
                LetIn(
                    behind=behind(area, fact.by),
                    link=fact.link,
                    role=fact.role,
                    at=fact.at,
                    confirm_by=fact.confirm_by,
                ),
            )
        case LinkUsed():
            known = let_in.get(fact.account)
            if known is None or known.link != fact.link:  # made at the machine itself
                made = LetIn(behind=(OWNER,), link=fact.link, role=fact.role, at=fact.at)
                let_in.put(fact.account, made)
        case AccessConfirmed():
            confirmed(area, fact)
        case SessionsEnded():
            pass
