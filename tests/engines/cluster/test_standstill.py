"""A cluster without a decider for a while: who waited has time again before any tick says no.

`A12` of the cases on a real broker. What lay in the topic meanwhile keeps the broker's stamps; a
yes among it counts by the rules, as any late one does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.facts import Fact
from schemas.turns import Envelope, Turn
from schemas.values import OperationId, TimeSource
from schemas.wire import decode_envelope, decode_turn
from streams.area import Area
from streams.engines.clock import Clock
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import CommandRecord
from streams.parameters import URGENCY
from streams.turning import fold
from tests.engines.cluster.deciding import Stage, eventually
from tests.engines.cluster.putting import as_turns, put
from tests.engines.given import verdict
from tests.engines.sundial import Sundial
from tests.streams.world import DESK, EXERCISE, WENZHOU, World, divisions, kinds, only

MINUTE = 60_000
OTHER = OperationId("exercise-two")
A12 = pytest.mark.parametrize("minutes", [4, 14])  # without a decider


@pytest.fixture
async def stage(
    layout: Layout, home: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Stage]:
    async with Stage(layout, home, caplog) as stage:
        yield stage


def staffed() -> World:
    """A live log in which nobody waits for anything yet."""
    world = World(time_source=TimeSource.LIVE)
    for name in ("near", "nearer"):
        world.organization(name)
    world.incident()
    return world


def asking(minutes: int) -> World:
    """A live log whose last sign of life, so many minutes ago, is that somebody was asked."""
    world = staffed()
    world.at = Clock().now() - minutes * MINUTE
    [incident] = world.operation.incidents.rows
    world.demand(incident)
    return world


async def written(stage: Stage, world: World) -> None:
    """The log as its deciders have left it."""
    await stage.send(world.sent)
    put(stage.layout, stage.layout.turns, 0, as_turns(WENZHOU, world.log))


async def turns(stage: Stage) -> list[Turn]:
    return [decode_turn(record.stored) for record in await stage.log()]


async def area_of(stage: Stage) -> Area:
    """What the turns on the topic come to."""
    area = Area(WENZHOU, divisions())
    for record in await stage.log():
        fold(area, record.stored)
    return area


def said(turns: Sequence[Turn], kind: type[Fact]) -> list[Fact]:
    return [fact for turn in turns for fact in turn.facts if isinstance(fact, kind)]


def yes(world: World, name: str) -> Envelope:
    """An organization says yes to what it was asked."""
    named = {row.name: key for key, row in world.area.registry.organizations.rows.items()}
    offers = world.operation.offers.rows.values()
    [offer] = [row for row in offers if row.organization == named[name]]
    return world.envelope(name, c.AcceptOffer(offer=offer.id, quantity=1, minutes=20))


@A12
async def test_who_takes_over_gives_time_back_before_any_tick(stage: Stage, minutes: int) -> None:
    """Given nobody decided for minutes, then everybody has all of the two that were left."""
    world = asking(minutes)
    await written(stage, world)
    decider = await stage.ready()
    sent = decode_envelope((await stage.commands())[-1].value or b"").command
    assert sent == c.Resume(number=1, since=world.at)
    await decider.handle(await stage.commands())
    log = await turns(stage)
    resumed = only(log[-1].facts, f.Resumed)
    assert minutes * MINUTE <= resumed.lost < (minutes + 1) * MINUTE
    offers = (await area_of(stage)).operations[EXERCISE].offers.rows.values()
    assert {offer.answer_by - resumed.at for offer in offers} == {URGENCY[1].answer}
    assert verdict([one.stored for one in await stage.log()]).sound


async def test_a_yes_that_lay_in_the_topic_counts_and_the_others_have_time_again(
    stage: Stage,
) -> None:
    """Given a yes 14 minutes behind the last turn, then it counts as a late one does, at once."""
    world = asking(14)
    await written(stage, world)
    [incident] = world.operation.incidents.rows
    more = world.envelope(DESK, world.demand_command(incident, skill="CATERING"))
    await stage.send([more, yes(world, "near")])
    decider = await stage.ready()
    await decider.handle(await stage.commands())
    log = await turns(stage)
    assert [type(turn.command) for turn in log[-3:]] == [c.PublishDemand, c.AcceptOffer, c.Resume]
    assert only(log[-2].facts, f.OfferAccepted).late
    assert not said(log, f.OfferExpired)


async def test_what_lay_in_the_topic_for_long_is_asked_with_all_of_the_time(stage: Stage) -> None:
    """Given a posting that nobody decided for ten minutes, then the asked have two from now on."""
    world = staffed()
    decider = await stage.ready()
    await decider.handle(await stage.send(world.sent))
    [incident] = world.operation.incidents.rows
    [lain] = await stage.send([world.envelope(DESK, world.demand_command(incident))])
    await decider.handle([late(lain, minutes=10)])
    await decider.handle(await resumes(stage))
    log = await turns(stage)
    resumed = only(said(log, f.Resumed))
    offers = (await area_of(stage)).operations[EXERCISE].offers.rows.values()
    assert {offer.answer_by - resumed.at for offer in offers} == {URGENCY[1].answer}
    assert kinds(log[-1].facts)[0] == "Resumed"


def late(record: CommandRecord, minutes: int) -> CommandRecord:
    return record._replace(at=record.at - minutes * MINUTE)


async def resumes(stage: Stage) -> list[CommandRecord]:
    """Wait until it is sent; all commands."""

    async def sent() -> bool:
        last = (await stage.commands())[-1].value
        return isinstance(decode_envelope(last or b"").command, c.Resume)

    await eventually(sent)
    return await stage.commands()


async def test_each_operation_gets_the_same_time_back(stage: Stage) -> None:
    world = asking(14)
    opening, posting = (
        next(one for one in reversed(world.sent) if isinstance(one.command, kind))
        for kind in (c.OpenIncident, c.PublishDemand)
    )
    world.take(elsewhere(opening))
    [incident] = world.area.operations[OTHER].incidents.rows
    world.take(elsewhere(replace(posting, command=replace(posting.command, incident=incident))))
    await written(stage, world)
    decider = await stage.ready()
    await decider.handle(await stage.commands())
    log = await turns(stage)
    commands = [turn.command for turn in log[-2:]]
    assert [type(command) for command in commands] == [c.Resume, c.Resume]
    assert {turn.operation for turn in log[-2:]} == {EXERCISE, OTHER}
    since = {command.since for command in commands if isinstance(command, c.Resume)}
    assert since == {world.at}
    assert len(said(log, f.Resumed)) == 2


def elsewhere(envelope: Envelope) -> Envelope:
    """The same in another operation, under a key of its own."""
    return replace(envelope, operation=OTHER, command_id=envelope.command_id[::-1])


async def test_two_that_take_over_give_time_back_once(stage: Stage) -> None:
    await written(stage, asking(14))
    first = await stage.ready()
    second = await stage.ready()
    for decider in (first, second, first):
        await decider.handle(await stage.commands())
    log = await turns(stage)
    assert len(said(log, f.Resumed)) == 1
    assert not said(log, f.OfferExpired)


async def test_where_nobody_waits_nothing_is_given_back(stage: Stage) -> None:
    """Given a log that has slept since last year, then a posting is as on any other day."""
    world = staffed()
    await written(stage, world)
    decider = await stage.ready()
    [incident] = world.operation.incidents.rows
    await decider.handle(await stage.send([world.envelope(DESK, world.demand_command(incident))]))
    assert [type(turn.command) for turn in (await turns(stage))[-1:]] == [c.PublishDemand]
    assert not said(await turns(stage), f.Resumed)


async def test_the_brokers_time_tells_what_was_lost(stage: Stage) -> None:
    """Given only the decider's own clock has leapt, then nothing is given back, nor ended."""
    sundial, world = Sundial(), asking(0)
    decider = await stage.decider(sundial.clock)
    await stage.assign(decider)
    await decider.handle(await stage.send(world.sent))
    sundial.sleep(minutes=14)
    await decider.handle(await resumes(stage))
    log = await turns(stage)
    assert isinstance(log[-1].command, c.Resume)
    assert log[-1].facts == ()
    assert not said(log, f.OfferExpired)
