"""Township desks: they confirm, close, ask by hand, put right, and lead recovery to its end.

What lies in another township is that one's to do; what was moved there can only be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from api.client import Answer, Refused, Session
from api.drill.asking import REASONS, nearest
from api.drill.habits import minutes
from api.drill.players import Intention, Player, Stage
from schemas.line_views import LineView
from schemas.refusals import Refusal
from schemas.values import CloseReason, DeclineReason, Instant, OpeningReason
from schemas.views import AssignmentRow, DemandRow, IncidentRow, OfferRow, Row, TaskRow
from streams.parameters import CLAIM

ENDED = ("released", "given_up", "stood_down")
ASKED_MOST = 3  # by hand, one after the other, until one has units
URGENT = 2  # and more urgent: somebody telephones, and asks by hand
LOOKING = (OpeningReason.CALLING, OpeningReason.CHECKING, OpeningReason.HANDING_OVER)


class DeskPlayer(Player):
    """One township's desk."""

    def __init__(self, stage: Stage, session: Session, division: str) -> None:
        super().__init__(stage, session)
        self.division = division
        self._live: dict[str, set[str]] = {}  # assignments still under way, by demand
        self._standby: dict[str, set[str]] = {}  # offers whose holders would still come
        self._moved: dict[str, Instant] = {}  # since when a demand is known to have been moved

    def hear(self, row: Row) -> None:
        if isinstance(row, AssignmentRow):
            live = self._live.setdefault(row.demand, set())
            (live.discard if row.state in ENDED else live.add)(row.id)
        if isinstance(row, OfferRow):
            standby = self._standby.setdefault(row.demand, set())
            (standby.add if row.state == "standby" else standby.discard)(row.id)
        super().hear(row)
        if isinstance(row, AssignmentRow) and row.demand in self.board.rows:
            self.hear(self.board.rows[row.demand])  # its last crew may just have been released
        for offer in self._standby.get(row.id, ()):
            if offer in self.board.rows:
                super().hear(self.board.rows[offer])  # its line may be short again

    def intend(self, row: Row) -> Iterator[Intention]:
        match row:
            case DemandRow() if row.division != self.division:
                yield from self._take_back(row)
            case DemandRow(state="published"):
                yield from self._lead(row)
            case DemandRow():
                yield from self._reopen(row)
            case OfferRow() | AssignmentRow() | TaskRow() if row.division != self.division:
                pass
            case OfferRow():
                yield from self._listen(row)
            case AssignmentRow():
                yield from self._check(row)
            case TaskRow() if self.habits.recovery:
                yield from self._recover(row)

    # Demands

    def _lead(self, demand: DemandRow) -> Iterator[Intention]:
        """All that a desk does about an open demand."""
        if demand.returnable:
            yield from self._take_up(demand)
        yield from self._read(demand)
        for line in demand.lines:
            if line.open:
                yield from self._attend(demand, line)
        yield from self._close(demand)

    def _close(self, demand: DemandRow) -> Iterator[Intention]:
        """Close what is met when its crews are gone; what is not, when patience is at its end."""
        if self._live.get(demand.id):
            return
        draws, habits, now = self.chance(demand.id, "close"), self.habits, self.now
        delay = minutes(draws, habits.close)
        lines = [line for line in demand.lines if line.open]
        if all(line.covered >= line.target for line in lines):
            yield Intention(now + delay, partial(self._closed, demand, CloseReason.MET))
            return
        enough = all(line.covered >= line.minimum for line in lines)
        reason = CloseReason.PARTLY_MET_ACCEPTED if enough else CloseReason.EXPIRED_UNMET
        # From its release, not from now: the row of an unmet demand changes at every new try.
        patient_until = demand.release_at + minutes(draws, habits.patience)
        yield Intention(patient_until, partial(self._closed, demand, reason))

    async def _closed(self, demand: DemandRow, reason: CloseReason) -> None:
        path, key = f"/demands/{demand.id}/close", f"close-{demand.id}-{demand.revision}"
        await self.post(path, {"reason": reason}, key, demand.revision)

    def _reopen(self, demand: DemandRow) -> Iterator[Intention]:
        """Now and then it was not over: the water is back."""
        draws, habits = self.chance(demand.id, "reopen"), self.habits
        met = demand.reason is CloseReason.MET and demand.round == 1
        if met and draws.random() < habits.reopens:
            at = (demand.closed_at or self.now) + minutes(draws, habits.reopen)
            yield from self.once(at, partial(self._reopened, demand))

    async def _reopened(self, demand: DemandRow) -> None:
        incident = self.board.rows.get(demand.incident)
        if isinstance(incident, IncidentRow) and incident.state == "open":
            path = f"/demands/{demand.id}/reopen"
            await self.post(path, {}, f"reopen-{demand.id}", demand.revision)

    def _read(self, demand: DemandRow) -> Iterator[Intention]:
        draws = self.chance(demand.id, "sealed")
        if demand.sealed and draws.random() < self.habits.reads_sealed:
            body = {"reason": draws.choice(LOOKING)}
            at = demand.published_at + minutes(draws, self.habits.read_sealed)
            path, key = f"/demands/{demand.id}/sealed", f"sealed-{demand.id}"
            yield from self.once(at, partial(self._sent, path, body, key))

    async def _sent(self, path: str, body: dict[str, Any], key: str) -> None:
        await self.post(path, body, key)

    # Demands that were moved to a neighbor

    def _take_up(self, demand: DemandRow) -> Iterator[Intention]:
        """Some desks see at once what has come to them; to others it has to be called."""
        draws, habits = self.chance(demand.id, "take up"), self.habits
        if draws.random() < habits.takes_over:
            at = self._moved_at(demand) + minutes(draws, habits.takes_up)
            yield Intention(at, partial(self._taken_up, demand))

    def _take_back(self, demand: DemandRow) -> Iterator[Intention]:
        if demand.sender == self.division and demand.returnable and demand.state == "published":
            draws = self.chance(demand.id, "take back")
            at = self._moved_at(demand) + minutes(draws, self.habits.takes_back)
            yield Intention(at, partial(self._taken_back, demand))

    def _moved_at(self, demand: DemandRow) -> Instant:
        """About when; the row does not say, and changes for other reasons too."""
        return self._moved.setdefault(demand.id, self.now)

    async def _taken_up(self, demand: DemandRow) -> None:
        path, key = f"/demands/{demand.id}/amend", f"take-up-{demand.id}"
        body = {
            "priority": demand.priority,
            "targets": [line.target for line in demand.lines],
            "lines": [],
            "risk_statement": demand.risk_statement,
            "rally_point": f"{demand.rally_point}，由接收乡镇值班员接应",
            "way_in": demand.way_in,
        }
        await self.post(path, body, key, demand.revision)

    async def _taken_back(self, demand: DemandRow) -> None:
        path, key = f"/demands/{demand.id}/take-back", f"take-back-{demand.id}"
        await self.post(path, {}, key, demand.revision)

    # Lines, and those who were asked for them

    def _attend(self, demand: DemandRow, line: LineView) -> Iterator[Intention]:
        """Ask by hand where an urgent line stays short; drop what is no longer wanted."""
        draws, habits = self.chance(line.id, "attend"), self.habits
        drops, asks = draws.random() < habits.drops_line, draws.random() < habits.asks_by_hand
        if asks and demand.priority <= URGENT and line.covered < line.target:
            at = max(demand.release_at, line.said_at or 0) + minutes(draws, habits.by_hand)
            yield from self.once(at, partial(self._ask, demand, line))
        others = sum(each.open for each in demand.lines) > 1
        if drops and others and not line.delivered:
            at = demand.published_at + minutes(draws, habits.drop_line)
            path, key = f"/lines/{line.id}/drop", f"drop-{line.id}"
            yield from self.once(at, partial(self._sent, path, {}, key))

    async def _ask(self, demand: DemandRow, line: LineView) -> None:
        """The nearest that still has units: who is at work elsewhere is not seen from here."""
        for chosen in nearest(self.board.rows.values(), demand, line, self.now)[:ASKED_MOST]:
            reason = self.chance(line.id, chosen.id).choice(REASONS)
            body, key = {"organization": chosen.id, "reason": reason}, f"ask-{line.id}-{chosen.id}"
            answer = await self.post(f"/lines/{line.id}/ask", body, key)
            if not isinstance(answer, Refused) or answer.code != Refusal.CAPACITY_TAKEN:
                return

    def _listen(self, offer: OfferRow) -> Iterator[Intention]:
        """Take on who would still come; telephone who is silent, where it is urgent."""
        if not self._is_short(offer):
            return
        if offer.state == "standby":
            at = self.now + minutes(self.chance(offer.id, "take"), self.habits.takes_standby)
            path, key = f"/standby/{offer.id}/take", f"take-{offer.id}"
            yield Intention(at, partial(self._sent, path, {}, key))
        elif offer.state == "no_answer" and offer.answerable and offer.priority <= URGENT:
            draws = self.chance(offer.id, "call")
            if draws.random() < self.habits.calls:
                at = (offer.ended_at or self.now) + minutes(draws, self.habits.call)
                yield from self.once(at, partial(self._call, offer))

    def _is_short(self, offer: OfferRow) -> bool:
        """Whether its line lacks units, or a crew of it is missed."""
        demand = self.board.rows.get(offer.demand)
        lines = demand.lines if isinstance(demand, DemandRow) else ()
        line = next((line for line in lines if line.id == offer.line), None)
        return line is not None and line.open and line.covered - line.doubtful < line.target

    async def _call(self, offer: OfferRow) -> None:
        """Look the number up, and record what is said on the telephone."""
        draws = self.chance(offer.id, "called")
        await self.post(f"/offers/{offer.id}/persons", {}, f"persons-{offer.id}")
        if draws.random() < self.habits.reached:
            path, body = f"/offers/{offer.id}/accept", self.yes(offer)
        else:
            path, body = f"/offers/{offer.id}/decline", {"reason": DeclineReason.NO_CREW}
        await self.post(path, body, f"phone-{offer.id}")

    # Crews

    def _check(self, work: AssignmentRow) -> Iterator[Intention]:
        """Confirm what is reported done; put right what was tapped by mistake and not undone."""
        if work.state == "reported_done":
            draws, habits = self.chance(work.id, "confirm"), self.habits
            back = draws.random() < habits.sends_back
            at = (work.reported_at or self.now) + minutes(draws, habits.confirm)
            path = f"/assignments/{work.id}/confirm"
            yield Intention(at, partial(self._judge, path, work.id, back))
        elif self.slipped(work):
            draws = self.chance(work.id, "correct")
            at = (work.undo_until or self.now) + minutes(draws, self.habits.corrects)
            path, body = f"/assignments/{work.id}/correct", {"step": "committed"}
            yield Intention(at, partial(self._sent, path, body, f"correct-{work.id}"))

    async def _judge(self, path: str, subject: str, back: bool) -> None:
        """Find it done; or, once, not done: the second time that key has been used."""
        if back:
            answer = await self.post(path, {"done": False}, f"back-{subject}")
            if isinstance(answer, Answer) and not answer.repeated:
                return
        await self.post(path, {"done": True}, f"done-{subject}")

    # Recovery

    def _recover(self, task: TaskRow) -> Iterator[Intention]:
        match task.state:
            case "proposed":
                yield self._open(task)
            case "claimed":
                yield self._take_back_task(task)
            case "reported_done":
                yield self._verify(task)

    def _open(self, task: TaskRow) -> Intention:
        draws, habits = self.chance(task.id, "open"), self.habits
        at = task.proposed_at + minutes(draws, habits.open_task)
        if draws.random() < habits.drops_task:
            return Intention(
                at, partial(self._sent, f"/tasks/{task.id}/drop", {}, f"drop-{task.id}")
            )
        path, body = f"/tasks/{task.id}/open", {"domain": task.domain}
        return Intention(at, partial(self._sent, path, body, f"open-{task.id}"))

    def _take_back_task(self, task: TaskRow) -> Intention:
        """What nobody hears of any more, others may take on; each claimant once."""
        draws = self.chance(task.id, task.organization, "take back")
        claimed_at = self.now if task.until is None else task.until - CLAIM
        at = claimed_at + minutes(draws, self.habits.take_back_task)
        path, key = f"/tasks/{task.id}/take-back", f"back-{task.id}-{task.organization}"
        return Intention(at, partial(self._sent, path, {}, key))

    def _verify(self, task: TaskRow) -> Intention:
        draws, habits = self.chance(task.id, "verify"), self.habits
        back = draws.random() < habits.task_sent_back
        at = self.now + minutes(draws, habits.verify_task)
        return Intention(at, partial(self._judge, f"/tasks/{task.id}/verify", task.id, back))
