"""Keeping: copies of a data folder made while it serves, and a folder brought back out of one."""

from api.keeping.copies import Copy, open_copy
from api.keeping.making import Copied, Making, follow, noted
from api.keeping.restoring import Back, Restored, restore
from api.keeping.sealing import Unkept
from api.keeping.stands import Stand

__all__ = [
    "Back",
    "Copied",
    "Copy",
    "Making",
    "Restored",
    "Stand",
    "Unkept",
    "follow",
    "noted",
    "open_copy",
    "restore",
]
