"""Given time: it only moves forward, and what falls due on the way happens at its own time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api import conductor as conducting
from api import serving
from api.app import create_app
from api.cli import playing
from api.conductor import Conductor
from api.context import Context
from api.settings import Settings
from schemas.commands import OpenIncident, PublishDemand, Tick
from schemas.facts import IncidentOpened, OfferExpired, OfferSent
from schemas.ids import command_id
from schemas.turns import Envelope, Turn
from schemas.values import AccountId, DivisionCode, LineRequest, Purpose, Role
from schemas.views import OfferRow
from schemas.wire import decode_turn
from tests.api.house import AREA, House, demand_body, opened

MINUTE = 60_000
START = 1_753_900_000_000
TOWN = DivisionCode("330324001")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Context]:
    """An exercise's folder, opened, with one demand that the guests' team is asked for."""
    settings = Settings(data=tmp_path / "data", purpose=Purpose.EXERCISE)
    playing.make_stage(settings, START)
    async with serving.opened(settings) as context:
        await playing.invite(context)
        await _demand(context)
        yield context


async def _demand(context: Context) -> None:
    desk = next(
        put.row.id
        for put in context.feed.rows("account")
        if any(grant.role is Role.DESK for grant in getattr(put.row, "grants", ()))
    )
    hazard = OpenIncident(hazard="typhoon", division=TOWN)
    incident = await _send(context, AccountId(desk), hazard, "incident")
    await _send(
        context,
        AccountId(desk),
        PublishDemand(
            incident=next(f.incident for f in incident.facts if isinstance(f, IncidentOpened)),
            kind="drainage",
            priority=1,
            place=context.divisions.seat(TOWN),
            lines=(LineRequest(skill="PUMP_DRAIN", minimum=1, target=1),),
            risk_statement="水深。",
            rally_point="门口",
        ),
        "demand",
    )


async def _send(
    context: Context, actor: AccountId, command: OpenIncident | PublishDemand, key: str
) -> Turn:
    operation, mode = context.settings.operation, context.settings.mode
    envelope = Envelope(
        area=AREA,
        operation=operation,
        mode=mode,
        actor=actor,
        command_id=command_id(AREA, operation, actor, key),
        command=command,
        at=context.now(),
    )
    turn = (await context.engine.submit(envelope)).turn
    assert turn.refusal is None
    return turn


def conductor_of(context: Context) -> Conductor:
    assert context.conductor is not None
    return context.conductor


def turns(context: Context) -> list[Turn]:
    return [decode_turn(stored) for stored in context.engine.read(AREA)]


async def test_ticks_are_sent_at_the_time_they_are_due(stage: Context) -> None:
    conductor = conductor_of(stage)
    assert conductor.now() == START
    [sent] = [f for turn in turns(stage) for f in turn.facts if isinstance(f, OfferSent)]
    before = stage.feed.sequence
    assert await conductor.advance(START + 10 * MINUTE)
    assert conductor.now() == START + 10 * MINUTE
    ticks = turns(stage)[before:]
    assert ticks
    assert all(isinstance(turn.command, Tick) for turn in ticks)
    expired = next(f for turn in ticks for f in turn.facts if isinstance(f, OfferExpired))
    assert expired.at == sent.answer_by + 1
    assert [turn.at for turn in ticks] == sorted(turn.at for turn in ticks)
    assert all(turn.at <= START + 10 * MINUTE for turn in ticks)
    assert stage.feed.sequence == before + len(ticks)


async def test_time_never_goes_back_and_nothing_happens_twice(stage: Context) -> None:
    conductor = conductor_of(stage)
    await conductor.advance(START + 5 * MINUTE)
    here = stage.feed.sequence
    await conductor.advance(START + MINUTE)
    await conductor.advance(START + 5 * MINUTE)
    assert conductor.now() == START + 5 * MINUTE
    assert stage.feed.sequence == here


async def test_many_ticks_are_cut_and_gone_on_with(
    stage: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conducting, "TICKS_MAX", 1)
    conductor = conductor_of(stage)
    to = START + 60 * MINUTE
    assert not await conductor.advance(to)
    assert conductor.now() < to
    calls = 1
    while not await conductor.advance(to):
        calls += 1
        assert calls < 1_000
    assert conductor.now() == to
    due = conductor.next_due()
    assert due is None or due > to


async def test_a_folder_goes_on_where_its_log_ended(stage: Context) -> None:
    await conductor_of(stage).advance(START + 7 * MINUTE)
    at = turns(stage)[-1].at
    again = Conductor(stage.engine, AREA, stage.settings, stage.feed.at)
    assert again.now() == at


async def test_the_pace_is_measured_unless_it_is_told(stage: Context) -> None:
    wall = [0]
    conductor = Conductor(stage.engine, AREA, stage.settings, START, lambda: wall[0])
    assert conductor.pace == 0
    for step in range(1, 9):
        wall[0] = step * 1_000_000_000
        await conductor.advance(START + step * 30_200)
    assert conductor.pace == 30
    wall[0] += 60_000_000_000
    assert conductor.pace < 4
    await conductor.advance(conductor.now(), pace=60)
    assert conductor.pace == 60


async def test_a_persons_act_is_remembered_by_the_wall_clock(stage: Context) -> None:
    wall = [0]
    conductor = Conductor(stage.engine, AREA, stage.settings, START, lambda: wall[0])
    acted = [conductor.person_acted_at]
    assert not conductor.paused_by_person
    conductor.note_person()
    wall[0] = 3_000_000_000
    acted.append(conductor.person_acted_at)
    assert acted == [None, 3_000]
    paused = [conductor.paused_by_person]
    wall[0] = 300_000_000_000
    paused.append(conductor.paused_by_person)
    assert paused == [True, False]


async def test_the_door_moves_time_for_a_steward_only(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", area=AREA, purpose=Purpose.EXERCISE)
    playing.make_stage(settings, START)
    async with serving.opened(settings) as context:
        house = House(context, create_app(context))
        people = context.people
        conductor = await house.by_link(playing.conductor_link(settings, people), Role.STEWARD)
        body = {"to": START + MINUTE, "operation": "exercise"}
        moved = await conductor.post("/conductor/advance", body)
        assert moved.status == 200
        expected = {"at": START + MINUTE, "next_due": None, "person_acted_at": None}
        assert moved.json == {**expected, "behind": False, "sequence": house.sequence}
        assert (
            await conductor.post("/conductor/advance", {**body, "operation": "x"})
        ).status == 404
        links = await playing.invite(context)
        desk = await house.by_link(links[Role.DESK], Role.DESK)
        assert (await desk.post("/conductor/advance", body)).code == "role_missing"
        present = (await desk.get("/conductor")).json
        assert present["at"] == START + MINUTE
        opened_incident = await desk.post("/incidents", {"hazard": "typhoon", "division": TOWN})
        assert opened_incident.json["at"] == START + MINUTE
        moved = await conductor.post("/conductor/advance", body)
        assert 0 <= moved.json["person_acted_at"] < 10_000


async def test_a_live_log_has_no_conductor(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as house:
        steward = await house.steward()
        assert (await steward.get("/conductor")).status == 404
        body = {"to": START, "operation": "actual"}
        assert (await steward.post("/conductor/advance", body)).status == 404


async def test_a_conductor_says_whom_the_messages_of_an_exercise_have_reached(
    tmp_path: Path,
) -> None:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        steward, desk = await house.steward(), await house.desk()
        await house.organization()
        made = await desk.post("/demands", demand_body(await house.incident(desk)))
        offer = next(each["id"] for each in made.json["made"] if each["fact"] == "OfferSent")
        await house.wait(seconds=20)
        told = await steward.post("/conductor/reach", {"offer": offer, "by": "sms"}, key="one")
        assert (told.status, told.json["counted"]) == (200, True)
        row = next(iter(house.context.feed.rows("offer"))).row
        assert isinstance(row, OfferRow)
        assert (row.reached_by, row.answer_by - row.sent_at) == ("sms", 200_000)
        again = await steward.post("/conductor/reach", {"offer": offer, "by": None})
        assert not again.json["counted"], "it was reached"
        assert (await desk.post("/conductor/reach", {"offer": offer, "by": None})).status == 403
