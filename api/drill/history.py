"""The drill over a real history: its cases become demands, invented organizations answer.

    python -m api.drill.history BASE_URL --history CASES --profile FILE [--limit N] [--json]

The steward's one-time link comes in the environment as SHOUWANG_STEWARD_LINK. No text of a case
is ever printed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

from api import records
from api.client import Answer, Doors, Refused, Session, sequence_of
from api.drill.cases import SCALE, LeftOut, Wanted, cases_of, read
from api.drill.cast import Cast
from api.drill.clock import MINUTE, SECOND
from api.drill.company import Company, Hopeless, gathered, launch
from api.drill.desks import DeskPlayer
from api.drill.habits import Habits
from api.drill.organizations import Town, invent
from api.drill.players import Stage
from api.drill.progress import Count, Line, as_json, local_time, worded
from api.language import say
from api.records import Ground, Profile, Reader, Record
from geo.divisions import DivisionTree, Level, fold_name
from geo.regions import Regions, divisions_from_polygons, tree_from_polygons
from schemas.ids import made_id
from schemas.values import CommandId, Role

TOWNS = "towns.geojson.gz"
DIVISIONS = "history-divisions.json"
SEED = 20250706
WINDOW = 20 * SECOND  # rule time whose events go out together
BEFORE = 10 * MINUTE  # the county opens the incident so long before the first case
IN_THE_HEAD = ("cases", "demands", "left_out", "adds_up")  # sums that the first line tells
# Recovery is no part of this drill; and whoever is asked for so little of so much mostly comes.
HABITS = Habits(recovery=False, accepts=0.85, declines=0.10)


def folder_of(cases: Path) -> Path:
    """The folder with the files; `cases` is it, or holds it under any name."""
    found = sorted([*cases.glob(TOWNS), *cases.glob(f"*/{TOWNS}")])
    if not found:
        raise FileNotFoundError(f"{cases} holds no {TOWNS}, nor does a folder in it")
    return found[0].parent


def prepare(cases: Path, profile: Path, data: Path) -> tuple[str, Path]:
    """The command area of a history and its divisions file, kept in the data folder.

    FileNotFoundError or ValueError where cases or profile are unusable.
    """
    county = fold_name(records.load(profile).county)
    file = data / DIVISIONS
    if not file.exists():  # another library may choose other seats: keep what the log knows
        content = divisions_from_polygons(folder_of(cases) / TOWNS)
        data.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.canonical())
    tree = DivisionTree.load(file)
    for code in tree.codes(Level.COUNTY):
        node = tree.get(code)
        if node is not None and fold_name(node.name) == county:
            return code, file
    raise ValueError(f"{TOWNS} has no county of that name")


def began(cases: Path, profile: Path) -> int:
    """When the first case came in, in milliseconds; 0 where none tells."""
    known, folder = records.load(profile), folder_of(cases)
    times = (records.filed_at(case, known) for case in cases_of(folder, known))
    return min((at for at in times if at is not None), default=0)


class Ledger:
    """What became of every case: a demand, or left out with a reason. Nothing else."""

    def __init__(self, cases: Sequence[Record], reader: Reader) -> None:
        self.cases = len(cases)
        self.published = 0
        self.left_out: Counter[str] = Counter()
        self.repaired: Counter[str] = Counter()
        self.wanted: list[Wanted] = []
        for outcome in (read(case, reader) for case in cases):
            if isinstance(outcome, LeftOut):
                self.left_out[outcome.reason] += 1
            else:
                self.wanted.append(outcome)
                self.repaired.update(outcome.marks)

    def adds_up(self) -> bool:
        """Whether every case is accounted for, once."""
        return self.cases == self.published + self.left_out.total()


class HistoryDesk(DeskPlayer):
    """A township desk that publishes what was really filed, when it was."""

    def __init__(self, stage: Stage, session: Session, town: Town, ledger: Ledger) -> None:
        super().__init__(stage, session, town.code)
        self.town = town
        self._ledger = ledger

    async def join(self, incident: str) -> None:
        body = {"division": self.town.code}
        await self.post(f"/incidents/{incident}/join", body, f"join-{incident}")

    async def publish(self, incident: str, wanted: Wanted) -> None:
        body = {"incident": incident, **wanted.body}
        answer = await self.post("/demands", body, f"case-{wanted.key}")
        if isinstance(answer, Refused):
            self._ledger.left_out[f"refused_{answer.code}"] += 1
        else:
            self._ledger.published += 1
            await self._own(answer, wanted)

    async def _own(self, answer: Answer, wanted: Wanted) -> None:
        """What only a public crew can do is its own at once, before anybody is asked.

        The lines of a demand are made behind it, by the same command.
        """
        made = CommandId((answer.id or "").removesuffix("0"))
        for number, line in enumerate(wanted.body["lines"], 1):
            if line["skill"] in wanted.public:
                path = f"/lines/{made_id(made, number)}/own-crew"
                await self.post(path, {"units": line["target"]}, f"own-{made}-{number}")


class History:
    """One play of a history, from the cast's arrival to the sums."""

    def __init__(
        self, company: Company, doors: Doors, folder: Path, profile: Profile, limit: int | None
    ) -> None:
        self._company = company
        self._stage = company.stage
        self._cast = Cast(doors, company.steward, company.stage)
        self._regions = Regions.load(folder / TOWNS)
        self._tree = tree_from_polygons(folder / TOWNS)
        self._cases = list(islice(cases_of(folder, profile), limit))
        self._profile = profile
        self._line = Line()
        self._began = monotonic()
        self.ledger: Ledger

    async def prepare(self) -> None:
        """Read every case, then let everybody be registered, signed in and following."""
        county = (await self._company.steward.get("/me"))["area"]
        towns = await self._cast.towns(county)
        ground = Ground(self._tree, county, self._regions)
        self.ledger = Ledger(self._cases, Reader(self._profile, ground))
        if not self.ledger.wanted:
            raise self._nothing()
        begin = min((wanted.at for wanted in self.ledger.wanted), default=0) - BEFORE
        if self._stage.clock.now > begin:
            raise Hopeless(
                say(
                    "该数据目录的时间已晚于历史开头，请换一个新目录。",
                    "This folder's time is past the beginning of the history: take a new folder.",
                )
            )
        rule, seed = self._profile.organizations, self._stage.chance.seed
        invented = invent(seed, towns, rule.count, begin, rule.often, self._fits)
        players = await self._cast.organizations(invented, self._preparing)
        await self._company.enter(*players)
        await self._stage.clock.advance(begin)
        await self._open(county, towns)

    def _nothing(self) -> Hopeless:
        """Why there is nothing to play."""
        county, reasons = self._profile.county, ", ".join(self.ledger.left_out) or "0"
        return Hopeless(
            say(
                f"没有可播放的案件：{county}，案件 {self.ledger.cases}，未采用：{reasons}",
                f"No case to play: {county} has {self.ledger.cases}; left out: {reasons}",
            )
        )

    def _fits(self, code: str, lon: float, lat: float) -> bool:
        return self._regions.inside(code, round(lon * SCALE), round(lat * SCALE)) is True

    def _preparing(self, ready: int) -> None:
        most = self._profile.organizations.count
        en = f"organizations signing in: {ready} of {most}"
        self._line.show(lambda: say(f"组织就位：{ready}/{most}", en))

    async def _open(self, county: str, towns: list[Town]) -> None:
        """The incident is opened, the townships join, and every case waits for its time."""
        above = await self._cast.account("演练·县级值班台", Role.DESK, division=county)
        body = {"hazard": self._profile.hazard, "division": county}
        incident = (await above.post("/incidents", body, "incident")).id or ""
        desks = {town.code: await self._desk(town, incident) for town in towns}
        for wanted in self.ledger.wanted:
            act = partial(desks[wanted.town].publish, incident, wanted)
            self._stage.clock.plan(wanted.at, act)

    async def _desk(self, town: Town, incident: str) -> HistoryDesk:
        name = f"演练·{town.name}值班台"
        session = await self._cast.account(name, Role.DESK, division=town.code)
        desk = HistoryDesk(self._stage, session, town, self.ledger)
        await self._company.enter(desk)
        await desk.join(incident)
        return desk

    async def play(self) -> None:
        """Play until nobody intends anything any more."""
        self._began = monotonic()
        self._stage.commands = 0
        while not self._stage.clock.idle:
            await self._stage.clock.step()
            self._line.show(self._state)

    def _state(self) -> str:
        """Where the play is, with the time it may still take."""
        seconds, played = monotonic() - self._began, self.ledger.published
        rate = self._stage.commands / max(seconds, 0.001)
        left = seconds * (len(self.ledger.wanted) - played) / max(played, 1)
        now, planned = local_time(self._stage.clock.now), len(self.ledger.wanted)
        return say(
            f"{now} | 需求 {played}/{planned} | 命令 {self._stage.commands}"
            f" 每秒 {rate:.0f} | 约剩 {left:.0f} 秒",
            f"{now} | demands {played} of {planned} | commands {self._stage.commands},"
            f" {rate:.0f} a second | about {left:.0f} s left",
        )

    async def sums(self) -> dict[str, Any]:
        """What the play came to."""
        watch, ledger = self._stage.watch, self.ledger
        count = Count.of(watch.known.values(), sightings=watch.sightings.of)
        page = await self._company.steward.board()
        return {
            "cases": ledger.cases,
            "demands": ledger.published,
            "left_out": dict(sorted(ledger.left_out.items())),
            "adds_up": ledger.adds_up(),
            "repaired": dict(sorted(ledger.repaired.items())),
            "commands": self._stage.commands,
            "turns": sequence_of(page.event),
            "offers": count.offers.total(),
            "accepted": count.offers["accepted"],
            "declined": count.offers["declined"],
            "no_answer": count.offers["no_answer"],
            "stood_down": count.offers["stood_down"],
            "assignments_done": count.assignments["released"],
            **dict(sorted(count.turns.items())),
            "unmet_lines": count.unmet,
            "refused": dict(sorted(self._stage.refused.items())),
            "missed_events": watch.missed,
            "seconds": round(monotonic() - self._began, 1),
        }

    def conclude(self, sums: dict[str, Any], json: bool) -> None:
        """Print the sums, for people and on request for programs."""
        left_out = " + ".join(f"{n} {reason}" for reason, n in sums["left_out"].items()) or "0"
        head = f"{sums['cases']} = {sums['demands']} + {left_out}"
        self._line.say(say(f"案件 = 需求 + 未采用：{head}", f"cases = demands + left out: {head}"))
        for name in sums:
            if name not in IN_THE_HEAD:
                self._line.say(worded(name, sums[name]))
        if json:
            print(as_json(sums), flush=True)


