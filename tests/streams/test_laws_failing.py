"""Whoever is not touched by a defect is served: random plays in which the rules fail on some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any
from unittest.mock import patch

import pytest

from schemas import commands as c
from schemas.facts import WorkSetAside
from schemas.turns import OWNER
from streams.area import Area
from streams.checkpoint import state_hash
from streams.clock import due
from streams.engines.ticks import Retry
from streams.matching import assign
from streams.settle import CHORES
from streams.turning import RuleFailed, fold
from streams.verify import verify
from tests.streams.play import EndlessTicks, Play
from tests.streams.world import WENZHOU, divisions

PART = 8  # of a hundred lines, offers, crews, tasks and incidents: the rules fail on them


def failing(id: object) -> bool:
    return int(sha256(str(id).encode()).hexdigest()[:4], 16) % 100 < PART


@contextmanager
def defects() -> Iterator[None]:
    """Matching and every chore fail on whatever is `failing`."""
    offers = assign.offers

    def matched(area: Any, operation: Any, line: Any, cause: Any) -> Any:
        return _broken() if failing(line.id) else offers(area, operation, line, cause)

    def chore(done: Callable[..., Any]) -> Callable[..., Any]:
        return lambda operation, key, cause: (
            _broken() if failing(key) else done(operation, key, cause)
        )

    broken = {wait: chore(done) for wait, done in CHORES.items()}
    with patch.object(assign, "offers", matched), patch.dict(CHORES, broken):
        yield


def _broken() -> Any:
    raise ZeroDivisionError


class Defective(Play):
    """A play whose owner tries its ticks again as an engine's does."""

    def send(self, actor: str, command: c.Command | None) -> None:
        if actor == OWNER:  # a `Resume`, which its owner sends again
            with suppress(RuleFailed):
                super().send(actor, command)
        else:  # whoever posts or answers is answered, whatever else fails
            super().send(actor, command)

    def _tick_on(self) -> None:
        retry = Retry()
        for _ in range(400):
            found = due(self.world.area)
            if found is None or found[0] > self.world.at:
                self.rest()
                return
            try:
                self.world.take(self.world.envelope(OWNER, retry.tick(found[2])))
                retry = Retry()
            except RuleFailed as failure:
                retry = retry.failed(failure.piece)
        raise EndlessTicks


@pytest.mark.parametrize("seed", range(4))
def test_what_fails_holds_nobody_else_up(seed: int) -> None:
    """Only what the rules fail on is overdue or set aside, and all of it replays alike."""
    play = Defective(seed)
    with defects():
        for _ in range(5):  # until some piece of work has failed twice
            play.run(150)
            if was_set_aside(play):
                break
        play.wait(0)
        world, operation = play.world, play.operation
        assert {id for _, id in operation.aside if not failing(id)} == set()
        overdue = [row.id for row in operation.lines.rows.values() if due_by(row.wake_at, world.at)]
        overdue += [wake.id for wake in operation.wakes.all() if wake.when <= world.at]
        assert [id for id in overdue if not failing(id)] == []
        assert verify(Area(WENZHOU, divisions()), world.log).sound
    assert was_set_aside(play)
    again = Area(WENZHOU, divisions())
    for stored in world.log:
        fold(again, stored)
    assert state_hash(again) == state_hash(world.area)


def was_set_aside(play: Play) -> bool:
    facts = (fact for taken in play.world.turns for fact in taken.turn.facts)
    return any(isinstance(fact, WorkSetAside) for fact in facts)


def due_by(wake_at: int | None, at: int) -> bool:
    return wake_at is not None and wake_at <= at
