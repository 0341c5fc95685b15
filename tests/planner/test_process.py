"""The planner beside a server: it reads the log, proposes, and may be late, or be there twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.cli import command as cli
from api.planner import Following, carry, put, waits
from api.serving import planning
from schemas import facts as f
from schemas.commands import ProposePlan
from schemas.refusals import Refusal
from schemas.turns import PLANNER, Turn
from streams.area import Area
from streams.engines.log_file import Reader
from streams.verify import verify
from tests.api.house import AREA, House, Person, demand_body, divisions, opened

ONE = [{"skill": "PUMP_DRAIN", "minimum": 2, "target": 2}]


@asynccontextmanager
async def short(folder: Path) -> AsyncIterator[tuple[House, Person]]:
    """A server on whose board one demand has two crews asked for it, and another one nobody."""
    async with opened(folder) as house:
        desk = await house.desk()
        incident = await house.incident(desk)
        for _ in range(2):
            await house.organization()
        for _ in range(2):
            made = await desk.post("/demands", demand_body(incident, lines=ONE, priority=2))
            assert made.status == 201, made.content
        yield house, desk


@asynccontextmanager
async def carried(house: House) -> AsyncIterator[None]:
    """While the server takes what a planner proposes."""
    work = asyncio.ensure_future(carry(house.context.settings, house.context.engine, lambda: None))
    try:
        yield
    finally:
        work.cancel()


def proposed(house: House, folder: Path) -> ProposePlan | None:
    with closing(Reader(folder / "log.db")) as reader:
        following = Following(folder, reader, AREA)
        assert following.read_on()
        assert not following.read_on()
        return following.proposal(house.context.settings.operation)


async def plans(house: House, count: int) -> list[Turn]:
    """The turns of so many plans, once they are there."""
    for _ in range(1_000):
        found = [turn for turn in house.turns() if turn.actor == PLANNER]
        if len(found) >= count:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("no plan was taken in")


def taken(turn: Turn) -> int:
    return sum(fact.taken for fact in turn.facts if isinstance(fact, f.PlanTaken))


async def test_what_is_proposed_beside_the_server_is_asked_by_it(tmp_path: Path) -> None:
    async with short(tmp_path) as (house, _), carried(house):
        plan = proposed(house, tmp_path)
        assert plan is not None
        put(tmp_path, plan)
        [turn] = await plans(house, 1)
        assert taken(turn) == 1
        assert not waits(tmp_path)


async def test_the_same_plan_twice_and_two_planners_ask_nobody_twice(tmp_path: Path) -> None:
    """Given two planners that saw the same, then what the second says is refused: it is old."""
    async with short(tmp_path) as (house, _), carried(house):
        plan = proposed(house, tmp_path)
        assert plan is not None
        put(tmp_path, plan)
        await plans(house, 1)
        put(tmp_path, plan)  # a repeat has no turn
        for _ in range(100):
            await asyncio.sleep(0.02)
            if not waits(tmp_path):
                break
        other = ProposePlan(
            plan="another", based_on=plan.based_on, pairs=plan.pairs, grounds=plan.grounds
        )
        put(tmp_path, other)
        first, second = await plans(house, 2)
        assert (taken(first), second.refusal) == (1, Refusal.PLAN_OUTDATED)
        assert proposed(house, tmp_path) is None


async def test_a_plan_that_comes_late_takes_nothing_from_who_has_answered(tmp_path: Path) -> None:
    """Given a planner that was stopped for long, then its plan is weighed as things stand."""
    async with short(tmp_path) as (house, desk), carried(house):
        plan = proposed(house, tmp_path)
        assert plan is not None
        for put_row in list(house.context.feed.rows("offer")):
            said = {"quantity": 2, "minutes": 20, "revision": 1}
            await desk.post(f"/offers/{put_row.row.id}/accept", said)
        put(tmp_path, plan)
        [turn] = await plans(house, 1)
        assert taken(turn) == 0


def test_the_command_tells_a_plan_and_leaves_it_only_when_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    async def made() -> None:
        async with short(tmp_path):
            pass

    asyncio.run(made())
    arguments = ["plan", "--data", str(tmp_path), "--area", AREA, "--json"]
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out.splitlines()
    assert "2 lines are short: 1 asked anew save" in said[0]
    assert len(json.loads(said[-1])["plan"]["pairs"]) == 1
    assert not waits(tmp_path)
    assert cli.main([*arguments, "--propose"]) == 0
    assert waits(tmp_path)


async def test_planners_that_are_killed_paused_and_doubled_do_no_harm(tmp_path: Path) -> None:
    """Given two planners beside a server, one stopped as it looks, the other killed and begun
    again, then one plan is taken, and everything goes on by itself."""
    async with short(tmp_path) as (house, _), carried(house):
        paused, killed = await beside(tmp_path), await beside(tmp_path)
        paused.send_signal(signal.SIGSTOP)
        [turn] = (await plans(house, 1))[:1]
        killed.kill()
        await killed.wait()
        again = await beside(tmp_path)
        paused.send_signal(signal.SIGCONT)
        await asyncio.sleep(2)
        for process in (paused, again):
            process.kill()
            await process.wait()
        assert sum(map(taken, await plans(house, 1))) == taken(turn) == 1
        with closing(Reader(tmp_path / "log.db")) as reader:
            verdict = verify(Area(AREA, divisions()), reader.read(AREA))
        assert verdict.sound


async def beside(folder: Path) -> asyncio.subprocess.Process:
    """A planner as the server starts it; of this process, as if that were the server."""
    told = (str(folder), AREA, "actual", str(os.getpid()))
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "api.planner", *told)


async def test_a_server_that_is_told_so_keeps_a_planner(tmp_path: Path) -> None:
    """Given a server with a planner, then it proposes by itself; and it ends with the server."""
    async with short(tmp_path) as (house, _):
        context = house.context
        assert len(list(_closed(planning(context)))) == 1
        context.settings = replace(context.settings, planner=True)
        work = [asyncio.ensure_future(each) for each in planning(context)]
        [turn] = await plans(house, 1)
        for each in work:
            each.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        assert taken(turn) == 1


def _closed(found: Iterator[Coroutine[Any, Any, None]]) -> Iterator[None]:
    """Counted, and never begun."""
    for each in found:
        each.close()
        yield
