"""`shouwang verify`: every area of a log checked and decided again, on either kind of folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.language import say
from schemas.values import AreaId
from schemas.wire import decode_turn
from streams.area import Area
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.letters import LettersVerdict, verify_letters
from streams.engines.folder import Divisions, FolderUnfit, opening
from streams.engines.log_file import Reader
from streams.engines.logs import open_reader
from streams.verify import Head, Verdict, verify

if TYPE_CHECKING:
    from streams.engines.cluster.replay import Replay

TOLD_EVERY = 5_000  # turns between two words of progress


def verify_folder(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Check the chain and decide every command again; of a cluster the dead letters too."""
    folder = typed.folder or settings_of(typed).data
    with told_plainly(), closing(open_reader(folder)) as reader:
        areas = [typed.area] if typed.area else reader.areas()
        if not areas:
            raise FolderUnfit(f"no area has been opened in the log of {folder}")
        if typed.head and len(areas) > 1:
            raise Trouble("有多个区域，请用 --area 指明。", "There are several areas; name one.")
        verdicts = [_verified(folder, reader, area, typed.head) for area in areas]
        letters = [] if typed.area else _letters(folder, reader)
    for verdict in verdicts:
        _tell(verdict)
    _tell_letters(letters)
    sound = all(v.sound for v in verdicts) and all(checked.sound for checked in letters)
    found = [asdict(verdict) for verdict in verdicts]
    told = found[0] if len(found) == 1 else {"areas": found}
    beside = {"dead_letters": [asdict(checked) for checked in letters]} if letters else {}
    return int(not sound), {"sound": sound, **told, **beside}


def _verified(folder: Path, reader: Reader | Replay, area: AreaId, head: Head | None) -> Verdict:
    try:
        opened = opening(decode_turn(reader.stored(area, 1)))
    except LookupError:
        there = ", ".join(reader.areas()) or "none"
        raise FolderUnfit(f"area {area} is not in this folder; there is {there}") from None
    tree = Divisions(folder).tree(opened.divisions)
    return verify(Area(area, tree), _chain(reader, area), _progress, head)


def _chain(reader: Reader | Replay, area: AreaId) -> Iterator[bytes]:
    """Everything that stands for a turn: a hole is for the verdict to name."""
    return reader.read(area) if isinstance(reader, Reader) else reader.chain(area)


def _letters(folder: Path, reader: Reader | Replay) -> list[LettersVerdict]:
    """The dead letters of each partition; a log file has none."""
    if isinstance(reader, Reader):
        return []
    partitions = range(Layout.read(folder).partitions)
    return [verify_letters(partition, reader.letters(partition)) for partition in partitions]


def _progress(turns: int) -> None:
    if turns % TOLD_EVERY == 0:
        end = "\r" if sys.stderr.isatty() else "\n"
        print(say(f"已校验 {turns} 轮", f"{turns} turns verified"), end=end, file=sys.stderr)


def _tell(verdict: Verdict) -> None:
    zh = f"区域 {verdict.area}：{verdict.turns} 轮，{verdict.facts} 条事实"
    print(say(zh, f"area {verdict.area}: {verdict.turns} turns, {verdict.facts} facts"))
    print(f"  chain   {verdict.chain}")
    print(f"  replay  {verdict.replay}")
    print(f"  state   {verdict.state_hash}")
    print(f"  head    {verdict.head}")
    print(f"  rules   {verdict.rules}")
    if verdict.bad is not None:
        print(say(f"  首个不符：第 {verdict.bad} 轮", f"  first bad sequence: {verdict.bad}"))


def _tell_letters(letters: list[LettersVerdict]) -> None:
    worth_telling = [checked for checked in letters if checked.letters or not checked.sound]
    if letters and not worth_telling:
        print(say("没有死信", "no dead letters"))
    for checked in worth_telling:
        zh = f"分区 {checked.partition}：{checked.letters} 条死信"
        print(say(zh, f"partition {checked.partition}: {checked.letters} dead letters"))
        print(f"  chain   {checked.chain}")
        if checked.bad is not None:
            print(say(f"  首个不符：第 {checked.bad} 条", f"  first bad sequence: {checked.bad}"))
