"""Keeping: copies of a data folder made while it serves, and a folder brought back out of one."""

from api.keeping.copies import Copy, open_copy
from api.keeping.daily import sign_daily, sign_today
from api.keeping.heads import (
    HEADS,
    SignedHead,
    heads_of,
    keep_head,
    last_head,
    own_heads,
    public_key,
    read_heads,
    signed_head,
)
from api.keeping.making import Copied, Making, follow, noted
from api.keeping.restoring import Back, Restored, restore
from api.keeping.sealing import Unkept
from api.keeping.stands import Stand

__all__ = [
    "HEADS",
    "Back",
    "Copied",
    "Copy",
    "Making",
    "Restored",
    "SignedHead",
    "Stand",
    "Unkept",
    "follow",
    "heads_of",
    "keep_head",
    "last_head",
    "noted",
    "open_copy",
    "own_heads",
    "public_key",
    "read_heads",
    "restore",
    "sign_daily",
    "sign_today",
    "signed_head",
]
