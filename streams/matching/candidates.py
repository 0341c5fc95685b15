"""Candidates: the organizations of a skill, nearest first, through the gates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from geo.distance import meters, squared
from geo.nearest import SkillIndex
from schemas.ids import tie
from schemas.values import (
    Gate,
    GateCount,
    Instant,
    OrganizationId,
    Place,
    RegistrationClass,
    StandDownReason,
)
from streams import asking, load
from streams.area import Area, Operation
from streams.days import end_of, start_of
from streams.entities import HeldCertificate, Line, OfferState, Organization
from streams.parameters import (
    CAP,
    CAPPED,
    DAY,
    GENERAL_REACH_METERS,
    GRADED_REACH_METERS,
)

NOBODY = SkillIndex()
IN_ORDER = tuple(Gate)


class Candidate(NamedTuple):
    """An organization that may be asked: how far away, with which free units, which by distance."""

    organization: OrganizationId
    meters: int
    units: int
    rank: int


class Bar(NamedTuple):
    """What keeps an organization from being asked, and until when where time alone ends it."""

    gate: Gate
    until: Instant | None = None


class Search:
    """One line's search: yields who passes every gate, and counts who failed at which.

    Whoever was not asked in this round comes first, then the others, each time the nearest. A
    request that was taken back because the demand was amended is none: its answer never counted.
    """

    def __init__(
        self, area: Area, operation: Operation, line: Line, place: Place, at: Instant
    ) -> None:
        self._area, self._operation, self._line = area, operation, line
        self._place, self._at = place, at
        self._failed: dict[Gate, int] = {}
        self.considered = 0
        self.ends: Instant | None = None  # when time opens the first gate, of those that it opens

    def __iter__(self) -> Iterator[Candidate]:
        again: list[Candidate] = []
        rank = 0
        for away, organization in self._in_reach():
            bar = barred(self._operation, self._line, organization, away, self._at)
            if bar is not None:
                self._count(bar)
                continue
            rank += 1
            found = self._candidate(organization, away, rank)
            if self._first(organization.id):
                yield found
            else:
                again.append(found)
        yield from again

    def _first(self, organization: OrganizationId) -> bool:
        known = asking.known(self._operation, self._line, organization)
        if known is None:
            return True
        last = self._operation.offers[known.offer]
        amended = last.stand_down_reason is StandDownReason.DEMAND_AMENDED
        return amended and last.state is OfferState.STOOD_DOWN

    def _in_reach(self) -> Iterator[tuple[int, Organization]]:
        """The reach ends it, and everybody beyond has failed at the distance."""
        index = self._area.registry.by_skill.get(self._line.skill, NOBODY)
        organizations, most = self._area.registry.organizations, reach(self._line)
        for square, key in index.nearest(self._place, partial(tie, self._line.id)):
            away = meters(square)
            if away > most:
                beyond = len(index) - self.considered
                self.considered += beyond
                self._failed[Gate.DISTANCE] = self._failed.get(Gate.DISTANCE, 0) + beyond
                return
            self.considered += 1
            yield away, organizations[OrganizationId(key)]

    def _candidate(self, organization: Organization, away: int, rank: int) -> Candidate:
        line = self._line
        units = load.available(self._operation, organization, line.skill, line.priority)
        return Candidate(organization.id, away, units, rank)

    def _count(self, bar: Bar) -> None:
        self._failed[bar.gate] = self._failed.get(bar.gate, 0) + 1
        if bar.until is not None and (self.ends is None or bar.until < self.ends):
            self.ends = bar.until

    def gates(self) -> tuple[GateCount, ...]:
        """How many failed where so far, in the order of the gates."""
        if not self._failed:
            return ()
        return tuple(
            GateCount(gate=gate, count=self._failed[gate])
            for gate in IN_ORDER
            if gate in self._failed
        )


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
    if not load.available(operation, organization, line.skill, line.priority):
        return Bar(Gate.CAPACITY)
    return _capped(operation, line, organization.id, at)


def unfit(line: Line, organization: Organization, away: int | None, at: Instant) -> Bar | None:
    """What an organization lacks for a line, whoever asks it; `away` None: however far it is.

    These gates are asked again at a yes, by hand too.
    """
    if organization.retired:
        return Bar(Gate.RETIRED)
    if load.units(organization, line.skill) is None:
        return Bar(Gate.SKILL)
    if away is not None and away > reach(line):
        return Bar(Gate.DISTANCE)
    if line.grade is None:
        return None
    if organization.registration_class is not RegistrationClass.REGISTERED:
        return Bar(Gate.REGISTRATION_CLASS)
    return certified(organization.certificates, line.skill, line.grade, at)


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
    if line.priority < CAPPED:
        return None
    asks = operation.asks.get(organization)
    recent = [] if asks is None else [ask for ask in asks.counted if at < ask.at + DAY]
    if len(recent) < CAP or any(ask.demand == line.demand for ask in recent):
        return None
    return Bar(Gate.DAILY_CAP, recent[-CAP].at + DAY)


def certified(held: tuple[HeldCertificate, ...], skill: str, grade: int, at: Instant) -> Bar | None:
    """None if some certificate of the skill is good enough and valid at the time.

    Otherwise what the certificate that came nearest to it lacks; of those not valid yet, the
    one that is valid first.
    """
    lacks = [_lack(item, grade, at) for item in held if item.certificate.skill == skill]
    if None in lacks:
        return None
    return max(
        (lack for lack in lacks if lack is not None),
        key=lambda lack: (_NEARNESS.index(lack.gate), -(lack.until or 0)),
        default=Bar(Gate.CERTIFICATE_MISSING),
    )


_NEARNESS = (
    Gate.CERTIFICATE_GRADE,
    Gate.CERTIFICATE_WITHDRAWN,
    Gate.CERTIFICATE_EXPIRED,
    Gate.CERTIFICATE_NOT_YET,
)


def _lack(held: HeldCertificate, grade: int, at: Instant) -> Bar | None:
    certificate = held.certificate
    if certificate.grade > grade:  # 1 is the highest
        return Bar(Gate.CERTIFICATE_GRADE)
    if held.withdrawn:
        return Bar(Gate.CERTIFICATE_WITHDRAWN)
    if at >= end_of(certificate.valid_through):
        return Bar(Gate.CERTIFICATE_EXPIRED)
    if certificate.valid_from is not None and at < start_of(certificate.valid_from):
        return Bar(Gate.CERTIFICATE_NOT_YET, start_of(certificate.valid_from))
    return None
