"""Displacing: what a yes leaves of an organization's units, and which other offers it ends."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.facts import Fact, OfferStoodDown
from schemas.values import StandDownReason
from streams import load
from streams.area import Area, Operation
from streams.cause import Cause
from streams.entities import Offer, OfferState, Organization


def displaced(area: Area, operation: Operation, said: Offer, cause: Cause) -> Iterator[Fact]:
    """Other offers, and standbys, that the rest of the units cannot serve any more.

    The most urgent keep what is left, and of these whoever was asked first; a standby keeps
    nothing from anybody.
    """
    assert said.answered is not None
    organization = area.registry.organizations[said.organization]
    left = Left(operation, organization)
    left.take(said.skill, said.answered)
    others = [offer for offer in operation.offers_to.of(said.organization) if offer.id != said.id]
    for offer in sorted(others, key=lambda other: (other.priority, other.sent_at, other.id)):
        standby = offer.state is OfferState.STANDBY
        if ((offer.answered or 1) if standby else offer.quantity) <= left.of(offer.skill):
            left.take(offer.skill, 0 if standby else offer.quantity)
        elif offer.skill == said.skill or organization.crews_most is not None:
            reason = StandDownReason.NEEDED_ELSEWHERE
            yield OfferStoodDown(offer=offer.id, reason=reason, at=cause.at)


class Left:
    """What an organization may still give its word for, by skill, as offer after offer is held
    against it."""

    def __init__(self, operation: Operation, organization: Organization) -> None:
        self._operation, self._organization = operation, organization
        self._crews = load.crews_left(operation, organization)
        self._units: dict[str, int] = {}

    def of(self, skill: str) -> int:
        units = self._units.get(skill)
        if units is None:
            units = load.uncommitted(self._operation, self._organization, skill)
        return units if self._crews is None else min(units, self._crews)

    def take(self, skill: str, units: int) -> None:
        self._units[skill] = self.of(skill) - units
        if self._crews is not None:
            self._crews -= units
