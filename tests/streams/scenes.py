"""Scenes for tests of one search: an area put together by hand, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from schemas.values import (
    AccountId,
    AssignmentId,
    Capability,
    DemandId,
    DivisionCode,
    IncidentId,
    LineId,
    Mode,
    OfferId,
    OrganizationId,
    Place,
    RegistrationClass,
)
from streams.area import Area, Operation
from streams.entities import (
    Assignment,
    Demand,
    HeldCertificate,
    Line,
    Offer,
    OfferState,
    Organization,
)
from streams.force import ALL
from streams.remembered import Asked, Load, Said, Seen
from tests.streams.world import EXERCISE, START, WENZHOU, certificate, divisions, townships

NOW = START
WATER, PUMPS = "WATER", "PUMP_DRAIN"
HERE = divisions().seat(townships()[0])
GOOD = HeldCertificate(certificate=certificate())
LOW = HeldCertificate(certificate=certificate(grade=3))
LATER = HeldCertificate(certificate=certificate(since="2025-08-01"))
OVER = HeldCertificate(certificate=certificate(through="2025-07-30"))
WITHDRAWN = HeldCertificate(certificate=certificate(), withdrawn=True)


def place(code: str) -> Place:
    return divisions().seat(code)


def organization(name: str, **differs: Any) -> Organization:
    """One that passes every gate of a rescue line, but for what differs."""
    passes = Organization(
        id=OrganizationId(name),
        name=name,
        registration_class=RegistrationClass.REGISTERED,
        home=DivisionCode(townships()[0]),
        place=HERE,
        capabilities=(Capability(skill=WATER, units=2),),
        people=12,
        certificates=(GOOD,),
        enrolled=True,
    )
    return replace(passes, **differs)


def demand() -> Demand:
    """What the line of a scene belongs to."""
    return Demand(
        id=DemandId("demand"),
        number=1,
        sequence=1,
        incident=IncidentId("incident"),
        posted_by=AccountId("desk"),
        kind="rescue_water",
        priority=1,
        place=HERE,
        lines=(LineId("line"),),
        risk_statement="水深",
        rally_point="村委会",
        way_in=None,
        sealed=(),
        release_at=NOW,
        published_at=NOW,
        needed_by=None,
        scene_in=1,
        said=Said(at=NOW),
    )


def line(**differs: Any) -> Line:
    asks = Line(
        id=LineId("line"),
        demand=DemandId("demand"),
        incident=IncidentId("incident"),
        number=1,
        skill=WATER,
        grade=2,
        minimum=1,
        target=1,
        hazardous=False,
        whole=False,
        priority=1,
        place=HERE,
        opened_at=NOW,
        wake_at=NOW,
    )
    return replace(asks, **differs)


def scene(
    organizations: Iterable[Organization], held: dict[str, int] | None = None
) -> tuple[Area, Operation]:
    """An area with organizations and one demand, and the units that are given away already."""
    area = Area(WENZHOU, divisions())
    operation = area.open_operation(EXERCISE, Mode.EXERCISE)
    operation.demands.put(DemandId("demand"), demand())
    for item in organizations:
        area.registry.organizations.put(item.id, item)
    for name, units in (held or {}).items():
        for skill in (WATER, PUMPS, ALL):
            operation.load.put((OrganizationId(name), skill), Load(committed=units))
    return area, operation


def at_work(row: Line, name: str, **differs: Any) -> Assignment:
    """A crew of one unit on a line."""
    crew = Assignment(
        id=AssignmentId(f"crew of {name}"),
        offer=OfferId(f"offer to {name}"),
        line=row.id,
        demand=row.demand,
        incident=row.incident,
        organization=OrganizationId(name),
        skill=row.skill,
        round=row.round,
        quantity=1,
        committed_at=NOW,
        starts_at=NOW,
        promised_at=NOW,
        late_at=None,
        seen=Seen(revision=1),
    )
    return replace(crew, **differs)


def asked_before(
    operation: Operation, row: Line, name: str, *, again_at: int | None = NOW + 1, **differs: Any
) -> None:
    """An organization's last outcome for a line: asked, and silent unless it differs."""
    offer = Offer(
        id=OfferId(f"offer to {name}"),
        line=row.id,
        demand=row.demand,
        organization=OrganizationId(name),
        skill=row.skill,
        priority=row.priority,
        round=row.round,
        quantity=1,
        sent_at=NOW - 200_000,
        answer_by=NOW - 80_000,
        rank=1,
        wave=1,
        meters=0,
        revision=1,
        considered=1,
        gates=(),
        by_hand=False,
        **{"state": OfferState.NO_ANSWER, **differs},
    )
    operation.offers.put(offer.id, offer)
    outcome = Asked(
        line=row.id,
        organization=offer.organization,
        offer=offer.id,
        round=row.round,
        again_at=again_at,
        turn=1,
    )
    operation.asked.put((row.id, offer.organization), outcome)
