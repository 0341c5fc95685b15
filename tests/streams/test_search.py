"""Search: who is found for a line, in which order, against a plain reading of the rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from random import Random
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from geo.distance import meters, squared
from geo.index import new_index
from schemas.ids import tie
from schemas.values import (
    AssignmentId,
    Capability,
    DemandId,
    Gate,
    GateCount,
    Instant,
    Leave,
    LineId,
    OrganizationId,
    RegistrationClass,
    Shift,
    StandDownReason,
)
from streams.area import Area, Operation
from streams.days import start_of
from streams.entities import OfferState, Organization
from streams.force import ALL
from streams.gates import certified
from streams.matching.candidates import Candidate, Search
from streams.parameters import CAP, CAPPED, DAY, HOUR
from streams.remembered import Asks, DemandAsk, Load, Rest
from tests.streams.scenes import (
    GOOD,
    HERE,
    LATER,
    LOW,
    NOW,
    OVER,
    PUMPS,
    WATER,
    WITHDRAWN,
    asked_before,
    line,
    organization,
    place,
    scene,
)
from tests.streams.world import townships

# Two of these seats are the same point; the last two lie beyond 30 and beyond 150 km.
SEATS = (*(townships()[number] for number in (0, 1, 5, 7)), "330381", "330802")
SOME_CERTIFICATES = ((), (GOOD,), (GOOD,), (LOW,), (LATER,), (OVER,), (WITHDRAWN,), (OVER, GOOD))
REGISTERED, FILED = RegistrationClass.REGISTERED, RegistrationClass.FILED
VILLAGE = RegistrationClass.VILLAGE_GUIDED
KILOMETERS = {REGISTERED: 30, FILED: 20, VILLAGE: 10}
OF_GRADE = {1: 300, 2: 150, 3: 100}
LATER_TODAY = (Shift(day=4, begins=8 * 60, ends=18 * 60),)  # it is Thursday, 07:26
OPENS_AT = NOW + 2_000_000  # at 08:00
AWAY = (Leave(begins=NOW, ends=NOW + 3 * HOUR),)


def often_asked(at: Instant) -> Asks:
    """Asked for as many other demands as a day bears, the first of them an hour ago."""
    counted = [DemandAsk(demand=DemandId(f"d{n}"), at=at - HOUR + n) for n in range(CAP)]
    return Asks(last_in=1, counted=tuple(counted))


class Crowd:
    """Organizations at few seats, what they hold, and a line that some were asked for before."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = Random(seed)
        names = [OrganizationId(f"o{number}") for number in range(size)]
        self.made = [self._organization(name) for name in names]
        self.held = {name: self.random.randint(0, 3) for name in names if self._happens(0.3)}
        graded = self._happens(0.5)
        self.line = line(
            id=LineId(self.random.choice(("l1", "l2", "l3"))),
            skill=WATER if graded else PUMPS,
            grade=self.random.randint(1, 3) if graded else None,
            priority=self.random.randint(1, 4),
            hazardous=self._happens(0.3),
            whole=self._happens(0.4),
            target=self.random.randint(1, 3),
        )
        self.resting = {name for name in names if self._happens(0.1)}
        self.tired = {name for name in names if self._happens(0.15)}
        self.before = {
            name: self.random.choice((NOW - 1, NOW, NOW + 1))
            for name in names
            if self._happens(0.2)
        }

    def _happens(self, share: float) -> bool:
        return self.random.random() < share

    def again(self, name: OrganizationId) -> Organization:
        """One of them as it may be some time later."""
        return self._organization(name)

    def _organization(self, name: OrganizationId) -> Organization:
        skills = [skill for skill in (WATER, PUMPS) if self._happens(0.7)]
        return organization(
            name,
            on_duty=self._happens(0.8),
            registration_class=self.random.choice(
                (REGISTERED, REGISTERED, REGISTERED, FILED, VILLAGE)
            ),
            crews_most=self.random.randint(0, 3) if self._happens(0.2) else None,
            hours=LATER_TODAY if self._happens(0.1) else (),
            leaves=AWAY if self._happens(0.1) else (),
            adults_only=self.random.choice((None, True, True, False)),
            insured_through=self.random.choice((None, "2025-07-30", "2025-07-31", "2026-01-01")),
            place=place(self.random.choice(SEATS)),
            capabilities=tuple(
                Capability(skill=skill, units=self.random.randint(0, 3)) for skill in skills
            ),
            certificates=self.random.choice(SOME_CERTIFICATES),
        )

    def scene(self, made: list[Organization] | None = None) -> tuple[Area, Operation]:
        area, operation = scene(
            self.made if made is None else made,
            {str(name): units for name, units in self.held.items()},
        )
        for name, again_at in self.before.items():
            asked_before(operation, self.line, name, again_at=again_at)
        for name in self.tired:
            operation.asks.put(name, often_asked(NOW))
        for name in self.resting:
            rest = Rest(crew=AssignmentId("crew"), units=3, until=NOW + 2 * HOUR)
            held = operation.load.get((name, self.line.skill)) or Load()
            operation.load.put((name, self.line.skill), replace(held, resting=(rest,)))
        return area, operation

    def search(self, made: list[Organization] | None = None) -> Search:
        area, operation = self.scene(made)
        return Search(area, operation, self.line, HERE, NOW)

    def gate(self, item: Organization) -> Gate | None:
        """The rule in plain words, in its order."""
        row, away = self.line, meters(squared(HERE, item.place))
        units = {held.skill: held.units for held in item.capabilities}[row.skill]
        lacks = certified(item.certificates, WATER, row.grade or 3, NOW)
        cannot = {
            Gate.DISTANCE: away > self._kilometers(item) * 1_000,
            Gate.REGISTRATION_CLASS: row.grade is not None
            and item.registration_class != REGISTERED,
            **({lacks.gate: True} if row.grade is not None and lacks is not None else {}),
            Gate.ADULTS: row.hazardous and item.adults_only is False,
            Gate.INSURANCE: row.hazardous and item.insured_through == "2025-07-30",
            Gate.DUTY: not item.on_duty,
            Gate.LEAVE: item.leaves != (),
            Gate.HOURS: item.hours != (),
            Gate.ASKED_BEFORE: self.before.get(item.id, NOW) > NOW,
            Gate.CREWS: item.crews_most is not None
            and item.crews_most <= self.held.get(item.id, 0),
            Gate.CAPACITY: units <= self.held.get(item.id, 0),
            Gate.WHOLE: row.whole and self._left(item) < row.target,
            Gate.REST: item.id in self.resting,  # all that it has
            Gate.DAILY_CAP: item.id in self.tired and row.priority >= CAPPED,
        }
        return next((gate for gate, so in cannot.items() if so), None)

    def _kilometers(self, item: Organization) -> int:
        """As far as its class is asked, or a team of its own grade, or of the grade asked for."""
        if self.line.grade is None:
            return KILOMETERS[item.registration_class]
        own = [
            held
            for held in item.certificates
            if certified((held,), WATER, self.line.grade, NOW) is None
        ]
        return OF_GRADE[min((held.certificate.grade for held in own), default=self.line.grade)]

    def _left(self, item: Organization) -> int:
        """Units that are not given away, as far as they can be manned."""
        units = {held.skill: held.units for held in item.capabilities}[self.line.skill]
        most = units if item.crews_most is None else item.crews_most
        return min(units, most) - self.held.get(item.id, 0)

    def in_plain_words(self) -> tuple[list[Candidate], list[Gate]]:
        """Everybody of the skill by (squared distance, tie); who passes, and where others fail."""
        row = self.line
        found = [o for o in self.made if any(c.skill == row.skill for c in o.capabilities)]
        found.sort(key=lambda o: (squared(HERE, o.place), tie(row.id, o.id)))
        fails = [self.gate(o) for o in found]
        passed = [o for o, gate in zip(found, fails, strict=True) if gate is None]
        candidates = [self._candidate(o, rank) for rank, o in enumerate(passed, 1)]
        candidates.sort(key=lambda candidate: candidate.organization in self.before)
        return candidates, [gate for gate in fails if gate is not None]

    def _candidate(self, item: Organization, rank: int) -> Candidate:
        units = {held.skill: held.units for held in item.capabilities}[self.line.skill]
        away = meters(squared(HERE, item.place))
        units = min(units, units if item.crews_most is None else item.crews_most)
        return Candidate(item.id, away, units - self.held.get(item.id, 0), rank)


