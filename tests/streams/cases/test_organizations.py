"""Cases C4 and C5: organizations entered twice, merged and separated, corrected and retired."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas.refusals import Refusal
from schemas.values import RegistrationClass, Role
from streams.parameters import HOUR
from tests.streams.cases.scene import Scene, code, correct, gates, seat
from tests.streams.world import DESK, STEWARD, divisions, kinds

# C4: registered twice


def registration(name: str, township: int = 0, **more: Any) -> c.RegisterOrganization:
    return c.RegisterOrganization(
        name=name,
        registration_class=RegistrationClass.FILED,
        home=code(township),
        place=seat(township),
        capabilities=(),
        people=5,
        **more,
    )


CODE = "51330324MJ9000000A"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"name": "red"}, {"name": "red"}),
        ({"name": "red team (boats)"}, {"name": "redteam（boats） "}),
        ({"name": "red", "credit_code": CODE}, {"name": "red"}),
        ({"name": "red", "credit_code": CODE}, {"name": "blue", "credit_code": CODE}),
        (
            {"name": "red", "credit_code": CODE},
            {"name": "red", "township": 5, "credit_code": CODE},
        ),
    ],
)
def test_c4_registered_twice_is_refused_with_the_first_one(first: Any, second: Any) -> None:
    scene = Scene()
    made = scene.send(STEWARD, registration(**first))[0].organization
    scene.at += 30 * 24 * HOUR
    assert scene.refused(STEWARD, registration(**second)) is Refusal.ORGANIZATION_EXISTS
    assert scene.turns[-1].turn.subjects == (made,)
    assert kinds(scene.send(STEWARD, registration(**second, insist=True))) == [
        "OrganizationRegistered"
    ]


@pytest.mark.parametrize("second", [{"name": "blue"}, {"name": "red", "township": 5}])
def test_c4_another_name_or_home_is_another_one(second: Any) -> None:
    scene = Scene()
    scene.send(STEWARD, registration("red"))
    scene.send(STEWARD, registration(**second))


def twins() -> Scene:
    """One association entered twice, its pumps and its boats; both are asked."""
    scene = Scene()
    scene.team("pumps")
    scene.team("pumps again")
    return scene


def merge(scene: Scene, first: str = "pumps", other: str = "pumps again") -> Any:
    return scene.send(
        STEWARD,
        c.MergeOrganizations(organization=scene.teams[first], merged=scene.teams[other]),
    )


def test_c4_merged_it_is_asked_once_and_history_stays() -> None:
    scene = twins()
    before = scene.post()
    assert len(scene.asked(before.line)) == 2
    scene.says_yes("pumps again")
    scene.done("pumps again")
    merge(scene)
    row = scene.organization_row("pumps again")
    assert (row.retired, row.merged_into) == (True, scene.teams["pumps"])
    assert scene.crew("pumps again").state == "released"
    assert scene.asked(scene.post().line) == ["pumps"]


def test_c4_whoever_answered_for_it_answers_for_the_one_that_stays() -> None:
    scene = twins()
    merge(scene)
    line = scene.post().line
    scene.send("pumps again", c.AcceptOffer(offer=scene.offer("pumps").id, quantity=1))
    assert scene.view(line).covered == 1
    assert not scene.crew("pumps").by_desk


def test_c4_who_is_at_work_or_asked_is_not_merged_away() -> None:
    scene = twins()
    scene.post()
    one = c.MergeOrganizations(organization=scene.teams["pumps"], merged=scene.teams["pumps again"])
    assert scene.refused(STEWARD, one) is Refusal.ORGANIZATION_BUSY
    scene.says_yes("pumps again")
    assert scene.refused(STEWARD, one) is Refusal.ORGANIZATION_BUSY
    scene.done("pumps again")
    scene.send(STEWARD, one)
    assert scene.refused(STEWARD, one) is Refusal.ORGANIZATION_MERGED


def test_c4_registered_once_more_it_is_the_one_that_stayed() -> None:
    scene = twins()
    scene.team("pumps of the county")
    merge(scene)
    merge(scene, "pumps of the county", "pumps")
    again = registration("pumps again")
    assert scene.refused(STEWARD, again) is Refusal.ORGANIZATION_EXISTS
    assert scene.turns[-1].turn.subjects == (scene.teams["pumps of the county"],)


def test_c4_merged_twice_every_account_answers_for_the_last() -> None:
    scene = twins()
    scene.team("pumps of the county")
    merge(scene)
    merge(scene, "pumps of the county", "pumps")
    line = scene.post().line
    assert scene.asked(line) == ["pumps of the county"]
    offer = scene.offer("pumps of the county").id
    scene.send("pumps again", c.AcceptOffer(offer=offer, quantity=1))
    assert not scene.crew("pumps of the county").by_desk


def test_c4_a_merger_is_undone_until_the_one_that_stays_is_asked() -> None:
    scene = twins()
    merge(scene)
    separate = c.SeparateOrganizations(merged=scene.teams["pumps again"])
    scene.send(STEWARD, separate)
    line = scene.post().line
    assert scene.asked(line) == ["pumps", "pumps again"]
    to_first = c.AcceptOffer(offer=scene.offer("pumps").id, quantity=1)
    assert scene.refused("pumps again", to_first) is Refusal.NOT_FOUND
    scene.close(scene.offer("pumps").demand)
    merge(scene)
    scene.post()
    assert scene.refused(STEWARD, separate) is Refusal.ORGANIZATION_ASKED_SINCE


def test_c4_a_steward_merges_only_what_it_keeps() -> None:
    scene = twins()
    scene.team("elsewhere", township=5)
    scene.grant("clerk", Role.STEWARD, division=code(0))
    one = c.MergeOrganizations(organization=scene.teams["pumps"], merged=scene.teams["elsewhere"])
    assert scene.refused("clerk", one) is Refusal.NOT_FOUND
    scene.send(STEWARD, one)


# C5: cannot be corrected


def test_c5_a_typing_mistake_is_corrected_on_record_and_everywhere() -> None:
    scene = twins()
    scene.post()
    scene.says_yes("pumps")
    correct(scene, "pumps", name="Pumps of Qiaotou", people=12)
    assert scene.organization_row("pumps").people == 12
    assert scene.offer("pumps").organization_name == "Pumps of Qiaotou"
    assert scene.crew("pumps").organization_name == "Pumps of Qiaotou"
    assert [kinds(turn.turn.facts) for turn in scene.turns[-1:]] == [["OrganizationCorrected"]]


def test_c5_a_place_put_right_is_in_reach_at_once() -> None:
    scene = Scene()
    scene.team("pumps")
    correct(scene, "pumps", home=code(8), place=far_away())
    line = scene.post().line
    assert gates(scene, line) == ["distance"]
    correct(scene, "pumps", place=seat(0))
    scene.wait(minutes=0)
    assert scene.asked(line) == ["pumps"]


def far_away() -> Any:
    """A township in another prefecture."""
    return divisions().seat("330182001")


def test_c5_a_retired_team_is_asked_no_more_and_stays_in_reviews() -> None:
    scene = twins()
    first = scene.post()
    scene.says_yes("pumps")
    scene.send(STEWARD, c.RetireOrganization(organization=scene.teams["pumps"]))
    assert scene.crew("pumps").state == "committed"
    second = scene.post().line
    assert scene.asked(second) == ["pumps again"]
    assert scene.why("pumps", second).en == "Retired."
    assert "said yes" in scene.why("pumps", first.line).en
    scene.done("pumps")
    assert scene.view(first.line).delivered == 1
    scene.refused(DESK, scene.asking("pumps", second))
    scene.send(STEWARD, c.ReinstateOrganization(organization=scene.teams["pumps"]))
    scene.wait(minutes=0)
    assert scene.asked(second) == ["pumps", "pumps again"]
