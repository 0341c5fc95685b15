"""The situation of an incident: what a report says is what a hand count of the record says."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.settings import Settings
from schemas.values import Purpose, Role
from schemas.wire import digest
from tests.api.house import AREA, COUNTY, OTHER_TOWN, POINT, TOWN, House, Person, demand_body
from tests.api.house import opened as served


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with served(tmp_path, settings) as house:
        yield house


class Storm:
    """One incident of the county with a desk in it, and a team of two pumps."""

    house: House
    county: Person
    desk: Person
    team: Person
    incident: str


async def storm(house: House) -> Storm:
    made = Storm()
    made.house = house
    made.county, made.desk = await house.desk(COUNTY), await house.desk(TOWN)
    _, made.team = await house.organization()
    made.incident = await house.incident(made.county, COUNTY)
    return made


async def post(storm: Storm, **changed: Any) -> dict[str, Any]:
    reply = await storm.desk.post("/demands", demand_body(storm.incident, **changed))
    assert reply.status == 201, reply.content
    found: dict[str, Any] = reply.json
    return found


async def report(storm: Storm, person: Person | None = None) -> dict[str, Any]:
    """As of the log's end: history is a moment behind."""
    for _ in range(100):
        reply = await (person or storm.desk).get(f"/incidents/{storm.incident}/situation")
        if reply.status == 200 and reply.json["situation"]["sequence"] == storm.house.sequence:
            found: dict[str, Any] = reply.json
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(reply.content)


async def test_a_report_counts_what_is_wanted_at_work_and_missing(house: House) -> None:
    """Given one demand for three pumps with a crew of two on the way, and one closed as a false
    report, then the report says so in numbers, and whom nobody can be asked for."""
    scene = await storm(house)
    lines = [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 3}]
    posted = await post(scene, lines=lines)
    [offer] = [made["id"] for made in posted["made"] if made["fact"] == "OfferSent"]
    yes = {"quantity": 2, "minutes": 20, "people": 5}
    assert (await scene.team.post(f"/offers/{offer}/accept", yes)).status == 200
    false = await post(scene)
    closing = {"reason": "unfounded"}
    closed = await scene.desk.post(f"/demands/{false['id']}/close", closing, revision=1)
    assert closed.status == 200, closed.content
    found = (await report(scene))["situation"]
    assert {one["key"]: one["count"] for one in found["demands"]} == {
        "published": 1, "unfounded": 1,
    }  # fmt: skip
    [need] = found["needs"]
    assert (need["wanted"], need["working"], need["missing"]) == (3, 2, 1)
    [short] = found["short"]
    assert (short["number"], short["missing"], short["division"]) == (1, 1, TOWN)
    assert found["short_lines"] == 1
    assert (short["asked"], short["nobody"]) == (0, True)
    assert need["nobody"] == 1
    assert found["work"] == {"organizations": 1, "crews": 1, "people": 5, "unknown": 0}
    assert found["helped"] == 0


async def test_who_is_being_asked_is_never_nobody(house: House) -> None:
    """Given a line for more than the only team has, which is asked, then it is not said that nobody
    can be asked, though nobody else can."""
    scene = await storm(house)
    await post(scene, lines=[{"skill": "PUMP_DRAIN", "minimum": 1, "target": 3}])
    found = (await report(scene))["situation"]
    [short], [need] = found["short"], found["needs"]
    assert (short["asked"], short["nobody"], need["nobody"]) == (1, False, 0)


async def test_its_head_is_the_hash_of_the_turn_that_it_was_counted_at(house: House) -> None:
    scene = await storm(house)
    await post(scene)
    found = await report(scene)
    stored = next(iter(house.context.engine.read(AREA, found["situation"]["sequence"] - 1)))
    assert found["head"] == digest(stored)


async def test_everybody_counts_in_their_own_sight_and_no_text_leaves(house: House) -> None:
    """Given a demand in one township, then the county counts it, the other township does not, an
    organization may not ask; and nothing that somebody typed is in any answer."""
    scene = await storm(house)
    await post(scene, place=POINT | {"division": TOWN}, risk_statement="canary risk")
    other = await house.desk(OTHER_TOWN)
    assert (await report(scene, scene.county))["situation"]["demands"]
    assert not (await report(scene, other))["situation"]["demands"]
    refused = await scene.team.get(f"/incidents/{scene.incident}/situation")
    assert (refused.status, refused.code) == (403, "role_missing")
    assert (await scene.desk.get("/incidents/none/situation")).status == 404
    reviewer = await house.person(Role.REVIEWER, division=COUNTY)
    reply = await reviewer.get(f"/incidents/{scene.incident}/situation")
    assert reply.status == 200
    assert b"canary" not in reply.content
