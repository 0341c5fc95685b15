"""Attending: the messenger's process is started beside the server, and again where it ends."""

from __future__ import annotations

import os

from api.processes import keep_running
from api.settings import PREFIX, Settings


async def attend(settings: Settings, divisions: str) -> None:
    """Keep a messenger running until this is canceled; `divisions` is the SHA-256 of the tree."""
    told = (str(settings.data), settings.area, divisions, settings.url, str(os.getpid()))
    await keep_running("api.reach", *told, name="messenger", environment=environment(settings))


def environment(settings: Settings) -> dict[str, str]:
    """Ours, and where the master key is, which may have been typed."""
    named = {"KEY_FILE": settings.key_file, "KEY_COMMAND": settings.key_command}
    return os.environ | {f"{PREFIX}{name}": text for name, text in named.items() if text}
