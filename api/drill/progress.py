"""What the terminal shows: one live line, or a line now and then where there is no terminal."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from time import monotonic
from typing import Any

from api.drill.clock import MINUTE
from api.drill.sightings import OVERDUE, STANDBY_TAKEN, UNDONE
from api.language import say
from schemas.values import DemandId, Instant, Reach
from schemas.views import AssignmentRow, DemandRow, OfferRow, Row, TaskRow

LIVE_S = 0.25  # between two states of the live line
SPARSE_S = 5.0  # between two lines where no terminal is
LOCAL = timedelta(hours=8)  # where exercise and history take place

LIVE_TASKS = ("proposed", "open", "claimed", "reported_done")
UNDER_WAY = ("committed", "en_route", "on_scene")


class Line:
    """The one line that is written over and over; other lines go above it."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._shown_at = monotonic()
        self._last = ""

    def show(self, state: Callable[[], str]) -> None:
        """Show a state, if the last one has stood for long enough; only then it is asked for."""
        if monotonic() - self._shown_at < (LIVE_S if self._terminal else SPARSE_S):
            return
        self._shown_at, text = monotonic(), state()
        if text == self._last:
            return
        self._last = text
        if self._terminal:
            columns = shutil.get_terminal_size().columns
            print(f"\r\x1b[2K{fitting(text, columns - 1)}", end="", flush=True)
        else:
            print(text, flush=True)

    def say(self, text: str) -> None:
        """A line that stays."""
        print(f"\r\x1b[2K{text}" if self._terminal else text, flush=True)
        self._last = ""


