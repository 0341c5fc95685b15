"""`shouwang rules`: which version of the rules decides in each log, and the change to the next."""

from __future__ import annotations

import argparse
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.language import say
from streams.engines.changing import Standing, answer, changing, standing
from streams.engines.cluster.layout import Layout, is_cluster
from streams.engines.logs import open_reader
from streams.versions import VERSIONS, present

PATIENCE_S: Final = 20.0
LOOK_EVERY_S: Final = 0.3


def rules(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Tell which rules decide; with `--change` have those of this release do it, and wait."""
    folder = settings_of(typed).data
    with told_plainly(), closing(open_reader(folder)) as reader:
        logs = [standing(reader, area) for area in reader.areas()]
    if typed.change:
        logs = [_changed(folder, log) for log in logs]
    for log in logs:
        print(say(f"{log.area}：第 {log.rules} 版规则", f"{log.area}: rules {log.rules}"))
    here = sorted(VERSIONS)
    words = "、".join(map(str, here))
    print(say(f"本程序含第 {words} 版", f"this release has {', '.join(map(str, here))}"))
    return 0, {"areas": {log.area: log.rules for log in logs}, "here": here}


def _changed(folder: Path, log: Standing) -> Standing:
    if log.rules == present().number:
        return log
    if not is_cluster(folder):
        raise Trouble(
            "单机数据目录在服务启动时自动改用新规则，不必另行操作。",
            "A server changes a data folder's rules by itself when it starts.",
        )
    with told_plainly():
        from streams.engines.cluster.sides import put_command

        asked = changing(log)
        put_command(Layout.read(folder), asked)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with closing(open_reader(folder)) as reader:
                turn = answer(reader, asked, log.sequence)
            if turn is not None:
                return log._replace(rules=turn.rules, sequence=turn.sequence)
            time.sleep(LOOK_EVERY_S)
    raise Trouble(
        "没有含这一版规则的决策进程应答；请先升级所有 shouwang decide，再重试。",
        "No decider that has these rules has answered: replace every shouwang decide,"
        " and try again.",
    )
