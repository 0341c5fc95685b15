"""Sealing: what is personal leaves this process only under its incident's key.

One key per incident and one for the folder, in a file of their own, each wrapped by the master key,
which lies elsewhere: whoever copies the folder opens nothing. Destroying an incident's key makes
every text sealed under it unreadable, wherever the ciphertext was copied to.
"""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from time import time_ns
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.safe.destroying import LOOK_S, SCHEMA, finish, owed
from api.safe.master import MasterKey, MasterKeyUnfit, master_of
from api.safe.stores import open_store
from schemas.values import IncidentId, Sealed
from schemas.views import IncidentRow, Put, Row
from streams.engines import Published

KEY_BYTES = 32
BLOCK_BYTES = 64  # of SHA-256
NONCE_BYTES = 12
DIGEST_HEX = 32
FOLDER = ""  # the folder's own key has no incident


class KeyGone(Exception):
    """The key was destroyed, or this folder never had it; what it sealed stays sealed."""


class TextDamaged(Exception):
    """The text was not sealed under this key for this field, or has been altered since."""


class _Seal:
    """One key, ready for use. The digest's two pads are hashed once, not at every request."""

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(BLOCK_BYTES, b"\0")  # HMAC, RFC 2104
        self.cipher = AESGCM(key)
        self._inner = sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in padded))

    def digest(self, text: str) -> str:
        """HMAC-SHA-256 of a text, cut to 32 hexadecimal digits."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text.encode())
        outer.update(inner.digest())
        return outer.hexdigest()[:DIGEST_HEX]


class Ciphertexts(NamedTuple):
    """The sealed texts that one turn has said of a demand, as the log holds them."""

    contact: Sealed | None
    address: Sealed | None
    note: Sealed | None
    lead: Sealed | None


class Vault:
    """One process's hold on the file of keys. Used on the event loop only.

    Without a `master` key the folder's is taken from its usual place, and made there where there
    are no keys yet. MasterKeyUnfit where there is none, or it is another.
    """

    def __init__(self, path: Path, master: MasterKey | None = None) -> None:
        master = master or master_of(path.parent, new=not path.exists())
        self._path, self._wrapping = path, AESGCM(master.derived("shouwang keys"))
        self._store = open_store(path, SCHEMA)
        self._seals: dict[str, _Seal] = {}
        self._gone: set[str] = set()
        self._owed: dict[str, None] = dict.fromkeys(owed(self._store))
        try:
            for incident, wrapped in self._store.execute("SELECT incident, key FROM keys"):
                self._remember(incident, wrapped and self._unwrapped(incident, wrapped))
            if FOLDER not in self._seals:
                self._make(FOLDER)
        except BaseException:
            self._store.close()
            raise

    def close(self) -> None:
        self._store.close()

    # Sealing

    def seal(self, incident: IncidentId, field: str, text: str) -> Sealed:
        """The text under the incident's key, made when first needed. Raises KeyGone."""
        seal, nonce = self._seal(incident), secrets.token_bytes(NONCE_BYTES)
        ciphertext = seal.cipher.encrypt(nonce, text.encode(), _bound(incident, field))
        return Sealed(
            key=incident,
            nonce=b64encode(nonce).decode(),
            ciphertext=b64encode(ciphertext).decode(),
        )

    def open(self, sealed: Sealed, field: str) -> str:
        """The text again. Raises KeyGone, or TextDamaged where it belongs elsewhere."""
        seal = self._seals.get(sealed.key)
        if seal is None or sealed.key == FOLDER:
            raise KeyGone
        bound = _bound(sealed.key, field)
        try:
            nonce, ciphertext = b64decode(sealed.nonce), b64decode(sealed.ciphertext)
            return seal.cipher.decrypt(nonce, ciphertext, bound).decode()
        except (InvalidTag, ValueError):
            raise TextDamaged from None

    def destroy(self, incident: IncidentId) -> None:
        """Forget an incident's key at once, and have it deleted for good; a repeat does nothing.

        What cannot be deleted now, since somebody reads the file or the disk is full, is `pending`.
        """
        if incident in self._gone:
            return
        self._remember(incident, None)
        self._owed[incident] = None
        self._settle(finish(self._path, tuple(self._owed)))

    @property
    def pending(self) -> tuple[str, ...]:
        """The incidents whose keys are forgotten, and may yet be found on the disk."""
        return tuple(self._owed)

    async def see_to_destruction(self) -> None:
        """Try again, beside the loop, until no byte is left; for as long as the server runs."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._owed:
                self._settle(await asyncio.to_thread(finish, self._path, tuple(self._owed)))

    def _settle(self, done: Iterable[str]) -> None:
        for incident in done:
            self._owed.pop(incident, None)

    def follow(self, batch: Iterable[Published]) -> None:
        """Delete the keys that the log says are destroyed: a listener of the engine."""
        for published in batch:
            for change in published.changes:
                if isinstance(change, Put):
                    self.note(change.row)

    def note(self, row: Row) -> None:
        """Delete the key of an incident that is no longer readable.

        Given every row at start: a crash between the fact and the deletion is made good then,
        and so is a deletion that failed.
        """
        if isinstance(row, IncidentRow) and not row.readable:
            self.destroy(row.id)

    # What is beside the log: it lives as long as the folder

    def seal_for_folder(self, about: str, text: str) -> bytes:
        """A text under the folder's own key, to be opened only as `about` the same thing."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._seals[FOLDER].cipher.encrypt(
            nonce, text.encode(), _bound(FOLDER, about)
        )

    def open_for_folder(self, about: str, sealed: bytes) -> str:
        """The text again. Raises TextDamaged: altered, about something else, of another folder."""
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            cipher = self._seals[FOLDER].cipher
            return cipher.decrypt(nonce, ciphertext, _bound(FOLDER, about)).decode()
        except (InvalidTag, ValueError):
            raise TextDamaged from None

    def folder_digest(self, about: str, text: str) -> str:
        """Of a text that must be found again but not read: 32 hex digits, the folder's own."""
        return self._seals[FOLDER].digest(f"\x1f\x1f{about}\x1f{text}")

    # Digests, so that a key's second use can be compared with its first

    def body_digest(self, method: str, path: str, body: str) -> str:
        """Of a request without its personal fields, under the folder's key: 32 hex digits."""
        return self._seals[FOLDER].digest(f"{method}\x1f{path}\x1f{body}")

    def personal_digest(self, incident: IncidentId, personal: str) -> str:
        """Of the personal fields, under the incident's key; empty once that is destroyed."""
        if incident in self._gone:
            return ""
        return self._seal(incident).digest(personal)

    # Keys

    def _seal(self, incident: IncidentId) -> _Seal:
        """The incident's key, made where there never was one. Raises KeyGone."""
        found = self._seals.get(incident)
        if found is not None:
            return found
        if incident in self._gone or incident == FOLDER:
            raise KeyGone
        self._make(incident)
        return self._seals[incident]

    def _make(self, incident: str) -> None:
        """A new key, on the disk before anything is sealed under it."""
        key = secrets.token_bytes(KEY_BYTES)
        nonce = secrets.token_bytes(NONCE_BYTES)
        wrapped = nonce + self._wrapping.encrypt(nonce, key, incident.encode())
        with self._store:
            self._store.execute(
                "INSERT INTO keys VALUES (?, ?, ?, NULL, NULL)", (incident, wrapped, _now())
            )
        self._remember(incident, key)

    def _unwrapped(self, incident: str, wrapped: bytes) -> bytes:
        nonce, ciphertext = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return self._wrapping.decrypt(nonce, ciphertext, incident.encode())
        except (InvalidTag, ValueError):
            raise MasterKeyUnfit(
                f"主密钥打不开 {self._path}：不是建立该目录时的那一把（或文件已损坏）。"
                "请用 --key-file 指明当时的主密钥。",
                f"The master key does not open {self._path}: it is not the one that the folder was"
                " made with, or the file is damaged. Give that one with --key-file.",
            ) from None

    def _remember(self, incident: str, key: bytes | None) -> None:
        if key is None:
            self._gone.add(incident)
            self._seals.pop(incident, None)
        else:
            self._seals[incident] = _Seal(key)


def folder_key_alone(source: Path, target: Path) -> None:
    """A new file of keys with the folder's own key alone: no incident's text opens by it."""
    with closing(open_store(source, SCHEMA)) as there, closing(open_store(target, SCHEMA)) as here:
        for row in there.execute("SELECT * FROM keys WHERE incident = ?", (FOLDER,)):
            with here:
                here.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?)", row)


def _bound(key: str, field: str) -> bytes:
    """What a ciphertext is bound to, so that a note cannot be passed off as a contact."""
    return f"{key}\x1f{field}".encode()


def _now() -> int:
    return time_ns() // 1_000_000
