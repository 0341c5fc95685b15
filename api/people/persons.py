"""Persons: whom one can call for an organization or a division, and in which order.

They are in the file of people, never in the log. A person needs no account to be called.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import NamedTuple

import apsw
import msgspec

from api.people.accounts import PEOPLE
from api.people.accounts import SCHEMA as ACCOUNTS
from api.safe import open_store
from api.settings import Settings
from schemas.values import AccountId, DivisionCode, OrganizationId

# Who has been removed keeps an id and a place without name and number, so that a request which
# comes late adds nobody again.
SCHEMA = """
CREATE TABLE IF NOT EXISTS persons (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, telephone TEXT,
    organization TEXT, division TEXT, calling INTEGER NOT NULL, account TEXT REFERENCES accounts,
    CHECK ((organization IS NULL) <> (division IS NULL)),
    CHECK ((name IS NULL) = (telephone IS NULL))
) STRICT;
CREATE INDEX IF NOT EXISTS persons_of ON persons (organization, division, calling);
CREATE TABLE IF NOT EXISTS public_numbers (
    division TEXT PRIMARY KEY, telephone TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


class Whose(NamedTuple):
    """Whom a person is called for: an organization or a division, never both."""

    organization: OrganizationId | None
    division: DivisionCode | None


class Person(msgspec.Struct, frozen=True):
    """Somebody who can be called; among those of one `order`, who was added first comes first."""

    id: str
    name: str
    telephone: str
    organization: OrganizationId | None
    division: DivisionCode | None
    order: int
    account: AccountId | None


class Persons:
    """One hold on the persons in the file of people; what it writes is durable on return."""

    def __init__(self, path: Path) -> None:
        self._store = open_store(path, ACCOUNTS + SCHEMA)

    def close(self) -> None:
        self._store.close()

    def add(
        self,
        name: str,
        telephone: str,
        *,
        organization: OrganizationId | None = None,
        division: DivisionCode | None = None,
        order: int = 1,
        account: AccountId | None = None,
        id: str = "",
    ) -> str:
        """A new person's opaque id. With an id that is or was here nothing changes.

        ValueError unless for one of organization and division; LookupError: no such account.
        """
        if (organization is None) == (division is None):
            raise ValueError("a person is called for an organization or for a division")
        id = id or secrets.token_hex(13)
        try:
            self._write(
                "INSERT INTO persons (id, name, telephone, organization, division, calling, "
                "account) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (id, name, telephone, organization, division, order, account),
            )
        except apsw.ConstraintError:
            raise LookupError("no such account") from None
        return id

    def correct(self, id: str, *, name: str, telephone: str, order: int) -> None:
        """Name, telephone and order anew; LookupError for who is not here, or no longer."""
        changed = self._write(
            "UPDATE persons SET name = ?, telephone = ?, calling = ? "
            "WHERE id = ? AND name IS NOT NULL",
            (name, telephone, order, id),
        )
        if not changed:
            raise LookupError("no such person")

    def remove(self, id: str) -> None:
        """Forget name, telephone and account, also in the side file; a repeat does nothing."""
        self._write(
            "UPDATE persons SET name = NULL, telephone = NULL, account = NULL WHERE id = ?", (id,)
        )
        self._store.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def whose(self, id: str) -> Whose | None:
        """Whom a person is, or before being removed was, called for; None for an unknown id."""
        asked = "SELECT organization, division FROM persons WHERE id = ?"
        row = self._store.execute(asked, (id,)).fetchone()
        return None if row is None else Whose(*row)

    def name(self, id: str) -> str:
        """A person's name; "" for who is not here, or no longer."""
        row = self._store.execute("SELECT name FROM persons WHERE id = ?", (id,)).fetchone()
        return "" if row is None else row[0] or ""

    def of_organization(self, organization: OrganizationId) -> list[Person]:
        """An organization's persons, whom to call first first."""
        return self.of(Whose(organization, None))

    def of_division(self, division: DivisionCode) -> list[Person]:
        """A division's own persons, without those of divisions below; whom to call first first."""
        return self.of(Whose(None, division))

    def of(self, whose: Whose) -> list[Person]:
        """The persons of an organization or a division, whom to call first first."""
        rows = self._store.execute(
            "SELECT id, name, telephone, organization, division, calling, account FROM persons "
            "WHERE organization IS ? AND division IS ? AND name IS NOT NULL "
            "ORDER BY calling, number",
            whose,
        )
        return [Person(*row) for row in rows]

    def public_number(self, division: DivisionCode) -> str | None:
        """The telephone that everybody may read as a division's, where its desk has set one."""
        asked = "SELECT telephone FROM public_numbers WHERE division = ?"
        row = self._store.execute(asked, (division,)).fetchone()
        return None if row is None else str(row[0])

    def set_public_number(self, division: DivisionCode, telephone: str | None) -> None:
        """Another public telephone, or none any more."""
        if telephone is None:
            self._write("DELETE FROM public_numbers WHERE division = ?", (division,))
            return
        self._write(
            "INSERT INTO public_numbers (division, telephone) VALUES (?, ?) "
            "ON CONFLICT (division) DO UPDATE SET telephone = excluded.telephone",
            (division, telephone),
        )

    def _write(self, statement: str, values: tuple[str | int | None, ...]) -> int:
        """How many rows a statement has changed."""
        with self._store:
            self._store.execute(statement, values)
        return self._store.changes()


def open_persons(settings: Settings) -> Persons:
    """A hold on whom one can call; they are in the folder's file of people."""
    return Persons(settings.data / PEOPLE)
