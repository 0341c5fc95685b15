"""A copy of a data folder: stands, turns and pieces, each sealed, in a folder anywhere else.

copy.json      which copy it is, and by what another key is told from damage
stands/        what it holds as of a moment; the newest is the last good one
turns/         the log, only ever appended
pieces/        everything else, each piece once however many stands hold it
keys/          the same for keys.db, apart: another folder where that is wanted
seen           when the copy was last known to lack nothing
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from api.keeping.sealing import Damaged, Sealing, Unkept
from api.keeping.stands import KeptFile, Stand, Stands
from api.keeping.turns import Turns
from api.safe import MasterKey
from schemas.values import AreaId
from streams.engines.folder import sync_names, write_whole

ABOUT: Final = "copy.json"
SEEN: Final = "seen"
LOCK: Final = "lock"
PIECE_BYTES: Final = 64 << 10
SALT_BYTES: Final = 16
FORMAT: Final = 1


class _About(msgspec.Struct, frozen=True):
    """What a copy says of itself to anybody. `sum`: of the other fields, against damage."""

    format: int
    salt: str
    check: str
    sum: str


def _sum(salt: str, check: str) -> str:
    return sha256(f"{FORMAT}{salt}{check}".encode()).hexdigest()


class Pieces:
    """Contents by a name that only the key's holder can tell; each written once, whole."""

    def __init__(self, place: Path, sealing: Sealing) -> None:
        self._place, self._sealing = place, sealing
        self._new = False

    def put(self, name: str, content: bytes) -> KeptFile:
        """A file in pieces; what is there already is not written again."""
        cut = (content[at : at + PIECE_BYTES] for at in range(0, len(content), PIECE_BYTES))
        pieces = tuple(self._put(piece) for piece in cut)
        return KeptFile(name, len(content), sha256(content).hexdigest(), pieces)

    def _put(self, content: bytes) -> str:
        name = self._sealing.name(content)
        path = self._path(name)
        if not path.exists():
            part = path.with_suffix(".part")
            with part.open("wb") as file:
                file.write(self._sealing.seal(f"piece\x1f{name}", content))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            self._new = True
        return name

    def sync(self) -> None:
        """Have the names of new pieces on the disk, before a stand refers to them."""
        if self._new:
            sync_names(self._place)
            self._new = False

    def get(self, file: KeptFile) -> Iterator[bytes]:
        """The content in order. Damaged names the file."""
        total = sha256()
        for name in file.pieces:
            try:
                content = self._sealing.open(f"piece\x1f{name}", self._path(name).read_bytes())
            except (OSError, Damaged):
                raise Damaged(file.name) from None
            total.update(content)
            yield content
        if total.hexdigest() != file.sha256:
            raise Damaged(file.name)

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove whatever no stand refers to any more."""
        kept = frozenset(names)
        for path in self._place.iterdir():
            if path.name not in kept:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._place / name


class Copy:
    """A copy that is open, with everything in it."""

    def __init__(self, path: Path, keys: Path, sealing: Sealing) -> None:
        self.path, self.sealing = path, sealing
        self.stands = Stands(path / "stands", sealing)
        self.pieces = Pieces(path / "pieces", sealing)
        self.keys = Pieces(keys, sealing)

    def turns(self, area: AreaId) -> Turns:
        return Turns(self.path / "turns", area, self.sealing)

    def see(self, now: int) -> None:
        """Note that nothing was lacking at a moment. Not worth a flush."""
        (self.path / SEEN).write_text(str(now), encoding="ascii")

    def seen(self) -> int:
        """When it was last known to lack nothing; 0 where that cannot be told."""
        try:
            return int((self.path / SEEN).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0


def keys_of(path: Path, keys: Path | None) -> Path:
    """Where the copies of keys are: apart, in a folder of their own even where none is named."""
    return path / "keys" if keys is None else keys


@contextmanager
def open_copy(path: Path, keys: Path | None, master: MasterKey, write: bool) -> Iterator[Copy]:
    """A copy, held by this process alone while it is written. Unkept where it cannot be used."""
    place = keys_of(path, keys)
    if write:
        for folder in (path, path / "stands", path / "turns", path / "pieces", place):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(path, write):
        if write and not (path / ABOUT).exists():
            _begin(path, master)
        yield Copy(path, place, sealing_of(path, master))


def _begin(path: Path, master: MasterKey) -> None:
    if any((path / "stands").iterdir()):
        raise Unkept(
            f"{path} 中缺少 {ABOUT}，其余还在：请从另一份副本取回，或换一个空目录重新备份。",
            f"{path} lacks {ABOUT} and has the rest: take it from another copy, or back up into"
            " an empty folder.",
        )
    salt = secrets.token_bytes(SALT_BYTES)
    check = Sealing(master, salt).check
    about = _About(FORMAT, salt.hex(), check, _sum(salt.hex(), check))
    write_whole(path / ABOUT, msgspec.json.encode(about))


def sealing_of(path: Path, master: MasterKey) -> Sealing:
    try:
        about = msgspec.json.decode((path / ABOUT).read_bytes(), type=_About)
    except FileNotFoundError:
        raise Unkept(
            f"{path} 不是副本：其中没有 {ABOUT}。请核对路径。",
            f"{path} is no copy: there is no {ABOUT} in it. Check the path.",
        ) from None
    except ValueError:
        about = None
    if about is None or about.format != FORMAT or about.sum != _sum(about.salt, about.check):
        raise Unkept(
            f"{path / ABOUT} 已损坏，或由更新的版本写成：请从另一份副本取回该文件。",
            f"{path / ABOUT} is damaged, or of a newer release: take it from another copy.",
        )
    sealing = Sealing(master, bytes.fromhex(about.salt))
    if sealing.check != about.check:
        raise Unkept(
            f"主密钥不对：{path} 是用另一把主密钥加密的。请用 --key-file 指明备份当时的主密钥"
            "（init 时抄在纸上的那一行）。",
            f"This is another master key than the one that {path} was sealed with. Give the one"
            " of that time with --key-file: the line that was kept on paper at `init`.",
        )
    return sealing


@contextmanager
def _held(path: Path, write: bool) -> Iterator[None]:
    """Two that write would mix their frames; a medium that cannot be written needs no lock."""
    handle = -1
    with suppress(OSError):
        handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if handle >= 0:
            fcntl.flock(handle, (fcntl.LOCK_EX if write else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Unkept(
            f"另一个进程正在使用副本 {path}；请等它结束，或先停止持续备份（backup --follow）。",
            f"Another process is at the copy {path}: wait for its end, or stop `backup --follow`.",
        ) from None
    finally:
        if handle >= 0:
            os.close(handle)


def newest(copy: Copy) -> Stand | None:
    """The last good stand; None where there is none. Unkept where it is damaged."""
    numbers = copy.stands.numbers()
    return read_stand(copy, numbers[0]) if numbers else None


def read_stand(copy: Copy, number: int) -> Stand:
    """Unkept where it is damaged or not there, with the others that can be had."""
    try:
        return copy.stands.read(number)
    except Damaged:
        others = " ".join(str(one) for one in copy.stands.numbers() if one != number) or "-"
        raise Unkept(
            f"副本 {copy.path} 的第 {number} 号备份点已损坏或不存在。请用另一份副本，"
            f"或恢复时用 --stand 选另一个备份点：{others}；再备份请换一个空目录。",
            f"Stand {number} of the copy {copy.path} is damaged or not there. Use another copy,"
            f" or restore another stand with --stand: {others}. Back up into an empty folder.",
        ) from None
