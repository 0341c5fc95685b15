"""Seeded random play of every command, legal and not: what the laws are tested on.

What people do is split by noun: `play_demands`, `play_work`, `play_reach`, `play_registry`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from schemas import commands as c
from schemas.turns import OWNER
from schemas.values import AreaId, CloseReason, DivisionCode, IncidentId, OrganizationId, Role
from streams import danger
from streams.area import Operation
from streams.clock import due
from streams.entities import Demand, DemandState, Incident, IncidentState
from tests.streams import (
    play_appeals,
    play_batches,
    play_beside,
    play_demands,
    play_handing,
    play_plans,
    play_reach,
    play_registry,
    play_shifts,
    play_told,
    play_unasked,
    play_work,
)
from tests.streams.world import (
    COMMITTEE,
    COUNTY,
    DESK,
    STEWARD,
    VILLAGE,
    WENZHOU,
    World,
    townships,
)

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
SKILLS = ("PUMP_DRAIN", "CATERING", "WATER")
SECOND_DESK = "second desk"
HERE, THERE, FAR = 0, 5, 14  # townships: both desks', and one beyond the reach of mutual aid
WAITS = (SECOND, 12 * SECOND, 45 * SECOND, 3 * MINUTE, 7 * MINUTE, 20 * MINUTE, 50 * MINUTE,
         2 * HOUR, 5 * HOUR, 13 * HOUR)  # fmt: skip
WAITS_ARE = (20, 14, 18, 16, 10, 8, 5, 3, 2, 2)
APPEALS = 0.06  # of all acts, beside them a desk says what is public
BESIDE = 0.04  # of all acts, beside them a desk says who leaves a place, and who may stay
SHIFTS = 0.02  # of all acts, somebody comes on duty or goes
PLANS = 0.1  # of all acts, a planner proposes whom to ask
WAITS_OF_A_DAY = (20, 14, 18, 16, 8, 2)

Attempt = tuple[str, c.Command | None]
Noun = Callable[["Play"], Attempt]
WHAT_PEOPLE_DO: tuple[tuple[int, Noun], ...] = (
    (8, play_demands.publish),
    (3, play_demands.draft),
    (14, play_demands.edit),
    (2, play_handing.handing),
    (2, play_demands.read),
    (1, play_demands.incident),
    (26, play_work.answer),
    (9, play_reach.reach),
    (6, play_work.by_hand),
    (5, play_unasked.unasked),
    (28, play_work.step),
    (2, play_told.instruct),
    (4, play_batches.batching),
    (4, play_told.heed),
    (7, play_work.recover),
    (14, play_registry.registry),
)


class EndlessTicks(AssertionError):
    """A tick makes the next one due at the same instant, and so on."""


class Play:
    """Sends commands as people would, and as they should not, each chosen by the seed.

    `watch` is called after every command, `rest` at every instant at which nothing is due.
    """

    def __init__(self, seed: int, organizations: int = 12, area: AreaId = WENZHOU) -> None:
        self.random = Random(seed)
        self.beside = Random(seed + 1)  # of what changes nothing for anybody else
        self.planner = Random(seed + 2)
        self.near = Random(seed + 4)  # of places, and of who is near one that somebody left
        self.public = Random(seed + 3)  # of what everybody may read
        self.routine = self.chance(0.3)  # one day full of small things, instead of a storm
        self.world = World(area=area)
        self.watch: Callable[[], None] = lambda: None
        self.rest: Callable[[], None] = lambda: None
        self.names: dict[OrganizationId, str] = {}
        self.parts: list[Attempt] = []  # of batches, that are still to be sent
        self.townships = townships(self.world.county)
        there = DivisionCode(self.townships[THERE])
        self.world.grant(SECOND_DESK, Role.DESK, division=there)
        self.world.grant(play_handing.CITY, Role.DESK, division=DivisionCode(area))
        here = DivisionCode(self.townships[HERE])
        self.world.grant(COMMITTEE, Role.COMMITTEE, division=here, village=VILLAGE)
        for _ in range(organizations):
            play_registry.begin(self)
        self.world.incident()

    @property
    def operation(self) -> Operation:
        return self.world.operation

    @property
    def incident(self) -> IncidentId:
        """An incident to post in: an open one, as long as there is one."""
        rows = self.open_incidents() or self.operation.incidents.rows.values()
        chosen: Incident = self.pick(rows)
        return chosen.id

    def open_incidents(self) -> list[Incident]:
        rows = self.operation.incidents.rows.values()
        return [row for row in rows if row.state is IncidentState.OPEN]

    def pick(self, rows: Iterable[Any]) -> Any:
        """Any one of them; None where there is none."""
        found = list(rows)
        return self.random.choice(found) if found else None

    def chance(self, part: float) -> bool:
        return self.random.random() < part

    def desk_of(self, demand: Demand, *, sure: bool = False) -> str:
        """Who answers for a demand: whoever has taken it on, else its township."""
        known = self.operation.hand_ups.get(demand.id)
        above = None if known is None else known.desk
        if above is None or (
            not sure and self.chance(0.2)
        ):  # now and then one that has given it away
            return self.desk_in(demand.place.division)
        return COUNTY if above == self.world.county else play_handing.CITY

    def desk_in(self, division: str) -> str:
        """Who answers for a township; the county does where it has no desk of its own."""
        desks = {self.townships[HERE]: DESK, self.townships[THERE]: SECOND_DESK}
        return desks.get(division, COUNTY)

    def run(self, steps: int) -> World:
        nouns, weights = [noun for _, noun in WHAT_PEOPLE_DO], [w for w, _ in WHAT_PEOPLE_DO]
        for _ in range(steps):
            self._let_time_pass()
            [noun] = self.random.choices(nouns, weights)
            actor, command = noun(self)
            if self.chance(0.03):  # somebody else tries it
                others = (*self.names.values(), DESK, SECOND_DESK, COUNTY, STEWARD, "stranger")
                actor = self.random.choice(others)
            self.send(actor, command)
            if self.beside.random() < SHIFTS:
                self.send(*play_shifts.shift(self))
            if self.planner.random() < PLANS:
                self.send(*play_plans.plan(self))
            if self.public.random() < APPEALS:
                self.send(*play_appeals.appeal(self))
            if self.near.random() < BESIDE:
                self.send(*play_beside.beside(self))
        return self.world

    def _let_time_pass(self) -> None:
        if self.chance(0.25):
            weights = WAITS_OF_A_DAY if self.routine else WAITS_ARE
            self.wait(self.random.choices(WAITS[: len(weights)], weights)[0])
        elif self.chance(0.6):
            self.wait(0)
        elif self.chance(0.02):
            self._be_away()

    def send(self, actor: str, command: c.Command | None) -> None:
        if command is not None:
            said = play_beside.pointed(self, command)
            self.world.take(self.world.envelope(actor, said))
            self.watch()

    def wait(self, milliseconds: int) -> None:
        """Let time pass; every tick comes as soon as it is due."""
        until = self.world.at + milliseconds
        while (found := due(self.world.area)) is not None and found[0] <= until:
            self.world.at = max(self.world.at, found[0])
            self._tick_on()
        if self.world.at < until or milliseconds == 0:
            self.world.at = until
            self.rest()

    def _tick_on(self) -> None:
        """Ticks until nothing is due at this instant."""
        for _ in range(300):
            found = due(self.world.area)
            if found is None or found[0] > self.world.at:
                self.rest()
                return
            self.send(OWNER, c.Tick(number=found[2]))
        raise EndlessTicks

    def _be_away(self) -> None:
        """The owner's machine sleeps; behind that, it says for how long."""
        since = self.world.at
        self.world.at += self.random.choice((30 * SECOND, 4 * MINUTE, 14 * MINUTE, 2 * HOUR))
        self.send(OWNER, c.Resume(number=self.operation.count("tick") + 1, since=since))

    def finish(self) -> World:
        """Close everything and carry every recovery task, and every key, to its end."""
        play_registry.rarely(self)
        play_handing.rarely(self)
        play_work.read_again(self)
        self._close_demands()
        play_batches.rarely(self)
        for _ in range(2 * len(self.operation.tasks)):
            self.send(*play_work.recover(self))
        self.wait(31 * DAY)
        for incident in self.open_incidents():
            self._close(incident.id)
        self._recover_all()
        incident = self.pick(self.operation.incidents.rows.values()).id
        self.send(COUNTY, c.ReopenIncident(incident=incident))
        self._close(incident)
        self._recover_all()
        self.wait(2 * HOUR)
        self.send(COUNTY, c.ReopenIncident(incident=incident))
        return self.world

    def everybody_out(self) -> None:
        """Nothing is closed over people in danger, a crew that is silent, or one that is told to
        leave and not out."""
        for crew in self.operation.assignments.rows.values():
            if danger.endangered(crew):
                desk = self.desk_of(self.operation.demands[crew.demand], sure=True)
                out = c.CheckIn(assignment=crew.id, out=True)
                inside = c.CountHeads(assignment=crew.id, inside=0)
                self.send(desk, out if danger.called_out(crew) else inside)

    def _close_demands(self) -> None:
        self.everybody_out()
        for demand in self.operation.demands.rows.values():
            if demand.state is not DemandState.CLOSED:
                desk, reason = self.desk_of(demand, sure=True), CloseReason.MET
                revision = demand.revision
                self.send(desk, c.CloseDemand(demand=demand.id, reason=reason, revision=revision))
        self.wait(0)

    def _close(self, incident: IncidentId) -> None:
        if self.operation.incidents[incident].state is IncidentState.OPEN:
            self.everybody_out()
            self.world.close_incident(incident)
            self.watch()
        self.wait(0)

    def _recover_all(self) -> None:
        for _ in range(2_000):
            live = [row for row in self.operation.tasks.rows.values() if row.live]
            if not live:
                return
            self.wait(SECOND)
            self.send(*play_work.carried_on(self, self.pick(live)))
        raise AssertionError("tasks without end")
