"""A rehearsal: a copy of a data folder for as long as something is tried on it.

What is tried there goes through every door and every rule, as the real thing would, and leaves
nothing: no message goes out, no head is signed, and no key to what is sealed is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Final

import apsw

from api.people import PEOPLE
from api.safe import folder_key_alone, place_of
from api.settings import Settings
from streams.engines.cluster.layout import is_cluster
from streams.engines.folder import DIVISIONS, LOG

CHECKPOINTS: Final = "checkpoints"
BUSY_MS: Final = 5_000


@contextmanager
def rehearsal(settings: Settings) -> Iterator[Settings | None]:
    """Settings for the copy; None of a cluster's folder, whose log lies elsewhere.

    Taken as of one moment, also while somebody else serves the folder.
    """
    if is_cluster(settings.data):
        yield None
        return
    with TemporaryDirectory(prefix="shouwang-") as place:
        copy = Path(place) / "rehearsal"
        copy.mkdir(mode=0o700)
        for folder in (DIVISIONS, CHECKPOINTS):  # before the log: of no turn that it lacks
            if (settings.data / folder).is_dir():
                copytree(settings.data / folder, copy / folder)
        for name in (LOG, PEOPLE):
            _copied(settings.data / name, copy / name)
        folder_key_alone(settings.data / "keys.db", copy / "keys.db")
        key = str(place_of(settings))
        yield replace(settings, data=copy, key_file=key, messages=False, heads="", quotas=False)


def _copied(source: Path, target: Path) -> None:
    if not source.is_file():
        return
    with (
        closing(apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READONLY)) as there,
        closing(apsw.Connection(str(target))) as here,
    ):
        there.set_busy_timeout(BUSY_MS)
        with here.backup("main", there, "main") as copying:
            copying.step()
