"""The master key: one secret outside the data folder, under which keys and copies are sealed.

Whoever has the folder, or a copy of it, and not this key, opens nothing. It comes from a file,
from the environment, or from a command that prints it; what is derived from it is never stored.
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
import subprocess
from base64 import b32decode, b32encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.settings import PREFIX, Settings

KEY_BYTES: Final = 32
CHECK_BYTES: Final = 3  # so that 35 bytes are 56 letters, in groups of four
GROUP: Final = 4
MARK: Final = "SW1"
VARIABLE: Final = f"{PREFIX}KEY"
COMMAND_S: Final = 60.0
READ_MOST: Final = 4_096
_ALIKE: Final = str.maketrans("018", "OIB")  # what the alphabet lacks, as people copy it down
_BETWEEN: Final = re.compile(r"[\s-]+")


class MasterKeyUnfit(Exception):
    """There is no master key to be had; says why and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class MasterKey:
    """The secret itself. Its text can be printed on paper and typed in again."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def new(cls) -> MasterKey:
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def read(cls, text: str) -> MasterKey:
        """From its text, however it is grouped. ValueError where a letter is wrong."""
        mark, _, letters = _BETWEEN.sub("-", text.strip().upper()).partition("-")
        letters = letters.replace("-", "").translate(_ALIKE)
        if mark != MARK:
            raise ValueError("no master key")
        content = b32decode(letters)  # binascii.Error is a ValueError
        secret, check = content[:KEY_BYTES], content[KEY_BYTES:]
        if len(secret) != KEY_BYTES or check != _check(secret):
            raise ValueError("a letter is wrong")
        return cls(secret)

    @property
    def text(self) -> str:
        letters = b32encode(self._secret + _check(self._secret)).decode()
        groups = (letters[at : at + GROUP] for at in range(0, len(letters), GROUP))
        return "-".join((MARK, *groups))

    def derived(self, purpose: str, salt: bytes = b"") -> bytes:
        """A key for one purpose; the secret itself is used for nothing."""
        kdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose.encode())
        return kdf.derive(self._secret)


def _check(secret: bytes) -> bytes:
    return sha256(b"shouwang master key" + secret).digest()[:CHECK_BYTES]


def place_of(settings: Settings) -> Path:
    """The file that holds the key where neither environment nor command has it."""
    if settings.key_file:
        return Path(settings.key_file)
    folder = settings.data.resolve()
    return folder.with_name(f"{folder.name}.key")


def master_key(settings: Settings, environment: Mapping[str, str] = os.environ) -> MasterKey:
    """The key of a folder. MasterKeyUnfit where there is none, or it is no key."""
    if text := environment.get(VARIABLE, ""):
        return _read(text, f"${VARIABLE}")
    if settings.key_command:
        return _read(_printed(settings.key_command), settings.key_command)
    path = place_of(settings)
    refuse_inside(settings, path)
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return _read(file.read(READ_MOST), str(path))
    except OSError as problem:
        raise MasterKeyUnfit(
            f"读不到主密钥 {path}（{problem.strerror}）。请用 --key-file 指明它在哪里，"
            f"或把抄在纸上的那一行写进该文件；也可放在环境变量 {VARIABLE} 中。",
            f"The master key {path} cannot be read ({problem.strerror}). Say where it is with"
            " --key-file, or write the line that was kept on paper into that file; it may also"
            f" stand in the environment, as {VARIABLE}.",
        ) from problem


def master_of(folder: Path, new: bool = False) -> MasterKey:
    """The key of a folder where only the environment says where it is; made with a `new` folder."""
    named = (os.environ.get(f"{PREFIX}{name}", "") for name in ("KEY_FILE", "KEY_COMMAND"))
    settings = Settings(folder, key_file=next(named), key_command=next(named))
    if new:
        make_master_key(settings)
    return master_key(settings)


def key_there(settings: Settings, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody has said or kept a key already, good or not."""
    return bool(environment.get(VARIABLE) or settings.key_command or place_of(settings).exists())


def make_master_key(settings: Settings, environment: Mapping[str, str] = os.environ) -> bool:
    """Make the key file where no key is there yet; whether one was made. MasterKeyUnfit."""
    path = place_of(settings)
    if key_there(settings, environment):
        return False
    refuse_inside(settings, path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{MasterKey.new().text}\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def refuse_inside(settings: Settings, path: Path) -> None:
    """MasterKeyUnfit where whoever copies the folder would have the key as well."""
    if path.resolve().is_relative_to(settings.data.resolve()):
        raise MasterKeyUnfit(
            f"主密钥 {path} 在数据目录之内：拷走目录的人也就有了密钥。请把它移到目录之外。",
            f"The master key {path} lies inside the data folder: whoever copies the folder would"
            " have the key, too. Move it out.",
        )


def _read(text: str, whence: str) -> MasterKey:
    try:
        return MasterKey.read(text)
    except ValueError:
        raise MasterKeyUnfit(
            f"{whence} 给出的不是主密钥：应为以 {MARK}- 开头的一行，如有抄错请逐组核对。",
            f"What {whence} gives is no master key: it is one line that begins with {MARK}-;"
            " compare it group by group if it was typed in.",
        ) from None


def _printed(command: str) -> str:
    """What the operator's command prints; never through a shell."""
    try:
        done = subprocess.run(
            shlex.split(command), stdout=subprocess.PIPE, timeout=COMMAND_S, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError) as problem:
        raise MasterKeyUnfit(
            f"取主密钥的命令没有成功：{command}（{type(problem).__name__}）。请单独运行它看看。",
            f"The command for the master key has failed: {command} ({type(problem).__name__})."
            " Run it by itself to see why.",
        ) from problem
    return done.stdout.decode(errors="replace")[:READ_MOST]
