"""The command `review`: measure what happened in a period, tell it, and hand it out as tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from api import history
from api.cli import picturing
from api.cli.exporting import note_export
from api.cli.period import Period, new_file
from api.cli.review_words import tell, tell_openings, tell_work
from api.cli.trouble import Answer, told_plainly
from api.history import as_csv, as_geojson, as_workbook, measured_rows, worked_rows
from api.language import say

STANDARD_OUTPUT = Path("-")

T = TypeVar("T")


def measure(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Counts in history, which is built where it is missing or behind; also beside a server."""
    _may_be_written(typed)
    pencil = _pencil(typed)
    with told_plainly():
        period = Period(typed)
        found, names = period.measures(), period.names()
        worked = period.work() if typed.organizations or typed.xlsx else None
        opened = period.openings() if typed.openings else None
        _hand_out(typed, period, found, worked)
        if pencil is not None:
            pencil(period, found)
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


def _pencil(typed: argparse.Namespace) -> Callable[[Period, history.Measures], object] | None:
    """What draws pictures, where these are wanted. Raises Trouble before anything is counted."""
    if typed.plot is None:
        return None
    picturing.new_folder(typed.plot)
    letters = picturing.letters_here()
    return lambda period, found: picturing.plot(typed.plot, period, found, letters)


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
    """Before anything is counted. Raises Trouble."""
    for file in (typed.csv, typed.xlsx, typed.geojson):
        if file is not None and file != STANDARD_OUTPUT:
            new_file(file)


def _write(file: Path, content: bytes) -> None:
    """A new file, or to standard output. Raises OSError."""
    if file == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    with file.open("xb") as opened:
        opened.write(content)
