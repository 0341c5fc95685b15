"""Overview: how messages stand, for whoever runs the server. No number, no name of a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import msgspec

from api.reach.channels import words
from api.reach.notices import NOTICES
from api.reach.states import ARRIVED, WAITING
from schemas.values import Instant

BUSY_MS = 5_000


class Count(msgspec.Struct, frozen=True):
    """Messages of one channel ("" before it was chosen) in one state; the last hand-over."""

    rung: str
    channel: str
    state: str
    count: int
    handed_at: Instant | None


class Unreached(msgspec.Struct, frozen=True):
    """An offer of which nobody could be told, with each reason once."""

    offer: str
    organization: str
    name: str
    at: Instant
    whys: tuple[str, ...]

    def words(self) -> list[tuple[str, str]]:
        """The reasons in both languages, by the kind of message."""
        pairs = (why.partition(":")[::2] for why in self.whys)
        return [(f"{rung}: {words(why).zh}", f"{rung}: {words(why).en}") for rung, why in pairs]


class Overview:
    """Reads the folder's notices, also while others write. LookupError where there are none."""

    def __init__(self, folder: Path, history: Path) -> None:
        if not (folder / NOTICES).is_file():
            raise LookupError(f"nobody was sent anything in {folder} yet")
        self._history = history
        self._file = _opened(folder / NOTICES)

    def close(self) -> None:
        self._file.close()

    def counts(self) -> list[Count]:
        """By rung, channel and state."""
        return [
            Count(*row)
            for row in self._rows(
                "SELECT rung, channel, state, count(*), max(handed_at) FROM notices"
                " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
            )
        ]

    def oldest_queued(self) -> Instant | None:
        """When the message was made that has waited longest."""
        asked = f"SELECT min(made_at) FROM notices WHERE state IN ({_listed(WAITING)})"
        found: Instant | None = self._rows(asked)[0][0]
        return found

    def unreached(self, since: Instant) -> list[Unreached]:
        """Offers asked since then whose every message has failed, the last first."""
        rows = self._rows(
            "SELECT offer, organization, max(made_at), json_group_array(DISTINCT rung || ':' ||"
            " iif(why = '', state, why)) FILTER (WHERE state IN ('failed', 'expired'))"
            " FROM notices WHERE about = 'ask' AND made_at >= ? GROUP BY offer"
            f" HAVING NOT max(state IN ({_listed((*ARRIVED, *WAITING))}))"
            " AND max(state IN ('failed', 'expired')) ORDER BY 3 DESC",
            since,
        )
        names = self._names({row[1] for row in rows})
        return [
            Unreached(offer, key, names.get(key, ""), at, tuple(sorted(msgspec.json.decode(whys))))
            for offer, key, at, whys in rows
        ]

    def _names(self, organizations: set[str]) -> dict[str, str]:
        """Of the registry as history has it; none where there is no history."""
        if not organizations or not self._history.is_file():
            return {}
        file = _opened(self._history)
        try:
            marks = ", ".join("?" * len(organizations))
            asked = f"SELECT id, name FROM organizations WHERE id IN ({marks})"
            return {str(id): str(name) for id, name in file.execute(asked, tuple(organizations))}
        finally:
            file.close()

    def _rows(self, asked: str, *values: Any) -> list[Any]:
        return self._file.execute(asked, values).fetchall()


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


def _opened(path: Path) -> apsw.Connection:
    file = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    file.set_busy_timeout(BUSY_MS)
    return file
