"""Verifying: a code of six digits is sent to an address, and typed by whoever keeps it.

The code is made when the delivery worker takes the request, and kept only as a keyed digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from hmac import compare_digest
from typing import Any, Final

import apsw

from api.people.address_book import AddressRefused, Verification
from api.safe import Vault

CODE_MS: Final = 600_000  # from when it was taken to be sent
TRIES_MAX: Final = 5
AGAIN_MS: Final = 60_000  # between two codes to one number or hook, whoever has it
DAY_MS: Final = 86_400_000
A_DAY: Final = 10  # codes to one number or hook, whoever asks for them
OF_ONE_A_DAY: Final = 30  # codes that one account asks for
LATE: Final = "late"
OUTCOMES: Final = ("sent", "failed", "unknown")

_COLUMNS = "SELECT id, state, why, asked_at, taken_at, code IS NOT NULL FROM verifications "


class Verifications:
    """The requests for codes in the file of people; what it writes is durable on return."""

    def __init__(self, store: apsw.Connection, vault: Vault, clock: Callable[[], int]) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    def ask(self, id: str, address: str, digest: str, by: str) -> Verification:
        """Ask for a code; with an id that is there already nothing changes.

        Raises AddressRefused `verification_too_soon` within a minute, or after ten in a day, or
        after thirty that the account has asked for.
        """
        with self._store:
            known = self._one("WHERE id = ?", (id,))
            if known is None:
                self._check_pace(digest, by)
                self._store.execute(
                    "INSERT INTO verifications (id, address, digest, asked_at, asked_by, state) "
                    "VALUES (?, ?, ?, ?, ?, 'queued')",
                    (id, address, digest, self._clock(), by),
                )
        found = known or self._one("WHERE id = ?", (id,))
        assert found is not None, "just written"
        return found

    def _check_pace(self, digest: str, by: str) -> None:
        now = self._clock()
        asked = "SELECT count(*) FROM verifications WHERE {} = ? AND asked_at > ?"
        recent = self._count(asked.format("digest"), (digest, now - AGAIN_MS))
        today = self._count(asked.format("digest"), (digest, now - DAY_MS))
        theirs = self._count(asked.format("asked_by"), (by, now - DAY_MS))
        if recent or today >= A_DAY or theirs >= OF_ONE_A_DAY:
            raise AddressRefused("verification_too_soon")

    def _count(self, statement: str, values: tuple[str, int]) -> int:
        (count,) = next(iter(self._store.execute(statement, values)))
        return int(count)

    def latest(self, address: str) -> Verification | None:
        """The last one asked for, for an address that is not verified since."""
        return self._one("WHERE address = ? ORDER BY number DESC LIMIT 1", (address,))

    def take(self) -> Iterator[tuple[str, str, str]]:
        """Id, address and fresh code of each that waits; each is given out once, ever.

        What has waited ten minutes is failed instead: whoever asked has gone away.
        """
        now = self._clock()
        with self._store:
            self._store.execute(
                "UPDATE verifications SET state = 'failed', why = ? "
                "WHERE state = 'queued' AND asked_at < ?",
                (LATE, now - CODE_MS),
            )
            asked = "SELECT id, address FROM verifications WHERE state = 'queued' ORDER BY number"
            waiting: list[Any] = self._store.execute(asked).fetchall()
            taken = [(id, to, f"{secrets.randbelow(1_000_000):06}") for id, to in waiting]
            for id, _, code in taken:
                self._store.execute(
                    "UPDATE verifications SET state = 'sending', taken_at = ?, code = ? "
                    "WHERE id = ?",
                    (now, self._digest(id, code), id),
                )
        yield from taken

    def sent(self, id: str, outcome: str, why: str) -> None:
        """What came of sending it. ValueError for an outcome that is none."""
        if outcome not in OUTCOMES:
            raise ValueError(f"an outcome is one of {', '.join(OUTCOMES)}")
        with self._store:
            self._store.execute(
                "UPDATE verifications SET state = ?, why = ? WHERE id = ? "
                "AND state IN ('sending', 'sent', 'unknown', 'failed')",
                (outcome, why, id),
            )

    def check(self, address: str, code: str) -> str | None:
        """The problem with a code that was typed; None where it is right, and then it is used up.

        Each look costs one of five tries, which are counted before the code is compared.
        """
        with self._store:
            row = self._store.execute(
                "SELECT id, code, taken_at, tries FROM verifications WHERE address = ? "
                "ORDER BY number DESC LIMIT 1",
                (address,),
            ).fetchone()
            if row is None or not self._usable(*row[1:]):
                return "code_over"
            id, kept, _, tries = row
            right = compare_digest(kept, self._digest(id, code))
            over = right or tries + 1 >= TRIES_MAX
            self._store.execute(
                "UPDATE verifications SET tries = tries + 1, code = iif(?, NULL, code), "
                "state = iif(?, 'used', state) WHERE id = ?",
                (over, right, id),
            )
        return None if right else "code_over" if over else "code_wrong"

    def _usable(self, kept: str | None, taken_at: int | None, tries: int) -> bool:
        fresh = taken_at is not None and self._clock() < taken_at + CODE_MS
        return kept is not None and fresh and tries < TRIES_MAX

    def void(self, address: str) -> None:
        """No code opens this address any more; within the caller's transaction."""
        self._store.execute(
            "UPDATE verifications SET code = NULL, state = 'over' "
            "WHERE address = ? AND state <> 'used'",
            (address,),
        )

    def _digest(self, id: str, code: str) -> str:
        return self._vault.folder_digest(f"code:{id}", code)

    def _one(self, where: str, values: tuple[str]) -> Verification | None:
        row = self._store.execute(_COLUMNS + where, values).fetchone()
        return None if row is None else self._verification(*row)

    def _verification(
        self, id: str, state: str, why: str, asked_at: int, taken_at: int | None, open: Any
    ) -> Verification:
        until = None if taken_at is None else taken_at + CODE_MS
        over = until is not None and (not open or self._clock() >= until)
        if over and state in ("sent", "sending", "unknown"):
            state = "over"
        return Verification(id, state, why, asked_at, until)
