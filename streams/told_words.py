"""What the facts of instructions say to a reader: a part of the table in `streams.review_words`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas import facts as f
from schemas.codes import Words
from schemas.instruction_values import InstructionKind

FACTS: dict[type, Words] = {
    f.CrewInstructed: Words(
        "{giver}向{organization}下达指令：{instruction}（{line}）；请在 {acknowledge_by} 前确认。",
        "{giver} instructed {organization}: {instruction} ({line}). To be acknowledged by "
        "{acknowledge_by}.",
    ),
    f.IncidentInstructed: Words(
        "{giver}{whom}下达指令：{instruction}。",
        "{giver} instructed everybody at work {whom}: {instruction}.",
    ),
    f.InstructionAcknowledged: Words(
        "{organization}{heeded}：{line}{phone}。",
        "{organization} {heeded}: {line}{phone}.",
    ),
    f.AcknowledgmentMissed: Words(
        "{organization}未按时确认指令：{line}；请值班室致电。",
        "{organization} has not acknowledged its instruction: {line}. Its desk has to call it.",
    ),
    f.AcknowledgmentEscalated: Words(
        "{organization}{unheeded}：{line}；已上报县值班室。",
        "{organization} {unheeded}: {line}. The county's desk has to call it, too.",
    ),
    f.BesideAsked: Words(
        "{organization}仍在已有队伍撤离之处：{line}；询问值班室是否一并通知，"
        "{climb} 前未处理即报上级。",
        "{organization} is where another crew was told to leave: {line}. Its desk tells it too, or "
        "says why it may stay; by {climb} the desk above is asked, too.",
    ),
    f.BesideClimbed: Words(
        "{organization}仍在已有队伍撤离之处，值班室未及时处理，已报上级值班室：{line}。",
        "{organization} is still where another crew was told to leave, and its desk has said "
        "nothing: {line}. The desk above is asked, too.",
    ),
    f.CrewLetStay: Words(
        "值班室同意{organization}留在现场：{line}；理由：「{why_stays}」。",
        "{organization} may stay where it is: {line}. Why: “{why_stays}”.",
    ),
    f.InstructionLifted: Words("{lifted}。", "{lifted}."),
}

TELLING: dict[InstructionKind, Words] = {
    InstructionKind.STOP: Words("停止作业", "stop work"),
    InstructionKind.WITHDRAW: Words("撤离", "withdraw"),
    InstructionKind.HAND_OVER: Words("移交给", "hand over to"),
    InstructionKind.COME_TO: Words("转移到", "come to"),
    InstructionKind.ZONE_CLOSED: Words("封控，任何人不得进入", "zone closed, nobody goes in"),
}


def _instruction(names: Any) -> str:
    """What is to be done, to whom or where, and what was said with it."""
    fact = names.fact
    what = names.word(TELLING.get(fact.what), fact.what)
    if fact.to:
        what = names.pick(f"{what}「{fact.to}」", f"{what} {fact.to}")
    return str(names.pick(f"{what}；{fact.text}", f"{what}; {fact.text}") if fact.text else what)


def _whom(names: Any) -> str:
    """Everybody in an incident, or in a zone."""
    if names.fact.zone is None:
        return str(names.pick("向{incident}全部在岗队伍", "in {incident}").format_map(names))
    zone = names.fact.zone
    shape = names.pick(
        f"半径 {zone.radius} 米" if zone.radius else "多边形",
        f"{zone.radius} m around a point" if zone.radius else "a polygon",
    )
    words = names.pick(
        "划定封控区（{incident}，{shape}）并", "in a closed zone of {incident} ({shape})"
    )
    return str(words.replace("{shape}", shape).format_map(names))


def _lifted(names: Any) -> str:
    """Whose it was, and whether it should ever have been given."""
    fact = names.fact
    if fact.assignment is None:
        whose = names.pick("{incident}的全体指令", "the instruction to everybody in {incident}")
    else:
        whose = names.pick(
            "对{organization}的指令（{line}）", "the instruction to {organization} ({line})"
        )
    over = names.pick("已解除", "was lifted")
    if fact.mistaken:
        over = names.pick("系误发，已撤销", "was given by mistake, and is void")
    return str(whose.format_map(names) + names.pick(over, f" {over}"))


def _heeded(names: Any) -> str:
    """That it does so, or cannot; or that its desk has spoken with it since."""
    fact = names.fact
    if fact.unable and fact.spoken:
        said = names.pick("报无法照办指令", "cannot do as instructed")
    elif fact.unable:
        said = names.pick("报无法照办指令，请来电", "cannot do as instructed, and is to be called")
    elif fact.spoken:
        said = names.pick("报无法照办，值班室已与其通话", "could not, and its desk has called")
    else:
        said = names.pick("确认收到指令", "acknowledged its instruction")
    return str(said)


def _unheeded(names: Any) -> str:
    """What nobody has dealt with in time."""
    if names.fact.unable:
        said = names.pick(
            "报无法照办指令后尚无人致电", "cannot do as instructed, and nobody called"
        )
    else:
        said = names.pick("仍未确认指令", "still has not acknowledged its instruction")
    return str(said)


MAKERS: dict[str, Callable[[Any], str]] = {
    "heeded": _heeded,
    "unheeded": _unheeded,
    "acknowledge_by": lambda names: names.time(names.fact.acknowledge_by),
    "giver": lambda names: names.place(names.fact.by),
    "instruction": _instruction,
    "lifted": _lifted,
    "why_stays": lambda names: str(names.fact.reason),
    "whom": _whom,
}
