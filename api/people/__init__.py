"""People: accounts, links and sessions, whom one can call, who calls, and what they may do.

Names and telephones are in `people.db` beside the log, never in it.
"""

from api.people.accounts import (
    PEOPLE,
    Device,
    LinkSeen,
    People,
    Session,
    SignInRefused,
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
from api.people.callers import (
    Caller,
    Callers,
    drop_cookie,
    familiar_of,
    set_cookie,
    set_familiar,
)
from api.people.failures import FAILURES_MS, Failures
from api.people.links import (
    Holder,
    holders,
    link_address,
    link_for,
    new_account,
    new_link,
    sign_out,
)
from api.people.naming import names_of
from api.people.numbers import mobile, national
from api.people.passwords import (
    KeptPassword,
    PasswordRefused,
    Passwords,
    PasswordSeen,
    forget_password,
    open_passwords,
    same_name,
)
from api.people.persons import Person, Persons, Whose, open_persons
from api.people.rights import refused

__all__ = [
    "CHANNELS",
    "CONSENT_TEXT",
    "FAILURES_MS",
    "PEOPLE",
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
    "KeptPassword",
    "Known",
    "LinkSeen",
    "PasswordRefused",
    "PasswordSeen",
    "Passwords",
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
    "familiar_of",
    "forget_password",
    "holders",
    "kinds_of",
    "link_address",
    "link_for",
    "mobile",
    "names_of",
    "national",
    "new_account",
    "new_link",
    "open_addresses",
    "open_passwords",
    "open_people",
    "open_persons",
    "refused",
    "same_name",
    "set_cookie",
    "set_familiar",
    "shown",
    "shown_id",
    "sign_out",
    "wall_ms",
]
