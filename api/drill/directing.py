"""How a script has simulated people behave: silent, late, never there; and what desks do about it.

What nobody directs them to do, they do as in `make run`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec

from api.client import Session
from api.drill.clock import Act
from api.drill.desks import DeskPlayer
from api.drill.habits import minutes
from api.drill.players import Intention, Player, Stage
from api.drill.script import Happening, Script
from api.drill.team import OrganizationPlayer
from schemas.values import IncidentId, Instant, OrganizationId, Reach
from schemas.views import AssignmentRow, DemandRow, OfferRow, OrganizationRow, Row
from streams.parameters import URGENCY

ACKNOWLEDGING = (0.3, 1.6)  # minutes from an instruction to having read it
LEAVING = (4.0, 9.0)  # from that to being out
LETTING_GO = (2.0, 6.0)  # from a crew's being out to standing it down
VOIDING = (6.0, 14.0)  # from the last of a false flood to voiding it
TAKING_ON = (3.0, 9.0)  # from a hand-up to the county's word
ALWAYS = ("late", "never_comes", "silent_on_scene")  # who is to be so, has to say yes first


class Look(msgspec.Struct, frozen=True):
    """How many a batch would be about, and by which digest."""

    count: int
    digest: str


class Directions:
    """Who is to behave in which way, and when: of one exercise, from its beginning on."""

    def __init__(self, script: Script, stage: Stage) -> None:
        self._script, self._stage = script, stage
        self.incident = IncidentId("")
        self.began_at: Instant = 0

    @property
    def floods(self) -> dict[str, Happening]:
        """False reports by their words."""
        found = (one for one in self._script.happenings if one.what == "false_flood")
        return {one.table.text: one for one in found}

    def at(self, happening: Happening) -> Instant:
        return self._stage.clock.since(self.began_at, happening.after)

    def until(self, happening: Happening) -> Instant:
        """When people behave as ever again."""
        return self._stage.clock.since(self.began_at, happening.after + happening.lasts)

    def concerns(self, happening: Happening, organization: OrganizationId, name: str) -> bool:
        """Whether an organization is one of those: named, or of the share, the same each time."""
        table = happening.table
        if table.organizations:
            return organization in table.organizations or name in table.organizations
        draw = self._stage.chance.of("directed", happening.number, organization).random()
        return draw < (table.share or 0)

    def of(self, what: str, row: OrganizationRow | None, at: Instant) -> Happening | None:
        """By what an organization is to behave so at a time, if it is."""
        for one in self._script.happenings:
            inside = self.at(one) <= at < self.until(one)
            if one.what == what and inside:
                everybody = not one.kind.who
                if everybody or (row and self.concerns(one, row.id, row.name)):
                    return one
        return None


def _elsewhere(row: Row, incident: IncidentId) -> bool:
    """Whether a row belongs to anything but this exercise: nobody here acts on that."""
    return getattr(row, "incident", incident) != incident


class DirectedTeam(OrganizationPlayer):
    """An organization of a scripted exercise; in no other incident does it do anything."""

    def __init__(self, stage: Stage, session: Session, organization: OrganizationId) -> None:
        super().__init__(stage, session, organization)
        self.directions: Directions

    def intend(self, row: Row) -> Iterator[Intention]:
        if _elsewhere(row, self.directions.incident):
            return
        if isinstance(row, AssignmentRow):
            yield from self._obey(row)
            if row.withdrawing:
                return
        yield from super().intend(row)

    @property
    def own(self) -> OrganizationRow | None:
        found = self.board.rows.get(self.organization)
        return found if isinstance(found, OrganizationRow) else None

    def _directed(self, what: str, at: Instant) -> Happening | None:
        return self.directions.of(what, self.own, at)

    def _answer(self, offer: OfferRow) -> Iterator[Intention]:
        at = offer.sent_at
        if offer.reached_at is None and self.stage.messenger is not None:
            yield self._reached(offer)
        elif self._directed("silence", at) or self._directed("outage", at):
            return
        elif self._directed("counter", at):
            yield Intention(self._soon(offer), partial(self._counter, offer))
        elif self._directed("decline", at):
            yield Intention(self._soon(offer), partial(self._decline, offer))
        elif any(self._directed(what, at) for what in ALWAYS):
            yield Intention(self._soon(offer), partial(self._accept, offer))
        else:
            yield from super()._answer(offer)

    def _think_again(self, offer: OfferRow) -> Iterator[Intention]:
        """Who is to stay silent, or to say no, does so to the end."""
        directed = ("silence", "outage", "decline")
        if not any(self._directed(what, offer.sent_at) for what in directed):
            yield from super()._think_again(offer)

    def _way(self) -> tuple[Reach | None, tuple[float, float]]:
        if self._directed("outage", self.now):
            return None, self.habits.given_up
        by, span = super()._way()
        return (Reach.PAGE, self.habits.looks) if by is None else (by, span)

    def _soon(self, offer: OfferRow) -> Instant:
        draws, heard = self.chance(offer.id), offer.reached_at or offer.sent_at
        return heard + int(draws.uniform(*self.habits.answer_part) * (offer.answer_by - heard))

    async def _counter(self, offer: OfferRow) -> None:
        body = {"quantity": offer.quantity, "minutes": 90, "revision": offer.words_in}
        await self.post(f"/offers/{offer.id}/counter", body, f"counter-{offer.id}")

    # A crew

    def _go(self, work: AssignmentRow) -> Iterator[Intention]:
        if not self._directed("never_comes", work.committed_at):
            yield from super()._go(work)

    def _arrival(self, work: AssignmentRow) -> Instant:
        late = self._directed("late", work.committed_at)
        if late is None:
            return super()._arrival(work)
        return work.promised_at + URGENCY[work.priority].grace + late.lasts

    def _stay(self, work: AssignmentRow) -> Iterator[Intention]:
        silent = self._directed("silent_on_scene", work.arrived_at or work.committed_at)
        until = 0 if silent is None else self.directions.until(silent)
        if until <= self.now:
            yield from super()._stay(work)
        else:
            yield Intention(until, partial(self._speak, work))

    async def _speak(self, work: AssignmentRow) -> None:
        """Its silence is over."""
        await self.post(f"/assignments/{work.id}/check-in", {}, f"speaks-{work.id}")

    def _obey(self, work: AssignmentRow) -> Iterator[Intention]:
        """Read what it is told, and leave where that is what it was told."""
        draws = self.chance(work.id, "told")
        for one in work.instructions:
            if one.lifted_at is None and one.acknowledged_at is None:
                path = f"/assignments/{work.id}/instructions/{one.id}/acknowledge"
                at = one.at + minutes(draws, ACKNOWLEDGING)
                yield Intention(at, partial(self._sent, path, {}, f"read-{work.id}-{one.id}"))
        if work.withdrawing and work.out_at is None:
            path, body = f"/assignments/{work.id}/check-in", {"out": True}
            at = self.now + minutes(draws, LEAVING)
            yield Intention(at, partial(self._sent, path, body, f"out-{work.id}"))

    async def _sent(self, path: str, body: dict[str, Any], key: str) -> None:
        await self.post(path, body, key)

    def volunteer(self, happening: Happening, demand: DemandRow) -> None:
        """Offer itself for the lines of a demand that it can do."""
        draws = self.chance(self.organization, "volunteer")
        skills = set(self._skills())
        for line in demand.lines:
            if line.open and line.skill in skills:
                body = {"organization": self.organization, "quantity": 1, "minutes": 25}
                path, key = f"/lines/{line.id}/help", f"help-{line.id}"
                at = self.directions.at(happening) + minutes(draws, (0.5, 4))
                self.stage.clock.plan(at, partial(self._sent, path, body, key))


class DirectedDesk(DeskPlayer):
    """A township's desk of a scripted exercise: it also calls whom it misses, and voids floods."""

    def __init__(
        self, stage: Stage, session: Session, division: str, directions: Directions
    ) -> None:
        super().__init__(stage, session, division)
        self._directions = directions
        self._voided: set[str] = set()

    def intend(self, row: Row) -> Iterator[Intention]:
        if _elsewhere(row, self._directions.incident):
            return
        match row:
            case DemandRow(state="published") if row.risk_statement in self._directions.floods:
                yield from self._doubt(row)
                return
            case AssignmentRow(taken_on=None) if row.division == self.division:
                yield from missed(self, row)
        yield from super().intend(row)

    def _doubt(self, demand: DemandRow) -> Iterator[Intention]:
        flood = self._directions.floods[demand.risk_statement]
        at = self._directions.at(flood) + minutes(self.chance("flood", flood.number), VOIDING)
        yield Intention(at, partial(self._void, demand.risk_statement))

    async def _void(self, words: str) -> None:
        """All of them by one act, after a look; who comes second finds nothing left."""
        where = {"what": "void", "incident": self._directions.incident, "division": self.division}
        wanted = {**where, "reason": "unfounded", "words": words, "on_the_way": True}
        key = f"void-{self._directions.floods[words].number}"
        if key in self._refused or key in self._voided:
            return
        self._voided.add(key)
        raw = await self.board.session.send("/batches/look", wanted, f"{key}-look")
        look = msgspec.json.decode(raw, type=Look)
        if look.count:
            await self.post("/batches", {**wanted, "digest": look.digest}, key)


