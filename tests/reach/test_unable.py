"""A crew that cannot do as it is instructed is its desk's to call: its duty phone rings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.api.house import TOWN
from tests.reach.stage import Stage, staged
from tests.reach.test_duty import look, on_duty
from tests.reach.test_owed import at_work, instructed


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


async def test_a_crew_that_cannot_is_its_desks_to_call_and_rings_it_at_once(stage: Stage) -> None:
    """Until its desk says that it has spoken with it; then nothing rings any more."""
    stage.sms(template_desk="SMS_2")
    stage.voice(template_desk="TTS_2")
    team, crew = await at_work(stage, "sms")
    on_duty(stage, TOWN, "13700000001", "sms", "voice")
    order = await instructed(stage, crew)
    path = f"/assignments/{crew.id}/instructions/{order}/acknowledge"
    assert (await team.crew.post(path, {"unable": True})).status == 200
    await look(stage)
    rang = stage.gateway.arrived("13700000001")
    assert len(rang) == 2
    assert any("无法照办" in one.text for one in rang)
    assert stage.desk is not None
    assert (await stage.desk.post(path, {})).status == 200
    stage.ahead += 31 * 60_000
    await look(stage)
    assert len(stage.gateway.arrived("13700000001")) == 2
