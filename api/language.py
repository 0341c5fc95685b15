"""The language of the terminal: every text that a command prints has both."""

from __future__ import annotations

import os


def chinese() -> bool:
    """Whether the terminal's language is Chinese."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((name for name in names if name), "").startswith("zh")


def say(zh: str, en: str) -> str:
    """The text in the terminal's language."""
    return zh if chinese() else en
