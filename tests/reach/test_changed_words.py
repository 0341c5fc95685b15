"""Answers from outside to words that have changed since the message was made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from schemas.facts import OfferAccepted, YesOutdated
from tests.api.house import House
from tests.api.test_said import amend
from tests.api.test_steps import facts
from tests.reach.outside import HIDDEN, asked, read
from tests.reach.stage import Stage, staged
from tests.reach.test_pushing import push

DAM = "溃坝，激流，严禁小艇"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


async def test_a_page_that_was_open_while_the_words_changed_asks_once_more(house: House) -> None:
    """It names what has changed and shows none of it: that is read after signing in."""
    scene = await asked(house)
    shown = scene.row.words_in
    await amend(scene.desk, scene.demand, risk_statement=DAM, rally_point="镇政府门口")
    reply = await scene.say(answer="yes", quantity=2, revision=shown)
    assert reply.status == 409
    for words in ("此次答应未生效", "以下内容已变更：风险"):
        assert words in read(reply), words
    assert not [word for word in (*HIDDEN, DAM) if word in reply.content.decode()]
    assert f'name="revision" value="{scene.row.words_in}"' in reply.content.decode()
    again = await scene.say(answer="yes", quantity=2, revision=shown)
    assert again.status == 409
    assert len(facts(house, YesOutdated)) == 1, "tapped twice it is one"
    assert (await scene.say(answer="yes", quantity=2, revision=scene.row.words_in)).status == 200
    assert len(facts(house, OfferAccepted)) == 1


async def test_a_one_in_reply_to_a_message_of_before_is_read_by_a_desk(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    desk = await stage.house.desk()
    await amend(desk, offer.demand, risk_statement=DAM)
    await push(stage, [{"phone_number": team.number, "content": "1", "sequence_id": 1}])
    await stage.rounds(2)
    assert stage.offer(offer.id).state == "sent"
    texts = [one["text"] for one in (await desk.get("/replies")).json["replies"]]
    assert any(text.startswith("可以（未采纳") for text in texts)
    assert len(facts(stage.house, YesOutdated)) == 1
