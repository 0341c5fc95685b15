"""A surge by the rules themselves, asked as they ask and with a planner beside them: the same
demands, crews and answers, so that what differs is whom somebody has asked.

Weighted response: minutes from posting to being there, by weight 8, 4, 2, 1 of the priority; what
nobody comes to within four hours counts as four hours. `alerts`: requests for each demand.
"""

from __future__ import annotations

import statistics
from collections import Counter
from heapq import heappop, heappush
from math import exp, log
from random import Random
from typing import Any, NamedTuple

from msgspec.structs import replace

from api.planner.proposing import proposal
from schemas import commands as c
from schemas import facts as f
from schemas.turns import DELIVERY, PLANNER
from schemas.values import (
    Capability,
    DeclineReason,
    DivisionCode,
    Instant,
    OfferId,
    OrganizationId,
    PersonId,
    RegistrationClass,
)
from streams.entities import OfferState, Organization
from streams.needed import way
from streams.parameters import HOUR, MINUTE, SECOND
from tests.bench.stage import near
from tests.streams.world import COUNTY, World, divisions, townships

SEEDS = range(10, 22)
HORIZON, PLAN_EVERY = 6 * HOUR, 10 * SECOND
WEIGHT = {1: 8, 2: 4, 3: 2, 4: 1}
CAP = 4 * HOUR
SKILL = "PUMP_DRAIN"
PERSON = PersonId("somebody")


class Scenario(NamedTuple):
    """So many demands within so many minutes, and crews; how many of them say yes."""

    demands: int
    minutes: int
    crews: int
    yes: float


SCENARIOS = {
    "scarce": Scenario(120, 60, 90, 0.55),
    "even": Scenario(120, 60, 160, 0.55),
    "at_once": Scenario(120, 2, 160, 0.55),
    "reluctant": Scenario(120, 60, 250, 0.30),
}


