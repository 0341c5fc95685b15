"""Why (not): one organization and one line, answered from the state in the rules' own words."""

from __future__ import annotations

from typing import NamedTuple

from geo.distance import meters, squared
from schemas.values import Certificate, Gate, Instant, LineId, OrganizationId
from streams.area import Area, Operation
from streams.entities import Line, Offer, Organization
from streams.matching.candidates import failed, reach
from streams.parameters import DAY


class Words(NamedTuple):
    zh: str
    en: str


class Why(NamedTuple):
    """Whether an organization was asked for a line; if not, the gate; and both in words."""

    asked: bool
    gate: Gate | None
    meters: int
    words: Words


def why(
    area: Area, operation: Operation, line: LineId, organization: OrganizationId, at: Instant
) -> Why | None:
    """The answer for the state at hand; None where the line or the organization is not there."""
    row = operation.lines.get(line)
    known = area.registry.organizations.get(organization)
    if row is None or known is None:
        return None
    away = meters(squared(operation.demands[row.demand].place, known.place))
    offer = _offer(operation, row, organization)
    if offer is not None:
        return Why(True, None, offer.meters, _asked(offer))
    gate = failed(operation, row, known, away, at)
    return Why(False, gate, away, _words(gate, row, known, away, at))


def _offer(operation: Operation, line: Line, organization: OrganizationId) -> Offer | None:
    found = [
        offer
        for offer in operation.offers.rows.values()
        if offer.line == line.id and offer.organization == organization
    ]
    return found[-1] if found else None


def _asked(offer: Offer) -> Words:
    away = kilometers(offer.meters)
    return Words(
        f"已邀约:合格组织中按距离第 {offer.rank} 家,{away} 公里;共比较 {offer.considered} 家。",
        f"Asked: number {offer.rank} by distance among the qualified, {away} km away; "
        f"{offer.considered} considered.",
    )


def _words(
    gate: Gate | None, line: Line, organization: Organization, away: int, at: Instant
) -> Words:
    distance = kilometers(away)
    if gate is None:
        return Words(
            f"条件符合({distance} 公里),但更近的合格组织已足够。",
            f"Qualified ({distance} km away), but nearer qualified organizations were enough.",
        )
    if gate is Gate.CERTIFICATE_EXPIRED:
        days = _days_expired(organization.certificates, line.skill, at)
        return Words(f"证书已过期 {days} 天。", f"The certificate expired {days} days ago.")
    if gate is Gate.DISTANCE:
        limit = kilometers(reach(line))
        return Words(
            f"距离 {distance} 公里,超出 {limit} 公里的范围。",
            f"{distance} km away, beyond the reach of {limit} km.",
        )
    return GATE_WORDS[gate]


GATE_WORDS = {
    Gate.DUTY: Words("当时不在值守状态。", "Was off duty at that time."),
    Gate.ASKED_BEFORE: Words("此前已为该行被邀约。", "Had been asked for this line before."),
    Gate.SKILL: Words("未登记该项技能。", "Has not registered this skill."),
    Gate.CERTIFICATE_MISSING: Words("没有该技能的认证证书。", "Has no certificate for this skill."),
    Gate.CERTIFICATE_GRADE: Words(
        "证书等级低于要求。", "The certificate's grade is lower than asked for."
    ),
    Gate.CERTIFICATE_NOT_YET: Words("证书尚未生效。", "The certificate was not valid yet."),
    Gate.CERTIFICATE_EXPIRED: Words("证书已过期。", "The certificate had expired."),
    Gate.CAPACITY: Words(
        "力量已全部被其他邀约或任务占用。",
        "All its units were held by other offers or assignments.",
    ),
    Gate.DISTANCE: Words("超出范围。", "Beyond the reach."),
}


def _days_expired(certificates: tuple[Certificate, ...], skill: str, at: Instant) -> int:
    ends = [
        item.valid_until
        for item in certificates
        if item.skill == skill and item.valid_until is not None and item.valid_until <= at
    ]
    return (at - max(ends)) // DAY if ends else 0


def kilometers(distance: int) -> str:
    """Meters as kilometers with one decimal, in integers."""
    tenths = (distance + 50) // 100
    return f"{tenths // 10}.{tenths % 10}"
