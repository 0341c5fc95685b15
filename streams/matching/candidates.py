"""Candidates: the organizations of a skill, nearest first, through the gates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from geo.distance import meters
from geo.nearest import SkillIndex
from schemas.ids import tie
from schemas.values import Certificate, Gate, GateCount, Instant, OrganizationId, Place
from streams.area import Area, Operation
from streams.entities import Line, Organization
from streams.load import available
from streams.parameters import GENERAL_REACH_METERS, GRADED_REACH_METERS

NOBODY = SkillIndex()


class Candidate(NamedTuple):
    """An organization that may be asked, at a distance, with the units it has free."""

    organization: OrganizationId
    meters: int
    units: int


class Search:
    """One line's search: yields who passes every gate, and counts who failed at which."""

    def __init__(
        self, area: Area, operation: Operation, line: Line, place: Place, at: Instant
    ) -> None:
        self._area, self._operation, self._line = area, operation, line
        self._place, self._at = place, at
        self._failed: dict[Gate, int] = {}
        self.considered = 0

    def __iter__(self) -> Iterator[Candidate]:
        """Nearest first; the reach ends it, and everybody beyond has failed at the distance."""
        index = self._area.registry.by_skill.get(self._line.skill, NOBODY)
        organizations = self._area.registry.organizations
        order = index.nearest(self._place, partial(tie, self._line.id))
        for squared, key in order:
            away = meters(squared)
            if away > reach(self._line):
                beyond = len(index) - self.considered
                self.considered += beyond
                self._failed[Gate.DISTANCE] = self._failed.get(Gate.DISTANCE, 0) + beyond
                return
            self.considered += 1
            organization = organizations[OrganizationId(key)]
            gate = failed(self._operation, self._line, organization, away, self._at)
            if gate is None:
                units = available(self._operation, organization, self._line.skill)
                yield Candidate(organization.id, away, units or 0)
            else:
                self._failed[gate] = self._failed.get(gate, 0) + 1

    def gates(self) -> tuple[GateCount, ...]:
        """How many failed where so far, in the order of the gates."""
        if not self._failed:
            return ()
        return tuple(
            GateCount(gate=gate, count=self._failed[gate]) for gate in Gate if gate in self._failed
        )


def reach(line: Line) -> int:
    """Meters that a line may ask: verified teams come from afar, mutual aid from the community."""
    return GENERAL_REACH_METERS if line.grade is None else GRADED_REACH_METERS


def failed(
    operation: Operation, line: Line, organization: Organization, away: int, at: Instant
) -> Gate | None:
    """The first gate that keeps an organization from being asked for a line, or None."""
    units = available(operation, organization, line.skill)
    if units is None:
        return Gate.SKILL
    if away > reach(line):
        return Gate.DISTANCE
    if not organization.on_duty:
        return Gate.DUTY
    if organization.id in line.organizations:
        return Gate.ASKED_BEFORE
    if line.grade is not None:
        gate = certified(organization.certificates, line.skill, line.grade, at)
        if gate is not None:
            return gate
    return Gate.CAPACITY if units == 0 else None


def certified(
    certificates: tuple[Certificate, ...], skill: str, grade: int, at: Instant
) -> Gate | None:
    """None if some certificate of the skill is good enough and valid at the time.

    Otherwise what the certificate that came nearest to it lacks.
    """
    nearest = Gate.CERTIFICATE_MISSING
    for certificate in certificates:
        if certificate.skill != skill:
            continue
        lack = _lack(certificate, grade, at)
        if lack is None:
            return None
        if nearest is Gate.CERTIFICATE_MISSING or lack is Gate.CERTIFICATE_EXPIRED:
            nearest = lack
    return nearest


def _lack(certificate: Certificate, grade: int, at: Instant) -> Gate | None:
    if certificate.grade > grade:  # 1 is the highest
        return Gate.CERTIFICATE_GRADE
    if at < certificate.valid_from:
        return Gate.CERTIFICATE_NOT_YET
    if certificate.valid_until is not None and at >= certificate.valid_until:
        return Gate.CERTIFICATE_EXPIRED
    return None
