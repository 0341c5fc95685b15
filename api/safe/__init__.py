"""Safe: what is sealed, what is kept on disk, what is kept out, and how long one waits."""

from api.safe.destroying import owed
from api.safe.guard import POLICY_HEADER, Guard, described_policy
from api.safe.hashing import Hashing
from api.safe.master import (
    MasterKey,
    MasterKeyUnfit,
    key_there,
    make_master_key,
    master_key,
    master_of,
    place_of,
)
from api.safe.modes import NotPrivate, make_private
from api.safe.patience import Patience, Tries, client_of
from api.safe.quotas import Quotas, Work, check_streams, streams_most
from api.safe.security import (
    SECURITY,
    Burst,
    Happened,
    SecurityRecord,
    What,
    as_line,
    read_record,
)
from api.safe.stores import BUSY_MS, open_store, writing
from api.safe.vault import Ciphertexts, KeyGone, TextDamaged, Vault, folder_key_alone

__all__ = [
    "BUSY_MS",
    "POLICY_HEADER",
    "SECURITY",
    "Burst",
    "Ciphertexts",
    "Guard",
    "Happened",
    "Hashing",
    "KeyGone",
    "MasterKey",
    "MasterKeyUnfit",
    "NotPrivate",
    "Patience",
    "Quotas",
    "SecurityRecord",
    "TextDamaged",
    "Tries",
    "Vault",
    "What",
    "Work",
    "as_line",
    "check_streams",
    "client_of",
    "described_policy",
    "folder_key_alone",
    "key_there",
    "make_master_key",
    "make_private",
    "master_key",
    "master_of",
    "open_store",
    "owed",
    "place_of",
    "read_record",
    "streams_most",
    "writing",
]
