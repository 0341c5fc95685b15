"""What a channel is: one way to hand a message over, and how its answer is judged.

A channel never decides what is sent, to whom or when; it sends one message to one recipient and
says what came of it, from the body, per recipient. Services answer HTTP 200 to failures.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Literal, NamedTuple, Protocol

import msgspec


class Rung(StrEnum):
    """What kind of thing rings at the other end; a ladder climbs them in this order."""

    CHAT = "chat"  # robots, work notices, push: free, many a day
    SMS = "sms"
    VOICE = "voice"


class About(StrEnum):
    """What a message is about; each may need a template of its own."""

    ASK = "ask"  # an answer is awaited
    OVER = "over"  # what was asked for is needed no longer
    NEEDED = "needed"  # a yes that was kept counts now: set out
    ORDER = "order"  # an instruction of the desk
    LIFTED = "lifted"  # which holds no longer
    WORDS = "words"  # what the work is about reads otherwise now
    NUMBER = "number"  # its demand is filed elsewhere, and has another number
    BACK = "back"  # the desk did not find it done
    ANSWERED = "answered"  # what was reported from the scene
    DESK = "desk"  # to a desk: something needs a person
    TEST = "test"  # a channel is tried out


class Message(msgspec.Struct, frozen=True):
    """One message for one recipient.

    `id` stays the same over all tries: where a provider takes a reference, it is this. `to` is a
    mainland number of 11 digits, a user's id, a device's key or a robot's address; `secret` is
    what goes with that address alone. `fields` fill a template: "code" and "time". `tries` counts
    this one; from 2 on whoever cannot be asked what became of the first marks the text (重发).
    """

    id: str
    to: str
    text: str
    about: About = About.ASK
    secret: str = ""
    fields: Mapping[str, str] = {}
    link: str = ""
    tries: int = 1
    drill: bool = False
    urgent: bool = False


class Handed(NamedTuple):
    """The provider, or the device, has taken it; `reference` is what it calls it."""

    reference: str = ""


class Retry(NamedTuple):
    """Not now. `after`: seconds in which this channel is not tried at all (0: only this one)."""

    why: str
    after: float = 0


class Dead(NamedTuple):
    """Not to this recipient today; others are reached."""

    why: str


class Broken(NamedTuple):
    """Nobody is reached by this channel until a person sees to it: sign, keys, money, template."""

    why: str


class Unknown(NamedTuple):
    """It may have been sent: the answer was lost."""

    why: str


Outcome = Handed | Retry | Dead | Broken | Unknown


class Receipt(NamedTuple):
    """What a provider tells later of a message: by its `reference`, or by our own `id`."""

    state: Literal["delivered", "read", "failed"]
    reference: str = ""
    id: str = ""
    why: str = ""


class Reply(NamedTuple):
    """What somebody has answered in the channel: a text, or a key that was pressed.

    `id` names the reply, so that one that is told twice counts once. `of`: our message's id, where
    the provider tells which one was answered.
    """

    id: str
    sender: str
    text: str
    of: str = ""


class Raw(NamedTuple):
    """An answer as it came: HTTP status and body; status 0 where none came."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}
    why: str = ""  # with status 0: "refused" (nothing was sent) or "lost" (it may have been)


class Outbound(Protocol):
    """Requests to the outside, guarded: no redirect, no private address unless listed, bounded."""

    async def post(
        self,
        url: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] = {},
    ) -> Raw: ...

    async def get(self, url: str, *, headers: Mapping[str, str] = {}) -> Raw: ...

    def now(self) -> float:
        """The wall clock, seconds: what is signed has a time."""
        ...


class Channel(Protocol):
    """One configured channel. `settings` are its own, with its secrets."""

    rung: Rung
    settings: Mapping[str, str]

    async def send(self, outbound: Outbound, message: Message) -> Raw: ...

    def judge(self, raw: Raw, message: Message) -> Outcome: ...

    async def found(self, outbound: Outbound, message: Message) -> Outcome:
        """What became of a message whose answer was lost; Unknown where that cannot be asked."""
        ...

    async def poll(self, outbound: Outbound) -> list[Receipt | Reply]:
        """What the provider has to tell since the last time; nothing where it tells nothing."""
        ...


class Setting(NamedTuple):
    """A setting of a kind of channel, as somebody who sets it up is asked for it."""

    name: str
    zh: str
    en: str
    secret: bool = False
    default: str | None = None  # None: has to be given


class Kind(NamedTuple):
    """A kind of channel that can be set up.

    `to_zh`, `to_en`: what its recipient's address is called. `robot`: the address belongs to an
    organization or a desk, not to a person. `a_minute`: messages to one address, 0 for no bound.
    """

    rung: Rung
    zh: str
    en: str
    to_zh: str
    to_en: str
    settings: tuple[Setting, ...]
    make: type[Any]
    robot: bool = False
    a_minute: int = 0


RESENT: Final = "(重发)"
