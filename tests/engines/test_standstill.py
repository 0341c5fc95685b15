"""An owner that was away, or asleep: everybody has time to answer afterwards, and nobody is late.

`A12` of the cases: what is left of the time to answer, at least a fourth of it, and a yes that
arrives first counts. Here on the embedded engine; see `cluster/test_standstill.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
from itertools import pairwise
from pathlib import Path

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.values import OperationId, Purpose, TimeSource
from streams.engines import StorageFull
from streams.parameters import DAY
from tests.engines.disks import SmallFile
from tests.engines.given import (
    DESK,
    MINUTE,
    STEWARD,
    WENZHOU,
    EmbeddedBench,
    Scene,
    kinds,
    only,
    stored,
    turns,
    verdict,
)
from tests.engines.living import asked, hears, lives, said, state, until, within
from tests.engines.sundial import Sundial

A12 = pytest.mark.parametrize("minutes", [4, 14])  # that the server is away, or the laptop sleeps


# Whoever has to answer


@A12
async def test_everybody_has_what_was_left_or_a_fourth_of_the_time(
    live: Scene, sundial: Sundial, minutes: int
) -> None:
    """Given 160 s of 3 and of 5 minutes are over, when it slept, then 45 and 140 s are left."""
    incident, resumed = await live.incident(), hears(live, f.Resumed)
    urgent = await asked(live, incident, priority=1)
    others = await asked(live, incident, priority=2)
    await lives(live, sundial, seconds=160)
    sundial.sleep(minutes=minutes)
    await within(10, resumed)
    fact = only(said(live, f.Resumed), f.Resumed)
    assert minutes * MINUTE <= fact.lost < minutes * MINUTE + 45_000
    offers = state(live).offers
    assert {offers[sent.offer].answer_by - fact.at for sent in urgent} == {45_000}
    for sent in others:
        assert offers[sent.offer].answer_by == sent.answer_by + fact.lost
    assert not said(live, f.OfferExpired)
    assert verdict(stored(live.engine)).sound


async def test_what_is_left_then_ends_as_ever(live: Scene, sundial: Sundial) -> None:
    sent, resumed = await asked(live, await live.incident()), hears(live, f.Resumed)
    sundial.sleep(minutes=14)
    await within(10, resumed)
    await lives(live, sundial, seconds=185)
    await until(lambda: len(said(live, f.OfferExpired)) == len(sent))
    assert len(said(live, f.Resumed)) == 1


async def test_a_second_outage_gives_no_more_than_the_first(live: Scene, sundial: Sundial) -> None:
    """Given an outage has left a fourth of 3 minutes, when there is another, it is that again."""
    sent = await asked(live, await live.incident())
    await lives(live, sundial, seconds=170)
    for _ in range(2):
        resumed = hears(live, f.Resumed)
        sundial.sleep(minutes=14)
        await within(10, resumed)
    _, last = said(live, f.Resumed)
    assert {state(live).offers[one.offer].answer_by - last.at for one in sent} == {45_000}


@A12
async def test_a_yes_that_comes_first_after_it_is_in_time(
    live: Scene, sundial: Sundial, minutes: int
) -> None:
    first, *_ = await asked(live, await live.incident())
    sundial.sleep(minutes=minutes)
    await live.accept(first)
    assert [type(turn.command) for turn in turns(live.engine)[-2:]] == [c.Resume, c.AcceptOffer]
    accepted = only(said(live, f.OfferAccepted), f.OfferAccepted)
    assert not accepted.late
    assert verdict(stored(live.engine)).sound


@A12
async def test_a_server_that_was_off_resumes_before_anybody_is_heard(
    live: Scene, sundial: Sundial, folder: EmbeddedBench, minutes: int
) -> None:
    first, *others = await asked(live, await live.incident())
    await live.engine.close()
    sundial.sleep(minutes=minutes)
    live.engine = folder.open(sundial.clock)
    await live.accept(first)
    commands = [type(turn.command) for turn in turns(live.engine)]
    assert commands[-2:] == [c.Resume, c.AcceptOffer]
    assert "OfferExpired" not in kinds(said(live, object))
    assert {state(live).offers[one.offer].state for one in others} == {"stood_down"}
    await live.engine.close()


async def test_a_full_disk_is_an_outage_too(
    tmp_path: Path, sundial: Sundial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given nobody can be heard for lack of room, when there is room, then time is given back."""
    disk = SmallFile(tmp_path, monkeypatch)
    disk.folder.make(WENZHOU, Purpose.OPERATIONS, TimeSource.LIVE)
    scene = Scene(disk.folder.open(sundial.clock), purpose=Purpose.OPERATIONS)
    await scene.staffed()
    await scene.organization("team", units=9)
    await asked(scene, await scene.incident())
    resumed = hears(scene, f.Resumed)
    disk.fill()
    with contextlib.suppress(StorageFull):
        while True:
            await scene.sent(STEWARD, scene.registration("another"))
    sundial.sleep(minutes=14)
    disk.free()
    await within(10, resumed)
    assert not said(scene, f.OfferExpired)
    assert only(said(scene, f.Resumed), f.Resumed).lost >= 14 * MINUTE
    await scene.engine.close()


