"""A turn changed in the file, with its sum, as somebody who knows how could."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw

from schemas.values import AreaId
from streams.engines.log_file import sum_of


def rewrite(log: Path, sequence: int, change: Callable[[bytes], bytes]) -> None:
    """In every area of the log."""
    with closing(apsw.Connection(str(log))) as file:
        asked = "SELECT area, stored FROM turns WHERE sequence = ?"
        for area, stored in file.execute(asked, (sequence,)).fetchall():
            assert isinstance(stored, bytes)
            changed = change(stored)
            file.execute(
                "UPDATE turns SET stored = ?, crc32 = ? WHERE area = ? AND sequence = ?",
                (changed, sum_of(AreaId(str(area)), sequence, changed), area, sequence),
            )
