"""What a line costs that nobody can serve, as the crowd of its skill grows a hundredfold."""

from __future__ import annotations

import statistics
import time
from random import Random
from typing import Any

from msgspec.structs import replace

from schemas import commands as c
from schemas.facts import LineUnmet
from schemas.values import (
    Capability,
    DivisionCode,
    IncidentId,
    LineRequest,
    OrganizationId,
    RegistrationClass,
)
from streams.clock import due
from streams.entities import Organization
from streams.remembered import Load
from tests.bench.stage import near
from tests.streams.world import DESK, EXERCISE, World, divisions

SEED = 7
SIZES = (1_000, 10_000, 100_000)
SKILL, UNITS = "PUMP_DRAIN", 2
UNMET = 67  # as many demands of one line as one tick looks at, each at a place of its own
LINES, DEMANDS = 20, 11  # and so many demands with as many lines as a demand may have


class Crowd:
    """Organizations of one skill all over Wenzhou, in an exercise with one incident."""

    def __init__(self, size: int) -> None:
        self.random, self.world = Random(SEED), World()
        self.incident = self.world.incident()
        tree = divisions()
        homes = [code for county in tree.children("3303") for code in tree.children(county)]
        self.names = [OrganizationId(f"o{number}") for number in range(size)]
        for name in self.names:
            home = DivisionCode(self.random.choice(homes))
            self.world.area.registry.organizations.put(name, self._organization(name, home))
        self.busy(UNITS)

    def _organization(self, name: OrganizationId, home: DivisionCode) -> Organization:
        return Organization(
            id=name,
            name=name,
            registration_class=RegistrationClass.FILED,
            home=home,
            place=near(divisions(), self.random, home),
            capabilities=(Capability(skill=SKILL, units=UNITS),),
            people=9,
        )

    def busy(self, units: int) -> None:
        """Everybody has given its word for so many units."""
        area = self.world.area
        for name in self.names:
            area.operations[EXERCISE].load.put((name, SKILL), Load(committed=units))
        area.journal.forget()

    def off_duty(self) -> None:
        """Everybody has gone home."""
        organizations = self.world.area.registry.organizations
        for name in self.names:
            organizations.put(name, replace(organizations[name], on_duty=False))
        self.world.area.journal.forget()

    def one_less_busy(self) -> None:
        """Somebody far away has a unit back: whatever was remembered is to be looked at anew."""
        area, name = self.world.area, self.names[-1]
        row = area.registry.organizations[name]
        area.registry.organizations.put(name, replace(row, on_duty=not row.on_duty))
        area.journal.forget()

    def publish(self, lines: int) -> float:
        """Seconds that a demand at a place of its own takes; nobody is found for any line."""
        command = command_at(self.world, self.random, self.incident, lines)
        started = time.perf_counter()
        facts = self.world.send(DESK, command)
        seconds = time.perf_counter() - started
        assert sum(isinstance(fact, LineUnmet) for fact in facts) == lines
        return seconds

    def tick(self) -> float:
        """Seconds of the longest tick, once all that is unmet has to be looked at again."""
        wake = max(row.wake_at or 0 for row in self.world.operation.lines.rows.values())
        self.world.at, longest = wake, 0.0
        while (next := due(self.world.area)) is not None and next[0] <= self.world.at:
            started = time.perf_counter()
            self.world.tick()
            longest = max(longest, time.perf_counter() - started)
        return longest


def command_at(world: World, random: Random, incident: IncidentId, lines: int) -> c.PublishDemand:
    """A demand somewhere in the township, with lines of the skill that nobody has left."""
    command = world.demand_command(incident, skill=SKILL, priority=2)
    asked = tuple(LineRequest(skill=SKILL, grade=None, target=1, minimum=1) for _ in range(lines))
    return replace(command, place=near(divisions(), random, world.township), lines=asked)


def run() -> dict[str, Any]:
    """Everybody busy, then everybody off duty; milliseconds, medians."""
    found: dict[str, Any] = {"seed": SEED, "sizes": list(SIZES), "lines_per_tick": UNMET}
    for size in SIZES:
        crowd = Crowd(size)
        crowd.publish(1)  # the first of a skill looks at everybody once
        found[f"busy_{size}"] = _figures(crowd)
        crowd.off_duty()
        crowd.publish(1)
        found[f"off_duty_{size}"] = _figures(crowd)
    most, least = found[f"busy_{SIZES[-1]}"], found[f"busy_{SIZES[0]}"]
    found["growth"] = {key: round(most[key] / least[key], 2) for key in most}
    return found


def _figures(crowd: Crowd) -> dict[str, float]:
    figures = {
        "publish_1": _median([crowd.publish(1) for _ in range(UNMET)]),
        f"publish_{LINES}": _median([crowd.publish(LINES) for _ in range(DEMANDS)]),
    }
    crowd.tick()
    crowd.one_less_busy()
    figures["tick_after_a_change"] = round(crowd.tick() * 1e3, 2)
    figures["tick"] = round(crowd.tick() * 1e3, 2)
    return figures


def _median(seconds: list[float]) -> float:
    return round(statistics.median(seconds) * 1e3, 3)
