"""Commands on whole logs: move them to another medium, write their commands, play them again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.language import say
from api.safe import place_of
from api.settings import Settings
from schemas.codes import Words
from schemas.values import AreaId, TimeSource
from schemas.wire import decode_turn
from streams.engines.baggage import STORES
from streams.engines.command_file import BadLine, Fault, lines_of
from streams.engines.feeding import Broken, Foreign, Played, play
from streams.engines.folder import FolderUnfit, opening, write_whole
from streams.engines.logs import open_reader
from streams.engines.move import Moved, Summary
from streams.engines.move import move as move_logs
from streams.engines.sides import CannotMove, Why
from streams.review_codes import MEDIA

COMPARISON: Final = Path("data/comparison")
TOLD_EVERY: Final = 5_000  # turns, or lines, between two words of progress


# Moving


def move(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Both folders' servers are stopped; run again, an interrupted move goes on where it was."""
    with told_plainly(), _told_of_moving():
        summary = move_logs(typed.source, typed.target, _carrying)
        _carry_master_key(typed.source, typed.target)
    _tell_moved(typed.source, typed.target, summary)
    return 0, {
        "medium": summary.medium,
        "areas": [asdict(log) for log in summary.logs],
        "dead_letters": summary.dead_letters,
    }


def _carrying(area: AreaId, done: int, turns: int) -> None:
    if done % TOLD_EVERY == 0:
        _progress(f"区域 {area}：已迁移 {done}/{turns} 轮", f"area {area}: {done} of {turns} turns")


def _carry_master_key(source: Path, target: Path) -> None:
    """Where it lies beside the source it goes beside the target: its keys are opened by it."""
    here, there = place_of(Settings(source)), place_of(Settings(target))
    if here.is_file() and not there.exists():
        write_whole(there, here.read_bytes())


def _tell_moved(source: Path, target: Path, summary: Summary) -> None:
    medium = MEDIA[summary.medium]
    print(say(f"日志已迁入{medium.zh}：{target}", f"The logs are in {medium.en} now: {target}"))
    for log in summary.logs:
        _tell_log(log)
    if summary.dead_letters:
        zh = f"{summary.dead_letters} 条死信留在原主题中。"
        print(say(zh, f"{summary.dead_letters} dead letters stay in the topics they are in."))
    kept = "、".join(STORES)
    print(
        say(
            f"原目录 {source} 不再接受指令，仍可校验；其中的 {kept} 已复制："
            "新址启用后请删除，否则在新址销毁的个人信息在原处仍可读。",
            f"{source} takes no more commands and can still be verified. Its "
            f"{' and '.join(STORES)} have been copied: delete them there once the new place is "
            "in use, or what is destroyed here can still be read there.",
        )
    )


def _tell_log(log: Moved) -> None:
    print(say(f"区域 {log.area}：{log.turns} 轮", f"area {log.area}: {log.turns} turns"))
    print(f"  before  {log.before}")
    print(f"  after   {log.after}")


CANNOT: dict[Why, Words] = {
    Why.NO_LOG: Words("没有可迁移的日志：{0}", "There is no log to move: {0}"),
    Why.SAME_MEDIUM: Words(
        "只能在数据目录与集群之间迁移；{0} 与来源同类（集群目录中有 cluster.toml）。",
        "Logs move between a data folder and a cluster; {0} is of the same kind as the source "
        "(a cluster's folder has a cluster.toml).",
    ),
    Why.STORE_MISSING: Words(
        "缺少 {0}；它须与日志一同迁移。", "{0} is missing; it has to move with the log."
    ),
    Why.IN_THE_WAY: Words(
        "目标中已有 {0}，不会覆盖。", "{0} is there already and is not written over."
    ),
    Why.LOG_THERE: Words(
        "目标主题中已有区域 {0} 的日志。", "The target's topics hold a log of area {0} already."
    ),
    Why.NOT_IN_TABLE: Words(
        "目标的 cluster.toml 中没有区域 {0}，请先写入 [areas]。",
        "Area {0} is not in the target's cluster.toml; enter it under [areas] first.",
    ),
    Why.MOVED_BEFORE: Words(
        "区域 {0} 的日志早已迁往别处，不能再迁一次。",
        "The log of area {0} has been moved elsewhere before; it cannot go to two places.",
    ),
    Why.ANOTHER_MOVE: Words(
        "目标中有另一次未完成的迁移：{0}。", "Another move into the target has not ended: {0}."
    ),
    Why.DECIDERS_RUN: Words(
        "集群的决策进程仍在运行；请先停止。", "The cluster's deciders run; stop them first."
    ),
    Why.DECIDERS_MISSING: Words(
        "集群没有决策进程在运行；日志须由它结束，请先启动。",
        "No decider of the cluster runs; it takes one to end the logs. Start it first.",
    ),
    Why.DECIDERS_SILENT: Words(
        "决策进程没有结束区域 {0} 的日志；请检查集群后重新运行本命令。",
        "The deciders have not ended the log of area {0}; look at the cluster and run this again.",
    ),
    Why.DIFFERENT: Words(
        "目标中区域 {0} 的内容与来源不同；未启用，请查明原因。",
        "What the target holds of area {0} differs from the source; it has not been put to use.",
    ),
}


