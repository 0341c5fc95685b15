"""A log that breaks an invariant is found out, though every hash in it fits what it says."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace

from api.invariants import Checker, Finding, check
from schemas import commands as c
from schemas import facts as f
from tests.streams.world import DESK, SEALED, World, asked, certificate, divisions, only

Log = list[dict[str, Any]]
SKILL, DAY = "WATER", 86_400_000
STEPS = ("SetOff", "Arrived", "ReportedDone", "Confirmed", "Released")


@cache
def played() -> bytes:
    """Three graded teams, two pumps wanted: one says yes, two are silent, one of them says it late;
    both work to the end, and what is closed is over."""
    world = World()
    for number in range(3):
        world.organization(f"team {number}", skill=SKILL, certificate=certificate())
    wanted = world.demand_command(world.incident(), skill=SKILL, grade=2, target=2)
    facts = world.send(DESK, replace(wanted, contact=SEALED))
    demand = only(facts, f.DemandPublished).demand
    world.send(DESK, c.MakeAppeal(demand=demand, revision=1, text="请带雨靴"))
    world.send(DESK, c.EndAppeal(demand=demand))
    first, late, _ = asked(facts)
    crews = [world.at_work(first)]
    world.wait(minutes=4)
    crews.append(world.at_work(late))
    for crew, offer in zip(crews, (first, late), strict=True):
        world.send(world.name(offer.organization), c.SetOff(assignment=crew))
        world.send(world.name(offer.organization), c.Arrive(assignment=crew))
        world.send(world.name(offer.organization), c.ReportDone(assignment=crew))
    world.close(demand)
    world.wait(minutes=30 * 24 * 60)
    return json.dumps([json.loads(record) for record in world.log]).encode()


def chained(log: Log) -> Iterator[bytes]:
    """The records of a log, with the hashes that belong to what they say now."""
    previous = "0" * 64
    for turn in log:
        stored = json.dumps({**turn, "previous": previous}).encode()
        previous = hashlib.sha256(stored).hexdigest()
        yield stored


def found(log: Log) -> list[Finding]:
    return check(chained(log), divisions().parents())[1]


def facts(log: Log, kind: str) -> list[dict[str, Any]]:
    known = [fact for turn in log for fact in turn["facts"] if fact["type"] == f"{kind}.1"]
    assert known, f"the log has no {kind}"
    return known


def turn_of(log: Log, kind: str) -> dict[str, Any]:
    """The first turn with a fact of a kind."""
    return next(t for t in log if any(fact["type"] == f"{kind}.1" for fact in t["facts"]))


def without(log: Log, *kinds: str) -> None:
    for turn in log:
        turn["facts"] = [one for one in turn["facts"] if one["type"][:-2] not in kinds]


# Ways in which a log may be wrong


def a_turn_is_gone(log: Log) -> None:
    del log[5]


def a_command_counts_twice(log: Log) -> None:
    log[6]["command_id"] = log[5]["command_id"]


def time_goes_back(log: Log) -> None:
    log[6]["at"] -= DAY


def a_refusal_leads_to_facts(log: Log) -> None:
    turn_of(log, "OfferAccepted")["refusal"] = "not_found"


def nobody_was_asked(log: Log) -> None:
    without(log, "OfferSent")


def nobody_set_off(log: Log) -> None:
    without(log, "AssignmentSetOff")


def an_answer_is_over_as_well(log: Log) -> None:
    accepted = facts(log, "OfferAccepted")[0]
    expired = {**facts(log, "OfferExpired")[0], "offer": accepted["offer"], "at": accepted["at"]}
    turn_of(log, "OfferAccepted")["facts"].append(expired)


def a_late_yes_is_not_said_to_be_late(log: Log) -> None:
    facts(log, "OfferAccepted")[1]["late"] = False


def a_yes_commits_nobody(log: Log) -> None:
    without(log, "AssignmentCommitted", *(f"Assignment{step}" for step in STEPS))


def it_ends_before_its_time(log: Log) -> None:
    for sent in facts(log, "OfferSent"):
        sent["answer_by"] += DAY


def more_is_committed_than_there_is(log: Log) -> None:
    for one in facts(log, "OfferSent") + facts(log, "OfferAccepted"):
        one["quantity"] = 2
    facts(log, "AssignmentCommitted")[0]["quantity"] = 2


def one_would_have_been_enough(log: Log) -> None:
    facts(log, "DemandPublished")[0]["lines"][0]["request"]["target"] = 1


def nobody_had_a_certificate(log: Log) -> None:
    without(log, "CertificateRecorded")


def the_certificates_were_over(log: Log) -> None:
    for one in facts(log, "CertificateRecorded"):
        one["certificate"]["valid_through"] = "2025-07-30"


def a_team_publishes(log: Log) -> None:
    turn_of(log, "DemandPublished")["actor"] = "team 0"


def the_desk_was_of_another_county(log: Log) -> None:
    for grant in facts(log, "RoleGranted"):
        if grant["role"] == "desk":
            grant["division"] = "330326"


def a_stranger_answers(log: Log) -> None:
    turn_of(log, "OfferAccepted")["actor"] = "stranger"


def the_asked_take_part_in_no_exercise(log: Log) -> None:
    facts(log, "LogOpened")[0]["purpose"] = "operations"


def it_becomes_actual_in_between(log: Log) -> None:
    turn_of(log, "OfferAccepted")["mode"] = "actual"


def a_key_is_destroyed_and_still_opens(log: Log) -> None:
    incident = facts(log, "DemandPublished")[0]["incident"]
    turn = turn_of(log, "DemandPublished")
    gone = {"type": "KeyDestroyed.1", "incident": incident, "at": turn["at"]}
    turn["facts"].append(gone)


def a_number_is_public(log: Log) -> None:
    facts(log, "AppealMade")[0]["text"] = "13800000001"


def it_was_not_public(log: Log) -> None:
    without(log, "AppealMade")


def strangers_make_it_public(log: Log) -> None:
    turn_of(log, "AppealMade")["actor"] = "team 0"


def the_silent_wait_for_ever(log: Log) -> None:
    without(log, "OfferExpired", "TaskLapsed")


def nobody_is_looked_for_again(log: Log) -> None:
    without(log, "OfferSent", "LineUnmet", "LineInHand", "LinesLookedAt", "OfferExpired")
    without(log, "OfferAccepted", "AssignmentCommitted", *(f"Assignment{step}" for step in STEPS))
    without(log, "DemandClosed", "OfferStoodDown", "SealedTextOpened")


BREACHES: list[tuple[str, Callable[[Log], None]]] = [
    ("chain", a_turn_is_gone),
    ("chain", a_command_counts_twice),
    ("chain", time_goes_back),
    ("chain", a_refusal_leads_to_facts),
    ("legal moves", nobody_was_asked),
    ("legal moves", nobody_set_off),
    ("one outcome", an_answer_is_over_as_well),
    ("one outcome", a_late_yes_is_not_said_to_be_late),
    ("one outcome", a_yes_commits_nobody),
    ("one outcome", it_ends_before_its_time),
    ("capacity", more_is_committed_than_there_is),
    ("no overfill", one_would_have_been_enough),
    ("qualified", nobody_had_a_certificate),
    ("qualified", the_certificates_were_over),
    ("jurisdiction", a_team_publishes),
    ("jurisdiction", the_desk_was_of_another_county),
    ("jurisdiction", a_stranger_answers),
    ("exercises apart", the_asked_take_part_in_no_exercise),
    ("exercises apart", it_becomes_actual_in_between),
    ("sealed", a_key_is_destroyed_and_still_opens),
    ("public", a_number_is_public),
    ("public", it_was_not_public),
    ("public", strangers_make_it_public),
    ("never silent", the_silent_wait_for_ever),
    ("never silent", nobody_is_looked_for_again),
]


@pytest.mark.parametrize(("name", "wrong"), BREACHES, ids=lambda one: getattr(one, "__name__", one))
def test_it_is_found(name: str, wrong: Callable[[Log], None]) -> None:
    log = json.loads(played())
    assert found(copy.deepcopy(log)) == []
    wrong(log)
    assert name in {finding.invariant for finding in found(log)}


def test_each_invariant_has_a_breach_that_it_finds() -> None:
    assert {one.name for one in Checker({}).invariants} == {name for name, _ in BREACHES}


def test_bytes_that_were_changed_do_not_follow_one_another() -> None:
    records = list(chained(json.loads(played())))
    records[3] = records[3].replace(b'"units": 1', b'"units": 9')
    assert ("chain", 5) in {(one.invariant, one.sequence) for one in check(records, {})[1]}


def test_a_fact_that_lacks_a_field_is_a_finding_and_no_accident() -> None:
    log = json.loads(played())
    del facts(log, "OfferSent")[0]["quantity"]
    assert "legal moves" in {finding.invariant for finding in found(log)}


@pytest.mark.parametrize("record", [b"", b"\xff", b"[]", b'{"sequence": 1}', b"null"])
def test_what_is_no_turn_is_a_finding_and_no_accident(record: bytes) -> None:
    [finding] = check([record], {})[1]
    assert finding.text.startswith("is not readable")
