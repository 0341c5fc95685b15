"""Decides a log again, in a process of its own; writes the bytes of its turns, a line each.

python -m tests.engines.again FOLDER AREA
"""

from __future__ import annotations

import sys
from pathlib import Path

from schemas.values import AreaId
from schemas.wire import decode_turn
from streams.area import Area
from streams.engines.folder import LOG
from streams.engines.log_file import Reader
from streams.turning import Taken, envelope_of, take
from tests.engines.given import divisions


def main(folder: Path, name: AreaId) -> None:
    area = Area(name, divisions())
    reader = Reader(folder / LOG)
    for record in reader.read(name):
        turn = decode_turn(record)
        taken = take(area, envelope_of(turn), turn.at, settled=turn.settled)
        sys.stdout.buffer.write((taken.stored if isinstance(taken, Taken) else b"") + b"\n")
    reader.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), AreaId(sys.argv[2]))
