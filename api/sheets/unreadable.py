"""A file that cannot be read as a table."""

from __future__ import annotations


class Unreadable(Exception):
    """The file as a whole cannot be read; `code` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail
