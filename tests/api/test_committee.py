"""A village's committee at the doors: its reports, the groups that it guides, nothing of others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.settings import Settings
from schemas.values import Purpose, Role
from tests.api.house import (
    AREA,
    COUNTY,
    OTHER_TOWN,
    TOWN,
    House,
    Person,
    demand_body,
    need_body,
    opened,
    organization_body,
)


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


async def guided(house: House, **differs: Any) -> str:
    """A group of the village, as the steward has entered it."""
    body = {"registration_class": "village_guided", "village": "岭下村", **differs}
    group, _ = await house.organization(**body)
    return group


async def test_it_answers_for_a_group_that_it_guides_by_name(house: House) -> None:
    desk, own = await house.desk(), await committee(house)
    group = await guided(house)
    incident = await house.incident(desk)
    await desk.post("/demands", demand_body(incident, contact="李四 13800000002"))
    [entry] = await board(own, "organization")
    assert (entry["id"], entry["village"]) == (group, "岭下村")
    [offer] = await board(own, "offer")
    said = {"quantity": 1, "minutes": 15, "people": 4, "revision": offer["words_in"]}
    yes = await own.post(f"/offers/{offer['id']}/accept", said)
    assert (yes.status, yes.json["sealed"]) == (200, None)
    assert house.turns()[-1].actor == own.account
    [committed] = await board(own, "assignment")
    crew = committed["id"]
    for step in ("set-off", "arrive", "check-in", "report-done"):
        told = await own.post(f"/assignments/{crew}/{step}", {})
        assert told.status == 200, told.content
    for reader in (own, desk):
        [row] = await board(reader, "assignment")
        assert (row["by_committee"], row["by_desk"]) == ("岭下村", False)
        assert row["state"] == "reported_done"
    [answered] = [row for row in await board(desk, "offer") if row["id"] == offer["id"]]
    assert answered["by_committee"] == "岭下村"
    sealed = await own.post(f"/demands/{offer['demand']}/sealed", {"reason": "on_the_way"})
    assert sealed.code == "role_missing"


async def test_its_group_s_crew_knows_whom_to_call(house: House) -> None:
    desk, own, other = await house.desk(), await committee(house), await committee(house, "上塘村")
    await guided(house)
    incident = await house.incident(desk)
    demand = (await desk.post("/demands", demand_body(incident))).json["id"]
    assert (await own.get(f"/demands/{demand}/desk")).code == "not_found", "it is only asked"
    [offer] = await board(own, "offer")
    assert (await own.post(f"/offers/{offer['id']}/accept", {"quantity": 1})).status == 200
    assert (await own.get(f"/demands/{demand}/desk")).json["telephones"] == []
    assert (await other.get(f"/demands/{demand}/desk")).code == "not_found"


@pytest.mark.parametrize(
    "differs",
    [
        {"village": "上塘村"},
        {"home": OTHER_TOWN, "place": {"division": OTHER_TOWN}},
        {"registration_class": "filed"},
        {"village": None},
    ],
    ids=["another village", "another township", "another class", "no village on record"],
)
async def test_what_others_are_asked_does_not_exist_for_it(
    house: House, differs: dict[str, Any]
) -> None:
    desk, own = await house.desk(), await committee(house)
    await guided(house, **differs)
    await desk.post("/demands", demand_body(await house.incident(desk)))
    [offer] = await board(desk, "offer")
    before = house.sequence
    answers = {"accept": {"quantity": 1}, "decline": {"reason": "no_crew"}}
    for answer, body in answers.items():
        refused = await own.post(f"/offers/{offer['id']}/{answer}", body)
        assert (refused.status, refused.code) == (404, "not_found")
    assert house.sequence == before
    assert await board(own, "offer") == await board(own, "organization") == []


async def test_a_village_is_named_within_a_township(house: House) -> None:
    steward = await house.steward()
    body = organization_body() | {
        "village": "岭下村",
        "home": COUNTY,
        "place": {"division": COUNTY},
    }
    refused = await steward.post("/organizations", body)
    assert (refused.status, refused.code) == (422, "village_unfit")


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
