"""Telephone numbers: the one form in which a mainland mobile number is kept, and how it is shown.

Whatever else can be dialed stays as it was typed; it can be called by hand and takes no messages.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAINLAND: Final = "+86"

_FILLING = re.compile(r"[\s\-‐-―()\[\].·]")
_COUNTRY = re.compile(r"^(?:\+86|0086|86)(?=1[3-9]\d{9}$)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def mobile(typed: str) -> str | None:
    """A mainland mobile number as +86 and eleven digits, however it was typed; None for others."""
    plain = _FILLING.sub("", unicodedata.normalize("NFKC", typed))
    plain = _COUNTRY.sub("", plain)
    return MAINLAND + plain if _MOBILE.fullmatch(plain) else None


def national(number: str) -> str:
    """The eleven digits of a number in the form of `mobile`, as mainland services take it."""
    return number.removeprefix(MAINLAND)
