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
    return f"{where} {brief(matters)}（{_which(matters)}）。{_DO[first.kind]}"


def brief(matters: Sequence[Matter]) -> str:
    """What stands for it in a template: 12 号需求无队伍可请求, or 62 项需求无队伍可请求."""
    first, noun = matters[0], "草稿" if matters[0].kind is Kind.DRAFT else "需求"
    which = f"{len(matters)} 项{noun}"
    if len(matters) == 1:
        which = f"{first.number} 号需求" if first.number else "需求草稿"
    return f"{which}{_BRIEF[first.kind]}"[:LONGEST]


def _which(matters: Sequence[Matter]) -> str:
    """How urgent, one that can be looked up, and how many are with the desk above by now."""
    said = [f"最急 {min(matter.priority for matter in matters)} 级"]
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
    climbed = "，值班室超时未处理，已报上级" if matter.climbed else ""
    return (
        f"{matter.number} 号需求（{matter.priority} 级）：{skill.zh}还缺 {matter.missing}"
        f"{skill.unit_zh}，目前无队伍可请求{climbed}。"
    )


def _draft(matter: Matter) -> str:
    return f"{KINDS[matter.what].zh}需求草稿（{matter.priority} 级）超时未处理，没有请求任何队伍。"


def _unanswered(matter: Matter) -> str:
    return f"{_demand(matter)}有询问超时未答复，已报上级。"


def _handed_up(matter: Matter) -> str:
    still = "提请提级后仍无人接办" if matter.climbed else "提请提级处置，待接办"
    return f"{_demand(matter)}{still}。"


def _given_back(matter: Matter) -> str:
    climbed = "，超时未处理，已报上级" if matter.climbed else ""
    return f"{_demand(matter)}已由上级退回，待乡镇处理{climbed}。"


_ONE: Final[dict[Kind, Callable[[Matter], str]]] = {
    Kind.NOBODY: _nobody,
    Kind.DRAFT: _draft,
    Kind.UNANSWERED: _unanswered,
    Kind.HANDED_UP: _handed_up,
    Kind.GIVEN_BACK: _given_back,
}
_BRIEF: Final = {
    Kind.NOBODY: "无队伍可请求",
    Kind.DRAFT: "超时未处理",
    Kind.UNANSWERED: "超时未答复，已报上级",
    Kind.HANDED_UP: "提请提级，待接办",
    Kind.GIVEN_BACK: "已由上级退回，待处理",
}
_DO: Final = {
    Kind.NOBODY: "请打开值班页面，或电话协调。",
    Kind.DRAFT: "请打开值班页面发布或弃用。",
    Kind.UNANSWERED: "请打开值班页面答复。",
    Kind.HANDED_UP: "请打开值班页面接办或退回。",
    Kind.GIVEN_BACK: "请打开值班页面处理。",
}
