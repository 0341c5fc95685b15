"""Versions of the rules: what `decide`, settling and matching go by, and which of them are here.

Every turn names the version that decided it, and every log the one that decides next, which the
fact `RulesChanged` moves on. Turns of any version fold, since facts are whole in themselves; to
decide, a program has the present version and the one before, so that a cluster's workers can be
replaced one after the other. They share their code: what differs is a field here, and what was
different in a version that is gone, is gone with it.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Rules(NamedTuple):
    """One version, by what the others have otherwise; all else is in `parameters.py`."""

    number: int
    wave_most: int  # organizations asked for one line at the same time, at most


VERSIONS: Final = {1: Rules(number=1, wave_most=8)}
"""Two at most: the present one, and the one before it."""

LAST_RELEASE: Final[dict[int, str]] = {}
"""Of versions that are gone: the last release that can decide by them."""


class RulesMissing(Exception):
    """Rules that this program has no longer, or not yet; `str` says what to do."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.newer = number > present().number
        super().__init__(
            f"rules {number} are newer than this program; replace it first"
            if self.newer
            else f"this log is decided by rules {number}, which this program has no longer. With"
            f" {release_of(number)}: shouwang rules --change, and then go on with this one"
        )


def present() -> Rules:
    """What a new log begins with, and what `RulesChanged` goes to."""
    return VERSIONS[max(VERSIONS)]


def rules_of(number: int) -> Rules:
    """The version by which a log is decided. RulesMissing where it is not here."""
    if number not in VERSIONS:
        raise RulesMissing(number)
    return VERSIONS[number]


def release_of(number: int) -> str:
    """Which program has a version, in words."""
    release = LAST_RELEASE.get(number)
    return "a release that has them" if release is None else f"release {release}"
