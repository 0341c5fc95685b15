"""People: accounts, links and sessions, whom one can call, who calls, and what they may do.

Names and telephones are in `people.db` beside the log, never in it.
"""

from api.people.accounts import (
    FAILURES_MS,
    Failures,
    People,
    Session,
    SignInRefused,
    names_of,
    open_people,
    wall_ms,
)
from api.people.callers import Caller, Callers, drop_cookie, set_cookie
from api.people.links import Holder, holders, link_address, new_account, new_link
from api.people.persons import Person, Persons, Whose, open_persons
from api.people.rights import refused

__all__ = [
    "FAILURES_MS",
    "Caller",
    "Callers",
    "Failures",
    "Holder",
    "People",
    "Person",
    "Persons",
    "Session",
    "SignInRefused",
    "Whose",
    "drop_cookie",
    "holders",
    "link_address",
    "names_of",
    "new_account",
    "new_link",
    "open_people",
    "open_persons",
    "refused",
    "set_cookie",
    "wall_ms",
]
