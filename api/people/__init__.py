"""People: accounts, links and sessions, whom one can call, who calls, and what they may do.

Names and telephones are in `people.db` beside the log, never in it.
"""

from api.people.accounts import (
    FAILURES_MS,
    Device,
    Failures,
    LinkSeen,
    People,
    Session,
    SignInRefused,
    names_of,
    open_people,
    shown_id,
    wall_ms,
)
from api.people.address_book import (
    CHANNELS,
    CONSENT_TEXT,
    ROBOTS,
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
    shown,
)
from api.people.addresses import Addresses, open_addresses
from api.people.callers import Caller, Callers, drop_cookie, set_cookie
from api.people.links import Holder, holders, link_address, new_account, new_link
from api.people.numbers import mobile, national
from api.people.persons import Person, Persons, Whose, open_persons
from api.people.rights import refused

__all__ = [
    "CHANNELS",
    "CONSENT_TEXT",
    "FAILURES_MS",
    "ROBOTS",
    "TELEPHONES",
    "Address",
    "AddressRefused",
    "Addresses",
    "Caller",
    "Callers",
    "Consent",
    "Device",
    "Failures",
    "Holder",
    "Kept",
    "Known",
    "LinkSeen",
    "People",
    "Person",
    "Persons",
    "Reachable",
    "Session",
    "SignInRefused",
    "ToVerify",
    "Verification",
    "Whose",
    "drop_cookie",
    "holders",
    "kinds_of",
    "link_address",
    "mobile",
    "names_of",
    "national",
    "new_account",
    "new_link",
    "open_addresses",
    "open_people",
    "open_persons",
    "refused",
    "set_cookie",
    "shown",
    "shown_id",
    "wall_ms",
]
