"""What Aliyun and Tencent push by themselves: receipts, replies and the keys that were pressed.

A push is not signed. Whoever takes one keeps only what is about messages of ours.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from api.reach.channels.channel import Receipt, Reply
from api.reach.channels.shared import mainland

KEYS = frozenset({"1", "2"})


def told(body: bytes) -> list[Receipt | Reply]:
    """What a push tells, in its order; what makes no sense is left out, and nothing is raised."""
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    rows = decoded if isinstance(decoded, list) else [decoded]
    return [each for row in rows if isinstance(row, dict) for each in _row(row)]


def _row(row: dict[str, Any]) -> list[Receipt | Reply]:
    if "call_id" in row:
        return _call(row)
    if "content" in row and "phone_number" in row:
        return [_answer(row, _text(row, "phone_number"), _text(row, "content"))]
    if "phone_number" in row and "success" in row:
        return [_receipt(row.get("success") is True, _text(row, "biz_id"), _text(row, "out_id"))]
    if "report_status" in row:
        return [_receipt(row.get("report_status") == "SUCCESS", _text(row, "sid"), "")]
    if "mobile" in row and "text" in row:
        return [_answer(row, _text(row, "mobile"), _text(row, "text"))]
    return []


def _call(row: dict[str, Any]) -> list[Receipt | Reply]:
    """A call that was picked up, and its key; picked up without a key is no answer."""
    call, id = _text(row, "call_id"), _text(row, "out_id")
    key = _text(row, "dtmf").strip()
    picked_up = bool(_text(row, "b_start_time")) or _text(row, "status_code") == "200000"
    heard: list[Receipt | Reply] = [_receipt(picked_up or bool(key), call, id)]
    if key in KEYS:
        heard.append(Reply(f"call:{call}", mainland(_text(row, "callee")), key, id))
    return heard


def _receipt(delivered: bool, reference: str, id: str) -> Receipt:
    if delivered:
        return Receipt("delivered", reference, id)
    return Receipt("failed", reference, id, "carrier")


def _answer(row: dict[str, Any], sender: str, text: str) -> Reply:
    """Named by the provider's own number, or by all that it says, where it has none."""
    number = _text(row, "sequence_id")
    if number:
        return Reply(f"sms:{number}", mainland(sender), text)
    digest = hashlib.sha256(msgspec.json.encode(row, order="deterministic")).hexdigest()
    return Reply(digest[:32], mainland(sender), text)


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return str(value) if isinstance(value, str | int) else ""
