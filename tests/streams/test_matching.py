"""Matching: how many are asked at once, who is, in which order, and why everybody else is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from itertools import islice, pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from geo.distance import meters, squared
from schemas.ids import tie
from schemas.values import (
    Capability,
    Certificate,
    DemandId,
    DivisionCode,
    Gate,
    GateCount,
    IncidentId,
    LineId,
    Mode,
    OrganizationId,
    Place,
    RegistrationClass,
)
from streams.area import Area, Operation
from streams.entities import Line, Organization, Tally
from streams.matching.candidates import Candidate, Search, certified, failed, reach
from streams.matching.waves import size
from streams.parameters import GENERAL_REACH_METERS, GRADED_REACH_METERS, URGENCY, WAVE_MOST
from tests.streams.world import EXERCISE, WENZHOU, divisions, townships

NOW = 1_753_900_000_000

# Waves

TALLIES = st.integers(0, 10_000).flatmap(
    lambda answered: st.builds(Tally, answered=st.just(answered), accepted=st.integers(0, answered))
)
PRIORITIES = st.sampled_from(sorted(URGENCY))


@pytest.mark.parametrize(
    ("answered", "accepted", "priority", "wanted"),
    [
        (0, 0, 1, 5),  # one yes in two: (1/2)^5 = .031 <= .05
        (0, 0, 2, 4),  # .0625 <= .1
        (0, 0, 3, 3),  # .125 <= .2
        (0, 0, 4, 2),  # .25 <= .4
        (8, 7, 1, 2),  # eight yes in ten: (1/5)^2 = .04
        (8, 7, 4, 1),  # .2
        (98, 98, 1, 1),  # .01
        (8, 0, 1, WAVE_MOST),  # one yes in ten would want 29
        (8, 0, 4, WAVE_MOST),  # (9/10)^8 = .43 > .4
        (18, 18, 1, 1),  # exactly 1/20, so exactly .05 is enough
    ],
)
def test_a_wave_is_as_large_as_computed_by_hand(
    answered: int, accepted: int, priority: int, wanted: int
) -> None:
    assert size(Tally(answered=answered, accepted=accepted), priority) == wanted


def test_without_any_answers_a_wave_follows_the_prior() -> None:
    assert [size(None, priority) for priority in (1, 2, 3, 4)] == [5, 4, 3, 2]


@pytest.mark.parametrize("scale", [10**3, 10**9, 10**17])
def test_a_wave_is_exact_where_a_float_is_not(scale: int) -> None:
    """Given one refusal more than a twentieth of any number, then one is not enough."""
    total = 20 * scale
    for refused, wanted in ((scale, 1), (scale + 1, 2)):
        tally = Tally(answered=total - 2, accepted=total - 1 - refused)
        assert size(tally, 1) == wanted


@given(tally=TALLIES, priority=PRIORITIES)
def test_a_wave_is_the_least_that_is_sure_enough(tally: Tally, priority: int) -> None:
    refuse = 1 - Fraction(tally.accepted + 1, tally.answered + 2)
    allowed = 1 - Fraction(URGENCY[priority].aim, 1_000)
    enough = (n for n in range(1, WAVE_MOST) if refuse**n <= allowed)
    assert size(tally, priority) == next(enough, WAVE_MOST)


@given(tally=TALLIES)
def test_a_surer_aim_never_asks_fewer(tally: Tally) -> None:
    by_aim = sorted(URGENCY, key=lambda priority: URGENCY[priority].aim)
    assert all(size(tally, low) <= size(tally, high) for low, high in pairwise(by_aim))


@given(tally=TALLIES, priority=PRIORITIES)
def test_a_yes_never_asks_more_and_a_no_never_fewer(tally: Tally, priority: int) -> None:
    yes = replace(tally, answered=tally.answered + 1, accepted=tally.accepted + 1)
    no = replace(tally, answered=tally.answered + 1)
    assert size(yes, priority) <= size(tally, priority) <= size(no, priority)


# Gates

WATER, PUMPS = "WATER", "PUMP_DRAIN"
HERE = divisions().seat(townships()[0])
GOOD = Certificate(skill=WATER, grade=2, valid_from=0, valid_until=None)
LOW = replace(GOOD, grade=3)
LATER = replace(GOOD, valid_from=NOW + 1)
OVER = replace(GOOD, valid_until=NOW)


def place(code: str) -> Place:
    return divisions().seat(code)


def organization(name: str, **differs: Any) -> Organization:
    """One that passes every gate of a rescue line, but for what differs."""
    passes = Organization(
        id=OrganizationId(name),
        name=name,
        registration_class=RegistrationClass.FILED,
        home=DivisionCode(townships()[0]),
        place=HERE,
        capabilities=(Capability(skill=WATER, units=2),),
        people=12,
        certificates=(GOOD,),
    )
    return replace(passes, **differs)


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
        priority=1,
        wake_at=NOW,
    )
    return replace(asks, **differs)


def scene(organizations: Iterable[Organization], held: dict[str, int]) -> tuple[Area, Operation]:
    """An area with organizations, and what they hold in one operation."""
    area = Area(WENZHOU, divisions())
    operation = area.open_operation(EXERCISE, Mode.EXERCISE)
    for item in organizations:
        area.registry.organizations.put(item.id, item)
    for name, units in held.items():
        for skill in (WATER, PUMPS):
            operation.load.put((OrganizationId(name), skill), units)
    return area, operation


FAULTS: dict[Gate, dict[str, Any]] = {
    Gate.DUTY: {"on_duty": False},
    Gate.ASKED_BEFORE: {"id": OrganizationId("asked")},
    Gate.SKILL: {"capabilities": (Capability(skill=PUMPS, units=2),)},
    Gate.CERTIFICATE_MISSING: {"certificates": ()},
    Gate.CERTIFICATE_GRADE: {"certificates": (LOW,)},
    Gate.CERTIFICATE_NOT_YET: {"certificates": (LATER,)},
    Gate.CERTIFICATE_EXPIRED: {"certificates": (OVER,)},
    Gate.CAPACITY: {"capabilities": (Capability(skill=WATER, units=0),)},
}


def gate_of(item: Organization, away: int = 0) -> Gate | None:
    _, operation = scene([item], {})
    return failed(operation, line(organizations=(OrganizationId("asked"),)), item, away, NOW)


def test_who_lacks_nothing_passes_every_gate() -> None:
    assert gate_of(organization("good")) is None
    assert gate_of(organization("good"), GRADED_REACH_METERS) is None


@pytest.mark.parametrize("gate", list(FAULTS))
def test_every_gate_is_reached(gate: Gate) -> None:
    """Given an organization with one fault, then that gate and no other keeps it out."""
    assert gate_of(organization("faulty", **FAULTS[gate])) is gate


def test_the_reach_is_a_gate() -> None:
    assert gate_of(organization("far"), GRADED_REACH_METERS + 1) is Gate.DISTANCE


def test_every_gate_was_tried() -> None:
    assert set(Gate) == {*FAULTS, Gate.DISTANCE}


IN_ORDER = (Gate.DUTY, Gate.ASKED_BEFORE, Gate.CERTIFICATE_MISSING, Gate.CAPACITY)


@pytest.mark.parametrize(("one", "other"), list(pairwise(IN_ORDER)))
def test_gates_are_checked_in_their_order(one: Gate, other: Gate) -> None:
    """Given two faults, then the earlier gate answers; the order is that of the code list."""
    both = FAULTS[other] | FAULTS[one]
    assert gate_of(organization("faulty", **both)) is one
    assert list(Gate).index(one) < list(Gate).index(other)


def test_a_general_line_asks_for_no_certificate() -> None:
    _, operation = scene([organization("good")], {})
    uncertified = organization("good", certificates=())
    assert failed(operation, line(grade=None), uncertified, 0, NOW) is None
    far = GENERAL_REACH_METERS + 1
    assert failed(operation, line(grade=None), uncertified, far, NOW) is Gate.DISTANCE


def test_units_held_elsewhere_are_not_free() -> None:
    item = organization("busy")
    for held, gate in ((1, None), (2, Gate.CAPACITY), (3, Gate.CAPACITY)):
        _, operation = scene([item], {"busy": held})
        assert failed(operation, line(), item, 0, NOW) is gate


@pytest.mark.parametrize(
    ("certificates", "gate"),
    [
        ((LOW, GOOD), None),  # any good one will do
        ((OVER, LATER, GOOD), None),
        ((replace(GOOD, grade=1),), None),  # a higher grade than asked for
        ((replace(GOOD, skill="MEDIC"),), Gate.CERTIFICATE_MISSING),
        ((LOW, OVER), Gate.CERTIFICATE_EXPIRED),  # what came nearest is said
        ((OVER, LOW), Gate.CERTIFICATE_EXPIRED),
        ((LOW, LATER), Gate.CERTIFICATE_GRADE),
        ((replace(LOW, valid_until=NOW),), Gate.CERTIFICATE_GRADE),
    ],
)
def test_any_certificate_may_qualify(
    certificates: tuple[Certificate, ...], gate: Gate | None
) -> None:
    assert certified(certificates, WATER, 2, NOW) is gate


def test_a_certificate_counts_from_its_first_to_before_its_last_millisecond() -> None:
    span = (replace(GOOD, valid_from=NOW, valid_until=NOW + 10),)
    assert certified(span, WATER, 2, NOW - 1) is Gate.CERTIFICATE_NOT_YET
    assert certified(span, WATER, 2, NOW) is None
    assert certified(span, WATER, 2, NOW + 9) is None
    assert certified(span, WATER, 2, NOW + 10) is Gate.CERTIFICATE_EXPIRED


# Search against a plain reading of the rule

# Two of these seats are the same point; the last two lie beyond 30 and beyond 150 km.
SEATS = (*(townships()[number] for number in (0, 1, 5, 7)), "330381", "330802")
SOME_CERTIFICATES = ((), (GOOD,), (GOOD,), (LOW,), (LATER,), (OVER,), (LOW, OVER), (OVER, GOOD))

Crowd = tuple[list[Organization], dict[str, int], Line]


def crowd_of(seed: int, size: int) -> Crowd:
    """Organizations at few seats, what they hold, and a line that has asked some of them."""
    random = Random(seed)
    names = [OrganizationId(f"o{number}") for number in range(size)]
    made = [
        organization(
            name,
            on_duty=random.random() < 0.8,
            place=place(random.choice(SEATS)),
            capabilities=tuple(
                Capability(skill=skill, units=random.randint(0, 3))
                for skill in (WATER, PUMPS)
                if random.random() < 0.7
            ),
            certificates=random.choice(SOME_CERTIFICATES),
        )
        for name in names
    ]
    held: dict[str, int] = {name: random.randint(0, 3) for name in names if random.random() < 0.3}
    graded = random.random() < 0.5
    row = line(
        id=LineId(random.choice(("l1", "l2", "l3"))),
        skill=WATER if graded else PUMPS,
        grade=random.randint(1, 3) if graded else None,
        organizations=tuple(name for name in names if random.random() < 0.1),
    )
    return made, held, row


# Sizes on both sides of where the index begins to search in rounds.
CROWDS = st.builds(crowd_of, seed=st.integers(0, 2**32), size=st.integers(0, 70))


def in_plain_words(
    crowd: list[Organization], held: dict[str, int], row: Line
) -> tuple[list[Candidate], list[Gate]]:
    """Everybody of the skill by (squared distance, tie); who passes, and where the others fail."""
    units = {o.id: {item.skill: item.units for item in o.capabilities} for o in crowd}
    of_skill = [o for o in crowd if row.skill in units[o.id]]
    of_skill.sort(key=lambda o: (squared(HERE, o.place), tie(row.id, o.id)))
    passed, gates = [], []
    for o in of_skill:
        away = meters(squared(HERE, o.place))
        free = units[o.id][row.skill] - held.get(o.id, 0)
        if away > reach(row):
            gates.append(Gate.DISTANCE)
        elif not o.on_duty:
            gates.append(Gate.DUTY)
        elif o.id in row.organizations:
            gates.append(Gate.ASKED_BEFORE)
        elif row.grade is not None and (lacks := certified(o.certificates, WATER, row.grade, NOW)):
            gates.append(lacks)
        elif free <= 0:
            gates.append(Gate.CAPACITY)
        else:
            passed.append(Candidate(o.id, away, free))
    return passed, gates


def counted(gates: Iterable[Gate]) -> tuple[GateCount, ...]:
    count = Counter(gates)
    return tuple(GateCount(gate=gate, count=count[gate]) for gate in Gate if count[gate])


@given(CROWDS)
def test_search_finds_what_a_plain_reading_finds(crowd: Crowd) -> None:
    """Nearest first, ties by their hash, everybody else counted at the right gate."""
    area, operation = scene(crowd[0], crowd[1])
    passed, gates = in_plain_words(*crowd)
    search = Search(area, operation, crowd[2], HERE, NOW)
    assert list(search) == passed
    assert search.gates() == counted(gates)
    assert search.considered == len(passed) + len(gates)


@given(CROWDS, st.integers(1, 5))
def test_search_that_stops_early_counts_only_whom_it_met(crowd: Crowd, wanted: int) -> None:
    area, operation = scene(crowd[0], crowd[1])
    passed, _ = in_plain_words(*crowd)
    search = Search(area, operation, crowd[2], HERE, NOW)
    assert list(islice(search, wanted)) == passed[:wanted]
    if len(passed) >= wanted:
        failures = sum(item.count for item in search.gates())
        assert search.considered == wanted + failures


@given(CROWDS, st.randoms(use_true_random=False))
def test_the_order_of_registration_is_nobodys_merit(crowd: Crowd, random: Random) -> None:
    shuffled = list(crowd[0])
    random.shuffle(shuffled)
    orders = []
    for made in (crowd[0], shuffled):
        area, operation = scene(made, crowd[1])
        orders.append(list(Search(area, operation, crowd[2], HERE, NOW)))
    assert orders[0] == orders[1]


def test_a_tie_falls_differently_for_another_line() -> None:
    """Nobody at the same seat is always first."""
    area, operation = scene([organization(f"o{number}") for number in range(6)], {})
    firsts = {
        next(iter(Search(area, operation, line(id=LineId(f"l{n}")), HERE, NOW))).organization
        for n in range(40)
    }
    assert len(firsts) > 3
