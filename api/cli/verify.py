"""`shouwang verify`: every area of a log checked and decided again, on either kind of folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.heads import refuse_foreign
from api.cli.invariants import Opinion, second_opinion
from api.cli.trouble import Answer, settings_of, told_plainly
from api.keeping import heads_of, own_heads
from api.language import say
from geo.divisions import DivisionTree
from schemas.values import AreaId
from schemas.wire import decode_turn
from streams.area import Area
from streams.engines import checkpoints
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
        refuse_foreign(typed.head, areas)
        kept = [_Kept(folder, area) for area in areas]
        signed = [_Signed(folder, area, heads_of(area, typed.head)) for area in areas]
        verdicts = [
            _verified(folder, reader, one, heads.all)
            for one, heads in zip(kept, signed, strict=True)
        ]
        opinions = [_opinion(folder, reader, area) for area in areas if typed.invariants]
        letters = [] if typed.area else _letters(folder, reader)
    rows = list(zip_longest(verdicts, kept, opinions))
    for row, heads in zip(rows, signed, strict=True):
        _tell(row[0])
        heads.tell(row[0].sound)
        for one in filter(None, row[1:]):
            one.tell()
    _tell_letters(letters)
    sound = all(one.sound for side in (verdicts, kept, opinions, letters) for one in side)
    found = [_found(*row) for row in rows]
    told = found[0] if len(found) == 1 else {"areas": found}
    beside = {"dead_letters": [asdict(checked) for checked in letters]} if letters else {}
    return int(not sound), {"sound": sound, **told, **beside}


def _found(verdict: Verdict, kept: _Kept, opinion: Opinion | None) -> Answer:
    told = {**asdict(verdict), "checkpoints": kept.outcome}
    return told if opinion is None else {**told, "invariants": opinion.answer()}


class _Kept:
    """The checkpoints of an area, held against what its log is decided to again.

    Read at the beginning: a server goes on making new ones, and removes the oldest.
    """

    def __init__(self, folder: Path, area: AreaId) -> None:
        self.area = area
        self.outcome: dict[int, str] = {}
        self._contents: dict[int, str] = {}
        for one in checkpoints.found(folder, area):
            try:
                self._contents[one.sequence] = checkpoints.head_of(one).content
            except checkpoints.Unfit:  # a start does not use it either, and says why
                self.outcome[one.sequence] = "unused"

    @property
    def sound(self) -> bool:
        """Whether none was found that a server could begin with and that is not true."""
        return "differs" not in self.outcome.values()

    def compare(self, area: Area, turns: int) -> None:
        content = self._contents.get(turns)
        if content is not None:
            same = checkpoints.content_of(area) == content
            self.outcome[turns] = "equal" if same else "differs"

    def tell(self) -> None:
        for turn, outcome in sorted(self.outcome.items()):
            print(f"  checkpoint {turn}  {outcome}")
        if not self.sound:
            zh = "  检查点与日志不符：请停止服务，删除 checkpoints 文件夹后重新启动"
            print(say(zh, "  stop the server, delete the folder checkpoints/, and start it again"))


class _Signed:
    """The heads that an area is held against: those given, and those signed in its own folder.

    Whoever can write the folder can take its own ones away: only those kept elsewhere are proof.
    """

    def __init__(self, folder: Path, area: AreaId, given: list[Head]) -> None:
        self._own, self._unfit = own_heads(folder, area)
        self._given = len(given)
        self.all = [*given, *(one.head for one in self._own)]

    def tell(self, sound: bool) -> None:
        """How many were held against it; where one did not fit, the chain has said so."""
        if not self.all and not self._unfit:
            return
        keys = " ".join(sorted({one.key[:16] for one in self._own}))
        zh = f"  链头：另存的 {self._given} 份，本目录已签的 {len(self._own)} 份"
        en = f"  heads   {self._given} kept elsewhere, {len(self._own)} signed in the folder"
        zh, en = (zh + f"（{keys}）", en + f" ({keys})") if keys else (zh, en)
        if self._unfit:
            zh, en = zh + f"，{self._unfit} 份已损坏", en + f", {self._unfit} damaged"
        print(say(zh, en) + say("，全部相符", ", all as they were") * sound)


def _verified(folder: Path, reader: Reader | Replay, kept: _Kept, heads: list[Head]) -> Verdict:
    area = Area(kept.area, _tree(folder, reader, kept.area))

    def progress(turns: int) -> None:
        kept.compare(area, turns)
        _progress(turns)

    return verify(area, _chain(reader, kept.area), progress, heads)


def _opinion(folder: Path, reader: Reader | Replay, area: AreaId) -> Opinion:
    return second_opinion(_chain(reader, area), _tree(folder, reader, area), _progress)


def _tree(folder: Path, reader: Reader | Replay, area: AreaId) -> DivisionTree:
    """The divisions that an area's log was opened with. FolderUnfit where it has none there."""
    try:
        opened = opening(decode_turn(reader.stored(area, 1)))
    except LookupError:
        there = ", ".join(reader.areas()) or "none"
        raise FolderUnfit(f"area {area} is not in this folder; there is {there}") from None
    return Divisions(folder).tree(opened.divisions)


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
