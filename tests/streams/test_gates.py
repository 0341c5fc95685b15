"""Gates: what an organization must pass before distance counts, and which of two faults is said."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.values import (
    AgainOn,
    AssignmentId,
    Capability,
    DemandId,
    Gate,
    Leave,
    OrganizationId,
    RegistrationClass,
    Shift,
    StandDownReason,
)
from streams.area import Operation
from streams.days import end_of, start_of
from streams.entities import AssignmentState, HeldCertificate, Line, OfferState, Organization
from streams.gates import Bar, certified
from streams.matching import bars
from streams.matching.bars import barred
from streams.parameters import CAP, DAY, HOUR, MINUTE
from streams.radius import BY_CLASS, BY_GRADE
from streams.remembered import Asks, DemandAsk, Load, Rest
from tests.streams.scenes import (
    GOOD,
    LATER,
    LOW,
    NOW,
    OVER,
    PUMPS,
    WATER,
    WITHDRAWN,
    asked_before,
    at_work,
    line,
    organization,
    scene,
)
from tests.streams.world import certificate

OF_GRADE_2 = BY_GRADE[WATER][1]
FAULTS: dict[Gate, dict[str, Any]] = {
    Gate.RETIRED: {"retired": True},
    Gate.SKILL: {"capabilities": (Capability(skill=PUMPS, units=2),)},
    Gate.REGISTRATION_CLASS: {"registration_class": RegistrationClass.FILED},
    Gate.CERTIFICATE_MISSING: {"certificates": ()},
    Gate.CERTIFICATE_GRADE: {"certificates": (LOW,)},
    Gate.CERTIFICATE_NOT_YET: {"certificates": (LATER,)},
    Gate.CERTIFICATE_EXPIRED: {"certificates": (OVER,)},
    Gate.CERTIFICATE_WITHDRAWN: {"certificates": (WITHDRAWN,)},
    Gate.ENROLLMENT: {"enrolled": False},
    Gate.ADULTS: {"adults_only": False},
    Gate.INSURANCE: {"insured_through": "2025-07-30"},
    Gate.CREW_SILENT: {"id": OrganizationId("unheard")},
    Gate.LEAVING: {"id": OrganizationId("leaving")},
    Gate.DUTY: {"on_duty": False},
    Gate.LEAVE: {"leaves": (Leave(begins=NOW, ends=NOW + HOUR),)},
    Gate.HOURS: {"hours": (Shift(day=4, begins=480, ends=1080),)},
    Gate.ASKED: {"id": OrganizationId("asked")},
    Gate.ASKED_BEFORE: {"id": OrganizationId("silent")},
    Gate.CREWS: {"crews_most": 0},
    Gate.CAPACITY: {"capabilities": (Capability(skill=WATER, units=0),)},
    Gate.REST: {"id": OrganizationId("resting")},
    Gate.DAILY_CAP: {"id": OrganizationId("tired")},
}


def history(row: Line) -> Operation:
    """An operation in which three organizations have been asked, each in its way."""
    _, operation = scene([])
    asked_before(operation, row, "asked", state=OfferState.SENT)
    asked_before(operation, row, "silent")
    counted = tuple(DemandAsk(demand=DemandId(str(n)), at=NOW - n) for n in range(CAP))
    operation.asks.put(OrganizationId("tired"), Asks(last_in=1, counted=counted))
    rest = Rest(crew=AssignmentId("crew"), units=2, until=NOW + HOUR)
    operation.load.put((OrganizationId("resting"), WATER), Load(resting=(rest,)))
    crew = at_work(row, "unheard", inside=3, missed_at=NOW - 1, state=AssignmentState.ON_SCENE)
    operation.assignments.put(crew.id, crew)
    crew = at_work(row, "leaving", withdrawing=True, state=AssignmentState.ON_SCENE)
    operation.assignments.put(crew.id, crew)
    operation.actual = lambda: True
    return operation


def gate_of(item: Organization, away: int = 0, **differs: Any) -> Gate | None:
    row = line(**{"priority": 3, "hazardous": True, **differs})
    bar = barred(history(row), row, item, away, NOW)
    return None if bar is None else bar.gate


def test_who_lacks_nothing_passes_every_gate() -> None:
    assert gate_of(organization("good")) is None
    assert gate_of(organization("good"), OF_GRADE_2) is None


@pytest.mark.parametrize("gate", list(FAULTS))
def test_every_gate_is_reached(gate: Gate) -> None:
    """Given an organization with one fault, then that gate and no other keeps it out."""
    assert gate_of(organization("faulty", **FAULTS[gate])) is gate


def test_the_reach_is_a_gate() -> None:
    assert gate_of(organization("far"), OF_GRADE_2 + 1) is Gate.DISTANCE


def test_every_gate_was_tried() -> None:
    of_the_place = {Gate.ZONE_CLOSED}  # tests.streams.test_zones
    assert set(Gate) == {*FAULTS, Gate.DISTANCE, Gate.WHOLE, *of_the_place}


def test_a_whole_line_asks_nobody_who_has_a_part_of_it() -> None:
    """Given two units, then they are too few for three together, and enough for two or for one of
    three; what has none at all is said first."""
    two = {"capabilities": (Capability(skill=WATER, units=2),)}
    assert gate_of(organization("two", **two), whole=True, target=3) is Gate.WHOLE
    assert gate_of(organization("two", **two), whole=True, target=2) is None
    assert gate_of(organization("two", **two), whole=False, target=3) is None
    assert gate_of(organization("none", **FAULTS[Gate.CAPACITY]), whole=True) is Gate.CAPACITY
    assert list(Gate).index(Gate.WHOLE) == list(Gate).index(Gate.CAPACITY) + 1


IN_ORDER = (
    Gate.RETIRED,
    Gate.REGISTRATION_CLASS,
    Gate.CERTIFICATE_MISSING,
    Gate.DUTY,
    Gate.ASKED_BEFORE,
    Gate.CAPACITY,
)


@pytest.mark.parametrize(("one", "other"), list(pairwise(IN_ORDER)))
def test_gates_are_checked_in_their_order(one: Gate, other: Gate) -> None:
    """Given two faults, then the earlier gate answers; the order is that of the code list."""
    both = FAULTS[other] | FAULTS[one]
    assert gate_of(organization("faulty", **both)) is one
    assert list(Gate).index(one) < list(Gate).index(other)


@pytest.mark.parametrize("kind", list(RegistrationClass))
def test_a_general_line_asks_for_no_certificate_and_no_class(kind: RegistrationClass) -> None:
    plain = organization("good", certificates=(), registration_class=kind)
    assert gate_of(plain, grade=None) is None
    assert gate_of(plain, BY_CLASS[kind], grade=None) is None
    assert gate_of(plain, BY_CLASS[kind] + 1, grade=None) is Gate.DISTANCE


# Units


def available(load: Load, priority: int) -> Bar | None:
    row = line(priority=priority)
    _, operation = scene([])
    operation.load.put((OrganizationId("busy"), WATER), load)
    return barred(operation, row, organization("busy"), 0, NOW)


def test_units_given_away_are_free_for_nobody() -> None:
    for committed, bar in ((1, None), (2, Bar(Gate.CAPACITY)), (3, Bar(Gate.CAPACITY))):
        assert available(Load(committed=committed), 1) == bar


def test_units_asked_for_are_free_for_what_is_more_urgent() -> None:
    """Given two units asked for at P3, then a P1 and a P2 may ask for them, a P3 and a P4 not."""
    passes = [available(Load(asked=(0, 0, 2, 0)), priority) is None for priority in (1, 2, 3, 4)]
    assert passes == [True, True, False, False]


def test_units_given_and_asked_for_add_up() -> None:
    load = Load(committed=1, asked=(1, 0, 0, 0))
    assert available(load, 1) == Bar(Gate.CAPACITY)
    assert available(replace(load, asked=(0, 1, 0, 0)), 1) is None


# Asked before


def after(again_at: int | None, **differs: Any) -> Bar | None:
    row = line()
    _, operation = scene([])
    asked_before(operation, row, "known", again_at=again_at, **differs)
    return barred(operation, row, organization("known"), 0, NOW)


def test_a_pause_ends_at_its_instant() -> None:
    assert after(NOW) is None
    assert after(NOW + 1) == Bar(Gate.ASKED_BEFORE, NOW + 1)
    assert after(None) == Bar(Gate.ASKED_BEFORE, None)


def test_whoever_was_thanked_is_not_barred() -> None:
    reason = StandDownReason.COVERED
    assert after(NOW, state=OfferState.STOOD_DOWN, stand_down_reason=reason) is None


@pytest.mark.parametrize("on", [AgainOn.FORCE, AgainOn.SCENE, None])
def test_a_change_ends_a_pause_if_it_came_behind_the_outcome(on: AgainOn | None) -> None:
    row = line()
    _, operation = scene([])
    asked_before(operation, row, "known", again_at=None)
    key = (row.id, OrganizationId("known"))
    operation.asked.put(key, replace(operation.asked[key], again_on=on, turn=7))
    for turn in (7, 8):
        demand = operation.demands[row.demand]
        operation.demands.put(demand.id, replace(demand, scene_in=turn))
        bar = barred(operation, row, organization("known", renewed_in=turn), 0, NOW)
        ended = turn == 8 and on is not None
        assert (bar is None) is ended


def test_what_was_said_in_an_earlier_round_binds_nobody() -> None:
    row = line()
    _, operation = scene([])
    asked_before(operation, row, "known", again_at=None)
    assert barred(operation, replace(row, round=2), organization("known"), 0, NOW) is None


# The daily cap


def capped(row: Line, asks: list[int]) -> Bar | None:
    _, operation = scene([])
    counted = tuple(DemandAsk(demand=DemandId(str(n)), at=at) for n, at in enumerate(asks))
    operation.asks.put(OrganizationId("tired"), Asks(last_in=1, counted=counted))
    operation.demands.put(row.demand, operation.demands[DemandId("demand")])
    return barred(operation, row, organization("tired"), 0, NOW)


def test_the_cap_ends_when_the_oldest_of_four_is_a_day_ago() -> None:
    recent = [NOW - DAY + MINUTE, NOW - 3, NOW - 2, NOW - 1]
    assert capped(line(priority=3), recent) == Bar(Gate.DAILY_CAP, NOW + MINUTE)
    assert capped(line(priority=3), [NOW - DAY, *recent[1:]]) is None


@pytest.mark.parametrize("priority", [1, 2])
def test_urgent_lines_know_no_cap(priority: int) -> None:
    assert capped(line(priority=priority), [NOW] * CAP) is None


def test_a_demand_that_it_was_asked_for_already_is_a_repeat() -> None:
    known = line(priority=4, demand=DemandId("2"))
    _, operation = scene([])
    operation.demands.put(DemandId("2"), operation.demands[DemandId("demand")])
    assert capped(known, [NOW] * CAP) is None


# Whoever asks, and whoever says yes


PASSED = (
    *(Gate.DUTY, Gate.LEAVE, Gate.HOURS, Gate.ASKED, Gate.ASKED_BEFORE, Gate.CREWS),
    *(Gate.CAPACITY, Gate.REST, Gate.DAILY_CAP),
)


def test_by_hand_and_at_a_yes_only_what_it_cannot_do_counts() -> None:
    """Duty, pauses, units and the cap are another matter; distance only where it is asked."""
    row = line(hazardous=True)
    unfit = partial(bars.unfit, history(row))
    for fault in PASSED:
        assert unfit(row, organization("faulty", **FAULTS[fault]), 0, NOW) is None
    assert unfit(row, organization("far"), None, NOW) is None
    for fault in set(FAULTS) - {*PASSED}:
        assert unfit(row, organization("faulty", **FAULTS[fault]), None, NOW) is not None


# Certificates


def named(held: HeldCertificate, number: str) -> HeldCertificate:
    return replace(held, certificate=replace(held.certificate, number=number))


@pytest.mark.parametrize(
    ("certificates", "gate"),
    [
        ((LOW, named(GOOD, "2")), None),  # any good one will do
        ((OVER, named(LATER, "2"), named(GOOD, "3")), None),
        ((HeldCertificate(certificate=certificate(grade=1)),), None),  # higher than asked for
        ((HeldCertificate(certificate=certificate("MEDIC")),), Gate.CERTIFICATE_MISSING),
        ((LOW, named(OVER, "2")), Gate.CERTIFICATE_EXPIRED),  # what came nearest is said
        ((OVER, named(LOW, "2")), Gate.CERTIFICATE_EXPIRED),
        ((LOW, named(LATER, "2")), Gate.CERTIFICATE_NOT_YET),
        ((OVER, named(LATER, "2")), Gate.CERTIFICATE_NOT_YET),
        ((WITHDRAWN, named(LOW, "2")), Gate.CERTIFICATE_WITHDRAWN),
        ((WITHDRAWN, named(OVER, "2")), Gate.CERTIFICATE_EXPIRED),
    ],
)
def test_any_certificate_may_qualify(
    certificates: tuple[HeldCertificate, ...], gate: Gate | None
) -> None:
    bar = certified(certificates, WATER, 2, NOW)
    assert (None if bar is None else bar.gate) is gate


def test_a_certificate_counts_from_its_first_to_its_last_day() -> None:
    span = (HeldCertificate(certificate=certificate(since="2025-08-01", through="2025-08-03")),)
    first, behind = start_of("2025-08-01"), end_of("2025-08-03")
    assert certified(span, WATER, 2, first - 1) == Bar(Gate.CERTIFICATE_NOT_YET, first)
    assert certified(span, WATER, 2, first) is None
    assert certified(span, WATER, 2, behind - 1) is None
    assert certified(span, WATER, 2, behind) == Bar(Gate.CERTIFICATE_EXPIRED)


@pytest.mark.parametrize("turn", [1, -1])
def test_of_certificates_that_are_not_valid_yet_the_first_day_counts(turn: int) -> None:
    """In whatever order they were recorded."""
    days = ("2025-08-01", "2025-09-01")
    held = tuple(
        HeldCertificate(certificate=certificate(since=day, number=day)) for day in days[::turn]
    )
    bar = certified(held, WATER, 2, NOW)
    assert bar == Bar(Gate.CERTIFICATE_NOT_YET, start_of("2025-08-01"))
