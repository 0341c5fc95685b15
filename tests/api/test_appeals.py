"""What everybody reads without signing in: what desks have made public, and nothing more."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from api.context import Context
from api.doors import public_needs
from api.settings import Settings
from schemas.values import Purpose, Role
from tests.api.house import (
    AREA,
    COUNTY,
    POINT,
    TOWN,
    House,
    Person,
    Reply,
    ask,
    demand_body,
    opened,
)

SECRETS = {
    "contact": "王五 13800000001",
    "address": "岭下路 5 号",
    "note": "家属来电",
    "risk_statement": "老桥被淹",
    "rally_point": "晒谷场东侧",
    "way_in": "走上岭线",
}


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.content


async def look(house: House, path: str = "/needs", **headers: str) -> Reply:
    return await ask(house.app, "GET", path, headers.items(), [])


async def listed(house: House) -> list[dict[str, Any]]:
    """What a stranger's program reads, once nothing older is shown any more."""
    await asyncio.sleep(public_needs.SOONEST_S)
    reply = await look(house, "/needs.json")
    assert reply.status == 200, reply.content
    return list(reply.json["needs"])


async def posted(house: House, **differs: Any) -> tuple[Person, str]:
    desk = await house.desk()
    incident = await house.incident(desk)
    made = await desk.post("/demands", demand_body(incident, **SECRETS, **differs))
    assert made.status == 201, made.content
    return desk, str(made.json["id"])


async def made_public(desk: Person, demand: str, **said: str) -> Any:
    reply = await desk.post(f"/demands/{demand}/appeal", said, revision=1)
    assert reply.status == 200, reply.content
    return reply.json


async def test_strangers_read_nothing_before_a_desk_has_said_so(house: House) -> None:
    desk, demand = await posted(house)
    assert await listed(house) == []
    page = (await look(house)).content.decode()
    assert "目前没有向社会公布的需求" in page
    await made_public(desk, demand, text="请带雨靴")
    [need] = await listed(house)
    assert (need["kind"], need["priority"], need["division"]) == ("drainage", 1, TOWN)
    assert [(line["skill"], line["missing"]) for line in need["lines"]] == [("PUMP_DRAIN", 2)]
    assert "还缺" in (await look(house)).content.decode()
    english = await look(house, "/needs?lang=en")
    assert "Still missing" in english.content.decode()


async def test_no_secret_no_place_and_no_team_is_ever_on_it(house: House) -> None:
    """Given texts that are sealed or for crews, a crew at work and a place, then none of it is
    on the page or in its data, in either language."""
    desk, demand = await posted(house)
    organization, team = await house.organization()
    await made_public(desk, demand, text="请带雨靴")
    rows = (await team.get("/board")).json["rows"]
    [offer] = [row for row in rows if row["type"] == "offer"]
    taken = await team.post(f"/offers/{offer['id']}/accept", {"quantity": 1})
    assert taken.status == 200, taken.content
    [need] = await listed(house)
    assert need["lines"][0]["missing"] == 1
    name = next(
        r["name"] for r in (await desk.get("/board")).json["rows"] if r["id"] == organization
    )
    pages = [await look(house, path) for path in ("/needs", "/needs?lang=en", "/needs.json")]
    for told in (page.content.decode() for page in pages):
        for secret in (*SECRETS.values(), name, demand, str(POINT["lon"]), str(POINT["lat"])):
            assert secret not in told


@pytest.mark.parametrize(
    ("step", "body"),
    [("appeal/end", {}), ("hold", {"question": "桥？"}), ("close", {"reason": "canceled"})],
)
async def test_what_is_over_or_asks_nobody_leaves_at_once(
    house: House, step: str, body: dict[str, Any]
) -> None:
    desk, demand = await posted(house)
    await made_public(desk, demand)
    assert len(await listed(house)) == 1
    revision = 1 if step == "close" else None
    ended = await desk.post(f"/demands/{demand}/{step}", body, revision=revision)
    assert ended.status == 200, ended.content
    assert await listed(house) == []


async def test_what_is_covered_leaves_and_comes_back_when_it_is_short_again(house: House) -> None:
    desk, demand = await posted(house)
    await made_public(desk, demand)
    rows = (await desk.get("/board")).json["rows"]
    [line] = next(row["lines"] for row in rows if row["id"] == demand)
    await desk.post(f"/lines/{line['id']}/own-crew", {"units": 2})
    assert await listed(house) == []
    await desk.post(f"/lines/{line['id']}/own-crew", {"units": 1})
    [need] = await listed(house)
    assert need["lines"][0]["missing"] == 1


async def test_numbers_in_the_text_are_masked_unless_somebody_says_why(house: House) -> None:
    desk, demand = await posted(house)
    answer = await made_public(desk, demand, text="联系 13800000001")
    assert answer["masked"]
    assert (await listed(house))[0]["text"] == "联系 138********"
    again = {"text": "联系 13800000001", "public_numbers": "捐赠热线"}
    assert not (await made_public(desk, demand, **again))["masked"]
    assert (await listed(house))[0]["text"] == "联系 13800000001"


