"""People: who stands behind an opaque account, their one-time links and their sessions.

What an account may do is in the log; here is only what the log must not hold. Several processes
may write the file at once: the command line makes links while the server runs.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import time_ns
from typing import Any, NamedTuple

from api.safe import open_store
from api.settings import Settings
from schemas.values import AccountId, AreaId, Role

PEOPLE = "people.db"  # in the data folder
SECOND_MS = 1_000
HOUR_MS = 3_600 * SECOND_MS
KEPT_MS = 30 * 24 * HOUR_MS  # how long used links and ended sessions can still be looked into
# A leader's phone is in a pocket when the request comes: it stays signed in.
LONG_MS = dict.fromkeys((Role.ORGANIZATION, Role.COMMITTEE), 90 * 24 * HOUR_MS)
REPEAT_MS = 600 * SECOND_MS  # how long a sign-in whose answer was lost can be sent again
RECHECK_MS = SECOND_MS  # how soon a session that another process ended is noticed
REMEMBERED_MAX = 100_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, area TEXT NOT NULL, name TEXT NOT NULL,
    player INTEGER NOT NULL, made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links (
    token BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts, role TEXT NOT NULL,
    expires INTEGER NOT NULL, used_at INTEGER, used_key BLOB, session BLOB,
    id TEXT NOT NULL, made_by TEXT NOT NULL, made_at INTEGER NOT NULL, confirm_by INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
    token BLOB PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts, role TEXT NOT NULL,
    expires INTEGER NOT NULL, ended INTEGER,
    began INTEGER NOT NULL, device TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_of ON links (account);
CREATE INDEX IF NOT EXISTS sessions_of ON sessions (account);
"""


class SignInRefused(Exception):
    """A link that opens nothing; `code` is the problem's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in, in one role; `token` is only the hash of what the browser holds."""

    token: bytes
    account: AccountId
    role: Role
    area: AreaId
    name: str
    player: bool
    expires: int
    ended: bool

    def live(self, now: int) -> bool:
        return not self.ended and now < self.expires


class Device(NamedTuple):
    """One place where an account is signed in; its `id` opens nothing."""

    id: str
    role: Role
    began: int
    expires: int
    device: str


class LinkSeen(NamedTuple):
    """A link to sign in, as its account's owner is told of it. `made_by`: "" at the machine.

    `confirm_by`: what began by it ends then, unless somebody else confirms it.
    """

    id: str
    role: Role
    made_by: str
    made_at: int
    used_at: int | None
    confirm_by: int | None


def shown_id(token: bytes) -> str:
    """By what a session is named where it is listed."""
    return sha256(token).hexdigest()[:16]


def hashed(token: str) -> bytes:
    """What is kept of a token. 256 random bits need no salt and no slow hash."""
    return sha256(token.encode()).digest()


def wall_ms() -> int:
    return time_ns() // 1_000_000


