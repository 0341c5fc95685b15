"""`shouwang exercise score`: an exercise beside the one before it and the last real event."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import msgspec

from api import history
from api.cli.history import bring_up
from api.cli.review_words import kept_words, reason_words, span_words
from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.drill import INJECTS
from api.history import HISTORY, Column, Measured, Noticed, Score, Sight, Span
from api.language import say
from api.serving import areas_of, opened_as, tree_of
from api.settings import Settings
from schemas.codes import Words
from schemas.values import DivisionCode, Mode
from schemas.views import IncidentRow

KINDS: Final = {
    "this": Words("本次演练", "this exercise"),
    "exercise": Words("上次演练", "the exercise before"),
    "actual": Words("上次实战", "the last real event"),
}
WHY: Final = {
    "nobody_concerned": Words("未涉及任何请求或队伍", "it met no request and no crew"),
    "not_kept": Words("记录中看不出", "the record does not show it"),
    "not_named": Words("由真人自行安排，未指明组织", "left to real people, who were not named"),
    "not_taken": Words("未被采纳", "the doors did not take it"),
}
CLOCKS: Final = (
    ("asked_after", Words("发布 → 首次请求", "published → first asked")),
    ("yes_after", Words("请求 → 首次答应", "first asked → first yes")),
    ("arrived_after", Words("答应 → 首次到场", "first yes → first arrival")),
)
NONE = "–"


def score(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Counts in history, which is built where it is missing or behind; also beside a server."""
    settings = settings_of(typed)
    with told_plainly():
        there = areas_of(settings.data)
        if not there:
            raise Trouble("这个目录里没有日志。", f"no log has been made in {settings.data}")
        if len(there) == 1:
            settings = replace(settings, area=there[0])
        told = opened_as(settings.data, settings.area)
        settings = replace(settings, purpose=told.purpose)
        bring_up(settings)
        sight = Sight(tuple(map(DivisionCode, tree_of(settings.data, told).below(settings.area))))
        chosen = _chosen(settings, typed.incident)
        about = (settings.data / HISTORY, settings.area, chosen.id, sight)
        found = history.score(settings.data, *about)
    if found is None:
        raise Trouble("没有这场演练。", "There is no such exercise.")
    _tell(found)
    answer: Answer = msgspec.to_builtins(found)
    return 0, answer


def _chosen(settings: Settings, number: int | None) -> IncidentRow:
    """The exercise of that number; without one, the last."""
    rows = history.incidents(settings.data / HISTORY, settings.area).values()
    drills = [row for row in rows if row.mode is Mode.EXERCISE and number in (None, row.number)]
    if not drills:
        raise Trouble("没有这场演练。", "There is no such exercise.")
    return max(drills, key=lambda row: row.opened_at)


def _tell(found: Score) -> None:
    for line in lines(found):
        print(line)


def lines(found: Score) -> Iterator[str]:
    """A row for each measure, a column for each event; then what was noticed."""
    columns = {column.kind: column for column in found.columns}
    for kind, words in KINDS.items():
        column = columns.get(kind)
        yield f"{say(words.zh, words.en)}: {_named(column)}"
    for name, values in _measures(columns):
        yield f"{name:<28} " + "   ".join(f"{value:<24}" for value in values).rstrip()
    for one in found.noticed:
        yield _noticed(one)


def _named(column: Column | None) -> str:
    if column is None:
        return say("– （还没有）", "– (there is none yet)")
    lines_ = 0 if column.measured is None else column.measured.lines
    number = f"{column.incident.number} {column.name}".strip()
    return say(f"事件 {number}，{lines_} 项", f"incident {number}, {lines_} lines")


def _measures(columns: dict[str, Column]) -> Iterator[tuple[str, list[str]]]:
    found = [columns[kind].measured if kind in columns else None for kind in KINDS]

    def row(value: Callable[[Measured], str]) -> list[str]:
        return [NONE if one is None else value(one) for one in found]

    yield say("不再需要的项", "lines needed no longer"), row(lambda one: f"{one.withdrawn}")
    yield say("未满足的项", "lines unmet"), row(lambda one: f"{one.unmet} / {one.lines}")
    yield say("其中原因", "for these reasons"), row(_reasons)
    for field, words in CLOCKS:
        spans = [None if one is None else getattr(one, field) for one in found]
        yield say(words.zh, words.en), list(_spans(spans))
    yield say("响应时限内", "within the standard"), row(lambda one: kept_words(one) or NONE)
    name = say("未送达的请求", "requests unheard")
    yield name, row(lambda one: f"{one.unheard} / {one.requests}")


def _spans(spans: list[Span | None]) -> Iterator[str]:
    """Each, and by how much this exercise was slower (+) or quicker, at the median."""
    own = spans[0]
    for number, span in enumerate(spans):
        told = NONE if span is None else span_words(span)
        if number and own and span and own.p50 is not None and span.p50 is not None:
            minutes = round((own.p50 - span.p50) / 60_000)
            told += say(f"  本次 {minutes:+} 分钟", f"  now {minutes:+} min")
        yield told


def _reasons(measured: Measured) -> str:
    told = (f"{reason_words(code)} {count}" for code, count in measured.reasons.items())
    return "; ".join(told) or NONE


def _noticed(one: Noticed) -> str:
    words = INJECTS[one.what]
    if one.why:
        why = WHY[one.why]
        return f"{say(words.zh, words.en)}: {NONE} ({say(why.zh, why.en)})"
    counts = say(f"{one.noticed} / {one.about} 已处理", f"{one.noticed} of {one.about} dealt with")
    led = ""
    if one.led_in is not None:
        led = say(f"；此后引入 {one.led_in}", f"; led in afterwards: {one.led_in}")
    return f"{say(words.zh, words.en)}: {counts}  {span_words(one.after)}{led}"
