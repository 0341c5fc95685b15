"""Verifying: the codes by which somebody proves that an address is theirs go out at once."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from api.people import Addresses, ToVerify
from api.reach.channels import About, Handed, Message, Unknown
from api.reach.outbound import Guarded
from api.reach.routes import Route, Routes

NO_CHANNEL: Final = "channel"

_logger = logging.getLogger("shouwang.reach")


class Verifier:
    """Sends what keepers have asked for, and says what came of it. No code is sent twice."""

    def __init__(self, addresses: Addresses, routes: Routes) -> None:
        self._addresses, self._routes = addresses, routes
        self._sending: set[asyncio.Task[None]] = set()

    async def step(self, outbound: Guarded) -> None:
        """Side by side: a hook that hangs holds nobody else's code up, nor what is asked later."""
        for wanted in self._addresses.to_verify():
            task = asyncio.ensure_future(self._send(wanted, outbound))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def rest(self) -> None:
        """Until nothing is under way."""
        while self._sending:
            await asyncio.wait(self._sending)

    async def _send(self, wanted: ToVerify, outbound: Guarded) -> None:
        try:
            outcome, why = await self._outcome(wanted, outbound)
        except Exception as error:  # a defect of ours, or of an address
            _logger.error("a code could not be sent: %s", type(error).__name__)
            outcome, why = "unknown", "defect"
        self._addresses.verification_sent(wanted.id, outcome, why)

    async def _outcome(self, wanted: ToVerify, outbound: Guarded) -> tuple[str, str]:
        route = self._routes.to(wanted.address)
        if route is None:
            return "failed", NO_CHANNEL
        message = _message(wanted, route)
        raw = await route.channel.send(outbound.within(route.allowed), message)
        outcome = route.channel.judge(raw, message)
        if isinstance(outcome, Handed):
            return "sent", ""
        return "unknown" if isinstance(outcome, Unknown) else "failed", str(outcome.why)


def _message(wanted: ToVerify, route: Route) -> Message:
    return Message(
        id=wanted.id,
        to=route.to,
        text=f"守望：验证码 {wanted.code}，10 分钟内有效。Your code: {wanted.code}",
        about=About.TEST,
        secret=route.address.secret,
        fields={"code": wanted.code, "time": "10 分钟"},
    )
