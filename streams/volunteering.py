"""Volunteering: an organization offers itself for a line that it sees and was not asked for.

Where the line looks for just such a one, that is simply a yes; else it waits for the desk's word,
as somebody who would come, and is asked first when the line looks for more.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import OfferHelp
from schemas.facts import CrewReceived
from schemas.refusals import Refusal
from schemas.values import OfferId
from streams import asking, gates, outcome, wording
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import Demand, DemandState, Line, OfferState, Organization
from streams.matching import bars, waves
from streams.offer import barred, shut, taken, would_come
from streams.unasked import expected


def offer_help(area: Area, command: OfferHelp, cause: Cause) -> Decision:
    """As if it had been asked just now: every gate of a yes is checked, for all that it offers."""
    operation = area.operations[cause.operation]
    line = operation.lines[command.line]
    organization = area.registry.organizations[command.organization]
    demand = operation.demands[line.demand]
    if demand.state is DemandState.DRAFT or cause.at < demand.release_at:
        return Refused(Refusal.NOT_FOUND)  # nobody but its desk knows of it yet
    refusal = (
        _unread(demand, command)
        or shut(operation, line, organization)
        or expected(operation, line, organization)
        or _answered(operation, line, organization, cause)
        or barred(operation, line, organization, cause, command.quantity)
    )
    if refusal is not None:
        return refusal
    received = CrewReceived(
        offer=OfferId(cause.new_id()),
        line=line.id,
        demand=line.demand,
        organization=organization.id,
        quantity=command.quantity,
        meters=bars.distance(operation, line, organization),
        here=False,
        by_desk=False,
        at=cause.at,
    )
    wanted = looked_for(operation, line, organization, cause)
    said = replace(
        outcome.received(operation, received),
        answered=min(command.quantity, lines.missing(line)) if wanted else command.quantity,
        minutes=command.minutes,
        people=command.people,
    )
    then = taken(area, said, cause) if wanted else would_come(area, said, cause)
    return then if isinstance(then, Refused) else [received, *then]


def _unread(demand: Demand, command: OfferHelp) -> Refused | None:
    """It has read other words than those that are said now: it reads them before it says yes."""
    last, read = wording.mattering(demand), command.revision
    if read is None or last <= read <= demand.revision:
        return None
    return Refused(Refusal.WORDS_CHANGED, (demand.id,))


def _answered(
    operation: Operation, line: Line, organization: Organization, cause: Cause
) -> Refused | None:
    """What it was asked already is answered there; and whom a desk has thanked has its pause."""
    known = asking.known(operation, line, organization.id)
    if known is None:
        return None
    offer = operation.offers[known.offer]
    match offer.state:
        case OfferState.STANDBY:
            return Refused(Refusal.ALREADY_ANSWERED, (offer.id,))
        case OfferState.NO_ANSWER | OfferState.UNREACHABLE | OfferState.DECLINED:
            return Refused(Refusal.ALREADY_ASKED, (offer.id,))
        case OfferState.STOOD_DOWN:
            welcome = asking.welcome(offer.stand_down_reason, known.again_at, cause.at)
            return None if welcome else Refused(Refusal.OFFER_STOOD_DOWN, (offer.id,))
        case _:
            return None


def looked_for(operation: Operation, line: Line, organization: Organization, cause: Cause) -> bool:
    """Whether the line would ask such a one: it is short, too few are asked, and it is in reach."""
    if operation.demands[line.demand].state is not DemandState.PUBLISHED:
        return False
    reach = gates.radius(organization, line.skill, line.grade, cause.at)
    short = lines.missing(line)
    size = waves.size(operation.tallies.get(line.skill), line.priority, operation.rules().wave_most)
    enough = line.asked >= short and line.live_offers >= size
    return bool(short) and not enough and bars.distance(operation, line, organization) <= reach
