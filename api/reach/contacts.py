"""Contacts: by which ways an organization can be reached just now, in the order of calling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.people import Address, Addresses, Known, Reachable
from api.reach.channels import Rung
from api.reach.ladder import Way
from schemas.values import Mode, OrganizationId

CONSENT = {Mode.ACTUAL: "ask", Mode.EXERCISE: "drill", Mode.TEST: "drill"}
EVER_MOST = 50_000  # organizations remembered


class Contact(NamedTuple):
    """A way with what it leads to. `person` is None where it is the organization's own."""

    way: Way
    address: Address
    person: str | None


class Contacts:
    """Remembers whom it has looked up until somebody changes an address."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._known: dict[tuple[OrganizationId, Mode], list[Contact]] = {}
        self._merged: Mapping[OrganizationId, OrganizationId] = {}
        self._version = -1

    def changed(self) -> bool:
        """Whether anybody's addresses have changed since this was last asked."""
        version = self._addresses.changed()
        if version == self._version:
            return False
        self._version = version
        self._known.clear()
        return True

    def merge(self, entries: Mapping[OrganizationId, OrganizationId]) -> bool:
        """The entries that were merged, each with the one it is now; whether that is news."""
        if entries == self._merged:
            return False
        self._merged = entries
        self._known.clear()
        return True

    def by_number(self, number: str) -> list[Known]:
        """Whose a verified number is, with the organization as which they are asked now."""
        found = self._addresses.by_number(number)
        return [known._replace(organization=self._asked(known.organization)) for known in found]

    def _asked(self, organization: OrganizationId | None) -> OrganizationId | None:
        return None if organization is None else self._merged.get(organization, organization)

    def withdraw_number(self, number: str) -> None:
        """Whoever has a number wants nothing more by it."""
        self._addresses.withdraw_number(number)

    def address(self, id: str, organization: OrganizationId, mode: Mode) -> Address | None:
        """An address, if it may be used just now; None once it is gone or agreed to no longer."""
        found = (contact.address for contact in self.of(organization, mode))
        return next((address for address in found if address.id == id), None)

    def of(self, organization: OrganizationId, mode: Mode) -> list[Contact]:
        """What may be used for an organization: verified, and agreed to for this mode."""
        known = self._known.get((organization, mode))
        if known is None:
            if len(self._known) >= EVER_MOST:
                self._known.clear()
            known = self._known[organization, mode] = self._looked_up(organization, mode)
        return known

    def of_any(self, organization: OrganizationId) -> list[Contact]:
        """In whichever mode."""
        return [contact for mode in CONSENT for contact in self.of(organization, mode)]

    def _looked_up(self, organization: OrganizationId, mode: Mode) -> list[Contact]:
        found: list[Contact] = []
        persons = 0
        for reachable in self._everybody(organization):
            place = 0 if reachable.person is None else persons
            persons += reachable.person is not None
            for address in reachable.addresses:
                if CONSENT[mode] in address.consent:
                    way = Way(address.id, Rung(address.rung), place, address.night)
                    found.append(Contact(way, address, reachable.person))
        return found

    def _everybody(self, organization: OrganizationId) -> list[Reachable]:
        """Its own, and those of the entries that were merged into it, as a desk calls them."""
        entries = [organization, *(one for one in self._merged if self._asked(one) == organization)]
        found = [one for entry in entries for one in self._addresses.of_organization(entry)]
        return sorted(found, key=lambda one: (one.person is not None, one.order))
