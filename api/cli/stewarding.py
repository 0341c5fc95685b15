"""A session of the folder's first steward, for commands that are clients of the doors.

At the server that holds the folder, else at one that serves for just as long as it takes; or at
one of a copy, where what would happen is tried.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from ssl import SSLContext
from typing import TypeVar

from api.cli.rehearsing import rehearsal
from api.cli.trouble import Trouble, told_plainly
from api.client import Doors, Refused, ServerGone, ServerUntrusted, Session
from api.listening import trusting
from api.people import Holder, holders, new_link
from api.serving import listening, opened, opened_as, run, serve
from api.settings import Settings
from schemas.values import Role
from streams.engines.folder import FolderHeld

T = TypeVar("T")
Work = Callable[[Session], Awaitable[T]]


def as_steward(settings: Settings, work: Work[T]) -> T:
    """Do it, on record. Raises Trouble."""
    with told_plainly():
        settings = _as_it_is(settings)
        with suppress(FolderHeld):
            return run(lambda: _served(settings, work))
        return run(lambda: _signed_in(settings, settings.near, work, trusting(settings.data)))


def at_running(settings: Settings, work: Work[T]) -> T:
    """Do it at the server that holds the folder; Trouble where none is running."""
    with told_plainly():
        settings = _as_it_is(settings)
        return run(lambda: _signed_in(settings, settings.near, work, trusting(settings.data)))


def rehearsed(settings: Settings, work: Work[T]) -> T | None:
    """Do it on a copy, by the same doors and rules; None of a cluster's folder. Raises Trouble."""
    with told_plainly(), rehearsal(_as_it_is(settings)) as copy:
        if copy is None:
            return None
        alone = copy
        return run(lambda: _served(alone, work))


def _as_it_is(settings: Settings) -> Settings:
    return replace(settings, purpose=opened_as(settings.data, settings.area).purpose)


async def _served(settings: Settings, work: Work[T]) -> T:
    async with opened(replace(settings, quotas=False)) as context:
        listener = listening("127.0.0.1", 0)
        port = listener.getsockname()[1]
        context.settings = replace(context.settings, host="127.0.0.1", port=port)
        address = f"http://127.0.0.1:{port}"
        done = await serve(context, listener, _signed_in(settings, address, work))
        if done is None:  # told to stop
            raise KeyboardInterrupt
        return done


async def _signed_in(
    settings: Settings, address: str, work: Work[T], trust: SSLContext | None = None
) -> T:
    steward = await asyncio.to_thread(steward_of, settings)
    link = new_link(settings, steward.account, Role.STEWARD, steward.name or "?")
    token = link.rpartition("link=")[2]
    async with Doors(address, trust) as doors:
        try:
            session = await doors.sign_in(token, Role.STEWARD, secrets.token_hex(8))
            try:
                return await work(session)
            finally:
                with suppress(Refused, ServerGone):
                    await session.send("/sessions/end", {}, secrets.token_hex(8))
        except ServerUntrusted:
            raise Trouble(
                f"{address} 在应答，但本机不信任它的证书：请用 --address 指明证书上的名称，"
                "或信任签发它的根证书（SSL_CERT_FILE=文件）。",
                f"{address} answers, but its certificate is not trusted here: name it by"
                " --address as the certificate does, or trust the root that signed it"
                " (SSL_CERT_FILE=FILE)",
            ) from None
        except ServerGone:
            raise Trouble(
                f"{address} 没有应答：目录正被另一进程使用，请用 --address 或 --port 指明其地址。",
                f"{address} does not answer: a process holds the folder; say where it serves"
                " with --address or --port",
            ) from None


def steward_of(settings: Settings) -> Holder:
    """The folder's first steward. Raises Trouble where it has none."""
    found = next((one for one in holders(settings) if one.role is Role.STEWARD), None)
    if found is None:
        raise Trouble("这个目录没有管理员。", "this folder has no steward")
    return found
