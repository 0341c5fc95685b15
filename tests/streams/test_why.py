"""Why (not): computed again from the state, it says what the search that decided has counted."""

from __future__ import annotations

import re
from collections import Counter
from random import Random
from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.values import (
    Capability,
    Certificate,
    DivisionCode,
    Gate,
    IncidentId,
    Instant,
    LineId,
    OrganizationId,
    RegistrationClass,
)
from streams.matching.why import GATE_WORDS, Why, kilometers, why
from streams.parameters import DAY
from tests.streams.world import DESK, EXERCISE, START, STEWARD, World, divisions, only, townships

HAN = re.compile(r"[\u4e00-\u9fff]")
OVER = Certificate(skill="WATER", grade=1, valid_from=0, valid_until=START - 12 * DAY)
GOOD = Certificate(skill="WATER", grade=2, valid_from=0, valid_until=START + 99 * DAY)
LOW = Certificate(skill="WATER", grade=3, valid_from=0, valid_until=None)
LATER = Certificate(skill="WATER", grade=1, valid_from=START + DAY, valid_until=None)
CERTIFICATES = (None, OVER, GOOD, GOOD, LOW, LATER)
HOMES = (*townships()[:8], "330381", "330327")  # the last two lie beyond 30 km


def enter(world: World, name: str, home: str, skill: str, units: int) -> OrganizationId:
    """Register an organization at home anywhere in the area."""
    command = c.RegisterOrganization(
        name=name,
        registration_class=RegistrationClass.REGISTERED,
        home=DivisionCode(home),
        place=divisions().seat(home),
        capabilities=(Capability(skill=skill, units=units),),
        people=6,
    )
    made: OrganizationId = only(world.send(STEWARD, command)).organization
    return made


def crowd(world: World, random: Random, size: int = 30) -> list[OrganizationId]:
    """Organizations with every kind of fault, some with several."""
    made = []
    for number in range(size):
        skill = random.choice(("WATER", "WATER", "WATER", "PUMP_DRAIN"))
        key = enter(world, f"o{number}", random.choice(HOMES), skill, random.randint(0, 2))
        certificate = random.choice(CERTIFICATES)
        if certificate is not None:
            record = c.RecordCertificate(organization=key, certificate=certificate)
            world.send(STEWARD, record)
        if random.random() < 0.3:
            world.send(STEWARD, c.SetDuty(organization=key, on_duty=False))
        made.append(key)
    return made


def asked_why(world: World, line: LineId, organization: OrganizationId) -> Why:
    found = why(world.area, world.area.operations[EXERCISE], line, organization, world.at)
    assert found is not None
    return found


def holders(world: World, organizations: list[OrganizationId], skill: str) -> list[OrganizationId]:
    rows = world.area.registry.organizations
    return [k for k in organizations if any(i.skill == skill for i in rows[k].capabilities)]


def unmet_after(world: World, incident: IncidentId, **wishes: Any) -> tuple[f.LineUnmet, list[str]]:
    """A demand for more than there is: what the line lacks, and who was asked for it just now."""
    facts = world.send(DESK, world.demand_command(incident, target=400, **wishes))
    asked = [fact.organization for fact in facts if isinstance(fact, f.OfferSent)]
    return only(facts, f.LineUnmet), list(asked)


def add_up(seed: int, skill: str, grade: int | None) -> None:
    """Given a line that nobody more can be asked for, then the single answers add up to it."""
    world = World()
    organizations = crowd(world, Random(seed))
    incident = world.incident()
    world.demand(incident, skill=skill, grade=grade)  # some are busy with another demand
    unmet, asked = unmet_after(world, incident, skill=skill, grade=grade)
    of_skill = holders(world, organizations, skill)
    answers = {key: asked_why(world, unmet.line, key) for key in of_skill}
    assert {key for key, answer in answers.items() if answer.asked} == set(asked)
    gates = Counter(answer.gate for answer in answers.values() if not answer.asked)
    assert gates == {item.gate: item.count for item in unmet.gates}
    assert unmet.considered == len(of_skill)


def test_why_says_for_everybody_what_the_search_counted() -> None:
    """A graded line reaches all of the area, so everybody is met by the search."""
    for seed in range(8):
        add_up(seed, "WATER", 2)


def test_why_says_of_those_beyond_the_reach_what_the_search_counted() -> None:
    for seed in range(8):
        add_up(seed, "PUMP_DRAIN", None)


@pytest.mark.parametrize("seed", range(3))
def test_whoever_was_asked_before_is_counted_as_such(seed: int) -> None:
    """Given a second wave, then those of the first are a gate to it, and `why` still says asked."""
    world = World()
    organizations = crowd(world, Random(seed))
    unmet, asked = unmet_after(world, world.incident(), skill="WATER", grade=2)
    later = [fact for fact in world.wait(minutes=30) if isinstance(fact, f.LineUnmet)]
    assert asked
    counts = {item.gate: item.count for item in later[-1].gates}
    assert counts[Gate.ASKED_BEFORE] == len(asked)
    assert all(asked_why(world, unmet.line, OrganizationId(key)).asked for key in asked)
    others = [key for key in holders(world, organizations, "WATER") if key not in asked]
    gates = Counter(asked_why(world, unmet.line, key).gate for key in others)
    assert gates + Counter({Gate.ASKED_BEFORE: len(asked)}) == counts


