"""What changes between planning and sending, and while something goes out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest_asyncio
from msgspec.structs import replace

from api.reach.asked import Asked
from api.reach.channels import About, Rung
from api.reach.contacts import Contacts
from api.reach.notices import Notice
from api.reach.planning import Planner
from api.reach.sending import A_LOOK
from api.reach.states import State
from schemas.values import DivisionCode, Mode, OfferId, OrganizationId, Reach
from tests.reach.gateway import LOST, UNAVAILABLE, Act, says, settings_for
from tests.reach.stage import TOWN, Stage, staged, until

NOON = 1_790_000_000_000 // 86_400_000 * 86_400_000 + 4 * 3_600_000  # in China


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


def asked(stage: Stage, offer: OfferId) -> dict[Rung, Notice]:
    return {one.rung: one for one in stage.notices(offer) if one.about is About.ASK}


def tencent(stage: Stage) -> None:
    """A second account of SMS, which tells of receipts and replies when it is asked."""
    settings = settings_for("tencent_sms", stage.url, stage.gateway.accounts)
    stage.channel("tencent_sms", **settings)


# Addresses and consent


async def test_what_waits_is_not_sent_once_consent_is_withdrawn(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    stage.gateway.script("aliyun", UNAVAILABLE)
    (offer,) = await stage.publish()
    await stage.rounds(1)
    addresses = stage.house.context.addresses
    addresses.withdraw(team.addresses["sms"], ["ask"], by=None, how="page")
    await stage.after(11)
    assert not stage.gateway.taken
    notice = asked(stage, offer.id)[Rung.SMS]
    assert (notice.state, notice.why) == (State.FAILED, "withdrawn")
    assert stage.offer(offer.id).state == "sent", "the page and the desk's list are left"


async def test_what_waits_for_a_number_that_is_gone_goes_to_the_new_one(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    stage.gateway.script("aliyun", UNAVAILABLE)
    await stage.publish()
    await stage.rounds(1)
    before = team.number
    stage.house.context.addresses.remove(team.addresses["sms"])
    await stage.person(team, "sms", order=2)
    await stage.after(11)
    assert [taken.to for taken in stage.gateway.taken] == [team.number]
    assert before != team.number


async def test_after_a_restart_it_is_still_said_that_something_is_over(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish()
    await stage.rounds(2)
    await close(stage, offer.demand)
    stage.gateway.script("aliyun", UNAVAILABLE)
    await stage.rounds(1)
    await stage.end()
    stage.start()
    await stage.after(11)
    assert len(stage.gateway.arrived(team.number)) == 2


async def test_persons_of_a_merged_entry_are_told_and_their_replies_count(stage: Stage) -> None:
    tencent(stage)
    team = await stage.team()
    other = await stage.team("sms")
    steward = await stage.house.steward()
    rows = {put.row.id: put.row for put in stage.house.context.feed.rows("organization")}
    body = {"merged": other.organization}
    where = f"/organizations/{team.organization}/merge"
    revision = getattr(rows[team.organization], "revision", None)
    merged = await steward.post(where, body, revision=revision)
    assert merged.status == 200, merged.content
    (offer,) = await stage.publish()
    await stage.rounds(2)
    assert offer.organization == team.organization
    assert [taken.to for taken in stage.gateway.taken] == [f"+86{other.number}"]
    reply = {"PhoneNumber": f"+86{other.number}", "ReplyContent": "1", "ReplyTime": 1}
    stage.gateway.pulled["replies"] = [reply]
    stage.look_around()
    await stage.rounds(2)
    assert stage.offer(offer.id).state == "accepted"


# What is over


async def close(stage: Stage, demand: str) -> None:
    assert stage.desk is not None
    closed = await stage.desk.post(f"/demands/{demand}/close", {"reason": "canceled"}, revision=1)
    assert closed.status == 200, closed.content
    await until(lambda: all(row.state == "stood_down" for row in stage.offers(demand)))


async def test_whoever_is_told_after_it_was_over_is_told_that_it_is(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    stage.gateway.script("aliyun", Act(wait_s=1.5))
    (offer,) = await stage.publish()
    await stage.written()
    assert stage.messenger is not None
    await stage.messenger.step()
    assert asked(stage, offer.id)[Rung.SMS].state is State.SENDING
    await close(stage, offer.demand)
    await stage.written()
    await stage.messenger.step()
    await stage.rounds(2)
    told = [one.about for one in stage.notices(offer.id)]
    assert told == [About.ASK, About.OVER]
    assert len(stage.gateway.arrived(team.number)) == 2


async def test_what_is_over_is_left_out_of_a_message_about_several(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms", units=40)
    (first,) = await stage.publish(priority=2)
    await stage.rounds(1)
    (second,), (third,) = await stage.publish(priority=2), await stage.publish(priority=2)
    await stage.rounds(1)
    await close(stage, second.demand)
    await stage.after(61)
    assert len(stage.gateway.arrived(team.number)) == 2
    assert asked(stage, second.id)[Rung.SMS].state is State.CANCELED
    assert asked(stage, third.id)[Rung.SMS].state is State.HANDED
    assert asked(stage, first.id)[Rung.SMS].state is State.HANDED


async def test_a_lost_message_about_several_has_one_fate(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms", units=40)
    await stage.publish(priority=2)
    await stage.rounds(1)
    (second,), (third,) = await stage.publish(priority=2), await stage.publish(priority=2)
    await stage.rounds(1)
    stage.gateway.script("aliyun", LOST)
    await stage.after(61)
    for _ in range(3):
        stage.look_around()
        await stage.after(70)
    assert len(stage.gateway.arrived(team.number)) == 2
    states = {asked(stage, one.id)[Rung.SMS].state for one in (second, third)}
    assert states <= {State.HANDED, State.DELIVERED}


# Answers that come in another order


async def test_a_receipt_that_overtakes_the_answer_stands(stage: Stage) -> None:
    tencent(stage)
    await stage.team("sms")
    stage.gateway.script("tencent", Act(wait_s=1))
    (offer,) = await stage.publish()
    await stage.written()
    assert stage.messenger is not None
    await stage.messenger.step()
    (notice,) = stage.notices(offer.id)
    assert notice.state is State.SENDING
    notices = stage.house.context.notices
    notices.put([replace(notice, state=State.DELIVERED, handed_at=1, delivered_at=1)])
    await stage.rounds(2)
    (notice,) = stage.notices(offer.id)
    assert notice.state is State.DELIVERED
    assert notice.reference.startswith("tencent")
    assert stage.offer(offer.id).reached_by is Reach.SMS


async def test_a_provider_that_is_slow_to_ask_holds_no_message_up(stage: Stage) -> None:
    stage.sms()
    tencent(stage)
    team = await stage.team("sms")
    await stage.rounds(1)
    stage.gateway.script("tencent", Act(wait_s=4), Act(wait_s=4))
    await stage.publish()
    await stage.written()
    stage.look_around()
    assert stage.messenger is not None
    begun = monotonic()
    for _ in range(3):
        await stage.messenger.step()
    await until(lambda: bool(stage.gateway.arrived(team.number)), seconds=2)
    assert monotonic() - begun < 3


# Priorities, repeats and pauses


async def test_a_need_that_has_become_urgent_is_no_repeat(stage: Stage) -> None:
    """Given a P2 that was raised to P1, then whoever was asked gets an SMS and not chat alone."""
    stage.sms()
    team = await stage.team("sms")
    (offer,) = await stage.publish(priority=2)
    await stage.rounds(2)
    assert stage.desk is not None
    statements = {"risk_statement": "水位上涨,注意触电。", "rally_point": "镇政府门口"}
    body = {"priority": 1, "targets": [2], "lines": [], **statements}
    made = await stage.desk.post(f"/demands/{offer.demand}/amend", body, revision=1)
    assert made.status == 200, made.content
    await until(lambda: len(stage.offers(offer.demand)) == 2)
    await stage.rounds(2)
    (again,) = [row for row in stage.offers(offer.demand) if row.id != offer.id]
    assert list(asked(stage, again.id)) == [Rung.SMS]
    await stage.after(70)
    assert len(stage.gateway.arrived(team.number)) == 2, "asked anew, and not that it is over"


async def test_an_urgent_message_waits_for_a_few_others_at_most(stage: Stage) -> None:
    """Given a queue of routine ones, then looks between them find what is urgent."""
    stage.sms()
    for _ in range(20):
        await stage.team("sms")
    await stage.end()
    lines = [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 24}]
    assert len(await stage.publish(priority=2, lines=lines)) > A_LOOK
    await stage.written()
    stage.start()
    assert stage.messenger is not None
    assert await stage.messenger.step(), "there is more"
    await stage.messenger.rest()
    assert len(stage.gateway.taken) == A_LOOK
    (urgent, *_) = await stage.publish(priority=1)
    await stage.written()
    await stage.messenger.step()
    assert asked(stage, urgent.id)[Rung.SMS].state is State.SENDING


async def test_urgent_messages_to_somebody_do_not_hold_the_others_back_for_ever(
    stage: Stage,
) -> None:
    stage.sms()
    team = await stage.team("sms", units=40)
    await stage.publish(priority=1)
    await stage.rounds(1)
    (routine_offer,) = await stage.publish(priority=2)
    await stage.rounds(1)
    await stage.after(45)
    await stage.publish(priority=1)
    await stage.rounds(1)
    assert asked(stage, routine_offer.id)[Rung.SMS].state is State.QUEUED
    await stage.after(20)
    assert asked(stage, routine_offer.id)[Rung.SMS].state is State.HANDED
    assert len(stage.gateway.arrived(team.number)) == 3


async def test_a_robot_that_is_blocked_makes_room_for_the_next_rung_of_all(stage: Stage) -> None:
    team = await stage.team(units=40)
    await stage.robot(team, "dingtalk_robot")
    stage.gateway.script("dingtalk_robot", says({"errcode": 130101, "errmsg": "too fast"}))
    (first,) = await stage.publish(priority=2)
    await stage.rounds(2)
    (second,) = await stage.publish(priority=2)
    await stage.rounds(2)
    for offer in (first, second):
        notice = asked(stage, offer.id)[Rung.CHAT]
        assert (notice.state, notice.why) == (State.QUEUED, "rate")
        assert notice.due > stage.now() + 500_000


async def test_a_way_that_this_ladder_has_not_keeps_nobody_reachable(stage: Stage) -> None:
    """A P4 rings nobody: given that nothing else is left, it was not reached."""
    team = await stage.team("sms", "voice")
    contacts = Contacts(stage.house.context.addresses)
    planner = Planner(contacts, lambda _: True)
    offer = routine(team.organization)
    planner.take(offer, (), NOON)
    (notice,) = planner.due(NOON + 901_000).notices
    planner.note(replace(notice, state=State.FAILED, ended_at=NOON), NOON + 902_000)
    (report,) = planner.due(NOON + 902_000).reports
    assert (notice.rung, report.kind) == (Rung.SMS, "unreachable")


def routine(organization: OrganizationId) -> Asked:
    return Asked(
        id=OfferId("o1"),
        organization=organization,
        line="l1",
        priority=4,
        quantity=1,
        skill="PUMP_DRAIN",
        division=DivisionCode(TOWN),
        meters=1,
        sent_at=NOON,
        answer_by=NOON + 3_600_000,
        words_in=1,
        state="sent",
        mode=Mode.ACTUAL,
        as_of=1,
        unasked=False,
        again=False,
    )


# Clocks


async def test_a_clock_that_was_set_back_holds_nobody_up(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    await stage.end()
    stage.ahead = -5 * 3_600_000
    stage.start()
    await stage.publish()
    await stage.rounds(2)
    assert len(stage.gateway.arrived(team.number)) == 1


async def test_a_page_whose_clock_is_ahead_delays_no_call(stage: Stage) -> None:
    stage.voice()
    team = await stage.team("voice")
    (offer,) = await stage.publish()
    await stage.rounds(1)
    stage.house.context.notices.see([(offer.id, "")], stage.now() + 5 * 3_600_000)
    await stage.rounds(1)
    await stage.after(31)
    assert len(stage.gateway.arrived(team.number)) == 1


async def test_a_page_that_is_sooner_than_history_has_reached_somebody(stage: Stage) -> None:
    await stage.team("sms")
    await stage.rounds(1)
    (offer,) = await stage.publish()
    stage.house.context.notices.see([(offer.id, "")], stage.now())
    assert stage.messenger is not None
    await stage.messenger.step()
    await stage.rounds(2)
    assert stage.offer(offer.id).reached_by is Reach.PAGE


async def test_what_was_not_due_before_the_notices_were_lost_is_simply_sent(stage: Stage) -> None:
    """An SMS of a P2's second person cannot have gone out before its time."""
    stage.sms()
    team = await stage.team("sms")
    first = team.number
    await stage.person(team, "sms", order=2)
    (offer,) = await stage.publish(priority=2)
    await stage.rounds(2)
    await stage.end()
    stage.forget_notices()
    stage.start()
    await stage.rounds(1)
    stage.look_around()
    await stage.after(151)
    assert [taken.to for taken in stage.gateway.taken] == [first, team.number]
    assert len(stage.notices(offer.id)) == 2
