"""Away: a township's desk sees where its own organizations have gone, and no more (field E4)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.house import OTHER_TOWN, POINT, House, Person, demand_body, opened
from tests.api.test_history import written


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as house:
        yield house


async def board(person: Person) -> dict[str, list[dict[str, Any]]]:
    """A person's rows by their kind."""
    page = json.loads((await person.get("/board")).content)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in page["rows"]:
        found.setdefault(row["type"], []).append(row)
    return found


async def gone_out(house: House) -> tuple[Person, Person, str, str]:
    """A desk, its neighbor's desk, and an organization of the neighbor's that works here."""
    desk, neighbor = await house.desk(), await house.desk(OTHER_TOWN)
    place = {**POINT, "division": OTHER_TOWN}
    organization, leader = await house.organization(home=OTHER_TOWN, place=place)
    posted = await desk.post("/demands", demand_body(await house.incident(desk), contact="王 123"))
    offer = next(made["id"] for made in posted.json["made"] if made["fact"] == "OfferSent")
    said = await leader.post(f"/offers/{offer}/accept", {"quantity": 1, "minutes": 20})
    assert said.status == 200, said.content
    return desk, neighbor, organization, posted.json["id"]


async def test_the_home_desk_sees_its_team_at_work_elsewhere(house: House) -> None:
    _, neighbor, organization, demand = await gone_out(house)
    seen = await board(neighbor)
    [row] = seen["assignment"]
    assert (row["organization"], row["division"]) == (organization, POINT["division"])
    assert row["promised_at"] == row["committed_at"] + 20 * 60_000
    assert "demand" not in seen
    assert "offer" not in seen
    assert "123" not in json.dumps(seen, ensure_ascii=False)
    await written(house)
    kept = await neighbor.get("/history/assignments")
    assert [one["id"] for one in kept.json["rows"]] == [row["id"]]
    sealed = await neighbor.post(f"/demands/{demand}/sealed", {"reason": "calling"})
    assert sealed.status in (403, 404)


async def test_what_it_sees_it_cannot_act_on(house: House) -> None:
    _, neighbor, _, _ = await gone_out(house)
    [row] = (await board(neighbor))["assignment"]
    before = house.sequence
    for step in ("arrive", "confirm", "correct"):
        body = {"confirm": {"done": True}, "correct": {"step": "committed"}}.get(step, {})
        reply = await neighbor.post(f"/assignments/{row['id']}/{step}", body)
        assert reply.status in (403, 404), reply.content
    assert house.sequence == before


async def test_another_home_moves_the_sight_with_it(house: House) -> None:
    """Given an entry that is corrected, then the desk of the new home sees the crew."""
    desk, neighbor, organization, _ = await gone_out(house)
    steward = await house.steward()
    [known] = (await board(neighbor))["organization"]
    fields = ("name", "registration_class", "people")
    entry = {name: known[name] for name in fields} | {"home": POINT["division"], "place": POINT}
    corrected = await steward.post(f"/organizations/{organization}/correct", entry)
    assert corrected.status == 200, corrected.content
    assert "assignment" not in await board(neighbor)
    assert len((await board(desk))["assignment"]) == 1
