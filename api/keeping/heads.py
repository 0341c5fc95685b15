"""Signed heads: the end of a log as of a day, in a file that is meant for another body.

Whoever keeps one finds out later whether the log up to it is still the same. The signature says
that it came from whoever had the folder's master key, so that neither side can deny it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.keeping.sealing import Unkept
from api.safe import MasterKey
from schemas.values import AreaId
from schemas.wire import decode_turn, digest
from streams.engines.folder import write_whole
from streams.verify import Head

HEADS: Final = "heads"  # in the data folder
SUFFIX: Final = ".head.json"
FORMAT: Final = "shouwang head 1"
MOST_BYTES: Final = 4_096


class SignedHead(msgspec.Struct, frozen=True):
    """The last turn of an area's log at a moment. `day`: of the machine that signed it."""

    format: str
    area: str
    day: str
    sequence: int
    digest: str  # of that turn's stored bytes: SHA-256
    at: int  # its rule time
    signed_at: int  # the wall clock's
    key: str  # Ed25519, public
    signature: str

    @property
    def head(self) -> Head:
        return Head(self.sequence, self.digest)

    @property
    def name(self) -> str:
        """Of its file: one a day and area."""
        return f"{self.area}-{self.day}{SUFFIX}"

    def signed(self) -> bytes:
        """What the signature is over; part of the format."""
        fields = (self.format, self.area, self.day, self.sequence, self.digest)
        return "\n".join(map(str, (*fields, self.at, self.signed_at))).encode()

    def encoded(self) -> bytes:
        """As it stands in its file: one line."""
        return msgspec.json.encode(self) + b"\n"


_decode = msgspec.json.Decoder(SignedHead).decode


def _private(master: MasterKey) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(master.derived("shouwang heads"))


def public_key(master: MasterKey) -> str:
    """By which others know that a head is of this folder: 64 hex digits."""
    key = _private(master).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def signed_head(
    master: MasterKey, area: AreaId, sequence: int, stored: bytes, now: int
) -> SignedHead:
    """The head at a turn, given as its stored bytes, signed."""
    bare = SignedHead(
        FORMAT,
        area,
        day_of(now).isoformat(),
        sequence,
        digest(stored),
        decode_turn(stored).at,
        now,
        public_key(master),
        "",
    )
    signature = _private(master).sign(bare.signed()).hex()
    return msgspec.structs.replace(bare, signature=signature)


def day_of(now: int) -> date:
    """The day on this machine's calendar."""
    return datetime.fromtimestamp(now / 1000).astimezone().date()


def keep_head(head: SignedHead, folders: Iterable[Path]) -> None:
    """Write it where it is not yet; what is there of the same day is written over. OSError."""
    for folder in folders:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / head.name, head.encoded())


def read_heads(path: Path) -> list[SignedHead]:
    """The head in a file, or all of a folder, the oldest first. Unkept names what is none."""
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.name.endswith(SUFFIX))
    else:
        files = [path]
    return sorted((_read(file) for file in files), key=lambda head: head.signed_at)


def _read(path: Path) -> SignedHead:
    try:
        with path.open("rb") as file:
            head = _decode(file.read(MOST_BYTES))
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.key))
        key.verify(bytes.fromhex(head.signature), head.signed())
    except OSError as problem:
        raise Unkept(
            f"读不到链头文件 {path}（{problem.strerror}）。",
            f"The head file {path} cannot be read ({problem.strerror}).",
        ) from None
    except (msgspec.DecodeError, ValueError, InvalidSignature):
        raise Unkept(
            f"{path} 不是有效的链头文件：内容被改动，或签名不符。请用对方保存的原件。",
            f"{path} is no head as it was signed: it was altered, or is another file. Use the one"
            " that the other body has kept.",
        ) from None
    if head.format != FORMAT:
        raise Unkept(f"{path} 由更新的版本写成。", f"{path} is of a newer release.")
    return head


def last_head(folder: Path, area: AreaId) -> SignedHead | None:
    """The newest signed head of an area that a data folder has; None where there is none."""
    names = sorted((folder / HEADS).glob(f"{area}-*{SUFFIX}"), key=os.fspath, reverse=True)
    for path in names:
        try:
            return _read(path)
        except Unkept:
            continue
    return None


def own_heads(folder: Path, area: AreaId) -> tuple[list[SignedHead], int]:
    """The signed heads of an area in a data folder, and how many files there are none."""
    found, unfit = [], 0
    for path in sorted((folder / HEADS).glob(f"{area}-*{SUFFIX}")):
        try:
            found.append(_read(path))
        except Unkept:
            unfit += 1
    return found, unfit


def heads_of(area: AreaId, kept: Iterable[Head | SignedHead]) -> list[Head]:
    """Those about an area; a bare one does not say, and is about whichever is asked."""
    found = []
    for one in kept:
        if isinstance(one, Head):
            found.append(one)
        elif one.area == area:
            found.append(one.head)
    return found