class Surge:
    """One play of a scenario. What somebody answers depends on who and for what, never on when."""

    def __init__(self, scenario: Scenario, seed: int, *, planned: int) -> None:
        self.scenario, self.seed, self.planned = scenario, seed, planned
        self.world, random = World(), Random(seed)
        self.begin, self.plans, self.taken = self.world.at, 0, 0
        self.sent = Counter[str]()
        self.posted: dict[str, tuple[Instant, int]] = {}  # line: when, and how urgent
        self.there: dict[str, Instant] = {}
        self._queue: list[tuple[Instant, int, Any]] = []
        self._count, self._planned_at = 0, 0
        homes = [DivisionCode(code) for code in townships()]
        for number in range(scenario.crews):
            name, home = OrganizationId(f"crew {number}"), random.choice(homes)
            crew = Organization(
                id=name,
                name=name,
                registration_class=RegistrationClass.FILED,
                home=home,
                place=near(divisions(), random, home),
                capabilities=(Capability(skill=SKILL, units=1),),
                people=9,
            )
            self.world.area.registry.organizations.put(name, crew)
        self.world.area.journal.forget()
        incident = self.world.incident()
        hot = random.sample(homes, 4)
        for _ in range(scenario.demands):
            at = self.begin + random.randrange(scenario.minutes * MINUTE)
            where = random.choice(hot if random.random() < 0.7 else homes)
            priority = random.choices((1, 2, 3, 4), (1, 2, 3, 4))[0]
            command = self.world.demand_command(incident, priority=priority)
            self._at(at, replace(command, place=near(divisions(), random, where)))

    def _at(self, at: Instant, what: Any) -> None:
        self._count += 1
        heappush(self._queue, (at, self._count, what))

    def run(self) -> Surge:
        end = self.begin + HORIZON
        while self._queue and self._queue[0][0] < end:
            at, _, what = heappop(self._queue)
            self._learn(self.world.until(max(at, self.world.at)))
            if isinstance(what, c.PublishDemand):
                self._learn(self.world.send(COUNTY, what))
            else:
                self._answer(*what)
            self._plan()
        return self

    def _plan(self) -> None:
        """As a planner beside the log would, every ten seconds in which something happens."""
        if self.planned and self.world.at >= self._planned_at + PLAN_EVERY:
            self._planned_at = self.world.at
            plan = proposal(self.world.area, self.world.operation)
            if plan is not None:
                self.plans += 1
                facts = self.world.send(PLANNER, plan)
                self.taken += sum(fact.taken for fact in facts if isinstance(fact, f.PlanTaken))
                self._learn(facts)

    def _learn(self, facts: Any) -> None:
        for fact in facts:
            if isinstance(fact, f.DemandPublished):
                self.posted[fact.lines[0].line] = (fact.at, fact.priority)
            elif isinstance(fact, f.OfferSent):
                self.sent[fact.line] += 1
                self._expect(fact)

    def _expect(self, fact: f.OfferSent) -> None:
        chance = Random(f"{self.seed} {fact.line} {fact.organization}")
        minutes = way(fact.meters) / MINUTE
        delay = min(15.0, exp(chance.gauss(log(2), 0.8)))
        yes = chance.random() < self.scenario.yes * exp(-minutes / 120)
        if yes or chance.random() < 0.5:  # half of those who would not come say nothing
            self._at(fact.at + int(delay * MINUTE), (fact.offer, yes))

    def _answer(self, key: OfferId, yes: bool) -> None:
        offer = self.world.operation.offers[key]
        if offer.state is not OfferState.SENT or offer.unneeded is not None:
            return
        if not yes:
            no = c.DeclineOffer(offer=key, reason=DeclineReason.NO_CREW, person=PERSON)
            self._learn(self.world.send(DELIVERY, no))
            return
        said = c.AcceptOffer(offer=key, quantity=offer.quantity, person=PERSON)
        facts = self.world.send(DELIVERY, said)
        if any(isinstance(fact, f.AssignmentCommitted) for fact in facts):
            self.there[offer.line] = self.world.at + way(offer.meters)
        self._learn(facts)

    def measured(self) -> dict[str, float]:
        waited = {
            line: (min(self.there.get(line, at + CAP) - at, CAP), priority)
            for line, (at, priority) in self.posted.items()
        }
        urgent = sorted(time / MINUTE for time, priority in waited.values() if priority == 1)
        return {
            "weighted": sum(WEIGHT[priority] * time for time, priority in waited.values()) / MINUTE,
            "unmet": 100 * (1 - len(self.there) / len(self.posted)),
            "alerts": sum(self.sent.values()) / len(self.posted),
            "p1_mean": statistics.mean(urgent),
            "p1_p90": urgent[int(0.9 * (len(urgent) - 1))],
            "plans": self.plans,
            "taken": self.taken,
        }


def run() -> dict[str, Any]:
    """Every scenario, the mean of its seeds; `ratio`: weighted response with the planner to that
    without, over all seeds, and `error`, the standard error of the ratios of single seeds."""
    found: dict[str, Any] = {"seeds": list(SEEDS)}
    for name, scenario in SCENARIOS.items():
        pairs = [
            tuple(Surge(scenario, seed, planned=planned).run().measured() for planned in (0, 1))
            for seed in SEEDS
        ]
        ratios = [planned["weighted"] / alone["weighted"] for alone, planned in pairs]
        print(name, "seeds", list(SEEDS), "ratios", [round(ratio, 3) for ratio in ratios])
        alone, planned = (_mean([pair[which] for pair in pairs]) for which in (0, 1))
        found[name] = {
            "ratio": round(planned["weighted"] / alone["weighted"], 3),
            "error": round(statistics.stdev(ratios) / len(ratios) ** 0.5, 3),
            "nearest_first": {key: round(value, 1) for key, value in alone.items()},
            "planned": {key: round(value, 1) for key, value in planned.items()},
        }
    return found


def _mean(plays: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.mean(play[name] for play in plays) for name in plays[0]}
