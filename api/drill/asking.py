"""Asking by hand: whom a desk thinks of where nobody is found in the order."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.line_views import LineView
from schemas.values import Instant, OrganizationId, RegistrationClass
from schemas.views import AssignmentRow, DemandRow, OfferRow, OrganizationRow, Row
from streams.days import day_of

AWAITED = ("sent", "accepted", "standby")
REASONS = (
    "电话中表示现在可以出动",
    "路程较远，但装备合适",
    "当地情况紧急，由值班室直接请求",
)


def nearest(
    rows: Iterable[Row], demand: DemandRow, line: LineView, at: Instant
) -> list[OrganizationRow]:
    """The organizations in sight that have what a line asks for, the nearest first.

    By hand one passes the order, the distance and a pause, never a certificate.
    """
    rows = list(rows)
    taken = set(_taken(rows, line))
    able = [
        row
        for row in rows
        if isinstance(row, OrganizationRow) and row.id not in taken and _is_able(row, line, at)
    ]
    return sorted(able, key=lambda row: _apart(row, demand))


def _taken(rows: Iterable[Row], line: LineView) -> Iterable[OrganizationId]:
    """Who has to answer, has answered, or is at work."""
    for row in rows:
        match row:
            case OfferRow() if row.line == line.id and row.state in AWAITED:
                yield row.organization
            case AssignmentRow(ended_at=None):
                yield row.organization


def _is_able(row: OrganizationRow, line: LineView, at: Instant) -> bool:
    if row.retired or not any(own.skill == line.skill and own.units for own in row.capabilities):
        return False
    if line.grade is None:
        return True
    return row.registration_class is RegistrationClass.REGISTERED and any(
        not held.withdrawn
        and held.certificate.skill == line.skill
        and held.certificate.grade <= line.grade
        and held.certificate.valid_through >= day_of(at)
        for held in row.certificates
    )


def _apart(row: OrganizationRow, demand: DemandRow) -> tuple[int, str]:
    """1e-7 degrees, squared: good enough for a choice among neighbors."""
    return (row.lon - demand.lon) ** 2 + (row.lat - demand.lat) ** 2, row.id
