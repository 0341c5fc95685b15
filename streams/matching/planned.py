"""Planned: what the rules take of a plan for all short lines, and what they leave, and why.

Each pair passes what any request passes, as it stands at its turn. Pairs that share a line hang
together: they are taken only where together they save what asking people anew is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.facts import Fact, OfferSent, OfferStoodDown, PlanTaken
from schemas.plans import ByPlan, LeftPair, LeftWhy, PlannedPair, ProposePlan
from schemas.refusals import Refusal
from schemas.values import (
    Gate,
    GateCount,
    Instant,
    LineId,
    OfferId,
    StandDownReason,
)
from streams import force, needed
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.entities import DemandState, Line, Offer, OfferState, Organization
from streams.force import Held
from streams.line import missing
from streams.load import Ask, all_held, held_if
from streams.matching import waves
from streams.matching.bars import barred, distance, unsafe
from streams.matching.candidates import Search
from streams.matching.cost import SCALE, bands, cost
from streams.parameters import CAPPED, MOVED

PLANS = "plans"  # the counter of plans that were weighed
PLANNED_IN = "planned_in"  # and the turn of the last


class Choice(NamedTuple):
    """A pair that may be asked: for so many units, from so far, instead of a request elsewhere."""

    line: Line
    organization: Organization
    units: int
    meters: int
    instead: Offer | None

    @property
    def lines(self) -> tuple[LineId, ...]:
        return (self.line.id,) if self.instead is None else (self.line.id, self.instead.line)


def propose(area: Area, command: ProposePlan, cause: Cause) -> Decision:
    """Take of a plan what holds. One made of a state before the last plan says nothing any more."""
    operation = area.operation(cause.operation)
    if operation is None:
        return Refused(Refusal.NOT_FOUND)
    if command.based_on >= area.sequence:  # which is the turn of this command
        return Refused(Refusal.PLAN_AHEAD)
    if command.based_on < operation.count(PLANNED_IN):
        return Refused(Refusal.PLAN_OUTDATED)
    weighed = _Weighed(area, operation, command.pairs, cause.at)
    number = operation.count(PLANS) + 1
    sent: list[Fact] = []
    for part, saved in weighed.parts:
        by_plan, reason = ByPlan(number=number, saved=saved), StandDownReason.PLANNED_ELSEWHERE
        for offer in _given_up(part):
            sent.append(OfferStoodDown(offer=offer.id, reason=reason, at=cause.at))
        sent += [_asked(area, operation, choice, by_plan, cause) for choice in part]
    return [
        PlanTaken(
            plan=command.plan,
            number=number,
            based_on=command.based_on,
            taken=sum(len(part) for part, _ in weighed.parts),
            left=tuple(weighed.left),
            saved=sum(saved for _, saved in weighed.parts),
            grounds=command.grounds,
            at=cause.at,
        ),
        *sent,
    ]


def evolve(operation: Operation, fact: PlanTaken) -> None:
    operation.raise_count(PLANS, fact.number)
    operation.raise_count(PLANNED_IN, operation.sequence)


def movable(offer: Offer) -> bool:
    """Whether a plan may ask somebody for another line instead: nobody has answered, no person has
    chosen it, it does not wait there, and no plan has moved it before."""
    chosen = offer.by_hand or offer.by_plan is not None or offer.relieves is not None
    awaited = offer.state is OfferState.SENT and offer.unneeded is None
    return awaited and not chosen and offer.rank > 0 and not offer.anew_in


def gives_up(offer: Offer, line: Line) -> bool:
    """Whether it may be asked for a line instead: for nothing less urgent than that is."""
    return movable(offer) and offer.line != line.id and line.priority <= offer.priority


def asks(operation: Operation, line: Line, at: Instant) -> bool:
    """Whether a plan may ask for a line: it is released, and has looked for somebody by itself."""
    demand = operation.demands[line.demand]
    asking = demand.state is DemandState.PUBLISHED and not demand.shut and not line.asleep
    return line.open and asking and demand.release_at <= at


def bar_of(
    operation: Operation, line: Line, organization: Organization, held: Held, at: Instant
) -> Gate | None:
    """The first gate that an organization does not pass, with its units held so; a plan asks
    whoever can say yes."""
    away = distance(operation, line, organization)
    bar = barred(operation, line, organization, away, at, held) or unsafe(line, organization)
    return None if bar is None else bar.gate


def moved_for(operation: Operation, line: Line, offer: Offer) -> Held:
    """What would hold an organization's units if it were not asked by an offer."""
    asks = [Ask(offer.skill, offer.priority, -offer.quantity)]
    return held_if(operation, offer.organization, line.skill, asks)


