"""Bars: what keeps one organization from being asked for one line, gate by gate."""

from __future__ import annotations

from geo.distance import meters, squared
from schemas.values import Gate, Instant, OrganizationId
from streams import asking, load
from streams.area import Operation
from streams.entities import Line, OfferState, Organization
from streams.gates import Bar, capped_until, graded
from streams.line import together
from streams.parameters import CAPPED, DAY, GENERAL_REACH_METERS, GRADED_REACH_METERS


def reach(line: Line) -> int:
    """Meters that a line may ask: verified teams come from afar, mutual aid from the community."""
    return GENERAL_REACH_METERS if line.grade is None else GRADED_REACH_METERS


def distance(operation: Operation, line: Line, organization: Organization) -> int:
    """Meters between an organization's home and what the line is about."""
    return meters(squared(operation.demands[line.demand].place, organization.place))


def barred(
    operation: Operation, line: Line, organization: Organization, away: int, at: Instant
) -> Bar | None:
    """What keeps an organization from being asked for a line, or None."""
    bar = unfit(line, organization, away, at)
    if bar is not None:
        return bar
    if not organization.on_duty:
        return Bar(Gate.DUTY)
    bar = _asked(operation, line, organization, at)
    if bar is not None:
        return bar
    free = load.available(operation, organization, line.skill, line.priority)
    if not free:
        return Bar(Gate.CAPACITY)
    if free < together(line):
        return Bar(Gate.WHOLE)
    return _capped(operation, line, organization.id, at)


def unfit(line: Line, organization: Organization, away: int | None, at: Instant) -> Bar | None:
    """What an organization lacks for a line, whoever asks it; `away` None: however far it is.

    These gates are asked again at a yes, by hand too.
    """
    if organization.retired:
        return Bar(Gate.RETIRED)
    if organization.units(line.skill) is None:
        return Bar(Gate.SKILL)
    if away is not None and away > reach(line):
        return Bar(Gate.DISTANCE)
    return graded(organization, line.skill, line.grade, at)


def _asked(operation: Operation, line: Line, organization: Organization, at: Instant) -> Bar | None:
    asked = asking.known(operation, line, organization.id)
    if asked is None:
        return None
    if operation.offers[asked.offer].state is OfferState.SENT:
        return Bar(Gate.ASKED)
    if asking.pause(asked, organization, operation.demands[line.demand], at):
        return Bar(Gate.ASKED_BEFORE, asked.again_at)
    return None


def _capped(
    operation: Operation, line: Line, organization: OrganizationId, at: Instant
) -> Bar | None:
    """Asked for enough demands today: the most urgent ones and repeats know no such cap."""
    asks = operation.asks.get(organization)
    until = capped_until(asks, at)
    if line.priority < CAPPED or asks is None or until is None:
        return None
    again = any(ask.demand == line.demand for ask in asks.counted if at < ask.at + DAY)
    return None if again else Bar(Gate.DAILY_CAP, until)
