"""Days and times of day are China's, whatever the machine thinks where it is."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.days import end_of, start_of, time_of_day
from streams.parameters import DAY, MINUTE
from tests.streams.world import START

CHINA = timezone(timedelta(hours=8))
DAYS = st.dates().filter(lambda day: day.year >= 1970)


def instant(text: str) -> int:
    """An instant as it is said in China."""
    return int(datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp() * 1000)


@given(day=DAYS)
def test_a_day_begins_at_its_midnight_in_china(day: object) -> None:
    assert start_of(str(day)) == instant(f"{day}T00:00:00")


@given(day=st.dates().filter(lambda day: 1970 <= day.year < 9999))
def test_a_day_ends_where_the_next_begins(day: object) -> None:
    assert end_of(str(day)) - start_of(str(day)) == DAY
    at = end_of(str(day))
    assert datetime.fromtimestamp(at // 1000, CHINA).strftime("%H:%M") == "00:00"


NONE = ("2025-02-29", "2025-04-31", "2025-00-10", "2025-13-01", "0000-01-01")


@pytest.mark.parametrize("day", NONE)
def test_there_is_no_such_day(day: str) -> None:
    for bound in (start_of, end_of):
        with pytest.raises(ValueError, match=r"day|month|year|range"):
            bound(day)


def test_a_leap_day_is_one() -> None:
    assert end_of("2024-02-29") == start_of("2024-03-01")


@pytest.mark.parametrize(
    ("text", "seen", "said"),
    [
        ("2025-07-31T02:26:40", "2025-07-31T02:30", "02:26"),
        ("2025-07-31T23:59:59", "2025-07-31T00:00", "23:59"),
        ("2025-08-01T00:00:00", "2025-07-31T23:59", "08-01 00:00"),
        ("2025-07-30T23:59:00", "2025-07-31T00:00", "07-30 23:59"),
    ],
)
def test_another_day_is_named(text: str, seen: str, said: str) -> None:
    assert time_of_day(instant(text), instant(seen)) == said


def test_the_small_world_begins_by_day_and_it_is_another_day_in_utc() -> None:
    assert time_of_day(START, START) == "07:26"
    assert datetime.fromtimestamp(START // 1000, UTC).hour == 23


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Honolulu", "Asia/Kolkata"])
def test_another_time_zone_of_the_machine_changes_nothing(zone: str) -> None:
    code = (
        "from streams.days import start_of, time_of_day;"
        f"print(start_of('2025-07-31'), time_of_day({START}, {START}))"
    )
    environment = {**os.environ, "TZ": zone}
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == [str(instant("2025-07-31T00:00:00")), "07:26"]


def test_midnight_in_china_is_a_minute_away_from_the_day_before() -> None:
    at = start_of("2025-08-01")
    assert time_of_day(at - MINUTE, at - MINUTE) == "23:59"
