"""Words of who lets whom in: links by which somebody signs in to an account."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

LinkId = NewType("LinkId", str)


class GrantReason(StrEnum):
    """Why somebody is given the role of a steward or of a desk."""

    NEW_PERSON = "new_person"
    STANDING_IN = "standing_in"
    CHANGED = "changed"
    RETURNED = "returned"


class LinkReason(StrEnum):
    """Why somebody who has an account is given another link."""

    SESSION_OVER = "session_over"
    NEW_DEVICE = "new_device"
    DEVICE_LOST = "device_lost"
    HANDED_OVER = "handed_over"
