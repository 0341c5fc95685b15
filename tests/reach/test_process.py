"""The messenger as a process of its own: killed, doubled, orphaned, locked out; nobody twice."""

from __future__ import annotations

import asyncio
import resource
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from random import Random
from time import monotonic

import apsw
import pytest
import pytest_asyncio

from api.reach.channels import About, Rung
from api.reach.notices import NOTICES, Notice
from api.reach.states import ARRIVED, State
from schemas.values import OfferId
from schemas.views import OfferRow
from tests.reach import process
from tests.reach.gateway import LOST, UNAVAILABLE, Act, Gateway
from tests.reach.stage import Stage, Team, staged, until

SEED = 5
RESENT = "(重发)"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Without a messenger; the server carries its reports as it does."""
    async with staged(tmp_path) as made:
        await made.end()
        telling = asyncio.ensure_future(made.house.context.telling.run())
        yield made
        telling.cancel()


async def staffed(stage: Stage, count: int) -> list[Team]:
    """A third with SMS, a third with SMS and voice, a third with a robot as well."""
    stage.sms()
    stage.voice()
    teams = []
    for number in range(count):
        rungs = ("sms", "voice") if number % 3 == 1 else ("sms",)
        teams.append(await stage.team(*rungs, units=40))
        if number % 3 == 2:
            await stage.robot(teams[-1])
    return teams


def nasty(gateway: Gateway, random: Random) -> None:
    """The next answers: some lost, some slow, some refused for now."""
    for service in ("aliyun", "feishu_robot"):
        acts = [random.choice((LOST, UNAVAILABLE, Act(wait_s=0.3))) for _ in range(4)]
        gateway.script(service, *acts)


async def load(stage: Stage, random: Random, pause: float) -> None:
    """Demands without end, and providers at their worst."""
    while True:
        nasty(stage.gateway, random)
        await stage.publish(priority=random.choice((1, 2)))
        await asyncio.sleep(pause)


def under_way(stage: Stage) -> list[str]:
    """The states of what had not come to its end when the process was killed."""
    return [one.state.value for one in stage.house.context.notices.waiting()]


def all_offers(stage: Stage) -> list[OfferRow]:
    rows = (put.row for put in stage.house.context.feed.rows("offer"))
    return [row for row in rows if isinstance(row, OfferRow)]


def doubled(stage: Stage, teams: list[Team]) -> int:
    """Messages by SMS or voice that arrived twice, and those of robots that do not say so."""
    taken = stage.gateway.taken
    telephones = Counter((one.to, one.id) for one in taken if one.service == "aliyun")
    twice = sum(count - 1 for count in telephones.values())
    everything = [one for offer in all_offers(stage) for one in stage.notices(offer.id)]
    for team in teams:
        hook = team.addresses.get("feishu_robot")
        plain = [
            one.text
            for one in stage.gateway.arrived(f"hook-{team.organization}")
            if not one.text.startswith(RESENT)
        ]
        twice += max(0, len(plain) - sum(one.address == hook for one in everything))
    return twice


def reached(notices: list[Notice]) -> bool:
    return any(one.about is About.ASK and one.state in ARRIVED for one in notices)


def asked_for(notices: list[Notice]) -> bool:
    """A provider is being asked whether it had it."""
    return any(one.state in (State.UNKNOWN, State.QUEUED) for one in notices)


def forgotten(stage: Stage, *, calm: bool) -> set[OfferId]:
    """Awaited offers about which nobody was told; until it is calm some are in doubt still."""
    found = set()
    for offer in all_offers(stage):
        told = stage.notices(offer.id)
        enough = any(one.why == "limit" for one in told)  # nobody gets a ninth message in a day
        waits = not calm and asked_for(told)
        if offer.state == "sent" and not (reached(told) or enough or waits):
            found.add(offer.id)
    return found


async def test_killed_at_any_moment_it_tells_everybody_and_nobody_twice(
    stage: Stage, prove: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given kills under load, then no call or SMS comes twice and every offer is told of."""
    kills, random = 50 if prove else 8, Random(SEED)
    teams = await staffed(stage, 150 if prove else 24)  # so that nobody has had enough for a day
    loading = asyncio.ensure_future(load(stage, random, 0.6 if prove else 0.3))
    states: Counter[str] = Counter()
    for _ in range(kills):
        messenger = await process.started(stage.folder)
        await process.begun(stage.folder)
        await asyncio.sleep(random.random() * 1.5)
        await process.killed(messenger)
        states.update(under_way(stage))
    loading.cancel()
    out = {offer.id for offer in all_offers(stage)}  # nobody answers, so others are asked for ever
    messenger = await process.started(stage.folder)
    await until(lambda: not out & forgotten(stage, calm=prove), 240 if prove else 15)
    await process.ended(messenger)
    sent, offers = len(stage.gateway.taken), all_offers(stage)
    silent = sum(one.state == "no_answer" and one.reached_at is None for one in offers)
    told = (
        f"{kills} kills (with {states['sending']} messages going out, {states['queued']} queued,"
        f" {states['unknown']} in doubt), {len(offers)} offers, {sent} messages, 0 doubled,"
        f" 0 forgotten, {silent} over before anybody could be told"
    )
    assert doubled(stage, teams) == 0
    with capsys.disabled():
        sys.stdout.write(f"\nthe messenger: {told}\n")
    assert states["sending"], "no kill ever hit a message on its way"


