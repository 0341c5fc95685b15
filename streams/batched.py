"""What is noted of batches: how far each is, what is still to be done, and what rows say of it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from schemas.batches import BatchId, BatchState, BatchView
from schemas.values import Instant
from streams.area import Operation
from streams.remembered import Batch, Listed, ListedState


def mark(
    operation: Operation, key: BatchId | None, id: str, state: ListedState, at: Instant
) -> None:
    """One of a batch was dealt with; nothing where it was dealt with by itself."""
    if key is None:
        return
    operation.listed.put((key, id), Listed(batch=key, id=id, state=state, at=at))
    operation.batches.put(key, _counted(operation.batches[key], state))


def _counted(batch: Batch, state: ListedState) -> Batch:
    match state:
        case ListedState.DONE:
            return replace(batch, done=batch.done + 1)
        case ListedState.UNDONE:
            return replace(batch, undone=batch.undone + 1)
        case ListedState.SPARED if batch.state is BatchState.DOING:
            return replace(batch, spared=batch.spared + 1)
        case _:
            return batch


def each(operation: Operation, key: BatchId, *state: ListedState) -> Iterator[Listed]:
    """Those of a batch, or those of it that this has become of, in the order of their ids."""
    for place in operation.of_batches.within(key, *state):
        yield operation.listed[key, place[-1]]


def view(batch: Batch) -> BatchView:
    return BatchView(
        id=batch.id,
        kind=batch.kind,
        division=batch.division,
        reason=batch.reason,
        count=batch.count,
        digest=batch.digest,
        state=batch.state,
        done=batch.done,
        spared=batch.spared,
        undone=batch.undone,
        at=batch.at,
        until=batch.until,
    )
