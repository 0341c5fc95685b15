"""Orderings: by what the tables of an area are ordered and grouped, row by row; None: not in it."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from schemas.values import DemandId, DivisionCode, OrganizationId, PlaceKind
from streams import danger
from streams.entities import (
    Assignment,
    Demand,
    DemandState,
    Incident,
    IncidentState,
    Line,
    Offer,
    OfferState,
    Organization,
)
from streams.nearby import Lying
from streams.parameters import LEAVES_AFTER, SIMILAR_METERS
from streams.remembered import Asked, ReportState

CUBE: Final = 2 * SIMILAR_METERS * 100  # centimeters: the edge of the cubes that space is cut into
Cube = tuple[int, int, int]


def spelled(name: str) -> str:
    """A name as one compares it: spaces, case and the width of signs make no other one."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def name(organization: Organization) -> tuple[Any, ...]:
    return (organization.home, spelled(organization.name), organization.id)


def code(organization: Organization) -> tuple[Any, ...] | None:
    if organization.credit_code is None:
        return None
    return (organization.credit_code, organization.id)


def certificates(organization: Organization) -> list[tuple[str, str]]:
    """What names each one that it holds, and that nobody has withdrawn."""
    held = (each.certificate for each in organization.certificates if not each.withdrawn)
    return [(spelled(one.issuer), spelled(one.number)) for one in held]


def waking(line: Line) -> tuple[Any, ...] | None:
    return None if line.wake_at is None else (line.priority, line.wake_at, line.id)


def unmet(line: Line) -> tuple[Any, ...] | None:
    return (line.skill, line.priority, line.id) if line.unmet else None


def short(line: Line) -> Lying | None:
    """An unmet line, where it is: by what it lacks, and whether enough are asked for it."""
    if not line.unmet:
        return None
    enough = line.missing == 0
    alike = (line.skill, line.priority, enough, line.grade, line.hazardous)
    return Lying(alike, line.place, line.id)


def pausing(asked: Asked) -> tuple[Any, ...] | None:
    """Whoever may be asked again from a time."""
    if asked.again_at is None:
        return None
    return (asked.organization, asked.again_at, asked.line)


def event(incident: Incident) -> tuple[str, DivisionCode, str] | None:
    """What makes two incidents the same, while they are not closed."""
    if incident.state is IncidentState.CLOSED:
        return None
    return incident.hazard, incident.division, incident.label


def open_to(offer: Offer) -> OrganizationId | None:
    """Who is asked, or would still come."""
    return offer.organization if is_open(offer) and not offer.unneeded else None


def is_open(offer: Offer) -> bool:
    return offer.state is OfferState.SENT or offer.state is OfferState.STANDBY


def leaving(incident: Incident) -> tuple[Any, ...] | None:
    """From when what belonged to it leaves, its key being destroyed; None where none is there."""
    if incident.readable or incident.left or incident.destroy_at is None:
        return None
    return (incident.destroy_at + LEAVES_AFTER, incident.id)


def open_demand(demand: Demand) -> tuple[Any, ...] | None:
    if demand.state is DemandState.CLOSED:
        return None
    return (demand.incident, demand.number, demand.id)


def posted_in(demand: Demand) -> tuple[Any, ...] | None:
    """What is asked for and has a place of its own, by incident, kind and cube."""
    place = demand.place
    asked_for = demand.state not in (DemandState.CLOSED, DemandState.DRAFT)
    if not asked_for or place.kind is PlaceKind.DIVISION:
        return None
    return (demand.incident, demand.kind, place.x // CUBE, place.y // CUBE, place.z // CUBE)


def posted(demand: Demand) -> tuple[Any, ...] | None:
    """The same, in each cube by when they were published."""
    where = posted_in(demand)
    return None if where is None else (*where, demand.published_at, demand.id)


def lying(demand: Demand) -> tuple[Any, ...] | None:
    """What crews may be at work for and has a place of its own, by cube."""
    where = posted_in(demand)
    return None if where is None else (*where[2:], demand.id)


def report(demand: Demand) -> tuple[Any, ...] | None:
    """Those that another demand leads, by how it is with them."""
    if demand.leader is None:
        return None
    state = ReportState.OPEN
    if demand.state is DemandState.CLOSED:
        state = ReportState.FOLLOWED if demand.followed else ReportState.CLOSED
    return (demand.leader, state, demand.id)


def in_danger(row: Assignment) -> DemandId | None:
    """Of whom somebody has to hear first: nothing is closed over them."""
    return row.demand if danger.endangered(row) else None
