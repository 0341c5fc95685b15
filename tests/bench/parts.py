"""What one turn costs by part, and its bytes, without HTTP and disk."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from random import Random
from typing import Any
from unittest.mock import patch

from msgspec.structs import replace

from schemas import commands as c
from schemas.facts import AssignmentCommitted, DemandPublished, OfferSent
from schemas.values import (
    Capability,
    CloseReason,
    DeclineReason,
    DivisionCode,
    IncidentId,
    RegistrationClass,
)
from tests.bench.stage import near
from tests.streams.world import DESK, STEWARD, World, divisions, only

SEED = 7
ORGANIZATIONS = 5_000
DEMANDS = 1_500
SKILLS = ("PUMP_DRAIN", "CATERING", "ELDER_CARE", "SHELTER_OPS")
PARTS = {
    "decide": "streams.rules.decide",
    "settle and match": "streams.turning.settle",
    "evolve": "streams.rules.evolve",
    "board": "streams.board.changes",
    "encode": "schemas.wire.encode",
    "hash": "schemas.wire.digest",
}


def run() -> dict[str, Any]:
    """Whole threads of many demands, timed whole, then again with every part timed."""
    plain = _play()
    spent: dict[str, float] = defaultdict(float)
    with _timed(spent):
        _play()
    total = sum(spent.values())
    world, seconds, turns = plain
    sizes = [len(taken.stored) for taken in world.turns[-turns:]]
    facts = sum(len(taken.turn.facts) for taken in world.turns[-turns:])
    return {
        "organizations": ORGANIZATIONS,
        "demands": DEMANDS,
        "seed": SEED,
        "turns": turns,
        "microseconds_per_turn": round(seconds / turns * 1e6, 1),
        "facts_per_turn": round(facts / turns, 2),
        "bytes_per_turn": round(sum(sizes) / turns),
        "bytes_most": max(sizes),
        "share": {name: round(part / total, 3) for name, part in spent.items()},
    }


@contextmanager
def _timed(spent: dict[str, float]) -> Iterator[None]:
    """Every part replaced by itself with a clock around it."""
    patches = [patch(target, _clocked(name, target, spent)) for name, target in PARTS.items()]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def _clocked(name: str, target: str, spent: dict[str, float]) -> Callable[..., Any]:
    """The function with a clock around it that stops while another part runs inside it."""
    module, _, function = target.rpartition(".")
    inner = getattr(import_module(module), function)

    def clocked(*arguments: Any, **named: Any) -> Any:
        started, others = time.perf_counter(), sum(spent.values())
        try:
            return inner(*arguments, **named)
        finally:
            inside = sum(spent.values()) - others
            spent[name] += time.perf_counter() - started - inside

    return clocked


def _play() -> tuple[World, float, int]:
    random = Random(SEED)
    world, incident = staffed(random)
    before, started = len(world.log), time.perf_counter()
    for _ in range(DEMANDS):
        thread(world, random, incident)
    return world, time.perf_counter() - started, len(world.log) - before


def staffed(random: Random) -> tuple[World, IncidentId]:
    """Every organization somewhere in Wenzhou, and an incident."""
    world, tree = World(), divisions()
    homes = [code for county in tree.children("3303") for code in tree.children(county)]
    for number in range(ORGANIZATIONS):
        _register(world, random, number, homes)
    return world, world.incident()


def _register(world: World, random: Random, number: int, homes: list[str]) -> None:
    home = DivisionCode(random.choice(homes))
    skills = random.sample(SKILLS, 2)
    world.send(
        STEWARD,
        c.RegisterOrganization(
            name=f"组织 {number}",
            registration_class=RegistrationClass.FILED,
            home=home,
            place=near(divisions(), random, home),
            capabilities=tuple(Capability(skill=skill, units=2) for skill in skills),
            people=9,
        ),
    )


def thread(world: World, random: Random, incident: IncidentId) -> None:
    """Publish, decline, accept, done, confirm, close; the desk records every answer."""
    command = world.demand_command(incident, skill=random.choice(SKILLS), priority=2)
    place = near(divisions(), random, world.township)
    facts = world.send(DESK, replace(command, place=place))
    offers = [fact.offer for fact in facts if isinstance(fact, OfferSent)]
    demand = only(facts, DemandPublished).demand
    world.send(DESK, c.DeclineOffer(offer=offers[0], reason=DeclineReason.NO_CREW))
    accepted = world.send(DESK, c.AcceptOffer(offer=offers[1], quantity=1))
    assignment = only(accepted, AssignmentCommitted).assignment
    world.send(DESK, c.ReportDone(assignment=assignment))
    world.send(DESK, c.ConfirmAssignment(assignment=assignment))
    world.send(DESK, c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=1))
