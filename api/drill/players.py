"""Players: accounts that do what each row of their own board asks of them, in rule time.

A player keeps nothing for itself. What it intends follows from its board and the seed alone, and
the key of what it does follows from the row's id; so a new process goes on where another ended.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from api.client import Answer, Refused, Session
from api.drill.clock import Act, Clock, Plan
from api.drill.habits import Chance, Habits
from api.drill.streams import Board, Watch
from schemas.values import Instant
from schemas.views import AssignmentRow, OfferRow, Row

ENDED = ("released", "given_up", "stood_down")


@dataclass(slots=True)
class Stage:
    """What all players of an exercise share."""

    clock: Clock
    watch: Watch
    chance: Chance
    habits: Habits = field(default_factory=Habits)
    messenger: Session | None = None  # the conductor's, which says whom messages have reached
    commands: int = 0
    refused: Counter[str] = field(default_factory=Counter)


class Intention(NamedTuple):
    """What a player will do about a row, and when, if the row has not changed by then."""

    at: Instant
    act: Act


class Player(ABC):
    """One account. `intend` says what a row asks for; the rest is the same for everybody."""

    def __init__(self, stage: Stage, session: Session) -> None:
        self.stage = stage
        self.board = Board(session, self.hear, self.forget)
        self._plans: dict[str, list[Plan]] = {}
        self._refused: dict[str, Refused] = {}

    @property
    def now(self) -> Instant:
        """The present rule time."""
        return self.stage.clock.now

    @property
    def habits(self) -> Habits:
        return self.stage.habits

    def chance(self, *about: object) -> Random:
        """The draws about something: the same at every start."""
        return self.stage.chance.of(*about)

    @abstractmethod
    def intend(self, row: Row) -> Iterator[Intention]:
        """What this kind of player will do about a row, if anything."""

    def hear(self, row: Row) -> None:
        """A row is new or has changed: what was intended about it no longer holds."""
        self.forget(row.id)
        plans = [self.stage.clock.plan(*intention) for intention in self.intend(row)]
        if plans:
            self._plans[row.id] = plans

    def forget(self, row_id: str) -> None:
        for plan in self._plans.pop(row_id, ()):
            plan.drop()

    def once(self, at: Instant, act: Act) -> Iterator[Intention]:
        """Something that leaves no trace in its row: where its time is past, it has been done."""
        if at > self.now:
            yield Intention(at, act)

    def slips(self, work: AssignmentRow) -> bool:
        """Whether this crew is one that taps its arrival before it has left."""
        share = 0 if self.leaves_silently(work) else self.habits.slips
        return self.chance(work.id, "slip").random() < share

    def slipped(self, work: AssignmentRow) -> bool:
        """Whether it stands as arrived by mistake: it has come in the moment that it left."""
        told_both = work.arrived_at is not None and work.arrived_at == work.set_off_at
        return work.state == "on_scene" and told_both and self.slips(work)

    def leaves_silently(self, work: AssignmentRow) -> bool:
        """Whether this crew forgets to say that it sets off."""
        return self.chance(work.id, "leave").random() < self.habits.forgets_set_off

    def yes(self, offer: OfferRow) -> dict[str, Any]:
        """What is said yes to, as the doors take it."""
        draws = self.chance(offer.id, "yes")
        fewer = offer.quantity > 1 and draws.random() < self.habits.sends_fewer
        units = offer.quantity - fewer
        return {
            "quantity": units,
            "minutes": offer.meters // self.habits.meters_a_minute + draws.randint(4, 15),
            "people": units * draws.randint(*self.habits.people_a_unit),
            "revision": offer.words_in,
        }

    async def post(
        self, path: str, body: dict[str, Any], key: str, revision: int | None = None
    ) -> Answer | Refused:
        """Send a command; a refusal is part of life, so it is counted and returned.

        A key that was refused is refused for ever, so it is not sent again.
        """
        if key in self._refused:
            return self._refused[key]
        try:
            answer = await self.board.session.post(path, body, key, revision)
        except Refused as refused:
            self.stage.refused[refused.code] += 1
            self._refused[key] = refused
            return refused
        self.stage.commands += not answer.repeated
        self.stage.watch.sent(answer.sequence)
        return answer

    async def post_again(self, path: str, body: dict[str, Any], key: str) -> None:
        """Send what may be said twice about one thing: its first key is used up then."""
        answer = await self.post(path, body, key)
        if isinstance(answer, Answer) and answer.repeated:
            await self.post(path, body, f"{key}-again")
