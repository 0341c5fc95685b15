"""Batches: many demands voided or many tasks opened by one act, after a look; undone by one act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Empty
from api.doors.call import Answer, Call, answered, wider
from api.doors.hanging import door
from api.doors.selecting import BatchBody, BatchLook, BatchLookBody, Selection, select
from api.problems import Problem
from schemas.batches import PART_MOST, BatchId, BatchKind, BatchState, BatchView
from schemas.commands import OpenTasks, UndoBatch, VoidDemands
from schemas.values import CloseReason, DemandId, DivisionCode, IncidentId, Role, TaskId
from schemas.views import IncidentRow

router = APIRouter(tags=["batches"])

Part = VoidDemands | OpenTasks


class BatchAnswer(Answer):
    """The batch by its id: so many, with that digest. How far it is, the incident's row says."""

    count: int
    digest: str


@door(router, "/batches/look", BatchLookBody, (Role.DESK,), answer=BatchLook)
async def look(call: Call[BatchLookBody]) -> Response:
    """What a batch would be about: number, digest, the first few, and what would stay and why.

    Nothing is done. `until` at the present time keeps what is posted from now on out of it.
    """
    _of_the_caller(call)
    return answered(select(call.context, call.caller, call.body).look())


@door(router, "/batches", BatchBody, VoidDemands, answer=BatchAnswer)
async def begin(call: Call[BatchBody]) -> Response:
    """Void demands, or open recovery tasks, all of what you were shown as one batch.

    Nothing is done before all of it is on record; then it goes on by itself, whatever becomes of
    this server. Undone within the hour by `/batches/{batch}/undo`.
    """
    incident = _of_the_caller(call)
    id = BatchId(call.command_id(incident.operation))
    known = next((view for view in incident.batches if view.id == id), None)
    if known is not None and known.state is not BatchState.LISTING:
        if _wanted(call.body) != (known.kind, known.division, known.reason, known.digest):
            raise Problem("key_reused")
        return _answer(call, known)
    selection = select(call.context, call.caller, call.body)
    if not selection.rows:
        raise Problem("selection_empty")
    if selection.digest != call.body.digest:
        raise Problem("selection_changed")
    for number, command in enumerate(_parts(call.body, id, selection)):
        part = replace(call, key=f"{call.key}:{number}")  # no key of a caller has a colon
        receipt = await part.about(incident, command)
    answer = call.answer_of(receipt, id)
    told = wider(BatchAnswer, answer, count=len(selection.rows), digest=selection.digest)
    return answered(told)


@door(router, "/batches/{batch}/undo", Empty, UndoBatch)
async def undo(call: Call[Empty]) -> Response:
    """All of a batch back, within the hour: demands ask anew, tasks are proposals again.

    Old requests stay over, and what was claimed, or done with one of them meanwhile, stays.
    """
    id = BatchId(call.ids["batch"])
    for put in call.context.feed.rows("incident"):
        row = put.row
        if isinstance(row, IncidentRow):
            for view in row.batches:
                if view.id == id:
                    command = UndoBatch(batch=id, incident=row.id, division=view.division)
                    return call.answer(await call.about(row, command), id)
    raise Problem("not_found")


def _of_the_caller(call: Call[BatchLookBody] | Call[BatchBody]) -> IncidentRow:
    """The incident, where the division is the caller's own. Raises Problem `not_found`."""
    if not call.caller.reader.holds(call.body.division):
        raise Problem("not_found")
    return call.row(IncidentRow, call.body.incident)


def _wanted(body: BatchBody) -> tuple[BatchKind, str, CloseReason | None, str]:
    """What a batch is known again by."""
    return body.what, body.division, body.reason, body.digest


def _answer(call: Call[BatchBody], known: BatchView) -> Response:
    """What a batch that has begun already is answered with."""
    context = call.context
    answer = BatchAnswer(
        id=known.id,
        sequence=context.feed.sequence,
        at=known.at,
        repeated=True,
        made=(),
        count=known.count,
        digest=known.digest,
    )
    return answered(answer)


def _parts(body: BatchBody, id: BatchId, selection: Selection) -> Iterator[Part]:
    """Commands that list all of it, each within what a turn may hold."""
    ids, incident, division = selection.ids, IncidentId(body.incident), DivisionCode(body.division)
    for first in range(0, len(ids), PART_MOST):
        some = ids[first : first + PART_MOST]
        if body.what is BatchKind.OPEN_TASKS:
            yield OpenTasks(
                batch=id,
                incident=incident,
                division=division,
                tasks=tuple(map(TaskId, some)),
                count=len(ids),
                digest=selection.digest,
            )
            continue
        assert body.reason is not None
        yield VoidDemands(
            batch=id,
            incident=incident,
            division=division,
            reason=body.reason,
            on_the_way=body.on_the_way,
            demands=tuple(map(DemandId, some)),
            count=len(ids),
            digest=selection.digest,
        )
