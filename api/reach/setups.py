"""Set-ups: which channels there are, with their keys, in a file beside the log.

The command line writes it while the delivery worker reads. Settings are sealed with the folder's
key and whole, so that whoever copies the file learns not even which account pays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from time import time_ns
from typing import Any, Final

import apsw
import msgspec

from api.safe import TextDamaged, Vault, open_store
from api.settings import Settings

SETUPS: Final = "channels.db"  # in the data folder
NAME: Final = re.compile(r"[\w-]{1,40}")

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS setups (
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, settings BLOB NOT NULL, allowed TEXT NOT NULL,
    added_at INTEGER NOT NULL, paused_at INTEGER, broken_at INTEGER, broken_why TEXT,
    last_ok_at INTEGER, tested_at INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS setups_changed (number INTEGER NOT NULL) STRICT;
INSERT INTO setups_changed SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM setups_changed);
CREATE TRIGGER IF NOT EXISTS setup_added AFTER INSERT ON setups
    BEGIN UPDATE setups_changed SET number = number + 1; END;
CREATE TRIGGER IF NOT EXISTS setup_changed
    AFTER UPDATE OF kind, settings, allowed, paused_at, broken_at ON setups
    BEGIN UPDATE setups_changed SET number = number + 1; END;
CREATE TRIGGER IF NOT EXISTS setup_removed AFTER DELETE ON setups
    BEGIN UPDATE setups_changed SET number = number + 1; END;
"""


class Setup(msgspec.Struct, frozen=True):
    """One channel that is set up.

    `settings` have its secrets, and are empty where they cannot be opened any more. `allowed`
    are "host:port" that it may reach although they are private. Times are the wall's.
    """

    name: str
    kind: str
    settings: dict[str, str]
    allowed: tuple[str, ...]
    added_at: int
    paused_at: int | None
    broken_at: int | None
    broken_why: str | None
    last_ok_at: int | None
    tested_at: int | None

    @property
    def working(self) -> bool:
        """Whether it is to be used: neither paused nor broken, and readable."""
        return self.paused_at is None and self.broken_at is None and self.readable

    @property
    def readable(self) -> bool:
        """Whether its settings could be opened with this folder's key."""
        return self.broken_why != UNREADABLE


UNREADABLE: Final = "unreadable"  # a reason of ours, never a channel's


