"""Profiles: what becomes of a case, told by made-up cases and counted over the real ones."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import shapely

from api.drill.history import Ledger, folder_of, prepare
from api.drill.organizations import Town
from api.drill.profile import SCALE as DEGREE
from api.drill.profile import Case, LeftOut, Profile, Reader, Wanted, cases_of
from geo.divisions import DivisionTree
from geo.regions import Regions

PROFILE = Path(__file__).parents[2] / "docs" / "profiles" / "danas.toml"
TOWN = Town("T1", "安南区", 120.15, 23.05, False)
NEXT = Town("T2", "北区", 120.25, 23.05, False)
REGIONS = Regions(
    [("T1", shapely.box(120.1, 23.0, 120.2, 23.1)), ("T2", shapely.box(120.2, 23.0, 120.3, 23.1))]
)


@pytest.fixture(scope="module")
def profile() -> Profile:
    return Profile.load(PROFILE)


@pytest.fixture
def reader(profile: Profile) -> Reader:
    return Reader(profile, [TOWN, NEXT], REGIONS)


def case(**changed: Any) -> Case:
    plain = {
        "CASE_ID": "1",
        "CASE_DT": "2025/7/7 上午 08:51:00",
        "TOWN_N": "安南区",
        "CASE_LOC": "某路",
        "COORDINATE": "120.15,23.05",
        "DISASTER_MAIN_TYPE": "路樹災情",
        "DISASTER_SUB_TYPE": "路樹倒塌",
        "CASE_DESCRIPTION": "倒下",
        "INJURED_NO": 0,
        "IS_SERIOUS": False,
    }
    return plain | changed


def wanted(outcome: Wanted | LeftOut) -> Wanted:
    assert isinstance(outcome, Wanted)
    return outcome


def other(text: str, main: str = "其他災情") -> Case:
    return case(DISASTER_MAIN_TYPE=main, DISASTER_SUB_TYPE="其他", CASE_DESCRIPTION=text)


def test_a_type_says_what_is_asked_for(reader: Reader) -> None:
    demand = wanted(reader.read(case()))
    assert demand.body["kind"] == "obstruction"
    assert demand.body["lines"][0]["skill"] == "CHAINSAW_CLEAR"
    assert demand.body["priority"] == 3
    assert (demand.town, demand.repair) == (TOWN, None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("整條街停電", "power"), ("水溝堵住要抽水", "drainage"), ("有人受傷要送醫", "medical")],
)
def test_where_the_type_says_nothing_the_words_do(reader: Reader, text: str, kind: str) -> None:
    assert wanted(reader.read(other(text))).body["kind"] == kind


def test_without_words_the_main_type_decides(reader: Reader) -> None:
    assert wanted(reader.read(other("請來看看"))).body["kind"] == "reconnaissance"
    assert wanted(reader.read(other("請來看看", "水利設施災情"))).body["kind"] == "drainage"
    assert reader.read(other("請來看看", "")) == LeftOut("not_understood")


def test_people_in_danger_are_most_urgent(reader: Reader) -> None:
    assert wanted(reader.read(case(INJURED_NO=1))).body["priority"] == 1
    assert wanted(reader.read(case(CASE_DESCRIPTION="車內有人受困"))).body["priority"] == 1
    assert wanted(reader.read(case(IS_SERIOUS=True))).body["priority"] == 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (case(CASE_DESCRIPTION="防汛演練"), "exercise_or_test"),
        (case(CASE_DESCRIPTION="這是Test請勿派遣"), "exercise_or_test"),
        (case(DISASTER_MAIN_TYPE="火災"), "fire_brigade"),
        (other("明天停班停課嗎"), "inquiry"),
        (case(CASE_DT="昨天"), "time_unreadable"),
        (case(TOWN_N="某某鄉"), "township_unknown"),
        (case(DISASTER_SUB_TYPE="從未見過"), "not_understood"),
    ],
)
def test_what_becomes_no_demand_has_a_reason(reader: Reader, changed: Case, reason: str) -> None:
    assert reader.read(changed) == LeftOut(reason)


def test_words_of_an_inquiry_do_not_silence_a_demand(reader: Reader) -> None:
    assert isinstance(reader.read(other("停課了,電線還垂在路上")), Wanted)
    assert isinstance(reader.read(case(CASE_DESCRIPTION="latest 停課")), Wanted)


@pytest.mark.parametrize(
    ("text", "repair", "point"),
    [
        ("120.15,23.05", None, True),
        ("23.05,120.15", "coordinate_swapped", True),
        (",", "coordinate_missing", False),
        ("", "coordinate_missing", False),
        ("12015.5,2305.1", "coordinate_out_of_range", False),
        ("121.5,25.0", "outside_area", False),
        ("120.25,23.05", "outside_township", False),
    ],
)
def test_places_are_mended_and_marked(
    reader: Reader, text: str, repair: str | None, point: bool
) -> None:
    demand = wanted(reader.read(case(COORDINATE=text)))
    assert demand.repair == repair
    assert demand.body["place"] == (
        {"crs": "WGS-84", "lon": 120.15, "lat": 23.05, "division": "T1"}
        if point
        else {"division": "T1"}
    )


def test_times_are_local(profile: Profile) -> None:
    assert profile.at(case(CASE_DT="2025/7/7 上午 12:00:00")) == 1_751_817_600_000
    assert profile.at(case(CASE_DT="2025/7/7 下午 12:00:00")) == 1_751_860_800_000
    assert profile.at(case(CASE_DT="2025/7/7 下午 01:00:01")) == 1_751_864_401_000


def test_texts_of_a_case_go_into_sealed_fields_only(reader: Reader) -> None:
    body = wanted(reader.read(case(CASE_LOC="秘密路", CASE_DESCRIPTION="秘密\n倒樹"))).body
    assert (body["address"], body["note"]) == ("秘密路", "秘密 倒樹")
    assert "秘密" not in body["risk_statement"] + body["rally_point"]


def test_every_real_case_is_accounted_for(cases: Path, profile: Profile, tmp_path: Path) -> None:
    area, divisions = prepare(cases, PROFILE, tmp_path)
    tree, folder = DivisionTree.load(divisions), folder_of(cases)
    towns = [
        Town(code, node.name, node.lon / DEGREE, node.lat / DEGREE, False)
        for code in tree.children(area)
        if (node := tree.get(code)) is not None
    ]
    read = list(cases_of(folder, profile.county))
    reader = Reader(profile, towns, Regions.load(folder / "towns.geojson.gz"))
    ledger = Ledger(read, reader)
    assert (ledger.cases, len(towns)) == (6_244, 37)
    assert len(ledger.wanted) + ledger.left_out.total() == 6_244
    assert set(ledger.left_out) <= {"exercise_or_test", "fire_brigade", "inquiry"}
    assert ledger.left_out.total() < 60
    assert ledger.repaired["coordinate_missing"] + ledger.repaired["coordinate_swapped"] > 2_500
    times = [profile.at(one) or 0 for one in read]
    assert times == sorted(times), "the file is in the order of its times"
    kinds = Counter(one.body["kind"] for one in ledger.wanted)
    assert kinds["power"] > kinds["obstruction"] > kinds["medical"] > kinds["drainage"] > 50
