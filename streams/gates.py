"""Gates that an organization passes or fails by itself, whatever line asks: what it is, and has.

A `Standing` is all of that in one small value, so that a crowd is counted by its few standings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from schemas.values import Gate, Instant, RegistrationClass
from streams import force, hours
from streams.days import end_of, start_of
from streams.entities import HeldCertificate, Organization
from streams.force import Free, Held, Levels
from streams.parameters import CAP, CAPPED, DAY
from streams.radius import BY_CLASS, BY_GRADE
from streams.remembered import Asks

GRADES = (None, 1, 2, 3)


class Bar(NamedTuple):
    """What keeps an organization from being asked, and until when where time alone ends it."""

    gate: Gate
    until: Instant | None = None


class Standing(NamedTuple):
    """How an organization stands with one skill, at a time, towards any line.

    `unfit`: by grade asked for, none first, what it lacks; `radius`: likewise, how far it is asked
    from. `hazard`: what keeps it from hazardous work; `unproved`: what is not on record for it, so
    that it may be asked and cannot say yes. `away`: a crew of it is unheard, or it is off
    duty, outside its hours or on leave. `capped`: asked often enough today. `free`: how many units
    are free; known only where some line is of use as a whole.
    """

    unfit: tuple[Bar | None, ...]
    radius: tuple[int, ...]
    hazard: Gate | None
    away: Gate | None
    levels: Levels
    capped: bool
    free: Free | None = None
    unproved: Gate | None = None

    def bar(
        self,
        grade: int | None,
        priority: int,
        hazardous: bool,
        together: int = 1,
        *,
        proved: bool = False,
    ) -> Bar | None:
        """What bars it from a line whose demand has not asked it before; None: it may be asked.

        `together`: the fewest units that are of use; more than one only where `free` is known.
        `proved`: only whoever can say yes is looked for.
        Until when leave, hours, rest and a daily cap last is each organization's own, and not said
        here.
        """
        unfit = self.unfit[grade or 0]
        if unfit is not None:
            return unfit
        hazard = self.hazard or (self.unproved if proved else None)
        if hazardous and hazard is not None:
            return Bar(hazard)
        if self.away is not None:
            return Bar(self.away)
        full = _full(self.levels, self.free, Wanted(priority, together))
        if full is not None:
            return Bar(full)
        return Bar(Gate.DAILY_CAP) if self.capped and priority >= CAPPED else None


class Seen(NamedTuple):
    """A standing; until when its daily cap, and what keeps it away, last (0: nothing does); and
    when time changes it next."""

    standing: Standing
    cap_ends: Instant
    back_at: Instant
    next: Instant | None


class Wanted(NamedTuple):
    """How urgent a line is, and the fewest units that are of use to it."""

    priority: int
    together: int


class How(NamedTuple):
    """With free units counted, and whether only whoever takes part in exercises is asked."""

    counted: bool
    enrolled_only: bool


def see(organization: Organization, skill: str, held: Held, at: Instant, how: How) -> Seen:
    """How an organization that has a skill stands at a time."""
    cap_ends = (capped_until(held.asks, at) or 0) if held.asks else 0
    away = absent(organization, at)
    rested = force.rested_at(organization, held, at)
    standing = Standing(
        _unfit(organization, skill, at, how.enrolled_only),
        tuple(radius(organization, skill, grade, at) for grade in GRADES),
        forbidden(organization, at),
        unheard(held) or (None if away is None else away.gate),
        force.levels(organization, skill, held, at),
        cap_ends > 0,
        force.by_priority(organization, skill, held, at) if how.counted else None,
        unproved(organization),
    )
    back_at = rested if away is None else away.until or 0
    edges = [*_edges(organization, skill, at), cap_ends, rested]
    return Seen(standing, cap_ends, back_at, min((e for e in edges if e > at), default=None))


def absent(organization: Organization, at: Instant) -> Bar | None:
    """Off duty, on leave, or outside its hours."""
    if not organization.on_duty:
        return Bar(Gate.DUTY)
    if not organization.hours and not organization.leaves:
        return None
    away = hours.away(organization, at)
    return None if away is None else Bar(*away)


def unheard(held: Held) -> Gate | None:
    """Who has people in danger of whom nothing is heard looks for those, and leads nobody else in;
    what is left of it may be all that can help them."""
    return Gate.CREW_SILENT if held.unheard else None


def forbidden(organization: Organization, at: Instant) -> Gate | None:
    """What is known to keep it from hazardous work: no minors (浙江省志愿服务条例, Article 9),
    and nobody without insurance (志愿服务条例, Article 17)."""
    if organization.adults_only is False:
        return Gate.ADULTS
    through = organization.insured_through
    return Gate.INSURANCE if through is not None and at >= end_of(through) else None


def unproved(organization: Organization) -> Gate | None:
    """What is not on record that a yes to hazardous work needs. It may be asked all the same:
    that gives somebody the time to record it."""
    if organization.adults_only is None:
        return Gate.ADULTS
    return Gate.INSURANCE if organization.insured_through is None else None


def radius(organization: Organization, skill: str, grade: int | None, at: Instant) -> int:
    """Meters from its home within which it is asked by itself; of graded lines as its own grade
    says, or else as far as a team of that grade would be."""
    by_grade = BY_GRADE.get(skill)
    if grade is None or by_grade is None:
        return BY_CLASS[organization.registration_class]
    own = [
        item.certificate.grade
        for item in organization.certificates
        if item.certificate.skill == skill and _lack(item, grade, at) is None
    ]
    return by_grade[min(own, default=grade) - 1]


def busy(
    organization: Organization, skill: str, held: Held, wanted: Wanted, at: Instant
) -> Bar | None:
    """Why none of its units, or too few, can be asked for."""
    free = force.by_priority(organization, skill, held, at) if wanted.together > 1 else None
    gate = _full(force.levels(organization, skill, held, at), free, wanted)
    if gate is None:
        return None
    return Bar(gate, force.rested_at(organization, held, at) if gate is Gate.REST else None)


def _full(levels: Levels, free: Free | None, wanted: Wanted) -> Gate | None:
    """What holds the units; of a line that goes as a whole, also what is too few for it."""
    priority, together = wanted
    if priority > levels.crews:
        return Gate.CREWS
    if priority > levels.units:
        return Gate.CAPACITY
    part = None if together == 1 or free is None else free  # of a line that goes as a whole
    if part is not None and part.rested[priority - 1] < together:
        return Gate.WHOLE
    rests = part is not None and part.now[priority - 1] < together
    return Gate.REST if rests or priority > levels.rested else None


def _unfit(
    organization: Organization, skill: str, at: Instant, enrolled_only: bool
) -> tuple[Bar | None, ...]:
    if enrolled_only and not organization.enrolled:
        return _UNENROLLED
    if any(item.certificate.skill == skill for item in organization.certificates):
        return _by_grade(organization, skill, at)
    return _ungraded(organization)


def _by_grade(organization: Organization, skill: str, at: Instant) -> tuple[Bar | None, ...]:
    return tuple(graded(organization, skill, grade, at) for grade in GRADES)


def _ungraded(organization: Organization) -> tuple[Bar | None, ...]:
    """Of one without a certificate, the same for all, as most of a crowd are."""
    return _UNGRADED[organization.registration_class is RegistrationClass.REGISTERED]


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


_UNENROLLED = (Bar(Gate.ENROLLMENT),) * len(GRADES)
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


def _edges(organization: Organization, skill: str, at: Instant) -> Iterator[Instant]:
    """The instants at which its certificates, its insurance and its hours begin and end to hold."""
    for held in organization.certificates:
        if held.certificate.skill == skill:
            yield end_of(held.certificate.valid_through)
            if held.certificate.valid_from is not None:
                yield start_of(held.certificate.valid_from)
    if organization.insured_through is not None:
        yield end_of(organization.insured_through)
    if organization.hours or organization.leaves:
        yield hours.next_change(organization, at) or 0
