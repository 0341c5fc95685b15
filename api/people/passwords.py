"""Passwords: what is kept so that a person can sign in without a link, by two things at once.

Something known, the password, and something held, a telephone that shows codes (TOTP, RFC 6238),
or one of ten recovery codes. They are in the file of people, and whoever copies the folder cannot
even try passwords against it: what is hashed is the folder's own digest of one.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable
from hmac import compare_digest
from pathlib import Path
from typing import Final, NamedTuple

import apsw
from pyotp import TOTP, random_base32

from api.people.accounts import PEOPLE, REPEAT_MS, hashed, wall_ms
from api.people.accounts import SCHEMA as ACCOUNTS
from api.safe import TextDamaged, Vault, open_store
from api.settings import Settings
from schemas.values import AccountId

STEP_MS: Final = 30_000  # a code's
STEPS_OFF: Final = 1  # a telephone's clock may be wrong by so many
LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that reads like something else
RECOVERY_CODES: Final = 10
RECOVERY_LETTERS: Final = 10
LENGTH_MIN: Final = 10
DIFFERENT_MIN: Final = 5
ISSUER: Final = "Shouwang"

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS passwords (
    account TEXT PRIMARY KEY REFERENCES accounts, name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL, secret BLOB NOT NULL, made_at INTEGER NOT NULL,
    step INTEGER NOT NULL, used_at INTEGER, used_key BLOB, used_code TEXT, session BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recovery_codes (
    account TEXT NOT NULL REFERENCES passwords ON DELETE CASCADE,
    digest TEXT NOT NULL, used_at INTEGER, PRIMARY KEY (account, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS authenticators (
    account TEXT PRIMARY KEY REFERENCES accounts, secret BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""


class PasswordRefused(Exception):
    """Why it cannot be set; `code` is the problem's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PasswordSeen(NamedTuple):
    """That somebody signs in by password, as they are told; nothing of it opens anything."""

    name: str
    made_at: int
    recovery_left: int


class KeptPassword(NamedTuple):
    """Whose a sign-in name is, and what its password is held against."""

    account: AccountId
    hash: str


