"""What a review says of plans: how much of one was taken, what was left and why, what it saves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from schemas import facts as f
from schemas.codes import Words
from schemas.plans import LeftWhy
from streams.parameters import MINUTE

PLANNED: Final[dict[type, Words]] = {
    f.PlanTaken: Words(
        "统筹方案 {number}：采用 {taken} 项请求{left_pairs}{saving}。",
        "Plan {number} for all short lines together: {taken} requests taken{left_pairs}{saving}.",
    ),
}

LEFT: Final[dict[LeftWhy, Words]] = {
    LeftWhy.UNKNOWN: Words("需求项或组织不存在", "no such line or organization"),
    LeftWhy.TWICE: Words("同一组织重复出现", "the organization is named twice"),
    LeftWhy.NOT_ASKED_FOR: Words(
        "需求已结束、暂缓、未发布或由他项代为请求",
        "over, on hold, held back, or asked for elsewhere",
    ),
    LeftWhy.LOOKED_AT: Words("该项正要自行请求", "the line is about to ask by itself"),
    LeftWhy.IN_HAND: Words("已请求的组织足够", "enough are asked"),
    LeftWhy.WAITED_FOR: Words(
        "已有组织在等候，应先请其", "somebody waits there, and is asked first"
    ),
    LeftWhy.NOT_MOVED: Words("原请求已有结果或不宜改派", "its request elsewhere is not given up"),
    LeftWhy.GATE: Words("此时不符合请求条件", "it does not pass every gate now"),
    LeftWhy.SAVES_TOO_LITTLE: Words("节省不足以另行打扰", "it saves too little to ask anew"),
}


def minutes(weighted: int) -> int:
    """Whole minutes, rounded down: never more than is saved."""
    return weighted // MINUTE


def _left(names: Any) -> str:
    counts = Counter(pair.why for pair in names.fact.left)
    if not counts:
        return ""
    listed = [(LEFT[why], count) for why, count in sorted(counts.items())]
    zh = "、".join(f"{words.zh} {count} 项" for words, count in listed)
    en = ", ".join(f"{words.en}: {count}" for words, count in listed)
    return str(
        names.pick(
            f"；不采用 {len(names.fact.left)} 项（{zh}）", f"; {len(names.fact.left)} left ({en})"
        )
    )


def _saving(names: Any) -> str:
    if not names.fact.taken:
        return ""
    saved = minutes(names.fact.saved)
    return str(
        names.pick(
            f"；预计到达合计提前 {saved} 分钟（按紧急程度和答应的可能加权，无人前往按 4 小时计）",
            f"; {saved} min sooner in all, to be expected by urgency and by how many say yes, "
            "where a unit that nobody comes for counts as 4 h",
        )
    )


def chosen(number: int, saved: int) -> Words:
    """How a plan has chosen whom it asks, for a sentence about that request."""
    return Words(
        f"由统筹方案 {number} 选定（相关各项合计，按紧急程度和答应的可能加权，预计提前 "
        f"{minutes(saved)} 分钟到达）",
        f"chosen by plan {number}, which saves {minutes(saved)} min over all lines concerned, by "
        "urgency and by how many say yes",
    )


MAKERS: Final[dict[str, Callable[[Any], str]]] = {"left_pairs": _left, "saving": _saving}
