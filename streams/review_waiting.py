"""What a review says of demands that wait for their desk: who asks, who acts, and by when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from schemas import facts as f
from schemas.codes import Words

WAITING: Final[dict[type, Words]] = {
    f.DemandDrafted: Words(
        "{drafter}{demand}，优先级 {priority}：{lines}{needed}{numbers}；"
        "尚未发布，不请求力量，{climb} 前未处理即报上级。",
        "{drafter} {demand}, priority {priority}: {lines}{needed}{numbers}. "
        "Nobody is asked; undecided by {climb}, the desk above is asked to decide.",
    ),
    f.DraftPublished: Words(
        "草稿已发布，为{demand}{substitute}{similar}。",
        "A draft was published as {demand}{substitute}{similar}.",
    ),
    f.DemandHeld: Words(
        "{demand}暂缓，不再请求力量；{asker}待答：「{question}」；{ask} 询问是否仍暂缓。",
        "{demand} was put on hold and asks nobody; {asker}to be answered: “{question}”. "
        "Its desk is asked about it at {ask}.",
    ),
    f.HoldAsked: Words(
        "{demand}暂缓已久，询问值班室{climbs}。",
        "{demand} has been on hold for long; its desk is asked{climbs}.",
    ),
    f.DemandResumed: Words("{demand}恢复请求力量{answered}。", "{demand} goes on{answered}."),
    f.DemandClimbed: Words(
        "{demand}的值班室未及时处理，已报上级值班室。",
        "The desk of {demand} has not taken the next step in time; the desk above is asked.",
    ),
}


def asker(names: Any) -> str:
    if names.fact.asked_by is None:
        return ""
    place = names.place(names.fact.asked_by)
    return str(names.pick(f"{place}提问，", f"{place} asks, "))


def answered(names: Any) -> str:
    if names.fact.answer is None:
        return ""
    return str(names.pick(f"，答复：「{names.fact.answer}」", f", answered: “{names.fact.answer}”"))


def climbs(names: Any) -> str:
    if names.fact.climbs_at is None:
        return ""
    time = names.time(names.fact.climbs_at)
    return str(names.pick(f"；{time} 前未答即报上级", f", and from {time} on the desk above"))


def to_desk(names: Any) -> str:
    """Of what is urgent, nobody is asked any more: its desk is, and later the one above."""
    if names.fact.climbs_at is None:
        return ""
    time = names.time(names.fact.climbs_at)
    return str(
        names.pick(
            f"；无人可请，请值班室处置，{time} 前未处置即报上级",
            f"; its desk is asked what is to be done, and from {time} on the desk above",
        )
    )


def drafter(names: Any) -> str:
    """Which desk keeps it back, or which village's committee has told of it."""
    place, village = names.place(names.about.division), names.fact.reporter
    if village is None:
        return str(names.pick(f"{place}拟稿", f"{place} drafted"))
    here = names.place(village.division)
    return str(names.pick(f"{here}{village.name}上报", f"{village.name} in {here} reported"))


def in_place(names: Any) -> str:
    """Which desk has discarded a draft in the place of its own."""
    if names.fact.substitute is None:
        return ""
    place = names.place(names.fact.substitute)
    return str(names.pick(f"（由{place}代为处理）", f" (by {place} in its place)"))


WAITS: Final[dict[str, Callable[[Any], str]]] = {
    "in_place": in_place,
    "drafter": drafter,
    "asker": asker,
    "answered": answered,
    "climbs": climbs,
    "to_desk": to_desk,
    "climb": lambda names: str(names.time(names.fact.climbs_at)),
    "ask": lambda names: str(names.time(names.fact.ask_at)),
}
