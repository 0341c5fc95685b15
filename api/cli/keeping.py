"""`shouwang backup` and `shouwang restore`: a folder copied while it serves, and brought back."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import datetime

from api.cli import setting_up
from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.keeping import Making, Restored, Stand, follow, open_copy, restore
from api.language import say
from api.safe import master_key
from api.settings import Settings
from schemas.values import AreaId
from streams.engines.cluster.layout import is_cluster
from streams.engines.folder import LOG, FolderUnfit

TOLD_EVERY = 5_000  # turns between two words of progress
TOLD_S = 60.0  # between two words of a copy that is kept up


def backup(typed: argparse.Namespace) -> tuple[int, Answer]:
    """One pass, or with `--follow` until Ctrl-C. The server goes on meanwhile."""
    settings = settings_of(typed)
    with told_plainly():
        _refuse_unfit(settings)
        if typed.to.resolve().is_relative_to(settings.data.resolve()):
            zh = "副本不能放在数据目录之内：目录没了，副本也就没了。"
            raise Trouble(zh, "The copy cannot lie inside the data folder: it would go with it.")
        begun = time.monotonic()
        with open_copy(typed.to, typed.keys, master_key(settings), write=True) as copy:
            if typed.follow:
                with _Stop() as stop:
                    follow(settings.data, copy, stop.is_asked, _Following())
                return 0, {}
            with closing(Making(settings.data, copy)) as making:
                made = making.step(_progress(say("已备份", "backed up")))
                making.note(time.time_ns() // 1_000_000)
                stand = making.stand
    turns = {end.area: end.turns for end in stand.logs}
    seconds = round(time.monotonic() - begun, 2)
    listed = say("、", ", ").join(f"{area}: {count}" for area, count in turns.items())
    zh = f"备份点 {stand.number}：{listed} 轮，用时 {seconds} 秒。"
    if made is None:
        zh = f"没有变化，备份点仍为 {stand.number}：{listed} 轮。"
    en = "is up to date" if made is None else f"took {seconds} s"
    print(say(zh, f"stand {stand.number}: {listed} turns, {en}"))
    return 0, {"stand": stand.number, "turns": turns, "new": made is not None, "seconds": seconds}


def _refuse_unfit(settings: Settings) -> None:
    if is_cluster(settings.data):
        raise Trouble(
            "集群目录的日志在 Kafka 中，本命令不备份它；见 docs/keeping.md。",
            "A cluster's log is in Kafka, which this does not copy; see docs/keeping.md.",
        )
    if not (settings.data / LOG).is_file():
        raise FolderUnfit(f"{settings.data / LOG} is missing; no log has been made here")


class _Stop:
    """Ctrl-C or SIGTERM: the pass under way is ended, so the last stand is as new as can be."""

    def __init__(self) -> None:
        self._asked = False

    def __enter__(self) -> _Stop:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def _ask(self, *_: object) -> None:
        self._asked = True

    def is_asked(self) -> bool:
        return self._asked


class _Following:
    """Tells of a copy that is kept up: its first stand, one a minute, and every trouble once."""

    def __init__(self) -> None:
        self._told = float("-inf")
        self._trouble = ""

    def __call__(self, what: Stand | OSError) -> None:
        if isinstance(what, OSError):
            if self._trouble != str(what):
                self._trouble = str(what)
                zh = f"副本写不进去，将不断重试：{what}"
                print(say(zh, f"The copy cannot be written, trying again: {what}"), file=sys.stderr)
            return
        if self._trouble or time.monotonic() - self._told >= TOLD_S:
            self._trouble, self._told = "", time.monotonic()
            listed = ", ".join(f"{end.area}: {end.turns}" for end in what.logs)
            zh = f"{_time(what.at)} 备份点 {what.number}：{listed} 轮"
            print(say(zh, f"{_time(what.at)} stand {what.number}: {listed} turns"), flush=True)


def _time(at: int) -> str:
    """As the clock on the wall shows it, with its zone."""
    return datetime.fromtimestamp(at / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S%z")


def _progress(words: str) -> Callable[[AreaId, int], None]:
    reached: dict[AreaId, int] = {}

    def progress(area: AreaId, turns: int) -> None:
        if turns // TOLD_EVERY != reached.get(area, 0) // TOLD_EVERY:
            end = "\r" if sys.stderr.isatty() else "\n"
            print(f"{words} {area}: {turns}", end=end, file=sys.stderr)
        reached[area] = turns

    return progress


def bring_back(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Into an empty folder, which can be served when it is done."""
    settings = settings_of(typed)
    with told_plainly(), open_copy(typed.copy, typed.keys, master_key(settings), False) as copy:
        words = say("已恢复或校验", "restored or checked")
        back = restore(copy, settings.data, typed.verify, typed.head, typed.stand, _progress(words))
    _tell(back, settings)
    told = asdict(back)
    return 0, {"data": str(settings.data), **told, "seconds": back.copied_s + back.checked_s}


def _tell(back: Restored, settings: Settings) -> None:
    zh = f"已恢复到 {settings.data}（备份点 {back.stand}）"
    print(say(zh, f"{settings.data} is restored from stand {back.stand}"))
    for one in back.areas:
        turns, last = one.turns, _time(one.at)
        zh = f"区域 {one.area}：{turns} 轮，最后一轮的时间 {last}"
        print(say(zh, f"area {one.area}: {turns} turns, the last of {last}"))
        if one.verdict is not None:
            print(f"  chain   {one.verdict.chain}")
            print(f"  replay  {one.verdict.replay}")
        print(f"  state   {one.state}")
        print(f"  head    {one.head}")
        if one.lost is not None:
            zh = f"  按所给链头，缺 {one.lost} 轮"
            print(say(zh, f"  lost    {one.lost} turns, by the head given"))
    until = _time(back.whole_until)
    zh = f"至 {until} 为止的记录一轮不缺；此后才记下的已经丢失，请向各方核对。"
    en = f"Nothing that was on record by {until} is missing; what was recorded later is lost: ask."
    print(say(zh, en))
    copied, checked = f"{back.copied_s:.1f}", f"{back.checked_s:.1f}"
    zh = f"复制用时 {copied} 秒，校验用时 {checked} 秒。"
    print(say(zh, f"Copying took {copied} s, checking {checked} s."))
    print(say("接着运行：", "Next:"), _serve(settings))
    zh = "原来的服务器不得再启动：两份日志会各走各的。"
    print(say(zh, "Never start the old server again: the two logs would part."))


def _serve(settings: Settings) -> str:
    """With the key that it was brought back with: whoever types the line needs it."""
    key = setting_up.key_flags(settings)
    return shlex.join(["shouwang", "serve", "--data", str(settings.data), *key])