# Whoever has to arrive, or waits to be released


async def test_nobody_is_overdue_for_two_minutes(live: Scene, sundial: Sundial) -> None:
    """Given a crew due within 30 minutes, when 45 were lost, then it is overdue 2 minutes later."""
    first, *_ = await asked(live, await live.incident())
    await live.accept(first)
    resumed = hears(live, f.Resumed)
    sundial.sleep(minutes=45)
    await within(10, resumed)
    await lives(live, sundial, seconds=110)
    assert not said(live, f.CrewOverdue)
    await lives(live, sundial, seconds=20)
    await until(lambda: bool(said(live, f.CrewOverdue)))


async def test_a_posting_is_held_back_for_what_was_left(live: Scene, sundial: Sundial) -> None:
    """Given 20 s of the minute before a routine posting goes out, then 40 s are left."""
    incident, resumed = await live.incident(), hears(live, f.Resumed)
    await asked(live, incident)
    assert not await asked(live, incident, priority=3)
    await lives(live, sundial, seconds=20)
    sundial.sleep(minutes=14)
    await within(10, resumed)
    fact = only(said(live, f.Resumed), f.Resumed)
    held = next(row for row in state(live).lines.rows.values() if row.priority == 3)
    assert held.wake_at is not None
    assert 35_000 < held.wake_at - fact.at < 61_000


# When it is none


async def test_a_short_pause_is_none(live: Scene, sundial: Sundial) -> None:
    await asked(live, await live.incident())
    await lives(live, sundial, seconds=100)
    assert not said(live, f.Resumed)


async def test_where_nobody_waits_nothing_is_lost_and_no_sign_of_life_is_written(
    live: Scene, sundial: Sundial
) -> None:
    await live.incident()
    before = len(stored(live.engine))
    for _ in range(3):
        sundial.sleep(minutes=90)
        await asyncio.sleep(0.4)
    assert len(stored(live.engine)) == before
    await live.sent(STEWARD, live.registration("one"))
    assert not said(live, f.Resumed)


async def test_while_somebody_waits_it_gives_a_sign_of_life_every_twenty_seconds(
    live: Scene, sundial: Sundial
) -> None:
    await asked(live, await live.incident(), priority=2)
    await lives(live, sundial, seconds=120)
    stamps = [turn.at for turn in turns(live.engine) if isinstance(turn.command, c.Tick)]
    assert len(stamps) >= 3
    assert all(20_000 <= later - stamp < MINUTE for stamp, later in pairwise(stamps))


# Several operations


async def test_each_operation_gets_the_same_time_back(live: Scene, sundial: Sundial) -> None:
    other = Scene(live.engine, operation=OperationId("exercise-two"))
    for scene in (live, other):
        await asked(scene, await scene.incident())
    sundial.sleep(minutes=14)
    await until(lambda: len(said(live, f.Resumed)) == 2)
    ours, theirs = said(live, f.Resumed)
    assert abs(ours.lost - theirs.lost) < 1_000
    commands = [turn.command for turn in turns(live.engine)]
    assert len({command.since for command in commands if isinstance(command, c.Resume)}) == 1
    for scene in (live, other):
        assert not {row.state for row in state(scene).offers.rows.values()} - {"sent"}


# Every engine


async def test_nothing_is_given_back_in_a_log_on_given_time(scene: Scene) -> None:
    await scene.organization("team")
    await asked(scene, await scene.incident())
    scene.at += DAY
    facts = kinds(await scene.tick())
    assert "OfferExpired" in facts
    assert not said(scene, f.Resumed)


async def test_only_a_tick_ends_the_time_to_answer(scene: Scene) -> None:
    """Given a time to answer is over, when somebody else is heard first, then it goes on."""
    await scene.organization("team")
    await asked(scene, await scene.incident())
    scene.at += 4 * MINUTE
    facts = await scene.send(
        DESK, scene.demand(only(said(scene, f.IncidentOpened), f.IncidentOpened).incident)
    )
    assert "OfferExpired" not in kinds(facts)
    assert "OfferExpired" in kinds(await scene.tick())
