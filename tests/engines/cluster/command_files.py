"""Commands on given time, in order: what both engines are given to decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import msgspec

from schemas import commands as c
from schemas.ids import command_id
from schemas.turns import REGISTRY, Envelope
from schemas.values import AccountId, AreaId, DivisionCode, Role
from schemas.wire import decode_turn
from streams.turning import envelope_of
from tests.streams.play import Play
from tests.streams.world import COUNTY, DESK, STEWARD, WENZHOU, World

GOLDEN = Path(__file__).parents[2] / "golden"


def scenario() -> list[Envelope]:
    """The thread's own story, as its golden log has it."""
    lines = (GOLDEN / "thread.log.ndjson").read_bytes().splitlines()
    return [envelope_of(decode_turn(line)) for line in lines]


def randomly(seed: int, areas: Sequence[AreaId], steps: int) -> list[Envelope]:
    """Random play in each area, legal and not, all of it in one line as a partition has it."""
    random = Random(seed)
    played = [Play(random.randrange(2**32), area=area) for area in areas]
    for play in played:
        play.run(steps)
        play.finish()
    return disturbed(random, merged(random, [play.world.sent for play in played]))


def merged(random: Random, queues: Iterable[Sequence[Envelope]]) -> list[Envelope]:
    """One line out of many, each in its own order."""
    places = [number for number, queue in enumerate(queues) for _ in queue]
    random.shuffle(places)
    left = [iter(queue) for queue in queues]
    return [next(left[place]) for place in places]


def disturbed(random: Random, envelopes: Sequence[Envelope]) -> list[Envelope]:
    """As from a bad signal: some come again at once or much later, some with another body."""
    line: list[Envelope] = []
    for envelope in envelopes:
        line.append(envelope)
        if random.random() < 0.1:
            line.append(random.choice(line))
        if random.random() < 0.02:
            line.append(msgspec.structs.replace(random.choice(line), body="0" * 32))
    return line


def surge(demands: int, area: AreaId = WENZHOU) -> list[Envelope]:
    """A hundred offers for each demand, and then one command that ends them all, tick by tick."""
    world = World(area=area)
    for number in range(demands * 100 // 500 + 5):
        world.organization(f"team-{number}", units=500, township=number % 3)
    incident = world.incident()
    for _ in range(demands):
        world.demand(incident, lines=20)
    world.send(COUNTY, c.CloseIncident(incident=incident))
    world.wait(minutes=1)
    world.grant(DESK, Role.REVIEWER, division=world.township)
    return world.sent


def further(envelopes: Sequence[Envelope], areas: Sequence[AreaId]) -> list[Envelope]:
    """One more command for each area, behind all of these."""
    at = max(envelope.at or 0 for envelope in envelopes)
    return [
        Envelope(
            area=area,
            operation=REGISTRY,
            mode=None,
            actor=STEWARD,
            command_id=command_id(area, REGISTRY, STEWARD, "further"),
            command=c.GrantRole(
                account=AccountId("late"), role=Role.REVIEWER, division=DivisionCode(area)
            ),
            at=at,
        )
        for area in areas
    ]
