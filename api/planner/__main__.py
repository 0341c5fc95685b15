"""`python -m api.planner FOLDER AREA OPERATION PARENT`: a planner, started beside the server."""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from api.planner.carrying import put, waits
from api.planner.following import Following
from schemas.values import AreaId, OperationId
from streams.engines.folder import LOG
from streams.engines.log_file import Reader

EVERY_S: Final = 1.0


def main(folder: Path, area: AreaId, operation: OperationId, parent: int) -> None:
    """Until the server, process `parent`, ends. What it has proposed last is taken up first."""
    with closing(Reader(folder / LOG)) as reader:
        following = Following(folder, reader, area)
        while os.getppid() == parent:
            if following.read_on() and not waits(folder):
                plan = following.proposal(operation)
                if plan is not None:
                    put(folder, plan)
            time.sleep(EVERY_S)


if __name__ == "__main__":
    where, of, operating, server = sys.argv[1:]
    main(Path(where), AreaId(of), OperationId(operating), int(server))
