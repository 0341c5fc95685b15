"""Profiles held against the code lists and against a file, before anything is played."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli import command as cli
from api.records import ProfileUnfit, loaded
from tests.records.world import PROFILE

PROFILES = Path(__file__).parents[2] / "docs" / "profiles"
SAMPLES = PROFILES / "samples"
Captured = pytest.CaptureFixture[str]


def line(word: str, text: str) -> int:
    return next(n for n, one in enumerate(text.splitlines(), 1) if word in one)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('hazard = "typhoon"', 'hazard = "typhon"', "hazard_unknown"),
        ('hazard = "typhoon"', 'hazrd = "typhoon"', "profile_broken"),
        ('hazard = "typhoon"', 'hazard = "typhoon"\nlabel = "X Y"', "label_unfit"),
        ('kind = "drainage"', 'kind = "drainig"', "kind_unknown"),
        ('"PUMP_DRAIN"', '"PUMP"', "skill_unknown"),
        ('"PUMP_DRAIN"', '"WATER"', "grade_unfit"),
        ('"PUMP_DRAIN", units = 2', '"PUMP_DRAIN", grade = 3', "grade_unfit"),
        ('of = "people"', 'of = "poeple"', "quantity_unknown"),
        ("priority = 3", "priority = 5", "profile_broken"),
        ('demand = "medical"', 'demand = "medcal"', "demand_unknown"),
        ('mode = "exercise"', "", "rule_says_nothing"),
        ('mode = "exercise"', 'mode = "exercises"', "profile_broken"),
        ('words = ["演练"]', 'wrods = ["演练"]', "profile_broken"),
        ('words = ["演练"]', 'patterns = ["演(练"]', "pattern_broken"),
        ('words = ["演练"]', 'from = "yesterday"', "time_unreadable"),
        ('words = ["演练"]', 'quantities = { boats = ">1" }', "quantity_unknown"),
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Shanghi"', "zone_unknown"),
        ('"iso"', '"isoo"', "format_unknown"),
        ("[status]", '[place]\ncrs = "GCJ02"\n[status]', "crs_unknown"),
        ("[status]", '[place]\ncrs = "EPSG:99999"\n[status]', "crs_unknown"),
        ("[status]", '[place]\nrally_point = "{town}"\n[status]', "rally_point_unfit"),
        ("[status]", "[organizations]\noften = { PUMP = 1 }\n[status]", "skill_unknown"),
        ("[status]", "[status", "profile_broken"),
    ],
)
def test_every_word_that_does_not_exist_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    text = PROFILE.replace(old, new, 1)
    path = tmp_path / "profile.toml"
    path.write_text(text)
    with pytest.raises(ProfileUnfit) as caught:
        loaded(path)
    (fault,) = caught.value.faults
    assert fault.code == code
    assert 1 <= fault.line <= len(text.splitlines())
    if code not in ("rule_says_nothing", "profile_broken"):
        assert fault.detail.partition(":")[0] in text.splitlines()[fault.line - 1]


def test_a_misspelled_key_is_named_where_it_stands(tmp_path: Path) -> None:
    text = PROFILE.replace("except", "excpt")
    path = tmp_path / "profile.toml"
    path.write_text(text)
    with pytest.raises(ProfileUnfit) as caught:
        loaded(path)
    (fault,) = caught.value.faults
    assert fault.line == line("excpt", text)
    assert "excpt" in fault.detail


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.toml")) + sorted(SAMPLES.glob("*.toml")))
def test_the_profiles_that_ship_fit(path: Path) -> None:
    if "towns" not in path.name:
        loaded(path)


def test_the_check_shows_what_becomes_of_each_row_and_why(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    where = ("--data", str(tmp_path), "--area", "3303", "--csv", str(tmp_path / "rows.csv"))
    files = (str(SAMPLES / "clinic.csv"), str(SAMPLES / "clinic.toml"))
    assert cli.main(["profile", "check", *files, *where, "--json"]) == 0
    said = capsys.readouterr().out
    first = "demand  Water rescue  BOAT_OPERATE 3 boats; LOGISTICS_DRIVE 1 vehicle  P1  桥头镇"
    assert f"2  {first}  actual  cut off by water  on the roof" in said
    told = json.loads(said.splitlines()[-1])
    assert told == {"faults": 0, "rows": 7, "demands": 4, "duplicates": 1, "refused": 2}
    assert len((tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()) == 8


def test_the_check_counts_a_row_that_comes_twice_as_the_import_does(
    tmp_path: Path, capsys: Captured
) -> None:
    doubled = SAMPLES / "clinic.csv"
    profile, folder = str(SAMPLES / "clinic.toml"), ("--area", "3303", "--json")
    check = ["profile", "check", str(doubled), profile, "--data", str(tmp_path / "none")]
    assert cli.main([*check, *folder]) == 0
    checked = json.loads(capsys.readouterr().out.splitlines()[-1])
    dry = ["import", "demands", str(doubled), "--profile", profile, "--dry-run", "--keep-good"]
    cli.main([*dry, "--data", str(tmp_path / "data"), *folder])
    counted = json.loads(capsys.readouterr().out.splitlines()[-1])
    same = ("rows", "demands", "duplicates", "refused")
    assert [checked[name] for name in same] == [counted[name] for name in same] == [7, 4, 1, 2]


def test_a_field_that_no_record_has_is_named(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    text = (SAMPLES / "clinic.toml").read_text()
    profile = tmp_path / "profile.toml"
    profile.write_text(text.replace('note = "what they said"', 'note = ["what they said", "ohne"]'))
    where = ("--data", str(tmp_path), "--area", "3303")
    files = (str(SAMPLES / "clinic.csv"), str(profile))
    assert cli.main(["profile", "check", *files, *where]) == 1
    assert "[fields]  no record has this field: ohne" in capsys.readouterr().out
