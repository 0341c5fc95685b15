"""The real desk records of a typhoon: every row and change accounted for, places as they agree."""

from __future__ import annotations

import gzip
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from api import records
from api.records import loaded
from geo.divisions import DivisionTree
from geo.finder import Finder
from geo.regions import Regions
from tests.records.clerk import Captured, Clerk

PROFILES = Path(__file__).parents[2] / "docs" / "profiles"
SCALE = 10_000_000


@pytest.fixture(scope="module")
def danas(cases: Path) -> Path:
    return next(cases.glob("**/danas2025"))


@pytest.fixture
def clerk(tmp_path: Path, capsys: Captured, danas: Path, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    found = Clerk(tmp_path, capsys)
    where = ("--data", str(found.data), "--profile", str(PROFILES / "danas-towns.toml"))
    code, told = found.run("import", "divisions", str(danas / "towns.geojson.gz"), *where)
    assert (code, told["divisions"]) == (0, 391)
    return found


def bring_in(clerk: Clerk, file: Path, *flags: str) -> tuple[int, dict[str, object]]:
    where = ("--data", str(clerk.data), "--profile", str(PROFILES / "danas.toml"), "--keep-good")
    return clerk.run("import", "demands", str(file), *where, *flags)


def test_every_row_and_every_change_is_accounted_for(clerk: Clerk, danas: Path) -> None:
    where = ("--data", str(clerk.data), "--profile", str(PROFILES / "danas.toml"))
    wanted = ("import", "demands", str(danas / "cases.ndjson.gz"), *where)
    code, told = clerk.run(*wanted, "--keep-good", "--dry-run")
    assert (code, told["rows"]) == (0, 10_653)
    assert told["demands"] >= 10_500
    assert told["rows"] == told["demands"] + told["duplicates"] + told["refused"]
    assert told["changes"] >= 21_500
    assert told["changes"] + told["changes_refused"] == 23_559
    skills = Counter(told["skills"])
    assert max(skills.values()) < 0.4 * skills.total()
    assert told["flags"]["public_crew"] > 4_000


def test_the_first_of_them_are_played_and_decided_again(clerk: Clerk, danas: Path) -> None:
    with gzip.open(danas / "cases.ndjson.gz", "rb") as whole:
        first = b"".join(islice(whole, 150))
    file = clerk.folder / "first.ndjson"
    file.write_bytes(first)
    code, told = bring_in(clerk, file)
    assert (code, told["rows"]) == (0, 150)
    assert clerk.run("verify", str(clerk.data))[1]["replay"] == "equal"
    code, measured = clerk.run("review", "--data", str(clerk.data), "--area", "TW")
    assert code == 0
    assert measured["groups"]


def test_coordinates_alone_lead_to_the_named_township(clerk: Clerk, danas: Path) -> None:
    (file,) = (clerk.data / "divisions").glob("*.json")
    tree, regions = DivisionTree.load(file), Regions.kept(file.with_suffix(".polygons"))
    finder, agreed = Finder(tree, "TW", regions), Counter[bool]()
    for raw in records.read(danas / "cases.ndjson.gz").rows:
        record = raw.record or {}
        named = finder.named(record["COUNTY_N"], record["TOWN_N"])
        parts = [part for part in record["COORDINATE"].split(",") if part.strip()]
        if len(parts) == 2 and 118 < float(parts[0]) < 123:
            found = finder.at(round(float(parts[0]) * SCALE), round(float(parts[1]) * SCALE))
            agreed[found is not None and [found.code] == named] += 1
    assert agreed.total() > 7_000
    assert agreed[True] > 0.97 * agreed.total()


def test_the_profile_that_ships_fits_the_code_lists() -> None:
    assert loaded(PROFILES / "danas.toml").hazard == "typhoon"
