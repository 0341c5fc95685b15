"""Measures: the three clocks of a line, and what was left unmet, against a count by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.history.measuring import percentile
from api.settings import Settings
from schemas.values import Purpose, Role
from schemas.views import DemandRow, OfferRow
from tests.api.house import AREA, BEGIN, COUNTY, House, Person, demand_body, opened
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
    assert (
        b"priority,3,1,0,0,0,,1,60.0,60.0,1,120.0,120.0,1,1200.0,1200.0,1,0,0,0,0,0,,"
        b",0,1,1,1,1,1,1,1,1,1380.0,1380.0,1,1380.0,1380.0,0,,,0,,,0,,\r\n" in table.content
    )
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


async def at_work(house: House, *skills: str) -> tuple[Person, Person, str]:
    """A desk, an organization that said yes to its P1 line, and its demand's number."""
    desk, (_, organization) = await house.desk(), await house.organization()
    incident = await house.incident(desk)
    lines = [{"skill": one, "minimum": 2, "target": 2} for one in ("PUMP_DRAIN", *skills)]
    await desk.post("/demands", demand_body(incident, lines=lines))
    await said_yes(house, organization, 2)
    return desk, organization, incident


async def said_yes(house: House, organization: Person, quantity: int) -> None:
    [offer] = [
        put.row
        for put in house.context.feed.rows("offer")
        if isinstance(put.row, OfferRow) and put.row.state == "sent"
    ]
    yes = {"quantity": quantity, "minutes": 20}
    assert (await organization.post(f"/offers/{offer.id}/accept", yes)).status == 200


async def step(house: House, organization: Person, name: str) -> None:
    """The last crew goes a step on."""
    crew = list(house.context.feed.rows("assignment"))[-1].row
    reply = await organization.post(f"/assignments/{crew.id}/{name}", {})
    assert reply.status == 200, reply.content


async def close(house: House, desk: Person, reason: str) -> None:
    [demand] = [put.row for put in house.context.feed.rows("demand")]
    assert isinstance(demand, DemandRow)
    path = f"/demands/{demand.id}/close"
    assert (await desk.post(path, {"reason": reason}, revision=demand.revision)).status == 200


async def counted(house: House, person: Person) -> dict[str, Any]:
    await written(house)
    [group] = [one for one in await groups(person) if one["by"] == "all"]
    return group


@pytest.mark.parametrize(
    ("steps", "unmet", "reasons"),
    [
        (("set-off", "arrive"), 0, {}),
        (("set-off", "arrive", "report-done"), 0, {}),
        (("set-off",), 1, {"not_come": 1}),
        ((), 1, {"not_come": 1}),
        (("set-off", "arrive", "cannot-complete"), 1, {"not_come": 1}),
    ],
)
async def test_who_came_has_helped_and_who_was_sent_home_on_the_way_has_not(
    house: House, steps: tuple[str, ...], unmet: int, reasons: dict[str, int]
) -> None:
    """Given a crew that came so far when its demand ran out: closing stands crews down, and what
    was done before is not forgotten with it."""
    desk, organization, _ = await at_work(house)
    for name in steps:
        await step(house, organization, name)
    await close(house, desk, "expired_unmet")
    found = await counted(house, desk)
    assert (found["unmet"], found["reasons"]) == (unmet, reasons)


async def test_half_of_what_was_needed_is_partly_and_a_skill_that_nobody_has_is_said(
    house: House,
) -> None:
    desk, (_, organization) = await house.desk(), await house.organization()
    incident = await house.incident(desk)
    lines = [{"skill": one, "minimum": 3, "target": 3} for one in ("PUMP_DRAIN", "CATERING")]
    await desk.post("/demands", demand_body(incident, lines=lines))
    await said_yes(house, organization, 2)
    await step(house, organization, "set-off")
    await step(house, organization, "arrive")
    await close(house, desk, "partly_met_accepted")
    found = await counted(house, desk)
    assert (found["unmet"], found["partly"]) == (2, 1)
    assert found["reasons"] == {"nobody_has_it": 1, "capacity": 1}


