"""Bars: what keeps one organization from being asked for one line, gate by gate."""

from __future__ import annotations

from geo.distance import meters, squared
from schemas.values import Gate, Instant, OrganizationId
from streams import asking, load, orders
from streams.area import Operation
from streams.entities import Line, Offer, OfferState, Organization
from streams.force import Held
from streams.gates import (
    Bar,
    Wanted,
    absent,
    busy,
    capped_until,
    forbidden,
    graded,
    radius,
    unheard,
    unproved,
)
from streams.line import together
from streams.matching import waves
from streams.parameters import CAPPED, DAY


def distance(operation: Operation, line: Line, organization: Organization) -> int:
    """Meters between an organization's home and what the line is about."""
    return meters(squared(operation.demands[line.demand].place, organization.place))


def barred(
    operation: Operation,
    line: Line,
    organization: Organization,
    away: int,
    at: Instant,
    held: Held | None = None,
) -> Bar | None:
    """What keeps an organization from being asked for a line, or None; `held`: if its units were
    held by other things than they are."""
    bar = unfit(operation, line, organization, away, at) or absent(organization, at)
    if bar is not None:
        return bar
    bar = _asked(operation, line, organization, at) or _in_vain(operation, line, organization)
    if bar is not None:
        return bar
    held = held or load.all_held(operation, organization.id, line.skill)
    asked = Wanted(line.priority, together(line))
    bar = busy(organization, line.skill, held, asked, at)
    return _capped(operation, line, organization.id, at) if bar is None else bar


def unfit(
    operation: Operation, line: Line, organization: Organization, away: int | None, at: Instant
) -> Bar | None:
    """What an organization lacks for a line, whoever asks it; `away` None: however far it is.

    These gates are asked again at a yes, by hand too.
    """
    if operation.demands[line.demand].shut:
        return Bar(Gate.ZONE_CLOSED)
    if organization.retired:
        return Bar(Gate.RETIRED)
    if organization.units(line.skill) is None:
        return Bar(Gate.SKILL)
    if away is not None and away > radius(organization, line.skill, line.grade, at):
        return Bar(Gate.DISTANCE)
    if operation.enrolled_only and not organization.enrolled:
        return Bar(Gate.ENROLLMENT)
    bar = graded(organization, line.skill, line.grade, at)
    if bar is not None:
        return bar
    gate = forbidden(organization, at) if line.hazardous else None
    gate = gate or unheard(load.all_held(operation, organization.id, line.skill))
    if gate is None and orders.leaving(operation, line.demand, organization.id):
        gate = Gate.LEAVING
    return None if gate is None else Bar(gate)


def waiting(
    operation: Operation, line: Line, organization: Organization, away: int | None, at: Instant
) -> Bar | None:
    """What keeps one that waits for a word at the demand from being asked for a line of it.

    Neither duty, hours, nor a daily cap: it would come. `away` None: nor distance, it is there.
    """
    bar = unfit(operation, line, organization, away, at)
    bar = bar or _asked(operation, line, organization, at)
    if bar is not None:
        return bar
    free = load.available(operation, organization, line.skill, line.priority, at)
    return None if free >= together(line) else Bar(Gate.CAPACITY)


def unsafe(line: Line, organization: Organization) -> Bar | None:
    """What is not on record of an organization that says yes to hazardous work."""
    gate = unproved(organization) if line.hazardous else None
    return None if gate is None else Bar(gate)


def _asked(operation: Operation, line: Line, organization: Organization, at: Instant) -> Bar | None:
    asked = asking.known(operation, line, organization.id)
    if asked is None:
        return None
    if operation.offers[asked.offer].state is OfferState.SENT:
        return Bar(Gate.ASKED)
    if asking.pause(asked, organization, operation.demands[line.demand], at):
        return Bar(Gate.ASKED_BEFORE, asked.again_at)
    return None


def in_vain(operation: Operation, line: Line) -> int:
    """How many are asked for a line who cannot say yes yet."""
    return sum(one.unproved and one.state is OfferState.SENT for one in _of(operation, line))


def _of(operation: Operation, line: Line) -> list[Offer]:
    return operation.offers_on.of(line.id) if line.hazardous else []


def _in_vain(operation: Operation, line: Line, organization: Organization) -> Bar | None:
    """As many as one would ask are asked already who cannot say yes yet: they have the time to be
    recorded, and nobody else is rung for that."""
    bar = unsafe(line, organization)
    return (
        bar if bar is not None and in_vain(operation, line) >= most_asked(operation, line) else None
    )


def most_asked(operation: Operation, line: Line) -> int:
    """How many are asked for a line at the same time."""
    most = operation.rules().wave_most
    return waves.size(operation.tallies.get(line.skill), line.priority, most)


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
