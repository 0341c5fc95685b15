"""Forgetting: what was sent and answered goes, with every trace of an address; figures stay.

The minute, the channel, the outcome and the count of messages are kept for as long as a network
log must be; the messages go a month after they were made, or with their incident's key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from api.reach.answers import SCHEMA as ANSWERS
from api.reach.notice_tables import SCHEMA as NOTICES
from api.safe import open_store, writing
from schemas.values import Instant

DAY: Final = 86_400_000
KEPT: Final = 30 * DAY
FIGURES_KEPT: Final = 200 * DAY  # six months, and some days to spare
PORTION: Final = 200  # rows in one transaction: whoever sends waits no longer than for these
PAUSE_S: Final = 0.05
BUSY_MS: Final = 200

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS figures (
    minute INTEGER NOT NULL, channel TEXT NOT NULL, rung TEXT NOT NULL, about TEXT NOT NULL,
    state TEXT NOT NULL, why TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (minute, channel, rung, about, state, why)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS replies_of ON replies (offer);
CREATE INDEX IF NOT EXISTS links_of ON links (offer);
CREATE INDEX IF NOT EXISTS codes_of ON codes (offer);
CREATE INDEX IF NOT EXISTS seen_at ON seen (at);
CREATE INDEX IF NOT EXISTS replies_at ON replies (at);
CREATE INDEX IF NOT EXISTS links_until ON links (until);
CREATE INDEX IF NOT EXISTS codes_until ON codes (until);
"""

# What goes by age alone: table, key, and the condition; at their end nothing asks for them.
_AGED: Final = (
    ("reports", "number", "done AND made_at < :kept"),
    ("seen", "number", "at < :kept"),
    ("replies", "id", "at < :kept"),
    ("calls", "id", "at < :kept"),
    ("links", "hash", "until <= :now"),
    ("codes", "hash", "until <= :now"),
)

# What goes with an offer's last notice: table, and the column that names the offer.
_OF_OFFER: Final = (
    ("replies", "offer"),
    ("links", "offer"),
    ("codes", "offer"),
    ("seen", "offer"),
)

Erased = Callable[[Sequence[str]], list[str]]
"""Those of some offers whose incident's key is destroyed."""


class Forgetting:
    """A hold of its own on `notices.db`, so that nothing else waits for it."""

    def __init__(self, path: Path, erased: Erased) -> None:
        self._store = open_store(path, NOTICES + ANSWERS + SCHEMA)
        self._store.set_busy_timeout(BUSY_MS)
        self._erased = erased

    def close(self) -> None:
        self._store.close()

    async def step(self, now: Instant) -> int:
        """Forget all that is to be forgotten by now, a portion at a time; how many rows went."""
        gone = await self._offers(now)
        for table, key, over in _AGED:
            gone += await self._aged(table, key, over, now)
        with writing(self._store):
            self._store.execute("DELETE FROM figures WHERE minute < ?", (now - FIGURES_KEPT,))
        if gone:  # nor in the side file
            self._store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return gone

    async def _offers(self, now: Instant) -> int:
        """Notices, offer by offer: those that are old, and those of incidents without a key."""
        gone, last = 0, ""
        while offers := self._some(last):
            last = offers[-1]
            erased = set(self._erased(offers))
            for offer in offers:
                gone += self._counted(offer, now + 1 if offer in erased else now - KEPT)
                gone += self._uncalled(offer) if offer in erased else 0
            await asyncio.sleep(PAUSE_S)
        return gone

    def _some(self, last: str) -> list[str]:
        asked = "SELECT DISTINCT offer FROM {} WHERE offer > :last ORDER BY offer LIMIT :most"
        parts = " UNION ".join(f"SELECT * FROM ({asked.format(t)})" for t in ("notices", "calls"))
        told = {"last": last, "most": PORTION}
        rows = self._store.execute(f"{parts} ORDER BY 1 LIMIT :most", told)
        return [offer for (offer,) in rows]

    def _uncalled(self, offer: str) -> int:
        """Whoever has no address was told nothing, and was called by hand all the same."""
        with writing(self._store):
            self._store.execute("DELETE FROM calls WHERE offer = ?", (offer,))
        return self._store.changes()

    def _counted(self, offer: str, before: Instant) -> int:
        """An offer's notices made before then become figures."""
        made = (offer, before)
        found = "FROM notices WHERE offer = ? AND made_at < ?"
        if self._store.execute(f"SELECT 1 {found} LIMIT 1", made).fetchone() is None:
            return 0
        with writing(self._store):
            self._store.execute(
                "INSERT INTO figures SELECT coalesce(handed_at, sent_at, made_at) / 60000 * 60000,"
                f" channel, rung, about, state, why, count(*) {found} GROUP BY 1, 2, 3, 4, 5, 6"
                " ON CONFLICT DO UPDATE SET count = count + excluded.count",
                made,
            )
            self._store.execute(f"DELETE {found}", made)
            gone = self._store.changes()
            for table, column in _OF_OFFER:
                self._store.execute(
                    f"DELETE FROM {table} WHERE {column} = ? AND NOT EXISTS"
                    " (SELECT 1 FROM notices WHERE offer = ?)",
                    (offer, offer),
                )
        return gone

    async def _aged(self, table: str, key: str, over: str, now: Instant) -> int:
        asked = f"SELECT {key} FROM {table} WHERE {over} LIMIT {PORTION}"
        times = {"now": now} if ":now" in over else {"kept": now - KEPT}
        gone = 0
        while keys := [row[0] for row in self._store.execute(asked, times)]:
            with writing(self._store):
                self._store.executemany(
                    f"DELETE FROM {table} WHERE {key} = ?", ((each,) for each in keys)
                )
            gone += len(keys)
            await asyncio.sleep(PAUSE_S)
        return gone
