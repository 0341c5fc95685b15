"""A modem on this network's side, behind gammu-smsd and its tables in SQLite.

The daemon takes messages from `outbox` and leaves in `sentitems` what came of each part; it puts
what people answer into `inbox`. This never makes or alters a table.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw
import msgspec

from api.reach.channels.channel import (
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
from api.reach.channels.shared import Basic, body_of, chat_text, mainland, unsent

TEXT_BYTES_MAX: Final = 900
UNITS_ONE: Final = 70  # of UCS-2 in a message of one part
UNITS_MANY: Final = 67  # in each of several
BUSY_MS: Final = 5_000
TOLD_MOST: Final = 100
MARK: Final = "shouwang/"
SENT: Final = frozenset(
    {"SendingOK", "SendingOKNoReport", "DeliveryOK", "DeliveryPending", "DeliveryUnknown"}
)

SETTINGS = (Setting("database", "gammu-smsd 数据库文件", "file of gammu-smsd's database"),)

_OUTBOX = """
INSERT INTO outbox
(DestinationNumber, TextDecoded, Coding, UDH, MultiPart, DeliveryReport, CreatorID)
VALUES (?, ?, 'Unicode_No_Compression', ?, ?, 'yes', ?) RETURNING ID
"""
_PART = """
INSERT INTO outbox_multipart (ID, SequencePosition, TextDecoded, Coding, UDH)
VALUES (?, ?, ?, 'Unicode_No_Compression', ?)
"""
_WAITING = "SELECT ID FROM outbox WHERE CreatorID = ?"
_PARTS = "SELECT ID, Status FROM sentitems WHERE CreatorID = ? ORDER BY SequencePosition"
_TOLD = """
SELECT CreatorID, min(ID), group_concat(Status) FROM sentitems
WHERE CreatorID >= ? AND CreatorID < ? AND UpdatedInDB >= datetime('now', '-3 days')
GROUP BY CreatorID
"""
_INBOX = """
SELECT ID, ReceivingDateTime, SenderNumber, TextDecoded FROM inbox
WHERE Processed = 'false' ORDER BY ID LIMIT ?
"""

T = TypeVar("T")


class Modem(Basic):
    """SMS by a SIM card in the house; handed once the modem has sent every part."""

    rung = Rung.SMS

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__(settings)
        self._seen: list[int] = []
        self._states: dict[str, str] = {}

    async def send(
        self,
        outbound: Outbound,  # noqa: ARG002  # the seam has it
        message: Message,
    ) -> Raw:
        text = chat_text(message, TEXT_BYTES_MAX)
        try:
            return await self._with(lambda store: _put(store, message, text))
        except apsw.BusyError:
            return unsent(b"busy")
        except (apsw.Error, OSError):
            return unsent(b"modem")

    def judge(self, raw: Raw, message: Message) -> Outcome:  # noqa: ARG002  # the seam has it
        body = body_of(raw)
        if not isinstance(body, dict):
            return body
        states, parts = body.get("states"), body.get("parts")
        if raw.status != 200 or not isinstance(states, list) or type(parts) is not int:
            return Unknown("answer")
        if not states or parts < 1:
            return Unknown("pending")
        if "DeliveryFailed" in states:
            return Dead("carrier")
        if not SENT.issuperset(str(state) for state in states):
            return Retry("modem")
        whole = len(states) == parts
        return Handed(str(body.get("reference", ""))) if whole else Unknown("pending")

    async def found(
        self,
        outbound: Outbound,  # noqa: ARG002  # the seam has it
        message: Message,
    ) -> Outcome:
        """What the daemon's tables say; Retry where they know nothing of it, so none went out."""
        text = chat_text(message, TEXT_BYTES_MAX)
        try:
            raw = await self._with(lambda store: _look(store, message, text))
        except (apsw.Error, OSError):
            return Unknown("modem")
        return Retry("lost") if raw is None else self.judge(raw, message)

    async def poll(
        self,
        outbound: Outbound,  # noqa: ARG002  # the seam has it
    ) -> list[Receipt | Reply]:
        """Receipts as they change, and replies; a reply is marked by the poll that follows."""
        try:
            rows, replies = await self._with(self._news)
        except (apsw.Error, OSError):
            return []
        return [*self._receipts(rows), *replies]

    def _news(self, store: apsw.Connection) -> tuple[list[Any], list[Reply]]:
        with store:
            for id in self._seen:
                store.execute("UPDATE inbox SET Processed = 'true' WHERE ID = ?", (id,))
        rows: list[Any] = store.execute(_INBOX, (TOLD_MOST,)).fetchall()
        self._seen = [row[0] for row in rows]
        replies = [Reply(f"modem:{id}:{at}", mainland(who), text) for id, at, who, text in rows]
        return store.execute(_TOLD, (MARK, MARK + "\uffff")).fetchall(), replies

    def _receipts(self, rows: list[Any]) -> Iterator[Receipt]:
        current: dict[str, str] = {}
        for creator, reference, states in rows:
            state = current[creator] = _receipt_state(states.split(","))
            id = creator.removeprefix(MARK).rpartition("/")[0]
            if state == self._states.get(creator):
                continue
            if state == "delivered":
                yield Receipt("delivered", str(reference), id)
            elif state == "failed":
                yield Receipt("failed", str(reference), id, "carrier")
        self._states = current

    async def _with(self, work: Callable[[apsw.Connection], T]) -> T:
        return await asyncio.to_thread(_opened, self.settings["database"], work)