# Words

FAULTS: dict[Gate, dict[str, Any]] = {
    Gate.CERTIFICATE_MISSING: {"certificate": None},
    Gate.CERTIFICATE_GRADE: {"certificate": LOW},
    Gate.CERTIFICATE_NOT_YET: {"certificate": LATER},
    Gate.CERTIFICATE_EXPIRED: {"certificate": OVER},
    Gate.CAPACITY: {"certificate": GOOD, "units": 0},
    Gate.SKILL: {"certificate": None, "skill": "CATERING"},
}


def faulty(world: World, gate: Gate) -> OrganizationId:
    wishes: dict[str, Any] = {"skill": "WATER", **FAULTS[gate]}
    return world.organization("faulty", **wishes)


def rescue_line(world: World) -> LineId:
    facts = world.demand(world.incident(), skill="WATER", grade=2)
    line: LineId = only(facts, f.DemandPublished).lines[0].line
    return line


def in_both_languages(answer: Why) -> bool:
    return bool(HAN.search(answer.words.zh)) and answer.words.en.isascii()


@pytest.mark.parametrize("gate", list(FAULTS))
def test_each_gate_has_its_words(gate: Gate) -> None:
    world = World()
    key = faulty(world, gate)
    answer = asked_why(world, rescue_line(world), key)
    assert (answer.asked, answer.gate) == (False, gate)
    assert in_both_languages(answer)
    if gate is not Gate.CERTIFICATE_EXPIRED:
        assert answer.words == GATE_WORDS[gate]


def test_off_duty_is_said() -> None:
    world = World()
    key = world.organization("resting", skill="WATER", certificate=GOOD)
    world.send(STEWARD, c.SetDuty(organization=key, on_duty=False))
    answer = asked_why(world, rescue_line(world), key)
    assert (answer.gate, answer.words) == (Gate.DUTY, GATE_WORDS[Gate.DUTY])


@pytest.mark.parametrize(
    ("until", "days"), [(START, 0), (START - DAY + 1, 0), (START - DAY, 1), (START - 12 * DAY, 12)]
)
def test_how_long_ago_a_certificate_expired_is_said(until: Instant, days: int) -> None:
    world = World()
    over = Certificate(skill="WATER", grade=1, valid_from=0, valid_until=until)
    key = world.organization("lapsed", skill="WATER", certificate=over)
    answer = asked_why(world, rescue_line(world), key)
    assert answer.words.en == f"The certificate expired {days} days ago."
    assert answer.words.zh == f"证书已过期 {days} 天。"


def test_who_is_beyond_the_reach_learns_both_distances() -> None:
    world = World()
    key = enter(world, "far", "330381", "PUMP_DRAIN", 1)
    unmet, _ = unmet_after(world, world.incident())
    answer = asked_why(world, unmet.line, key)
    assert answer.gate is Gate.DISTANCE
    assert answer.words.en == f"{kilometers(answer.meters)} km away, beyond the reach of 30.0 km."
    assert in_both_languages(answer)


def test_who_was_asked_learns_the_rank() -> None:
    world = World()
    near, far = world.organization("near"), world.organization("far", township=5)
    facts = world.demand(world.incident(), target=2)
    sent = [fact for fact in facts if isinstance(fact, f.OfferSent)]
    assert [fact.organization for fact in sent] == [near, far]
    answer = asked_why(world, sent[1].line, far)
    assert (answer.asked, answer.gate, answer.meters) == (True, None, sent[1].meters)
    assert answer.words.en.startswith("Asked: number 2 by distance")
    assert in_both_languages(answer)


def test_who_was_not_needed_learns_that_others_were_nearer() -> None:
    world = World()
    for number in range(5):  # one yes in two: five are asked at priority 1
        world.organization(f"near {number}")
    far = world.organization("far", township=5)
    line = only(world.demand(world.incident()), f.DemandPublished).lines[0].line
    answer = asked_why(world, line, far)
    assert (answer.asked, answer.gate) == (False, None)
    assert "nearer qualified organizations were enough" in answer.words.en
    assert in_both_languages(answer)


def test_words_name_nobody_else() -> None:
    """An organization learns its own reason and counts, never anybody else's name."""
    world = World()
    made = [world.organization(f"Brigade {n}", township=n) for n in range(6)]
    line = only(world.demand(world.incident(), priority=4), f.DemandPublished).lines[0].line
    world.wait(minutes=2)
    for key in made:
        assert "Brigade" not in str(asked_why(world, line, key).words)


def test_nothing_is_said_of_what_is_not_there() -> None:
    world = World()
    key = world.organization("near")
    line = only(world.demand(world.incident()), f.DemandPublished).lines[0].line
    operation = world.area.operations[EXERCISE]
    assert why(world.area, operation, LineId("none"), key, world.at) is None
    assert why(world.area, operation, line, OrganizationId("none"), world.at) is None


@pytest.mark.parametrize(
    ("distance", "said"),
    [(0, "0.0"), (49, "0.0"), (50, "0.1"), (949, "0.9"), (950, "1.0"), (150_000, "150.0")],
)
def test_kilometers_are_rounded_in_integers(distance: int, said: str) -> None:
    assert kilometers(distance) == said
