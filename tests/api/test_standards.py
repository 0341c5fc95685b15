"""A review against a count by hand: standards kept, full arrival, crews, hours, neighbors, and who
read what was sealed; and the files that are taken out of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from api.history import STANDARDS, as_csv, as_workbook
from api.history.standards import judged
from api.review import reading
from api.settings import Settings
from schemas.values import Purpose, Role
from schemas.views import AssignmentRow, OfferRow
from tests.api.house import (
    AREA,
    COUNTY,
    OTHER_TOWN,
    POINT,
    TOWN,
    House,
    Person,
    demand_body,
    opened,
)
from tests.api.test_history import written

MINUTE = 60_000
PUMPS = [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 4}]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        yield house


async def yes_of(house: House, organization: str, person: Person) -> str:
    """Its open request is answered with two units and five people in twenty minutes."""
    [offer] = [
        put.row
        for put in house.context.feed.rows("offer")
        if isinstance(put.row, OfferRow) and put.row.organization == organization
    ]
    yes = {"quantity": 2, "minutes": 20, "people": 5}
    said = await person.post(f"/offers/{offer.id}/accept", yes)
    assert said.status == 200, said.content
    [crew] = [
        put.row.id
        for put in house.context.feed.rows("assignment")
        if isinstance(put.row, AssignmentRow) and put.row.organization == organization
    ]
    return crew


async def step(person: Person, crew: str, name: str) -> None:
    reply = await person.post(f"/assignments/{crew}/{name}", {})
    assert reply.status == 200, reply.content


async def one_day(house: House) -> Person:
    """A small log. P1 for four pumps at minute 0, asked at once of two teams of two. The first says
    yes at 2, sets off at 5, is there at 25 and done at 85. The second says yes at 4 and forgets to
    say that it set off; it is there at 64, stays, and is still there at 95. A second P1, in the
    township beside it, finds nobody."""
    desk, other = await house.desk(), await house.desk(OTHER_TOWN)
    first, one = await house.organization()
    second, two = await house.organization()
    incident = await house.incident(await house.desk(COUNTY), COUNTY)
    contact = {"contact": "张三 13800000000"}
    posted = await desk.post("/demands", demand_body(incident, lines=PUMPS, **contact))
    assert posted.status == 201, posted.content
    nobody = [{"skill": "CATERING", "minimum": 1, "target": 1}]
    beside = {"place": POINT | {"division": OTHER_TOWN}, "kind": "supplies", "lines": nobody}
    assert (await other.post("/demands", demand_body(incident, **beside))).status == 201
    await house.wait(minutes=2)
    crew = await yes_of(house, first, one)
    await house.wait(minutes=2)
    late = await yes_of(house, second, two)
    await house.wait(minutes=1)
    await step(one, crew, "set-off")
    await house.wait(minutes=20)
    await step(one, crew, "arrive")
    await house.wait(minutes=39)
    await step(two, late, "arrive")
    await house.wait(minutes=21)
    await step(one, crew, "report-done")
    await house.wait(minutes=10)
    reading = {"reason": "calling"}
    shown = await desk.post(f"/demands/{posted.json['id']}/sealed", reading)
    assert shown.status == 200, shown.content
    await written(house)
    return await house.person(Role.REVIEWER, division=COUNTY)


async def found(person: Person, path: str) -> Any:
    reply = await person.get(path)
    assert reply.status == 200, reply.content
    return reply.json


async def test_what_a_review_counts_is_what_a_hand_counts(house: House) -> None:
    reviewer = await one_day(house)
    told = await found(reviewer, "/review/measures")
    groups = {(group["by"], group["key"]): group for group in told["groups"]}
    town, all_of_it = groups["division", TOWN], groups["all", ""]
    assert town["first_after"] == {"count": 1, "p50": 25 * MINUTE, "p90": 25 * MINUTE}
    assert town["full_after"] == {"count": 1, "p50": 64 * MINUTE, "p90": 64 * MINUTE}
    assert town["crews"] == 2
    assert town["turnout"] == {"count": 1, "p50": 3 * MINUTE, "p90": 3 * MINUTE}
    assert town["travel"] == {"count": 1, "p50": 20 * MINUTE, "p90": 20 * MINUTE}
    assert town["on_scene"] == {"count": 1, "p50": 60 * MINUTE, "p90": 60 * MINUTE}
    kept = {"count": 1, "kept": 1}
    assert town["standard"] == {"asked": kept, "yes": kept, "arrived": kept}
    half = {"count": 2, "kept": 1}
    assert all_of_it["standard"] == {"asked": half, "yes": half, "arrived": half}
    assert (town["waiting"], groups["division", OTHER_TOWN]["waiting"]) == (0, 1)
    assert told["standards"]["1"] == {"asked": 60_000, "yes": 300_000, "arrived": 3_600_000}


async def test_a_township_stands_beside_its_neighbors(house: House) -> None:
    """Given two townships with lines, then each is held against the other; a desk that sees one of
    them alone is told nothing of the other."""
    reviewer = await one_day(house)
    told = await found(reviewer, "/review/measures")
    near = {group["key"]: group for group in told["groups"] if group["by"] == "beside"}
    assert (near[TOWN]["lines"], near[TOWN]["unmet"], near[TOWN]["requests"]) == (1, 1, 0)
    assert (near[OTHER_TOWN]["unmet"], near[OTHER_TOWN]["requests"]) == (0, 2)
    own = await found(await house.desk(), "/review/measures")
    assert [group for group in own["groups"] if group["by"] == "beside"] == []
    assert OTHER_TOWN not in json.dumps(own)


async def test_hours_are_counted_by_name_and_nobody_is_ranked(house: House) -> None:
    """Given a team that was there an hour, and one since 31 minutes: two units and five people
    each. Away were they 80 and 31 of the 95 minutes since the first was asked."""
    reviewer = await one_day(house)
    told = await found(reviewer, "/review/organizations")
    first, second = told["organizations"]
    assert (first["requests"], first["yes"], first["declined"], first["silent"]) == (1, 1, 0, 0)
    assert (first["there"], second["there"]) == (60 * MINUTE, 31 * MINUTE)
    assert (first["unit_time"], first["person_time"]) == (120 * MINUTE, 300 * MINUTE)
    assert (first["used"], second["used"]) == (80 * 1000 // 95, 31 * 1000 // 95)
    assert [first["name"], second["name"]] == sorted([first["name"], second["name"]])
    table = await reviewer.get("/review/organizations.csv")
    assert f",1,1,0,0,0,1,3600.0,7200.0,18000.0,0,{first['used']}\r\n".encode() in table.content


async def test_who_has_opened_what_is_sealed_is_told_with_when_and_why(house: House) -> None:
    """The two yeses carried the contact, and the desk read it once."""
    reviewer = await one_day(house)
    told = await found(reviewer, "/review/openings")
    assert told["count"] == 3
    newest, *before = told["openings"]
    assert (newest["reason"], newest["number"], newest["division"]) == ("calling", 1, TOWN)
    assert newest["name"] == "甲"
    assert [one["reason"] for one in before] == ["accepted", "accepted"]
    assert [before[0]["at"] - before[1]["at"], newest["at"] - before[1]["at"]] == [
        2 * MINUTE,
        93 * MINUTE,
    ]
    elsewhere = await found(await house.desk(OTHER_TOWN), "/review/openings")
    assert elsewhere == {"openings": [], "count": 0}
    later = await found(reviewer, f"/review/openings?since={newest['at'] + 1}")
    assert later["count"] == 0


async def test_what_was_read_for_openings_is_not_read_again(house: House) -> None:
    """Given a log whose openings were asked for, then the next question reads what came since."""
    settings = house.context.settings
    log = reading.Log(reading.Query(settings.data, AREA))
    desk = await house.desk()
    text = {"contact": "张三 13800000000"}
    posted = await desk.post("/demands", demand_body(await house.incident(desk), **text))
    assert log.openings() == []
    looked_at = log._looked_at
    shown = await desk.post(f"/demands/{posted.json['id']}/sealed", {"reason": "calling"})
    assert shown.status == 200
    [(sequence, fact)] = log.openings()
    assert (sequence, fact.reason, fact.account) == (house.sequence, "calling", desk.account)
    assert looked_at == sequence - 1, "it goes on behind what it has looked at"
    log.close()


@pytest.mark.parametrize(
    "path",
    [
        *("measures", "measures.csv", "measures.xlsx", "demands.geojson"),
        *("organizations", "organizations.csv", "openings"),
    ],
)
async def test_only_desks_and_reviewers_read_and_no_period_ends_before_it_begins(
    house: House, path: str
) -> None:
    desk, (_, organization) = await house.desk(), await house.organization()
    steward = await house.steward()
    for stranger in (organization, steward):
        reply = await stranger.get(f"/review/{path}")
        assert (reply.status, reply.code) == (403, "role_missing")
    reply = await desk.get(f"/review/{path}?since=2&until=1")
    assert (reply.status, reply.code) == (422, "format_invalid")
    assert (await desk.get(f"/review/{path}?since=never")).status == 422


async def test_points_are_by_a_grid_and_nothing_typed_is_in_any_file(house: House) -> None:
    """Given a demand at 120.69123, 28.15077: its point in the file is some 100 m off, at most."""
    desk = await house.desk()
    incident = await house.incident(desk)
    place = POINT | {"lon": 120.69123, "lat": 28.15077}
    texts = {"contact": "张三 13800000000", "risk_statement": "=1+1", "rally_point": "@老桥"}
    assert (await desk.post("/demands", demand_body(incident, place=place, **texts))).status == 201
    await written(house)
    reply = await desk.get("/review/demands.geojson")
    assert reply.headers["content-type"] == "application/geo+json"
    [feature] = reply.json["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [120.691, 28.151]}
    assert feature["properties"]["state"] == "published"
    for path in ("demands.geojson", "measures.csv", "organizations.csv"):
        content = (await desk.get(f"/review/{path}")).content
        assert not any(said in content for said in (b"1380000", "张三".encode(), b"=1+1", b"@"))


async def test_a_workbook_has_numbers_as_numbers(house: House) -> None:
    reviewer = await one_day(house)
    reply = await reviewer.get("/review/measures.xlsx")
    book = load_workbook(BytesIO(reply.content))
    assert book.sheetnames == ["measures", "organizations"]
    heads, first, *_ = book["measures"].iter_rows(values_only=True)
    row = dict(zip(heads, first, strict=True))
    assert (row["by"], row["lines"], row["first_after_p50_s"]) == ("all", 2, 1500)


@pytest.mark.parametrize("lead", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_nobody_writes_a_formula_into_somebody_elses_table(lead: str) -> None:
    assert f"'{lead}" in as_csv([["name"], [lead, -1]])
    assert as_csv([[-1, 2.5]]).endswith("-1,2.5\r\n"), "a number stays one"
    book = load_workbook(BytesIO(as_workbook([("a", [[lead]])])))
    [[cell]] = book["a"].iter_rows()
    assert cell.data_type == "s"


# Standards


def test_a_standard_is_judged_once_its_time_is_up() -> None:
    """Given a P1 line at 0: before its minute is over nobody can say; then it was not kept."""
    nothing = (None, None, None)
    minute, hour = STANDARDS[1].asked, STANDARDS[1].arrived
    assert list(judged(1, 0, None, nothing, minute)) == []
    assert list(judged(1, 0, None, nothing, minute + 1)) == [(0, False)]
    assert list(judged(1, 0, None, (minute, None, hour + 1), hour)) == [
        (0, True),
        (1, False),
        (2, False),
    ]


def test_who_is_wanted_tomorrow_is_in_time_tomorrow() -> None:
    tomorrow = 24 * 60 * MINUTE
    assert (2, True) in list(judged(1, 0, tomorrow, (0, 0, tomorrow), tomorrow))
    assert (2, False) in list(judged(1, 0, tomorrow, (0, 0, tomorrow + 1), tomorrow))


def test_less_urgent_waits_no_shorter() -> None:
    steps = [(one.asked, one.yes, one.arrived) for _, one in sorted(STANDARDS.items())]
    assert steps == sorted(steps)
    assert all(asked < yes < there for asked, yes, there in steps)
