"""Teams: organizations that answer, go where they said, and restore what they can."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from api.client import Refused, Session
from api.drill.clock import MINUTE, SECOND
from api.drill.habits import Span, minutes
from api.drill.players import Intention, Player, Stage
from api.reach import PACES
from schemas.codes import KINDS
from schemas.refusals import Refusal
from schemas.values import DeclineReason, Instant, OrganizationId, Reach
from schemas.views import AssignmentRow, OfferRow, OrganizationRow, Row, TaskRow
from streams.parameters import CLAIM, URGENCY

UNDOING = 5 * SECOND  # from a step that was not meant to undoing it: well inside of 30 seconds
WAY = 30  # minutes, of a crew that did not say how long it takes
LACKS = (DeclineReason.NO_CREW, DeclineReason.EQUIPMENT)  # which may be over later


class OrganizationPlayer(Player):
    """One organization: answers its offers, goes where it said, restores what it can."""

    def __init__(self, stage: Stage, session: Session, organization: OrganizationId) -> None:
        super().__init__(stage, session)
        self.organization = organization

    def intend(self, row: Row) -> Iterator[Intention]:
        match row:
            case OfferRow(state="sent"):
                yield from self._answer(row)
            case OfferRow(state="no_answer" | "declined" | "unreachable", answerable=True):
                yield from self._think_again(row)
            case AssignmentRow(state="committed" | "en_route"):
                yield from self._go(row)
            case AssignmentRow(state="on_scene"):
                yield from self._stay(row)
            case TaskRow(state="open"):
                yield self._claim(row)
            case TaskRow(state="claimed", organization=self.organization):
                yield from self._restore(row)

    # What it is asked

    def _answer(self, offer: OfferRow) -> Iterator[Intention]:
        """Whoever is asked again, or by the desk itself, rather comes; nobody before it heard."""
        if offer.reached_at is None and self.stage.messenger is not None:
            yield self._reached(offer)
            return
        draws, habits = self.chance(offer.id), self.habits
        decision, part = draws.random(), draws.uniform(*habits.answer_part)
        heard = offer.reached_at or offer.sent_at
        at = heard + int(part * (offer.answer_by - heard))
        again = offer.by_hand or self._was_asked(offer)
        accepts = habits.accepts_again if again else habits.accepts
        declines = habits.declines_again if again else habits.declines
        if decision < accepts:
            yield Intention(at, partial(self._accept, offer))
        elif decision < accepts + declines:
            yield Intention(at, partial(self._decline, offer))

    def _reached(self, offer: OfferRow) -> Intention:
        """By what it hears of an offer, and when: a team's way is the same each time."""
        by, span = self._way()
        at = offer.sent_at + minutes(self.chance(offer.id, "reach"), span)
        if by is Reach.VOICE:
            at += (PACES[offer.priority].voice or PACES[offer.priority].sms) * SECOND
        return Intention(at, partial(self._tell, offer, by))

    def _way(self) -> tuple[Reach | None, Span]:
        habits, draw = self.habits, self.chance(self.organization, "way").random()
        ways = {Reach.PAGE: habits.page, Reach.CHAT: habits.chat, Reach.SMS: habits.sms}
        for by, share in {**ways, Reach.VOICE: habits.voice}.items():
            if draw < share:
                return by, habits.looks if by is Reach.PAGE else habits.handed
            draw -= share
        return None, habits.given_up

    async def _tell(self, offer: OfferRow, by: Reach | None) -> None:
        """The conductor tells what the messenger of a live log would."""
        assert self.stage.messenger is not None
        body = {"offer": offer.id, "by": by}
        await self.stage.messenger.send("/conductor/reach", body, f"reach-{offer.id}")

    def _was_asked(self, offer: OfferRow) -> bool:
        return any(
            row.line == offer.line and row.sent_at < offer.sent_at
            for row in self.board.rows.values()
            if isinstance(row, OfferRow)
        )

    def _think_again(self, offer: OfferRow) -> Iterator[Intention]:
        """A yes after the time to answer, or after a no."""
        draws, habits = self.chance(offer.id, "late"), self.habits
        share = habits.late_yes if offer.state == "no_answer" else habits.changes_mind
        if draws.random() < share:
            at = (offer.ended_at or self.now) + minutes(draws, habits.late)
            yield from self.once(at, partial(self._accept, offer))

    async def _accept(self, offer: OfferRow) -> None:
        word = "accept" if offer.state == "sent" else "late"
        path, key = f"/offers/{offer.id}/accept", f"{word}-{offer.id}"
        answer = await self.post(path, self.yes(offer), key)
        taken = isinstance(answer, Refused) and answer.code == Refusal.CAPACITY_TAKEN
        if taken and offer.state == "sent":
            body = {"reason": DeclineReason.NO_CREW}
            await self.post(f"/offers/{offer.id}/decline", body, f"decline-{offer.id}")

    async def _decline(self, offer: OfferRow) -> None:
        """No; whoever lacks a crew for now may say from when it has one."""
        draws, habits = self.chance(offer.id, "no"), self.habits
        reason = draws.choice(list(DeclineReason))
        body: dict[str, Any] = {"reason": reason}
        if reason in LACKS and draws.random() < habits.free_later:
            body["free_from"] = offer.answer_by + minutes(draws, habits.free_from)
        await self.post(f"/offers/{offer.id}/decline", body, f"decline-{offer.id}")

    # A crew on its way and at work

    def _go(self, work: AssignmentRow) -> Iterator[Intention]:
        yield from self._say_when(work)
        if work.state == "committed" and not self.leaves_silently(work):
            yield from self._leave(work)
        elif self.chance(work.id, "silent").random() < self.habits.forgets_arrival:
            yield self._finish(work, self._arrival(work))
        else:
            yield Intention(self._arrival(work), partial(self._arrive, work))

    def _leave(self, work: AssignmentRow) -> Iterator[Intention]:
        """Set off; or, before that, tap the wrong step."""
        draws = self.chance(work.id, "way")
        slip = work.committed_at + minutes(draws, self.habits.slip)
        if self.slips(work) and slip > self.now:
            yield Intention(slip, partial(self._slip, work))
        else:
            at = work.committed_at + minutes(draws, self.habits.gather)
            yield Intention(at, partial(self._step, work, "set-off"))

    def _arrival(self, work: AssignmentRow) -> Instant:
        """When it will be there; of some, so late that they are missed before."""
        draws, way = self.chance(work.id, "arrive"), (work.minutes or WAY) * MINUTE
        part = draws.uniform(*self.habits.arrival_part)
        if self._is_held_up(work):
            missed = work.committed_at + way + URGENCY[work.priority].grace
            return missed + minutes(draws, self.habits.held_up)
        return max(work.committed_at + int(way * part), (work.set_off_at or 0) + 3 * MINUTE)

    def _is_held_up(self, work: AssignmentRow) -> bool:
        return self.chance(work.id, "held up").random() < self.habits.overdue

    def _say_when(self, work: AssignmentRow) -> Iterator[Intention]:
        """A new time, once: said before the promised one is over, or when it is missed."""
        draws, habits = self.chance(work.id, "when"), self.habits
        tells = draws.random() < habits.tells
        if work.overdue:
            missed = work.promised_at + URGENCY[work.priority].grace
            at = missed + minutes(draws, habits.asked_where)
        else:
            at = work.committed_at + (work.promised_at - work.committed_at) * 4 // 5
        wanted = work.overdue or (tells and self._is_held_up(work))
        if wanted and not work.new_times and at < self._arrival(work):
            yield from self.once(at, partial(self._give_new_time, work))

    async def _give_new_time(self, work: AssignmentRow) -> None:
        left = max(0, self._arrival(work) - self.now)
        path, body = f"/assignments/{work.id}/new-time", {"minutes": left // MINUTE + 1}
        await self.post(path, body, f"new-time-{work.id}")

    async def _slip(self, work: AssignmentRow) -> None:
        await self.post(f"/assignments/{work.id}/arrive", {}, f"slip-{work.id}")

    async def _arrive(self, work: AssignmentRow) -> None:
        """Who are there, at times more or fewer than was said."""
        draws, units = self.chance(work.id, "people"), work.quantity
        counts = draws.random() < self.habits.counts_people
        body = {"people": units * draws.randint(*self.habits.people_a_unit)} if counts else {}
        await self.post(f"/assignments/{work.id}/arrive", body, f"arrive-{work.id}")

    def _stay(self, work: AssignmentRow) -> Iterator[Intention]:
        """At work until it is done; who is not there really, undoes that, or waits for the desk."""
        if not self.slipped(work):
            yield from self._check_in(work)
            yield self._finish(work)
        elif self.chance(work.id, "notices").random() < self.habits.notices:
            yield from self.once((work.arrived_at or 0) + UNDOING, partial(self._undo, work))

    def _check_in(self, work: AssignmentRow) -> Iterator[Intention]:
        """All well, a little before it is due; some forget, and are called by the desk."""
        due, habits = work.check_in_by, self.habits
        draws = self.chance(work.id, "check-in", due)
        if due is not None and draws.random() >= habits.forgets_check_in:
            path, key = f"/assignments/{work.id}/check-in", f"check-in-{work.id}-{due}"
            at = due - minutes(draws, habits.check_in)
            yield from self.once(at, partial(self._well, path, key))

    async def _well(self, path: str, key: str) -> None:
        await self.post(path, {}, key)

    async def _undo(self, work: AssignmentRow) -> None:
        await self.post(f"/assignments/{work.id}/undo", {}, f"undo-{work.id}")

    def _finish(self, work: AssignmentRow, arrived_at: Instant | None = None) -> Intention:
        draws, habits = self.chance(work.id, "finish"), self.habits
        done = (work.arrived_at or arrived_at or work.committed_at) + minutes(draws, habits.work)
        step = "cannot-complete" if draws.random() < habits.gives_up else "report-done"
        return Intention(max(done, self.now + MINUTE), partial(self._step, work, step))

    async def _step(self, work: AssignmentRow, step: str) -> None:
        await self.post_again(f"/assignments/{work.id}/{step}", {}, f"{step}-{work.id}")

    # Recovery

    def _claim(self, task: TaskRow) -> Intention:
        draws, habits = self.chance(task.id, self.organization), self.habits
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

    def _restore(self, task: TaskRow) -> Iterator[Intention]:
        """Do it; or give it back; or forget it."""
        draws, habits = self.chance(task.id, self.organization, "restore"), self.habits
        decision, work = draws.random(), minutes(draws, habits.task_work)
        at = (self.now if task.until is None else task.until - CLAIM) + work
        if decision < habits.gives_back:
            yield Intention(at, partial(self._give_back, task))
        elif decision >= habits.gives_back + habits.forgets_task:
            yield Intention(at, partial(self._restored, task))

    async def _give_back(self, task: TaskRow) -> None:
        await self.post(f"/tasks/{task.id}/give-back", {}, f"give-back-{task.id}")

    async def _restored(self, task: TaskRow) -> None:
        await self.post_again(f"/tasks/{task.id}/report-done", {}, f"report-{task.id}")
