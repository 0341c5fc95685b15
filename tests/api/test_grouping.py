"""The same need twice, at the doors: seen before posting, grouped, and apart again (field B4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from schemas.values import Role
from schemas.views import DemandRow
from tests.api.house import OTHER_TOWN, POINT, TOWN, House, Person, demand_body
from tests.api.test_doors import done

METER = 9e-6  # degrees of latitude
FLOOD = "地下车库进水,有人被困"


async def begun(house: House) -> tuple[Person, str]:
    await house.organization()
    desk = await house.desk()
    return desk, await house.incident(desk)


def north(meters: float) -> dict[str, Any]:
    return {**POINT, "lat": 28.15 + meters * METER}


async def post(desk: Person, incident: str, **differs: Any) -> str:
    reply = await desk.post("/demands", demand_body(incident, **differs))
    return str(done(reply, status=201)["id"])


async def alike(desk: Person, incident: str, **differs: Any) -> Any:
    place = {"lon": POINT["lon"], "lat": POINT["lat"]}
    asked = {"incident": incident, "kind": "drainage", "division": TOWN, **place, **differs}
    given = {name: value for name, value in asked.items() if value is not None}
    return await desk.get(f"/demands/alike?{urlencode(given)}")


def row(house: House, demand: str) -> DemandRow:
    put = house.context.feed.find("demand", demand)
    assert put is not None
    assert isinstance(put.row, DemandRow)
    return put.row


def listed(reply: Any) -> list[str]:
    assert reply.status == 200, reply.content
    return [like["demand"] for like in reply.json["demands"]]


async def test_what_may_be_the_same_is_told_before_it_is_posted(stage: House) -> None:
    desk, incident = await begun(stage)
    other = await post(desk, incident, place=north(150))
    same = await post(desk, incident, place=north(80), risk_statement=FLOOD)
    await post(desk, incident, place=north(220))
    await post(desk, incident, place=north(10), kind="power")
    found = await alike(desk, incident, words="车库进水,两人被困")
    assert listed(found) == [same, other]
    first, second = found.json["demands"]
    assert 78 <= first["meters"] <= 82
    assert first["words"] > 500 > second["words"]


async def test_half_an_hour_later_or_closed_nothing_is_told(stage: House) -> None:
    desk, incident = await begun(stage)
    early = await post(desk, incident)
    await stage.wait(minutes=29)
    assert listed(await alike(desk, incident)) == [early]
    await stage.wait(minutes=2)
    assert listed(await alike(desk, incident)) == []
    late = await post(desk, incident)
    done(await desk.post(f"/demands/{late}/close", {"reason": "canceled"}, revision=1))
    assert listed(await alike(desk, incident)) == []


async def test_without_a_point_only_similar_words_tell(stage: House) -> None:
    desk, incident = await begun(stage)
    told = await post(desk, incident, place={"division": TOWN}, risk_statement=FLOOD)
    nowhere = {"lon": None, "lat": None}
    assert listed(await alike(desk, incident, **nowhere)) == []
    assert listed(await alike(desk, incident, **nowhere, words="缺少饮用水")) == []
    found = await alike(desk, incident, **nowhere, words="车库进水,有人被困")
    assert listed(found) == [told]
    assert found.json["demands"][0]["meters"] is None


async def test_of_a_group_its_leader_is_told(stage: House) -> None:
    desk, incident = await begun(stage)
    leader = await post(desk, incident)
    await post(desk, incident, same_as=leader)
    assert listed(await alike(desk, incident)) == [leader]


async def test_who_may_ask_and_what_is_no_question(stage: House) -> None:
    desk, incident = await begun(stage)
    assert (await alike(desk, "none")).code == "not_found"
    assert (await alike(desk, incident, division=OTHER_TOWN)).code == "not_found"
    assert (await alike(desk, incident, lat=None)).code == "field_missing"
    assert (await alike(desk, incident, lat=99.0)).code == "out_of_range"
    assert (await alike(desk, incident, lon="nan")).status == 422
    assert (await alike(desk, incident, words="字" * 101)).status == 422
    assert (await alike(desk, incident, surplus="x")).status == 422
    assert (await alike(desk, incident, kind="ufo")).code == "code_unknown"
    reviewer = await stage.person(Role.REVIEWER, division=TOWN)
    assert (await alike(reviewer, incident)).code == "role_missing"


async def test_grouped_and_apart_again(stage: House) -> None:
    desk, incident = await begun(stage)
    leader, second = await post(desk, incident), await post(desk, incident)
    body = {"division": TOWN, "demands": [second]}
    assert done(await desk.post(f"/demands/{leader}/group", body))["demands"] == [second]
    assert (row(stage, second).leader, row(stage, leader).members) == (leader, 1)
    assert [line.asleep for line in row(stage, second).lines] == [True]
    assert done(await desk.post(f"/demands/{leader}/group", body))["demands"] == []
    assert done(await desk.post("/demands/ungroup", body))["demands"] == [second]
    assert (row(stage, second).leader, row(stage, leader).members) == (None, 0)


async def test_a_further_report_is_posted_as_one_and_nobody_is_asked_for_it(stage: House) -> None:
    desk, incident = await begun(stage)
    leader = await post(desk, incident)
    reply = await desk.post("/demands", demand_body(incident, same_as=leader, contact="王 139"))
    made = done(reply, status=201)
    assert [each["fact"] for each in made["made"]] == ["DemandPublished"]
    assert row(stage, made["id"]).leader == leader
    opened = await desk.post(f"/demands/{made['id']}/sealed", {"reason": "calling"})
    assert opened.json["contact"] == "王 139"


async def test_what_cannot_be_grouped_is_refused_with_a_reason(stage: House) -> None:
    desk, incident = await begun(stage)
    leader, far = await post(desk, incident), await post(desk, incident, place=north(5_200))

    async def refusal(first: str, *demands: str) -> tuple[int, str]:
        reply = await desk.post(
            f"/demands/{first}/group", {"division": TOWN, "demands": list(demands)}
        )
        return reply.status, reply.code

    assert await refusal(leader, leader) == (422, "group_of_itself")
    assert await refusal(leader, far) == (409, "group_too_far")
    assert await refusal(leader, "none") == (404, "not_found")
    assert await refusal(leader) == (422, "too_few")
    reply = await desk.post("/demands", demand_body(incident, same_as="none"))
    assert (reply.status, reply.code) == (404, "not_found")
    beyond = demand_body(incident, place=north(5_200), same_as=leader)
    assert (await desk.post("/demands", beyond)).code == "group_too_far"