def fitting(text: str, columns: int) -> str:
    """As much of a text as fits; Chinese characters take two columns."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > columns:
            return text[:index]
    return text


def local_time(at: Instant) -> str:
    """Rule time as people there read it."""
    return (datetime.fromtimestamp(at / 1000, UTC) + LOCAL).strftime("%m-%d %H:%M")


@dataclass(slots=True)
class Count:
    """Where everything stands, counted from rows."""

    demands: Counter[str] = field(default_factory=Counter)
    offers: Counter[str] = field(default_factory=Counter)
    assignments: Counter[str] = field(default_factory=Counter)
    tasks: Counter[str] = field(default_factory=Counter)
    covered: int = 0  # open demands whose every line has its target
    unmet: int = 0  # lines of closed demands that did not reach their minimum
    waits: list[float] = field(default_factory=list)  # rule minutes to a demand's first yes
    reached: Counter[str] = field(default_factory=Counter)  # offers, by what reached them first
    hearing: list[float] = field(default_factory=list)  # rule minutes from asking to that
    turns: Counter[str] = field(default_factory=Counter)  # what went otherwise than planned

    @classmethod
    def of(
        cls,
        rows: Iterable[Row],
        incident: str | None = None,
        sightings: Mapping[str, Set[str]] | None = None,
    ) -> Count:
        """Count the rows of one incident, or all of them, with what was seen of them before."""
        found = cls()
        first: dict[DemandId, Instant] = {}
        rows = list(rows)
        demands = {
            row.id: row
            for row in rows
            if isinstance(row, DemandRow) and incident in (None, row.incident)
        }
        for demand in demands.values():
            found._demand(demand)
        for row in rows:
            if isinstance(row, OfferRow | AssignmentRow | TaskRow) and row.demand in demands:
                found._other(row)
            if isinstance(row, AssignmentRow) and row.demand in demands:
                known = first.get(row.demand, row.committed_at)
                first[row.demand] = min(known, row.committed_at)
        for key, at in first.items():
            found.waits.append((at - demands[key].published_at) / MINUTE)
        found._turned(rows, demands, sightings or {})
        return found

    def _turned(
        self,
        rows: Iterable[Row],
        demands: Mapping[DemandId, DemandRow],
        sightings: Mapping[str, Set[str]],
    ) -> None:
        """Who was asked again, came late or was missed, and what was put right or begun anew."""
        theirs = [
            row
            for row in rows
            if isinstance(row, OfferRow | AssignmentRow) and row.demand in demands
        ]
        offers = [row for row in theirs if isinstance(row, OfferRow)]
        self.turns["asked_again"] = len(offers) - len({(o.line, o.organization) for o in offers})
        self.turns["late_yes"] = sum(row.late and row.state == "accepted" for row in offers)
        self.turns["by_hand"] = sum(row.by_hand for row in offers)
        self.turns["reopened"] = sum(row.round - 1 for row in demands.values())
        here = {row.id for row in theirs}
        for kind in (STANDBY_TAKEN, OVERDUE, UNDONE):
            self.turns[kind] = len(here & sightings.get(kind, set()))

    def _demand(self, row: DemandRow) -> None:
        self.demands[row.state] += 1
        if row.state == "published":
            self.covered += all(line.covered >= line.target for line in row.lines)
        else:
            self.unmet += sum(line.covered < line.minimum for line in row.lines)

    def _other(self, row: OfferRow | AssignmentRow | TaskRow) -> None:
        kind = {OfferRow: self.offers, AssignmentRow: self.assignments, TaskRow: self.tasks}
        kind[type(row)][row.state] += 1
        if isinstance(row, OfferRow) and row.reached_by is not None and row.reached_at is not None:
            self.reached[row.reached_by.value] += 1
            self.hearing.append((row.reached_at - row.sent_at) / MINUTE)

    def under_way(self) -> int:
        return sum(self.assignments[state] for state in UNDER_WAY)

    def live_tasks(self) -> int:
        return sum(self.tasks[state] for state in LIVE_TASKS)


@dataclass(frozen=True, slots=True)
class Summary:
    """What an exercise came to."""

    demands: int
    offers: int
    accepted: int
    declined: int
    no_answer: int
    unreachable: int
    stood_down: int
    assignments_done: int
    tasks_verified: int
    asked_again: int
    late_yes: int
    standby_taken: int
    by_hand: int
    overdue: int
    undone: int
    reopened: int
    reached: dict[str, int]
    median_minutes_to_reached: float | None
    median_minutes_to_yes: float | None

    @classmethod
    def of(cls, count: Count) -> Summary:
        return cls(
            demands=count.demands.total(),
            offers=count.offers.total(),
            accepted=count.offers["accepted"],
            declined=count.offers["declined"],
            no_answer=count.offers["no_answer"],
            unreachable=count.offers["unreachable"],
            stood_down=count.offers["stood_down"] + count.assignments["stood_down"],
            assignments_done=count.assignments["released"],
            tasks_verified=count.tasks["verified"],
            asked_again=count.turns["asked_again"],
            late_yes=count.turns["late_yes"],
            standby_taken=count.turns[STANDBY_TAKEN],
            by_hand=count.turns["by_hand"],
            overdue=count.turns[OVERDUE],
            undone=count.turns[UNDONE],
            reopened=count.turns["reopened"],
            reached={way.value: count.reached[way.value] for way in Reach},
            median_minutes_to_reached=round(median(count.hearing), 1) if count.hearing else None,
            median_minutes_to_yes=round(median(count.waits), 1) if count.waits else None,
        )

    def lines(self) -> Iterable[str]:
        """The summary for people."""
        return (worded(name, value) for name, value in asdict(self).items())


def worded(name: str, value: Any) -> str:
    """One number with its name, or several with their codes, for people."""
    if isinstance(value, dict):
        value = ", ".join(f"{code} {number}" for code, number in value.items()) or "0"
    told = say("无", "none") if value is None else value
    return f"  {say(*_WORDS[name])}{say('：', ': ')}{told}"


_WORDS = {
    "demands": ("发布需求", "demands published"),
    "offers": ("发出协助请求", "requests sent"),
    "accepted": ("答应", "said yes"),
    "declined": ("谢绝", "said no"),
    "no_answer": ("未答复", "no answer"),
    "unreachable": ("各渠道均未送达", "could not be reached"),
    "reached": ("首先送达渠道", "reached first by"),
    "median_minutes_to_reached": (
        "从请求到送达用时中位数（分钟）",
        "median minutes from asking to being reached",
    ),
    "stood_down": ("撤回或解除", "stood down"),
    "assignments_done": ("完成出动", "assignments done"),
    "tasks_verified": ("核验恢复任务", "recovery tasks verified"),
    "asked_again": ("再次请求同一组织", "asked again"),
    "late_yes": ("过时后答应", "said yes late"),
    "standby_taken": ("起用备勤", "standby taken on"),
    "by_hand": ("值班室直接请求", "asked by hand"),
    "overdue": ("逾时未到的队伍", "crews overdue"),
    "undone": ("撤销或更正的步骤", "steps undone or put right"),
    "reopened": ("重新打开的需求（第二轮）", "demands reopened (second round)"),
    "median_minutes_to_yes": ("首次答应用时中位数（分钟）", "median minutes to the first yes"),
    "repaired": ("修正位置", "places repaired"),
    "commands": ("命令", "commands"),
    "turns": ("日志轮次", "turns in the log"),
    "unmet_lines": ("关闭时未达「至少」的项", "lines closed below their minimum"),
    "refused": ("被拒绝的命令", "commands refused"),
    "missed_events": ("未及时送达的更新", "changes that came late"),
    "seconds": ("用时（秒）", "seconds"),
}


def as_json(values: dict[str, Any]) -> str:
    """One line for a program to read."""
    return json.dumps(values, ensure_ascii=False)
