"""What a command takes out of a folder is on its security record, as what a door gives out is."""

from __future__ import annotations

from contextlib import closing

from api.cli.trouble import told_plainly
from api.safe import SECURITY, Happened, SecurityRecord, What
from api.settings import Settings
from schemas.values import AccountId, Role


def note_export(settings: Settings, what: str, steward: AccountId | None = None) -> None:
    """Before it is written, so that none is out of which nobody knows. Raises Trouble.

    `steward`: as whom it was taken; without one, by whoever may read the folder itself.
    """
    role = Role.STEWARD.value if steward else ""
    with told_plainly(), closing(SecurityRecord(settings.data / SECURITY)) as record:
        record.note(Happened(What.EXPORTED, steward or "", role, about=what))