async def test_the_second_of_two_waits_and_goes_on(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    first = await process.started(stage.folder)
    await process.begun(stage.folder)
    second = await process.started(stage.folder)
    await stage.publish()
    await until(lambda: bool(stage.gateway.taken), 15)
    await process.killed(first)
    await process.begun(stage.folder)
    other = await stage.team("sms")
    await until(lambda: bool(stage.gateway.arrived(other.number)), 15)
    assert [taken.to for taken in stage.gateway.taken] == [team.number, other.number]
    assert await process.ended(second) == 0


async def test_it_does_not_outlive_a_server_that_was_gone_before_it_began(stage: Stage) -> None:
    orphan = await process.started(stage.folder, parent=1)
    assert await asyncio.wait_for(orphan.wait(), 15) == 0


async def test_a_locked_file_costs_rounds_and_not_the_process(stage: Stage) -> None:
    stage.sms()
    team = await stage.team("sms")
    messenger = await process.started(stage.folder)
    await process.begun(stage.folder)
    await asyncio.sleep(1)
    with closing(apsw.Connection(str(stage.folder / NOTICES))) as other:
        other.execute("BEGIN IMMEDIATE")
        await stage.publish()
        await asyncio.sleep(6.5)
        assert not stage.gateway.taken, "what is not on record is not sent"
        other.execute("ROLLBACK")
    await until(lambda: len(stage.gateway.arrived(team.number)) == 1)
    assert messenger.returncode is None
    assert await process.ended(messenger) == 0


async def test_a_full_disk_costs_rounds_and_not_the_process(stage: Stage) -> None:
    """When the disk has room again, then what was planned meanwhile goes out, and is on record."""
    stage.sms()
    team = await stage.team("sms")
    messenger = await process.started(stage.folder)
    await process.begun(stage.folder)
    await asyncio.sleep(1)
    before = resource.prlimit(messenger.pid, resource.RLIMIT_FSIZE, (0, -1))
    (offer,) = await stage.publish()
    await asyncio.sleep(2)
    assert not stage.gateway.taken
    resource.prlimit(messenger.pid, resource.RLIMIT_FSIZE, before)
    await until(lambda: stage.offer(offer.id).reached_at is not None)
    assert len(stage.gateway.arrived(team.number)) == 1
    assert messenger.returncode is None
    assert await process.ended(messenger) == 0


async def test_a_disk_that_fills_up_while_something_goes_out_forgets_no_outcome(
    stage: Stage,
) -> None:
    stage.sms()
    team = await stage.team("sms")
    messenger = await process.started(stage.folder)
    await process.begun(stage.folder)
    stage.gateway.script("aliyun", Act(wait_s=1))
    (offer,) = await stage.publish()
    await until(lambda: [one.state for one in stage.notices(offer.id)] == [State.SENDING])
    before = resource.prlimit(messenger.pid, resource.RLIMIT_FSIZE, (0, -1))
    await until(lambda: len(stage.gateway.arrived(team.number)) == 1)
    await asyncio.sleep(0.5)
    resource.prlimit(messenger.pid, resource.RLIMIT_FSIZE, before)
    await until(lambda: stage.offer(offer.id).reached_at is not None)
    assert len(stage.gateway.taken) == 1
    assert await process.ended(messenger) == 0


async def test_it_ends_soon_although_a_provider_is_slow(stage: Stage) -> None:
    stage.sms()
    await stage.team("sms")
    messenger = await process.started(stage.folder)
    await process.begun(stage.folder)
    stage.gateway.script("aliyun", Act(wait_s=8))
    (offer,) = await stage.publish()
    await until(lambda: [one.state for one in stage.notices(offer.id)] == [State.SENDING])
    begun = monotonic()
    assert await process.ended(messenger) == 0
    assert monotonic() - begun < 4
    assert [one.rung for one in stage.notices(offer.id)] == [Rung.SMS]


async def test_a_server_starts_it_and_it_ends_with_the_server_however_that_ends(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path) as made:
        await made.end()
    server = await process.serving(tmp_path)
    await process.begun(tmp_path)
    server.kill()
    await server.wait()
    await until(lambda: not process.running(tmp_path), 3)
    server = await process.serving(tmp_path)
    await process.begun(tmp_path)
    server.terminate()
    await asyncio.wait_for(server.wait(), 15)
    await until(lambda: not process.running(tmp_path), 1)


async def test_a_server_that_sends_no_messages_starts_none(tmp_path: Path) -> None:
    async with staged(tmp_path) as made:
        await made.end()
    server = await process.serving(tmp_path, SHOUWANG_MESSAGES="false")
    await asyncio.sleep(2)
    assert not process.running(tmp_path)
    server.terminate()
    await asyncio.wait_for(server.wait(), 15)
