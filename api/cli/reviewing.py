"""The command `review`: measure what happened in a period, tell it, and hand it out as tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

import msgspec

from api import history, review
from api.cli.exporting import note_export
from api.cli.history import bring_up
from api.cli.review_words import Names, tell, tell_openings, tell_work
from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.history import Sight, as_csv, as_geojson, as_workbook, measured_rows, worked_rows
from api.language import say
from api.serving import opened_as, regions_of, tree_of
from geo.beside import beside
from schemas.values import LATEST, DivisionCode, Instant
from streams.days import end_of, start_of

STANDARD_OUTPUT = Path("-")

T = TypeVar("T")


class Period:
    """What is reviewed: a folder's history as far as its log is, and the days that are wanted."""

    def __init__(self, typed: argparse.Namespace) -> None:
        """Raises Trouble."""
        self.since, self.until = _days(typed.since, typed.until)
        settings = settings_of(typed)
        told = opened_as(settings.data, settings.area)
        self.settings = settings_of(typed, purpose=told.purpose)
        self.tree = tree_of(settings.data, told)
        inside = tuple(map(DivisionCode, self.tree.below(settings.area)))
        self._regions = regions_of(settings.data, told)
        self._inside = inside
        self.path = bring_up(self.settings)
        where = (self.path, settings.area, self.settings.operation)
        self._about = (*where, Sight(divisions=inside))

    def _count(self, counted: Callable[..., T], *values: object) -> T:
        return counted(*self._about, *values)

    def measures(self) -> history.Measures:
        near = beside(self.tree, self._inside, self._regions)
        return self._count(history.measures, self.since, self.until, near)

    def work(self) -> history.Efforts:
        return self._count(history.work, self.since, self.until)

    def points(self) -> list[history.Point]:
        return self._count(history.demand_points, self.since, self.until)

    def openings(self) -> history.Openings:
        query = review.Query(self.settings.data, self.settings.area)
        return self._count(history.openings_seen, review.openings(query, self.since, self.until))

    def names(self) -> Names:
        return Names(self.tree, history.incidents(self.path, self.settings.area))


def measure(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Counts in history, which is built where it is missing or behind; also beside a server."""
    _may_be_written(typed)
    with told_plainly():
        period = Period(typed)
        found, names = period.measures(), period.names()
        worked = period.work() if typed.organizations or typed.xlsx else None
        opened = period.openings() if typed.openings else None
        _hand_out(typed, period, found, worked)
    answer = msgspec.to_builtins(found)
    if typed.csv == STANDARD_OUTPUT:
        return 0, answer
    tell(found, names)
    if worked is not None and typed.organizations:
        answer["organizations"] = msgspec.to_builtins(worked.organizations)
        tell_work(worked, names)
    if opened is not None:
        answer["openings"] = msgspec.to_builtins(opened.openings)
        tell_openings(opened.openings, opened.count, names)
    return 0, answer


def _hand_out(
    typed: argparse.Namespace,
    period: Period,
    found: history.Measures,
    worked: history.Efforts | None,
) -> None:
    """What was asked for as files. Each is on the security record before it is written."""
    if typed.csv is not None:
        note_export(period.settings, "review")
        _write(typed.csv, as_csv(measured_rows(found)).encode())
    if worked is not None and typed.xlsx is not None:
        note_export(period.settings, "review")
        sheets = (
            (say("指标", "measures"), measured_rows(found)),
            (say("组织", "organizations"), worked_rows(worked)),
        )
        _write(typed.xlsx, as_workbook(sheets))
    if typed.geojson is not None:
        note_export(period.settings, "review")
        _write(typed.geojson, as_geojson(period.points()))


def _may_be_written(typed: argparse.Namespace) -> None:
    """Before anything is counted: nothing is overwritten. Raises Trouble."""
    for file in (typed.csv, typed.xlsx, typed.geojson):
        if file is None or file == STANDARD_OUTPUT:
            continue
        if file.exists():
            raise Trouble(
                f"{file} 已存在；为免覆盖，请换一个文件名，或先移走它。",
                f"{file} is there already, and nothing is overwritten: name another file.",
            )
        if not file.absolute().parent.is_dir():
            raise Trouble(
                f"目录 {file.parent} 不存在；请先建立。",
                f"The folder {file.parent} does not exist; make it first.",
            )


def _days(since: date | None, until: date | None) -> tuple[Instant, Instant]:
    """Whole days, both of them counted. Trouble where there is none between."""
    if since and until and until < since:
        raise Trouble("--to 早于 --from。", "--to is before --from.")
    end = LATEST if until is None else end_of(until.isoformat())
    return 0 if since is None else start_of(since.isoformat()), end


def _write(file: Path, content: bytes) -> None:
    """A new file, or to standard output. Raises OSError."""
    if file == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    with file.open("xb") as opened:
        opened.write(content)
