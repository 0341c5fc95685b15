"""gammu-smsd as far as its tables show it: takes from the outbox, says what came of each part."""

from __future__ import annotations

from pathlib import Path

import apsw

TABLES = """
CREATE TABLE outbox (
  UpdatedInDB NUMERIC NOT NULL DEFAULT (datetime('now')),
  InsertIntoDB NUMERIC NOT NULL DEFAULT (datetime('now')),
  SendingDateTime NUMERIC NOT NULL DEFAULT (datetime('now')),
  Text TEXT, DestinationNumber TEXT NOT NULL DEFAULT '',
  Coding TEXT NOT NULL DEFAULT 'Default_No_Compression', UDH TEXT,
  Class INTEGER DEFAULT '-1', TextDecoded TEXT NOT NULL DEFAULT '',
  ID INTEGER PRIMARY KEY AUTOINCREMENT, MultiPart TEXT NOT NULL DEFAULT 'false',
  DeliveryReport TEXT DEFAULT 'default', CreatorID TEXT NOT NULL,
  CHECK (DeliveryReport IN ('default','yes','no'))
);
CREATE TABLE outbox_multipart (
  Text TEXT, Coding TEXT NOT NULL DEFAULT 'Default_No_Compression', UDH TEXT,
  Class INTEGER DEFAULT '-1', TextDecoded TEXT DEFAULT NULL, ID INTEGER,
  SequencePosition INTEGER NOT NULL DEFAULT '1', PRIMARY KEY (ID, SequencePosition)
);
CREATE TABLE sentitems (
  UpdatedInDB NUMERIC NOT NULL DEFAULT (datetime('now')),
  DestinationNumber TEXT NOT NULL DEFAULT '', UDH TEXT NOT NULL,
  TextDecoded TEXT NOT NULL DEFAULT '', ID INTEGER,
  SequencePosition INTEGER NOT NULL DEFAULT '1',
  Status TEXT NOT NULL DEFAULT 'SendingOK', CreatorID TEXT NOT NULL,
  PRIMARY KEY (ID, SequencePosition)
);
CREATE TABLE inbox (
  ReceivingDateTime NUMERIC NOT NULL DEFAULT (datetime('now')), Text TEXT NOT NULL,
  SenderNumber TEXT NOT NULL DEFAULT '', UDH TEXT NOT NULL,
  TextDecoded TEXT NOT NULL DEFAULT '', ID INTEGER PRIMARY KEY AUTOINCREMENT,
  RecipientID TEXT NOT NULL, Processed TEXT NOT NULL DEFAULT 'false'
);
"""
TAKE = "SELECT ID, DestinationNumber, UDH, TextDecoded, CreatorID FROM outbox ORDER BY ID"
PARTS = "SELECT SequencePosition, UDH, TextDecoded FROM outbox_multipart WHERE ID = ?"
SENT = """
INSERT INTO sentitems (ID, SequencePosition, DestinationNumber, UDH, TextDecoded, CreatorID, Status)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""


class Daemon:
    """Its side of the tables."""

    def __init__(self, path: Path) -> None:
        self.store = apsw.Connection(str(path))
        if not self.store.table_exists(None, "outbox"):
            self.store.execute(TABLES)

    def run(self, *statuses: str) -> None:
        """Send all that waits; a status for each part, the last one for all further ones."""
        left = list(statuses or ("SendingOK",))
        for id, number, udh, text, creator in self.store.execute(TAKE).fetchall():
            parts = [(1, udh, text), *self.store.execute(PARTS, (id,)).fetchall()]
            for position, head, part in parts:
                status = left.pop(0) if len(left) > 1 else left[0]
                row = (id, position, number, head, part, creator, status)
                self.store.execute(SENT, row)
            self.store.execute("DELETE FROM outbox WHERE ID = ?", (id,))
            self.store.execute("DELETE FROM outbox_multipart WHERE ID = ?", (id,))

    def reports(self, status: str) -> None:
        """A delivery report for all that was sent."""
        self.store.execute("UPDATE sentitems SET Status = ?", (status,))

    def hears(self, sender: str, text: str) -> None:
        """Somebody answers."""
        row = ("", sender, "", text, "")
        columns = "(Text, SenderNumber, UDH, TextDecoded, RecipientID)"
        self.store.execute(f"INSERT INTO inbox {columns} VALUES (?, ?, ?, ?, ?)", row)

    def sent(self) -> list[tuple[str, str, str]]:
        """Number, header and text of each part that went out."""
        rows = self.store.execute("SELECT DestinationNumber, UDH, TextDecoded FROM sentitems")
        return [(str(number), str(head), str(text)) for number, head, text in rows]
