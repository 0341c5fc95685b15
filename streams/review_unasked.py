"""What a review says of whoever came by itself: crews of organizations, and helpers of none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from schemas import facts as f
from schemas.codes import Words
from schemas.helpers import HelpersEnd

UNASKED: Final[dict[type, Words]] = {
    f.HelpersReceived: Words(
        "{demand}：{people} 名未登记的群众自行前来，{waiting}。",
        "{demand}: {people} people of no registered organization came by themselves; {waiting}.",
    ),
    f.HelpersEnded: Words(
        "{demand}：自行前来的群众不再等候：{helpers_end}。",
        "{demand}: helpers who had come by themselves wait no longer: {helpers_end}.",
    ),
}

HELPERS_ENDS: Final[dict[HelpersEnd, Words]] = {
    HelpersEnd.SENT_HOME: Words("致谢劝返", "sent home, with thanks"),
    HelpersEnd.REGISTERED: Words("已登记为组织", "registered as an organization"),
    HelpersEnd.LAPSED: Words("等候到时，致谢解除", "their time was over, with thanks"),
}


def _came(names: Any) -> str:
    if names.fact.here:
        return str(names.pick("到达", "arrived"))
    if names.fact.by_desk:
        return str(names.pick("表示可以前来", "offered to come"))
    return str(names.pick("主动报名", "offered itself"))


def _waiting(names: Any) -> str:
    if names.fact.until is None:
        return str(names.word(HELPERS_ENDS[HelpersEnd.SENT_HOME], ""))
    until = names.time(names.fact.until)
    return str(names.pick(f"在场等候至 {until}", f"they wait there until {until}"))


def _waits(names: Any) -> str:
    """For whose word, and until when."""
    fact = names.fact
    if fact.until is None:
        return str(names.pick("缺额未补足前等候值班室决定", "for the desk while units are missing"))
    until = names.time(fact.until)
    if fact.at_once:
        return str(names.pick(f"{until} 前一缺人即出动", f"taken on once needed until {until}"))
    return str(names.pick(f"{until} 前由值班室决定", f"for the desk until {until}"))


MAKERS: Final[dict[str, Callable[[Any], str]]] = {
    "came": _came,
    "waiting": _waiting,
    "would": lambda names: str(
        names.pick("可晚些出动", "could come later")
        if names.fact.counter
        else names.pick("仍可出动", "would still come")
    ),
    "waits": _waits,
    "helpers_end": lambda names: str(names.word(HELPERS_ENDS.get(names.fact.end), names.fact.end)),
}
