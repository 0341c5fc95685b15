"""A desk whose page is closed is told of what is urgent and nobody can be asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from api.people import Whose
from schemas.shifts import ShiftRow
from schemas.values import DivisionCode
from schemas.views import DemandRow
from streams import drafting, nobody, shifts
from streams.parameters import URGENCY
from tests.api.house import COUNTY, TOWN, demand_body
from tests.reach.stage import Stage, staged, until


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


def on_duty(stage: Stage, division: str, number: str, *rungs: str) -> None:
    context, code = stage.house.context, DivisionCode(division)
    person = context.persons.add("值班", number, division=code)
    for rung in rungs or ("sms",):
        address = context.addresses.add(rung, number, Whose(None, code), person=person)
        context.addresses.vouch(address, "-", by="steward0")
        context.addresses.consent(address, ("ask",), by="steward0")


async def short(stage: Stage, priority: int = 1) -> str:
    """A demand that nobody can be asked for: there is no team at all."""
    if stage.desk is None:
        stage.desk = await stage.house.desk()
        stage.incident = await stage.house.incident(stage.desk)
    made = await stage.desk.post("/demands", demand_body(stage.incident, priority=priority))
    assert made.status == 201, made.content
    demand = str(made.json["id"])
    await until(lambda: unmet(stage, demand))
    return demand


def unmet(stage: Stage, demand: str) -> bool:
    put = stage.house.context.feed.find("demand", demand)
    row = None if put is None else put.row
    return isinstance(row, DemandRow) and any(line.unmet for line in row.lines)


async def look(stage: Stage) -> None:
    stage.look_around()
    await stage.rounds(2)


async def test_the_township_is_told_once_and_again_while_it_lasts(stage: Stage) -> None:
    stage.sms(template_desk="SMS_2")
    on_duty(stage, TOWN, "13700000001")
    on_duty(stage, COUNTY, "13700000002")
    await short(stage)
    await look(stage)
    await look(stage)
    assert len(stage.gateway.arrived("13700000001")) == 1
    assert not stage.gateway.arrived("13700000002"), "its own desk is there"
    stage.ahead += 31 * 60_000
    await look(stage)
    assert len(stage.gateway.arrived("13700000001")) == 2
    assert len(stage.gateway.arrived("13700000002")) == 1, "half an hour in vain: the county too"


async def test_a_township_without_a_number_has_its_county(stage: Stage) -> None:
    stage.sms(template_desk="SMS_2")
    on_duty(stage, COUNTY, "13700000002")
    await short(stage)
    await look(stage)
    assert len(stage.gateway.arrived("13700000002")) == 1


async def test_what_could_not_be_handed_over_is_tried_again_and_then_rings(stage: Stage) -> None:
    name = stage.sms(template_desk="SMS_2")
    stage.voice(template_desk="TTS_2")
    on_duty(stage, TOWN, "13700000001", "sms", "voice")
    stage.setups.broken(name, "balance")
    await short(stage)
    await look(stage)
    assert not stage.gateway.taken
    stage.ahead += 61_000
    await look(stage)
    assert [taken.text[:4] for taken in stage.gateway.taken] == ["TTS_"], "a call, and no text"


async def test_a_desk_that_was_told_and_does_not_help_is_called_after_three_minutes(
    stage: Stage,
) -> None:
    stage.sms(template_desk="SMS_2")
    stage.voice(template_desk="TTS_2")
    on_duty(stage, TOWN, "13700000001", "sms", "voice")
    await short(stage)
    await look(stage)
    stage.ahead += 2 * 60_000
    await look(stage)
    assert len(stage.gateway.arrived("13700000001")) == 1
    stage.ahead += 2 * 60_000
    await look(stage)
    assert len(stage.gateway.arrived("13700000001")) == 2
    stage.ahead += 2 * 60_000
    await look(stage)
    assert len(stage.gateway.arrived("13700000001")) == 2, "once"


async def test_what_is_over_is_not_told(stage: Stage) -> None:
    stage.sms(template_desk="SMS_2")
    on_duty(stage, TOWN, "13700000001")
    demand = await short(stage)
    desk = await stage.house.desk()
    closed = await desk.post(f"/demands/{demand}/close", {"reason": "canceled"}, revision=1)
    assert closed.status == 200
    await look(stage)
    assert not stage.gateway.taken


async def test_a_draft_that_nobody_decides_is_told_to_the_township_and_the_county(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = {**URGENCY, 1: URGENCY[1]._replace(climb=200)}
    monkeypatch.setattr(drafting, "URGENCY", soon)
    stage.sms(template_desk="SMS_2")
    on_duty(stage, TOWN, "13700000001")
    on_duty(stage, COUNTY, "13700000002")
    desk = await stage.house.desk()
    incident = await stage.house.incident(desk)
    made = await desk.post("/demands/drafts", demand_body(incident))
    await until(lambda: climbed(stage, made.json["id"]))
    await look(stage)
    for number in ("13700000001", "13700000002"):
        assert len(stage.gateway.arrived(number)) == 1
    published = await desk.post(f"/demands/{made.json['id']}/publish", {}, revision=1)
    assert published.status == 200
    stage.ahead += 31 * 60_000
    await look(stage)
    assert not [one for one in stage.gateway.arrived("13700000002")[1:] if "草稿" in one.text]


def climbed(stage: Stage, demand: str) -> bool:
    put = stage.house.context.feed.find("demand", demand)
    return put is not None and isinstance(put.row, DemandRow) and put.row.climbed_at is not None


def climbing_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    soon = {**URGENCY, **{p: URGENCY[p]._replace(climb=200) for p in (1, 2)}}
    monkeypatch.setattr(nobody, "URGENCY", soon)


@pytest.mark.parametrize("priority", [1, 2])
async def test_what_is_urgent_rings_its_desk_at_once_and_its_county_when_it_climbs(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, priority: int
) -> None:
    stage.channel("feishu_robot", base=stage.url)
    town, county = robot(stage, TOWN), robot(stage, COUNTY)
    demand = await short(stage, priority)
    await look(stage)
    assert (len(told(stage, town)), len(told(stage, county))) == (1, 0)
    climbing_soon(monkeypatch)
    await short(stage, priority)
    await until(lambda: any(climbed(stage, one) for one in demands(stage) if one != demand))
    await look(stage)
    [said] = told(stage, county)
    assert "已报上级" in said
    assert len(told(stage, town)) == 1, "the second one of its kind waits for five minutes"


async def test_a_flood_is_one_message_that_counts(stage: Stage) -> None:
    stage.channel("feishu_robot", base=stage.url)
    town = robot(stage, TOWN)
    stage.sms(template_desk="SMS_2")
    on_duty(stage, TOWN, "13700000001")
    for number in range(62):
        await short(stage, 1 + (number > 0))
    await look(stage)
    assert [
        "62 项需求无队伍可请求（最急 1 级，含 1 号）" in said for said in told(stage, town)
    ] == [True]
    assert [
        "62 项需求无队伍可请求" in one.text for one in stage.gateway.arrived("13700000001")
    ] == [True]


async def test_what_follows_the_first_waits_five_minutes_but_for_what_is_more_urgent(
    stage: Stage,
) -> None:
    stage.channel("feishu_robot", base=stage.url)
    town = robot(stage, TOWN)
    await short(stage, 2)
    await look(stage)
    assert len(told(stage, town)) == 1, "the first one at once"
    await short(stage, 2)
    await look(stage)
    stage.ahead += 4 * 60_000
    await look(stage)
    assert len(told(stage, town)) == 1
    await short(stage, 1)
    await look(stage)
    assert "2 项需求" in told(stage, town)[1], "and takes along what waits"
    await short(stage, 1)
    await short(stage, 1)
    await look(stage)
    assert len(told(stage, town)) == 2
    stage.ahead += 5 * 60_000
    await look(stage)
    assert "2 项需求" in told(stage, town)[2]


async def test_a_shift_that_nobody_takes_rings_its_desk_and_then_the_county(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shifts, "SHIFT_TAKEN_WITHIN", 200)
    monkeypatch.setattr(shifts, "SHIFT_CLIMBS", 200)
    stage.channel("feishu_robot", base=stage.url)
    town, county = robot(stage, TOWN), robot(stage, COUNTY)
    desk = await stage.house.desk()
    await stage.house.incident(desk)
    assert (await desk.post(f"/shifts/{TOWN}/hand-over", {})).status == 200
    await until(lambda: untaken(stage, climbed=True))
    await look(stage)
    for [said] in (told(stage, town), told(stage, county)):
        assert "值班室交班后无人接班，已报上级。" in said
    assert (await desk.post(f"/shifts/{TOWN}/take", {})).status == 200
    stage.ahead += 31 * 60_000
    await look(stage)
    assert (len(told(stage, town)), len(told(stage, county))) == (1, 1)


def untaken(stage: Stage, *, climbed: bool) -> bool:
    rows = [put.row for put in stage.house.context.feed.rows("shift")]
    [row] = [row for row in rows if isinstance(row, ShiftRow)]
    return (row.climbed_at if climbed else row.untaken_at) is not None


def robot(stage: Stage, division: str) -> str:
    """A duty desk's own group has a robot; its token."""
    token = f"hook-{division}"
    stage.gateway.accounts.robots[token] = "secret"
    context, to = stage.house.context, f"{stage.url}/open-apis/bot/v2/hook/{token}"
    whose = Whose(None, DivisionCode(division))
    id = context.addresses.add("feishu_robot", to, whose, secret="secret")
    context.addresses.vouch(id, "-", by="steward0")
    context.addresses.consent(id, ("ask",), by="steward0")
    return token


def told(stage: Stage, token: str) -> list[str]:
    return [one.text for one in stage.gateway.taken if one.to == token]


def demands(stage: Stage) -> list[str]:
    return [put.row.id for put in stage.house.context.feed.rows("demand")]