def _opened(path: str, work: Callable[[apsw.Connection], T]) -> T:
    flags = apsw.SQLITE_OPEN_READWRITE  # never made here: it is the daemon's
    store = apsw.Connection(str(Path(path)), flags=flags)
    try:
        store.set_busy_timeout(BUSY_MS)
        return work(store)
    finally:
        store.close()


def _put(store: apsw.Connection, message: Message, text: str) -> Raw:
    """Into the outbox in one transaction, unless this very try stands there already."""
    store.transaction_mode = "IMMEDIATE"
    parts = split(text)
    with store:
        if _look(store, message, text) is None:
            _insert(store, message, parts)
    return _look(store, message, text) or unsent(b"modem")


def _insert(store: apsw.Connection, message: Message, parts: list[str]) -> None:
    heads = _headers(message.id, len(parts))
    many = "true" if len(parts) > 1 else "false"
    first = (mainland(message.to), parts[0], heads[0], many, _creator(message))
    made: list[Any] = store.execute(_OUTBOX, first).fetchall()
    id = made[0][0]
    for number in range(1, len(parts)):
        store.execute(_PART, (id, number + 1, parts[number], heads[number]))


def _look(store: apsw.Connection, message: Message, text: str) -> Raw | None:
    creator = (_creator(message),)
    sent: list[Any] = store.execute(_PARTS, creator).fetchall()
    waiting: list[Any] = store.execute(_WAITING, creator).fetchall()
    if not sent and not waiting:
        return None
    states = [] if waiting else [state for _, state in sent]  # waiting: it is under way
    return _raw((sent or waiting)[0][0], states, len(split(text)))


def _raw(reference: int, states: list[str], parts: int) -> Raw:
    told = {"reference": str(reference), "states": states, "parts": parts}
    return Raw(200, msgspec.json.encode(told))


def _creator(message: Message) -> str:
    return f"{MARK}{message.id}/{message.tries}"


def _receipt_state(states: list[str]) -> str:
    if all(state == "DeliveryOK" for state in states):
        return "delivered"
    bad = {"SendingError", "DeliveryFailed", "Error"}
    return "failed" if bad.intersection(states) else ""


def split(text: str) -> list[str]:
    """The parts of a message, no character torn apart: one up to 70 units, else 67 a part."""
    if len(text.encode("utf-16-be")) // 2 <= UNITS_ONE:
        return [text]
    parts, used = [""], 0
    for character in text:
        units = 2 if ord(character) > 0xFFFF else 1
        if used + units > UNITS_MANY:
            parts.append("")
            used = 0
        parts[-1] += character
        used += units
    return parts


def _headers(id: str, parts: int) -> list[str]:
    """The user data headers by which a handset puts the parts together."""
    if parts == 1:
        return [""]
    series = zlib.crc32(id.encode()) % 256
    return [f"050003{series:02X}{parts:02X}{number:02X}" for number in range(1, parts + 1)]
