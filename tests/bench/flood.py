"""An hour of reports, nearly all of them false, and the seven hours after: crews are short."""

from __future__ import annotations

import time
from collections import Counter, deque
from random import Random
from typing import Any

from msgspec.structs import replace

from schemas import commands as c
from schemas.facts import AssignmentCommitted, OfferSent
from schemas.turns import OWNER
from schemas.values import (
    AssignmentId,
    Capability,
    DivisionCode,
    IncidentId,
    Instant,
    RegistrationClass,
)
from streams.clock import due
from streams.entities import OfferState
from streams.parameters import HOUR
from streams.turning import Taken
from tests.bench.load import percentile
from tests.bench.stage import near
from tests.streams.world import DESK, STEWARD, World, divisions

SEED = 7
POSTS = 12_000  # in an hour
ORGANIZATIONS = 60  # with two skills, and two crews of each
AFTER = 7 * HOUR
SKILLS = ("PUMP_DRAIN", "CATERING", "ELDER_CARE", "SHELTER_OPS")


def run() -> dict[str, Any]:
    """Megabytes of the log, and how long posts and ticks took, without HTTP and disk."""
    flood = Flood()
    posts = flood.hour()
    ticks = flood.let_pass(AFTER)
    sizes: Counter[str] = Counter()
    for taken in flood.world.turns:
        sizes[type(taken.turn.command).__name__] += len(taken.stored)
    return {
        "posts": POSTS,
        "organizations": ORGANIZATIONS,
        "seed": SEED,
        "log_mb": round(sum(sizes.values()) / 1e6, 1),
        "log_mb_by_command": {name: round(size / 1e6, 2) for name, size in sizes.most_common(5)},
        "turns": len(flood.world.log),
        "served": flood.served,
        "post_p99_ms": round(percentile(posts, 0.99) * 1e3, 2),
        "tick_p99_ms": round(percentile(flood.ticks + ticks, 0.99) * 1e3, 2),
    }


class Flood:
    """A county that is flooded with posts by whoever has a desk's account."""

    def __init__(self) -> None:
        self.random, self.world = Random(SEED), World()
        tree = divisions()
        homes = [DivisionCode(code) for code in tree.children(self.world.county)]
        for number in range(ORGANIZATIONS):
            self._register(number, self.random.choice(homes))
        self.incident: IncidentId = self.world.incident()
        self.ticks: list[float] = []
        self.out: deque[tuple[Instant, AssignmentId]] = deque()  # whose crews are back when
        self.served = 0

    def _register(self, number: int, home: DivisionCode) -> None:
        registration = c.RegisterOrganization(
            name=f"组织 {number}",
            registration_class=RegistrationClass.FILED,
            home=home,
            place=near(divisions(), self.random, home),
            capabilities=tuple(
                Capability(skill=skill, units=2) for skill in self.random.sample(SKILLS, 2)
            ),
            people=9,
        )
        self.world.send(STEWARD, registration)

    def hour(self) -> list[float]:
        """Seconds of each post."""
        return [self._post() for _ in range(POSTS)]

    def _post(self) -> float:
        skill, priority = self.random.choice(SKILLS), self.random.randint(1, 4)
        command = self.world.demand_command(self.incident, skill=skill, priority=priority)
        place = near(divisions(), self.random, self.world.township)
        command = replace(command, place=place)
        started = time.perf_counter()
        facts = self.world.send(DESK, command)
        spent = time.perf_counter() - started
        self._answer(facts)
        self.ticks += self.let_pass(HOUR // POSTS)
        return spent

    def _answer(self, facts: Any) -> None:
        """Whoever is asked comes at once, and is back an hour later: only crews are short."""
        for offer in (fact for fact in facts if isinstance(fact, OfferSent)):
            if self.world.operation.offers[offer.offer].state is OfferState.SENT:
                yes = self.world.send(DESK, c.AcceptOffer(offer=offer.offer, quantity=1))
                made = [fact for fact in yes if isinstance(fact, AssignmentCommitted)]
                self.out += [(self.world.at + HOUR, fact.assignment) for fact in made]
                self._answer(yes)

    def _come_back(self) -> None:
        while self.out and self.out[0][0] <= self.world.at:
            _, assignment = self.out.popleft()
            if self.world.operation.assignments[assignment].live:
                self.served += 1
                self.world.send(DESK, c.ReportDone(assignment=assignment))
                facts = self.world.send(DESK, c.ConfirmAssignment(assignment=assignment))
                self._answer(facts)

    def let_pass(self, milliseconds: int) -> list[float]:
        """Seconds of each tick on the way."""
        end, spent = self.world.at + milliseconds, []
        while (found := due(self.world.area)) is not None and found[0] <= end:
            self.world.at = max(self.world.at, found[0])
            started = time.perf_counter()
            taken = self.world.take(self.world.envelope(OWNER, c.Tick(number=found[2])))
            spent.append(time.perf_counter() - started)
            assert isinstance(taken, Taken)
            self._answer(taken.turn.facts)
        self.world.at = end
        self._come_back()
        return spent
