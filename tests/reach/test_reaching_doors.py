"""What desks are told: replies to be read, broken channels, a messenger that is silent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest_asyncio

from api.reach import ALIVE, SETUPS
from tests.api.house import OTHER_TOWN, Person
from tests.reach.gateway import settings_for
from tests.reach.stage import Stage, Team, staged

MINUTE = 60_000


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


async def written_back(stage: Stage, number: str, text: str, id: str = "1") -> None:
    """A text message that the provider has taken from a number."""
    row = {"PhoneNumber": f"+86{number}", "ReplyContent": text, "ReplyTime": int(id)}
    stage.gateway.pulled["replies"].append(row)
    stage.look_around()
    await stage.rounds(2)


async def to_read(desk: Person) -> list[dict[str, Any]]:
    reply = await desk.get("/replies")
    assert reply.status == 200, reply.content
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json["count"] == len(reply.json["replies"])
    return list(reply.json["replies"])


def channel(stage: Stage) -> None:
    """One that is asked for replies."""
    settings = settings_for("tencent_sms", stage.url)
    stage.setups.add("tencent", "tencent_sms", settings, (stage.url.removeprefix("http://"),))


async def asked(stage: Stage) -> Team:
    """A team that was asked for pumps by SMS."""
    channel(stage)
    team = await stage.team("sms")
    await stage.publish()
    await stage.rounds(2)
    return team


async def test_a_reply_that_nobody_understood_is_read_by_one_desk(stage: Stage) -> None:
    team = await asked(stage)
    await written_back(stage, team.number, "路断了，过不去")
    desk, other = await stage.house.desk(), await stage.house.desk(OTHER_TOWN)
    [reply] = await to_read(desk)
    assert (reply["text"], reply["person"]) == ("路断了，过不去", "王队长")
    assert reply["organization"] == team.organization
    assert reply["organization_name"]
    assert not reply["understood"]
    assert await to_read(other) == [], "of another township"
    read = f"/replies/{reply['id']}/read"
    assert (await other.post(read, {})).status == 404
    assert (await desk.post(read, {})).json == {"id": reply["id"]}
    assert (await desk.post(read, {})).status == 200, "a repeat changes nothing"
    assert await to_read(desk) == []


async def test_its_text_lies_sealed(stage: Stage) -> None:
    team = await asked(stage)
    await written_back(stage, team.number, "路断了，过不去")
    assert await to_read(await stage.house.desk())
    for path in stage.folder.glob("notices.db*"):
        assert "路断了".encode() not in path.read_bytes()
        assert team.number.encode() not in path.read_bytes()


async def test_whoever_nobody_knows_is_shown_to_every_desk_with_the_number(stage: Stage) -> None:
    channel(stage)
    await stage.rounds()
    await written_back(stage, "13700000001", "水进屋了")
    for desk in (await stage.house.desk(), await stage.house.desk(OTHER_TOWN)):
        [reply] = await to_read(desk)
        assert reply["text"] == "13700000001: 水进屋了"
        assert reply["organization_name"] == ""


async def test_what_else_a_yes_says_is_to_be_read(stage: Stage) -> None:
    team = await asked(stage)
    await written_back(stage, team.number, "可以 只剩一台")
    [reply] = await to_read(await stage.house.desk())
    assert (reply["text"], reply["understood"]) == ("只剩一台", True)


async def test_a_reply_that_is_told_twice_is_one(stage: Stage) -> None:
    team = await asked(stage)
    await written_back(stage, team.number, "?")
    await written_back(stage, team.number, "?")
    assert len(await to_read(await stage.house.desk())) == 1


async def test_only_desks_read_replies(stage: Stage) -> None:
    team = await asked(stage)
    await written_back(stage, team.number, "?")
    [reply] = await to_read(await stage.house.desk())
    for reader in (team.crew, await stage.house.steward()):
        assert (await reader.get("/replies")).status == 403
        assert (await reader.post(f"/replies/{reply['id']}/read", {})).status == 403
    desk = await stage.house.desk()
    assert (await desk.post("/replies/unknown/read", {})).status == 404


async def alarms(reader: Person) -> list[dict[str, Any]]:
    return list((await reader.get("/alarms")).json["alarms"])


async def test_a_broken_channel_is_told_to_every_desk_until_it_works_again(stage: Stage) -> None:
    name = stage.sms()
    desk, other = await stage.house.desk(), await stage.house.desk(OTHER_TOWN)
    assert await alarms(desk) == []
    stage.setups.broken(name, "balance", 1_000)
    for reader in (desk, other, await stage.house.steward()):
        [alarm] = await alarms(reader)
        assert (alarm["kind"], alarm["since"]) == ("channel_broken", 1_000)
        assert alarm["zh"] == "通知渠道“aliyun”（阿里云短信）不可用：账户余额或套餐不足。"
        assert "run out of money" in alarm["en"]
    _, crew = await stage.house.organization()
    assert await alarms(crew) == [], "not an organization's to know"
    stage.setups.pause(name)
    assert await alarms(desk) == [], "somebody has seen to it"
    stage.setups.resume(name)
    assert await alarms(desk) == []


async def test_settings_that_cannot_be_opened_are_told(stage: Stage) -> None:
    name = stage.sms()
    store = apsw.Connection(str(stage.folder / SETUPS))
    store.execute("UPDATE setups SET settings = x'00' WHERE name = ?", (name,))
    store.close()
    [alarm] = await alarms(await stage.house.desk())
    assert "cannot be opened" in alarm["en"]


async def test_a_messenger_that_is_silent_is_told_where_something_is_to_be_sent(
    stage: Stage,
) -> None:
    desk, context = await stage.house.desk(), stage.house.context
    context.begun_at -= 2 * MINUTE
    context.notices.set_mark(ALIVE, stage.now() - 2 * MINUTE)
    assert await alarms(desk) == [], "nothing is set up"
    stage.sms()
    [alarm] = await alarms(desk)
    assert alarm["kind"] == "messenger_silent"
    stage.ahead += 11_000
    await stage.rounds()
    assert await alarms(desk) == []


async def test_a_server_that_has_just_begun_waits_for_its_messenger(stage: Stage) -> None:
    stage.sms()
    stage.house.context.notices.set_mark(ALIVE, 1)
    assert await alarms(await stage.house.desk()) == []


async def test_a_second_look_at_a_page_that_was_seen_is_no_news(stage: Stage) -> None:
    team = await stage.team()
    (offer,) = await stage.publish()
    for _ in range(2):
        seen = await team.crew.post("/offers/seen", {"offers": [offer.id]})
        assert seen.json == {"seen": 1}
    await stage.house.context.telling.step()
    await stage.rounds(2)
    seen_at = stage.offer(offer.id).reached_at
    assert seen_at is not None
    twice = {"offers": [offer.id, offer.id]}
    assert (await team.crew.post("/offers/seen", twice)).json == {"seen": 1}
    await stage.rounds(2)
    assert stage.offer(offer.id).reached_at == seen_at
    _, other = await stage.house.organization()
    assert (await other.post("/offers/seen", {"offers": [offer.id]})).json == {"seen": 0}
    desk = await stage.house.desk()
    assert (await desk.post("/offers/seen", {"offers": [offer.id]})).status == 403
    many = {"offers": [offer.id] * 101}
    assert (await team.crew.post("/offers/seen", many)).status == 422
