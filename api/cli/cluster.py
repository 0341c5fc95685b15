"""Commands on a cluster: its topics, its two workers, its board, how it stands."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict
from time import time_ns
from typing import TYPE_CHECKING

from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.language import say
from schemas.values import AreaId
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.obstacles import without_password

if TYPE_CHECKING:
    from streams.engines.cluster.status import AreaStatus, Group, PartitionStatus
    from streams.engines.cluster.topics import Difference

CHINESE = {"partitions": "分区数", "copies": "副本数", "brokers": "代理数"}

# What a command needs is imported by it alone: a worker that was killed is back in a moment.


def topics(typed: argparse.Namespace) -> tuple[int, Answer]:
    """0 where all is as it should be or was made so; 1 where something differs."""
    with told_plainly():
        from streams.engines.cluster import topics as plans

        layout = Layout.read(settings_of(typed).data)
        if typed.action == "check":
            found = plans.check(layout, typed.deep)
        else:
            found = plans.plan(layout) if typed.action == "plan" else plans.apply(layout)
        for difference in found:
            print(_worded(difference, typed.action))
        if not found:
            print(say("主题均符合设置。", "The topics are as they should be."))
        if layout.copies == 1 and typed.action != "check":
            zh = "只有一份副本：每条记录先写入磁盘（flush.messages=1）才算数。"
            print(say(zh, "One copy: each record is flushed to the disk first (flush.messages=1)."))
    left = found if typed.action == "check" else [d for d in found if not d.mends]
    return int(bool(left)), {"differences": [asdict(difference) for difference in found]}


def _worded(difference: Difference, action: str) -> str:
    """A difference in a line, with what becomes of it."""
    found, wanted = difference.found, difference.wanted
    where, name = difference.topic or "broker", difference.name
    if found:
        zh = f"{where}：{CHINESE.get(name, name)} 为 {found}，应为 {wanted}"
        told = say(zh, f"{where}: {name} is {found}, should be {wanted}")
    else:
        zh = f"{where}：缺失，应有 {wanted} 个分区"
        told = say(zh, f"{where}: missing, should have {wanted} partitions")
    if not difference.mends:
        return told + say("（apply 不会改动）", " (apply leaves it)")
    if action == "apply":
        return told + say("（已改正）", " (put right)")
    return told


def decide(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Run the decider until it is stopped."""
    with told_plainly():
        from streams.engines.cluster import decider

        decider.main(settings_of(typed).data, typed.worker)
    return 0, {}


def project(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Run the projector until it is stopped."""
    with told_plainly():
        from streams.engines.cluster import projector

        projector.main(settings_of(typed).data, typed.worker)
    return 0, {}


def board(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Build every board again from the turns; the present ones are served meanwhile."""
    built: dict[AreaId, int] = {}

    def progress(area: AreaId, sequence: int) -> None:
        built[area] = sequence
        end = "\r" if sys.stderr.isatty() else "\n"
        print(say(f"{area}：{sequence} 轮", f"{area}: {sequence} turns"), end=end, file=sys.stderr)

    with told_plainly():
        from streams.engines.cluster.clients import reached
        from streams.engines.cluster.rebuild import Overtaken, rebuild
        from streams.engines.folder import Divisions

        data = settings_of(typed).data
        layout = Layout.read(data)
        try:
            with reached(layout):
                asyncio.run(rebuild(layout, Divisions(data).tree, layout.areas, progress))
        except Overtaken:
            zh = "另一个重建已经开始，本次放弃。"
            raise Trouble(zh, "Another rebuild has begun; this one gives way to it.") from None
    print(say("看板已重建。", "The board has been rebuilt."))
    return 0, {"boards": built}


def cluster(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Tell how the cluster stands; only looks."""
    with told_plainly():
        from streams.engines.cluster.status import status

        layout = Layout.read(settings_of(typed).data)
        found = status(layout, _progress)
    print(f"Kafka {layout.brokers}   Redis {without_password(layout.redis)}")
    for partition in found.partitions:
        _tell_partition(partition)
    for group in found.groups:
        _tell_group(group)
    counted = [asdict(partition) | {"waiting": partition.waiting} for partition in found.partitions]
    return 0, {"partitions": counted, "groups": [asdict(group) for group in found.groups]}


def _progress(records: int) -> None:
    print(say(f"已读 {records} 条", f"{records} records read"), file=sys.stderr)


def _tell_partition(partition: PartitionStatus) -> None:
    letters = sum(partition.dead_letters.values())
    by_reason = ", ".join(f"{name} {n}" for name, n in sorted(partition.dead_letters.items()))
    print(
        say(
            f"分区 {partition.partition}：指令 {partition.commands}，待决 {partition.waiting}，"
            f"记录 {partition.turns}，死信 {letters}",
            f"partition {partition.partition}: {partition.commands} commands,"
            f" {partition.waiting} waiting, {partition.turns} records, {letters} dead letters",
        )
        + f" ({by_reason})" * bool(letters)
    )
    if partition.foreign:
        zh = f"  其中 {partition.foreign} 条不是本程序的记录！"
        print(say(zh, f"  {partition.foreign} of the records are not ours!"))
    for area in partition.areas.values():
        _tell_area(area)


def _tell_area(area: AreaStatus) -> None:
    if not area.turns:
        print(say(f"  区域 {area.area}：尚未开设", f"  area {area.area}: not opened yet"))
        return
    ago = max(0, time_ns() // 1_000_000 - area.last_at) // 1_000
    if area.board is None:
        shown = say("看板 Redis 没有应答", "its board: Redis does not answer")
    else:
        behind = max(0, area.turns - area.board)  # it goes on while we look
        shown = say(f"看板 {area.board} 轮，落后 {behind}", f"board {area.board}, {behind} behind")
    zh = f"  区域 {area.area}：{area.turns} 轮，{shown}，末轮 {ago} 秒前"
    print(say(zh, f"  area {area.area}: {area.turns} turns, {shown}, the last {ago} s ago"))


def _tell_group(group: Group) -> None:
    if not group.members:
        print(say(f"{group.role}：没有进程！", f"{group.role}: no process!"))
    for member in group.members:
        held = " ".join(map(str, member.partitions)) or "-"
        zh = f"{group.role}：{member.name}（{member.host}），分区 {held}"
        print(say(zh, f"{group.role}: {member.name} ({member.host}), partitions {held}"))
