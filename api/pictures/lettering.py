"""Letters of a picture: a font of this machine that has Chinese, or the other language instead.

A name that the font does not have would be drawn as boxes, which nobody can read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from geo.divisions import DivisionTree

PREFERRED: Final = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "SimHei"),
    *("Heiti SC", "STHeiti", "SimSun", "Droid Sans Fallback", "Noto Serif CJK SC"),
)
OTHERS: Final = "DejaVu Sans"  # comes with matplotlib, has arrows and signs, and no Chinese
TRIED: Final = "守望乡镇需求"


class Unlettered(Exception):
    """matplotlib is not installed, so nothing is drawn at all."""


class Lettering(NamedTuple):
    """In which language a picture speaks, and with what: `font` is None where none has Chinese."""

    chinese: bool
    font: str | None

    def say(self, zh: str, en: str) -> str:
        return zh if self.chinese else en

    def name(self, tree: DivisionTree, code: str) -> str:
        """What a division is called; its code where it is not in the tree."""
        node = tree.get(code)
        return code if node is None else self.say(node.name, node.english or code)

    def names(self, tree: DivisionTree, codes: Iterable[str]) -> list[str]:
        """What they are called, each with its county where two are called alike."""
        found = [(code, self.name(tree, code)) for code in codes]
        often = Counter(name for _, name in found)
        return [self._full(tree, code) if often[name] > 1 else name for code, name in found]

    def _full(self, tree: DivisionTree, code: str) -> str:
        own, above = (self.name(tree, one) for one in (*tree.ancestors(code)[:2], code)[:2])
        return self.say(f"{above}{own}", f"{own}, {above}")

    @contextmanager
    def drawn(self) -> Iterator[None]:
        """Whatever is drawn within it has these letters."""
        import matplotlib

        family = [OTHERS] if self.font is None else [self.font, OTHERS]
        with matplotlib.rc_context({"font.family": family, "axes.unicode_minus": False}):
            yield


def lettering(chinese: bool) -> Lettering:
    """Chinese where it is wanted and can be drawn, else English. Raises Unlettered."""
    try:
        from matplotlib import font_manager
    except ModuleNotFoundError as missing:
        raise Unlettered from missing
    font = _font(font_manager)
    return Lettering(chinese and font is not None, font)


def _font(manager: Any) -> str | None:
    """The first of the preferred ones that has the letters, else one that is called Chinese."""
    there: dict[str, str] = {}
    for entry in manager.fontManager.ttflist:
        there.setdefault(entry.name, entry.fname)
    named = [name for name in PREFERRED if name in there]
    others = sorted(name for name in there if "CJK" in name or "Hei" in name or "Song" in name)
    return next((name for name in (*named, *others) if _has(manager, there[name])), None)


def _has(manager: Any, path: str) -> bool:
    try:
        face = manager.get_font(path)
    except (OSError, RuntimeError):  # a damaged font is none
        return False
    return all(face.get_char_index(ord(sign)) for sign in TRIED)