async def test_what_the_township_has_done_itself_is_not_unmet(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    posted = await desk.post("/demands", demand_body(incident))
    [put] = house.context.feed.rows("demand")
    assert isinstance(put.row, DemandRow)
    own = await desk.post(f"/lines/{put.row.lines[0].id}/own-crew", {"units": 2})
    assert own.status == 200, own.content
    path = f"/demands/{posted.json['id']}/close"
    assert (await desk.post(path, {"reason": "expired_unmet"}, revision=1)).status == 200
    found = await counted(house, desk)
    assert (found["lines"], found["unmet"]) == (1, 0)


@pytest.mark.parametrize("word", ["sent_home", "parked"])
async def test_who_stood_there_and_was_not_taken_on_is_no_gate(house: House, word: str) -> None:
    """Given a team that is off duty, comes all the same and is not taken on, then the record does
    not say that it was off duty."""
    desk, (team, organization) = await house.desk(), await house.organization()
    await organization.post(f"/organizations/{team}/duty", {"on_duty": False})
    incident = await house.incident(desk)
    await desk.post("/demands", demand_body(incident))
    [put] = house.context.feed.rows("demand")
    assert isinstance(put.row, DemandRow)
    came = {"organization": team, "word": word, "quantity": 1}
    received = await desk.post(f"/lines/{put.row.lines[0].id}/receive", came)
    assert received.status == 201, received.content
    await close(house, desk, "expired_unmet")
    found = await counted(house, desk)
    assert found["reasons"] == {"not_taken": 1}
    assert found["yes_after"]["count"] == found["arrived_after"]["count"] == 0


async def test_a_second_round_has_its_own_waits(house: House) -> None:
    """Given a demand that was served, and is reopened a day later, then nobody has waited a day."""
    desk, organization, incident = await at_work(house)
    for name in ("set-off", "arrive", "report-done"):
        await step(house, organization, name)
    await close(house, desk, "met")
    await house.wait(minutes=24 * 60)
    [demand] = [put.row for put in house.context.feed.rows("demand")]
    assert isinstance(demand, DemandRow)
    reopened = await desk.post(f"/demands/{demand.id}/reopen", {}, revision=demand.revision)
    assert reopened.status == 200, reopened.content
    await house.wait(minutes=1)
    await said_yes(house, organization, 2)
    await house.wait(minutes=5)
    await step(house, organization, "set-off")
    await step(house, organization, "arrive")
    await written(house)
    of_incident = [one for one in await groups(desk) if one["by"] == "incident"]
    [group] = of_incident
    assert group["key"] == incident
    assert group["asked_after"] == {"count": 1, "p50": 0, "p90": 0}
    assert group["yes_after"]["p50"] == 60_000
    assert group["arrived_after"]["p50"] == 5 * 60_000


async def test_a_crew_that_is_reserved_for_tomorrow_has_no_day_of_road(house: House) -> None:
    desk, (_, organization) = await house.desk(), await house.organization()
    incident = await house.incident(desk)
    tomorrow = BEGIN + 24 * 3600 * 1000
    await desk.post("/demands", demand_body(incident, priority=3, needed_by=tomorrow))
    await house.wait(minutes=1)
    await said_yes(house, organization, 2)
    await house.wait(minutes=24 * 60 - 21)
    await step(house, organization, "set-off")
    await house.wait(minutes=18)
    await step(house, organization, "arrive")
    found = await counted(house, desk)
    assert found["arrived_after"] == {"count": 1, "p50": 18 * 60_000, "p90": 18 * 60_000}


async def test_who_was_reached_by_what_and_whom_nobody_reached(house: House) -> None:
    """Given four that are asked: one by SMS after ten seconds, one unreachable, one silent, and
    one that answers though nothing is known of it."""
    for _ in range(4):
        await house.organization()
    desk, steward = await house.desk(), await house.steward()
    lines = [{"skill": "PUMP_DRAIN", "minimum": 8, "target": 8}]
    await desk.post("/demands", demand_body(await house.incident(desk), lines=lines))
    offers = [put.row for put in house.context.feed.rows("offer")]
    assert len(offers) == 4
    await house.wait(seconds=10)
    await steward.post("/conductor/reach", {"offer": offers[0].id, "by": "sms"})
    await steward.post("/conductor/reach", {"offer": offers[1].id, "by": None})
    await desk.post(f"/offers/{offers[2].id}/decline", {"reason": "no_crew"})
    await house.wait(minutes=4)
    await written(house)
    reviewer = await house.person(Role.REVIEWER, division=COUNTY)
    groups = (await reviewer.get("/review/measures")).json["groups"]
    [all_of_it] = [group for group in groups if group["by"] == "all"]
    assert (all_of_it["requests"], all_of_it["reached"]) == (4, {"sms": 1})
    assert all_of_it["unheard"] == 2, "one could not be reached, of one nothing is known"
    assert all_of_it["reached_after"] == {"count": 1, "p50": 10_000, "p90": 10_000}


async def test_a_line_for_which_nobody_was_reached_says_so(house: House) -> None:
    await house.organization()
    desk, steward = await house.desk(), await house.steward()
    made = await desk.post("/demands", demand_body(await house.incident(desk)))
    [offer] = [put.row for put in house.context.feed.rows("offer")]
    await steward.post("/conductor/reach", {"offer": offer.id, "by": None})
    closing = {"reason": "expired_unmet"}
    closed = await desk.post(f"/demands/{made.json['id']}/close", closing, revision=1)
    assert closed.status == 200
    await written(house)
    groups = (await desk.get("/review/measures")).json["groups"]
    assert groups[0]["reasons"] == {"not_reached": 1}
