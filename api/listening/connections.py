"""A connection within bounds: what its head, body and queue may hold before anybody is asked.

Uvicorn's parser bounds none of it. The bounds are few comparisons on the way of a request; how
long it may take is the keeper's. Leans on uvicorn's `pipeline`, `flow` and `cycle`, whose minor
is pinned for that, and `tests/api/test_connections.py` holds it on the wire.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import httptools
import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api.listening.keeper import Keeper, drop
from api.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp

HEAD_MAX = 32 * 1024  # bytes after the read that began it; `Guard` answers over 16 KiB
HEADERS_MAX = 100  # small ones cost twenty times their bytes in memory
MESSAGE_MAX = 1024 * 1024  # on the wire; a body is 64 KiB, in chunks of one byte six times that
PIPELINE_MAX = 16

REASONS = {400: b"Bad Request", 431: b"Request Header Fields Too Large"}


class Config(uvicorn.Config):
    """Uvicorn's, with who keeps count of the connections and whom they are taken from."""

    def __init__(
        self, app: ASGIApp, keeper: Keeper, peers: frozenset[str] = frozenset(), **more: Any
    ) -> None:
        super().__init__(cast(Any, app), http=Connection, ws="none", **more)
        self.keeper = keeper
        self.peers = peers  # none: anybody


class TooMuch(Exception):
    """Raised inside the parser, which stops there."""


class Connection(HttpToolsProtocol):
    """One client's connection: uvicorn's, which gives up on whoever goes beyond the bounds."""

    transport: asyncio.Transport

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        ours = cast(Config, config)
        self._keeper, self._peers = ours.keeper, ours.peers
        self._in_head, self._in_body, self._began = False, False, False
        self._head_size, self._body_size = 0, 0

    # The transport

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # as uvicorn has it
    ) -> None:
        super().connection_made(transport)
        keeper = self._keeper
        if self._peers and (self.client is None or self.client[0] not in self._peers):
            transport.abort()
            return
        keeper.heads.begin(self, keeper.now())
        if len(self.connections) > keeper.most and not keeper.make_room():
            keeper.forget(self)
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._keeper.forget(self)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._keeper.stalls(self)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._keeper.reads(self)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        in_head, in_body, self._began = self._in_head, self._in_body, False
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # answered as any other request; there is nothing here to change to
        except httptools.HttpParserError as error:
            bounds = isinstance(error.__context__, TooMuch)
            self._refuse("headers_too_large" if bounds else "request_invalid")
            return
        if self._began:
            return
        if self._in_body:
            self._body_size += len(data)
            if self._body_size > MESSAGE_MAX:
                drop(self)  # whatever there was to say has been said
        elif self._in_head == in_head and not in_body:  # a head goes on, or empty lines
            self._head_size += len(data)
            if self._head_size > HEAD_MAX:
                self._refuse("headers_too_large")

    # The parser

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._began = True, True
        keeper = self._keeper
        keeper.idle.end(self)
        keeper.heads.go_on(self, keeper.now())

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # a trailer; nobody here has asked for any
        if len(self.headers) >= HEADERS_MAX:
            raise TooMuch
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= PIPELINE_MAX:
            raise TooMuch
        self._in_head, self._in_body = False, True
        self._head_size, self._body_size = 0, 0
        keeper = self._keeper
        keeper.heads.end(self)
        keeper.bodies.begin(self, keeper.now())
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        self._keeper.bodies.end(self)
        super().on_message_complete()
        self._rest()

    def on_response_complete(self) -> None:
        """As uvicorn's, without a timer for each connection."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            if self.transport.get_write_buffer_size():
                self._keeper.stalls(self)
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        else:
            self._rest()

    def _rest(self) -> None:
        """Nothing is under way and nothing has begun: it is idle from now on."""
        if self._in_head or self._in_body or not self.cycle.response_complete:
            return
        keeper = self._keeper
        keeper.idle.begin(self, keeper.now())

    def _refuse(self, code: str) -> None:
        """Say why, where no other answer is under way, and take nothing more."""
        transport = self.transport
        if transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            drop(self)
            return
        problem = Problem(code)
        content = msgspec.json.encode(problem.members())
        lines = (
            b"HTTP/1.1 %d %s" % (problem.status, REASONS[problem.status]),
            b"content-type: " + MEDIA_TYPE.encode(),
            b"content-length: %d" % len(content),
            b"connection: close",
            b"",
            content,
        )
        transport.write(b"\r\n".join(lines))
        transport.close()
