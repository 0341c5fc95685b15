"""Names of accounts, read from any process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import apsw

from api.people.accounts import PEOPLE
from api.safe import BUSY_MS


def names_of(folder: Path, accounts: Iterable[str]) -> dict[str, str]:
    """The names of those accounts that have one here, from any process."""
    if not (folder / PEOPLE).is_file():
        return {}
    ids = json.dumps(sorted({*accounts}))
    asked = "SELECT id, name FROM accounts WHERE id IN (SELECT value FROM json_each(?))"
    with closing(apsw.Connection(str(folder / PEOPLE), flags=apsw.SQLITE_OPEN_READONLY)) as store:
        store.set_busy_timeout(BUSY_MS)
        return {str(id): str(name) for id, name in store.execute(asked, (ids,))}
