"""Legal gates: rules of law that are code, by the number of the list they were taken from.

L1 to L7: 志愿服务条例, 浙江省志愿服务条例, and 民政部令第67号; see docs/legal.md.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import DeclineReason, Gate, LineId, Mode, OrganizationId
from streams.days import end_of
from tests.streams.world import DESK, SEALED, STEWARD, World, asked, certificate, kinds, only

GOOD: dict[str, Any] = {"adults_only": True, "insured_through": "2026-12-31"}


def record(world: World, made: OrganizationId, **said: Any) -> None:
    world.send(STEWARD, c.RecordSafeguards(organization=made, **{**GOOD, **said}))


def hazardous(world: World) -> tuple[LineId, list[f.OfferSent]]:
    facts = world.demand(world.incident(), hazardous=True)
    return only(facts, f.DemandPublished).lines[0].line, asked(facts)


def test_l1_nobody_is_assigned_without_its_yes_and_a_no_leaves_no_trace() -> None:
    """Given a no, then there is no work, nothing holds its units, and elsewhere it is asked as if
    it had never said so, at its place by distance."""
    world = World()
    made = world.organization("near")
    world.organization("far", township=7)
    incident = world.incident()
    [offer, *_] = asked(world.demand(incident))
    facts = world.no(offer, reason=DeclineReason.NO_CREW)
    assert "AssignmentCommitted" not in kinds(facts)
    assert not world.operation.assignments.rows
    [first, *_] = asked(world.demand(incident))
    assert (first.organization, first.rank) == (made, 1)


@pytest.mark.parametrize(
    ("number", "known", "gate", "refusal"),
    [
        ("L2", {"adults_only": False}, Gate.ADULTS, Refusal.ADULTS_UNCONFIRMED),
        ("L3", {"insured_through": "2025-07-30"}, Gate.INSURANCE, Refusal.INSURANCE_UNCONFIRMED),
    ],
)
def test_l2_l3_who_lacks_adults_or_insurance_is_not_asked_for_hazardous_work(
    number: str, known: dict[str, Any], gate: Gate, refusal: Refusal
) -> None:
    """Nor by hand; and is asked at once when it is recorded. Other work is open to it."""
    world = World()
    made = world.organization("pumps")
    record(world, made, **known)
    line, offers = hazardous(world)
    assert offers == []
    assert [count.gate for count in world.operation.lines[line].gates] == [gate], number
    by_hand = c.AskByHand(line=line, organization=made, reason=SEALED)
    assert world.refused(DESK, by_hand) is refusal
    record(world, made)
    [offer] = asked(world.wait(minutes=0))
    assert offer.organization == made


@pytest.mark.parametrize(
    ("known", "refusal"),
    [
        ({"adults_only": None}, Refusal.ADULTS_UNCONFIRMED),
        ({"insured_through": None}, Refusal.INSURANCE_UNCONFIRMED),
    ],
)
def test_l2_l3_what_is_not_known_is_asked_and_its_yes_counts_once_it_is_recorded(
    known: dict[str, Any], refusal: Refusal
) -> None:
    world = World()
    made = world.organization("pumps")
    record(world, made, **known)
    _, [offer] = hazardous(world)
    yes = c.AcceptOffer(offer=offer.offer, quantity=1)
    assert world.refused("pumps", yes) is refusal
    assert world.refused(DESK, yes) is refusal  # by phone neither
    world.send(DESK, c.RecordSafeguards(organization=made, **GOOD))
    assert "AssignmentCommitted" in kinds(world.send("pumps", yes))


def test_l3_insurance_ends_with_its_day() -> None:
    """Given an offer that is open over midnight, then the yes behind it is refused."""
    world = World()
    made = world.organization("pumps")
    record(world, made, insured_through="2025-07-31")
    world.at = end_of("2025-07-31") - 60_000
    _, [offer] = hazardous(world)
    world.at += 60_000
    yes = c.AcceptOffer(offer=offer.offer, quantity=1)
    assert world.refused("pumps", yes) is Refusal.INSURANCE_UNCONFIRMED


def test_l4_a_need_states_its_risk() -> None:
    """Every request names the risk that the desk has stated; none is published without."""
    world = World()
    world.organization("pumps")
    facts = world.demand(world.incident())
    assert only(facts, f.DemandPublished).risk_statement
    raw = msgspec.to_builtins(world.demand_command(next(iter(world.operation.incidents.rows))))
    raw["risk_statement"] = ""
    with pytest.raises(msgspec.ValidationError, match="risk_statement"):
        msgspec.convert(raw, c.PublishDemand)


def test_l5_what_was_agreed_is_in_writing() -> None:
    """A yes to hazardous work, an agreement in electronic form (民法典第469条), keeps on record who
    asked for what, where and at which risk, and who said yes to how much, when, by which way."""
    world = World()
    made = world.organization("pumps")
    record(world, made)
    line, [offer] = hazardous(world)
    accepted = only(world.yes(offer, people=6), f.OfferAccepted)
    row = world.operation.lines[line]
    demand = world.operation.demands[row.demand]
    assert (offer.line, offer.organization, offer.quantity) == (line, made, 1)
    assert row.hazardous
    assert demand.risk_statement
    assert demand.rally_point
    assert (accepted.offer, accepted.quantity, accepted.people) == (offer.offer, 1, 6)
    assert (accepted.by_desk, accepted.by_message, accepted.at) == (False, False, world.at)


def test_l6_who_has_no_valid_certificate_is_not_asked_for_graded_work() -> None:
    """Nor by hand."""
    world = World()
    held = certificate(through="2025-07-30")
    made = world.organization("boats", skill="WATER", certificate=held)
    facts = world.demand(world.incident(), skill="WATER", grade=2)
    assert asked(facts) == []
    line = only(facts, f.DemandPublished).lines[0].line
    by_hand = c.AskByHand(line=line, organization=made, reason=SEALED)
    assert world.refused(DESK, by_hand) is Refusal.CERTIFICATE_EXPIRED


def test_l7_service_is_on_record_with_its_times_and_people() -> None:
    world = World(mode=Mode.ACTUAL)
    made = world.organization("pumps")
    [offer] = asked(world.demand(world.incident()))
    crew = world.at_work(offer, people=6)
    world.send("pumps", c.Arrive(assignment=crew, people=5))
    world.wait(minutes=90)
    world.send("pumps", c.ReportDone(assignment=crew))
    world.send(DESK, c.ConfirmAssignment(assignment=crew, done=True))
    served = world.operation.assignments[crew]
    assert (served.organization, served.people, served.state) == (made, 5, "released")
    assert served.arrived_at is not None
    assert served.reported_at is not None
    assert served.reported_at - served.arrived_at == 90 * 60_000
