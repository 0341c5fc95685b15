"""Why (not): computed again from the state, it says what the search that decided has counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.values import (
    Capability,
    CloseReason,
    DeclineReason,
    DivisionCode,
    Gate,
    IncidentId,
    LineId,
    OrganizationId,
    RegistrationClass,
)
from streams.matching.why import GATE_WORDS, Why, kilometers, why
from streams.parameters import HOUR, MINUTE, SILENCE_P1, URGENCY
from tests.streams.world import (
    DESK,
    SEALED,
    STEWARD,
    World,
    asked,
    certificate,
    divisions,
    only,
    townships,
)

HAN = re.compile(r"[\u4e00-\u9fff]")
OVER = certificate(grade=1, through="2025-07-18")
GOOD = certificate(grade=2)
LOW = certificate(grade=3)
LATER = certificate(grade=1, since="2025-08-02")
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
        held = random.choice(CERTIFICATES)
        if held is not None:
            record = c.RecordCertificate(organization=key, certificate=held, insist=True)
            world.send(STEWARD, record)
        if random.random() < 0.3:
            world.send(STEWARD, c.SetDuty(organization=key, on_duty=False))
        made.append(key)
    return made


def asked_why(world: World, line: LineId, organization: OrganizationId) -> Why:
    found = why(world.area, world.operation, line, organization, world.at)
    assert found is not None
    return found


def holders(world: World, organizations: list[OrganizationId], skill: str) -> list[OrganizationId]:
    rows = world.area.registry.organizations
    return [k for k in organizations if any(i.skill == skill for i in rows[k].capabilities)]


def unmet_after(world: World, incident: IncidentId, **wishes: Any) -> tuple[f.LineUnmet, list[str]]:
    """A demand for more than there is: what the line lacks, and who was asked for it just now."""
    facts = world.send(DESK, world.demand_command(incident, target=400, **wishes))
    return only(facts, f.LineUnmet), [offer.organization for offer in asked(facts)]


def add_up(seed: int, skill: str, grade: int | None) -> None:
    """Given a line that nobody more can be asked for, then the single answers add up to it."""
    world = World()
    organizations = crowd(world, Random(seed))
    incident = world.incident()
    world.demand(incident, skill=skill, grade=grade)  # some are busy with another demand
    unmet, among = unmet_after(world, incident, skill=skill, grade=grade)
    of_skill = holders(world, organizations, skill)
    answers = {key: asked_why(world, unmet.line, key) for key in of_skill}
    assert {key for key, answer in answers.items() if answer.asked} == set(among)
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
    """Given a silent wave, then it is a gate to the next one, and `why` says until when."""
    world = World()
    organizations = crowd(world, Random(seed))
    unmet, among = unmet_after(world, world.incident(), skill="WATER", grade=2)
    answer_by = world.at + URGENCY[1].answer
    later = [fact for fact in world.until(answer_by + MINUTE) if isinstance(fact, f.LineUnmet)]
    assert among
    counts = {item.gate: item.count for item in later[-1].gates}
    assert counts[Gate.ASKED_BEFORE] == len(among)
    for key in among:
        answer = asked_why(world, unmet.line, OrganizationId(key))
        assert (answer.asked, answer.gate) == (True, Gate.ASKED_BEFORE)
        assert answer.until == answer_by + SILENCE_P1[0]
    others = [key for key in holders(world, organizations, "WATER") if key not in among]
    gates = Counter(asked_why(world, unmet.line, key).gate for key in others)
    assert gates + Counter({Gate.ASKED_BEFORE: len(among)}) == counts


# Words

FAULTS: dict[Gate, dict[str, Any]] = {
    Gate.REGISTRATION_CLASS: {"registration_class": RegistrationClass.FILED},
    Gate.CERTIFICATE_MISSING: {"registration_class": RegistrationClass.REGISTERED},
    Gate.CERTIFICATE_GRADE: {"certificate": LOW},
    Gate.CERTIFICATE_NOT_YET: {"certificate": LATER},
    Gate.CERTIFICATE_EXPIRED: {"certificate": OVER},
    Gate.CAPACITY: {"certificate": GOOD, "units": 0},
    Gate.SKILL: {"skill": "CATERING"},
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
    if gate is Gate.CERTIFICATE_NOT_YET:
        assert answer.words.en.endswith("Open again from 08-02 00:00.")
    elif gate is not Gate.CERTIFICATE_EXPIRED:
        assert answer.words == GATE_WORDS[gate]


def test_off_duty_is_said() -> None:
    world = World()
    key = world.organization("resting", skill="WATER", certificate=GOOD)
    world.send(STEWARD, c.SetDuty(organization=key, on_duty=False))
    answer = asked_why(world, rescue_line(world), key)
    assert (answer.gate, answer.words) == (Gate.DUTY, GATE_WORDS[Gate.DUTY])


def test_until_when_a_certificate_was_good_is_said() -> None:
    """Of several, the one that lasted longest."""
    world = World()
    key = world.organization("lapsed", skill="WATER", certificate=OVER)
    older = certificate(grade=1, through="2024-12-31", number="0")
    world.send(STEWARD, c.RecordCertificate(organization=key, certificate=older))
    answer = asked_why(world, rescue_line(world), key)
    assert answer.words.en == "Its certificate expired at the end of 2025-07-18."
    assert in_both_languages(answer)


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
    sent = asked(world.demand(world.incident(), target=2))
    assert [offer.organization for offer in sent] == [near, far]
    answer = asked_why(world, sent[1].line, far)
    assert (answer.asked, answer.gate, answer.meters) == (True, Gate.ASKED, sent[1].meters)
    assert answer.words.en.startswith("Asked at 07:26: number 2 by distance")
    assert answer.words.en.endswith("its answer is awaited until 07:29.")
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


def silent(world: World, offer: f.OfferSent) -> None:
    world.until(offer.answer_by + 1)


def declined(world: World, offer: f.OfferSent) -> None:
    world.no(offer, reason=DeclineReason.ROAD_BLOCKED)


def twice_declined(world: World, offer: f.OfferSent) -> None:
    declined(world, offer)
    [again] = asked(world.until(world.at + 5 * HOUR, f.OfferSent))
    declined(world, again)


def accepted(world: World, offer: f.OfferSent) -> None:
    world.yes(offer)


def given_up(world: World, offer: f.OfferSent) -> None:
    world.send("near", c.CannotComplete(assignment=world.at_work(offer)))


def canceled(world: World, offer: f.OfferSent) -> None:
    world.close(offer.demand, CloseReason.CANCELED)


def off_duty(world: World, offer: f.OfferSent) -> None:
    world.no(offer, free_from=world.at + HOUR)
    world.at += 2 * HOUR
    world.send("near", c.SetDuty(organization=offer.organization, on_duty=False))


SCENE = "once place, risk or where to report are amended"
FORCE = "once its units or its duty change"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (silent, f"no answer by 07:31. May be asked again from 07:41, or {FORCE}."),
        (
            declined,
            f"said no at 07:26: the road is blocked. May be asked again from 11:26, or {SCENE}.",
        ),
        (
            twice_declined,
            f"said no at 11:26: the road is blocked. May be asked again {SCENE}, or by hand.",
        ),
        (accepted, "said yes at 07:26."),
        (
            given_up,
            f"said yes at 07:26, gave up at 07:26. May be asked again from 09:26, or {FORCE}.",
        ),
        (canceled, "stood down at 07:26: canceled."),
        (off_duty, "said no at 07:26: no crew. At present: Off duty."),
    ],
)
def test_who_was_asked_learns_what_became_of_it_and_when_it_is_asked_again(
    outcome: Callable[[World, f.OfferSent], None], said: str
) -> None:
    world = World()
    world.organization("near")
    offer = only(asked(world.demand(world.incident(), priority=2)))
    outcome(world, offer)
    answer = asked_why(world, offer.line, offer.organization)
    assert answer.words.en.endswith(f"1 considered; {said}")
    assert in_both_languages(answer)
    assert not re.search(r"[\u4e00-\u9fff][,;:()]", answer.words.zh), "full-width in Chinese"


def test_who_was_asked_by_hand_learns_that_a_desk_chose_it() -> None:
    world = World()
    key = world.organization("near")
    world.send(STEWARD, c.SetDuty(organization=key, on_duty=False))
    line = only(world.demand(world.incident()), f.DemandPublished).lines[0].line
    world.send(DESK, c.AskByHand(line=line, organization=key, reason=SEALED))
    answer = asked_why(world, line, key)
    chosen = "Asked at 07:26 by the desk itself, at the same place or in the same township"
    assert answer.words.en.startswith(chosen), "both are known by their township alone"
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
    operation = world.operation
    assert why(world.area, operation, LineId("none"), key, world.at) is None
    assert why(world.area, operation, line, OrganizationId("none"), world.at) is None


@pytest.mark.parametrize(
    ("distance", "said"),
    [(0, "0.0"), (49, "0.0"), (50, "0.1"), (949, "0.9"), (950, "1.0"), (150_000, "150.0")],
)
def test_kilometers_are_rounded_in_integers(distance: int, said: str) -> None:
    assert kilometers(distance) == said
