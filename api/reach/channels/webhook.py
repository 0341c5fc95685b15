"""A signed webhook for everything else, after Standard Webhooks."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from api.reach.channels import signing
from api.reach.channels.channel import Dead, Handed, Message, Outbound, Outcome, Raw, Retry, Setting
from api.reach.channels.reasons import other
from api.reach.channels.shared import Recognized, body_of, check, unsent

SETTINGS = (
    Setting("secret", "缺省密钥 whsec_…", "secret where none is given", secret=True, default=""),
)
CODES = {400: "content", 401: "sign", 403: "sign", 404: "address", 410: "address", 422: "content"}


class Webhook(Recognized):
    """A POST to the address, signed with its own secret; the receiver knows a repeat by its id."""

    async def send(self, outbound: Outbound, message: Message) -> Raw:
        check(message)
        key = signing.webhook_key(message.secret or self.settings["secret"])
        if key is None:
            return unsent(b"secret")
        now = int(outbound.now())
        body = msgspec.json.encode(_told(message, now))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(now),
            "webhook-signature": signing.webhook(key, message.id, now, body),
        }
        return await outbound.post(message.to, data=body, headers=headers)

    def judge(self, raw: Raw, message: Message) -> Outcome:
        if raw.status in CODES:
            return Dead(CODES[raw.status])
        if 200 <= raw.status < 300 and not raw.body.lstrip().startswith(b"<"):
            return Handed(message.id)
        body = body_of(raw)
        return Retry(other(f"http{raw.status}")) if isinstance(body, dict) else body


def _told(message: Message, now: int) -> dict[str, object]:
    return {
        "type": f"shouwang.{message.about}",
        "timestamp": datetime.fromtimestamp(now, UTC).isoformat(),
        "data": {
            "id": message.id,
            "text": message.text,
            "fields": dict(message.fields),
            "link": message.link,
            "drill": message.drill,
            "urgent": message.urgent,
        },
    }
