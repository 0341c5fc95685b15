"""The exercise of `make run`: a typhoon over Yongjia, played through the real doors.

    python -m api.drill.exercise BASE_URL [--for SECONDS] [--pace FACTOR] [--seed N] [--json]

The steward's one-time link comes in the environment as SHOUWANG_STEWARD_LINK.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from time import monotonic
from typing import Any

from api.client import Answer, Doors, Refused, Session
from api.drill import storm
from api.drill.cast import Cast
from api.drill.clock import MINUTE, SECOND
from api.drill.company import Company, Hopeless, gathered, launch
from api.drill.desks import DeskPlayer
from api.drill.organizations import Town, invent
from api.drill.players import Intention, Player, Stage
from api.drill.progress import LIVE_TASKS, Count, Line, Summary, as_json, local_time
from api.language import say
from schemas.refusals import Refusal
from schemas.values import Role
from schemas.views import DemandRow, IncidentRow, Row, TaskRow

COUNTY = "330324"  # Yongjia
NEIGHBORS = ("330302", "330304", "330382")  # Lucheng, Ouhai, Yueqing
AT_HOME = 3  # of so many organizations for each one of the neighbors
ORGANIZATIONS = 240
PACE = 1_200.0  # rule seconds for each wall second: the whole arc in some 45 of them
WINDOW = 20 * SECOND  # rule time whose events go out together, at the most
SEED = 20250707
JOINING = 2 * MINUTE  # townships join so long after the county has opened the incident
OPENING = 5 * MINUTE  # rule time before a round begins


def is_round(row: Row) -> bool:
    """Whether a row is an incident of this exercise."""
    if not isinstance(row, IncidentRow):
        return False
    return row.hazard == storm.HAZARD and row.division == COUNTY


class TownshipDesk(DeskPlayer):
    """A township desk that also publishes what the storm brings upon its township."""

    def __init__(self, stage: Stage, session: Session, town: Town, towns: list[Town]) -> None:
        super().__init__(stage, session, town.code)
        self._town, self._towns = town, towns
        self._joined: set[str] = set()

    def hear(self, row: Row) -> None:
        if isinstance(row, IncidentRow) and is_round(row) and row.state == "open":
            self._take_part(row)
        super().hear(row)

    def _take_part(self, incident: IncidentRow) -> None:
        """Plan everything at once; what an earlier start has posted is answered as repeated."""
        if incident.id in self._joined:
            return
        self._joined.add(incident.id)
        clock = self.stage.clock
        if self._town.code not in incident.joined:
            clock.plan(incident.opened_at + JOINING, partial(self._join, incident))
        seed = self.stage.chance.seed
        for posting in storm.postings(seed, incident.number, self._towns):
            if posting.town.code == self._town.code:
                at = incident.opened_at + posting.after
                clock.plan(at, partial(self._publish, incident, posting))

    async def _join(self, incident: IncidentRow) -> None:
        path, body = f"/incidents/{incident.id}/join", {"division": self._town.code}
        await self.post(path, body, f"join-{incident.id}")

    async def _publish(self, incident: IncidentRow, posting: storm.Posting) -> None:
        body = {"incident": incident.id, **posting.body}
        answer = await self.post("/demands", body, f"demand-{incident.id}-{posting.number}")
        if isinstance(answer, Refused) or answer.id is None:
            return
        for after, step, body in storm.changes(posting):
            act = partial(self._change, answer.id, step, body)
            self.stage.clock.plan(answer.at + after, act)

    async def _change(self, demand: str, step: str, body: dict[str, Any]) -> None:
        """Change what is as it was posted; a start before may have done it, or somebody else."""
        row = self.board.rows.get(demand)
        if isinstance(row, DemandRow) and row.revision == 1:
            await self.post(f"/demands/{demand}/{step}", body, f"{step}-{demand}", revision=1)


class CountyDesk(Player):
    """The county desk: opens the incident of each round, and closes it at the end."""

    def intend(self, row: Row) -> Iterator[Intention]:
        if isinstance(row, IncidentRow) and is_round(row) and row.state == "open":
            yield Intention(row.opened_at + storm.CLOSING, partial(self._close, row))

    def rounds(self) -> list[IncidentRow]:
        """The incidents of all rounds so far, the latest at the end."""
        known = self.stage.watch.known.values()
        found = [row for row in known if isinstance(row, IncidentRow)]
        return sorted(filter(is_round, found), key=lambda row: row.number)

    def complete(self) -> bool:
        """Whether the latest round has come to its end, the last recovery task included."""
        rounds = self.rounds()
        return not rounds or (rounds[-1].state == "closed" and not any(self._live_tasks()))

    def _live_tasks(self) -> Iterator[TaskRow]:
        latest = self.rounds()[-1].id
        for row in self.board.rows.values():
            if isinstance(row, TaskRow) and row.incident == latest and row.state in LIVE_TASKS:
                yield row

    async def open_round(self) -> None:
        """Open another incident, unless one is going on."""
        if self.complete():
            number = len(self.rounds()) + 1
            body = {"hazard": storm.HAZARD, "division": COUNTY}
            await self.post("/incidents", body, f"round-{number}")

    async def _close(self, incident: IncidentRow) -> None:
        """Close; crews at work are named by the digest of their list, which is read first."""
        path, now = f"/incidents/{incident.id}/close", self.now
        answer = await self.post(path, {}, f"close-{incident.id}-{now}")
        if _has_assignments(answer):
            live = await self.board.session.get(f"/incidents/{incident.id}/live")
            body, key = {"live": live["digest"]}, f"close-{incident.id}-{now}-live"
            answer = await self.post(path, body, key)
        if _not_yet(answer):  # more has begun meanwhile, or a crew is silent
            self.stage.clock.plan(now + MINUTE, partial(self._close, incident))


PASSING = (
    Refusal.INCIDENT_HAS_ASSIGNMENTS,
    Refusal.CREW_CALLED_OUT,
    Refusal.CREW_SILENT,
    Refusal.HEADS_INSIDE,
)


def _not_yet(answer: Answer | Refused) -> bool:
    """Whether what stands in the way passes: somebody is at work, or has to be heard first."""
    return isinstance(answer, Refused) and answer.code in PASSING


def _has_assignments(answer: Answer | Refused) -> bool:
    return isinstance(answer, Refused) and answer.code == Refusal.INCIDENT_HAS_ASSIGNMENTS


class Exercise:
    """One run of the exercise, from the cast's arrival to the summary."""

    def __init__(self, company: Company, doors: Doors) -> None:
        self._company = company
        self._stage = company.stage
        self._cast = Cast(doors, company.steward, company.stage)
        self._line = Line()
        self._goal = 1  # the round that this run brings to its end
        self._told = False
        self._over = False
        self.county: CountyDesk

    async def prepare(self) -> None:
        """Everybody is registered, signed in and following."""
        seed, pace = self._stage.chance.seed, self._stage.clock.pace
        self._line.say(
            say(
                f"演练·永嘉台风 · 种子 {seed} · 速度 ×{pace:g}",
                f"Exercise: typhoon over Yongjia · seed {seed} · pace ×{pace:g}",
            )
        )
        towns = [town for town in await self._cast.towns(COUNTY) if town.code[6] != "4"]
        if not towns:
            zh = "演练发生在永嘉县，须在指挥区 3303（温州）中运行。"
            raise Hopeless(say(zh, "The exercise is in Yongjia: run it in area 3303 (Wenzhou)."))
        homes = await self._homes(towns)
        invented = invent(seed, homes, ORGANIZATIONS, self._stage.clock.now)
        await self._company.enter(*await self._cast.organizations(invented, self._preparing))
        session = await self._cast.account("演练·永嘉县值班台", Role.DESK, division=COUNTY)
        self.county = CountyDesk(self._stage, session)
        await self._company.enter(self.county)
        await self._stage.watch.recall(session)
        await asyncio.gather(*(self._desk(town, towns) for town in towns))

    async def _homes(self, towns: list[Town]) -> list[Town]:
        """Where organizations are at home: mostly in the county, some with its neighbors."""
        around = [town for code in NEIGHBORS for town in await self._cast.towns(code)]
        return towns * (AT_HOME * len(around) // len(towns)) + around

    async def _desk(self, town: Town, towns: list[Town]) -> None:
        name = f"演练·{town.name}值班台"
        session = await self._cast.account(name, Role.DESK, division=town.code)
        await self._company.enter(TownshipDesk(self._stage, session, town, towns))

    def _preparing(self, ready: int) -> None:
        en = f"organizations signing in: {ready} of {ORGANIZATIONS}"
        self._line.show(lambda: say(f"组织就位：{ready}/{ORGANIZATIONS}", en))

    async def play(self, seconds: float | None) -> None:
        """Play until so many seconds after the first post, or until cancelled."""
        stage, rounds = self._stage, self.county.rounds()
        self._goal = len(rounds) + self.county.complete()
        stage.clock.plan(stage.clock.now + OPENING, self.county.open_round)
        first: float | None = None
        while seconds is None or first is None or monotonic() - first < seconds:
            await stage.clock.step()
            if first is None and stage.clock.plans_done:
                first = monotonic()
            self._show()

    def _show(self) -> None:
        rounds = self.county.rounds()
        if len(rounds) < self._goal:
            return
        self._tell(rounds[-1])
        self._line.show(partial(self._state, len(rounds), rounds[-1]))

    def _tell(self, latest: IncidentRow) -> None:
        """Say once that the round is complete, and once that its key is gone: all is over then."""
        complete = self.county.complete()
        if complete and not self._told:
            self._told = True
            self._line.say(
                say(
                    "本轮演练已走完；系统继续运行，可随意操作。再次启动即开始下一轮。",
                    "This round is complete. The system goes on serving; "
                    "the next start begins the next round.",
                )
            )
        if complete and not latest.readable and not self._over:
            self._over, self._stage.clock.pace = True, 1.0
            self._line.say(_of_key(latest))

    def _state(self, number: int, latest: IncidentRow) -> str:
        now, count = self._stage.clock.now, self._count(latest)
        zh, en = storm.phase_of(now - latest.opened_at)
        published = count.demands["published"]
        return say(
            f"{local_time(now)} 第{number}轮 {zh} | 需求 {published} 已满足 {count.covered}"
            f" | 请求 {count.offers['sent']} | 出动 {count.under_way()}"
            f" | 完成 {count.assignments['released']} | 恢复任务 {count.live_tasks()}",
            f"{local_time(now)} round {number} {en} | demands {published},"
            f" covered {count.covered} | requests {count.offers['sent']}"
            f" | on the way {count.under_way()} | done {count.assignments['released']}"
            f" | tasks {count.live_tasks()}",
        )

    def _count(self, incident: IncidentRow) -> Count:
        watch = self._stage.watch
        return Count.of(watch.known.values(), incident.id, watch.sightings.of)

    def conclude(self, json: bool) -> None:
        """Print what the latest round came to."""
        rounds = self.county.rounds()
        summary = Summary.of(self._count(rounds[-1]) if rounds else Count())
        self._line.say(say("演练小结", "What the exercise came to"))
        for text in summary.lines():
            self._line.say(text)
        if rounds:
            self._line.say(f"  {_of_key(rounds[-1])}")
        if json:
            extra = {
                "round": len(rounds),
                "complete": self.county.complete(),
                "key_destroyed": bool(rounds) and not rounds[-1].readable,
                "commands": self._stage.commands,
                "refused": dict(sorted(self._stage.refused.items())),
                "missed_events": self._stage.watch.missed,
                "seed": self._stage.chance.seed,
            }
            print(as_json({**asdict(summary), **extra}), flush=True)


def _of_key(incident: IncidentRow) -> str:
    """What becomes of the key of an incident's sealed texts."""
    if incident.destroy_at is None:
        zh = "保密信息：事件结束、恢复完成一小时后销毁密钥"
        return say(zh, "sealed texts: the key is destroyed 1 h after the end of recovery")
    at = local_time(incident.destroy_at)
    if incident.readable:
        return say(f"保密信息：密钥将于 {at} 销毁", f"sealed texts: key to be destroyed at {at}")
    return say(f"保密信息：密钥已于 {at} 销毁", f"sealed texts: key destroyed at {at}")


async def main(arguments: argparse.Namespace) -> bool:
    """Play the exercise against a running server."""
    pace = arguments.pace or PACE
    async with (
        Doors(arguments.base) as doors,
        gathered(doors, arguments.seed, pace, WINDOW) as company,
    ):
        exercise = Exercise(company, doors)
        await exercise.prepare()
        try:
            await exercise.play(arguments.seconds)
        finally:
            exercise.conclude(arguments.json)
    return True


def parser() -> argparse.ArgumentParser:
    """What this program takes."""
    found = argparse.ArgumentParser(prog="python -m api.drill.exercise", description=__doc__)
    found.add_argument("base", help="where the server is, as in http://127.0.0.1:8000")
    found.add_argument("--for", dest="seconds", type=float, help="end so long after the first post")
    found.add_argument("--pace", type=float, help=f"rule seconds per second (default {PACE:g})")
    found.add_argument("--seed", type=int, default=SEED, help="what is drawn follows from it")
    found.add_argument("--json", action="store_true", help="print the summary as JSON, too")
    return found


if __name__ == "__main__":
    sys.exit(launch(main(parser().parse_args())))
