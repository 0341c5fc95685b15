"""Words in texts: the longest that stands at a place counts, and exclusions are words, too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_NOTHING: Final = re.compile(r"(?!)")
_PLAIN: Final = re.compile(r"[A-Za-z0-9 .'-]+")


class WordList:
    """A word is found unless it stands inside an excluded one: 急救 is not in 紧急救援.

    Words in Latin letters are found as whole words: test is not in latest.
    """

    def __init__(
        self, words: Iterable[str], excluded: Iterable[str] = (), patterns: Iterable[str] = ()
    ) -> None:
        """ValueError (re's) where a pattern is no regular expression."""
        wanted, apart = tuple(words), tuple(excluded)
        self._apart = {word.casefold() for word in apart}
        every = sorted({*wanted, *apart}, key=lambda word: (-len(word), word))
        self._found = _compiled(map(_escaped, every))
        self._patterns = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]

    def first(self, text: str) -> str | None:
        """The first word or pattern that occurs, as it stands there."""
        for found in self._found.finditer(text):
            if found[0].casefold() not in self._apart:
                return found[0]
        hits = (pattern.search(text) for pattern in self._patterns)
        return next((hit[0] for hit in hits if hit is not None), None)


def _compiled(parts: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(parts)
    return re.compile(joined, re.IGNORECASE) if joined else _NOTHING


def _escaped(word: str) -> str:
    escaped = re.escape(word)
    return rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])" if _PLAIN.fullmatch(word) else escaped
