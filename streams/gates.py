"""Gates that an organization passes or fails by itself, whatever line asks: what it is, and has.

A `Standing` is all of that in one small value, so that a crowd is counted by its few standings.
"""

from __future__ import annotations

from typing import NamedTuple

from schemas.values import Gate, Instant, RegistrationClass
from streams.days import end_of, start_of
from streams.entities import HeldCertificate, Organization
from streams.parameters import CAP, CAPPED, DAY, URGENCY
from streams.remembered import Asks, Load

GRADES = (None, 1, 2, 3)
NOTHING = Load()


class Bar(NamedTuple):
    """What keeps an organization from being asked, and until when where time alone ends it."""

    gate: Gate
    until: Instant | None = None


class Standing(NamedTuple):
    """How an organization stands with one skill, at a time, towards any line.

    `unfit`: by grade asked for, none first, what it lacks. `level`: the least urgent priority at
    which units of it are free, 0 for none. `capped`: asked often enough today. `free`: how many are
    free, the most urgent priority first; known only where some line is of use as a whole.
    """

    unfit: tuple[Bar | None, ...]
    on_duty: bool
    level: int
    capped: bool
    free: tuple[int, ...] = ()

    def bar(self, grade: int | None, priority: int, together: int = 1) -> Bar | None:
        """What bars it from a line whose demand has not asked it before; None: it may be asked.

        `together`: the fewest units that are of use; more than one only where `free` is known.
        Until when a daily cap lasts is each organization's own, and not said here.
        """
        unfit = self.unfit[grade or 0]
        if unfit is not None:
            return unfit
        if not self.on_duty:
            return Bar(Gate.DUTY)
        if priority > self.level:
            return Bar(Gate.CAPACITY)
        if together > 1 and self.free[priority - 1] < together:
            return Bar(Gate.WHOLE)
        return Bar(Gate.DAILY_CAP) if self.capped and priority >= CAPPED else None


class Seen(NamedTuple):
    """A standing, until when its daily cap lasts (0: none), and when time changes it next."""

    standing: Standing
    cap_ends: Instant
    next: Instant | None


def see(
    organization: Organization,
    skill: str,
    load: Load,
    asks: Asks | None,
    at: Instant,
    *,
    counted: bool = False,
) -> Seen:
    """How an organization that has a skill stands at a time; `counted`: with its free units."""
    certificates = organization.certificates
    held = [item for item in certificates if item.certificate.skill == skill]
    edges = [edge for item in held for edge in _edges(item) if edge > at]
    cap_ends = (capped_until(asks, at) or 0) if asks else 0
    if cap_ends:
        edges.append(cap_ends)
    standing = Standing(
        _ungraded(organization) if not held else _by_grade(organization, skill, at),
        organization.on_duty,
        level(organization.units(skill) or 0, load),
        cap_ends > 0,
        _free(organization.units(skill) or 0, load) if counted else (),
    )
    return Seen(standing, cap_ends, min(edges, default=None))


def _by_grade(organization: Organization, skill: str, at: Instant) -> tuple[Bar | None, ...]:
    return tuple(graded(organization, skill, grade, at) for grade in GRADES)


def _ungraded(organization: Organization) -> tuple[Bar | None, ...]:
    """Of one without a certificate, the same for all, as most of a crowd are."""
    return _UNGRADED[organization.registration_class is RegistrationClass.REGISTERED]


def level(units: int, load: Load) -> int:
    """The least urgent priority at which some of the units may be asked for; 0 for none."""
    free = units - load.committed
    for priority in URGENCY:
        free -= load.asked[priority - 1]
        if free <= 0:
            return priority - 1
    return max(URGENCY)


def _free(units: int, load: Load) -> tuple[int, ...]:
    """By priority, how many of the units may be asked for."""
    left = units - load.committed
    return tuple(max(0, left - sum(load.asked[:priority])) for priority in URGENCY)


def capped_until(asks: Asks | None, at: Instant) -> Instant | None:
    """When somebody who has been asked for enough demands today may be asked for one more."""
    recent = [] if asks is None else [ask for ask in asks.counted if at < ask.at + DAY]
    return recent[-CAP].at + DAY if len(recent) >= CAP else None


def graded(organization: Organization, skill: str, grade: int | None, at: Instant) -> Bar | None:
    """What an organization lacks for a grade of a skill that it has; a general skill asks none."""
    if grade is None:
        return None
    if organization.registration_class is not RegistrationClass.REGISTERED:
        return Bar(Gate.REGISTRATION_CLASS)
    return certified(organization.certificates, skill, grade, at)


_UNGRADED: tuple[tuple[Bar | None, ...], ...] = (
    (None, *(Bar(Gate.REGISTRATION_CLASS),) * 3),
    (None, *(Bar(Gate.CERTIFICATE_MISSING),) * 3),
)


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


def _edges(held: HeldCertificate) -> tuple[Instant, ...]:
    """The instants at which a certificate begins and ends to hold."""
    certificate = held.certificate
    since = certificate.valid_from
    return (end_of(certificate.valid_through), *(() if since is None else (start_of(since),)))
