"""What a review says of what is handed over: demands to the desk above, a crew's place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from schemas import facts as f
from schemas.codes import Words
from schemas.hand_ups import HandUpReason

HANDING: Final[dict[type, Words]] = {
    f.DemandHandedUp: Words(
        "{demand}提请{above}提级处置（{why}）：「{text}」；{climb} 前无人接办或退回，再报上一级。",
        "{demand} was handed up to {above} ({why}): “{text}”. Neither taken on nor given back by "
        "{climb}, the next desk above is asked, too.",
    ),
    f.DemandTakenOn: Words(
        "{demand}由{above}接办，此后由其负责。",
        "{above} has taken {demand} on, and answers for it from then on.",
    ),
    f.DemandGivenBack: Words("{demand}{back}：「{text}」。", "{demand} {back}: “{text}”."),
    f.HandUpClimbed: Words(
        "{demand}提请提级后无人接办，已报再上一级值班室。",
        "Nobody has taken {demand} on in time; the next desk above is asked, too.",
    ),
    f.ReliefAsked: Words(
        "为{line}请求另一支队伍接替{organization}；对方到场前原队伍不撤。",
        "Another crew was asked to take the place of {organization}: {line}; it stays until then.",
    ),
    f.ReliefDue: Words(
        "{organization}在场已久，或接替尚无着落，询问值班室是否接替：{line}；"
        "{climb} 前未处理，报上级值班室。",
        "{organization} has been there for long, or nobody comes in its place: {line}. "
        "Its desk is asked to have it relieved; without an answer by {climb}, so is the one above.",
    ),
    f.ReliefClimbed: Words(
        "{organization}的接替超时未处理，已报上级值班室：{line}。",
        "Nobody has said in time whether {organization} is relieved: {line}. "
        "The desk above is asked, too.",
    ),
    f.ShiftTaken: Words("{division}接班{before}。", "The shift at {division} was taken{before}."),
    f.ShiftHandedOver: Words(
        "{division}交班{left}，等待接班（{until} 前）。",
        "The shift at {division} was handed over{left}; somebody is to take it by {until}.",
    ),
    f.ShiftUntaken: Words(
        "{division}交班后无人接班；{climb} 前值班室无任何操作，报上级值班室。",
        "Nobody has taken the shift at {division}; unless its desk does something by {climb}, the "
        "desk above is told.",
    ),
    f.ShiftClimbed: Words(
        "{division}交班后无人接班，值班室也无任何操作，已报上级值班室。",
        "Nobody has taken the shift at {division}, and nobody there does anything; the desk above "
        "is told.",
    ),
    f.ShiftNoteOpened: Words(
        "{division}查看交班留言。", "The note left with the shift at {division} was read."
    ),
    f.CrewKeptOn: Words(
        "{organization}继续在场：{line}；{kept_until} 再询问。",
        "{organization} goes on: {line}; asked again at {kept_until}.",
    ),
}

WHY: Final[dict[HandUpReason, Words]] = {
    HandUpReason.NO_FORCE: Words("无可用力量", "nobody left to ask"),
    HandUpReason.BEYOND_MEANS: Words("超出乡镇处置能力", "beyond a township's means"),
    HandUpReason.SEVERAL_TOWNSHIPS: Words("涉及多个乡镇", "several townships are concerned"),
    HandUpReason.DESK_UNABLE: Words("值班室无法继续处置", "its desk cannot go on"),
    HandUpReason.OTHER: Words("其他", "another reason"),
}


def _above(names: Any) -> str:
    division = getattr(names.fact, "to", None) or names.fact.by
    return str(names.place(division))


def _back(names: Any) -> str:
    if names.fact.by is None:
        return str(names.pick("由乡镇撤回提级，继续自行处置", "stays with its township after all"))
    place = names.place(names.fact.by)
    return str(names.pick(f"由{place}退回乡镇", f"was given back by {place}"))


def _before(names: Any) -> str:
    """Whether somebody had it, and has handed it over; who is the account of the turn."""
    if names.fact.before is None:
        return ""
    if names.fact.before == names.fact.account:
        return str(names.pick("（本人继续）", " again by whoever had it"))
    if names.fact.handed:
        return str(names.pick("（前一班已交班）", " after it was handed over"))
    return str(names.pick("（前一班未交班）", " from whoever had it and had not handed it over"))


def _left(names: Any) -> str:
    return "" if names.fact.note is None else str(names.pick("并留言", " with a note"))


HANDS: Final[dict[str, Callable[[Any], str]]] = {
    "above": _above,
    "kept_until": lambda names: str(names.time(names.fact.until)),
    "back": _back,
    "before": _before,
    "left": _left,
    "why": lambda names: str(names.word(WHY.get(names.fact.reason), names.fact.reason)),
}
