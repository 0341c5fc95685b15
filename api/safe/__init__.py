"""Safe: what is sealed, what is kept on disk, what is kept out, and how long one waits."""

from api.safe.guard import Guard
from api.safe.master import (
    MasterKey,
    MasterKeyUnfit,
    make_master_key,
    master_key,
    place_of,
)
from api.safe.patience import Patience, Tries, client_of
from api.safe.stores import BUSY_MS, open_store, writing
from api.safe.vault import Ciphertexts, KeyGone, TextDamaged, Vault

__all__ = [
    "BUSY_MS",
    "Ciphertexts",
    "Guard",
    "KeyGone",
    "MasterKey",
    "MasterKeyUnfit",
    "Patience",
    "TextDamaged",
    "Tries",
    "Vault",
    "client_of",
    "make_master_key",
    "master_key",
    "open_store",
    "place_of",
    "writing",
]
