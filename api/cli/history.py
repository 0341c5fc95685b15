"""Commands on history: build it anew from the log, and have it as far as the log is."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Final

from api import history
from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.history import HISTORY
from api.language import say
from api.serving import areas_of
from api.settings import Settings
from schemas.values import AreaId
from schemas.wire import digest
from streams.engines.folder import FolderUnfit
from streams.engines.logs import open_reader

KEPT_WITHIN_S: Final = 2.0  # a server that keeps it has written more by then


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


def bring_up(settings: Settings) -> Path:
    """The history of a folder, built where it is missing or behind. Raises as `rebuild`; Trouble
    where the log was cut."""
    if _behind(settings.data, settings.area):
        history.rebuild(settings.data, areas_of(settings.data), _progress)
    return settings.data / HISTORY


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


def _progress(turns: int) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    print(say(f"已读 {turns} 轮", f"{turns} turns read"), end=end, file=sys.stderr)
