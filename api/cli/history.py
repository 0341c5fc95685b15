"""Commands on history: build it anew from the log, and measure what happened in a period."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from time import sleep
from typing import Any, Final, NamedTuple

import msgspec

from api import history
from api.cli.exporting import note_export
from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.history import HISTORY, Measured, Measures, Sight, Span
from api.language import say
from api.serving import areas_of, opened_as, tree_of
from api.settings import Settings
from geo.divisions import DivisionTree
from schemas.codes import HAZARDS, KINDS, Words
from schemas.refusals import Message
from schemas.values import LATEST, AreaId, DivisionCode, IncidentId, Instant, Reach
from schemas.views import IncidentRow
from schemas.wire import digest
from streams.days import end_of, start_of
from streams.engines.folder import FolderUnfit
from streams.engines.logs import open_reader
from streams.review_codes import GATES, REACHES

KEPT_WITHIN_S: Final = 2.0  # a server that keeps it has written more by then
TOLD_EVERY: Final = 5_000  # turns between two words of progress


def rebuild(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Also while the server runs: it goes on from the new file."""
    folder = settings_of(typed).data
    with told_plainly():
        areas = areas_of(folder)
        if not areas:
            raise FolderUnfit(f"no log has been made in {folder}")
        turns = history.rebuild(folder, areas, _progress)
    for area, count in turns.items():
        print(say(f"区域 {area}：{count} 轮", f"area {area}: {count} turns"))
    return 0, {"areas": turns}


