"""Asking again: when an organization may be asked for the same line after each outcome.

The one table of it is `AGAIN`; docs/asking.md is written from it. Outcomes say when, and never
order anybody: who was not asked yet on a line comes first, then the nearest.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.values import (
    AgainOn,
    DeclineReason,
    Instant,
    LineId,
    Milliseconds,
    OfferId,
    OrganizationId,
    StandDownReason,
)
from streams.area import Operation
from streams.entities import Demand, Line, Offer, OfferState, Organization
from streams.parameters import (
    DECLINES_MOST,
    FREE_FROM,
    SCENE_PAUSE,
    SILENCE_MOST,
    SILENCE_P1,
    SILENCE_TIMES,
    UNREACHED_MOST,
    URGENCY,
)
from streams.parameters import STANDBY as WAITS
from streams.remembered import Asked

ACCEPTED, FEWER, GAVE_UP, SILENT = "accepted", "fewer", "gave_up", "no_answer"
UNREACHED = "unreachable"
STANDBY, STOOD_DOWN, SENT_HOME = "standby", "stood_down", "sent_home"
PARKED = "parked"

ByPriority = tuple[Milliseconds, Milliseconds, Milliseconds, Milliseconds]


class Again(NamedTuple):
    """The first pause after an outcome by priority, and the change that ends it at once."""

    pause: ByPriority
    on: AgainOn | None


def _by_priority(*pauses: Milliseconds) -> ByPriority:
    one, two, three, four = pauses
    return one, two, three, four


AT_ONCE: Final = Again((0, 0, 0, 0), None)
NO_CREW: Final = Again(_by_priority(*(item.no_crew for item in URGENCY.values())), AgainOn.FORCE)
SCENE: Final = Again((SCENE_PAUSE,) * 4, AgainOn.SCENE)

AGAIN: Final[dict[str, Again]] = {
    ACCEPTED: AT_ONCE,
    STANDBY: AT_ONCE,
    STOOD_DOWN: AT_ONCE,
    SILENT: Again(
        _by_priority(
            SILENCE_P1[0], *(SILENCE_TIMES * URGENCY[priority].answer for priority in (2, 3, 4))
        ),
        AgainOn.FORCE,
    ),
    UNREACHED: Again(_by_priority(*(item.unreached for item in URGENCY.values())), AgainOn.REACH),
    FEWER: NO_CREW,
    GAVE_UP: NO_CREW,
    SENT_HOME: NO_CREW,
    PARKED: Again((WAITS,) * 4, None),  # its desk knows that the line is short, and says when
    DeclineReason.NO_CREW: NO_CREW,
    DeclineReason.EQUIPMENT: NO_CREW,
    DeclineReason.TOO_FAR: SCENE,
    DeclineReason.ROAD_BLOCKED: SCENE,
    DeclineReason.UNSAFE: SCENE,
    DeclineReason.OTHER: SCENE,
}


THANKED: Final = (StandDownReason.SENT_HOME, StandDownReason.UNSUITED)
"""By a desk, which has judged: nobody commits itself past that."""


def thanks(*, unsuited: bool) -> StandDownReason:
    """Why a desk thanks somebody who came unasked, or would come."""
    return StandDownReason.UNSUITED if unsuited else StandDownReason.SENT_HOME


def welcome(reason: StandDownReason | None, again_at: Instant | None, at: Instant) -> bool:
    """Whether whoever was stood down may offer itself anew: whom a desk has judged, once its pause
    is over. What an organization is shown that it could help with asks this, too."""
    return reason not in THANKED or (again_at is not None and at >= again_at)


class Verdict(NamedTuple):
    """From when somebody may be asked again (None: not by time), and upon which change."""

    at: Instant | None
    on: AgainOn | None


def after_silence(
    priority: int, silences: int, deadline: Instant, free_from: Instant | None = None
) -> Verdict:
    """Counted from the deadline; longer with each silence on the line, this one included.

    Never before the time that the organization has named itself.
    """
    again = AGAIN[SILENT]
    if priority == 1:
        pause = SILENCE_P1[min(silences, len(SILENCE_P1)) - 1]
    else:
        pause = min(again.pause[priority - 1] << min(silences - 1, 16), SILENCE_MOST)
    return Verdict(max(deadline + pause, free_from or 0), again.on)


def after_unreached(priority: int, times: int, free_from: Instant | None, at: Instant) -> Verdict:
    """Longer with each time in a row that no channel could hand an offer for the line over.

    Never before the time that it has named itself.
    """
    again = AGAIN[UNREACHED]
    pause = min(again.pause[priority - 1] << min(times - 1, 16), UNREACHED_MOST)
    return Verdict(max(at + pause, free_from or 0), again.on)


def after_decline(
    priority: int, reason: DeclineReason, declines: int, free_from: Instant | None, at: Instant
) -> Verdict:
    """`declines`: on this line, this one included. Whoever names a time is asked then."""
    again = AGAIN[reason]
    if free_from is not None:
        return Verdict(max(free_from, at + FREE_FROM[0]), again.on)
    if declines >= DECLINES_MOST:
        return Verdict(None, again.on)
    return Verdict(at + again.pause[priority - 1], again.on)


def after(outcome: str, priority: int, at: Instant) -> Verdict:
    """After any other outcome of the table."""
    again = AGAIN[outcome]
    return Verdict(at + again.pause[priority - 1], again.on)


def latest(operation: Operation, offer: Offer) -> Offer:
    """The newest of its line and organization, once it has ended: what that says of asking again
    counts, for whichever of their crews it is asked."""
    found = operation.asked.get((offer.line, offer.organization))
    newest = offer if found is None else operation.offers[found.offer]
    same = newest.round == offer.round and newest.state is not OfferState.SENT
    return newest if same else offer


def known(operation: Operation, line: Line, organization: OrganizationId) -> Asked | None:
    """The last outcome in the line's present round; None for whoever was not asked in it."""
    found = operation.asked.get((line.id, organization))
    return None if found is None or found.round != line.round else found


