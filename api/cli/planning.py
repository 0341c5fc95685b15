"""`shouwang plan`: what would be the best for all short lines together, told or proposed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import closing

import msgspec

from api.cli.trouble import Answer, settings_of, told_plainly
from api.language import say
from api.planner import Following, put, waits
from api.serving import opened_as
from api.settings import Settings
from schemas.commands import ProposePlan
from streams.engines.folder import FolderUnfit
from streams.engines.log_file import Reader
from streams.engines.logs import open_reader

MINUTE_MS = 60_000


def plan(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Once; with `--follow` again and again, as the log goes on, until Ctrl-C."""
    settings = settings_of(typed)
    found: ProposePlan | None = None
    with told_plainly(), closing(open_reader(settings.data)) as reader:
        settings = settings_of(typed, purpose=opened_as(settings.data, settings.area).purpose)
        if not isinstance(reader, Reader):
            raise FolderUnfit(f"{settings.data} is a cluster's; plan reads one machine's log")
        for found in _looks(settings, reader, typed.every if typed.follow else None):
            if found is None:
                continue
            _tell(found)
            if typed.propose or typed.follow:
                put(settings.data, found)
    if found is None:
        print(say("没有比现状更好的方案", "Nothing is better than what is asked already."))
    return 0, {"plan": None if found is None else msgspec.to_builtins(found)}


def _looks(settings: Settings, reader: Reader, every: float | None) -> Iterator[ProposePlan | None]:
    """What is proposed at each look. While one waits for the server, no other is made."""
    following = Following(settings.data, reader, settings.area)
    while True:
        new = following.read_on()
        if every is None or (new and not waits(settings.data)):
            yield following.proposal(settings.operation)
        if every is None:
            return
        time.sleep(every)


def _tell(found: ProposePlan) -> None:
    grounds, count = found.grounds, len(found.pairs)
    saved = (grounds.before - grounds.after) // MINUTE_MS
    gap = 1_000_000 * (grounds.after - grounds.bound) // max(grounds.bound, 1)
    print(
        say(
            f"{grounds.lines} 项未满足：改请 {count} 家，按紧急程度加权少用 {saved} 分钟；"
            f"距最优至多百万分之 {gap}",
            f"{grounds.lines} lines are short: {count} asked anew save {saved} min by urgency's"
            f" weight; at most {gap} millionths from the best",
        ),
        flush=True,
    )
    for pair in found.pairs:
        moved = (
            "" if pair.instead is None else say(f"（原请求 {pair.instead}）", f" ({pair.instead})")
        )
        print(f"  {pair.line} ← {pair.organization} × {pair.quantity}{moved}", flush=True)
