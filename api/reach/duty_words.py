"""What a desk whose page is closed reads: of one matter what it is, of many how many there are.

Never a name, a street or what somebody has typed: a duty phone lies open on a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from api.reach.matters import Kind, Matter
from schemas.codes import KINDS, SKILLS

LONGEST: Final = 35  # letters that a provider takes for a variable of a template


def text(matters: Sequence[Matter], place: str) -> str:
    """In full. `place`: where the first one is, with the mark of an exercise."""
    first = matters[0]
    if len(matters) == 1:
        return f"{place} {_ONE[first.kind](first)}{_DO[first.kind]}"
    places = len({matter.division for matter in matters})
    where = place if places == 1 else f"{place}等 {places} 地"
    which = _which(matters)
    return f"{where} {brief(matters)}{f'（{which}）' if which else ''}。{_DO[first.kind]}"


def brief(matters: Sequence[Matter]) -> str:
    """What stands for it in a template: 12 号需求无队伍可请求, or 62 项需求无队伍可请求."""
    first = matters[0]
    one, many = _NOUN[first.kind]
    which = f"{first.number} 号需求{one}" if first.number else one or "需求草稿"
    said = which if len(matters) == 1 else f"{len(matters)} {many}"
    return f"{said}{_BRIEF[first.kind]}"[:LONGEST]


def _which(matters: Sequence[Matter]) -> str:
    """How urgent, one that can be looked up, and how many are with the desk above by now."""
    said = []
    if matters[0].kind is not Kind.SHIFT:
        said.append(f"最急 {min(matter.priority for matter in matters)} 级")
    number = next((matter.number for matter in matters if matter.number), 0)
    if number:
        said.append(f"含 {number} 号")
    climbed = sum(matter.climbed for matter in matters)
    if climbed and matters[0].kind is not Kind.DRAFT:
        said.append(f"其中 {climbed} 项已报上级")
    return "，".join(said)


def _demand(matter: Matter) -> str:
    number = f"{matter.number} 号需求" if matter.number else "需求草稿"
    return f"{KINDS[matter.what].zh}{number}（{matter.priority} 级）"


def _nobody(matter: Matter) -> str:
    skill = SKILLS[matter.what]
    late = "，值班室超时未处理，已报上级" if matter.climbed else ""
    return (
        f"{matter.number} 号需求（{matter.priority} 级）：{skill.zh}还缺 {matter.missing}"
        f"{skill.unit_zh}，目前无队伍可请求{late}。"
    )


def _draft(matter: Matter) -> str:
    return f"{KINDS[matter.what].zh}需求草稿（{matter.priority} 级）超时未处理，没有请求任何队伍。"


def _unanswered(matter: Matter) -> str:
    return f"{_demand(matter)}有询问超时未答复，已报上级。"


def _handed_up(matter: Matter) -> str:
    still = "提请提级后仍无人接办" if matter.climbed else "提请提级处置，待接办"
    return f"{_demand(matter)}{still}。"


def _given_back(matter: Matter) -> str:
    late = "，超时未处理，已报上级" if matter.climbed else ""
    return f"{_demand(matter)}已由上级退回，待乡镇处理{late}。"


def _crew(matter: Matter) -> str:
    skill = SKILLS[matter.what]
    return f"{matter.number} 号需求（{matter.priority} 级）的{skill.zh}队伍"


def _climbed(matter: Matter) -> str:
    return "，已报上级" if matter.climbed else ""


def _silent(matter: Matter) -> str:
    return f"{_crew(matter)}逾时没有消息{_climbed(matter)}。"


def _unable(matter: Matter) -> str:
    late = "，尚无人致电" if matter.climbed else ""
    return f"{_crew(matter)}报无法照办指令{late}{_climbed(matter)}。"


def _unread(matter: Matter) -> str:
    return f"{_crew(matter)}未确认指令{_climbed(matter)}。"


def _beside(matter: Matter) -> str:
    late = "，值班室超时未处理" if matter.climbed else ""
    return f"{_crew(matter)}仍在已有队伍撤离之处，尚未通知{late}{_climbed(matter)}。"


def _report(matter: Matter) -> str:
    return f"{_crew(matter)}上报的现场情况超时未答复，已报上级。"


def _relief(matter: Matter) -> str:
    what = "请求接替，没有着落" if matter.missing else "在场已久，接替待定"
    return f"{_crew(matter)}{what}{_climbed(matter)}。"


def _shift(matter: Matter) -> str:
    return f"值班室交班后无人接班{_climbed(matter)}。"


_ONE: Final[dict[Kind, Callable[[Matter], str]]] = {
    Kind.UNABLE: _unable,
    Kind.NOBODY: _nobody,
    Kind.DRAFT: _draft,
    Kind.UNANSWERED: _unanswered,
    Kind.HANDED_UP: _handed_up,
    Kind.GIVEN_BACK: _given_back,
    Kind.SILENT: _silent,
    Kind.UNREAD: _unread,
    Kind.BESIDE: _beside,
    Kind.REPORT: _report,
    Kind.RELIEF: _relief,
    Kind.SHIFT: _shift,
}
_DEMAND: Final = ("", "项需求")
_CREW: Final = ("队伍", "支队伍")
_NOUN: Final = {
    **dict.fromkeys(Kind, _DEMAND),
    **dict.fromkeys((Kind.UNABLE, Kind.SILENT, Kind.UNREAD, Kind.BESIDE, Kind.RELIEF), _CREW),
    Kind.DRAFT: ("", "项草稿"),
    Kind.REPORT: ("现场报告", "份现场报告"),
    Kind.SHIFT: ("值班室", "个值班室"),
}
"""What one is called behind the number of its demand, and what many are counted as."""

_BRIEF: Final = {
    Kind.UNABLE: "报无法照办指令",
    Kind.NOBODY: "无队伍可请求",
    Kind.DRAFT: "超时未处理",
    Kind.UNANSWERED: "超时未答复，已报上级",
    Kind.HANDED_UP: "提请提级，待接办",
    Kind.GIVEN_BACK: "已由上级退回，待处理",
    Kind.SILENT: "逾时没有消息",
    Kind.UNREAD: "未确认指令",
    Kind.BESIDE: "在撤离处未通知",
    Kind.REPORT: "超时未答复，已报上级",
    Kind.RELIEF: "接替没有着落",
    Kind.SHIFT: "交班后无人接班",
}
_DO: Final = {
    Kind.UNABLE: "请打开值班页面，立即致电该队。",
    Kind.NOBODY: "请打开值班页面，或电话协调。",
    Kind.DRAFT: "请打开值班页面发布或弃用。",
    Kind.UNANSWERED: "请打开值班页面答复。",
    Kind.HANDED_UP: "请打开值班页面接办或退回。",
    Kind.GIVEN_BACK: "请打开值班页面处理。",
    Kind.SILENT: "请立即打电话联系，并在值班页面代录。",
    Kind.UNREAD: "请立即打电话告知，并在值班页面代录。",
    Kind.BESIDE: "请打开值班页面一并通知，或说明可以留下。",
    Kind.REPORT: "请打开值班页面答复。",
    Kind.RELIEF: "请打开值班页面安排接替，或让其继续。",
    Kind.SHIFT: "请打开值班页面接班，或督促接班。",
}