def pause(asked: Asked, organization: Organization, demand: Demand, at: Instant) -> bool:
    """Whether the organization may not be asked for the line yet."""
    if changed(asked, organization, demand):
        return False
    return asked.again_at is None or at < asked.again_at


def changed(asked: Asked, organization: Organization, demand: Demand) -> bool:
    """Whether the change that ends the pause has come since the outcome.

    Whoever was silent, be it on a routine request, is asked once the demand is more urgent.
    """
    if (asked.silences or asked.unreached) and demand.urgent_in > asked.turn:
        return True
    match asked.again_on:
        case AgainOn.FORCE:
            return organization.renewed_in > asked.turn
        case AgainOn.SCENE:
            return demand.scene_in > asked.turn
        case AgainOn.REACH:
            return max(organization.reached_in, organization.renewed_in) > asked.turn
        case None:
            return False


def ended(operation: Operation, offer: Offer, *, declined: int = 0, silent: int = 0) -> None:
    """Keep an offer's outcome, which replaces the one before it on the same line."""
    before = counted(operation, offer.line, offer.organization, offer.round)
    own = offer.free_from if offer.state is OfferState.DECLINED else None  # a yes has outrun it
    unreached = offer.state is OfferState.UNREACHABLE
    outcome = Asked(
        line=offer.line,
        organization=offer.organization,
        offer=offer.id,
        round=offer.round,
        again_at=offer.again_at,
        again_on=offer.again_on,
        turn=operation.sequence,
        declines=before.declines + declined,
        silences=before.silences + 1 if silent else before.silences if unreached else 0,
        unreached=before.unreached + 1 if unreached else 0,
        free_from=before.free_from if silent or unreached else own,
    )
    operation.asked.put((offer.line, offer.organization), outcome)


def counted(operation: Operation, line: LineId, organization: OrganizationId, round: int) -> Asked:
    """What is known of a pair in a round, with counts of 0 where nothing is."""
    found = operation.asked.get((line, organization))
    if found is None or found.round != round:
        return Asked(line=line, organization=organization, offer=OfferId(""), round=round)
    return found
