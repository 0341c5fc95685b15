"""Worlds that have grown around a scene, and how many steps one turn takes in them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from schemas import commands as c
from schemas import facts as f
from schemas.turns import Envelope
from schemas.values import CloseReason, DeclineReason, DivisionCode, IncidentId, Role
from streams.entities import DemandState, IncidentState, Offer
from streams.turning import Repeat, Taken, take
from tests.streams.state_worlds import NO_LINE, Scene
from tests.streams.world import COUNTY, DESK, SEALED, World, asked, only, townships

Grow = Callable[[Scene, int], None]
Trace = Callable[[FrameType, str, Any], Any]

DONE, WANTED = "CATERING", "SHELTER_OPS"  # skills of the crowd's own demands


def steps(world: World, envelope: Envelope) -> tuple[int, Taken | Repeat]:
    """Bytecodes that taking a command executes: the same in every run, on every machine."""
    count = 0

    def stepping(frame: FrameType, event: str, _argument: Any) -> Trace:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return stepping

    before = sys.gettrace()
    sys.settrace(stepping)
    try:
        taken = take(world.area, envelope, world.at)
    finally:
        sys.settrace(before)
    return count, taken


# What a world grows by. None of it is the scene's own business, but for its demand's own past.


def history(scene: Scene, number: int) -> None:
    """Demands that were served and are closed, and a tenth as many incidents with a live task."""
    world = scene.world
    teams = [world.organization(f"old {name}", skill=DONE) for name in "abc"]
    incident = _own(scene)
    for _ in range(number):
        _served(world, incident)
    for count in range(number // 10):
        event = _opened(world, f"past-{count}")
        _reported(world, event)
        task = only(world.close_incident(event), f.TaskProposed).task
        world.send(DESK, c.ClaimTask(task=task, organization=teams[0]))


def crowd(scene: Scene, number: int) -> None:
    """Organizations and accounts, a third as many open demands, a tenth as many open incidents.

    Some of the demands have a crew at work, some are asked for, some find nobody.
    """
    world = scene.world
    for count in range(number):
        skill = (DONE, "FIRST_AID", "ELDER_CARE")[count % 3]
        world.organization(f"crowd {count}", skill=skill, township=count % 5)
        scope = DivisionCode(townships()[count % 5])
        world.grant(f"account {count}", Role.REVIEWER, division=scope)
    incident = _own(scene)
    for _ in range(number // 9):
        facts = world.demand(incident, skill=DONE, priority=2)
        world.yes(asked(facts)[0])
        world.demand(incident, skill="FIRST_AID", priority=2)
        world.demand(incident, skill=WANTED, priority=2)
    for count in range(number // 10):
        _opened(world, f"now-{count}")


def past(scene: Scene, number: int) -> None:
    """The scene's own demand, if it has one: somebody was asked for it so often, and said no."""
    line = None if scene.line == NO_LINE else scene.world.operation.lines[scene.line]
    if line is None or not line.open or line.asleep:
        return
    resting = scene.world.area.registry.organizations[scene.resting]
    if resting.retired or scene.resting in {offer.organization for offer in _open(scene)}:
        return
    if scene.world.operation.demands[scene.demand].state is not DemandState.PUBLISHED:
        return
    for _ in range(number):
        ask = c.AskByHand(line=scene.line, organization=scene.resting, reason=SEALED)
        sent = only(scene.world.send(scene.desk, ask), f.OfferSent)
        scene.world.no(sent, actor=scene.desk, reason=DeclineReason.UNSAFE)


def _own(scene: Scene) -> IncidentId:
    """The scene's incident while it is open, else one beside it."""
    if scene.world.operation.incidents[scene.incident].state is IncidentState.OPEN:
        return scene.incident
    return _opened(scene.world, "beside-it")


def _opened(world: World, label: str) -> IncidentId:
    command = c.OpenIncident(hazard="typhoon", division=world.county, label=label)
    opened: IncidentId = only(world.send(COUNTY, command)).incident
    return opened


def _reported(world: World, incident: IncidentId) -> f.DemandPublished:
    """A demand that one has declined and another says it has served."""
    facts = world.demand(incident, skill=DONE, priority=2)
    first, second, *_ = asked(facts)
    world.no(first, reason=DeclineReason.OTHER)
    crew = world.at_work(second)
    world.send(world.name(second.organization), c.ReportDone(assignment=crew))
    published: f.DemandPublished = only(facts, f.DemandPublished)
    return published


def _served(world: World, incident: IncidentId) -> None:
    """From its posting to its closing, and what it leaves to be restored is dropped."""
    published = _reported(world, incident)
    task = only(world.close(published.demand, CloseReason.MET), f.TaskProposed).task
    world.send(DESK, c.DropTask(task=task))


def _open(scene: Scene) -> list[Offer]:
    return scene.world.operation.offers_on.of(scene.line)