# Sizes on both sides of where the index begins to search in rounds.
CROWDS = st.builds(Crowd, seed=st.integers(0, 2**32), size=st.integers(0, 70))


def counted(gates: Iterable[Gate]) -> tuple[GateCount, ...]:
    count = Counter(gates)
    return tuple(GateCount(gate=gate, count=count[gate]) for gate in Gate if count[gate])


@given(CROWDS)
def test_search_finds_what_a_plain_reading_finds(crowd: Crowd) -> None:
    """Whoever was not asked yet first, then the others, each time the nearest; ties by their hash,
    everybody else counted at the right gate."""
    passed, gates = crowd.in_plain_words()
    search = crowd.search()
    assert list(search) == passed
    assert search.gates() == counted(gates)
    assert search.considered == len(passed) + len(gates)


@given(CROWDS, st.integers(1, 5))
def test_search_that_stops_early_finds_the_same_first_ones(crowd: Crowd, wanted: int) -> None:
    passed, gates = crowd.in_plain_words()
    search = crowd.search()
    assert list(islice(search, wanted)) == passed[:wanted]
    assert search.considered <= len(passed) + len(gates)


@given(CROWDS, st.randoms(use_true_random=False))
def test_the_order_of_registration_is_nobodys_merit(crowd: Crowd, random: Random) -> None:
    shuffled = list(crowd.made)
    random.shuffle(shuffled)
    assert list(crowd.search()) == list(crowd.search(shuffled))


