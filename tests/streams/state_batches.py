"""Commands about batches, for the table of states and commands and that of who may."""

from __future__ import annotations

from collections.abc import Iterator

from schemas import commands as c
from schemas.batches import BatchId
from schemas.ids import digest_of
from schemas.values import CloseReason, DemandId, DivisionCode, IncidentId, TaskId
from tests.streams.state_commands import Row
from tests.streams.state_worlds import Scene
from tests.streams.world import DESK


def voiding(
    incident: IncidentId, division: DivisionCode, demands: tuple[DemandId, ...]
) -> c.VoidDemands:
    return c.VoidDemands(
        batch=BatchId("flood"),
        incident=incident,
        division=division,
        reason=CloseReason.UNFOUNDED,
        on_the_way=False,
        demands=demands,
        count=len(demands),
        digest=digest_of(demands),
    )


def opening(incident: IncidentId, division: DivisionCode, tasks: tuple[TaskId, ...]) -> c.OpenTasks:
    return c.OpenTasks(
        batch=BatchId("tasks"),
        incident=incident,
        division=division,
        tasks=tasks,
        count=len(tasks),
        digest=digest_of(tasks),
    )


def batches(
    incident: IncidentId, division: DivisionCode, demands: tuple[DemandId, ...]
) -> Iterator[c.Command]:
    yield voiding(incident, division, demands)
    yield c.UndoBatch(batch=BatchId("flood"), incident=incident, division=division)


def _voiding(scene: Scene) -> c.VoidDemands:
    demand = scene.world.operation.demands[scene.demand]
    return voiding(demand.incident, demand.place.division, (demand.id,))


def _undoing(scene: Scene) -> c.UndoBatch:
    """After it was voided, where that is possible."""
    command = _voiding(scene)
    scene.world.take(scene.world.envelope(scene.desk, command))
    return c.UndoBatch(batch=command.batch, incident=command.incident, division=command.division)


def _opening(scene: Scene) -> c.OpenTasks:
    task = scene.world.operation.tasks[scene.task]
    return opening(task.incident, task.place.division, (task.id,))


DEMAND = (
    Row(c.VoidDemands, "a batch of it alone", lambda s: (s.desk, _voiding(s))),
    Row(c.UndoBatch, "behind that", lambda s: (s.desk, _undoing(s))),
)
TASK = (Row(c.OpenTasks, "a batch of it alone", lambda s: (DESK, _opening(s))),)
