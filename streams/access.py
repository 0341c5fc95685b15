"""Access: who let whom in by a link, and who signed whom out. It is on record, and changes nothing.

A link opens all that its account may do, so whoever makes one could act as somebody else. The log
says whose hand it was, beside what is done afterwards.
"""

from __future__ import annotations

from schemas.commands import EndSessions, MakeLink, UseLink
from schemas.refusals import Refusal
from schemas.registry_facts import LinkMade, LinkUsed, SessionsEnded
from streams.area import Area
from streams.cause import Cause, Decision, Refused
from streams.policy import stewards

AccessFact = LinkMade | LinkUsed | SessionsEnded


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
        )
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


def evolve(_area: Area, _fact: AccessFact) -> None:
    """Nothing: what an account may do is as before."""
