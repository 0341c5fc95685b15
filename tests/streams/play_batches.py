"""What desks do to many at once, and take back: a part of `play`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas import commands as c
from schemas.batches import BatchId, BatchState
from schemas.ids import digest_of
from schemas.values import CloseReason
from streams.entities import DemandState, TaskState
from tests.streams.world import DESK

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play


def batching(play: Play) -> Attempt:
    """Goes on with a list, takes a batch back, or begins one; now and then with a wrong digest."""
    if play.parts and play.chance(0.8):
        return play.parts.pop()
    known = play.pick(play.operation.batches.rows.values())
    if known is not None and play.chance(0.6 if known.state is BatchState.DONE else 0.2):
        undoing = c.UndoBatch(batch=known.id, incident=known.incident, division=known.division)
        return play.desk_in(known.division), undoing
    command = _tasks(play) if play.chance(0.5) else _demands(play)
    if command is None:
        return DESK, None
    desk = play.desk_in(command.division)
    return desk, _first(play, desk, command)


def _first(play: Play, desk: str, command: c.VoidDemands | c.OpenTasks) -> c.Command:
    """Sometimes in two parts, of which the second one comes later, or never."""
    if play.chance(0.05):
        return replace(command, digest="0" * 64)
    if play.chance(0.6) or command.count == 1:
        return command
    if isinstance(command, c.VoidDemands):
        play.parts.append((desk, replace(command, demands=command.demands[1:])))
        return replace(command, demands=command.demands[:1])
    play.parts.append((desk, replace(command, tasks=command.tasks[1:])))
    return replace(command, tasks=command.tasks[:1])


def _demands(play: Play) -> c.VoidDemands | None:
    rows = list(play.operation.demands.rows.values())
    lately = [row for row in rows if row.published_at > play.world.at - 1_800_000]
    demand = play.pick(row for row in lately or rows if row.state is not DemandState.CLOSED)
    if demand is None:
        return None
    where = (demand.incident, demand.place.division)
    ids = tuple(row.id for row in rows if (row.incident, row.place.division) == where)[-4:]
    return c.VoidDemands(
        batch=_named(play),
        incident=demand.incident,
        division=demand.place.division,
        reason=play.random.choice((CloseReason.UNFOUNDED, CloseReason.CANCELED)),
        on_the_way=play.chance(0.3),
        demands=ids,
        count=len(ids),
        digest=digest_of(ids),
    )


def _tasks(play: Play) -> c.OpenTasks | None:
    rows = list(play.operation.tasks.rows.values())
    task = play.pick(row for row in rows if row.state is TaskState.PROPOSED)
    if task is None:
        return None
    where = (task.incident, task.place.division)
    ids = tuple(row.id for row in rows if (row.incident, row.place.division) == where)
    return c.OpenTasks(
        batch=_named(play),
        incident=task.incident,
        division=task.place.division,
        tasks=ids,
        count=len(ids),
        digest=digest_of(ids),
    )


def rarely(play: Play) -> None:
    """Proposed tasks are opened as one batch, which is taken back, whatever chance did before."""
    command = _tasks(play)
    if command is not None:
        desk = play.desk_in(command.division)
        play.send(desk, command)
        play.wait(1_000)
        undoing = c.UndoBatch(
            batch=command.batch, incident=command.incident, division=command.division
        )
        play.send(desk, undoing)


def _named(play: Play) -> BatchId:
    return BatchId(f"batch {len(play.world.turns)}")
