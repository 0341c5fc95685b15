"""How a copy of a data folder is sealed, and what can be wrong with one."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.safe import MasterKey

NONCE_BYTES: Final = 12
NAME_HEX: Final = 40


class Unkept(Exception):
    """A copy cannot be made or used; says what is wrong and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Damaged(Exception):
    """What was opened is not what was sealed as this."""


class Sealing:
    """One copy's own key, derived from the master key; it is written down nowhere."""

    def __init__(self, master: MasterKey, salt: bytes) -> None:
        self._cipher = AESGCM(master.derived("shouwang copy", salt))
        self._names = master.derived("shouwang copy names", salt)

    @property
    def check(self) -> str:
        """By which another key is told from damage."""
        return self.name(b"check")

    def name(self, content: bytes) -> str:
        """The same for the same content, telling nothing of it to others."""
        return hmac.digest(self._names, content, sha256).hex()[:NAME_HEX]

    def seal(self, about: str, content: bytes) -> bytes:
        """The content, to be opened only as `about` the same thing."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, about.encode())

    def open(self, about: str, sealed: bytes) -> bytes:
        """The content again. Damaged."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            raise Damaged(about) from None
