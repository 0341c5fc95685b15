"""Quantities: from a number field, else from what a text says: 约20人, 三名, 2 boats."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Final

from api.records.fields import Record, Table, number_of, value_at

MOST: Final = 100_000
_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "兩": 2, "〇": 0}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100}
_CHINESE: Final = "".join([*_DIGITS, *_PLACES])
_COUNT: Final = rf"([0-9０-９]{{1,6}}|[{_CHINESE}]{{1,7}})"
_ENGLISH: Final = {
    word: n for n, word in enumerate(("one", "two", "three", "four", "five", "six"), 1)
}


class Quantity(Table, frozen=True):
    """A number of a record: the first field above zero, else the largest that a text counts.

    `words` are counting words, as 人 or boats: a number right before one of them counts.
    """

    fields: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @cached_property
    def _counted(self) -> re.Pattern[str]:
        words = "|".join(sorted(map(re.escape, self.words), key=len, reverse=True)) or "(?!)"
        count = rf"(?:{_COUNT}|\b({'|'.join(_ENGLISH)})\b)"
        return re.compile(rf"{count}\s*[多余餘來来]?\s*(?:{words})", re.IGNORECASE)

    def of(self, record: Record, text: Callable[[], str]) -> int | None:
        """So many; None where neither a field nor the text says."""
        for name in self.fields:
            number = number_of(value_at(record, name))
            if number is not None and 0 < number <= MOST:
                return int(number)
        if not self.words:
            return None
        said = [_whole(found[1] or found[2]) for found in self._counted.finditer(text())]
        return max((n for n in said if n is not None and 0 < n <= MOST), default=None)


def _whole(said: str) -> int | None:
    """A number in Arabic, full-width or Chinese figures, or a small English one."""
    if said.casefold() in _ENGLISH:
        return _ENGLISH[said.casefold()]
    if said.isdigit():
        return int(said)
    if not any(character in _PLACES for character in said):
        return int("".join(str(_DIGITS[character]) for character in said))
    total, digit = 0, 1
    for character in said:
        if character in _PLACES:
            total, digit = total + digit * _PLACES[character], 0
        else:
            digit = _DIGITS[character]
    return total + (digit if said[-1] in _DIGITS else 0)