class _Weighed:
    """The pairs of a plan: which hold, in parts that hang together, and which are left."""

    def __init__(
        self, area: Area, operation: Operation, pairs: Iterable[PlannedPair], at: Instant
    ) -> None:
        self._area, self._operation, self._at = area, operation, at
        self.left: list[LeftPair] = []
        self._choices: list[Choice] = []
        for pair in pairs:
            choice = self._choice(pair)
            if choice is not None:
                self._choices.append(choice)
        self.parts = list(self._saving(self._wanted(self._choices)))

    def _leave(self, pair: PlannedPair, why: LeftWhy, gate: Gate | None = None) -> None:
        left = LeftPair(line=pair.line, organization=pair.organization, why=why, gate=gate)
        self.left.append(left)

    def _choice(self, pair: PlannedPair) -> Choice | None:
        """The pair as it stands now; None where it is left."""
        operation, at = self._operation, self._at
        line = operation.lines.get(pair.line)
        organization = self._area.registry.organizations.get(pair.organization)
        if line is None or organization is None:
            self._leave(pair, LeftWhy.UNKNOWN)
            return None
        instead = None if pair.instead is None else operation.offers.get(pair.instead)
        why = self._unasked(line) or self._unmoved(pair, line, instead) or self._twice(pair, line)
        held = self._held(pair, line, instead)
        gate = None if why else bar_of(operation, line, organization, held, at)
        if gate is not None:
            why = LeftWhy.GATE
        elif why is None and self._waited_for(line, organization):
            why = LeftWhy.WAITED_FOR
        if why is not None:
            self._leave(pair, why, gate)
            return None
        free = force.free(organization, line.skill, held, line.priority, at)
        most = min(free, missing(line))
        units = most if line.whole else min(pair.quantity, most)
        return Choice(line, organization, units, distance(operation, line, organization), instead)

    def _before(self, pair: PlannedPair) -> list[Choice]:
        return [one for one in self._choices if one.organization.id == pair.organization]

    def _twice(self, pair: PlannedPair, line: Line) -> LeftWhy | None:
        """Several of its units may be asked for by one plan, but for what the daily cap counts."""
        before = self._before(pair)
        again = line.priority >= CAPPED or any(one.line.id == line.id for one in before)
        return LeftWhy.TWICE if before and again else None

    def _held(self, pair: PlannedPair, line: Line, instead: Offer | None) -> Held:
        """With what the plan asks of it before; what that gives up, only where this does, too."""
        before = self._before(pair)
        asks = [Ask(one.line.skill, one.line.priority, one.units) for one in before]
        if instead is not None:
            asks.append(Ask(instead.skill, instead.priority, -instead.quantity))
        return held_if(self._operation, pair.organization, line.skill, asks)

    def _waited_for(self, line: Line, organization: Organization) -> bool:
        """Whether somebody who waits there is asked before others, or would come already."""
        place = self._operation.demands[line.demand].place
        search = Search(self._area, self._operation, line, place, self._at)
        return search.waited_for or _would_come(self._operation, line, organization)

    def _unasked(self, line: Line) -> LeftWhy | None:
        if not asks(self._operation, line, self._at):
            return LeftWhy.NOT_ASKED_FOR
        if not missing(line):
            return LeftWhy.IN_HAND
        due = line.wake_at is not None and line.wake_at <= self._at
        return LeftWhy.LOOKED_AT if due else None

    def _unmoved(self, pair: PlannedPair, line: Line, instead: Offer | None) -> LeftWhy | None:
        if pair.instead is None:
            return None
        own = instead is not None and instead.organization == pair.organization
        if instead is None or not own or not gives_up(instead, line):
            return LeftWhy.NOT_MOVED
        return None

    def _wanted(self, choices: list[Choice]) -> list[Choice]:
        """Without those whose line has enough who are asked, now that others are moved."""
        while True:
            totals = self._totals(choices)
            over = next((choice for choice in choices if self._enough(choice, totals)), None)
            if over is None:
                return choices
            choices = [choice for choice in choices if choice is not over]
            self._leave_choice(over, LeftWhy.IN_HAND)

    def _totals(self, choices: list[Choice]) -> dict[LineId, tuple[int, int]]:
        """Units asked for and open requests of each line, with all choices."""
        totals: dict[LineId, tuple[int, int]] = {}
        moves = [(choice.line, choice.units, 1) for choice in choices]
        for offer in (one for one in _given_up(choices) if not one.unproved):
            moves.append((self._operation.lines[offer.line], -offer.quantity, -1))
        for line, units, one in moves:
            asked, live = totals.get(line.id, (line.asked, line.live_offers))
            totals[line.id] = asked + units, live + one
        return totals

    def _enough(self, choice: Choice, totals: dict[LineId, tuple[int, int]]) -> bool:
        line, operation = choice.line, self._operation
        asked, live = totals[line.id]
        tally = operation.tallies.get(line.skill)
        size = waves.size(tally, line.priority, operation.rules().wave_most)
        return asked - choice.units >= missing(line) and live - 1 >= size

    def _leave_choice(self, choice: Choice, why: LeftWhy) -> None:
        self.left.append(
            LeftPair(line=choice.line.id, organization=choice.organization.id, why=why, gate=None)
        )

    def _saving(self, choices: list[Choice]) -> Iterator[tuple[list[Choice], int]]:
        """The parts that save enough, with what they save."""
        for part in _parts(choices):
            saved = self._saved(part)
            moved = sum(choice.instead is not None for choice in part)
            if saved > 0 and saved >= moved * MOVED * SCALE:
                yield part, saved // SCALE
            else:
                for choice in part:
                    self._leave_choice(choice, LeftWhy.SAVES_TOO_LITTLE)

    def _saved(self, part: list[Choice]) -> int:
        given_up = [offer.id for offer in _given_up(part)]
        total = 0
        for key in dict.fromkeys(key for choice in part for key in choice.lines):
            line = self._operation.lines[key]
            open_now = list(asked_on(self._operation, line))
            after = [(one.meters, one.quantity) for one in open_now if one.id not in given_up]
            after += [(one.meters, one.units) for one in part if one.line.id == key]
            weights = bands(self._operation, line)
            total += cost(weights, [(one.meters, one.quantity) for one in open_now])
            total -= cost(weights, after)
        return total


