"""The doors on a cluster: the same answers, whichever engine is behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from operator import itemgetter
from typing import Any

import pytest

from api.app import create_app
from api.cli.playing import make_stage
from api.reach.notices import Report
from api.safe import make_master_key
from api.serving import areas_of, opened
from api.settings import Settings
from schemas.values import Purpose, Role, TimeSource
from streams.engines.folder import FolderUnfit
from streams.engines.logs import create
from tests.api.house import STEWARD, House, Person, demand_body
from tests.api.test_doors import done, the_row
from tests.engines.given import DIVISIONS, HANGZHOU, WENZHOU, ClusterBench

CONTACT = "王小明 13800138000"


@asynccontextmanager
async def house_of(cluster: ClusterBench) -> AsyncIterator[House]:
    """An API process, which is this one."""
    settings = Settings(data=cluster.path, area=WENZHOU)
    make_master_key(settings)
    async with opened(settings) as context:
        context.people.make_account("管理员", WENZHOU, STEWARD)
        app = create_app(context)
        async with app.router.lifespan_context(app):
            yield House(context, app)


async def page(person: Person) -> Any:
    """What a screen starts from; the order of the rows is nobody's promise."""
    found = (await person.get("/board")).json
    return found | {"rows": sorted(found["rows"], key=itemgetter("type", "id"))}


async def test_a_demand_is_answered_through_the_doors(cluster: ClusterBench) -> None:
    birth = (cluster.path, WENZHOU, DIVISIONS, Purpose.OPERATIONS, TimeSource.LIVE, STEWARD)
    await asyncio.to_thread(create, *birth)
    async with house_of(cluster) as house:
        _, crew = await house.organization()
        desk = await house.desk()
        body = demand_body(await house.incident(desk), contact=CONTACT)
        demand = done(await desk.post("/demands", body, key="once"), status=201)
        offer = await the_row(crew, "offer")
        done(await crew.post(f"/offers/{offer['id']}/accept", {"quantity": 2, "minutes": 30}))
        again = await desk.post("/demands", body, key="once")
        assert (again.json["repeated"], again.json["id"]) == (True, demand["id"])
        reading = await desk.post(f"/demands/{demand['id']}/sealed", {"reason": "calling"})
        assert reading.json["contact"] == CONTACT
        before = await page(desk)
    async with house_of(cluster) as house:
        desk = await house.signed_in(desk.account, Role.DESK)
        assert await page(desk) == before


async def test_what_the_messenger_reports_is_in_the_log(cluster: ClusterBench) -> None:
    birth = (cluster.path, WENZHOU, DIVISIONS, Purpose.OPERATIONS, TimeSource.LIVE, STEWARD)
    await asyncio.to_thread(create, *birth)
    async with house_of(cluster) as house:
        _, crew = await house.organization()
        desk = await house.desk()
        body = demand_body(await house.incident(desk))
        done(await desk.post("/demands", body), status=201)
        offer = await the_row(crew, "offer")
        notices, telling = house.context.notices, house.context.telling
        notices.put([], [Report(0, "reached", offer["id"], {"by": "sms"}, offer["sent_at"])])
        await telling.step()
        row = await the_row(crew, "offer")
        assert (row["reached_by"], row["state"]) == ("sms", "sent")
        said = {"offer": offer["id"], "person": None, "yes": True, "key": "reply"}
        notices.put([], [Report(0, "answered", "reply", said, offer["sent_at"])])
        await telling.step()
        row = await the_row(crew, "offer")
        assert (row["state"], row["by_message"]) == ("accepted", True)
        assert not notices.reports(9)


async def test_an_exercise_has_its_stage_on_a_cluster(cluster: ClusterBench) -> None:
    settings = Settings(data=cluster.path, area=WENZHOU, purpose=Purpose.EXERCISE)
    for _ in range(2):
        await asyncio.to_thread(make_stage, settings)
    assert areas_of(cluster.path) == [WENZHOU]
    with pytest.raises(FolderUnfit, match=f"{HANGZHOU} is not in this folder"):
        async with opened(Settings(data=cluster.path, area=HANGZHOU)):
            pass