def missed(desk: Player, work: AssignmentRow) -> Iterator[Intention]:
    """Call whoever is silent, or has not read what it was told; let go who is out."""
    draws, at_most = desk.chance(work.id, "missed"), (0.5, 3.0)

    def act(path: str, body: dict[str, Any], key: str) -> Act:
        return partial(desk.post, f"/assignments/{work.id}/{path}", body, f"{key}-{work.id}")

    if work.missed_at is not None:
        at = work.missed_at + minutes(draws, desk.habits.calls_silent)
        yield Intention(at, act("check-in", {}, f"heard-{work.missed_at}"))
    for one in work.instructions:
        if one.missed_at is not None and one.acknowledged_at is None and not one.lifted_at:
            path = f"instructions/{one.id}/acknowledge"
            yield Intention(one.missed_at + minutes(draws, at_most), act(path, {}, "told"))
    if work.withdrawing and work.out_at is not None:
        at = work.out_at + minutes(draws, LETTING_GO)
        yield Intention(at, act("stand-down", {"everybody_out": True}, "let-go"))


class DirectedCounty(Player):
    """The county's desk: takes on what is handed up to it, and answers for it."""

    def __init__(self, stage: Stage, session: Session, directions: Directions) -> None:
        super().__init__(stage, session)
        self._directions = directions

    def intend(self, row: Row) -> Iterator[Intention]:
        if _elsewhere(row, self._directions.incident):
            return
        if isinstance(row, AssignmentRow) and row.taken_on is not None:
            yield from missed(self, row)
        if not isinstance(row, DemandRow):
            return
        if row.hand_up is not None and row.hand_up.state == "waiting":
            at = row.hand_up.at + minutes(self.chance(row.id, "take on"), TAKING_ON)
            yield Intention(at, partial(self._take_on, row.id))

    async def _take_on(self, demand: str) -> None:
        await self.post(f"/demands/{demand}/take-on", {}, f"take-on-{demand}")
