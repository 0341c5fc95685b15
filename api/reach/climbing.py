"""Climbing: what of a ladder is to go out by now, whatever it leads up to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec.structs import replace

from api.reach import ladder
from api.reach.contacts import Contact
from api.reach.notices import Notice
from api.reach.states import State
from schemas.values import Instant

WAITS_LONG = 30_000  # what is throttled for longer makes room for the next rung


class Climbed(NamedTuple):
    """What is to go out now, and when to look again; None: after the next receipt."""

    notices: list[Notice]
    again: Instant | None


def climbed(
    asking: ladder.Asking,
    contacts: Iterable[Contact],
    known: dict[str, Notice],
    made: Callable[[Contact, Instant], Notice],
    now: Instant,
) -> Climbed:
    """The steps that are due; `known`, by address, has what went out before, and gets what is
    `made` of a contact and the time of its step."""
    failed = {one.address: one.ended_at or now for one in known.values() if _gone(one, now)}
    to = {contact.way.address: contact for contact in contacts}
    found: list[Notice] = []
    for step in ladder.steps(asking, (one.way for one in to.values()), failed):
        if step.way.address in known:
            continue
        if step.due > now:
            return Climbed(found, step.due)
        notice = made(to[step.way.address], step.due)
        known[notice.address] = notice
        found.append(notice)
    return Climbed(found, None)


def _gone(notice: Notice, now: Instant) -> bool:
    """Whether a rung is as good as failed: it has, or it is held back for long."""
    if notice.state in (State.FAILED, State.EXPIRED):
        return True
    return notice.state is State.QUEUED and bool(notice.why) and notice.due > now + WAITS_LONG


def doubted(notice: Notice, due: Instant, known_from: Instant) -> Notice:
    """What was due before anything is known may have been sent by somebody who left no trace."""
    if due >= known_from:
        return notice
    return replace(notice, state=State.UNKNOWN, tries=1, sent_at=due)
