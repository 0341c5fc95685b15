"""A desk whose page is closed is told of an urgent line that nobody can be asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from api.people import Whose
from schemas.values import DivisionCode
from schemas.views import DemandRow
from streams import drafting
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
    desk = await stage.house.desk()
    incident = await stage.house.incident(desk)
    made = await desk.post("/demands", demand_body(incident, priority=priority))
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
