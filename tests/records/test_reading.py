"""What a record comes to by its profile, and what keeps it from being a demand."""

from __future__ import annotations

from typing import Any

import pytest

from api.records import Reader, Reading, Refused
from schemas.values import CloseReason, Mode, PlaceKind
from tests.records.world import GROUND, profile, record

READER = Reader(profile(), GROUND)
AT = 1_751_849_499_000
ISO = ('formats = ["iso", "%Y/%m/%d %p %I:%M:%S"]', "formats = [{}]")


def read(reader: Reader = READER, **changed: Any) -> Reading:
    return reader.read(record(**changed))


def refused(reader: Reader = READER, **changed: Any) -> str:
    with pytest.raises(Refused) as caught:
        reader.read(record(**changed))
    return caught.value.code


def test_a_type_says_what_is_asked_for_and_which_rule_decided() -> None:
    found = read()
    assert (found.kind, found.priority, found.rule) == ("drainage", 3, "flood")
    assert [(line.request.skill, line.request.target) for line in found.lines] == [
        ("PUMP_DRAIN", 2)
    ]
    assert found.word == "TYPE=flood"
    assert (found.place.kind, found.place.division) == (PlaceKind.POINT, "T1")
    assert found.texts == {"address": "某村", "note": "积水及膝"}


def test_words_come_before_the_type_where_the_profile_has_them_first() -> None:
    found = read(WHAT="二楼两名老人被困")
    assert (found.kind, found.priority, found.word) == ("rescue_water", 1, "被困")


@pytest.mark.parametrize(
    ("text", "people", "boats"),
    [
        ("约20人被困", 0, 4),
        ("三名老人被困", 0, 1),
        ("十二人被困", 0, 3),
        ("被困", 0, 1),
        ("被困", 7, 2),
        ("被困", "3.0", 1),
        ("被困 six people", 0, 2),
    ],
)
def test_quantities_come_from_a_field_else_from_the_text(
    text: str, people: Any, boats: int
) -> None:
    found = read(WHAT=text, PEOPLE=people)
    assert found.lines[0].request.target == boats


def test_a_word_inside_an_excluded_one_is_none() -> None:
    assert read(WHAT="紧急救援").kind == "drainage"
    assert read(WHAT="紧急救援，需急救").kind == "medical"


def test_latin_words_are_whole_words() -> None:
    reader = Reader(profile(('words = ["演练"]', 'words = ["test"]')), GROUND)
    assert read(reader, WHAT="this is a Test").mode is Mode.EXERCISE
    assert read(reader, WHAT="the latest news").mode is Mode.ACTUAL


def test_exercises_are_in_their_own_mode_and_false_reports_end_as_unfounded() -> None:
    assert (read(WHAT="防汛演练").mode, read(WHAT="防汛演练").flags) == (
        Mode.EXERCISE,
        ("exercise",),
    )
    assert read(WHAT="误报").reason is CloseReason.UNFOUNDED


def test_what_only_a_public_crew_can_do_says_so() -> None:
    found = read(TYPE="power")
    assert found.lines[0].public
    assert found.flags == ("public_crew",)


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("2025-07-07T08:51:39", '"iso"'),
        ("2025-07-07T00:51:39Z", '"iso"'),
        ("2025/7/7 上午 08:51:39", '"%Y/%m/%d %p %I:%M:%S"'),
        ("07/07/2025 08:51:39", '"iso", "%m/%d/%Y %H:%M:%S"'),
        ("1751849499", '"epoch"'),
        (1_751_849_499_000, '"epoch_ms"'),
        ("45845.3692013889", '"serial"'),
        ("Mon Jul 07 08:51:39 +0800 2025", '"%a %b %d %H:%M:%S %z %Y"'),
    ],
)
def test_times_are_read_in_the_formats_of_the_profile(text: Any, formats: str) -> None:
    reader = Reader(profile((ISO[0], ISO[1].format(formats))), GROUND)
    assert read(reader, AT=text).at == AT


def test_an_hour_that_the_clock_had_twice_or_never_is_named() -> None:
    reader = Reader(profile(("Asia/Shanghai", "Europe/Berlin")), GROUND)
    assert refused(reader, AT="2025-10-26 02:30:00") == "time_ambiguous"
    assert refused(reader, AT="2025-03-30 02:30:00") == "time_skipped"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ID": ""}, "id_missing"),
        ({"AT": ""}, "time_missing"),
        ({"AT": "昨天"}, "time_unreadable"),
        ({"AT": "2021/2/30 上午 08:00:00"}, "time_unreadable"),
        ({"AT": 20_250_707}, "time_unreadable"),
        ({"TOWN": None, "COUNTY": None, "XY": None}, "place_missing"),
        ({"TOWN": "某某镇"}, "division_unknown"),
        ({"XY": ""}, "coordinate_missing"),
        ({"XY": "120.1 23.1"}, "coordinate_unreadable"),
        ({"XY": ["120.1"]}, "coordinate_unreadable"),
        ({"XY": "0,0"}, "null_island"),
        ({"XY": "120,23"}, "too_coarse"),
        ({"XY": "23.1,120.15"}, "lat_lon_swapped"),
        ({"XY": "12015.1,2310.2"}, "out_of_range"),
        ({"XY": "13.4,52.5"}, "outside_area"),
        ({"XY": "120.25,23.1"}, "outside_township"),
        ({"TYPE": "fire"}, "fire_brigade"),
        ({"TYPE": "unheard of"}, "not_understood"),
        ({"STATUS": "lost"}, "status_unknown"),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], code: str) -> None:
    assert refused(**changed) == code


