"""How each provider wants a request signed; pure, held against the providers' own examples."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

_EMPTY: Final = hashlib.sha256(b"").hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def dingtalk(secret: str, milliseconds: int) -> str:
    """The `sign` of a DingTalk robot, base64 and not yet quoted for a URL."""
    return base64.b64encode(_hmac(secret.encode(), f"{milliseconds}\n{secret}")).decode()


def feishu(secret: str, seconds: int) -> str:
    """The `sign` of a Feishu robot: time and secret are the key, and nothing is the message."""
    return base64.b64encode(_hmac(f"{seconds}\n{secret}".encode(), "")).decode()


def canonical_query(query: Mapping[str, str]) -> str:
    """Names in order, everything but RFC 3986's unreserved characters quoted."""
    return "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(query.items()))


def acs3(access_key: str, secret: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The `Authorization` of a POST to Aliyun with an empty body; `headers` in lower case."""
    signed = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    request = f"POST\n/\n{canonical_query(query)}\n{lines}\n{signed}\n{_EMPTY}"
    signature = _hmac(secret.encode(), f"ACS3-HMAC-SHA256\n{_hash(request)}").hex()
    return f"ACS3-HMAC-SHA256 Credential={access_key},SignedHeaders={signed},Signature={signature}"


def acs3_headers(host: str, action: str, version: str, now: float, nonce: str) -> dict[str, str]:
    """What Aliyun wants signed beside the query."""
    return {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": _EMPTY,
        "x-acs-date": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }


def tc3(
    secret_id: str, secret_key: str, service: str, now: int, headers: Mapping[str, str], body: str
) -> str:
    """The `Authorization` of a POST to Tencent Cloud; `headers` in lower case, as sent."""
    date = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    scope = f"{date}/{service}/tc3_request"
    signed = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].lower()}\n" for name in sorted(headers))
    request = f"POST\n/\n\n{lines}\n{signed}\n{_hash(body)}"
    key = f"TC3{secret_key}".encode()
    for part in (date, service, "tc3_request"):
        key = _hmac(key, part)
    signature = _hmac(key, f"TC3-HMAC-SHA256\n{now}\n{scope}\n{_hash(request)}").hex()
    return (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, "
        f"SignedHeaders={signed}, Signature={signature}"
    )


def webhook_key(secret: str) -> bytes | None:
    """The key in a Standard Webhooks secret, `whsec_` and base64; None where it is none."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key or None


def webhook(key: bytes, id: str, seconds: int, body: bytes) -> str:
    """The `webhook-signature` over id, time and body."""
    signed = hmac.new(key, f"{id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()