class People:
    """One hold on the file of people. Times are the wall's, also in an exercise."""

    def __init__(
        self,
        path: Path,
        session_hours: int = 12,
        link_hours: int = 24,
        clock: Callable[[], int] = wall_ms,
    ) -> None:
        self._store = open_store(path, SCHEMA)
        self._session_ms = dict.fromkeys(Role, session_hours * HOUR_MS) | LONG_MS
        self._link_ms = link_hours * HOUR_MS
        self._clock = clock
        self._sessions: dict[bytes, Session] = {}
        self._checked_at = 0
        self._version = 0
        self._forget_old()

    def close(self) -> None:
        self._store.close()

    def now(self) -> int:
        """The time that sessions and links are held against, milliseconds."""
        return self._clock()

    def make_account(
        self, name: str, area: AreaId, account: AccountId | None = None, player: bool = False
    ) -> AccountId:
        """A new account's opaque id. With an id that is there already nothing changes.

        A player answers for simulated organizations of an exercise and is no person.
        """
        account = account or AccountId(secrets.token_hex(13))
        self._write(
            "INSERT INTO accounts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (account, area, name, int(player), self._clock()),
        )
        return account

    def name(self, account: AccountId) -> str | None:
        """The account's name, or None where there is no such account."""
        row = self._row("SELECT name FROM accounts WHERE id = ?", (account,))
        return None if row is None else str(row[0])

    def make_link(
        self,
        account: AccountId,
        role: Role,
        made_by: str = "",
        id: str = "",
        confirm_by: int | None = None,
    ) -> str:
        """A one-time link's secret; LookupError for an unknown account.

        `made_by`: whose hand it was, "" at the machine itself; `id`: what the log calls it.
        `confirm_by`: what begins by it ends then, unless it is confirmed.
        """
        if self.name(account) is None:
            raise LookupError("no such account")
        token = secrets.token_urlsafe(32)
        self._write(
            "INSERT INTO links (token, account, role, expires, id, made_by, made_at, confirm_by) "
            "VALUES (?1, ?2, ?3, ?6 + ?7, ?4, ?5, ?6, ?8)",
            (
                *(hashed(token), account, role.value, id, made_by),
                *(self._clock(), self._link_ms, confirm_by),
            ),
        )
        return token

    def confirm_link(self, account: AccountId, id: str) -> None:
        """What began by a link lasts as long as it would by any other."""
        row = self._row("SELECT session FROM links WHERE account = ? AND id = ?", (account, id))
        self._write(
            "UPDATE links SET confirm_by = NULL WHERE account = ? AND id = ?", (account, id)
        )
        for role, lasting in self._session_ms.items():
            self._write(
                "UPDATE sessions SET expires = began + ? WHERE token = ? AND role = ?",
                (lasting, row[0] if row and row[0] else b"", role.value),
            )
        self._sessions.clear()

    def lasting_s(self, role: Role) -> int:
        """How many seconds a session of a role lasts, and so the cookie."""
        return self._session_ms[role] // SECOND_MS

    def has_used_link(self, account: AccountId) -> bool:
        """Whether anybody ever signed in as this account."""
        asked = "SELECT 1 FROM links WHERE account = ? AND used_at IS NOT NULL LIMIT 1"
        return self._row(asked, (account,)) is not None

    def drop_links(self, account: AccountId) -> None:
        """Unused links of this account open nothing any more."""
        self._write("DELETE FROM links WHERE account = ? AND used_at IS NULL", (account,))

    def sign_in(
        self, token: str, role: Role, key: str = "", device: str = ""
    ) -> tuple[str, Session]:
        """Use a link up: the secret of the new session, and the session.

        Sent again with the same idempotency key within ten minutes, the first session is ended
        and replaced, so a lost answer locks nobody out. Raises SignInRefused.
        """
        now, used_key = self._clock(), hashed(key) if key else None
        with self._store:  # one transaction: of two at once, one finds the link used
            account, earlier, until = self._check_link(hashed(token), role, used_key, now)
            secret = self._begin(account, role, now, device, until)
            self._store.execute(
                "UPDATE links SET used_at = coalesce(used_at, ?), used_key = ?, session = ? "
                "WHERE token = ?",
                (now, used_key, hashed(secret), hashed(token)),
            )
        if earlier is not None:
            self.end(earlier)
        return secret, self._begun(secret)

    def begin(self, account: AccountId, role: Role, device: str = "") -> tuple[str, Session]:
        """A session of somebody who has proved otherwise who they are: its secret, and it."""
        with self._store:
            secret = self._begin(account, role, self._clock(), device)
        return secret, self._begun(secret)

    def _begin(
        self, account: AccountId, role: Role, now: int, device: str, until: int | None = None
    ) -> str:
        secret, expires = secrets.token_urlsafe(32), now + self._session_ms[role]
        expires = expires if until is None else min(expires, until)
        self._store.execute(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, NULL, ?, ?)",
            (hashed(secret), account, role.value, expires, now, device),
        )
        return secret

    def _begun(self, secret: str) -> Session:
        session = self._load(hashed(secret))
        assert session is not None, "just written"
        return session

    def _check_link(
        self, token: bytes, role: Role, used_key: bytes | None, now: int
    ) -> tuple[AccountId, bytes | None, int | None]:
        """The account behind a usable link, what its first use began, and until when that holds."""
        row = self._row(
            "SELECT account, role, expires, used_at, used_key, session, confirm_by FROM links "
            "WHERE token = ?",
            (token,),
        )
        if row is None or row[1] != role.value:
            raise SignInRefused("link_unknown")
        account, _, expires, used_at, first_key, session, confirm_by = row
        repeated = used_key is not None and first_key == used_key
        if used_at is not None and not (repeated and now < used_at + REPEAT_MS):
            raise SignInRefused("link_used")
        if used_at is None and now >= min(expires, confirm_by or expires):
            raise SignInRefused("link_expired")
        return AccountId(account), session, confirm_by

    def link_behind(self, session: Session) -> LinkSeen | None:
        """The link by which a session began."""
        row = self._row(f"{_LINKS} WHERE session = ?", (session.token,))
        return None if row is None else _link_seen(row)

    def links_of(self, account: AccountId) -> list[LinkSeen]:
        """The links of an account that were made of late, the newest first."""
        rows = self._store.execute(f"{_LINKS} WHERE account = ? ORDER BY made_at DESC", (account,))
        return [_link_seen(row) for row in rows]

    def links_since(self, at: int) -> list[tuple[AccountId, LinkSeen]]:
        """Links that stewards have made since then for accounts that were there already."""
        rows = self._store.execute(
            "SELECT account, id, role, made_by, made_at, used_at, confirm_by FROM links "
            "WHERE made_at >= ? AND id != '' ORDER BY made_at DESC",
            (at,),
        )
        return [(AccountId(account), _link_seen((*rest,))) for account, *rest in rows]

    def devices_of(self, account: AccountId) -> list[Device]:
        """Where an account is signed in, the latest first."""
        rows = self._store.execute(
            "SELECT token, role, began, expires, device FROM sessions WHERE account = ? "
            "AND ended IS NULL AND expires > ? ORDER BY began DESC",
            (account, self._clock()),
        )
        return [Device(shown_id(token), Role(role), *rest) for token, role, *rest in rows]

    def token_of(self, account: AccountId, id: str) -> bytes | None:
        """The live session of an account that is listed under an id."""
        rows = self._store.execute(
            "SELECT token FROM sessions WHERE account = ? AND ended IS NULL", (account,)
        )
        return next((token for (token,) in rows if shown_id(token) == id), None)

    def name_device(self, token: bytes, name: str) -> None:
        """What its owner calls the place where a session is."""
        self._write("UPDATE sessions SET device = ? WHERE token = ?", (name, token))

    def session(self, token: str) -> Session | None:
        """The session of a browser's secret, live or not; None where there never was one.

        A dictionary look-up; once a second it is checked whether another process has written.
        """
        now = self._clock()
        if now - self._checked_at >= RECHECK_MS:
            self._recheck(now)
        return self._sessions.get(hashed(token)) or self._load(hashed(token))

    def end(self, token: bytes) -> None:
        """End one session, by the hash of its secret."""
        self._write("UPDATE sessions SET ended = ? WHERE token = ?", (self._clock(), token))
        self._sessions.pop(token, None)

    def end_all(self, account: AccountId, role: Role) -> None:
        """End every session and unused link of an account in a role."""
        self._write(
            "UPDATE sessions SET ended = ? WHERE account = ? AND role = ? AND ended IS NULL",
            (self._clock(), account, role.value),
        )
        self._write(
            "DELETE FROM links WHERE account = ? AND role = ? AND used_at IS NULL",
            (account, role.value),
        )
        self._sessions.clear()

    def _recheck(self, now: int) -> None:
        """SQLite's data version moves when another connection has committed."""
        self._checked_at = now
        version = int(self._store.pragma("data_version"))
        if version != self._version:
            self._sessions.clear()
            self._version = version

    def _load(self, token: bytes) -> Session | None:
        row = self._row(
            "SELECT account, role, area, name, player, expires, ended FROM sessions "
            "JOIN accounts ON accounts.id = account WHERE token = ?",
            (token,),
        )
        if row is None:
            return None
        account, role, area, name, player, expires, ended = row
        if len(self._sessions) >= REMEMBERED_MAX:
            self._sessions.clear()
        found = Session(
            token,
            AccountId(account),
            Role(role),
            AreaId(area),
            name,
            bool(player),
            expires,
            ended is not None,
        )
        self._sessions[token] = found
        return found

    def _forget_old(self) -> None:
        before = self._clock() - KEPT_MS
        self._write("DELETE FROM links WHERE expires < ? AND used_at IS NULL", (before,))
        self._write("DELETE FROM sessions WHERE expires < ?", (before,))

    def _row(self, statement: str, values: tuple[str | bytes, ...]) -> tuple[Any, ...] | None:
        return self._store.execute(statement, values).fetchone()

    def _write(self, statement: str, values: tuple[str | int | bytes | None, ...]) -> None:
        with self._store:
            self._store.execute(statement, values)


_LINKS = "SELECT id, role, made_by, made_at, used_at, confirm_by FROM links"


def _link_seen(row: tuple[Any, ...]) -> LinkSeen:
    id, role, *rest = row
    return LinkSeen(id, Role(role), *rest)


def open_people(settings: Settings) -> People:
    """A hold on the folder's people."""
    return People(settings.data / PEOPLE, settings.session_hours, settings.link_hours)