async def test_the_preview_is_what_strangers_will_read_word_for_word(house: House) -> None:
    desk, demand = await posted(house)
    said = {"text": "白天来，请带雨靴"}
    number = {"telephone": "0577-67220000"}
    assert (await desk.post(f"/divisions/{TOWN}/public-number", number)).status == 200
    preview = (await desk.post(f"/demands/{demand}/appeal/preview", said)).json
    assert preview["public"]
    assert await listed(house) == [], "a look makes nothing public"
    await made_public(desk, demand, **said)
    [need] = await listed(house)
    assert (need["zh"], need["en"]) == (preview["zh"], preview["en"])
    page = (await look(house)).content.decode()
    assert all(words in page for words in preview["zh"])
    assert 'href="tel:057767220000"' in page


async def test_a_public_number_is_its_own_desks_and_can_be_taken_away(house: House) -> None:
    """The nearest number upward is named; nobody else's is shown, and persons' never are."""
    desk, demand = await posted(house)
    steward = await house.steward()
    person = {"name": "李四", "telephone": "13900000002", "division": TOWN}
    assert (await steward.post("/persons", person)).status == 201
    await made_public(desk, demand)
    assert (await listed(house))[0]["telephone"] is None
    county = await house.desk(COUNTY)
    await county.post(f"/divisions/{COUNTY}/public-number", {"telephone": "12345"})
    house.context.public.clear()
    assert (await listed(house))[0]["telephone"] == "12345"
    await desk.post(f"/divisions/{TOWN}/public-number", {"telephone": "0577-67220000"})
    house.context.public.clear()
    assert (await listed(house))[0]["telephone"] == "0577-67220000"
    other = await house.desk("330324002")
    refused(
        await other.post(f"/divisions/{TOWN}/public-number", {"telephone": "110"}), 404, "not_found"
    )
    refused(
        await desk.post(f"/divisions/{COUNTY}/public-number", {"telephone": "110"}),
        404,
        "not_found",
    )
    wrong = await desk.post(f"/divisions/{TOWN}/public-number", {"telephone": "call me"})
    assert wrong.status == 422
    await desk.post(f"/divisions/{TOWN}/public-number", {"telephone": None})
    assert (await desk.get(f"/divisions/{TOWN}/public-number")).json["telephone"] is None
    house.context.public.clear()
    assert (await listed(house))[0]["telephone"] == "12345"


async def test_only_desks_look_before(house: House) -> None:
    _, demand = await posted(house)
    reviewer = await house.person(Role.REVIEWER, division=TOWN)
    refused(await reviewer.post(f"/demands/{demand}/appeal/preview", {}), 403, "role_missing")
    refused(await reviewer.get(f"/divisions/{TOWN}/public-number"), 403, "role_missing")


async def test_an_exercise_never_shows_anything_to_strangers(stage: House) -> None:
    desk, demand = await posted(stage)
    await made_public(desk, demand, text="请带雨靴")
    assert await listed(stage) == []
    page = (await look(stage)).content.decode()
    assert "演练" in page
    assert "雨靴" not in page
    assert not (await desk.post(f"/demands/{demand}/appeal/preview", {})).json["public"]


async def test_a_log_of_what_has_been_never_shows_it_as_if_it_were_now(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "past", area=AREA, purpose=Purpose.HISTORY)
    async with opened(tmp_path / "past", settings) as house:
        desk, demand = await posted(house)
        await made_public(desk, demand)
        assert await listed(house) == []


async def test_what_strangers_read_costs_the_same_however_many_ask(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made once for hundreds of readers; a copy that is still good is not even sent."""
    desk, demand = await posted(house)
    await made_public(desk, demand)
    await asyncio.sleep(public_needs.SOONEST_S)
    made = []

    def page(context: Context, language: str) -> str:
        made.append(language)
        return "page"

    monkeypatch.setattr(public_needs, "page", page)
    replies = [await look(house) for _ in range(300)]
    assert made == ["zh"]
    assert {reply.status for reply in replies} == {200}
    known = replies[0].headers["etag"]
    again = await look(house, **{"if-none-match": known})
    assert (again.status, again.content) == (304, b"")


async def test_it_takes_no_cookie_runs_no_script_and_lets_no_other_site_read_it(
    house: House,
) -> None:
    desk, demand = await posted(house)
    await made_public(desk, demand, text="<script>alert(1)</script>")
    await asyncio.sleep(public_needs.SOONEST_S)
    for path in ("/needs", "/needs.json"):
        reply = await look(house, path, origin="https://elsewhere.example")
        assert "set-cookie" not in reply.headers
        assert "access-control-allow-origin" not in reply.headers
        assert "script-src" not in reply.headers["content-security-policy"]
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
    assert b"<script" not in (await look(house)).content


async def test_the_worst_hundred_are_listed_and_the_others_are_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_needs, "LISTED", 2)
    desk, first = await posted(house, priority=4)
    incident = (await desk.get("/board")).json
    [opened_incident] = [row["id"] for row in incident["rows"] if row["type"] == "incident"]
    demands = [first]
    for priority in (2, 1):
        body = demand_body(opened_incident, priority=priority)
        demands.append((await desk.post("/demands", body)).json["id"])
    for demand in demands:
        await made_public(desk, demand)
    await asyncio.sleep(public_needs.SOONEST_S)
    found = json.loads((await look(house, "/needs.json")).content)
    assert [need["priority"] for need in found["needs"]] == [1, 2]
    assert found["more"] == 1
    assert "另有 1 项" in (await look(house)).content.decode()