async def main(arguments: argparse.Namespace) -> bool:
    """Play the history against a running server; whether every case is accounted for."""
    folder, profile = folder_of(arguments.history), records.load(arguments.profile)
    async with (
        Doors(arguments.base) as doors,
        gathered(doors, arguments.seed, None, WINDOW, HABITS) as company,
    ):
        history = History(company, doors, folder, profile, arguments.limit)
        await history.prepare()
        await history.play()
        sums = await history.sums()
        history.conclude(sums, arguments.json)
        return bool(sums["adds_up"])


def parser() -> argparse.ArgumentParser:
    """What this program takes."""
    found = argparse.ArgumentParser(prog="python -m api.drill.history", description=__doc__)
    found.add_argument("base", help="where the server is, as in http://127.0.0.1:8000")
    found.add_argument("--history", type=Path, required=True, help="the folder of the cases")
    found.add_argument("--profile", type=Path, required=True, help="what the cases mean, as TOML")
    found.add_argument("--limit", type=int, help="play only so many cases, from the first")
    found.add_argument("--seed", type=int, default=SEED, help="what is drawn follows from it")
    found.add_argument("--json", action="store_true", help="print the sums as JSON, too")
    return found


if __name__ == "__main__":
    sys.exit(launch(main(parser().parse_args())))
