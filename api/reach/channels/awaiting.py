"""What a channel keeps in memory: messages that something may still be told of, and tokens."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from api.reach.channels.channel import Message, Outbound, Raw
from api.reach.channels.shared import body_of, zero

MOST: Final = 5_000
KEPT_S: Final = 72 * 3_600.0  # a handset that was off takes up to three days
ASKED_MOST: Final = 20
FIRST_S: Final = 10.0
EARLY_S: Final = 60.0


class Waiting(msgspec.Struct):
    """A message that was handed over; `told` is the last state that was told of it."""

    id: str
    to: str
    reference: str
    since: float
    due: float
    told: str = ""


class Awaiting:
    """Bounded: the oldest is forgotten first. A restart forgets all, and loses only receipts."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    def add(self, message: Message, reference: str, now: float) -> None:
        """Ask for it from ten seconds on."""
        waiting = Waiting(message.id, message.to, reference, now, now + FIRST_S)
        self._waiting[message.id] = waiting
        if len(self._waiting) > MOST:
            del self._waiting[next(iter(self._waiting))]

    def get(self, id: str) -> Waiting | None:
        """The one with this id, if it is still waited for."""
        return self._waiting.get(id)

    def done(self, id: str) -> None:
        """Nothing more is expected of it."""
        self._waiting.pop(id, None)

    def due(self, now: float) -> list[Waiting]:
        """At most 20 to be asked for now, each the more rarely the older it is."""
        for waiting in [w for w in self._waiting.values() if now - w.since > KEPT_S]:
            self.done(waiting.id)
        chosen = [w for w in self._waiting.values() if w.due <= now][:ASKED_MOST]
        for waiting in chosen:
            waiting.due = now + max(FIRST_S, (now - waiting.since) / 2)
        return chosen


class Token:
    """An access token: fetched when it is wanted, kept until a minute before it runs out."""

    def __init__(self) -> None:
        self._value = ""
        self._until = 0.0
        self._fetching = asyncio.Lock()

    async def get(self, outbound: Outbound, url: str) -> str | Raw:
        """The token, or the refusal; where no answer came, that nothing has been sent."""
        async with self._fetching:
            if not self._value or outbound.now() >= self._until:
                raw = await outbound.get(url)
                if not self._keep(raw, outbound.now()):
                    return _refusal(raw)
            return self._value

    def drop(self) -> None:
        """It is not accepted any more: the next message fetches another."""
        self._value = ""

    def _keep(self, raw: Raw, now: float) -> bool:
        body = body_of(raw)
        if not isinstance(body, dict) or not zero(body.get("errcode")):
            return False
        value, seconds = body.get("access_token"), body.get("expires_in")
        if not isinstance(value, str) or not value or not isinstance(seconds, int):
            return False
        self._value, self._until = value, now + max(seconds - EARLY_S, 1.0)
        return True


def _refusal(raw: Raw) -> Raw:
    """A refusal in words stays; anything else is no answer, and nothing of the message went out."""
    body = body_of(raw)
    if isinstance(body, dict) and not zero(body.get("errcode", 0)):
        return raw
    return Raw(0, raw.body if raw.status == 0 else b"", {}, "refused")
