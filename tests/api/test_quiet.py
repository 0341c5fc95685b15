"""Still needed? A demand that nobody has touched for half a day, through the doors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.settings import Settings
from schemas.values import Purpose, Role
from schemas.views import DemandRow
from tests.api.house import AREA, COUNTY, OTHER_TOWN, House, demand_body, opened


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        yield house


def row(house: House, demand: str) -> DemandRow:
    put = house.context.feed.find("demand", demand)
    assert put is not None
    assert isinstance(put.row, DemandRow)
    return put.row


async def test_the_desk_is_asked_and_its_answer_lasts_half_a_day(house: House) -> None:
    desk, county = await house.desk(), await house.desk(COUNTY)
    posted = await desk.post("/demands", demand_body(await house.incident(desk), priority=3))
    demand = posted.json["id"]
    await house.wait(minutes=12 * 60 - 1)
    assert row(house, demand).asked_at is None
    await house.wait(minutes=2)
    assert row(house, demand).asked_at is not None
    for stranger in (await house.desk(OTHER_TOWN), (await house.organization())[1]):
        assert (await stranger.post(f"/demands/{demand}/still-needed", {})).status in (403, 404)
    reviewer = await house.person(Role.REVIEWER, division=COUNTY)
    assert (await reviewer.post(f"/demands/{demand}/still-needed", {})).code == "role_missing"
    kept = await county.post(f"/demands/{demand}/still-needed", {})
    assert kept.status == 200, kept.content
    assert row(house, demand).asked_at is None
    await house.wait(minutes=12 * 60 - 1)
    assert row(house, demand).asked_at is None
    await house.wait(minutes=2)
    assert row(house, demand).asked_at is not None
