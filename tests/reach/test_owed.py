"""Whoever is owed a word and looks at no page is told by a channel: real log, real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from api.reach.channels import About, Rung
from api.reach.channels.channel import Reply
from api.reach.notices import Notice
from api.reach.states import State
from schemas.instruction_views import InstructionView
from schemas.values import OfferId
from schemas.views import AssignmentRow, OfferRow
from tests.api.house import OTHER_TOWN
from tests.reach.stage import Stage, Team, staged, until


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


def crew_of(stage: Stage, offer: OfferId) -> AssignmentRow | None:
    rows = (put.row for put in stage.house.context.feed.rows("assignment"))
    found = (row for row in rows if isinstance(row, AssignmentRow) and row.offer == offer)
    return next(found, None)


def told(stage: Stage, offer: OfferId, about: About) -> list[Notice]:
    return [one for one in stage.notices(offer) if one.about is about]


def rungs(stage: Stage, offer: OfferId, about: About) -> dict[Rung, State]:
    return {one.rung: one.state for one in told(stage, offer, about)}


async def kept(stage: Stage, *rungs: str, priority: int = 1) -> tuple[Team, OfferRow]:
    """A team whose yes was said while its demand was on hold: its desk keeps it."""
    team = await stage.team(*rungs)
    (offer,) = await stage.publish(priority=priority)
    await stage.rounds(2)
    assert stage.desk is not None
    held = await stage.desk.post(f"/demands/{offer.demand}/hold", {"question": "水深多少？"})
    assert held.status == 200, held.content
    said = await team.crew.post(f"/offers/{offer.id}/accept", {"quantity": 1})
    assert said.status == 200, said.content
    await until(lambda: stage.offer(offer.id).state == "standby")
    await stage.rounds(2)
    return team, offer


async def taken(stage: Stage, offer: OfferRow) -> None:
    """Its demand goes on, and the yes counts."""
    assert stage.desk is not None
    resumed = await stage.desk.post(f"/demands/{offer.demand}/resume", {})
    assert resumed.status == 200, resumed.content
    await until(lambda: crew_of(stage, offer.id) is not None)


# A yes that was kept, and counts now


async def test_whoever_is_needed_now_after_all_is_told_so(stage: Stage) -> None:
    stage.sms()
    team, offer = await kept(stage, "sms")
    before = len(stage.gateway.arrived(team.number))
    await taken(stage, offer)
    await stage.rounds(2)
    assert rungs(stage, offer.id, About.NEEDED) == {Rung.SMS: State.HANDED}
    assert len(stage.gateway.arrived(team.number)) == before + 1


async def test_an_urgent_one_rings_and_then_the_next_person_is_told(stage: Stage) -> None:
    stage.sms()
    stage.voice()
    team, offer = await kept(stage, "sms", "voice")
    first = team.number
    await stage.person(team, "sms", order=2)
    before = len(stage.gateway.taken)
    await taken(stage, offer)
    await stage.rounds(2)
    assert [one.to for one in stage.gateway.taken[before:]] == [first]
    await stage.after(21)
    await stage.after(40)
    assert [one.to for one in stage.gateway.taken[before:]] == [first, first, team.number]


async def test_a_crew_that_has_set_off_knows_it_and_is_told_nothing_more(stage: Stage) -> None:
    stage.sms()
    stage.voice()
    team, offer = await kept(stage, "sms", "voice")
    await taken(stage, offer)
    await stage.rounds(2)
    crew = crew_of(stage, offer.id)
    assert crew is not None
    assert (await team.crew.post(f"/assignments/{crew.id}/set-off", {})).status == 200
    await stage.after(60)
    assert list(rungs(stage, offer.id, About.NEEDED)) == [Rung.SMS]
    assert await standing(stage, crew) == []


async def test_a_page_that_shows_it_is_enough(stage: Stage) -> None:
    stage.voice()
    team, offer = await kept(stage, "voice")
    await taken(stage, offer)
    crew = crew_of(stage, offer.id)
    assert crew
    seen = await team.crew.post("/offers/seen", {"assignments": [crew.id, "nobody's"]})
    assert seen.json == {"seen": 1}
    await stage.house.context.telling.step()
    await stage.after(60)
    assert told(stage, offer.id, About.NEEDED) == []
    assert await standing(stage, crew) == []


async def test_a_messenger_that_ended_meanwhile_tells_it_once(stage: Stage) -> None:
    stage.sms()
    team, offer = await kept(stage, "sms")
    before = len(stage.gateway.arrived(team.number))
    await stage.end()
    await taken(stage, offer)
    await stage.written()
    for _ in range(2):
        stage.start()
        await stage.rounds(2)
        await stage.end()
    assert len(stage.gateway.arrived(team.number)) == before + 1
    (notice,) = told(stage, offer.id, About.NEEDED)
    stage.torn(notice)
    stage.start()
    stage.gateway.receipts[notice.id] = 3
    stage.look_around()
    await stage.rounds(2)
    assert len(stage.gateway.arrived(team.number)) == before + 1


async def test_what_is_needed_no_longer_is_not_said(stage: Stage) -> None:
    stage.voice()
    _, offer = await kept(stage, "voice")
    await taken(stage, offer)
    await stage.rounds(1)
    assert stage.desk is not None
    closed = await stage.desk.post(
        f"/demands/{offer.demand}/close", {"reason": "canceled"}, revision=1
    )
    assert closed.status == 200, closed.content
    await stage.after(60)
    assert told(stage, offer.id, About.NEEDED) == []
    assert list(rungs(stage, offer.id, About.OVER)) == [Rung.VOICE], "it is told to turn back"


# Whom a desk has to call


async def standing(stage: Stage, crew: AssignmentRow) -> list[dict[str, Any]]:
    assert stage.desk is not None
    reply = await stage.desk.get(f"/assignments/told?assignments={crew.id}")
    assert reply.status == 200, reply.content
    return list(reply.json)


async def test_the_desk_sees_by_what_it_was_told_and_when_to_call(stage: Stage) -> None:
    stage.sms()
    _, offer = await kept(stage, "sms")
    await taken(stage, offer)
    await stage.rounds(2)
    crew = crew_of(stage, offer.id)
    assert crew
    (one,) = await standing(stage, crew)
    (notice,) = told(stage, offer.id, About.NEEDED)
    assert (one["about"], one["rung"], one["nobody"]) == ("needed", "sms", False)
    assert one["told_at"] == notice.handed_at
    assert one["call_at"] == crew.committed_at + 90_000


async def test_whom_no_channel_tells_is_on_the_call_list_at_once(stage: Stage) -> None:
    _, offer = await kept(stage)
    await taken(stage, offer)
    crew = crew_of(stage, offer.id)
    assert crew is not None
    (one,) = await standing(stage, crew)
    assert (one["nobody"], one["told_at"], one["call_at"]) == (True, None, crew.committed_at)
    assert stage.desk is not None
    assert (await stage.desk.post(f"/offers/{offer.id}/persons", {})).json["persons"]
    late = await stage.desk.post(f"/assignments/{crew.id}/new-time", {"minutes": 30})
    assert late.status == 200, late.content
    await until(lambda: getattr(crew_of(stage, offer.id), "new_times", 0) == 1)
    assert await standing(stage, crew) == [], "it was told on the telephone"


async def test_only_desks_are_told_and_only_of_what_they_see(stage: Stage) -> None:
    team, offer = await kept(stage)
    await taken(stage, offer)
    crew = crew_of(stage, offer.id)
    assert crew is not None
    path = f"/assignments/told?assignments={crew.id}"
    assert (await team.crew.get(path)).status == 403
    other = await stage.house.desk(OTHER_TOWN)
    assert (await other.get(path)).json == []


async def test_an_answer_by_key_to_it_answers_no_request(stage: Stage) -> None:
    """Given a call that says "set out", then key 1 says that it was heard and key 2 takes no yes
    back: a person reads it."""
    stage.voice()
    _, offer = await kept(stage, "voice")
    await taken(stage, offer)
    await stage.after(21)
    (notice,) = told(stage, offer.id, About.NEEDED)
    assert stage.messenger is not None
    receiver = stage.messenger._receiver
    receiver.reply(Reply("k2", "", "2", of=notice.id), stage.now())
    await stage.rounds(2)
    assert stage.offer(offer.id).state == "accepted"
    unread = stage.house.context.notices.unread()
    assert [one.organization for one in unread] == [offer.organization]
    receiver.reply(Reply("k1", "", "1", of=notice.id), stage.now())
    await stage.rounds(2)
    crew = crew_of(stage, offer.id)
    assert crew is not None
    assert await standing(stage, crew) == []


# What a crew at work is told


async def at_work(stage: Stage, *rungs: str) -> tuple[Team, AssignmentRow]:
    """A crew that has said yes on its page, and is on the scene."""
    team = await stage.team(*rungs)
    (offer,) = await stage.publish(priority=2)
    return team, await arrived(stage, team, offer)


async def arrived(stage: Stage, team: Team, offer: OfferRow) -> AssignmentRow:
    said = await team.crew.post(f"/offers/{offer.id}/accept", {"quantity": 1})
    assert said.status == 200, said.content
    await until(lambda: crew_of(stage, offer.id) is not None)
    crew = crew_of(stage, offer.id)
    assert crew is not None
    assert (await team.crew.post(f"/assignments/{crew.id}/arrive", {})).status == 200
    await stage.rounds(2)
    return crew


async def instructed(stage: Stage, crew: AssignmentRow, **body: str) -> str:
    """An instruction of its desk; its id."""
    assert stage.desk is not None
    said = {"what": "withdraw", "text": "张三家后山滑坡", **body}
    given = await stage.desk.post(f"/assignments/{crew.id}/instruct", said)
    assert given.status == 200, given.content
    await until(lambda: bool(orders(stage, crew)))
    return orders(stage, crew)[-1].id


def orders(stage: Stage, crew: AssignmentRow) -> tuple[InstructionView, ...]:
    now = crew_of(stage, crew.offer)
    assert now is not None
    return now.instructions


async def test_an_instruction_climbs_until_it_is_acknowledged(stage: Stage) -> None:
    """Whatever the priority and the hour: the leader at once and by a call, then the next one."""
    stage.sms()
    stage.voice()
    team, crew = await at_work(stage, "sms", "voice")
    first = team.number
    await stage.person(team, "sms", order=2)
    before = len(stage.gateway.taken)
    order = await instructed(stage, crew)
    await stage.rounds(2)
    assert [one.to for one in stage.gateway.taken[before:]] == [first]
    await stage.after(31)
    assert [one.to for one in stage.gateway.taken[before:]] == [first, first]
    await stage.after(90)
    assert [one.to for one in stage.gateway.taken[before:]] == [first, first, team.number]
    (one,) = await standing(stage, crew)
    assert (one["about"], one["item"], one["rung"]) == ("order", order, "sms")
    path = f"/assignments/{crew.id}/instructions/{order}/acknowledge"
    assert (await team.crew.post(path, {})).status == 200
    await stage.rounds(2)
    assert await standing(stage, crew) == []


async def test_whoever_acknowledges_is_not_called(stage: Stage) -> None:
    stage.sms()
    stage.voice()
    team, crew = await at_work(stage, "sms", "voice")
    order = await instructed(stage, crew)
    await stage.rounds(2)
    path = f"/assignments/{crew.id}/instructions/{order}/acknowledge"
    assert (await team.crew.post(path, {})).status == 200
    await stage.after(130)
    assert list(rungs(stage, crew.offer, About.ORDER)) == [Rung.SMS]


async def test_an_instruction_is_told_by_its_kind_and_never_by_its_words(stage: Stage) -> None:
    team = await stage.team()
    robot = await stage.robot(team)
    (offer,) = await stage.publish(priority=2)
    crew = await arrived(stage, team, offer)
    await instructed(stage, crew, what="come_to", to="张三家")
    await stage.rounds(2)
    text = stage.gateway.arrived(robot)[-1].text
    assert "指令：转移" in text
    assert "张三" not in text


async def test_a_closed_zone_reaches_every_crew_inside(stage: Stage) -> None:
    stage.sms()
    team, crew = await at_work(stage, "sms")
    assert stage.desk is not None
    before = len(stage.gateway.arrived(team.number))
    body = {"zone": {"around": crew.demand, "radius": 500}, "what": "zone_closed"}
    closed = await stage.desk.post(f"/incidents/{stage.incident}/close-zone", body)
    assert closed.status in (200, 201), closed.content
    await until(lambda: bool(orders(stage, crew)))
    await stage.rounds(2)
    assert len(stage.gateway.arrived(team.number)) == before + 1


async def test_what_is_lifted_before_it_went_out_is_not_said_and_that_it_is_lifted_is(
    stage: Stage,
) -> None:
    stage.voice()
    stage.sms()
    team, crew = await at_work(stage, "voice", "sms")
    order = await instructed(stage, crew)
    await stage.rounds(2)
    assert stage.desk is not None
    lifting = f"/assignments/{crew.id}/instructions/{order}/lift"
    lifted = await stage.desk.post(lifting, {"mistaken": False})
    assert lifted.status == 200, lifted.content
    await until(lambda: orders(stage, crew)[-1].lifted_at is not None)
    await stage.after(60)
    assert list(rungs(stage, crew.offer, About.ORDER)) == [Rung.SMS]
    assert list(rungs(stage, crew.offer, About.LIFTED)) == [Rung.SMS], "nobody is rung for it"
    await team.crew.post("/offers/seen", {"assignments": [crew.id]})
    await stage.house.context.telling.step()
    assert await standing(stage, crew) == []


async def test_an_instruction_that_no_channel_tells_is_on_the_call_list_at_once(
    stage: Stage,
) -> None:
    _, crew = await at_work(stage)
    order = await instructed(stage, crew)
    (one,) = await standing(stage, crew)
    assert (one["item"], one["nobody"], one["by_page"]) == (order, True, False)
    assert one["call_at"] == orders(stage, crew)[-1].at


async def test_work_that_is_not_found_done_is_told_and_a_desk_can_say_it_on_the_telephone(
    stage: Stage,
) -> None:
    stage.sms()
    team, crew = await at_work(stage, "sms")
    assert (await team.crew.post(f"/assignments/{crew.id}/report-done", {})).status == 200
    assert stage.desk is not None
    judged = {"done": False, "reason": "还有积水"}
    path = f"/assignments/{crew.id}/confirm"
    assert (await stage.desk.post(path, judged)).status == 200
    await until(lambda: getattr(crew_of(stage, crew.offer), "sent_back", None) is not None)
    await stage.rounds(2)
    assert list(rungs(stage, crew.offer, About.BACK)) == [Rung.SMS]
    (one,) = await standing(stage, crew)
    assert (one["about"], one["by_page"]) == ("back", True)
    for count in (1, 0):
        told = await stage.desk.post(f"/assignments/{crew.id}/told", {})
        assert told.json == {"told": count}
    assert await standing(stage, crew) == []
    await stage.after(3_000)
    assert list(rungs(stage, crew.offer, About.BACK)) == [Rung.SMS]


async def test_words_that_have_changed_climb_until_the_crew_has_read_them(stage: Stage) -> None:
    team = await stage.team()
    robot = await stage.robot(team)
    (offer,) = await stage.publish(priority=2)
    crew = await arrived(stage, team, offer)
    assert stage.desk is not None
    body = {"priority": 2, "targets": [2], "lines": [], "rally_point": "张三家门口"}
    body |= {"risk_statement": crew.risk_statement}
    made = await stage.desk.post(f"/demands/{crew.demand}/amend", body, revision=1)
    assert made.status == 200, made.content
    await until(lambda: bool(getattr(crew_of(stage, offer.id), "changed", ())))
    await stage.rounds(2)
    assert list(rungs(stage, offer.id, About.WORDS)) == [Rung.CHAT]
    text = stage.gateway.arrived(robot)[-1].text
    assert "集合点" in text
    assert "张三" not in text
    assert [one["about"] for one in await standing(stage, crew)] == ["words"]
    seen = await team.crew.post(f"/assignments/{crew.id}/seen", {"revision": 2})
    assert seen.status == 200
    await until(lambda: not getattr(crew_of(stage, offer.id), "changed", ()))
    assert await standing(stage, crew) == []
