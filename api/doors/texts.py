"""Text that people type: cleaned the same way at every door, or refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from api.doors.numbers import masked

# Control characters except tab and newline; marks that turn the direction of what follows;
# invisible ones that make two names look equal; and code points that are no characters.
_FORBIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# Nine of these in a row may be accents piled up on one character, painting over other lines;
# the scripts that need such marks are in these ranges too, so it is looked at again.
_PERHAPS_PILED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u1cff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f"
    "\u3099\u309a\ua66f-\uabff\ufb1e\ufe20-\ufe2f\U000101fd-\U0001e94a]{9}"
)
_MARKS_MAX = 8
_TELEPHONE = re.compile("[0-9 +()-]{3,32}")
_DIGITS_MIN = 3
_SEEMS_EMPTY = "\u115f\u1160\u2800\u3164\uffa0"


def clean(most: int, lines: bool = True) -> Callable[[str], str]:
    """A validator: normalized (NFC), without outer spaces, 1 to `most` code points."""

    def check(text: str) -> str:
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
        if _FORBIDDEN.search(text) or not (lines or _on_one_line(text)) or _piled(text):
            raise PydanticCustomError("text_invalid", "text_invalid")
        if not text.strip(_SEEMS_EMPTY):
            raise PydanticCustomError("blank", "blank")
        if len(text) > most:  # NFC makes a few characters longer
            raise PydanticCustomError("string_too_long", "string_too_long")
        return text

    return check


def _on_one_line(text: str) -> bool:
    return "\n" not in text and "\t" not in text


def _piled(text: str) -> bool:
    if not _PERHAPS_PILED.search(text):
        return False
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MARKS_MAX:
            return True
    return False


def _telephone(text: str) -> str:
    """A telephone in plain characters; full-width ones, as in （０５７７）, become so."""
    text = unicodedata.normalize("NFKC", text).strip()
    digits = sum(character.isdigit() for character in text)
    if not _TELEPHONE.fullmatch(text) or digits < _DIGITS_MIN:
        raise PydanticCustomError("format_invalid", "format_invalid")
    return text


Name = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(clean(120, False))]
Village = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(clean(40, False))]
Statement = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(clean(500))]
PublicWords = Annotated[Statement, AfterValidator(masked)]
"""Words that stay readable, and that nobody needs a number in: it is masked."""
Telephone = Annotated[
    str,
    Field(min_length=1, max_length=32, description="3 to 32 digits, spaces and + - ( )."),
    AfterValidator(_telephone),
]
Contact = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean(200))]
Lead = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean(200))]
Reason = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(clean(200))]
PublicReason = Annotated[Reason, AfterValidator(masked)]
Address = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(clean(300))]
Note = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(clean(2_000))]
