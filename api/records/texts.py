"""Texts of records as sealed fields take them: whole as far as there is room, and marked if cut."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST: Final = {"address": 300, "note": 2_000, "contact": 200}
_UNKEPT: Final = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)


def kept(field: str, text: str) -> tuple[str, bool]:
    """The text without marks that cannot be seen, and whether it had to be cut."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    plain = _UNKEPT.sub("", plain).strip()
    most = MOST[field]
    return plain[:most].strip(), len(plain) > most
