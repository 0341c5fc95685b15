"""`shouwang doctor`: everything that a data folder and its machine need, each with what to do."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

from api.cli.checks import BAD, MACHINE, Check
from api.cli.checks_kept import KEPT
from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.language import say
from api.serving import areas_of
from api.settings import Settings
from streams.engines.cluster.layout import is_cluster
from streams.engines.folder import LOG, FolderUnfit

SIGNS = {"ok": "✓", "warn": "!", "bad": "✗"}


def examine(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Looks, changes nothing; 0 where nothing is bad, 1 where something is."""
    settings = settings_of(typed)
    with told_plainly():
        if is_cluster(settings.data):
            raise Trouble("集群请用 shouwang cluster。", "Of a cluster ask `shouwang cluster`.")
        if not (settings.data / LOG).is_file():
            raise FolderUnfit(f"{settings.data / LOG} is missing; no log has been made here")
        if typed.area is None and len(areas := areas_of(settings.data)) == 1:
            settings = replace(settings, area=areas[0])
        found = []
        for check in _checks(settings):
            found.append(check)
            _tell(check)
    bad = sum(check.state == BAD for check in found)
    listed = [check._asdict() for check in found]
    return int(bool(bad)), {"well": not bad, "checks": listed}


def _checks(settings: Settings) -> Iterator[Check]:
    for look in (*MACHINE, *KEPT):
        yield from look(settings)


def _tell(check: Check) -> None:
    """A sign that can also be read without color, what was seen, and what to do below it."""
    print(f"{SIGNS[check.state]} {check.state:<4} {say(check.zh, check.en)}", flush=True)
    if check.do_en:
        print(f"       → {say(check.do_zh, check.do_en)}", flush=True)
