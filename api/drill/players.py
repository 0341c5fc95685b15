"""Players: accounts that do what each row of their own board asks of them, in rule time.

A player keeps nothing for itself. What it intends follows from the row and the seed alone, and
the key of what it does follows from the row's id; so a new process goes on where another ended.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from api.drill.client import Answer, Refused, Session
from api.drill.clock import MINUTE, Act, Clock, Plan
from api.drill.habits import Chance, Habits, minutes
from api.drill.streams import Board, Watch
from schemas.codes import KINDS
from schemas.refusals import Refusal
from schemas.values import CloseReason, DeclineReason, Instant, OrganizationId
from schemas.views import AssignmentRow, DemandRow, OfferRow, OrganizationRow, Row, TaskRow

ENDED = ("released", "given_up", "stood_down")


@dataclass(slots=True)
class Stage:
    """What all players of an exercise share."""

    clock: Clock
    watch: Watch
    chance: Chance
    habits: Habits = field(default_factory=Habits)
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
        self._plans: dict[str, Plan] = {}

    @property
    def now(self) -> Instant:
        """The present rule time."""
        return self.stage.clock.now

    @abstractmethod
    def intend(self, row: Row) -> Intention | None:
        """What this kind of player will do about a row, if anything."""

    def hear(self, row: Row) -> None:
        """A row is new or has changed: what was intended about it no longer holds."""
        self.forget(row.id)
        intention = self.intend(row)
        if intention is not None:
            self._plans[row.id] = self.stage.clock.plan(*intention)

    def forget(self, row_id: str) -> None:
        plan = self._plans.pop(row_id, None)
        if plan is not None:
            plan.drop()

    async def post(
        self, path: str, body: dict[str, Any], key: str, revision: int | None = None
    ) -> Answer | Refused:
        """Send a command; a refusal is part of life, so it is counted and returned."""
        try:
            answer = await self.board.session.post(path, body, key, revision)
        except Refused as refused:
            self.stage.refused[refused.code] += 1
            return refused
        self.stage.commands += not answer.repeated
        self.stage.watch.sent(answer.sequence)
        return answer

    async def post_again(self, path: str, body: dict[str, Any], key: str) -> None:
        """Send what may be said twice about one thing: its first key is used up then."""
        answer = await self.post(path, body, key)
        if isinstance(answer, Answer) and answer.repeated:
            await self.post(path, body, f"{key}-again")


class OrganizationPlayer(Player):
    """One organization: answers its offers, goes where it said, restores what it can."""

    def __init__(self, stage: Stage, session: Session, organization: OrganizationId) -> None:
        super().__init__(stage, session)
        self.organization = organization

    def intend(self, row: Row) -> Intention | None:
        match row:
            case OfferRow(state="sent"):
                return self._answer(row)
            case AssignmentRow(state="committed"):
                return self._leave(row)
            case AssignmentRow(state="en_route"):
                return self._arrive(row)
            case AssignmentRow(state="on_scene"):
                return self._finish(row)
            case TaskRow(state="open"):
                return self._claim(row)
            case TaskRow(state="claimed", organization=self.organization):
                return self._restore(row)
            case _:
                return None

    def _answer(self, offer: OfferRow) -> Intention | None:
        draws, habits = self.stage.chance.of(offer.id), self.stage.habits
        decision, part = draws.random(), draws.uniform(*habits.answer_part)
        at = offer.sent_at + int(part * (offer.answer_by - offer.sent_at))
        if decision < habits.accepts:
            fewer = offer.quantity > 1 and draws.random() < habits.sends_fewer
            way = offer.meters // habits.meters_a_minute + draws.randint(4, 15)
            return Intention(at, partial(self._accept, offer, offer.quantity - fewer, way))
        if decision < habits.accepts + habits.declines:
            reason = draws.choice(list(DeclineReason))
            return Intention(at, partial(self._decline, offer, reason))
        return None

    async def _accept(self, offer: OfferRow, quantity: int, way: int) -> None:
        body = {"quantity": quantity, "minutes": way}
        answer = await self.post(f"/offers/{offer.id}/accept", body, f"accept-{offer.id}")
        if isinstance(answer, Refused) and answer.code == Refusal.CAPACITY_TAKEN:
            await self._decline(offer, DeclineReason.NO_CREW)

    async def _decline(self, offer: OfferRow, reason: DeclineReason) -> None:
        path, key = f"/offers/{offer.id}/decline", f"decline-{offer.id}"
        await self.post(path, {"reason": reason}, key)

    def _leave(self, work: AssignmentRow) -> Intention:
        draws, habits = self.stage.chance.of(work.id, "leave"), self.stage.habits
        if draws.random() < habits.forgets_set_off:
            return self._on_scene(work)
        at = work.committed_at + minutes(draws, habits.gather)
        return Intention(at, partial(self._step, work, "set-off"))

    def _on_scene(self, work: AssignmentRow) -> Intention:
        draws = self.stage.chance.of(work.id, "arrive")
        way = (work.minutes or 30) * draws.uniform(*self.stage.habits.arrival_part)
        at = max(work.committed_at + int(way * MINUTE), (work.set_off_at or 0) + 3 * MINUTE)
        return Intention(at, partial(self._step, work, "arrive"))

    def _arrive(self, work: AssignmentRow) -> Intention:
        arrival = self._on_scene(work)
        if self.stage.chance.of(work.id, "silent").random() < self.stage.habits.forgets_arrival:
            return self._finish(work, arrival.at)
        return arrival

    def _finish(self, work: AssignmentRow, arrived_at: Instant | None = None) -> Intention:
        draws, habits = self.stage.chance.of(work.id, "finish"), self.stage.habits
        done = (work.arrived_at or arrived_at or work.committed_at) + minutes(draws, habits.work)
        step = "cannot-complete" if draws.random() < habits.gives_up else "report-done"
        return Intention(max(done, self.now + MINUTE), partial(self._step, work, step))

    async def _step(self, work: AssignmentRow, step: str) -> None:
        await self.post_again(f"/assignments/{work.id}/{step}", {}, f"{step}-{work.id}")

    def _claim(self, task: TaskRow) -> Intention:
        draws, habits = self.stage.chance.of(task.id, self.organization), self.stage.habits
        delay = minutes(draws, habits.claim_task)
        if KINDS[task.kind].skill not in self._skills():
            delay = int(delay * habits.not_its_skill)
        return Intention(self.now + delay, partial(self._take_on, task))

    def _skills(self) -> Iterator[str]:
        own = self.board.rows.get(self.organization)
        if isinstance(own, OrganizationRow):
            yield from (capability.skill for capability in own.capabilities)

    async def _take_on(self, task: TaskRow) -> None:
        body = {"organization": self.organization}
        await self.post(f"/tasks/{task.id}/claim", body, f"claim-{task.id}")

    def _restore(self, task: TaskRow) -> Intention:
        draws = self.stage.chance.of(task.id, "restore")
        at = self.now + minutes(draws, self.stage.habits.task_work)
        return Intention(at, partial(self._restored, task))

    async def _restored(self, task: TaskRow) -> None:
        await self.post_again(f"/tasks/{task.id}/report-done", {}, f"report-{task.id}")


class DeskPlayer(Player):
    """A township desk: confirms its crews, closes what is met, leads recovery to its end."""

    def __init__(self, stage: Stage, session: Session) -> None:
        super().__init__(stage, session)
        self._live: dict[str, set[str]] = {}  # assignments still under way, by demand

    def hear(self, row: Row) -> None:
        if isinstance(row, AssignmentRow):
            live = self._live.setdefault(row.demand, set())
            (live.discard if row.state in ENDED else live.add)(row.id)
        super().hear(row)
        if isinstance(row, AssignmentRow) and row.demand in self.board.rows:
            self.hear(self.board.rows[row.demand])  # its last crew may just have been released

    def intend(self, row: Row) -> Intention | None:
        match row:
            case AssignmentRow(state="reported_done"):
                return self._check(row)
            case DemandRow(state="published"):
                return self._close(row)
            case TaskRow() if self.stage.habits.recovery:
                return self._recover(row)
            case _:
                return None

    def _recover(self, task: TaskRow) -> Intention | None:
        if task.state == "proposed":
            return self._open(task)
        return self._verify(task) if task.state == "reported_done" else None

    def _check(self, work: AssignmentRow) -> Intention:
        draws, habits = self.stage.chance.of(work.id, "confirm"), self.stage.habits
        back = draws.random() < habits.sends_back
        at = (work.reported_at or self.now) + minutes(draws, habits.confirm)
        path = f"/assignments/{work.id}/confirm"
        return Intention(at, partial(self._judge, path, work.id, back))

    def _verify(self, task: TaskRow) -> Intention:
        draws, habits = self.stage.chance.of(task.id, "verify"), self.stage.habits
        back = draws.random() < habits.task_sent_back
        at = self.now + minutes(draws, habits.verify_task)
        return Intention(at, partial(self._judge, f"/tasks/{task.id}/verify", task.id, back))

    async def _judge(self, path: str, subject: str, back: bool) -> None:
        """Find it done; or, once, not done: the second time that key has been used."""
        if back:
            answer = await self.post(path, {"done": False}, f"back-{subject}")
            if isinstance(answer, Answer) and not answer.repeated:
                return
        await self.post(path, {"done": True}, f"done-{subject}")

    def _close(self, demand: DemandRow) -> Intention | None:
        """Close what is met when its crews are gone; what is not, when patience is at its end."""
        if self._live.get(demand.id):
            return None
        draws, habits, now = self.stage.chance.of(demand.id, "close"), self.stage.habits, self.now
        delay = minutes(draws, habits.close)
        if all(line.covered >= line.target for line in demand.lines):
            return Intention(now + delay, partial(self._closed, demand, CloseReason.MET))
        enough = all(line.covered >= line.minimum for line in demand.lines)
        reason = CloseReason.PARTLY_MET_ACCEPTED if enough else CloseReason.EXPIRED_UNMET
        # From publishing, not from now: the row of an unmet demand changes at every new try.
        patient_until = demand.published_at + minutes(draws, habits.patience)
        return Intention(patient_until, partial(self._closed, demand, reason))

    async def _closed(self, demand: DemandRow, reason: CloseReason) -> None:
        path, key = f"/demands/{demand.id}/close", f"close-{demand.id}-{demand.revision}"
        await self.post(path, {"reason": reason}, key, demand.revision)

    def _open(self, task: TaskRow) -> Intention:
        draws, habits = self.stage.chance.of(task.id, "open"), self.stage.habits
        at = self.now + minutes(draws, habits.open_task)
        drop = draws.random() < habits.drops_task
        return Intention(at, partial(self._decide, task, "drop" if drop else "open"))

    async def _decide(self, task: TaskRow, step: str) -> None:
        body = {"domain": task.domain} if step == "open" else {}
        await self.post(f"/tasks/{task.id}/{step}", body, f"{step}-{task.id}")
