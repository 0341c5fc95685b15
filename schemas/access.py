"""Words of who lets whom in: links by which somebody signs in to an account."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

LinkId = NewType("LinkId", str)


class LinkReason(StrEnum):
    """Why somebody who has an account is given another link."""

    SESSION_OVER = "session_over"
    NEW_DEVICE = "new_device"
    DEVICE_LOST = "device_lost"
    HANDED_OVER = "handed_over"