@given(CROWDS)
def test_a_search_knows_when_time_opens_the_first_gate(crowd: Crowd) -> None:
    search = crowd.search()
    list(search)
    gates = crowd.in_plain_words()[1]
    opens = {
        Gate.ASKED_BEFORE: NOW + 1,
        Gate.CERTIFICATE_NOT_YET: start_of("2025-08-01"),
        Gate.DAILY_CAP: NOW - HOUR + DAY,
        Gate.LEAVE: NOW + 3 * HOUR,
        Gate.HOURS: OPENS_AT,
        Gate.REST: NOW + 2 * HOUR,
    }
    assert search.ends == min((opens[gate] for gate in gates if gate in opens), default=None)


# A search knows no history


class Life:
    """A crowd to which things happen, one after the other, some of them undone."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.random, self.at = crowd, crowd.random, NOW
        self.area, self.operation = crowd.scene()
        self.area.journal.forget()
        self.names = [item.id for item in crowd.made]

    def go_on(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            self._happen(self.random.choice(self.names))
        self.at += self.random.choice((0, 1, HOUR, DAY))
        if self.random.random() < 0.3:
            self.area.look_ahead(self.at, self.random.choice((1, 3, 100)))
        if self.random.random() < 0.3:
            self.found()  # what it has seen meanwhile is to be forgotten
            self.area.journal.undo()
        self.area.journal.forget()

    def _happen(self, name: OrganizationId) -> None:
        match self.random.randrange(4):
            case 0:
                changed = replace(self.crowd.again(name), retired=self.random.random() < 0.2)
                self.area.registry.organizations.put(name, changed)
            case 1:
                asked = tuple(self.random.choice((0, 0, 1)) for _ in range(4))
                held = Load(committed=self.random.randint(0, 2), asked=asked)
                self.operation.load.put((name, self.random.choice((WATER, PUMPS, ALL))), held)
            case 2:
                self.operation.asks.put(name, often_asked(self.at))
            case 3:
                again_at = self.at + self.random.choice((0, 1, HOUR))
                asked_before(self.operation, self.crowd.line, name, again_at=again_at)

    def found(self, *, anew: bool = False) -> tuple[object, ...]:
        area, operation = self._made_anew() if anew else (self.area, self.operation)
        search = Search(area, operation, self.crowd.line, HERE, self.at)
        steps = [(found, search.considered, search.gates()) for found in search]
        return steps, search.considered, search.gates(), search.ends

    def _made_anew(self) -> tuple[Area, Operation]:
        area, operation = scene(self.area.registry.organizations.rows.values())
        for name in ("offers", "asked", "asks", "load"):
            for key, row in getattr(self.operation, name).rows.items():
                getattr(operation, name).put(key, row)
        return area, operation


@settings(deadline=None)
@given(st.builds(Crowd, seed=st.integers(0, 2**32), size=st.integers(1, 40)))
def test_after_any_history_a_search_finds_what_it_finds_in_a_state_made_anew(crowd: Crowd) -> None:
    """Everybody in the same order, with the same counts at every step, whoever has changed."""
    life = Life(crowd)
    for _ in range(8):
        assert life.found() == life.found(anew=True)
        life.go_on()
    assert life.found() == life.found(anew=True)


def test_that_nobody_can_be_asked_is_remembered_until_somebody_changes() -> None:
    """Given that all are busy, when a second line asks at the same place, then nobody is counted
    again; when one has a unit back, then it is found, and counted anew."""
    area, operation = scene(
        [organization(f"o{n}") for n in range(99)], {f"o{n}": 2 for n in range(99)}
    )
    survey = type(new_index().survey(HERE))
    with patch.object(survey, "counts", autospec=True, side_effect=survey.counts) as counts:
        for id in ("line", "other"):
            search = Search(area, operation, line(id=LineId(id)), HERE, NOW)
            assert list(search) == []
            assert search.gates() == (GateCount(gate=Gate.CAPACITY, count=99),)
        assert counts.call_count == 1
        operation.load.put((OrganizationId("o3"), WATER), Load(committed=1))
        search = Search(area, operation, line(), HERE, NOW)
        assert [found.organization for found in search] == ["o3"]
        assert search.gates() == (GateCount(gate=Gate.CAPACITY, count=98),)


# Ties


def test_a_tie_falls_differently_for_another_line() -> None:
    """Nobody at the same seat is always first."""
    area, operation = scene([organization(f"o{number}") for number in range(6)])
    firsts = {
        next(iter(Search(area, operation, line(id=LineId(f"l{n}")), HERE, NOW))).organization
        for n in range(40)
    }
    assert len(firsts) > 3


# Rank and round


def two() -> tuple[Area, Operation]:
    far = organization("far", place=place(townships()[5]))
    return scene([organization("near"), far])


def test_who_was_not_asked_yet_comes_first_and_keeps_its_rank() -> None:
    """Given a nearest one that may be asked again, then the other is asked first, as number two by
    distance, and the nearest is never called anything but number one."""
    area, operation = two()
    asked_before(operation, line(), "near", again_at=NOW)
    found = [(c.organization, c.rank) for c in Search(area, operation, line(), HERE, NOW)]
    assert found == [("far", 2), ("near", 1)]


def test_a_request_taken_back_for_an_amendment_was_none() -> None:
    """Given a request that was replaced because the demand became urgent, then the nearest is first
    again; one that was thanked because others were enough comes behind."""
    for reason, first in (
        (StandDownReason.DEMAND_AMENDED, "near"),
        (StandDownReason.COVERED, "far"),
    ):
        area, operation = two()
        asked_before(
            operation,
            line(),
            "near",
            again_at=NOW,
            state=OfferState.STOOD_DOWN,
            stand_down_reason=reason,
        )
        assert next(iter(Search(area, operation, line(), HERE, NOW))).organization == first


def test_of_what_is_asked_for_less_urgently_all_can_be_asked_for() -> None:
    """Given one of two units asked for at P3, then a P1 and a P2 may have both, others one."""
    area, operation = scene([organization("near")])
    asked_at_p3 = Load(asked=(0, 0, 1, 0))
    operation.load.put((OrganizationId("near"), WATER), asked_at_p3)
    rows = [line(priority=priority) for priority in (1, 2, 3, 4)]
    found = [next(iter(Search(area, operation, row, HERE, NOW))).units for row in rows]
    assert found == [2, 2, 1, 1]
