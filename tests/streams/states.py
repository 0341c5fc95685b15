"""The table of every state and every command, tried out one by one: docs/states.md.

python -m tests.streams.states
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from schemas import commands as c
from streams.clock import due
from streams.parameters import DAY, HOUR, MINUTE, SECOND
from streams.turning import Taken
from tests.streams import (
    state_batches,
    state_drafts,
    state_groups,
    state_hand_ups,
    state_helpers,
    state_plans,
    state_relief,
    state_shifts,
)
from tests.streams import state_commands as rows
from tests.streams import state_registry as registry
from tests.streams import state_told as orders
from tests.streams import state_worlds as worlds
from tests.streams.state_commands import Row
from tests.streams.state_worlds import Build, Scene
from tests.streams.world import World, kinds

PAGE = Path(__file__).parents[2] / "docs" / "states.md"
FAR = 90 * DAY  # nothing of which anybody waits is farther away
PATIENCE = 3 * HOUR  # for something else, where lines are looked at again and again
LOOKS = {"LineUnmet", "LinesLookedAt", "LineInHand"}
INTRODUCTION = """\
# 状态与指令 States and commands

<!-- Written by `python -m tests.streams.states`, which tries each of them; do not edit. -->

One table a noun: what each command does in each state. A cell holds the facts of the command's
own turn in their order, with what settling adds at once; or *the refusal's code*; or "nothing
new", where the command is welcome and says what is known already.

Each cell was tried: a small world is brought into the state (`tests/streams/state_worlds.py`),
the command is sent by somebody who may (`tests/streams/state_commands.py`), and its turn is
written down. Two teams with two pumps each can be asked, one more is off duty; demands are of
the most urgent kind and ask for one pump, and their contact is sealed. The last row of a table
says what comes next if nobody does anything, and when; looks at a line in vain are named only
where nothing else comes.

**A cell that reads wrong to a person is a defect**, whatever the program means by it: tell us.

