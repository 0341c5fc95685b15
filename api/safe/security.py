"""The security record: who came in, who was kept out, who let whom in, who read or took what.

It stands beside the log, in `security.db`: the log is of acts, this is of doors. No secret is ever
in it, no text, and of what was sent only our own codes. Kept for six months. What happens within a
second and is alike becomes one row with a count, so nobody can fill a disk by failing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread
from time import time_ns
from typing import Final, NamedTuple

import apsw

from api.safe.stores import BUSY_MS, open_store, writing

SECURITY: Final = "security.db"  # in the data folder
KEPT_MS: Final = 190 * 24 * 3_600_000  # the law asks for six months
WRITE_S: Final = 1.0  # a crash takes so much with it at the most
ALIKE_MOST: Final = 2_000  # rows a second; the rest is one row that counts them

BURST_MS: Final = 10 * 60_000
BURST: Final = {"sign_in_failed": 30, "denied": 200}  # within BURST_MS, or somebody is trying

SCHEMA = """
CREATE TABLE IF NOT EXISTS happened (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, account TEXT NOT NULL,
    role TEXT NOT NULL, address TEXT NOT NULL, about TEXT NOT NULL, code TEXT NOT NULL,
    count INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS happened_at ON happened (at);
"""


class What(StrEnum):
    """What happened."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    LINK_MADE = "link_made"
    LINK_USED = "link_used"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_SET = "password_set"
    PASSWORD_ENDED = "password_ended"
    ROLE_GRANTED = "role_granted"
    ROLE_ENDED = "role_ended"
    CONFIRMED = "confirmed"
    OPENED = "opened"
    EXPORTED = "exported"
    DENIED = "denied"
    MANY = "many"


class Happened(NamedTuple):
    """One row: `account` did it, from `address`, to what `about` names; `code`: why not."""

    what: What
    account: str = ""
    role: str = ""
    address: str = ""
    about: str = ""
    code: str = ""


class Burst(NamedTuple):
    """More of a kind than people do by mistake, and since when."""

    what: str
    times: int
    since: int


class SecurityRecord:
    """One process's hold on the record. Noting costs a look-up; a thread of its own writes."""

    def __init__(self, path: Path) -> None:
        self._store = open_store(path, SCHEMA)
        self._lock, self._wake, self._ending = Lock(), Event(), False
        self._noted: dict[Happened, tuple[int, int]] = {}  # when first, and how often
        self._minutes: dict[tuple[str, int], int] = {}
        self._forgot_at = 0
        self._thread = Thread(target=self._write_on, name="security record", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Everything noted is written when this returns."""
        self._ending = True
        self._wake.set()
        self._thread.join()
        self._store.close()

    def note(self, happened: Happened) -> None:
        """It is written within a second."""
        now = _now()
        with self._lock:
            if happened not in self._noted and len(self._noted) >= ALIKE_MOST:
                happened = Happened(What.MANY)
            at, count = self._noted.get(happened, (now, 0))
            self._noted[happened] = at, count + 1
            if happened.what in BURST:
                self._count(happened.what, now)

    def bursts(self) -> Iterator[Burst]:
        """What is tried more often just now than anybody does by mistake."""
        since = _now() - BURST_MS
        with self._lock:
            minutes = dict(self._minutes)
        for what, most in BURST.items():
            of_late = {
                minute * 60_000: count
                for (kind, minute), count in minutes.items()
                if kind == what and (minute + 1) * 60_000 > since
            }
            if sum(of_late.values()) >= most:
                yield Burst(what, sum(of_late.values()), min(of_late))

    def _count(self, what: str, now: int) -> None:
        minute = now // 60_000
        if (what, minute) not in self._minutes:
            before = minute - BURST_MS // 60_000
            self._minutes = {key: n for key, n in self._minutes.items() if key[1] >= before}
        self._minutes[what, minute] = self._minutes.get((what, minute), 0) + 1

    def _write_on(self) -> None:
        while not self._ending:
            self._wake.wait(WRITE_S)
            self._write()

    def _write(self) -> None:
        with self._lock:
            noted, self._noted = self._noted, {}
        if not noted:
            return
        rows = [(at, *happened, count) for happened, (at, count) in noted.items()]
        try:
            with writing(self._store):
                self._store.executemany(
                    "INSERT INTO happened (at, what, account, role, address, about, code, count) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    rows,
                )
                self._forget()
        except apsw.Error:  # a full disk: tried again with what comes
            with self._lock:
                self._noted = noted | self._noted

    def _forget(self) -> None:
        now = _now()
        if now - self._forgot_at > 3_600_000:
            self._store.execute("DELETE FROM happened WHERE at < ?", (now - KEPT_MS,))
            self._forgot_at = now


def read_record(folder: Path, since: int = 0, what: str = "") -> Iterator[dict[str, object]]:
    """The record from a time on, the oldest first, also while a server writes it."""
    path = folder / SECURITY
    if not path.is_file():
        return
    store = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    store.set_busy_timeout(BUSY_MS)
    try:
        asked = "SELECT * FROM happened WHERE at >= ?1 AND (?2 = '' OR what = ?2) ORDER BY number"
        names = ("number", "at", "what", "account", "role", "address", "about", "code", "count")
        for row in store.execute(asked, (since, what)):
            told = dict(zip(names, row, strict=True))
            yield {name: value for name, value in told.items() if value != ""}
    finally:
        store.close()


def as_line(told: dict[str, object]) -> str:
    """One row as JSON on a line."""
    return json.dumps(told, ensure_ascii=False)


def _now() -> int:
    return time_ns() // 1_000_000
