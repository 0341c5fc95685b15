"""Past: how the messenger reads `history.db`, which the server writes and may build anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw


class Past:
    """The file that is there now. One that is not there, or just being made, has nothing to read:
    the next look has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: apsw.Connection | None = None
        self._inode = 0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def read(self, asked: str, *values: Any) -> list[Any]:
        """The rows; none where they cannot be read now."""
        return self.tried(asked, *values) or []

    def tried(self, asked: str, *values: Any) -> list[Any] | None:
        """The rows; None where they cannot be read now."""
        try:
            return self._opened().execute(asked, values).fetchall()
        except apsw.Error:
            self.close()
            return None

    def _opened(self) -> apsw.Connection:
        """A history that was built anew is another file."""
        inode = self._path.stat().st_ino if self._path.exists() else 0
        if self._file is None or inode != self._inode:
            self.close()
            self._file = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READONLY)
            self._file.set_busy_timeout(1_000)
            self._inode = inode
        return self._file
