"""Addresses: where persons, organizations and divisions are reached, and what they agreed to.

They are in the file of people, sealed, never in the log. Nothing may be sent to one that is not
verified, nor of a kind that is not agreed to.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import apsw

from api.people.accounts import PEOPLE, wall_ms
from api.people.accounts import SCHEMA as ACCOUNTS
from api.people.address_book import (
    CHANNELS,
    CONSENT_TEXT,
    ROBOTS,
    SCHEMA,
    TELEPHONES,
    Address,
    AddressRefused,
    Consent,
    Kept,
    Known,
    Reachable,
    ToVerify,
    Verification,
    kinds_of,
    normal,
    written,
)
from api.people.numbers import mobile
from api.people.persons import Whose
from api.people.verifying import Verifications
from api.safe import TextDamaged, Vault, open_store
from api.settings import Settings
from schemas.values import DivisionCode, OrganizationId

OF_ONE_MAX: Final = 20  # addresses of one person, or of one organization's robots

_logger = logging.getLogger("shouwang.addresses")

_LIVE = (
    "SELECT a.id, a.channel, a.sealed_to, a.sealed_secret, a.person, a.organization, a.division, "
    "a.verified_at, a.verified_how, coalesce(p.name, ''), coalesce(p.calling, 0) FROM addresses a "
    "LEFT JOIN persons p ON p.id = a.person WHERE a.digest IS NOT NULL AND "
)
_IN_ORDER = " ORDER BY coalesce(p.calling, 0), coalesce(p.number, 0), a.number"


class Addresses:
    """One hold on the addresses in the file of people; what it writes is durable on return."""

    def __init__(self, path: Path, vault: Vault, clock: Callable[[], int] = wall_ms) -> None:
        self._store = open_store(path, ACCOUNTS + SCHEMA)
        self._vault = vault
        self._clock = clock
        self._verifications = Verifications(self._store, vault, clock)

    def close(self) -> None:
        self._store.close()

    # Keeping

    def add(
        self,
        channel: str,
        to: str,
        whose: Whose,
        *,
        person: str | None = None,
        secret: str = "",
        by: str | None = None,
        id: str = "",
    ) -> str:
        """A new address's opaque id; with an id that is or was here nothing changes.

        Raises AddressRefused: `code_unknown` kind, `number_not_mobile`, `format_invalid`,
        `address_exists`, `too_many`; LookupError for a person who is not called for them. A robot
        is nobody's person.
        """
        if channel not in CHANNELS or (channel in ROBOTS) != (person is None):
            raise AddressRefused("code_unknown")
        to, id = normal(channel, to), id or secrets.token_hex(13)
        digest = self._digest(channel, to)
        with self._store:
            if self.whose(id) is not None:
                return id
            self._check_room(person, whose)
            self._insert(id, channel, person, whose, self._sealed(id, to, secret), digest, by)
        return id

    def _insert(
        self,
        id: str,
        channel: str,
        person: str | None,
        whose: Whose,
        sealed: tuple[bytes, bytes],
        digest: str,
        by: str | None,
    ) -> None:
        """A number that was verified for this person by one of its rungs is so for the other."""
        known = self._store.execute(
            "SELECT verified_at, verified_by, verified_how FROM addresses WHERE person = ? "
            "AND digest = ? AND verified_at IS NOT NULL",
            (person, digest),
        ).fetchone()
        values = (id, channel, person, *whose, *sealed, digest, self._clock(), by)
        try:
            self._store.execute(
                "INSERT INTO addresses (id, channel, person, organization, division, sealed_to, "
                "sealed_secret, digest, added_at, added_by, verified_at, verified_by, "
                "verified_how) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values + (known or (None, None, None)),
            )
        except apsw.ConstraintError:
            raise AddressRefused("address_exists") from None

    def _check_room(self, person: str | None, whose: Whose) -> None:
        named = "SELECT organization, division FROM persons WHERE id = ? AND name IS NOT NULL"
        if person is not None and self._store.execute(named, (person,)).fetchone() != whose:
            raise LookupError("no such person")
        asked = (
            "SELECT count(*) FROM addresses WHERE digest IS NOT NULL AND person IS ? "
            "AND organization IS ? AND division IS ?"
        )
        (count,) = next(iter(self._store.execute(asked, (person, *whose))))
        if count >= OF_ONE_MAX:
            raise AddressRefused("too_many")

    def whose(self, id: str) -> Whose | None:
        """Whom an address is, or before it was removed was, for; None for an unknown id."""
        asked = "SELECT organization, division FROM addresses WHERE id = ?"
        row = self._store.execute(asked, (id,)).fetchone()
        return None if row is None else Whose(*row)

    def find(self, id: str) -> Address | None:
        """An address, readable; None where there is none, or no longer."""
        return next((kept.address for kept in self._kept("a.id = ?", (id,))), None)

    def of(self, whose: Whose) -> list[Kept]:
        """All of an organization's or a division's, with its persons', in the order of calling."""
        return list(self._kept("a.organization IS ? AND a.division IS ?", whose))

    def remove(self, id: str) -> None:
        """Forget where it leads, also in the side file; a repeat does nothing."""
        with self._store:
            self._forget(id)
        self._store.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def _forget(self, id: str) -> None:
        self._verifications.void(id)
        self._store.execute(
            "UPDATE addresses SET sealed_to = NULL, sealed_secret = NULL, digest = NULL, "
            "verified_at = NULL, verified_why = NULL, verified_how = nullif(verified_how, 'reply') "
            "WHERE id = ?",
            (id,),
        )

    def follow(self, person: str, telephone: str) -> None:
        """A person's telephone is another one now: it is verified, and agreed to, anew.

        One that takes no messages leaves the person without SMS and calls.
        """
        to = mobile(telephone)
        digest = None if to is None else self._digest("sms", to)
        asked = (
            "SELECT id, channel FROM addresses WHERE person = ? AND channel IN ('sms', 'voice') "
            "AND digest IS NOT NULL AND digest IS NOT ?"
        )
        with self._store:
            for id, channel in self._all(asked, person, digest):
                self.withdraw(id, kinds_of(channel), by=None, how="number")
                self._forget(id)
                if to is not None:
                    self._store.execute(
                        "UPDATE addresses SET sealed_to = ?, sealed_secret = ?, digest = ? "
                        "WHERE id = ?",
                        (*self._sealed(id, to, ""), digest, id),
                    )

    # Consent

    def consent(self, id: str, kinds: Iterable[str], *, by: str, text: int = CONSENT_TEXT) -> None:
        """Agreed to, entered by an account; what stands already stays as it is.

        Raises AddressRefused: `code_unknown` for a kind that this address has not,
        `address_not_verified`.
        """
        address = self._live(id)
        for kind in kinds:
            if kind not in kinds_of(address.channel):
                raise AddressRefused("code_unknown")
        if address.verified_at is None:
            raise AddressRefused("address_not_verified")
        with self._store:
            self._store.executemany(
                "INSERT INTO consents (address, kind, text, given_at, given_by) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(id, kind, text, self._clock(), by) for kind in kinds],
            )

    def withdraw(self, id: str, kinds: Iterable[str], *, by: str | None, how: str) -> int:
        """Agreed to no longer, from now on; how many kinds that ended."""
        ended = 0
        with self._store:
            for kind in kinds:
                self._store.execute(
                    "UPDATE consents SET withdrawn_at = ?, withdrawn_by = ?, withdrawn_how = ? "
                    "WHERE address = ? AND kind = ? AND withdrawn_at IS NULL",
                    (self._clock(), by, how, id, kind),
                )
                ended += self._store.changes()
        return ended

    def withdraw_number(
        self,
        number: str,
        *,
        by: str | None = None,
        how: str = "reply",
        within: Callable[[Whose], bool] = lambda _whose: True,
    ) -> int:
        """Everything that was agreed to for a number, by whoever has it; how many kinds ended.

        After a reply from the number itself it has to be verified anew, so that nobody can
        agree again without its holder.
        """
        ended = 0
        with self._store:
            for known, channel, _ in self._numbered(number):
                if within(Whose(known.organization, known.division)):
                    ended += self.withdraw(known.address, kinds_of(channel), by=by, how=how)
                    if how == "reply":
                        self._unverify(known.address)
        return ended

    def _unverify(self, id: str) -> None:
        self._verifications.void(id)
        self._store.execute(
            "UPDATE addresses SET verified_at = NULL, verified_by = NULL, verified_how = 'reply', "
            "verified_why = NULL WHERE id = ?",
            (id,),
        )

    # Verifying

    def verify(self, id: str, *, by: str, request: str) -> Verification:
        """Ask for a code to be sent there; the same request again answers the first.

        Raises AddressRefused `verification_too_soon`, or LookupError for no such address.
        """
        address = self._live(id)
        digest = self._digest(address.channel, address.to)
        return self._verifications.ask(request, id, digest, by)

    def confirm(self, id: str, code: str, *, by: str) -> None:
        """A code was typed: the address, and with a number its other rung, is verified.

        Raises AddressRefused `code_wrong` or `code_over`, or LookupError for no such address.
        """
        self._live(id)
        problem = self._verifications.check(id, code)
        if problem is not None:
            raise AddressRefused(problem)
        self._mark(id, by, "code", None)

    def vouch(self, id: str, reason: str, *, by: str) -> None:
        """Verified by a call; who says so and why is kept. LookupError for no such address.

        Raises AddressRefused `address_stopped` where T came from there: that takes a code.
        """
        address = self._live(id)
        stopped = "SELECT 1 FROM addresses WHERE verified_how = 'reply' AND digest = ?"
        if self._all(stopped, self._digest(address.channel, address.to)):
            raise AddressRefused("address_stopped")
        self._mark(id, by, "call", self._vault.seal_for_folder(f"vouched:{id}", reason))

    def _mark(self, id: str, by: str, how: str, why: bytes | None) -> None:
        with self._store:
            self._store.execute(
                "UPDATE addresses SET verified_at = ?1, verified_by = ?2, verified_how = ?3, "
                "verified_why = iif(id = ?5, ?4, verified_why) WHERE id = ?5 OR (person, digest) "
                "= (SELECT person, digest FROM addresses WHERE id = ?5)",
                (self._clock(), by, how, why, id),
            )

    def to_verify(self) -> list[ToVerify]:
        """Codes that wait to be sent; each is given out once, so one that is lost stays lost."""
        taken = [(id, self.find(address), code) for id, address, code in self._verifications.take()]
        return [ToVerify(id, written(to), code) for id, to, code in taken if to is not None]

    def verification_sent(self, id: str, outcome: str, why: str = "") -> None:
        """What came of a code: `sent`, `failed` or `unknown`, and the channel's reason."""
        self._verifications.sent(id, outcome, why)

    # For whoever delivers

    def of_organization(self, organization: OrganizationId) -> list[Reachable]:
        """Where an organization may be reached just now: its robots, then persons by order."""
        return self._reachable(Whose(organization, None))

    def of_division(self, division: DivisionCode) -> list[Reachable]:
        """Where a division itself may be reached, without those below: robots, then persons."""
        return self._reachable(Whose(None, division))

    def by_number(self, number: str) -> list[Known]:
        """Whose a verified number is, once each; nobody's for what is no mobile number."""
        found = [known for known, _, verified_at in self._numbered(number) if verified_at]
        return list({known[1:]: known for known in reversed(found)}.values())[::-1]

    def changed(self) -> int:
        """A number that is another one after any change here, by whichever process."""
        (number,) = next(iter(self._store.execute("SELECT number FROM addresses_changed")))
        return int(number)

    def _reachable(self, whose: Whose) -> list[Reachable]:
        usable = [
            (name, order, address)
            for name, order, address, _ in self._rows("a.organization IS ? AND a.division IS ?",
                                                      whose)
            if address.verified_at is not None and address.consent and address.to
        ]  # fmt: skip
        people = groupby(usable, key=lambda row: (row[2].person, row[0], row[1]))
        return [Reachable(*one, tuple(address for *_, address in rows)) for one, rows in people]

    def _numbered(self, number: str) -> Iterator[tuple[Known, str, int | None]]:
        to = mobile(number)
        if to is None:
            return
        asked = (
            "SELECT id, person, organization, division, channel, verified_at FROM addresses "
            "WHERE digest = ? ORDER BY number"
        )
        for *known, channel, verified_at in self._all(asked, self._digest("sms", to)):
            yield Known(*known), channel, verified_at

    # Rows

    def _live(self, id: str) -> Address:
        found = self.find(id)
        if found is None:
            raise LookupError("no such address")
        return found

    def _kept(self, where: str, values: Iterable[str | None]) -> Iterator[Kept]:
        for _, _, address, how in self._rows(where, values):
            open = self._verifications.latest(address.id) if address.verified_at is None else None
            yield Kept(address, tuple(self._consents(address.id)), how, open)

    def _rows(
        self, where: str, values: Iterable[str | None]
    ) -> Iterator[tuple[str, int, Address, str | None]]:
        rows = self._all(_LIVE + where + _IN_ORDER, *values)
        for id, channel, to, secret, person, team, place, verified_at, how, name, order in rows:
            to, secret = self._opened(f"to:{id}", to), self._opened(f"secret:{id}", secret)
            agreed = tuple(each.kind for each in self._consents(id))
            found = Address(
                id, CHANNELS[channel], channel, to, secret, person, team, place, verified_at, agreed
            )
            yield name, order, found, how

    def _consents(self, id: str) -> list[Consent]:
        asked = (
            "SELECT kind, text, given_at, given_by FROM consents WHERE address = ? "
            "AND withdrawn_at IS NULL ORDER BY number"
        )
        return [Consent(*row) for row in self._all(asked, id)]

    def _all(self, statement: str, *values: str | None) -> list[Any]:
        return self._store.execute(statement, values).fetchall()

    def _sealed(self, id: str, to: str, secret: str) -> tuple[bytes, bytes]:
        seal = self._vault.seal_for_folder
        return seal(f"to:{id}", to), seal(f"secret:{id}", secret)

    def _opened(self, about: str, sealed: bytes) -> str:
        try:
            return self._vault.open_for_folder(about, sealed)
        except TextDamaged:
            _logger.error("an address cannot be opened: is keys.db another folder's?")
            return ""

    def _digest(self, channel: str, to: str) -> str:
        kind = "telephone" if channel in TELEPHONES else channel
        return self._vault.folder_digest(f"address:{kind}", to)


def open_addresses(settings: Settings, vault: Vault) -> Addresses:
    """A hold on where people are reached; they are in the folder's file of people."""
    return Addresses(settings.data / PEOPLE, vault)
