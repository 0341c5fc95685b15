"""What providers push: kept before it is answered, heard once, and from nobody else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from api.reach import push_secret
from api.reach.channels import Rung
from api.reach.states import State
from schemas.views import AssignmentRow
from tests.api.house import Reply, ask
from tests.reach.gateway import settings_for
from tests.reach.stage import Stage, staged, until


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


async def push(stage: Stage, body: Any, secret: str | None = None) -> Reply:
    secret = push_secret(stage.house.context.vault) if secret is None else secret
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = [("content-type", "application/json;charset=UTF-8")]
    return await ask(stage.house.app, "POST", f"/api/v1/push/{secret}", headers, [raw])


async def test_key_one_on_the_telephone_is_a_yes_and_only_once(stage: Stage) -> None:
    stage.voice()
    team = await stage.team("voice")
    (offer,) = await stage.publish()
    await stage.after(20)
    (notice,) = stage.notices(offer.id)
    assert notice.rung is Rung.VOICE
    key = {
        "call_id": notice.reference,
        "out_id": notice.id,
        "dtmf": "1",
        "status_code": "200000",
        "callee": team.number,
        "b_start_time": "2026-11-29 02:10:00",
    }
    for _ in range(2):
        reply = await push(stage, key)
        assert (reply.status, reply.json["code"], reply.json["result"]) == (200, 0, 0)
    await stage.rounds(2)
    row = stage.offer(offer.id)
    assert (row.state, row.answered, row.by_message) == ("accepted", offer.quantity, True)
    answers = [turn for turn in stage.house.turns() if type(turn.command).__name__ == "AcceptOffer"]
    assert len(answers) == 1


async def test_a_reply_of_two_is_a_no_and_a_receipt_is_kept(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    (notice,) = stage.notices(offer.id)
    receipt = {
        "phone_number": team.number,
        "success": True,
        "err_code": "DELIVERED",
        "biz_id": notice.reference,
        "out_id": notice.id,
    }
    await push(stage, [receipt, receipt | {"biz_id": "unknown", "out_id": "nobody's"}])
    await stage.rounds(1)
    assert stage.notices(offer.id)[0].state is State.DELIVERED
    said = {"phone_number": team.number, "content": "2", "sequence_id": 5, "sign_name": "守望"}
    await push(stage, [said])
    await stage.rounds(2)
    assert stage.offer(offer.id).state == "declined"


async def test_what_is_not_understood_is_no_answer(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    await push(stage, [{"phone_number": team.number, "content": "马上到", "sequence_id": 6}])
    await stage.rounds(2)
    assert stage.offer(offer.id).state == "sent"


async def test_who_writes_stop_is_told_nothing_more(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    await stage.publish()
    await stage.rounds(2)
    await push(stage, [{"phone_number": team.number, "content": "T", "sequence_id": 7}])
    await stage.rounds(2)
    assert not stage.house.context.addresses.of_organization(team.organization)


async def test_a_stranger_is_not_heard(stage: Stage) -> None:
    for secret in ("x", "0" * 32, "中"):
        assert (await push(stage, [], secret)).status == 404
    assert (await push(stage, b"\x00" * 70_000)).status in (400, 413)
    assert (await push(stage, b"not json")).status == 200, "kept, and makes no sense later"
    deep = b'{"mobile":"13900000001","text":"1","x":' + b"[" * 981 + b"]" * 981 + b"}"
    assert (await push(stage, deep)).status == 200
    await stage.rounds(3)
    assert not stage.house.context.notices.pushed()


async def test_whoever_takes_a_yes_back_is_heard_by_a_person(stage: Stage) -> None:
    """The rules take no "no" after a yes: so that it is not lost, a desk reads it."""
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    for number, word in enumerate(("1", "2")):
        row = {"phone_number": team.number, "content": word, "sequence_id": 100 + number}
        await push(stage, [row])
        await stage.rounds(2)
        code = stage.notices(offer.id)[0]
    assert code.state is State.HANDED
    told = stage.house.context.answers.make(offer.id, None, team.organization, 1 << 60)
    row = {"phone_number": team.number, "content": f"2 {told.code}", "sequence_id": 200}
    await push(stage, [row])
    await stage.rounds(2)
    assert stage.offer(offer.id).state == "accepted"
    desk = await stage.house.desk()
    texts = [one["text"] for one in (await desk.get("/replies")).json["replies"]]
    assert any(text.startswith("不能（未采纳") for text in texts)


async def test_a_flood_of_pushes_holds_no_message_up(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    rows = [{"phone_number": "13911112222", "content": "哦", "sequence_id": n} for n in range(500)]
    for _ in range(6):
        assert (await push(stage, rows)).status == 200
    await stage.publish()
    await stage.rounds(1)
    assert len(stage.gateway.arrived(team.number)) == 1


def crews(stage: Stage) -> list[str]:
    rows = [put.row for put in stage.house.context.feed.rows("assignment")]
    return [row.state for row in rows if isinstance(row, AssignmentRow)]


async def test_a_crew_that_said_yes_by_message_is_called_back(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    await push(stage, [{"phone_number": team.number, "content": "1", "sequence_id": 1}])
    await stage.rounds(2)
    desk = await stage.house.desk()
    closed = await desk.post(f"/demands/{offer.demand}/close", {"reason": "canceled"}, revision=1)
    assert closed.status == 200, closed.content
    await until(lambda: crews(stage) == ["stood_down"])
    await stage.rounds(3)
    assert len(stage.gateway.arrived(team.number)) == 2
    await stage.rounds(3)
    assert len(stage.gateway.arrived(team.number)) == 2, "once"
    told = stage.house.context.answers.make(offer.id, None, team.organization, 1 << 60)
    page = await ask(stage.house.app, "GET", f"/o/{told.token}", [("accept-language", "zh")])
    assert "已撤回" in page.content.decode()


async def test_a_channel_without_money_still_tells_what_came_of_what_it_has_sent(
    stage: Stage,
) -> None:
    place = stage.url.removeprefix("http://")
    stage.setups.add("tencent", "tencent_sms", settings_for("tencent_sms", stage.url), (place,))
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    (notice,) = stage.notices(offer.id)
    assert notice.state is State.HANDED
    stage.setups.broken("tencent", "balance")
    stage.gateway.pulled["replies"].append(
        {"PhoneNumber": f"+86{team.number}", "ReplyContent": "1", "ReplyTime": 1}
    )
    stage.look_around()
    await stage.rounds(3)
    assert stage.offer(offer.id).state == "accepted"