@contextmanager
def _told_of_moving() -> Iterator[None]:
    try:
        yield
    except CannotMove as cannot:
        words = CANNOT[cannot.why]
        zh, en = (text.format(cannot.subject) for text in words)
        raise Trouble(zh, en) from None


# Command files


def write_commands(typed: argparse.Namespace) -> tuple[int, Answer]:
    """To standard output, area by area; a live log's are put on given time, for comparison."""
    folder = settings_of(typed).data
    with told_plainly(), closing(open_reader(folder)) as log:
        there = log.areas()
        if not there or (typed.area and typed.area not in there):
            raise FolderUnfit(f"there is no such log in {folder}")
        for area in [typed.area] if typed.area else there:
            if opening(decode_turn(log.stored(area, 1))).time_source is TimeSource.LIVE:
                _progress(f"区域 {area}：改为给定时间", f"area {area}: put on given time")
            for line in lines_of(log.read(area)):
                sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
    return 0, {}


def play_commands(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Run again, an interrupted play goes on where it was. Equal files print equal lines."""
    settings = settings_of(typed, data=COMPARISON)
    if typed.pipeline < 1:
        raise Trouble("--pipeline 至少为 1。", "--pipeline is 1 or more.")
    with told_plainly(), _told_of_playing():
        outcome = play(settings.data, typed.file, settings.divisions, typed.pipeline, _playing)
    for played in outcome.played:
        _tell_played(played)
    if outcome.defects:
        zh = f"{outcome.defects} 条指令遇到规则缺陷，已记录。"
        print(say(zh, f"A rule failed on {outcome.defects} commands; they are on record."))
    areas = [asdict(played) | {"repeats": played.repeats} for played in outcome.played]
    return int(outcome.defects > 0), {"areas": areas, "defects": outcome.defects}


def _playing(lines: int) -> None:
    if lines % TOLD_EVERY == 0:
        _progress(f"已播放 {lines} 行", f"{lines} lines played")


def _tell_played(played: Played) -> None:
    counts = (played.commands, played.turns, played.refusals, played.repeats)
    zh = "区域 {}：{} 条指令，{} 轮，其中拒绝 {}；重复或过时 {}"
    en = "area {}: {} commands, {} turns, {} of them refusals; {} repeated or out of order"
    print(say(zh, en).format(played.area, *counts))
    print(f"  state   {played.state_hash}")
    print(f"  last    {played.last}")


UNFIT: dict[Fault, Words] = {
    Fault.NOT_READABLE: Words("不是有效的指令", "it is no command"),
    Fault.NEWER: Words("由更新版本的程序写成", "a newer program has written it"),
    Fault.TOO_LONG: Words("超过 64 KiB", "it is over 64 KiB"),
    Fault.TIME_MISSING: Words("没有时间 at", "it has no time (at)"),
    Fault.NOT_OPENED: Words(
        "一个区域的首行须是 OpenLog", "the first line of an area has to be its OpenLog"
    ),
    Fault.LIVE: Words("日志须为给定时间", "the log has to be on given time"),
    Fault.MIXED: Words("各区域的用途不同", "the areas differ in their purpose"),
    Fault.NOT_IN_TABLE: Words(
        "cluster.toml 中没有该区域", "the area is not in the table of cluster.toml"
    ),
}


@contextmanager
def _told_of_playing() -> Iterator[None]:
    try:
        yield
    except BadLine as bad:
        why = UNFIT[bad.fault]
        raise Trouble(
            f"第 {bad.number} 行：{why.zh}；没有发送任何指令。",
            f"Line {bad.number}: {why.en}; nothing has been sent.",
        ) from None
    except Broken as broken:
        raise Trouble(
            f"第 {broken.number} 行未执行（{broken.problem}）；排除原因后可重新运行，从此处继续。",
            f"Line {broken.number} was not carried out ({broken.problem}); once that is put "
            "right, run this again and it goes on from here.",
        ) from None
    except Foreign as foreign:
        raise Trouble(
            f"数据目录中区域 {foreign.area} 的日志不出自此文件。",
            f"The log of area {foreign.area} in this folder does not come from this file.",
        ) from None


def _progress(zh: str, en: str) -> None:
    end = "\r" if sys.stderr.isatty() else "\n"
    print(say(zh, en), end=end, file=sys.stderr)
