"""The typhoon: some forty demands that the doors take, in the order of a storm."""

import json
from collections import Counter

from api.doors.demands import AmendDemandBody, PublishDemandBody
from api.drill.clock import HOUR
from api.drill.organizations import Town
from api.drill.storm import CLOSING, MOVES, amendment, moving, neighbor, phase_of, postings
from schemas.codes import KINDS

TOWNS = [Town(f"3303241{n:02}", f"第{n}镇", 120.5 + n / 50, 28.2, n % 5 == 0) for n in range(22)]
PLOT = postings(7, 1, TOWNS)


def test_a_round_is_the_same_at_every_start_and_unlike_the_next() -> None:
    assert postings(7, 1, TOWNS) == PLOT
    assert postings(7, 2, TOWNS) != PLOT


def test_some_forty_demands_in_the_order_of_time() -> None:
    assert 38 <= len(PLOT) <= 50
    assert [posting.number for posting in PLOT] == list(range(1, len(PLOT) + 1))
    assert [p.after for p in PLOT if not p.mistake] == sorted(
        p.after for p in PLOT if not p.mistake
    )
    assert PLOT[-1].after < CLOSING


def test_water_rescue_waits_for_landfall_and_cleaning_for_what_follows() -> None:
    middles = {
        kind: sum(p.after for p in PLOT if p.body["kind"] == kind) / count / HOUR
        for kind, count in Counter(p.body["kind"] for p in PLOT).items()
    }
    assert middles["evacuation"] < middles["rescue_water"] < middles["cleaning"]


def test_one_is_a_mistake_and_one_grows() -> None:
    assert [p.mistake for p in PLOT].count(True) == 1
    assert [p.amended for p in PLOT].count(True) == 1


def test_some_turn_out_to_be_the_neighbor_s_and_move_as_they_are() -> None:
    moved = [posting for posting in PLOT if posting.moved_to]
    assert len(moved) == MOVES
    for posting in moved:
        there = neighbor(posting.town, TOWNS)
        assert posting.moved_to == there != posting.town
        body = moving(posting, there)
        assert body["place"] == {"division": there.code}
        assert body["targets"] == [line["target"] for line in posting.body["lines"]]
        assert body["priority"] == posting.body["priority"]


def test_a_graded_skill_comes_with_the_general_one_beside_it() -> None:
    for posting in PLOT:
        kind = KINDS[posting.body["kind"]]
        skills = {line["skill"] for line in posting.body["lines"]}
        assert kind.beside is None or {kind.skill, kind.beside} <= skills


def test_the_doors_take_every_body() -> None:
    for posting in PLOT:
        body = {"incident": "i", **posting.body}
        PublishDemandBody.model_validate_json(json.dumps(body), strict=True)
        for changed in (amendment(posting), moving(posting, TOWNS[0])):
            AmendDemandBody.model_validate_json(json.dumps(changed), strict=True)


def test_all_priorities_and_some_sealed_texts_occur() -> None:
    assert {p.body["priority"] for p in PLOT} == {1, 2, 3, 4}
    assert 3 < sum("contact" in p.body for p in PLOT) < len(PLOT) - 3


def test_phases_follow_each_other() -> None:
    told = [phase_of(hours * HOUR)[1] for hours in range(15)]
    assert list(dict.fromkeys(told)) == ["warning", "landfall", "after", "recovery"]
