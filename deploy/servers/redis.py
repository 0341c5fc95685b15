"""Redis as the system has it, with an append-only file: what it was told survives a crash."""

from __future__ import annotations

import shutil

from api.language import say
from deploy.servers.server import HOST, Server, ask


def missing() -> str | None:
    """Why Redis cannot run here, in one line; None if it can."""
    if _program():
        return None
    return say(
        "没有 redis-server(Debian:deploy/install-redis.sh;macOS:brew install redis)",
        "no redis-server (Debian: deploy/install-redis.sh; macOS: brew install redis)",
    )


def _program() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


class Redis(Server):
    """One Redis; everything but the last second is on disk at any time."""

    NAME = "redis"
    PORTS = ("redis",)

    @property
    def url(self) -> str:
        """`redis://HOST:PORT/0`. KeyError before the first start."""
        return f"redis://{HOST}:{self.ports['redis']}/0"

    def missing(self) -> str | None:
        return missing()

    def _launch(self) -> None:
        program = _program()
        assert program
        (self.folder / "data").mkdir(exist_ok=True)
        settings = {
            "bind": HOST,
            "port": str(self.ports["redis"]),
            "dir": "data",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",  # the append-only file is enough
        }
        flags = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self.process.start([program, *flags])

    def _answers(self) -> bool:
        # While it reads its file back in, it answers with an error.
        return ask(self.ports["redis"], b"PING\r\n", 5) == b"+PONG\r\n"
