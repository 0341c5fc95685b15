"""A crew whose demand is filed in another incident is told its new number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from api.reach.channels import About, Rung
from schemas.views import AssignmentRow
from tests.api.house import demand_body
from tests.reach.stage import Stage, Team, staged, until
from tests.reach.test_owed import crew_of, rungs, standing


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


async def refiled(stage: Stage) -> tuple[Team, AssignmentRow]:
    """A crew at work on what was number 1, and is the second of another incident now."""
    stage.sms()
    team = await stage.team("sms", units=1)
    (offer,) = await stage.publish(priority=2)
    desk = stage.desk
    assert desk is not None
    assert (await team.crew.post(f"/offers/{offer.id}/accept", {"quantity": 1})).status == 200
    await until(lambda: crew_of(stage, offer.id) is not None)
    await stage.rounds(2)
    opened = await desk.post("/incidents", {"hazard": "forest_fire", "division": offer.division})
    fire = opened.json["id"]
    assert (await desk.post("/demands", demand_body(fire, priority=2))).status == 201
    path = f"/demands/{offer.demand}/refile"
    moved = await desk.post(path, {"incident": fire}, revision=1)
    assert moved.status == 200, moved.content
    await until(lambda: getattr(crew_of(stage, offer.id), "refiled", None) is not None)
    crew = crew_of(stage, offer.id)
    assert crew is not None
    assert (crew.demand_number, crew.refiled and crew.refiled.number) == (2, 1)
    return team, crew


async def test_it_is_written_to_the_first_person(stage: Stage) -> None:
    team, crew = await refiled(stage)
    before = len(stage.gateway.arrived(team.number))
    await stage.rounds(2)
    assert not rungs(stage, crew.offer, About.NUMBER), "a page that is open shows it first"
    await stage.after(61)
    assert list(rungs(stage, crew.offer, About.NUMBER)) == [Rung.SMS]
    assert len(stage.gateway.arrived(team.number)) == before + 1
    (one,) = await standing(stage, crew)
    assert (one["about"], one["by_page"], one["call_at"]) == ("number", True, None)


async def test_a_page_that_shows_it_is_enough(stage: Stage) -> None:
    team, crew = await refiled(stage)
    shown = {"offers": [], "assignments": [crew.id]}
    assert (await team.crew.post("/offers/seen", shown)).status == 200
    await stage.rounds(2)
    await stage.after(61)
    assert not rungs(stage, crew.offer, About.NUMBER)
    assert await standing(stage, crew) == []
