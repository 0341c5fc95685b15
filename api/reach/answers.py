"""Who may answer which offer without a session: links and codes, in the folder's `notices.db`.

A token or a code is kept as its digest alone. Each stands for one person (or for an organization,
where a group is told) and one offer, until a day after the deadline; it opens nothing else.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from api.people import wall_ms
from api.safe import Vault, open_store, writing
from api.settings import Settings
from schemas.values import Instant, OfferId, OrganizationId, PersonId

NOTICES: Final = "notices.db"
ANSWERABLE_MS: Final = 24 * 3_600_000  # after the deadline of an offer

TOKEN_BYTES: Final = 16
CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
CODE_LENGTH: Final = 8

_LOOK_ALIKE = str.maketrans("ILO", "110")

# The delivery worker, another process, has its own tables in this file.
SCHEMA = """
CREATE TABLE IF NOT EXISTS links (
    hash BLOB PRIMARY KEY, offer TEXT NOT NULL, person TEXT, organization TEXT NOT NULL,
    until INTEGER NOT NULL, made_at INTEGER NOT NULL, revision INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS codes (
    hash BLOB PRIMARY KEY, offer TEXT NOT NULL, person TEXT, organization TEXT NOT NULL,
    until INTEGER NOT NULL, made_at INTEGER NOT NULL, revision INTEGER
) STRICT, WITHOUT ROWID;
"""


class Answering(NamedTuple):
    """What somebody is told to answer with: the secret of a link, and a code to type."""

    token: str
    code: str


class Addressee(NamedTuple):
    """Who was told, and of which offer; `person` is None where an organization's group was."""

    offer: OfferId
    person: PersonId | None
    organization: OrganizationId
    until: Instant  # rule time
    revision: int | None = None  # of the demand when the message was made, where that is known

    def key(self, answer: str) -> str:
        """The idempotency key of this addressee's answer; the same by link and by code."""
        parts = (self.offer, self.person or "", self.organization, answer)
        return sha256("\x1f".join(parts).encode()).hexdigest()[:32]


class Answers:
    """One process's hold on links and codes; what it writes is durable on return."""

    def __init__(self, path: Path, vault: Vault, clock: Callable[[], int] = wall_ms) -> None:
        self._store = open_store(path, SCHEMA)
        self._vault = vault
        self._clock = clock

    def close(self) -> None:
        self._store.close()

    def make(
        self,
        offer: OfferId,
        person: PersonId | None,
        organization: OrganizationId,
        until: Instant,
        revision: int | None = None,
    ) -> Answering:
        """A new link and a new code, both good before `until`; earlier ones stay good."""
        row = (offer, person, organization, until, self._clock(), revision)
        token, code = secrets.token_urlsafe(TOKEN_BYTES), _new_code()
        with writing(self._store):
            self._enter("links", _token_hash(token), row)
            while not self._enter("codes", self._code_hash(code), row):
                code = _new_code()
        return Answering(token, code)

    def of_link(self, token: str, now: Instant) -> Addressee | None:
        """Whom a link's secret stands for; None for one that is unknown or over."""
        return self._found("links", _token_hash(token), now)

    def of_code(self, code: str, now: Instant) -> Addressee | None:
        """Whom a code stands for, however it is typed; None, after the same work, for others."""
        return self._found("codes", self._code_hash(normalized(code)), now)

    def purge(self, now: Instant) -> None:
        """Forget every link and code that is over."""
        with writing(self._store):
            for table in ("links", "codes"):
                self._store.execute(f"DELETE FROM {table} WHERE until <= ?", (now,))

    def _enter(self, table: str, hash: bytes, row: tuple[str | int | None, ...]) -> bool:
        """Whether it was new."""
        self._store.execute(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", (hash, *row)
        )
        return self._store.changes() == 1

    def _found(self, table: str, hash: bytes, now: Instant) -> Addressee | None:
        row = self._store.execute(
            f"SELECT offer, person, organization, until, revision FROM {table} WHERE hash = ?",
            (hash,),
        ).fetchone()
        found = None if row is None else Addressee(*row)
        return found if found is not None and now < found.until else None

    def _code_hash(self, code: str) -> bytes:
        """Under the folder's key: 40 bits could be tried out by whoever has a copy of this file."""
        text = code.encode(errors="replace").decode()
        return bytes.fromhex(self._vault.folder_digest("answer", text))


def _token_hash(token: str) -> bytes:
    return sha256(token.encode(errors="replace")).digest()


def _new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def normalized(code: str) -> str:
    """A code as it is kept: capitals, no spaces or dashes, I and L as 1, O as 0."""
    folded = unicodedata.normalize("NFKC", code).upper()
    letters = (char for char in folded if unicodedata.category(char) not in ("Pd", "Zs", "Cc"))
    return "".join(letters).translate(_LOOK_ALIKE)


def is_code(text: str) -> bool:
    """Whether a text, once normalized, has the form of a code."""
    letters = normalized(text)
    return len(letters) == CODE_LENGTH and all(letter in CODE_LETTERS for letter in letters)


def open_answers(settings: Settings, vault: Vault) -> Answers:
    """A hold on the folder's links and codes, from any process."""
    return Answers(settings.data / NOTICES, vault)
