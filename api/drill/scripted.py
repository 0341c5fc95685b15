"""A script as it is played: beside actual work, or in a folder of its own.

What was played is kept in the data folder, so the next start goes on from there and doubles
nothing.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from typing import Any

from api.client import Answer, Doors, Refused, Session
from api.drill.acts import Acts
from api.drill.cast import Cast
from api.drill.clock import MINUTE, Clock
from api.drill.company import Company, Hopeless, assembled
from api.drill.directing import DirectedCounty, DirectedDesk, DirectedTeam, Directions
from api.drill.habits import Chance
from api.drill.live_clock import LiveClock
from api.drill.organizations import invent
from api.drill.progress import Count, Line
from api.drill.script import Script
from api.history import Exercise, Exercises, Silent
from api.language import say
from schemas.refusals import Refusal
from schemas.values import IncidentId, OperationId, Role
from schemas.views import AssignmentRow, OrganizationRow, TaskRow

INVENTED = 5  # organizations for each township
ENROLLED_MOST = 300  # that are played
CLOSING_TRIES = 12
PASSING = (
    Refusal.INCIDENT_HAS_ASSIGNMENTS,
    Refusal.CREW_CALLED_OUT,
    Refusal.CREW_SILENT,
    Refusal.HEADS_INSIDE,
)


@dataclass(frozen=True, slots=True)
class Plot:
    """What is played, where it is kept, and whether people are simulated. `beside`: actual work."""

    script: Script
    exercises: Exercises
    simulated: bool
    beside: bool


class Performance:
    """One play of a script, from the accounts of its cast to its incident's end."""

    def __init__(self, company: Company, doors: Doors, plot: Plot) -> None:
        self._company, self._plot, self._stage = company, plot, company.stage
        self.exercise: Exercise = plot.exercises.current(
            plot.script.name, plot.script.digest, simulated=plot.simulated
        )
        cast = (doors, company.steward, company.stage, DirectedTeam, self.exercise.label)
        self._cast = Cast(*cast)
        self._directions = Directions(plot.script, company.stage)
        self._desks: dict[str, Session] = {}
        self._line = Line()
        self._teams: list[DirectedTeam] = []
        self._acts: Acts

    @property
    def script(self) -> Script:
        return self._plot.script

    async def prepare(self) -> None:
        """Its desks signed in, its incident open, and everything planned.

        Where nobody can be played, nothing is opened.
        """
        if self._plot.simulated and self._plot.beside:
            self._willing()
        await self._sign_in()
        await self._open()
        if self._plot.simulated:
            await self._people()
        self._acts = Acts(self._company.stage, self.script, self.exercise, self._desks)
        for posting in self.script.postings:
            self._plan(f"demand-{posting.number}", posting.after, self._acts.publish, posting)
        for happening in self.script.happenings:
            key = f"inject-{happening.number}"
            self._plan(key, happening.after, self._acts.happen, happening, self._teams)

    def _plan(self, key: str, after: int, act: Any, *about: Any) -> None:
        """What an earlier start has played is not played again."""
        if key in self.exercise.entries:
            return

        async def played() -> None:
            self.exercise.entries[key] = entry = await act(key, *about)
            self._keep()
            self._line.say(self._acts.told(entry, about[0]))

        self._stage.clock.plan_script(self.exercise.began_at, after, played)

    async def _sign_in(self) -> None:
        """A desk for the division, and one for each township that something lies in."""
        for code in (self.script.division, *self.script.towns):
            name = say("演练导演台", "Exercise control")
            self._desks[code] = await self._cast.account(name, Role.DESK, division=code)

    async def _open(self) -> None:
        """Its incident, as an exercise; the very same one where it was opened before."""
        body = {
            "hazard": self.script.hazard,
            "division": self.script.division,
            "label": self.exercise.label,
            "exercise": True,
        }
        answer = await self._county.post("/incidents", body, "open")
        incident = IncidentId(answer.id or "")
        self.exercise.incident, self.exercise.began_at = incident, answer.at
        self._directions.incident, self._directions.began_at = incident, answer.at
        self._stage.watch.sent(answer.sequence)
        self._keep()
        for code in self.script.towns:
            body = {"division": code}
            await _quietly(self._desks[code].post(f"/incidents/{incident}/join", body, "join"))
        named = f"{self.script.name} · {self.exercise.label}"
        self._line.say(say(f"演练已开始：{named}", f"The exercise has begun: {named}"))

    @property
    def _county(self) -> Session:
        return self._desks[self.script.division]

    def _keep(self) -> None:
        self._plot.exercises.keep(self.exercise)

    # Simulated people

    async def _people(self) -> None:
        """Desks and organizations that are played; beside actual work only those enrolled."""
        found = self._enrolled() if self._plot.beside else self._invented()
        self._teams = await found
        for team in self._teams:
            team.directions = self._directions
        stage, directions = self._stage, self._directions
        desks = [
            DirectedDesk(stage, self._desks[code], code, directions) for code in self.script.towns
        ]
        county = DirectedCounty(stage, self._county, directions)
        await self._company.enter(*desks, county, *self._teams)

    async def _invented(self) -> list[DirectedTeam]:
        towns = await self._cast.towns(self.script.division)
        if not towns:
            raise Hopeless(say("该区划没有乡镇。", "The division has no townships."))
        seed, at = self._stage.chance.seed, self._stage.clock.now
        invented = invent(seed, towns, INVENTED * len(towns), at)
        made = await self._cast.organizations(invented, self._preparing)
        return [team for team in made if isinstance(team, DirectedTeam)]

    def _preparing(self, ready: int) -> None:
        self._line.show(lambda: say(f"组织就位：{ready}", f"organizations signing in: {ready}"))

    def _willing(self) -> list[OrganizationRow]:
        """Those that have enrolled. Hopeless: nobody has."""
        rows = self._stage.watch.board.rows.values()
        there = [row for row in rows if isinstance(row, OrganizationRow)]
        chosen = [row for row in there if row.enrolled and not row.retired][:ENROLLED_MOST]
        if not chosen:
            raise Hopeless(
                say(
                    "没有组织报名参加演练，无法模拟其答复。",
                    "No organization has enrolled for exercises: there is nobody to simulate.",
                )
            )
        return chosen

    async def _enrolled(self) -> list[DirectedTeam]:
        teams = []
        for row in self._willing():
            account = self._cast.account(row.name, Role.ORGANIZATION, organization=row.id)
            teams.append(DirectedTeam(self._stage, await account, row.id))
        return teams

    # Playing

    async def play(self) -> bool:
        """Until it is over, or told to stop; whether it came to its end. It is closed either way.

        Where the server is gone it stays open, and the next start goes on.
        """
        until = self._stage.clock.since(self.exercise.began_at, self.script.lasts)
        try:
            while self._stage.clock.now < until:
                await self._stage.clock.step()
                self._look()
                self._line.show(self._state)
        except asyncio.CancelledError:
            await self._close()
            self._line.say(say("演练已中止并结束。", "The exercise was stopped, and is closed."))
            return False
        await self._close()
        self._line.say(say("演练结束。", "The exercise is over."))
        return True

    def _look(self) -> None:
        """Note what rows show only for a while: crews that are missed on the scene, and heard."""
        for row in self._crews():
            known = self.exercise.silent.get(row.id)
            if row.missed_at is not None and known is None:
                made = Silent(row.id, row.organization, row.missed_at)
                self.exercise.silent[row.id] = made
            elif row.missed_at is None and known is not None and known.heard_at is None:
                heard = Silent(row.id, row.organization, known.missed_at, self._stage.clock.now)
                self.exercise.silent[row.id] = heard

    def _crews(self) -> Iterator[AssignmentRow]:
        for row in self._stage.watch.known.values():
            if isinstance(row, AssignmentRow) and row.incident == self.exercise.incident:
                yield row

    def _state(self) -> str:
        passed = self._stage.clock.passed(self.exercise.began_at) // MINUTE
        count = Count.of(self._stage.watch.known.values(), self.exercise.incident)
        there, asked = count.demands["published"], count.offers["sent"]
        at, done = f"{passed // 60}:{passed % 60:02}", count.assignments["released"]
        return say(
            f"{at} | 需求 {there} 已满足 {count.covered} | 请求 {asked}"
            f" | 出动 {count.under_way()} | 完成 {done}",
            f"{at} | demands {there}, covered {count.covered} | requests {asked}"
            f" | on the way {count.under_way()} | done {done}",
        )

    async def _close(self) -> None:
        """End its incident, and what its cast may do. Crews that are out of word are written off:
        it was an exercise."""
        path = f"/incidents/{self.exercise.incident}/close"
        answer: Answer | Refused
        for number in range(CLOSING_TRIES):
            answer = await self._closed(path, f"close-{self._stage.clock.now}-{number}")
            if isinstance(answer, Answer) or answer.code not in PASSING:
                break
            await self._release()
        await self._stage.watch.settled(answer.sequence if isinstance(answer, Answer) else 0)
        self._look()
        await self._clear_up()
        self.exercise.ended_at = self._stage.clock.now
        self._keep()
        if self._plot.beside:
            await self._cast.dismiss()

    async def _closed(self, path: str, key: str) -> Answer | Refused:
        live = await self._county.get(f"{path.removesuffix('/close')}/live")
        body = {"live": live["digest"]} if live["count"] else {}
        return await _quietly(self._county.post(path, body, key))

    async def _release(self) -> None:
        """Whoever is silent, counted inside or told to leave is said to be well, and out: nobody
        was in danger."""
        for row in list(self._crews()):
            desk = self._desks.get(row.division, self._county)
            leaving = row.ended_at is None and row.withdrawing and row.out_at is None
            if row.missed_at is not None or leaving:
                path, key = f"/assignments/{row.id}/check-in", f"end-{row.id}"
                await _quietly(desk.post(path, {"out": True} if leaving else {}, key))
            if row.inside:
                path, key = f"/assignments/{row.id}/heads", f"out-{row.id}"
                await _quietly(desk.post(path, {"inside": 0}, key))

    async def _clear_up(self) -> None:
        """No recovery follows from it: no desk is left with tasks that nobody will do."""
        for row in list(self._stage.watch.known.values()):
            if not isinstance(row, TaskRow) or row.incident != self.exercise.incident:
                continue
            if row.state in ("proposed", "open"):
                desk = self._desks.get(row.division, self._county)
                await _quietly(desk.post(f"/tasks/{row.id}/drop", {}, f"drop-{row.id}"))

    def conclude(self) -> dict[str, Any]:
        """What there is to say of it in short."""
        refused = {one.key: one.refused for one in self.exercise.entries.values() if one.refused}
        return {
            "incident": self.exercise.incident,
            "label": self.exercise.label,
            "entries": len(self.exercise.entries),
            "not_taken": refused,
            "ended": self.exercise.ended_at is not None,
        }


async def _quietly(post: Awaitable[Answer]) -> Answer | Refused:
    """A refusal is an answer."""
    try:
        return await post
    except Refused as refused:
        return refused


async def beside(session: Session, plot: Plot, pace: float) -> tuple[bool, dict[str, Any]]:
    """Play a script beside actual work, at the server that a steward is signed in to."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    clock: Clock = LiveClock(session, OperationId("exercise"), pace)
    chance = Chance(plot.script.seed)
    async with assembled(session, clock, chance, plot.script.habits) as company:
        done, told = await performed(company, session.doors, plot)
    return done, told


async def performed(company: Company, doors: Doors, plot: Plot) -> tuple[bool, dict[str, Any]]:
    """Prepare, play, and say what there was."""
    play = Performance(company, doors, plot)
    await play.prepare()
    return await play.play(), play.conclude()
