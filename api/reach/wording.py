"""What a message says: mode, township, skill and number of units, deadline, and how to answer.

Never a name, a number, a street or a state of health: messages pass through other people's
machines, and lie open on a locked phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from api.reach.crews import Crew
from schemas.codes import PUBLIC_WORDS, SKILLS
from schemas.instruction_values import InstructionKind
from schemas.values import Instant, Mode
from streams.days import time_of_day
from streams.told_words import TELLING


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


def over_all(told: Sequence[Told]) -> str:
    """The same of some needs at once: one word of thanks, however many there were."""
    return f"{mark(told[0].mode)}此前请您答复的 {len(told)} 项需求已不需要您出动，谢谢。"


def order(crew: Crew, place: str, kind: InstructionKind, url: str) -> str:
    """An instruction: what is to be done; to whom or where it is, and the rest, a page has."""
    return (
        f"{_of(crew, place)}值班室指令：{TELLING[kind].zh}。请立即执行，"
        f"并打开 {url} 查看全文，点“收到，照办”。"
    )


def lifted(crew: Crew, place: str, url: str) -> str:
    """What it was told holds no longer."""
    return f"{_of(crew, place)}值班室此前的指令已解除，请打开 {url} 查看后继续。"


def changed(crew: Crew, place: str, url: str) -> str:
    """What its work is about reads otherwise: which words, never what they say."""
    words = "、".join(PUBLIC_WORDS[word].zh for word in crew.changed)
    return f"{_of(crew, place)}内容有变更（{words}），请打开 {url} 查看，并点“已看清”。"


def renumbered(crew: Crew, place: str, url: str) -> str:
    """Its demand is filed elsewhere: by which number everybody speaks of it from now on."""
    assert crew.refiled is not None
    return (
        f"{mark(crew.mode)}{place} {crew.refiled.number} 号需求改列为 {crew.demand_number} 号，"
        f"任务不变，联系时请报新号。详见 {url}。"
    )


def sent_back(crew: Crew, place: str, url: str) -> str:
    """Its desk did not find it done."""
    return f"{_of(crew, place)}值班室核实后认为任务尚未完成，请打开 {url} 查看原因，继续处置。"


def answered(crew: Crew, place: str, url: str) -> str:
    """What it reported from the scene."""
    return f"{_of(crew, place)}您上报的现场情况已有答复，请打开 {url} 查看。"


def _of(crew: Crew, place: str) -> str:
    return f"{mark(crew.mode)}{place} {crew.demand_number} 号需求："


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
