"""How things look in every picture and layer: colors that tell apart also who sees no red."""

from __future__ import annotations

from typing import Final

from schemas.codes import Words

COLORS: Final = {
    "short": "#d55e00",
    "open": "#e69f00",
    "met": "#009e73",
    "unmet": "#7b3294",
    "not_needed": "#999999",
}
WORDS: Final = {
    "short": Words("进行中，仍缺力量", "open, short of help"),
    "open": Words("进行中", "open"),
    "met": Words("已结束，有足够力量", "ended with help"),
    "unmet": Words("已结束，未满足", "ended unmet"),
    "not_needed": Words("不再需要", "not needed"),
}
MARKS: Final = {1: "^", 2: "s", 3: "o", 4: "D"}
PRIORITIES: Final = {
    1: Words("特急", "P1"),
    2: Words("紧急", "P2"),
    3: Words("较急", "P3"),
    4: Words("一般", "P4"),
}
SHADES: Final = {1: "#a50f15", 2: "#de6f2b", 3: "#e6b422", 4: "#7f9fc4"}
