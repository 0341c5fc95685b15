"""What a message says: mode, township, skill and number of units, deadline, and how to answer.

Never a name, a number, a street or a state of health: messages pass through other people's
machines, and lie open on a locked phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.reach.crews import Crew
from schemas.codes import SKILLS
from schemas.values import Instant, Mode
from streams.days import time_of_day


class Told(NamedTuple):
    """What of an offer may be said outside."""

    mode: Mode
    place: str  # the township
    skill: str
    quantity: int
    meters: int
    answer_by: Instant


def mark(mode: Mode) -> str:
    """What stands before every text that is not about actual work."""
    return {Mode.ACTUAL: "", Mode.EXERCISE: "【演练】", Mode.TEST: "【测试】"}[mode]


def asking(told: Told, link: str, code: str, now: Instant) -> str:
    """One need, and how to answer it."""
    skill = SKILLS[told.skill]
    until = time_of_day(told.answer_by, now)
    text = (
        f"{mark(told.mode)}{told.place}需要{skill.zh} {told.quantity}{skill.unit_zh}，"
        f"距您约 {told.meters / 1000:.1f} 公里，请于 {until} 前答复。"
    )
    return text + _how(link, code)


def several(told: Sequence[Told], link: str, code: str, now: Instant) -> str:
    """Some needs at once; the first one's link is theirs, the page has all of them."""
    until = time_of_day(min(one.answer_by for one in told), now)
    text = f"{mark(told[0].mode)}有 {len(told)} 项需求等待您答复，最早 {until} 截止。"
    return text + _how(link, code)


def over(told: Told, committed: bool) -> str:
    """To somebody who was asked, and need not come; or who is `committed`, and is to turn back."""
    skill = SKILLS[told.skill]
    if committed:
        return (
            f"{mark(told.mode)}{told.place}的{skill.zh}需求已撤回，请勿再前往；"
            "已出发的请返回，谢谢。"
        )
    return f"{mark(told.mode)}{told.place}的{skill.zh}需求已不需要您出动，谢谢。"


def needed(crew: Crew, place: str, url: str) -> str:
    """To a crew whose yes was kept, or that a desk has taken on: it counts now."""
    skill = SKILLS[crew.skill]
    return (
        f"{mark(crew.mode)}您此前表示可以出动，现在需要您：{place} {crew.demand_number} 号需求，"
        f"{skill.zh} {crew.quantity}{skill.unit_zh}。请打开 {url} 查看集合地点，"
        "出发时请点“已出发”。"
    )


def _how(link: str, code: str) -> str:
    if link:
        return f"{link}"
    return f"编号 {code}" if code else ""
