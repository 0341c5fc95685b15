"""Plain HTML: elements whose texts are escaped, and moments as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from html import escape
from typing import Final, NewType

from schemas.values import Instant

Html = NewType("Html", str)

_VOID: Final = frozenset({"input", "link", "meta"})
_ZONE: Final = timezone(timedelta(hours=8))  # the country has one


def text(words: str) -> Html:
    """Words as they are to be read."""
    return Html(escape(words))


def element(tag: str, /, *inside: Html, **attributes: str | int | None) -> Html:
    """An element; `_` at the end of an attribute's name is left out, None leaves it out whole."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Html(f"<{tag}{told}>")
    return Html(f"<{tag}{told}>{''.join(inside)}</{tag}>")


def moment(at: Instant, now: Instant, language: str) -> str:
    """A moment to the minute, with its day where that is not today."""
    there, today = (datetime.fromtimestamp(each / 1_000, _ZONE) for each in (at, now))
    time = f"{there:%H:%M}"
    if there.date() == today.date():
        return time
    if language == "zh":
        return f"{there.month}月{there.day}日 {time}"
    return f"{there.day} {there:%b} {time}"
