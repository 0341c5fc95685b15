"""`shouwang audit`: the security record as JSON lines, for people and for other programs."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from time import time_ns

from api.cli.trouble import Answer, Trouble, settings_of, told_plainly
from api.safe import as_line, read_record

HOUR_MS = 3_600_000


def audit(typed: argparse.Namespace) -> tuple[int, Answer]:
    """Print what happened at the doors, the oldest first, also while the server runs."""
    settings = settings_of(typed)
    if not settings.data.is_dir():
        raise Trouble(f"没有数据目录 {settings.data}。", f"There is no folder {settings.data}.")
    since = 0 if typed.since is None else time_ns() // 1_000_000 - round(typed.since * HOUR_MS)
    number = 0
    with told_plainly():
        for told in read_record(settings.data, since, typed.what or ""):
            at = datetime.fromtimestamp(int(str(told["at"])) / 1_000, UTC)
            print(as_line(told | {"time": at.isoformat(timespec="milliseconds")}))
            number += 1
    return 0, {"rows": number}
