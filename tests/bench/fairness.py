"""Who waits for whom in the worst hour: a P4 beside hopeless P1s, a P1 beside a huge closing.

A real engine on a real file; only waiting for deadlines is skipped, by a clock that can be moved.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.registry_facts import OrganizationRegistered
from schemas.values import Capability, IncidentId, LineRequest, Purpose, TimeSource
from schemas.views import OfferRow, Put
from streams.engines import Published
from streams.engines.embedded import Embedded
from tests.bench.load import percentile
from tests.engines.given import COUNTY, DESK, STEWARD, WENZHOU, EmbeddedBench, Scene, only
from tests.engines.sundial import Sundial

HOPELESS = 300  # P1 lines for which everybody is busy
TEAMS = 300  # of the skill that is closed with
OFFERS = 100_000  # open when the incident is closed
DEMAND_LINES = 20
ROUTINE = 4
YES_EVERY_S = 0.05
CLOSED, SERVED, HOPE = "PUMP_DRAIN", "CATERING", "ELDER_CARE"


def run() -> dict[str, Any]:
    """Seconds to the first offer, and milliseconds of a yes while the rest goes on."""
    return {"hopeless": HOPELESS, "offers": OFFERS, **asyncio.run(_run())}


async def _run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        sundial, bench = Sundial(), EmbeddedBench(Path(folder) / "data")
        bench.make(WENZHOU, Purpose.EXERCISE, TimeSource.LIVE)
        engine = bench.open(sundial.clock)
        town = Town(engine, sundial)
        await town.staffed()
        await town.teams()
        found = {**await town.beside_hopeless(), **await town.beside_closing()}
        await engine.close()
    return found


class Town(Scene):
    """A county in which one skill is all busy, one is plenty, and one is asked for everywhere."""

    def __init__(self, engine: Embedded, sundial: Sundial) -> None:
        super().__init__(engine)
        self.sundial = sundial
        self.asked: dict[str, OfferRow] = {}  # whose answer is awaited
        self.routine = asyncio.Event()  # somebody is asked for what is least urgent
        engine.listen(self._listen)

    def _listen(self, batch: list[Published]) -> None:
        for published in batch:
            for change in published.changes:
                row = change.row if isinstance(change, Put) else None
                if isinstance(row, OfferRow):
                    if row.state == "sent":
                        self.asked[row.id] = row
                        if row.priority == ROUTINE:
                            self.routine.set()
                    else:
                        self.asked.pop(row.id, None)

    async def pass_time(self, seconds: int) -> None:
        """Let time pass in steps that are no outage, with whatever falls due on the way."""
        for _ in range(seconds // 20):
            self.sundial.sleep(seconds=20)
            await asyncio.sleep(1.0)

    async def teams(self) -> None:
        registrations = [(CLOSED, 2_000)] * TEAMS + [(SERVED, 50)] * 20 + [(HOPE, 0)] * 200
        await asyncio.gather(
            *(
                self.team(f"team {n}", skill, units)
                for n, (skill, units) in enumerate(registrations)
            )
        )

    async def team(self, name: str, skill: str, units: int) -> None:
        capability = (Capability(skill=skill, units=units),)
        made = await self.send(
            STEWARD, replace(self.registration(name), capabilities=capability, people=9)
        )
        self.names[only(made, OrganizationRegistered).organization] = STEWARD

    def wanting(self, incident: IncidentId, skill: str, priority: int, lines: int = 1) -> Any:
        line = LineRequest(skill=skill, minimum=1, target=1)
        command = self.demand(incident, priority=priority)
        return replace(command, lines=(line,) * lines)

    async def beside_hopeless(self) -> dict[str, float]:
        """A P4 is released while all the hopeless P1s are to be looked at again."""
        incident = await self.incident()
        for _ in range(HOPELESS // DEMAND_LINES):
            await self.send(DESK, self.wanting(incident, HOPE, 1, DEMAND_LINES))
        await self.pass_time(60)
        await self.send(DESK, self.wanting(incident, SERVED, ROUTINE))
        spare = await self.yeses(incident)
        await self.pass_time(40)
        assert not self.routine.is_set()
        self.sundial.sleep(seconds=22)
        started = time.perf_counter()
        answered = asyncio.create_task(self.answering(spare))
        await asyncio.wait_for(self.routine.wait(), 30)
        first = {"p4_first_offer_s": round(time.perf_counter() - started, 3)}
        return {**first, **_figures("yes_beside_hopeless", await answered)}

    async def beside_closing(self) -> dict[str, float]:
        """A P1 is posted elsewhere while an incident ends for which 100,000 are asked."""
        elsewhere = await self.incident("rainstorm_flood")
        spare = await self.yeses(elsewhere)
        large = await self.incident("earthquake")
        while len(self.asked) < OFFERS:
            await self.send(DESK, self.wanting(large, CLOSED, 2, DEMAND_LINES))
            await asyncio.sleep(0)
        answered = asyncio.create_task(self.answering(spare))
        await self.send(COUNTY, c.CloseIncident(incident=large, live=None))
        waits = []
        for _ in range(20):
            started = time.perf_counter()
            facts = await self.send(DESK, self.wanting(elsewhere, SERVED, 1))
            assert any(isinstance(fact, f.OfferSent) for fact in facts)
            waits.append(time.perf_counter() - started)
            await asyncio.sleep(0.1)
        left = len(self.asked)
        figures = {"p1_first_offer_s": round(max(waits), 3), "still_open_then": left}
        return {**figures, **_figures("yes_beside_closing", await answered)}

    async def yeses(self, incident: IncidentId) -> list[f.OfferSent]:
        """Offers to answer later on, one at a time."""
        facts = await self.send(DESK, self.wanting(incident, SERVED, 2, DEMAND_LINES))
        return [fact for fact in facts if isinstance(fact, f.OfferSent)]

    async def answering(self, offers: list[f.OfferSent]) -> list[float]:
        """Say yes to one after the other; seconds of each."""
        spent = []
        for offer in offers[:40]:
            started = time.perf_counter()
            await self.sent(DESK, c.AcceptOffer(offer=offer.offer, quantity=1))
            spent.append(time.perf_counter() - started)
            await asyncio.sleep(YES_EVERY_S)
        return spent


def _figures(name: str, spent: list[float]) -> dict[str, float]:
    return {f"{name}_p99_ms": round(percentile(spent, 0.99) * 1e3, 1)}
