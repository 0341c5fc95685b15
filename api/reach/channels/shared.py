"""What channels have in common: what may be sent at all, and what an answer without sense means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec

from api.reach.channels.channel import (
    RESENT,
    About,
    Broken,
    Dead,
    Handed,
    Message,
    Outbound,
    Outcome,
    Raw,
    Receipt,
    Reply,
    Retry,
    Rung,
    Setting,
    Unknown,
)
from api.reach.channels.reasons import other

DRILL: Final = "演练"
FIELDS: Final = frozenset({"code", "time"})
PAUSE_S: Final = 60.0  # of a channel that was too fast, where the provider names no time

UNSENT: Final[Mapping[bytes, Outcome]] = {
    b"address": Dead("target"),
    b"secret": Dead("sign"),
    b"template": Dead("template"),
    b"modem": Broken("modem"),
    b"busy": Retry("busy"),
}


class Basic:
    """A channel that can ask nothing and is told nothing; what differs is overridden."""

    rung: Rung = Rung.CHAT
    tries: ClassVar[int] = 1  # how often a message may go out whose answers are lost

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.settings = settings

    async def found(
        self,
        outbound: Outbound,  # noqa: ARG002  # the seam has it
        message: Message,
    ) -> Outcome:
        """Retry while it may be repeated unasked; Unknown from then on."""
        return Retry("lost") if message.tries < self.tries else Unknown("lost")

    async def poll(
        self,
        outbound: Outbound,  # noqa: ARG002  # the seam has it
    ) -> list[Receipt | Reply]:
        """Nothing."""
        return []


class Once(Basic):
    """A channel whose lost message is repeated once, marked, since nobody can be asked for it."""

    tries = 2


class Recognized(Basic):
    """A channel whose other side knows a repeated message by its id, so repeating does no harm."""

    tries = 4


def check(message: Message) -> None:
    """Refuse what must never go out: ValueError, before any request, is a defect of the caller."""
    if message.drill and DRILL not in message.text:
        raise ValueError("the text of a drill does not say so")
    if not FIELDS.issuperset(message.fields):
        raise ValueError("a template takes a code and a time, and nothing else")


def chat_text(message: Message, most_bytes: int, keyword: str = "") -> str:
    """Text and link in at most so many bytes of UTF-8; a second try marked, a keyword in front.

    What is too long is cut in the text, never in the link.
    """
    check(message)
    head = RESENT if message.tries > 1 else ""
    head += f"【{keyword}】" if keyword and keyword not in message.text else ""
    link = message.link if message.link and message.link not in message.text else ""
    tail = f"\n{link}" if link else ""
    room = most_bytes - len((head + tail).encode())
    return head + message.text.encode()[: max(room, 0)].decode(errors="ignore") + tail


def hook(base: str, path: str, to: str) -> str:
    """The URL of a robot, given whole or by its key alone; empty where it is somebody else's."""
    if "://" not in to:
        return f"{base}{path}{to}" if to.replace("-", "").replace("_", "").isalnum() else ""
    return to if to.startswith(f"{base}{path}") else ""


def unsent(what: bytes) -> Raw:
    """The answer where a channel saw by itself that nothing can be sent; `what` is of UNSENT."""
    return Raw(0, what, {}, "refused")


def body_of(raw: Raw) -> dict[str, Any] | Outcome:
    """The JSON object of an answer, or the outcome where there is none; never raises."""
    if raw.status == 0:
        lost = raw.why != "refused"
        return Unknown("lost") if lost else UNSENT.get(raw.body, Retry("network"))
    if raw.status == 429:
        return Retry("rate", retry_after(raw))
    if raw.status == 503:
        return Retry("gateway")
    if 300 <= raw.status < 400:
        return Retry("portal")
    body = _object(raw.body)
    return _senseless(raw) if body is None else body


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None


def _senseless(raw: Raw) -> Outcome:
    if raw.status >= 500:
        return Unknown("gateway")
    if raw.status >= 400:
        return Retry(other(f"http{raw.status}"))
    return Retry("portal") if raw.body.lstrip().startswith(b"<") else Unknown("answer")


def retry_after(raw: Raw) -> float:
    """Seconds that a provider asks for, between 1 and 3,600; 60 where it does not say."""
    value = next((v for k, v in raw.headers.items() if k.lower() == "retry-after"), "")
    if not (value.isascii() and value.isdigit() and len(value) < 6):
        return PAUSE_S
    return float(min(max(int(value), 1), 3_600))


def handed(raw: Raw, reference: object) -> Outcome:
    """Handed, if the answer is a plain 200 and names what it has taken; Unknown otherwise."""
    name = str(reference) if isinstance(reference, str | int) else ""
    return Handed(name) if raw.status == 200 and name else Unknown("answer")


def zero(value: object) -> bool:
    """Whether it is the number 0, and not merely something that Python takes for it."""
    return type(value) is int and value == 0


def by_code(table: Mapping[str, Outcome], code: object) -> Outcome:
    """What a provider's code means: itself, else the longest beginning that ends with a star."""
    text = str(code)
    if text in table:
        return table[text]
    starts = [name for name in table if name.endswith("*") and text.startswith(name[:-1])]
    return table[max(starts, key=len)] if starts else Retry(other(text))


TEMPLATES: Final = (
    Setting("template_ask", "请求答复的模板", "template that asks for an answer"),
    Setting("template_ask_drill", "同上（演练）", "the same, for drills", default=""),
    Setting("template_code", "验证码的模板（否则用上面的）", "template for codes", default=""),
    Setting("template_over", "不再需要的模板", "template: no longer needed", default=""),
    Setting("template_over_drill", "同上（演练）", "the same, for drills", default=""),
    Setting("template_needed", "需要出动的模板", "template: needed now", default=""),
    Setting("template_needed_drill", "同上（演练）", "the same, for drills", default=""),
    Setting(
        "template_told", "新指令或变更的模板", "template: an instruction, a change", default=""
    ),
    Setting("template_told_drill", "同上（演练）", "the same, for drills", default=""),
    Setting("template_desk", "通知值班室的模板", "template for desks", default=""),
    Setting("template_desk_drill", "同上（演练）", "the same, for drills", default=""),
)


TEMPLATE_OF: Final = {
    **dict.fromkeys((About.ORDER, About.LIFTED, About.WORDS, About.NUMBER), "told"),
    **dict.fromkeys((About.BACK, About.ANSWERED), "told"),
}
"""Which template says it, where it has none of its own name."""


def template(settings: Mapping[str, str], message: Message) -> str:
    """The template for what a message is about, empty where none was set up; a test asks."""
    check(message)
    if message.about is About.TEST:
        return settings.get("template_code") or settings.get("template_ask", "")
    about = TEMPLATE_OF.get(message.about, message.about.value)
    return settings.get(f"template_{about}{'_drill' if message.drill else ''}", "")


def mainland(number: str) -> str:
    """A mainland number as 11 digits, or whatever it is as it stands."""
    for prefix in ("+86", "0086", "86"):
        rest = number.removeprefix(prefix)
        if rest != number and len(rest) == 11:
            return rest
    return number
