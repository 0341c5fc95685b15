"""Numbers of persons in public words: masked before anything is stored, unless somebody insists.

What is public stays readable for ever: in the log, at every organization, in each review. A
telephone belongs under the sealed contact; whoever needs one in public says why, on record.
"""

from __future__ import annotations

import re

NUMBERS = re.compile(
    r"([1-9][0-9]{1,2}\.[0-9]{1,7}(?![0-9]))"  # a degree is no number of anybody
    r"|[0-9\uff10-\uff19]{7,}"
    r"|(?:\+?86[ .-]?)?1[3-9][0-9][ .-]?[0-9]{4}[ .-]?[0-9]{4}"
    r"|0[0-9]{2,3}[ .-][0-9]{3,4}[ .-]?[0-9]{4}"
    r"|[\u3007\u96f6\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5e7a]{7,}"
)
"""Seven and more digits in a row, also full-width or as characters, and usual groupings.

The pages warn by the same pattern (`numbers.js`).
"""

_SHOWN = 3


def masked(text: str) -> str:
    """The text with all but the first three digits of each such number as asterisks."""
    return NUMBERS.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    number = found.group()
    return number if found.group(1) else number[:_SHOWN] + re.sub(r"\w", "*", number[_SHOWN:])
