"""Only by hand: whom no channel can tell of a request, so that a person has to call at once."""

from __future__ import annotations

from collections.abc import Iterable

from api.people import Addresses
from api.reach import ladder
from api.reach.contacts import Contacts
from api.reach.routes import leads_to
from api.reach.setups import Setups
from schemas.values import Mode, OrganizationId
from schemas.views import OfferRow


def only_by_hand(
    row: OfferRow, entries: Iterable[OrganizationId], addresses: Addresses, setups: Setups
) -> bool:
    """Whether an offer awaits an answer of somebody whom neither a page nor any channel tells.

    `entries`: of the registry, under which the organization has addresses. A channel that is set up
    and broken is the messenger's to despair of; a paused one is none.
    """
    if row.state != "sent" or row.unasked or row.reached_at is not None:
        return False
    asking = ladder.Asking(row.priority, row.sent_at)
    return not any_way(asking, row.mode, entries, addresses, setups)


def any_way(
    asking: ladder.Asking,
    mode: Mode,
    entries: Iterable[OrganizationId],
    addresses: Addresses,
    setups: Setups,
) -> bool:
    """Whether a channel that is meant to be used leads to anybody of these entries."""
    contacts = Contacts(addresses)
    found = (one for entry in entries for one in contacts.of(entry, mode))
    usable = [one.address for one in found if ladder.used(asking, one.way)]
    meant = [one for one in setups.list() if one.paused_at is None] if usable else []
    return any(leads_to(meant, address) for address in usable)