class Setups:
    """One hold on the file of channels; what it writes is durable on return."""

    def __init__(
        self, path: Path, vault: Vault, clock: Callable[[], int] = lambda: time_ns() // 1_000_000
    ) -> None:
        self._store = open_store(path, SCHEMA)
        self._vault = vault
        self._clock = clock

    def close(self) -> None:
        self._store.close()

    def add(
        self, name: str, kind: str, settings: Mapping[str, str], allowed: tuple[str, ...] = ()
    ) -> None:
        """A new one, not tried yet. ValueError: the name is taken, or is none."""
        if not NAME.fullmatch(name):
            raise ValueError("a name has 1 to 40 letters, digits, - or _")
        try:
            self._write(
                "INSERT INTO setups (name, kind, settings, allowed, added_at) "
                "VALUES (?, ?, ?, ?, ?)",
                *(name, kind, self._sealed(name, settings), " ".join(allowed), self._clock()),
            )
        except apsw.ConstraintError:
            raise ValueError(f"there is a channel {name} already") from None

    def replace(
        self, name: str, settings: Mapping[str, str], allowed: tuple[str, ...] | None = None
    ) -> None:
        """Other settings, and `allowed` where given; it counts as whole. LookupError: unknown."""
        self._change(
            name,
            "settings = ?, allowed = coalesce(?, allowed), broken_at = NULL, broken_why = NULL",
            self._sealed(name, settings),
            None if allowed is None else " ".join(allowed),
        )

    def list(self) -> list[Setup]:
        """All of them, by name."""
        asked = "SELECT * FROM setups ORDER BY name"
        return [self._setup(*row) for row in self._store.execute(asked).fetchall()]

    def find(self, name: str) -> Setup | None:
        """The one of that name, if there is one."""
        return next((setup for setup in self.list() if setup.name == name), None)

    def pause(self, name: str) -> None:
        """Send nothing by it until it is resumed; a repeat does nothing. LookupError: unknown."""
        self._change(name, "paused_at = coalesce(paused_at, ?)", self._clock())

    def resume(self, name: str) -> None:
        """Use it again, also where it was broken. LookupError: unknown."""
        self._change(name, "paused_at = NULL, broken_at = NULL, broken_why = NULL")

    def remove(self, name: str) -> None:
        """Forget it and its keys, also in the side file; a repeat does nothing."""
        self._write("DELETE FROM setups WHERE name = ?", name)
        self._store.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def broken(self, name: str, why: str, now: int | None = None) -> None:
        """Nobody is reached by it until a person sees to it; since when, stays.

        What was removed meanwhile stays removed. `now`: the wall's where it is left out.
        """
        self._write(
            "UPDATE setups SET broken_at = coalesce(broken_at, ?), broken_why = ? WHERE name = ?",
            *(self._now(now), why, name),
        )

    def ok(self, name: str, now: int | None = None) -> None:
        """Something was handed over by it just now, so it is not broken."""
        self._write("UPDATE setups SET last_ok_at = ? WHERE name = ?", self._now(now), name)
        self._write(
            "UPDATE setups SET broken_at = NULL, broken_why = NULL "
            "WHERE name = ? AND broken_at IS NOT NULL",
            name,
        )

    def _now(self, now: int | None) -> int:
        return self._clock() if now is None else now

    def tested(self, name: str) -> None:
        """A test message was tried by it just now."""
        self._write("UPDATE setups SET tested_at = ? WHERE name = ?", self._clock(), name)

    def allowed(self) -> frozenset[str]:
        """Every "host:port" that some channel may reach although it is private."""
        return frozenset(place for setup in self.list() for place in setup.allowed)

    def changed(self) -> int:
        """Another number after every change that a worker must know of, by whichever process.

        That something was handed over or tested is no such change.
        """
        (number,) = next(iter(self._store.execute("SELECT number FROM setups_changed")))
        return int(number)

    def _setup(self, *row: Any) -> Setup:
        name, kind, sealed, allowed, *times = row
        settings = self._opened(name, sealed)
        added_at, paused_at, broken_at, broken_why, last_ok_at, tested_at = times
        if settings is None:
            broken_at, broken_why = broken_at or added_at, UNREADABLE
        return Setup(
            name,
            kind,
            settings or {},
            tuple(allowed.split()),
            added_at,
            paused_at,
            broken_at,
            broken_why,
            last_ok_at,
            tested_at,
        )

    def _sealed(self, name: str, settings: Mapping[str, str]) -> bytes:
        text = msgspec.json.encode(dict(settings)).decode()
        return self._vault.seal_for_folder(f"channel:{name}", text)

    def _opened(self, name: str, sealed: bytes) -> dict[str, str] | None:
        try:
            text = self._vault.open_for_folder(f"channel:{name}", sealed)
        except TextDamaged:
            return None
        return msgspec.json.decode(text, type=dict[str, str])

    def _change(self, name: str, what: str, *values: str | int | bytes | None) -> None:
        if not self._write(f"UPDATE setups SET {what} WHERE name = ?", *values, name):
            raise LookupError(f"there is no channel {name}")

    def _write(self, statement: str, *values: str | int | bytes | None) -> int:
        """How many rows a statement has changed."""
        with self._store:
            self._store.execute(statement, values)
        return self._store.changes()


def open_setups(settings: Settings, vault: Vault) -> Setups:
    """A hold on the folder's channels."""
    return Setups(settings.data / SETUPS, vault)