def review(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Counts in history, which is built where it is missing or behind; also beside a server."""
    settings = settings_of(typed)
    since, until = _period(typed.since, typed.until)
    with told_plainly():
        settings = settings_of(typed, purpose=opened_as(settings.data, settings.area).purpose)
        tree = tree_of(settings.data, opened_as(settings.data, settings.area))
        found = _measured(settings, tree, since, until)
        if typed.csv is not None:
            note_export(settings, "review")
            _write(typed.csv, history.as_csv(found))
        incidents = history.incidents(settings.data / HISTORY, settings.area)
    if typed.csv != Path("-"):
        _tell(found, _Names(tree, incidents))
    return 0, msgspec.to_builtins(found)


def _measured(settings: Settings, tree: DivisionTree, since: Instant, until: Instant) -> Measures:
    if _behind(settings.data, settings.area):
        history.rebuild(settings.data, areas_of(settings.data), _progress)
    sight = Sight(divisions=tuple(map(DivisionCode, tree.below(settings.area))))
    about = (settings.data / HISTORY, settings.area, settings.operation)
    return history.measures(*about, sight, since, until)


def _behind(folder: Path, area: AreaId) -> bool:
    """Whether history has not all of the log, and nobody is bringing it there.

    A running server's is always a moment behind: where it has moved on, it is good enough.
    Trouble where the log has less than its history.
    """
    mark = history.written(folder / HISTORY, area)
    with closing(open_reader(folder)) as reader:
        if mark is None or mark.origin != digest(reader.stored(area, 1)):
            return True
        if next(iter(reader.read(area, mark.sequence - 1)), None) is None:
            raise _cut(mark.sequence)
        if next(iter(reader.read(area, mark.sequence)), None) is None:
            return False
    sleep(KEPT_WITHIN_S)
    return history.written(folder / HISTORY, area) == mark


def _cut(sequence: int) -> Trouble:
    return Trouble(
        f"日志在第 {sequence} 轮之前就结束，而 {HISTORY} 已记到该轮：日志被截短，或换成了旧副本。"
        "先查明原因；要以现有日志为准，运行 shouwang history rebuild。",
        f"The log ends before turn {sequence}, which {HISTORY} knows: the log was cut, or put back"
        " from an older copy. Find out why; to go by the log as it is, run shouwang history"
        " rebuild.",
    )


def _period(since: date | None, until: date | None) -> tuple[Instant, Instant]:
    """Whole days, both of them counted. Trouble where there is none between."""
    if since and until and until < since:
        raise Trouble("--to 早于 --from。", "--to is before --from.")
    end = LATEST if until is None else end_of(until.isoformat())
    return 0 if since is None else start_of(since.isoformat()), end


def _write(file: Path, table: str) -> None:
    if file == Path("-"):
        sys.stdout.write(table)
    else:
        file.write_text(table, encoding="utf-8", newline="")


def _progress(turns: int) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    print(say(f"已读 {turns} 轮", f"{turns} turns read"), end=end, file=sys.stderr)


# Told to a person


class _Names(NamedTuple):
    """What keys of groups are called by people."""

    tree: DivisionTree
    incidents: dict[IncidentId, IncidentRow]

    def of(self, group: Measured) -> str:
        match group.by:
            case "priority":
                return say(f"优先级 {group.key}", f"priority {group.key}")
            case "incident":
                return self._incident(self.incidents[IncidentId(group.key)])
            case "division":
                return self._place(group.key)
            case "kind":
                return _words(KINDS[group.key]) if group.key in KINDS else group.key
            case "day":
                return group.key
        return say("合计", "all")

    def _incident(self, row: IncidentRow) -> str:
        hazard = _words(HAZARDS[row.hazard]) if row.hazard in HAZARDS else row.hazard
        about = (hazard, self._place(row.division), row.label)
        return say(f"事件 {row.number}", f"incident {row.number}") + " " + " ".join(about).strip()

    def _place(self, code: str) -> str:
        node = self.tree.get(code)
        return code if node is None else say(node.name, node.english)


def _tell(found: Measures, names: _Names) -> None:
    if not found.groups:
        print(say("这段时间没有发布过需求。", "No demand was published in this period."))
    for group in found.groups:
        print(f"{names.of(group)}  {_counts(group)}")
        for line in _clocks(group):
            print(f"    {line}")


def _counts(group: Measured) -> str:
    told = say(f"{group.lines} 项", f"{group.lines} line{'s' * (group.lines != 1)}")
    if group.withdrawn:
        told += say(f"，不再需要 {group.withdrawn}", f", {group.withdrawn} not needed any longer")
    if not group.unmet:
        return told
    reasons = "; ".join(f"{_reason(code)} {count}" for code, count in group.reasons.items())
    partly = ""
    if group.partly:
        partly = say(
            f"，其中 {group.partly} 项有部分到场", f", {group.partly} of them helped in part"
        )
    return told + say(
        f"，未满足 {group.unmet}（{reasons}）{partly}", f", {group.unmet} unmet ({reasons}){partly}"
    )


def _clocks(group: Measured) -> Iterator[str]:
    named = (
        (say("发布 → 首次请求", "published → first asked"), group.asked_after),
        (say("请求 → 首次答应", "first asked → first yes"), group.yes_after),
        (say("答应 → 首次到场", "first yes → first arrival"), group.arrived_after),
    )
    told = [f"{name:<26} {_span(span)}" for name, span in named]
    if group.requests:
        name = say("请求 → 送达", "asked → reached")
        told.append(f"{name:<26} {_span(group.reached_after)}   {_heard(group)}")
    return iter(told)


def _heard(group: Measured) -> str:
    """By what requests have reached people, and how many of them nobody is known to have heard."""
    by = ", ".join(f"{say(*REACHES[Reach(way)])} {n}" for way, n in group.reached.items())
    unheard = say(f"未送达 {group.unheard}", f"not reached {group.unheard}")
    return say("；", "; ").join(filter(None, (by, unheard)))


def _span(span: Span) -> str:
    if not span.count:
        return "–"
    return f"P50 {_time(span.p50)}   P90 {_time(span.p90)}   ({span.count})"


def _time(milliseconds: int | None) -> str:
    seconds = (milliseconds or 0) / 1000
    if seconds < 60:
        return say(f"{seconds:.1f} 秒", f"{seconds:.1f} s")
    if seconds < 7_200:
        return say(f"{seconds / 60:.0f} 分钟", f"{seconds / 60:.0f} min")
    return say(f"{seconds / 3600:.1f} 小时", f"{seconds / 3600:.1f} h")


def _reason(code: str) -> str:
    own = {
        "not_come": Words("已答应，未到场或中途退出", "said yes, and did not come or gave up"),
        "not_taken": Words("有队伍可用，未编入", "somebody was there, or would have come"),
        "no_yes": Words("已请求，无人或不够人答应", "asked, too few said yes"),
        "nobody_has_it": Words("没有组织登记此技能", "no organization has this skill"),
        "nobody_asked": Words("结束前未曾请求", "it ended before anybody was looked for"),
    }
    known: dict[str, Any] = {str(gate): words for gate, words in GATES.items()}
    found = own.get(code) or known.get(code)
    return code if found is None else _words(found)


def _words(words: Words | Message | Any) -> str:
    return say(str(words.zh), str(words.en))
