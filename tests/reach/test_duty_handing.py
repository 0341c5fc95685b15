"""A desk whose page is closed is told of what was handed up to it, or given back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.api.house import COUNTY, TOWN
from tests.reach.stage import Stage, staged
from tests.reach.test_duty import look, on_duty, short

CITY = "3303"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        made.sms(template_desk="SMS_2")
        for division, number in ((TOWN, "1"), (COUNTY, "2"), (CITY, "3")):
            on_duty(made, division, f"1370000000{number}")
        yield made


def arrived(stage: Stage, number: int) -> int:
    return len(stage.gateway.arrived(f"1370000000{number}"))


async def test_the_county_is_told_at_once_then_those_above_it_and_the_township_when_it_is_back(
    stage: Stage,
) -> None:
    demand = await short(stage)
    await look(stage)
    assert (arrived(stage, 1), arrived(stage, 2)) == (1, 0)
    desk, county = await stage.house.desk(), await stage.house.desk(COUNTY)
    body = {"reason": "no_force", "text": "已无可用力量"}
    assert (await desk.post(f"/demands/{demand}/hand-up", body)).status == 200
    await look(stage)
    assert (arrived(stage, 1), arrived(stage, 2), arrived(stage, 3)) == (1, 1, 0)
    assert (await county.post(f"/demands/{demand}/take-on", {})).status == 200
    stage.ahead += 31 * 60_000
    await look(stage)
    assert (arrived(stage, 1), arrived(stage, 2)) == (1, 2), "short still: whoever answers for it"
    back = {"text": "邻镇可以支援"}
    assert (await county.post(f"/demands/{demand}/give-back", back)).status == 200
    await look(stage)
    assert arrived(stage, 1) >= 2
