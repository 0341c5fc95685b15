"""One listening server: uvicorn's, with our connections, stopped by us instead of by signals."""

from __future__ import annotations

import asyncio
import functools
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE

from api.listening.connections import Config, Connection
from api.listening.keeper import HEAD_S, Keeper
from api.listening.open_files import backlog
from api.listening.own_https import Papers

STOP_S = 3  # for requests under way when the server stops


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server meets whoever comes.

    `proxies`: whose word is believed on whom they forward for. `only`: nobody else is let in.
    """

    most: int
    papers: Papers | None = None
    proxies: tuple[str, ...] = ()
    only: frozenset[str] = frozenset()


class Server(uvicorn.Server):
    """Serves until `should_exit`; `stopping` is called as soon as it begins to stop."""

    def __init__(
        self, app: ASGIApp, manner: Manner, stopping: Callable[[], None] = lambda: None
    ) -> None:
        self._keeper = Keeper(asyncio.get_running_loop(), manner.most)
        papers = manner.papers
        config = Config(
            app,
            self._keeper,
            manner.only,
            backlog=backlog(manner.most),
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=STOP_S,
            proxy_headers=bool(manner.proxies),
            forwarded_allow_ips=list(manner.proxies),
            ssl_certfile=str(papers.chain) if papers else None,
            ssl_keyfile=str(papers.key) if papers else None,
        )
        super().__init__(config)
        self._stopping = stopping

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's over sockets that listen; a handshake may take as long as a head."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        config = self.config
        made = functools.partial(Connection, config, self.server_state, self.lifespan.state)
        patience = HEAD_S if config.ssl else None
        loop = asyncio.get_running_loop()
        self.servers = [
            await loop.create_server(
                made,
                sock=each,
                backlog=config.backlog,
                ssl=config.ssl,
                ssl_handshake_timeout=patience,
            )
            for each in sockets or ()
        ]
        self._keeper.look_on()
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping()
        await super().shutdown(sockets)
        self._keeper.close()
