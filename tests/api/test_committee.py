"""A village's committee at the doors: its reports, what it reads of them, and nothing of others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.settings import Settings
from schemas.values import Purpose, Role
from tests.api.house import AREA, OTHER_TOWN, TOWN, House, Person, demand_body, need_body, opened


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        yield house


async def committee(house: House, village: str = "岭下村", division: str = TOWN) -> Person:
    return await house.person(Role.COMMITTEE, division=division, village=village)


async def board(person: Person, kind: str = "demand") -> list[dict[str, Any]]:
    rows = (await person.get("/board")).json["rows"]
    return [row for row in rows if row["type"] == kind]


async def test_it_tells_of_a_need_which_its_desk_has_and_no_other_village(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    own, other = await committee(house), await committee(house, "上塘村")
    far = await committee(house, "岭下村", OTHER_TOWN)
    made = await own.post("/needs", need_body(incident))
    assert made.status == 201, made.content
    [row] = await board(own)
    assert (row["id"], row["state"], row["people"]) == (made.json["id"], "draft", 12)
    assert row["reporter"] == {"division": TOWN, "name": "岭下村"}
    assert [each["id"] for each in await board(desk)] == [row["id"]]
    for stranger in (other, far):
        assert await board(stranger) == []
        assert (await stranger.get("/history/demands")).json["rows"] == []
        refused = await stranger.post("/needs", need_body(incident))
        assert (refused.status, refused.code) == (404, "not_found")


async def test_of_others_it_has_neither_demands_nor_requests_nor_sealed_texts(
    house: House,
) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    await house.organization()
    posted = await desk.post("/demands", demand_body(incident, contact="李四"))
    own = await committee(house)
    told = (await own.post("/needs", need_body(incident))).json["id"]
    kinds = {row["type"] for row in (await own.get("/board")).json["rows"]}
    assert kinds == {"account", "demand", "incident", "operation"}
    for demand in (posted.json["id"], told):
        opened = await own.post(f"/demands/{demand}/sealed", {"reason": "checking"})
        assert opened.code == "role_missing", "not even what it has sealed itself"
    assert (await own.get(f"/incidents/{incident}/situation")).code == "role_missing"
    assert (await own.get(f"/incidents/{incident}/live")).code == "role_missing"
    assert (await own.get("/history/offers")).json["rows"] == []
    assert (await own.get("/turns")).status in (403, 404)


async def test_what_has_left_the_board_is_read_of_the_record(house: House) -> None:
    desk = await house.desk()
    own = await committee(house)
    made = await own.post("/needs", need_body(await house.incident(desk)))
    demand = made.json["id"]
    closed = await desk.post(f"/demands/{demand}/close", {"reason": "duplicate"}, revision=1)
    assert closed.status == 200
    [row] = await board(own)
    assert (row["state"], row["reason"], row["number"]) == ("closed", "duplicate", 0)
    await house.wait(minutes=121)
    again = (await own.post("/needs", need_body(row["incident"]))).json["id"]
    assert [each["id"] for each in await board(own)] == [again]
    [kept] = (await own.get("/history/demands?state=closed")).json["rows"]
    assert (kept["id"], kept["reason"]) == (demand, "duplicate")


async def test_its_contact_is_sealed_and_read_by_the_desk(house: House) -> None:
    desk = await house.desk()
    own = await committee(house)
    made = await own.post("/needs", need_body(await house.incident(desk)))
    assert b"13800000001" not in b"".join(house.context.engine.read(AREA))
    text = await desk.post(f"/demands/{made.json['id']}/sealed", {"reason": "calling"})
    assert text.json["contact"] == "王五 13800000001"


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"people": 0}, "out_of_range", "people"),
        ({"people": "many"}, "type_wrong", "people"),
        ({"village": " "}, "blank", "village"),
        ({"village": "x" * 41}, "too_long", "village"),
        ({"kind": "flood"}, "code_unknown", "kind"),
        ({"lines": []}, "unknown_field", None),
        ({"contact": "a\u202eb"}, "text_invalid", "contact"),
    ],
)
async def test_bad_input_is_refused_and_not_echoed(
    house: House, changed: dict[str, Any], code: str, field: str | None
) -> None:
    own = await committee(house)
    before = house.sequence
    refused = await own.post("/needs", need_body("x", **changed))
    assert (refused.status, refused.code) == (422, code)
    assert refused.json.get("field") == field
    assert house.sequence == before
