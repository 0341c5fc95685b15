"""The law of batches: each ends as it says, and nobody waits for one that has begun."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from schemas import facts as f
from schemas.ids import digest_of
from schemas.turns import Turn

if TYPE_CHECKING:
    from tests.streams.laws import Watch

Wrong = Iterator[str]


class Batches:
    """What was listed, what was done and undone, and which have begun and not ended."""

    def __init__(self) -> None:
        self.listed: dict[str, list[str]] = {}
        self.done: dict[str, list[str]] = {}
        self.back: dict[str, list[str]] = {}
        self.begun: dict[str, None] = {}

    def learn(self, fact: Any) -> None:
        match fact:
            case f.BatchListed():
                self.listed.setdefault(fact.batch, []).extend(fact.ids)
                if fact.whole:
                    self.begun[fact.batch] = None
            case f.BatchUndone():
                self.begun[fact.batch] = None
            case f.BatchEnded():
                self.begun.pop(fact.batch, None)
            case f.DemandClosed(batch=str(key)) | f.TaskOpened(batch=str(key)):
                self.done.setdefault(key, []).append(_of(fact))
            case f.DemandReopened(batch=str(key)) | f.TaskProposedAgain(batch=key):
                self.back.setdefault(key, []).append(_of(fact))


def _of(fact: Any) -> str:
    return str(getattr(fact, "demand", None) or fact.task)


def as_told(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """A batch does what was listed and nothing else, and its end counts all of it.

    What is on hold it leaves so: undone, it would be asked for.
    """
    batches = watch.batches
    if isinstance(fact, f.BatchEnded):
        done = (batches.back if fact.undone else batches.done).get(fact.batch, [])
        if (fact.count, fact.digest) != (len(done), digest_of(done)):
            yield f"{turn.sequence}: {fact.batch} says {fact.count}, and {len(done)} were"
    key = getattr(fact, "batch", None)
    if not isinstance(fact, f.DemandClosed | f.TaskOpened) or key is None:
        return
    if _of(fact) not in batches.listed[key] or key not in batches.begun:
        yield f"{turn.sequence}: {_of(fact)} was never listed in {key}"
    row = watch.rows.get(_of(fact))
    if isinstance(fact, f.DemandClosed) and getattr(row, "held_at", None) is not None:
        yield f"{turn.sequence}: {_of(fact)} is on hold, and {key} voids it"
    hand_up = getattr(row, "hand_up", None)
    if getattr(row, "appeal", None) or (hand_up is not None and hand_up.state != "taken_on"):
        yield f"{turn.sequence}: {_of(fact)} is handed up, or appealed for, and {key} voids it"


def gone_on(watch: Watch, at: int) -> Wrong:
    """Whenever nothing is due, no batch has anything left to do."""
    for key in watch.batches.begun:
        yield f"{at}: {key} has begun, and does not go on"
