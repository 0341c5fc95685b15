"""Measures: the three clocks of a line, and what was left unmet, against a count by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.history.measuring import percentile
from api.settings import Settings
from schemas.values import Purpose, Role
from schemas.views import DemandRow
from tests.api.house import AREA, COUNTY, House, Person, demand_body, opened
from tests.api.test_history import written


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        yield house


async def test_the_three_clocks_of_a_line_are_those_that_people_waited(house: House) -> None:
    """Given a P3, asked after its minute, with a yes two minutes later and a crew that arrives
    twenty after that; and a line for which there is nobody: both are found, with the reason."""
    desk, (_, organization) = await house.desk(), await house.organization()
    reviewer = await house.person(Role.REVIEWER, division=COUNTY)
    incident = await house.incident(desk)
    await desk.post("/demands", demand_body(incident, priority=3))
    nobody = [{"skill": "CATERING", "minimum": 1, "target": 1}]
    await desk.post("/demands", demand_body(incident, kind="supplies", lines=nobody))
    await house.wait(seconds=60)
    [offer] = [put.row for put in house.context.feed.rows("offer")]
    await house.wait(minutes=2)
    await organization.post(f"/offers/{offer.id}/accept", {"quantity": 2, "minutes": 20})
    await house.wait(minutes=20)
    [crew] = [put.row for put in house.context.feed.rows("assignment")]
    assert (await organization.post(f"/assignments/{crew.id}/arrive", {})).status == 200
    await written(house)
    reply = await reviewer.get("/review/measures")
    assert reply.status == 200, reply.content
    groups = {(group["by"], group["key"]): group for group in reply.json["groups"]}
    soon = groups["priority", "3"]
    assert soon["asked_after"] == {"count": 1, "p50": 60_000, "p90": 60_000}
    assert soon["yes_after"]["p50"] == 120_000
    assert soon["arrived_after"]["p50"] == 20 * 60_000
    assert (soon["lines"], soon["unmet"], soon["reasons"]) == (1, 0, {})
    meals = groups["kind", "supplies"]
    assert (meals["lines"], meals["unmet"]) == (1, 1)
    assert meals["asked_after"] == {"count": 0, "p50": None, "p90": None}
    assert groups["all", ""]["lines"] == 2
    table = await reviewer.get("/review/measures.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert b"priority,3,1,0,0,,1,60.0,60.0,1,120.0,120.0,1,1200.0,1200.0\r\n" in table.content
    assert (await organization.get("/review/measures")).status == 403


@pytest.mark.parametrize(
    ("reason", "withdrawn", "unmet"),
    [
        ("posted_by_mistake", 1, 0),
        ("duplicate", 1, 0),
        ("unfounded", 1, 0),
        ("canceled", 1, 0),
        ("done_by_others", 1, 0),
        ("met", 0, 0),
        ("partly_met_accepted", 0, 1),
        ("expired_unmet", 0, 1),
    ],
)
async def test_what_nobody_needed_is_not_unmet(
    house: House, reason: str, withdrawn: int, unmet: int
) -> None:
    """Given a demand that nobody could serve, then how it ended says whether that was a failure."""
    desk = await house.desk()
    incident = await house.incident(desk)
    posted = await desk.post("/demands", demand_body(incident))
    path = f"/demands/{posted.json['id']}/close"
    assert (await desk.post(path, {"reason": reason}, revision=1)).status == 200
    await written(house)
    [group] = [one for one in await groups(desk) if one["by"] == "all"]
    assert (group["lines"], group["withdrawn"], group["unmet"]) == (1, withdrawn, unmet)


async def test_a_line_that_was_dropped_is_withdrawn_and_the_end_of_the_incident_meets_no_need(
    house: House,
) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    lines = [{"skill": skill, "minimum": 1, "target": 1} for skill in ("PUMP_DRAIN", "CATERING")]
    await desk.post("/demands", demand_body(incident, lines=lines))
    [put] = house.context.feed.rows("demand")
    assert isinstance(put.row, DemandRow)
    assert (await desk.post(f"/lines/{put.row.lines[0].id}/drop", {})).status == 200
    assert (await desk.post(f"/incidents/{incident}/close", {})).status == 200
    await house.wait(seconds=1)
    await written(house)
    [group] = [one for one in await groups(desk) if one["by"] == "all"]
    assert (group["lines"], group["withdrawn"], group["unmet"]) == (2, 1, 1)


async def groups(person: Person) -> list[dict[str, Any]]:
    reply = await person.get("/review/measures")
    assert reply.status == 200, reply.content
    found: list[dict[str, Any]] = reply.json["groups"]
    return found


def test_a_percentile_is_a_time_that_somebody_has_waited() -> None:
    assert percentile([], 50) is None
    assert percentile([7], 90) == 7
    assert percentile(list(range(1, 11)), 50) == 5
    assert percentile(list(range(1, 11)), 90) == 9
    assert percentile([1, 2, 3], 50) == 2
