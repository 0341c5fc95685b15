"""Cases of a history: what its profile makes of them, made-up ones and all the real ones."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import shapely

from api import records
from api.drill.cases import SCALE, LeftOut, Wanted, cases_of, read
from api.drill.history import Ledger, folder_of, prepare
from api.records import Ground, Reader, Record
from geo.divisions import DivisionFile, DivisionRow, DivisionTree, Level
from geo.regions import Regions

PROFILE = Path(__file__).parents[2] / "docs" / "profiles" / "danas.toml"
REGIONS = Regions(
    [("T1", shapely.box(120.1, 23.0, 120.2, 23.1)), ("T2", shapely.box(120.2, 23.0, 120.3, 23.1))]
)
TREE = DivisionTree(
    DivisionFile(
        "invented",
        "1",
        "nobody",
        Level.COUNTY,
        (
            DivisionRow("C", "某市", "Some", Level.COUNTY, None, 1_202_000_000, 230_500_000),
            DivisionRow("T1", "安南区", "An", Level.TOWNSHIP, "C", 1_201_500_000, 230_500_000),
            DivisionRow("T2", "北区", "Bei", Level.TOWNSHIP, "C", 1_202_500_000, 230_500_000),
        ),
    )
)
READER = Reader(records.load(PROFILE), Ground(TREE, "C", REGIONS))


def case(**changed: Any) -> Record:
    plain = {
        "CASE_ID": "1",
        "CASE_DT": "2025/7/7 上午 08:51:00",
        "COUNTY_N": "某市",
        "TOWN_N": "安南区",
        "CASE_LOC": "某路",
        "COORDINATE": "120.15,23.05",
        "DISASTER_MAIN_TYPE": "路樹災情",
        "DISASTER_SUB_TYPE": "路樹倒塌",
        "CASE_DESCRIPTION": "倒下",
        "CASE_STATUS": "待處理",
        "INJURED_NO": 0,
        "IS_SERIOUS": False,
        "logs": [],
    }
    return plain | changed


def wanted(record: Record) -> Wanted:
    outcome = read(record, READER)
    assert isinstance(outcome, Wanted)
    return outcome


def other(text: str, main: str = "其他災情") -> Record:
    return case(DISASTER_MAIN_TYPE=main, DISASTER_SUB_TYPE="其他", CASE_DESCRIPTION=text)


def test_a_case_becomes_what_the_doors_take() -> None:
    demand = wanted(case())
    assert (demand.town, demand.public, demand.marks) == ("T1", (), ())
    assert demand.body["kind"] == "obstruction"
    assert demand.body["lines"][0]["skill"] == "CHAINSAW_CLEAR"
    assert demand.body["place"] == {"crs": "WGS-84", "lon": 120.15, "lat": 23.05, "division": "T1"}
    assert (demand.body["address"], demand.body["note"]) == ("某路", "倒下")
    assert demand.body["rally_point"] == "安南区公所"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("整條街停電", "power"),
        ("水溝堵住要抽水", "drainage"),
        ("有人受傷要送醫", "medical"),
        ("請來看看", "reconnaissance"),
    ],
)
def test_where_the_type_says_nothing_the_words_do_and_else_the_main_type(
    text: str, kind: str
) -> None:
    assert wanted(other(text)).body["kind"] == kind


def test_people_in_danger_are_most_urgent_and_come_before_the_type() -> None:
    assert wanted(case(INJURED_NO=1)).body["priority"] == 1
    assert wanted(case(IS_SERIOUS=True)).body["priority"] == 2
    flood = case(DISASTER_MAIN_TYPE="積淹水災情", DISASTER_SUB_TYPE="房屋積淹水")
    assert wanted(flood).body["kind"] == "drainage"
    trapped = wanted(flood | {"CASE_DESCRIPTION": "兩人受困二樓"}).body
    assert (trapped["kind"], trapped["priority"]) == ("rescue_water", 1)


def test_power_is_for_the_public_crews_and_says_so() -> None:
    demand = wanted(case(DISASTER_SUB_TYPE="電力停電"))
    assert demand.public == ("ELECTRIC_REPAIR",)
    assert "不请求社会组织" in demand.body["risk_statement"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (case(CASE_DESCRIPTION="防汛演練"), "exercise_or_test"),
        (case(CASE_DESCRIPTION="這是Test請勿派遣"), "exercise_or_test"),
        (case(CASE_DESCRIPTION="(誤報)路樹倒塌"), "false_report"),
        (case(DISASTER_MAIN_TYPE="火災"), "fire_brigade"),
        (other("明天停班停課嗎", "某種"), "inquiry"),
        (case(CASE_DT="昨天"), "time_unreadable"),
        (case(TOWN_N="某某鄉"), "division_unknown"),
        (case(DISASTER_SUB_TYPE="從未見過"), "not_understood"),
    ],
)
def test_what_becomes_no_demand_has_a_reason(changed: Record, reason: str) -> None:
    assert read(changed, READER) == LeftOut(reason)


def test_words_of_an_inquiry_do_not_silence_a_demand() -> None:
    assert isinstance(read(other("停課了,電線還垂在路上"), READER), Wanted)
    assert isinstance(read(case(CASE_DESCRIPTION="latest 停課"), READER), Wanted)


@pytest.mark.parametrize(
    ("text", "marks", "point"),
    [
        ("23.05,120.15", ("lat_lon_swapped",), True),
        (",", ("coordinate_missing",), False),
        ("12015.5,2305.1", ("out_of_range",), False),
        ("121.5,25.0", ("outside_area",), False),
        ("120.25,23.05", ("outside_township",), False),
    ],
)
def test_places_are_mended_and_marked(text: str, marks: tuple[str, ...], point: bool) -> None:
    demand = wanted(case(COORDINATE=text))
    assert demand.marks == marks
    assert ("lon" in demand.body["place"]) is point


def test_a_case_is_taken_as_it_was_when_it_was_filed() -> None:
    at = "2025-07-07 09:00:00"
    log = {"field": "CASE_DESCRIPTION", "old_value": "倒下", "new_value": "誤報", "timestamp": at}
    assert wanted(case(CASE_DESCRIPTION="誤報", logs=[log])).body["note"] == "倒下"


def test_every_real_case_is_accounted_for(cases: Path, tmp_path: Path) -> None:
    area, divisions = prepare(cases, PROFILE, tmp_path)
    tree, folder = DivisionTree.load(divisions), folder_of(cases)
    profile = records.load(PROFILE)
    known = list(cases_of(folder, profile))
    ground = Ground(tree, area, Regions.load(folder / "towns.geojson.gz"))
    ledger = Ledger(known, Reader(profile, ground))
    assert (ledger.cases, len(tree.children(area)), SCALE) == (6_244, 37, 10_000_000)
    assert len(ledger.wanted) + ledger.left_out.total() == 6_244
    left_out = {"exercise_or_test", "false_report", "fire_brigade", "inquiry", "not_understood"}
    assert set(ledger.left_out) <= left_out
    assert ledger.left_out.total() < 60
    assert ledger.repaired["coordinate_missing"] + ledger.repaired["lat_lon_swapped"] > 2_000
    times = [records.filed_at(one, profile) or 0 for one in known]
    assert times == sorted(times), "the file is in the order of its times"
    kinds = Counter(one.body["kind"] for one in ledger.wanted)
    assert min(kinds["power"], kinds["obstruction"]) > kinds["medical"] > 100
    assert kinds["drainage"] > 50