def _given_up(choices: list[Choice]) -> list[Offer]:
    """The requests that are taken back for some choices, each once."""
    offers = {one.instead.id: one.instead for one in choices if one.instead is not None}
    return list(offers.values())


def asked_on(operation: Operation, line: Line) -> Iterator[Offer]:
    """The requests for a line whose answers are awaited."""
    for offer in operation.offers_on.of(line.id):
        waits = offer.state is OfferState.SENT and offer.unneeded is None and not offer.unproved
        if waits and offer.relieves is None:
            yield offer


def _would_come(operation: Operation, line: Line, organization: Organization) -> bool:
    """Whether it stands by for the line already, and waits for the desk's word."""
    return any(
        offer.organization == organization.id and offer.state is OfferState.STANDBY
        for offer in operation.offers_on.of(line.id)
    )


def _parts(choices: list[Choice]) -> list[list[Choice]]:
    """Choices that share a line, or hang together by others that do."""
    by_line: dict[LineId, list[Choice]] = {}
    parts: list[list[Choice]] = []
    for choice in choices:
        joined = [part for part in parts if any(by_line.get(key) is part for key in choice.lines)]
        part = [one for each in joined for one in each]
        part.append(choice)
        parts = [each for each in parts if not any(each is one for one in joined)]
        parts.append(part)
        by_line.update((key, part) for one in part for key in one.lines)
    return parts


def _asked(
    area: Area, operation: Operation, choice: Choice, by_plan: ByPlan, cause: Cause
) -> OfferSent:
    line, demand = choice.line, operation.demands[choice.line.demand]
    search = Search(area, operation, line, demand.place, cause.at)
    considered, gates = _counted(operation, search, choice, cause.at)
    return OfferSent(
        offer=OfferId(cause.new_id()),
        line=line.id,
        demand=line.demand,
        organization=choice.organization.id,
        quantity=choice.units,
        answer_by=needed.answer_by(line.priority, demand.needed_by, cause.at),
        rank=considered - sum(count.count for count in gates),
        wave=line.wave + 1,
        meters=choice.meters,
        considered=considered,
        gates=gates,
        reason=None,
        by_plan=by_plan,
        at=cause.at,
    )


def _counted(
    operation: Operation, search: Search, choice: Choice, at: Instant
) -> tuple[int, tuple[GateCount, ...]]:
    """Who was considered up to whoever is chosen, and where they failed; it itself has not."""
    search.reach(choice.organization.id)
    held = all_held(operation, choice.organization.id, choice.line.skill)
    own = bar_of(operation, choice.line, choice.organization, held, at)
    counts = [(gate.gate, gate.count - (gate.gate is own)) for gate in search.gates()]
    gates = tuple(GateCount(gate=gate, count=count) for gate, count in counts if count)
    return search.considered, gates
