"""The messenger from an offer to a telephone and back: real log, real files, real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from api.reach.channels import About, Rung
from api.reach.states import State
from schemas.facts import OfferReached, OfferUnreachable
from schemas.values import OfferId, Reach
from tests.api.house import TOWN
from tests.reach.gateway import LOST, UNAVAILABLE, Act, says
from tests.reach.stage import Stage, staged, until

OUT_OF_MONEY = says({"Code": "isv.OUT_OF_SERVICE", "Message": "-", "RequestId": "1"})
TOO_OFTEN = says({"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "-", "RequestId": "1"})


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


def states(stage: Stage, offer: OfferId) -> dict[Rung, State]:
    asked = [one for one in stage.notices(offer) if one.about is About.ASK]
    return {one.rung: one.state for one in asked}


async def test_whoever_has_closed_the_page_gets_a_message_and_the_clock_begins(
    stage: Stage,
) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    (taken,) = stage.gateway.arrived(team.number)
    assert "水位上涨" not in taken.text
    row = stage.offer(offer.id)
    assert row.reached_by is Reach.SMS
    assert row.reached_at is not None
    assert offer.answer_by < row.answer_by <= offer.answer_by + 30_000
    (notice,) = stage.notices(offer.id)
    assert (notice.state, notice.tries) == (State.HANDED, 1)


async def test_without_an_answer_it_rings_and_then_the_next_person_is_told(stage: Stage) -> None:
    stage.sms()
    stage.voice()
    team = await stage.team("sms", "voice")
    first = team.number
    await stage.person(team, "sms", order=2)
    (offer,) = await stage.publish()
    await stage.rounds(2)
    assert [taken.to for taken in stage.gateway.taken] == [first]
    await stage.after(20)
    assert [taken.to for taken in stage.gateway.taken] == [first, first]
    await stage.after(40)
    assert [taken.to for taken in stage.gateway.taken] == [first, first, team.number]
    reached = [f for turn in stage.house.turns() for f in turn.facts if isinstance(f, OfferReached)]
    assert [(fact.offer, fact.by) for fact in reached] == [(offer.id, Reach.SMS)]


async def test_an_account_without_money_is_a_broken_channel_and_the_voice_rings_at_once(
    stage: Stage,
) -> None:
    stage.sms()
    stage.voice()
    await stage.team("sms", "voice")
    stage.gateway.script("aliyun", OUT_OF_MONEY)
    (offer,) = await stage.publish()
    await stage.rounds(3)
    assert states(stage, offer.id) == {Rung.SMS: State.FAILED, Rung.VOICE: State.HANDED}
    assert stage.offer(offer.id).reached_by is Reach.VOICE
    (broken,) = [setup for setup in stage.setups.list() if setup.broken_at is not None]
    assert (broken.name, broken.broken_why) == ("aliyun", "balance")


async def test_a_second_account_takes_over(stage: Stage) -> None:
    stage.sms("a")
    stage.sms("b")
    team = await stage.team("sms")
    stage.gateway.script("aliyun", OUT_OF_MONEY)
    (offer,) = await stage.publish()
    await stage.rounds(3)
    assert len(stage.gateway.arrived(team.number)) == 1
    assert states(stage, offer.id) == {Rung.SMS: State.HANDED}


async def test_whom_no_channel_reaches_makes_room_at_once_and_is_asked_again_once_it_works(
    stage: Stage,
) -> None:
    name = stage.sms()
    await stage.team("sms")
    stage.gateway.script("aliyun", OUT_OF_MONEY)
    (offer,) = await stage.publish()
    await stage.rounds(3)
    assert stage.offer(offer.id).state == "unreachable"
    stage.setups.resume(name)
    await stage.rounds(3)
    await until(lambda: len(stage.offers(offer.demand)) == 2)
    again = next(row for row in stage.offers(offer.demand) if row.id != offer.id)
    await stage.rounds(2)
    assert stage.offer(again.id).reached_by is Reach.SMS


async def test_a_number_that_had_enough_today_is_no_unreachable_person(stage: Stage) -> None:
    stage.sms()
    stage.voice()
    await stage.team("sms", "voice")
    stage.gateway.script("aliyun", TOO_OFTEN)
    (offer,) = await stage.publish()
    await stage.rounds(3)
    assert states(stage, offer.id) == {Rung.SMS: State.FAILED, Rung.VOICE: State.HANDED}
    assert stage.offer(offer.id).state == "sent"


async def test_a_message_whose_answer_was_lost_is_asked_for_and_not_sent_again(
    stage: Stage,
) -> None:
    stage.sms()
    team = await stage.team("sms")
    stage.gateway.script("aliyun", LOST)
    (offer,) = await stage.publish()
    await stage.rounds(1)
    assert states(stage, offer.id) == {Rung.SMS: State.UNKNOWN}
    stage.gateway.receipts[stage.notices(offer.id)[0].id] = 3
    stage.look_around()
    await stage.rounds(2)
    assert stage.notices(offer.id)[0].handed_at is not None
    assert len(stage.gateway.arrived(team.number)) == 1
    assert stage.offer(offer.id).reached_by is Reach.SMS


async def test_a_call_whose_answer_was_lost_is_never_repeated(stage: Stage) -> None:
    stage.voice()
    team = await stage.team("voice")
    (offer,) = await stage.publish()
    stage.gateway.script("aliyun", LOST)
    await stage.after(20)
    stage.look_around()
    await stage.after(70)
    stage.look_around()
    await stage.after(70)
    assert len(stage.gateway.arrived(team.number)) == 1
    assert states(stage, offer.id) == {Rung.VOICE: State.FAILED}


async def test_a_robot_whose_answer_was_lost_says_it_once_more_and_marks_it(stage: Stage) -> None:
    team = await stage.team()
    robot = await stage.robot(team)
    stage.gateway.script("feishu_robot", LOST)
    (offer,) = await stage.publish()
    await stage.rounds(1)
    for _ in range(3):
        stage.look_around()
        await stage.after(20)
    texts = [taken.text for taken in stage.gateway.arrived(robot)]
    assert [text.startswith("(重发)") for text in texts] == [False, True]
    assert states(stage, offer.id) == {Rung.CHAT: State.HANDED}


async def test_a_busy_provider_is_tried_again(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    stage.gateway.script("aliyun", UNAVAILABLE)
    (offer,) = await stage.publish()
    await stage.rounds(1)
    await stage.after(11)
    assert len(stage.gateway.arrived(team.number)) == 1
    assert stage.notices(offer.id)[0].tries == 2


async def test_a_messenger_that_ended_while_sending_sends_nothing_twice(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(1)
    (notice,) = stage.notices(offer.id)
    stage.torn(notice)
    await stage.end()
    stage.start()
    stage.gateway.receipts[notice.id] = 3
    stage.look_around()
    await stage.rounds(2)
    assert len(stage.gateway.arrived(team.number)) == 1
    assert stage.notices(offer.id)[0].state in (State.HANDED, State.DELIVERED)


async def test_lost_notices_send_nothing_blindly(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(1)
    (notice,) = stage.notices(offer.id)
    await stage.end()
    stage.forget_notices()
    stage.gateway.receipts[notice.id] = 3
    stage.start()
    stage.look_around()
    await stage.rounds(3)
    assert len(stage.gateway.arrived(team.number)) == 1
    assert [one.id for one in stage.notices(offer.id)] == [notice.id]


async def test_what_was_asked_while_the_messenger_was_away_is_told_at_its_start(
    stage: Stage,
) -> None:
    stage.sms()
    team = await stage.team("sms")
    await stage.end()
    await stage.publish()
    await stage.written()
    stage.start()
    await stage.rounds(2)
    assert len(stage.gateway.arrived(team.number)) == 1


async def test_an_open_page_reaches_somebody_and_gives_a_moment_before_it_rings(
    stage: Stage,
) -> None:
    stage.voice()
    team = await stage.team("voice")
    (offer,) = await stage.publish()
    seen = await team.crew.post("/offers/seen", {"offers": [offer.id, "nobody's"]})
    assert seen.json == {"seen": 1}
    await stage.house.context.telling.step()
    await stage.rounds(2)
    assert stage.offer(offer.id).reached_by is Reach.PAGE
    await stage.after(22)
    assert not stage.gateway.taken
    await stage.after(10)
    assert len(stage.gateway.arrived(team.number)) == 1


async def test_whoever_was_told_of_an_urgent_need_is_told_that_it_is_over(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    desk = await stage.house.desk()
    closed = await desk.post(f"/demands/{offer.demand}/close", {"reason": "canceled"}, revision=1)
    assert closed.status == 200, closed.content
    await until(lambda: stage.offer(offer.id).state == "stood_down")
    await stage.rounds(3)
    assert len(stage.gateway.arrived(team.number)) == 2
    await stage.rounds(3)
    assert len(stage.gateway.arrived(team.number)) == 2, "once"


async def test_of_a_false_flood_a_person_has_one_word_of_thanks(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms", units=3)
    one: dict[str, Any] = {"lines": [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 1}]}
    asked = [offer for _ in range(3) for offer in await stage.publish(**one)]
    assert len(asked) == 3
    await stage.rounds(2)
    before = len(stage.gateway.arrived(team.number))
    body = {
        "what": "void",
        "incident": stage.incident,
        "division": TOWN,
        "reason": "unfounded",
    }
    assert stage.desk is not None
    found = (await stage.desk.post("/batches/look", body)).json
    assert found["count"] == 3
    begun = await stage.desk.post("/batches", {**body, "digest": found["digest"]})
    assert begun.status == 200, begun.content
    await until(lambda: all(stage.offer(offer.id).state == "stood_down" for offer in asked))
    await stage.rounds(2)
    await stage.after(12)
    assert len(stage.gateway.arrived(team.number)) == before + 1
    await stage.after(90)
    assert len(stage.gateway.arrived(team.number)) == before + 1, "and no other"


async def test_nobody_is_told_without_having_agreed(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms", consent=("drill",))
    (offer,) = await stage.publish()
    await stage.rounds(2)
    assert not stage.gateway.arrived(team.number)
    row = stage.offer(offer.id)
    assert (row.state, row.reached_at) == ("sent", None), "who has no channel is not unreachable"


async def test_no_channel_at_all_leaves_everything_as_it_was(stage: Stage) -> None:
    await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(3)
    facts = [fact for turn in stage.house.turns() for fact in turn.facts]
    assert not [fact for fact in facts if isinstance(fact, OfferUnreachable)]
    assert stage.offer(offer.id).state == "sent"


async def test_the_desk_and_the_team_see_how_far_a_message_has_come(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    desk = await stage.house.desk()
    for reader in (desk, team.crew):
        (shown,) = (await reader.get(f"/offers/{offer.id}/notices")).json
        assert (shown["rung"], shown["state"], shown["person"]) == ("sms", "handed", 1)
        assert team.number not in str(shown)
    _, other = await stage.house.organization()
    assert (await other.get(f"/offers/{offer.id}/notices")).status == 404
    steward = await stage.house.steward()
    assert (await steward.get(f"/offers/{offer.id}/notices")).status == 403


async def test_a_slow_gateway_holds_nobody_up(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    robot = await stage.robot(team)
    stage.gateway.script("feishu_robot", Act(wait_s=3))
    (offer,) = await stage.publish()
    await stage.written()
    assert stage.messenger is not None
    await stage.messenger.step()
    await until(lambda: bool(stage.gateway.arrived(team.number)), seconds=2)
    assert not stage.gateway.arrived(robot)
    assert states(stage, offer.id)[Rung.CHAT] is State.SENDING


async def test_what_is_asked_before_the_first_messenger_has_begun_goes_out_at_once(
    tmp_path: Path,
) -> None:
    """The server makes the file before it takes a demand, so nothing asked since is in doubt."""
    async with staged(tmp_path, begun=False) as stage:
        stage.sms()
        team = await stage.team("sms")
        await stage.publish()
        await stage.written()
        stage.start()
        await stage.rounds(2)
        assert len(stage.gateway.arrived(team.number)) == 1


async def test_a_robot_that_has_told_somebody_is_a_channel_that_works(stage: Stage) -> None:
    team = await stage.team()
    await stage.robot(team)
    await stage.publish()
    await stage.rounds(3)
    setup = stage.setups.find("feishu_robot")
    assert setup is not None
    assert setup.last_ok_at is not None
