"""Where a folder is served, and how programs on this machine know its server for the right one.

Whoever can read the folder knows its root: they need nobody's word, no variable and no flag.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any, Final

import msgspec

from api.listening.own_https import FOLDER, ROOT
from api.settings import Https
from streams.engines.folder import write_whole

SERVED: Final = "served.json"  # in the data folder


class _Served(msgspec.Struct, frozen=True):
    """Where a server listens, or did when it was here last."""

    host: str
    port: int
    https: Https


def note_served(data: Path, host: str, port: int, https: Https) -> None:
    """For the folder's own programs. Raises OSError."""
    write_whole(data / SERVED, msgspec.json.encode(_Served(host, port, https)))


def where_served(data: Path) -> dict[str, Any]:
    """The settings under which the folder was served last; none where that is not known."""
    try:
        return msgspec.structs.asdict(
            msgspec.json.decode((data / SERVED).read_bytes(), type=_Served)
        )
    except (OSError, ValueError):
        return {}


def trusting(data: Path) -> ssl.SSLContext:
    """Trust in what this machine trusts, and in the root of the folder, where it has one."""
    found = ssl.create_default_context()
    root = data / FOLDER / ROOT
    if root.is_file():
        found.load_verify_locations(root)
    return found


def untrusted(error: BaseException | None) -> bool:
    """Whether somebody answered, whose certificate was not trusted."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        reason = getattr(error, "reason", None)
        error = reason if isinstance(reason, BaseException) else error.__cause__
    return False
