"""Files of a data folder are their owner's alone, whatever they were made or copied as."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE, S_ISLNK

OTHERS = 0o077  # what group and everybody else may


class NotPrivate(RuntimeError):
    """A file of a data folder that others may use, and that is not ours to change."""


def make_private(folder: Path) -> list[Path]:
    """Take from others what they may do in a data folder; what was changed.

    Raises NotPrivate where a file is somebody else's.
    """
    changed = []
    for path in _all_of(folder):
        status = path.lstat()
        if S_ISLNK(status.st_mode) or not S_IMODE(status.st_mode) & OTHERS:
            continue
        try:
            path.chmod(S_IMODE(status.st_mode) & ~OTHERS)
        except PermissionError:
            raise NotPrivate(str(path)) from None
        changed.append(path)
    return changed


def _all_of(folder: Path) -> Iterator[Path]:
    if folder.exists():
        yield folder
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(place) / name
