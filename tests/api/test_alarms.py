"""Alarms on the desk's page: what a watch has written, to whom it concerns, while it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import time_ns

import pytest
from playwright.sync_api import expect

from api.watch.alarms import ALARMS, Alarm, Written, write
from tests.api.browsing import TOWN, Screens, Server, in_both_languages, served
from tests.api.house import OTHER_TOWN, House
from tests.api.test_doors import published, the_row


def alarm(*demands: str, area: str = "3303") -> Alarm:
    now = time_ns() // 1_000_000
    return Alarm("demand_overdue", area, demands, now - 45_000, "有需求超时。", "A demand is late.")


def stands(folder: Path, *alarms: Alarm, lasts: int = 60_000) -> None:
    now = time_ns() // 1_000_000
    write(folder, Written(now, now + lasts, alarms))


async def test_a_desk_hears_of_its_own_demands_by_number(house: House) -> None:
    """Given an alarm about a township's demand, then its desk reads the number, another reads that
    something is late, and of another area nobody hears."""
    desk, other = await house.desk(), await house.desk(OTHER_TOWN)
    await published(house, desk)
    demand = (await the_row(desk, "demand"))["id"]
    stands(house.context.settings.data, alarm(demand), alarm(area="3301"))
    [mine] = (await desk.get("/alarms")).json["alarms"]
    assert mine["demands"] == [{"id": demand, "number": 1}]
    assert mine["en"] == "A demand is late."
    [theirs] = (await other.get("/alarms")).json["alarms"]
    assert theirs["demands"] == []


async def test_without_a_watch_nothing_is_said_to_be_watched(house: House) -> None:
    desk, folder = await house.desk(), house.context.settings.data
    assert (await desk.get("/alarms")).json == {"watched": False, "alarms": []}
    stands(folder, alarm(), lasts=-1)
    assert (await desk.get("/alarms")).json == {"watched": False, "alarms": []}
    (folder / ALARMS).write_bytes(b"{")
    assert (await desk.get("/alarms")).json == {"watched": False, "alarms": []}
    stands(folder)
    assert (await desk.get("/alarms")).json == {"watched": True, "alarms": []}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("watched") / "data"


@pytest.fixture(scope="module")
def server(folder: Path, chromium_path: str) -> Iterator[Server]:
    with served(folder) as (address, link):
        server = Server(address)
        server.sign_in(link)
        yield server


def test_a_desk_sees_an_alarm_come_and_go(folder: Path, server: Server, screens: Screens) -> None:
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    strip = desk.locator("#alarms")
    expect(strip).to_be_hidden()
    stands(folder, alarm())
    desk.reload()
    expect(strip).to_contain_text("A demand is late.")
    in_both_languages(desk)
    stands(folder)
    expect(strip).to_be_hidden(timeout=20_000)
