"""What has left the state is still there for whoever asks afterwards: pages, history, reviews."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from time import monotonic

import pytest

from api.history import HISTORY, rebuild
from api.history.store import drop
from api.settings import Settings
from schemas.values import Purpose
from schemas.views import DemandRow
from tests.api.house import AREA, COUNTY, TOWN, House, Person, demand_body, opened

SOON_S = 20.0  # a process is started in it
MINUTES = 24 * 60


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        yield house


async def left(house: House) -> tuple[Person, str, str, str]:
    """A desk, and a demand, its line and an organization that said no to it: all over and gone."""
    county, desk = await house.desk(COUNTY), await house.desk()
    organization, person = await house.organization()
    incident = await house.incident(county, COUNTY)
    posted = await desk.post("/demands", demand_body(incident))
    assert posted.status == 201, posted.content
    [offer] = [made["id"] for made in posted.json["made"] if made["fact"] == "OfferSent"]
    assert (await person.post(f"/offers/{offer}/decline", {"reason": "no_crew"})).status == 200
    [put] = house.context.feed.rows("demand")
    demand = put.row
    assert isinstance(demand, DemandRow)
    closed = await desk.post(f"/demands/{demand.id}/close", {"reason": "canceled"}, revision=1)
    assert closed.status == 200, closed.content
    assert (await county.post(f"/incidents/{incident}/close", {})).status == 200
    await house.wait(minutes=5 * MINUTES)
    await house.incident(county, COUNTY)  # any turn of the operation
    assert not list(house.context.feed.rows("demand"))
    return desk, demand.id, demand.lines[0].id, organization


async def found(desk: Person, demand: str) -> None:
    """Sooner or later history shows it to the desk."""
    end = monotonic() + SOON_S
    while True:
        reply = await desk.get("/history/demands")
        if reply.status == 200 and [row["id"] for row in reply.json["rows"]] == [demand]:
            assert reply.json["rows"][0]["state"] == "closed"
            return
        assert monotonic() < end, reply.content
        await asyncio.sleep(0.1)


async def test_history_and_reviews_know_what_has_left(house: House) -> None:
    desk, demand, line, organization = await left(house)
    await found(desk, demand)
    assert (await desk.post(f"/demands/{demand}/reopen", {}, revision=2)).status == 404
    why = await desk.get(f"/review/why?line={line}&organization={organization}")
    assert why.status == 200, why.content
    assert why.json["asked"]


async def test_a_history_that_is_lost_is_read_from_the_log_where_the_state_has_no_more(
    house: House, tmp_path: Path
) -> None:
    desk, demand, _, _ = await left(house)
    await found(desk, demand)
    drop(tmp_path / HISTORY)
    await asyncio.sleep(1)
    await found(desk, demand)
    drop(tmp_path / HISTORY)  # and again
    await asyncio.sleep(1)
    await found(desk, demand)


async def test_a_server_that_was_away_when_it_left_makes_it_good(tmp_path: Path) -> None:
    """Given a file that is older than what has left since, then a server that starts reads it."""
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        _, demand, _, _ = await left(house)
    drop(tmp_path / HISTORY)
    async with opened(tmp_path, settings) as house:
        house.keys = count(1_000)
        await found(await house.desk(TOWN), demand)
    assert rebuild(tmp_path, [AREA], lambda _turns: None)