class Passwords:
    """One hold on the passwords in the file of people; what it writes is durable on return."""

    def __init__(self, path: Path, vault: Vault, clock: Callable[[], int] = wall_ms) -> None:
        self._store = open_store(path, ACCOUNTS + SCHEMA)
        self._vault = vault
        self._clock = clock

    def close(self) -> None:
        self._store.close()

    # Signing in

    def kept(self, name: str) -> KeptPassword | None:
        """What there is under a sign-in name; letters large or small are the same."""
        asked = "SELECT account, hash FROM passwords WHERE name = ?"
        row = self._store.execute(asked, (same_name(name),)).fetchone()
        return None if row is None else KeptPassword(AccountId(row[0]), row[1])

    def hash_of(self, account: AccountId) -> str | None:
        """What an account's password is held against; None where it has none."""
        asked = "SELECT hash FROM passwords WHERE account = ?"
        row = self._store.execute(asked, (account,)).fetchone()
        return None if row is None else str(row[0])

    def to_hash(self, account: AccountId | None, password: str) -> str:
        """What is hashed in a password's place; without an account it costs the same."""
        text = unicodedata.normalize("NFKC", password)
        return self._vault.folder_digest(f"password:{account or ''}", text)

    def take_code(self, account: AccountId, code: str, door: str, key: str) -> bytes | None:
        """Use a code up, of the telephone or of those for recovery. Raises LookupError: wrong.

        Each works once. Sent again to the same door with the same idempotency key within ten
        minutes it works again: then the session is told that began by it, which is to be ended.
        """
        digest, now = self._digest(account, code), self._clock()
        used_key = hashed(f"{door}\x1f{key}")
        with self._store:
            row = self._store.execute(
                "SELECT secret, step, used_at, used_key, used_code, session FROM passwords "
                "WHERE account = ?",
                (account,),
            ).fetchone()
            if row is None:
                raise LookupError("no password")
            secret, last, used_at, before, used_code, session = row
            again = used_key == before and digest == used_code
            if again and now < used_at + REPEAT_MS:
                return session or b""
            step = self._step(account, secret, code, last)
            if step is None:
                self._take_recovery(account, digest)
            self._store.execute(
                "UPDATE passwords SET step = ?, used_at = ?, used_key = ?, used_code = ?, "
                "session = NULL WHERE account = ?",
                (step or last, now, used_key, digest, account),
            )
        return None

    def _step(self, account: AccountId, secret: bytes, code: str, last: int) -> int | None:
        """The step of a code that the telephone shows about now and that is later than `last`."""
        try:
            shown = TOTP(self._vault.open_for_folder(f"authenticator:{account}", secret))
        except TextDamaged:
            return None
        now = self._clock() // STEP_MS
        steps = range(now - STEPS_OFF, now + STEPS_OFF + 1)
        right = [step for step in steps if compare_digest(shown.generate_otp(step), _plain(code))]
        return next((step for step in right if step > last), None)

    def _take_recovery(self, account: AccountId, digest: str) -> None:
        self._store.execute(
            "UPDATE recovery_codes SET used_at = ? "
            "WHERE account = ? AND digest = ? AND used_at IS NULL",
            (self._clock(), account, digest),
        )
        if not self._store.changes():
            raise LookupError("no such code")

    def began(self, account: AccountId, session: bytes) -> None:
        """Which session the last code began, should its answer be lost."""
        self._write("UPDATE passwords SET session = ? WHERE account = ?", session, account)

    # Setting up

    def seen(self, account: AccountId) -> PasswordSeen | None:
        """Whether, since when and under which name an account signs in by password."""
        row = self._store.execute(
            "SELECT name, made_at, (SELECT count(*) FROM recovery_codes r "
            "WHERE r.account = p.account AND used_at IS NULL) FROM passwords p WHERE account = ?",
            (account,),
        ).fetchone()
        return None if row is None else PasswordSeen(*row)

    def set_since(self, at: int) -> list[tuple[AccountId, int]]:
        """Whose passwords were set since then, and when, the newest first."""
        rows = self._store.execute(
            "SELECT account, made_at FROM passwords WHERE made_at >= ? ORDER BY made_at DESC", (at,)
        )
        return [(AccountId(account), made_at) for account, made_at in rows]

    def propose(self, account: AccountId, whose: str) -> tuple[str, str]:
        """A new secret for a telephone, and the address under which it takes it.

        It counts once a code has shown that it is there.
        """
        secret = random_base32()
        sealed = self._vault.seal_for_folder(f"authenticator:{account}", secret)
        self._write("INSERT OR REPLACE INTO authenticators VALUES (?, ?)", account, sealed)
        return secret, TOTP(secret).provisioning_uri(name=whose, issuer_name=ISSUER)

    def check(self, account: AccountId, name: str, password: str, code: str) -> None:
        """Raises PasswordRefused where it is there already, or is easily guessed.

        Which names there are hears only who has shown a right code first.
        """
        if self.seen(account) is not None:
            raise PasswordRefused("password_set")
        name, text = same_name(name), unicodedata.normalize("NFKC", password).casefold()
        if len(text) < LENGTH_MIN or len({*text}) < DIFFERENT_MIN or name in text:
            raise PasswordRefused("password_weak")
        self._proposed(account, code)
        if self.kept(name) is not None:
            raise PasswordRefused("sign_in_name_taken")

    def _proposed(self, account: AccountId, code: str) -> tuple[bytes, int]:
        """The secret that was proposed, and the step of a code of it. Raises PasswordRefused."""
        asked = "SELECT secret FROM authenticators WHERE account = ?"
        row = self._store.execute(asked, (account,)).fetchone()
        step = None if row is None else self._step(account, row[0], code, 0)
        if row is None or step is None:
            raise PasswordRefused("authenticator_wrong")
        return row[0], step

    def set(self, account: AccountId, name: str, hash: str, code: str) -> tuple[str, ...]:
        """From now on the account signs in so; its recovery codes, which nobody is told again.

        Raises PasswordRefused: `authenticator_wrong`, `password_set`, `sign_in_name_taken`.
        """
        secret, step = self._proposed(account, code)
        codes = _recovery_codes()
        try:
            with self._store:
                self._insert(account, same_name(name), hash, secret, step)
                self._keep_codes(account, codes)
        except apsw.ConstraintError:
            taken = self.seen(account) is None
            raise PasswordRefused("sign_in_name_taken" if taken else "password_set") from None
        return codes

    def renew(self, account: AccountId) -> tuple[str, ...]:
        """Other recovery codes in place of those that there were."""
        codes = _recovery_codes()
        with self._store:
            self._store.execute("DELETE FROM recovery_codes WHERE account = ?", (account,))
            self._keep_codes(account, codes)
        return codes

    def _keep_codes(self, account: AccountId, codes: tuple[str, ...]) -> None:
        self._store.executemany(
            "INSERT INTO recovery_codes VALUES (?, ?, NULL)",
            [(account, self._digest(account, each)) for each in codes],
        )

    def _insert(self, account: AccountId, name: str, hash: str, secret: bytes, step: int) -> None:
        self._store.execute(
            "INSERT INTO passwords (account, name, hash, secret, made_at, step) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (account, name, hash, secret, self._clock(), step),
        )
        self._store.execute("DELETE FROM authenticators WHERE account = ?", (account,))

    def end(self, account: AccountId) -> bool:
        """The account has no password, telephone or recovery code any more; whether it had."""
        return bool(self._write("DELETE FROM passwords WHERE account = ?", account))

    # Devices that have signed in before

    def familiar(self, account: AccountId, kept: tuple[str, ...] = ()) -> tuple[str, ...]:
        """What a device keeps, to be known again beside the others who sign in there.

        It opens nothing.
        """
        nonce = secrets.token_hex(8)
        others = (each for each in kept if not self._is_of(account, each))
        return (*others, f"{nonce}.{self._device(account, nonce)}")

    def known_by(self, account: AccountId | None, kept: tuple[str, ...]) -> str:
        """What shows that a device has signed in as this account before; "" where nothing does."""
        known = (each for each in kept if account is not None and self._is_of(account, each))
        return next(known, "")

    def _is_of(self, account: AccountId, kept: str) -> bool:
        nonce, _, digest = kept.partition(".")
        return compare_digest(digest.encode(), self._device(account, nonce).encode())

    def _device(self, account: AccountId, nonce: str) -> str:
        return self._vault.folder_digest(f"device:{account}", nonce)

    def _digest(self, account: AccountId, code: str) -> str:
        return self._vault.folder_digest(f"recovery:{account}", _plain(code))

    def _write(self, statement: str, *values: str | bytes) -> int:
        with self._store:
            self._store.execute(statement, values)
        return self._store.changes()


def same_name(name: str) -> str:
    """A sign-in name as it is kept and looked for."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _plain(code: str) -> str:
    """A code as it is compared, however it was typed."""
    typed = unicodedata.normalize("NFKC", code).upper()
    return "".join(letter for letter in typed if letter in LETTERS or letter in "01")


def _recovery_codes() -> tuple[str, ...]:
    half = RECOVERY_LETTERS // 2
    chosen = [
        "".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LETTERS))
        for _ in range(RECOVERY_CODES)
    ]
    return tuple(f"{letters[:half]}-{letters[half:]}" for letters in chosen)


def open_passwords(settings: Settings, vault: Vault) -> Passwords:
    """A hold on who signs in by password; they are in the folder's file of people."""
    return Passwords(settings.data / PEOPLE, vault)


def forget_password(settings: Settings, account: AccountId) -> None:
    """End an account's password at the machine itself, also while a server runs."""
    store = open_store(settings.data / PEOPLE, ACCOUNTS + SCHEMA)
    try:
        with store:
            store.execute("DELETE FROM passwords WHERE account = ?", (account,))
    finally:
        store.close()