@pytest.mark.parametrize("id", ["案件-七", "https://a.example/b?c=d", "x" * 64, 17])
def test_any_id_will_do(id: Any) -> None:
    assert len(read(ID=id).id) == 32
    assert read(ID=id).id != read().id


@pytest.mark.parametrize(
    ("changed", "flags", "kind"),
    [
        ({"XY": "23.1,120.15"}, ("lat_lon_swapped",), PlaceKind.POINT),
        ({"XY": ""}, ("coordinate_missing",), PlaceKind.DIVISION),
        ({"XY": "120.25,23.1"}, ("outside_township",), PlaceKind.DIVISION),
        (
            {"TOWN": "", "COUNTY": "甲", "XY": ""},
            ("in_county", "coordinate_missing"),
            PlaceKind.DIVISION,
        ),
        ({"TOWN": "", "COUNTY": ""}, ("by_coordinate",), PlaceKind.POINT),
        (
            {"XY": {"type": "LineString", "coordinates": [[120.14, 23.1], [120.16, 23.1]]}},
            ("shape_center",),
            PlaceKind.POINT,
        ),
    ],
)
def test_places_are_mended_as_the_profile_allows_and_marked(
    changed: dict[str, Any], flags: tuple[str, ...], kind: PlaceKind
) -> None:
    repair = '[place]\nrepair = ["swap", "seat", "center"]\n[time]'
    reader = Reader(profile(("[time]", repair)), GROUND)
    found = read(reader, **changed)
    assert (found.flags, found.place.kind) == (flags, kind)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ('order = "lat,lon"', "23.1,120.15"),
        ('separator = " "', "120.15 23.1"),
        ("", "120°9′0″E 23°6′0″N"),
        ("", [120.15, 23.1]),
        ("", {"type": "Point", "coordinates": [120.15, 23.1]}),
        ('crs = "GCJ-02"', "120.15,23.1"),
        ('crs = "BD-09"', "120.15,23.1"),
        ('crs = "EPSG:3826"', "162926.7,2555609.9"),
    ],
)
def test_coordinates_are_read_as_the_profile_says_they_stand(place: str, value: Any) -> None:
    found = read(Reader(profile(("[time]", f"[place]\n{place}\n[time]")), GROUND), XY=value)
    assert abs(found.place.lon - 1_201_500_000) < 150_000
    assert abs(found.place.lat - 231_000_000) < 150_000


TWO_FIELDS = ('coordinate = "XY"', 'lon = "LON"\nlat = "LAT"')


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("120°9′0″E", "23°6′0″N"),
        ("东经120度9分", "北纬23度6分"),
        ("120°9′", "23°6′"),
        (120.15, "23.1"),
    ],
)
def test_each_of_two_fields_may_hold_degrees_minutes_and_seconds(lon: Any, lat: Any) -> None:
    found = read(Reader(profile(TWO_FIELDS), GROUND), LON=lon, LAT=lat)
    assert (found.place.lon, found.place.lat) == (1_201_500_000, 231_000_000)


def test_a_direction_of_the_other_axis_is_refused_and_the_profile_s_own_field_is_named() -> None:
    with pytest.raises(Refused) as caught:
        Reader(profile(TWO_FIELDS), GROUND).read(record(LON="23°6′0″N", LAT="120°9′0″E"))
    assert (caught.value.code, caught.value.field) == ("coordinate_unreadable", "lon")


@pytest.mark.parametrize(
    "said", ["上午 08:30:00", "午前 08:30:00", "오전 08:30:00", "a. m. 08:30:00", "A.M. 08:30:00"]
)
def test_halves_of_the_day_are_read_in_several_languages(said: str) -> None:
    reader = Reader(profile(), GROUND)
    morning = reader.at(record(AT=f"2025/7/7 {said}"))
    after = {"上": "下", "午前": "午後", "오전": "오후", "a. m.": "p. m.", "A.M.": "P.M."}
    for word, other in after.items():
        said = said.replace(word, other)
    assert reader.at(record(AT=f"2025/7/7 {said}")) - morning == 12 * 3_600_000


def test_a_time_that_cannot_be_read_is_shown() -> None:
    with pytest.raises(Refused) as caught:
        Reader(profile(), GROUND).read(record(AT="昨天夜里"))
    assert (caught.value.code, caught.value.detail) == ("time_unreadable", "昨天夜里")


def test_abbreviated_names_are_found() -> None:
    assert read(COUNTY="甲", TOWN="乙").place.division == "T1"
    assert read(COUNTY="", TOWN="乙镇").place.division == "T1"
    assert read(COUNTY="C", TOWN="T2", XY="120.25,23.1").place.division == "T2"


def test_a_long_text_is_marked_where_it_is_cut() -> None:
    assert read(WHAT="水" * 2_000).flags == ()
    found = read(WHAT="水" * 3_200)
    assert (found.flags, len(found.texts["note"])) == (("text_cut",), 2_000)