What facts say: [facts.md](facts.md). What refusals say: [refusals.md](refusals.md)."""


class Table(NamedTuple):
    title: str
    states: dict[str, Build]
    rows: tuple[Row, ...]


TABLES = (
    Table(
        "突发事件 Incidents",
        {
            "响应中 open, a crew at work": worlds.working,
            "正在结束 closing": worlds.closing,
            "已结束 closed": worlds.closed,
            "密钥已销毁 key destroyed": worlds.destroyed,
        },
        rows.INCIDENT + state_drafts.INCIDENT + orders.EVERYBODY,
    ),
    Table(
        "需求 Demands",
        {
            "草稿 draft": state_drafts.drafted,
            "已弃用草稿 discarded draft": state_drafts.discarded,
            "已发布 published": worlds.published,
            "已暂缓 on hold": worlds.on_hold,
            "已关闭 closed": worlds.demand_closed,
            "同一需求，由首报请求 led by another": state_groups.led,
            "首报 leading another": state_groups.leading,
            "有群众等候 with helpers waiting": state_helpers.waited_for,
            "已向社会公开 public": state_helpers.appealing,
            "已提请提级 handed up": state_hand_ups.handed_up,
            "县已接办 taken on by the county": state_hand_ups.taken_on,
            "已退回 given back": state_hand_ups.given_back,
            "已移交 moved here, returnable": worlds.moved,
            "已接手 moved here, taken up": worlds.taken_up,
            "突发事件已结束 incident closed": worlds.closed,
        },
        (
            *rows.DEMAND,
            *state_drafts.DEMAND,
            *state_helpers.FILED,
            *state_helpers.HELPERS,
            *state_helpers.APPEALS,
            *state_hand_ups.DEMAND,
            *state_batches.DEMAND,
        ),
    ),
    Table(
        "需求项 Lines",
        {
            "无人可请 unmet": worlds.unmet,
            "请求中 being asked": worlds.being_asked,
            "已满足 covered": worlds.covered,
            "需求已暂缓 demand on hold": worlds.held_line,
            "不再需要 dropped": worlds.dropped_line,
            "需求是草稿 demand a draft": state_drafts.drafted,
            "由首报请求 asleep": state_groups.led,
            "需求已关闭 demand closed": worlds.closed_lines,
        },
        (*rows.LINE, *state_helpers.VOLUNTEERS),
    ),
    Table(
        "协助请求 Offers",
        {
            "待答复 sent": worlds.published,
            "已过期限 past its deadline, before the tick": worlds.past_deadline,
            "未答复 no answer": worlds.no_answer,
            "未送达 unreachable": worlds.unreachable,
            "已谢绝 declined": worlds.declined,
            "备勤 standby": worlds.standby,
            "已撤回 stood down, covered": worlds.thanked,
            "已撤回 stood down, short again while off duty": worlds.thanked_and_short,
            "已另行请求 stood down, asked anew": worlds.asked_anew,
            "需求已暂缓 demand on hold": worlds.on_hold,
            "已答应 accepted": worlds.committed,
            "需求已关闭 demand closed": worlds.demand_closed,
        },
        (*rows.OFFER, *state_plans.OFFER, *state_helpers.COUNTERS),
    ),
    Table(
        "任务 Assignments",
        {
            "已答应 committed": worlds.committed,
            "途中 en route": worlds.en_route,
            "在现场 on scene": worlds.on_scene,
            "已报完成 reported done": worlds.reported,
            "已确认 released": worlds.released,
            "无法继续 given up": worlds.given_up,
            "已撤回 stood down": worlds.stood_down,
            "逾期 overdue": worlds.overdue,
            "已撤销一步 a step undone": worlds.undone,
        },
        (*rows.ASSIGNMENT, *orders.CREW, *state_relief.CREW),
    ),
    Table(
        "值班 Shifts",
        {
            "无人登记 nobody is entered": worlds.published,
            "当班 taken": state_shifts.taken,
            "已交班 handed over": state_shifts.handed_over,
            "无人接班 handed over, and not taken in time": state_shifts.untaken,
        },
        state_shifts.SHIFT,
    ),
    Table(
        "恢复任务 Recovery tasks",
        {
            "建议 proposed": worlds.proposed,
            "开放 open": worlds.open_task,
            "已认领 claimed": worlds.claimed,
            "认领到期 open again, the claim ran out": worlds.ran_out,
            "已报完成 reported done": worlds.task_reported,
            "已核实 verified": worlds.verified,
            "已取消 dropped": worlds.dropped_task,
            "已失效 lapsed": worlds.lapsed,
        },
        (*rows.TASK, *state_batches.TASK),
    ),
    Table(
        "组织 Organizations",
        {
            "值守 on duty, being asked": registry.on_duty,
            "联系不上 on duty, and no channel reaches it": registry.unreachable,
            "不值守 off duty": registry.waiting,
            "已停用 retired": registry.retired,
            "已合并 merged": registry.merged,
        },
        registry.ORGANIZATION,
    ),
    Table(
        "证书 Certificates",
        {
            "有效 good, its holder being asked": registry.certified,
            "已过期 expired": registry.expired,
            "已撤销 withdrawn": registry.withdrawn,
        },
        registry.CERTIFICATE,
    ),
    Table(
        "权限 Grants",
        {
            "没有 none": worlds.opened,
            "已有 there": registry.granted,
            "待确认 link waits": registry.let_in,
        },
        registry.GRANT,
    ),
)


def page() -> str:
    """The page as it would be written now."""
    exceptions = (f"* `{kind.__name__}`: {why}" for kind, why in rows.OWNERS.items())
    parts = [INTRODUCTION, *map(_table, TABLES)]
    parts.append("\n".join(("## 日志所有者 Of the log's owner alone", "", *exceptions)))
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [f"## {table.title}", "", _line("", *table.states)]
    lines.append(_line(*("---" for _ in range(len(table.states) + 1))))
    for row in table.rows:
        cells = (cell(build(), row) for build in table.states.values())
        lines.append(_line(row.title, *cells))
    lines.append(
        _line("nobody does anything", *(next_(build()) for build in table.states.values()))
    )
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def cell(scene: Scene, row: Row) -> str:
    """What a command does in a scene: its facts, or why not."""
    actor, command = row.send(scene)
    taken = scene.world.take(scene.world.envelope(actor, command))
    assert isinstance(taken, Taken)
    if taken.turn.refusal is not None:
        return f"*{taken.turn.refusal}*"
    return named(kinds(taken.turn.facts)) or "nothing new"


def named(names: list[str]) -> str:
    """Facts by name; several of one kind in a row with their number."""
    return ", ".join(_times(name, len(list(same))) for name, same in groupby(names))


def _times(name: str, times: int) -> str:
    return name if times == 1 else f"{name} × {times}"


def next_(scene: Scene) -> str:
    """The first tick that changes more than what a line says, and how long it takes until then."""
    since = scene.world.at
    looked = ""
    for facts in _ticks(scene.world):
        waited = scene.world.at - since
        if looked and waited > PATIENCE:
            break
        said = f"{'at once' if not waited else f'after {span(waited)}'}: {named(facts)}"
        if set(facts) - LOOKS:
            return said
        looked = looked or said
    return looked or "nothing waits"


def _ticks(world: World) -> Iterator[list[str]]:
    end = world.at + FAR
    while (found := due(world.area)) is not None and found[0] <= end:
        world.at = max(world.at, found[0])
        yield kinds(world.tick())


def span(milliseconds: int) -> str:
    """A time in its largest unit, rounded down."""
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")):
        if milliseconds >= unit:
            return f"{milliseconds // unit} {name}"
    return f"{milliseconds} ms"


def shown() -> set[type[c.Command]]:
    """The commands that are in a table, or are the owner's."""
    return {row.kind for table in TABLES for row in table.rows} | set(rows.OWNERS)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
