"""The tables of addresses in the file of people, what a row of them means, and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import msgspec

from api.people.numbers import mobile
from api.people.persons import SCHEMA as PERSONS
from api.people.persons import Whose
from schemas.values import DivisionCode, OrganizationId

# What is withdrawn or removed stays as a row without what it was about: that somebody had agreed,
# to which text and until when, can be shown later. The triggers count for processes that read.
SCHEMA: Final = (
    PERSONS
    + """
CREATE TABLE IF NOT EXISTS addresses (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL,
    person TEXT REFERENCES persons (id), organization TEXT, division TEXT,
    sealed_to BLOB, sealed_secret BLOB, digest TEXT, added_at INTEGER NOT NULL, added_by TEXT,
    verified_at INTEGER, verified_by TEXT, verified_how TEXT, verified_why BLOB,
    CHECK ((organization IS NULL) <> (division IS NULL)),
    CHECK ((sealed_to IS NULL) = (digest IS NULL))
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS addresses_once ON addresses
    (coalesce(person, ''), coalesce(organization, division), channel, digest)
    WHERE digest IS NOT NULL;
CREATE INDEX IF NOT EXISTS addresses_of ON addresses (organization, division);
CREATE INDEX IF NOT EXISTS addresses_at ON addresses (digest);
CREATE TABLE IF NOT EXISTS consents (
    number INTEGER PRIMARY KEY, address TEXT NOT NULL REFERENCES addresses (id),
    kind TEXT NOT NULL, text INTEGER NOT NULL, given_at INTEGER NOT NULL, given_by TEXT NOT NULL,
    withdrawn_at INTEGER, withdrawn_by TEXT, withdrawn_how TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS consents_once ON consents (address, kind)
    WHERE withdrawn_at IS NULL;
CREATE TABLE IF NOT EXISTS verifications (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    address TEXT NOT NULL REFERENCES addresses (id), digest TEXT NOT NULL,
    asked_at INTEGER NOT NULL, asked_by TEXT NOT NULL, state TEXT NOT NULL,
    why TEXT NOT NULL DEFAULT '', code TEXT, taken_at INTEGER, tries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS verifications_of ON verifications (address, number);
CREATE INDEX IF NOT EXISTS verifications_at ON verifications (digest, asked_at);
CREATE INDEX IF NOT EXISTS verifications_by ON verifications (asked_by, asked_at);
CREATE TABLE IF NOT EXISTS addresses_changed (number INTEGER NOT NULL) STRICT;
INSERT INTO addresses_changed SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM addresses_changed);
CREATE TRIGGER IF NOT EXISTS address_added AFTER INSERT ON addresses
    BEGIN UPDATE addresses_changed SET number = number + 1; END;
CREATE TRIGGER IF NOT EXISTS address_changed AFTER UPDATE ON addresses
    BEGIN UPDATE addresses_changed SET number = number + 1; END;
CREATE TRIGGER IF NOT EXISTS consent_given AFTER INSERT ON consents
    BEGIN UPDATE addresses_changed SET number = number + 1; END;
CREATE TRIGGER IF NOT EXISTS consent_changed AFTER UPDATE ON consents
    BEGIN UPDATE addresses_changed SET number = number + 1; END;
CREATE TRIGGER IF NOT EXISTS person_changed AFTER UPDATE ON persons
    BEGIN UPDATE addresses_changed SET number = number + 1; END;
CREATE TRIGGER IF NOT EXISTS person_gone AFTER UPDATE OF name ON persons WHEN NEW.name IS NULL
    BEGIN UPDATE addresses SET sealed_to = NULL, sealed_secret = NULL, digest = NULL,
        verified_at = NULL, verified_why = NULL WHERE person = NEW.id; END;
CREATE TRIGGER IF NOT EXISTS address_gone AFTER UPDATE OF digest ON addresses
    WHEN NEW.digest IS NULL BEGIN UPDATE consents SET withdrawn_how = 'removed',
        withdrawn_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
        WHERE address = NEW.id AND withdrawn_at IS NULL; END;
"""
)

CHAT, SMS, VOICE = "chat", "sms", "voice"  # rungs, as `api.reach` has them

CHANNELS: Final[Mapping[str, str]] = {
    "sms": SMS,
    "voice": VOICE,
    "dingtalk": CHAT,
    "wecom": CHAT,
    "ntfy": CHAT,
    "bark": CHAT,
    "dingtalk_robot": CHAT,
    "wecom_robot": CHAT,
    "feishu_robot": CHAT,
    "webhook": CHAT,
}
"""Every kind of address with its rung."""

TELEPHONES: Final = ("sms", "voice")
ROBOTS: Final = ("dingtalk_robot", "wecom_robot", "feishu_robot", "webhook")

ASK, DRILL, QUIET, NIGHT = "ask", "drill", "quiet", "night"
ID_FORM: Final = re.compile(r"[A-Za-z0-9_.@-]{1,128}")  # no | or comma: services split at these

CONSENT_TEXT: Final = 1
"""The version of the words that somebody agrees to; other words are another version."""


def kinds_of(channel: str) -> tuple[str, ...]:
    """What can be agreed to at a kind of address: to be asked, drills, 22 to 07, calls then."""
    if channel == VOICE:
        return (ASK, DRILL, NIGHT)
    return (ASK, DRILL, QUIET)


class AddressRefused(Exception):
    """Something that cannot be done with an address; `code` is the problem's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Address(msgspec.Struct, frozen=True):
    """Where somebody is reached, readable.

    `to` is +86 and eleven digits, a user's id, a device's key or a robot's address; empty where
    it cannot be opened any more. `consent` holds kinds that are agreed to just now.
    """

    id: str
    rung: str
    channel: str
    to: str
    secret: str
    person: str | None
    organization: OrganizationId | None
    division: DivisionCode | None
    verified_at: int | None
    consent: tuple[str, ...]

    @property
    def whose(self) -> Whose:
        return Whose(self.organization, self.division)

    @property
    def night(self) -> bool:
        """Whether it may ring or be written to between 22 and 07."""
        return NIGHT in self.consent or QUIET in self.consent


class Consent(msgspec.Struct, frozen=True):
    """That somebody has agreed, to which text, when, and the account that entered it."""

    kind: str
    text: int
    given_at: int
    given_by: str


class Verification(msgspec.Struct, frozen=True):
    """One code: `queued`, `sending`, `sent`, `unknown`, `failed`, `used` or `over`.

    `why` is a channel's reason. `until` is when the code is good no longer, None before it is sent.
    """

    id: str
    state: str
    why: str
    asked_at: int
    until: int | None


class Kept(NamedTuple):
    """An address as its keeper sees it."""

    address: Address
    consents: tuple[Consent, ...]
    verified_how: str | None
    verification: Verification | None


class Reachable(NamedTuple):
    """A person, or for robots an organization or a division itself, with what may be used."""

    person: str | None
    name: str
    order: int
    addresses: tuple[Address, ...]


class Known(NamedTuple):
    """Whose a number is."""

    address: str
    person: str | None
    organization: OrganizationId | None
    division: DivisionCode | None


class ToVerify(NamedTuple):
    """A code that is to be sent: for a telephone by SMS, else to the address itself."""

    id: str
    address: Address
    code: str


def written(address: Address) -> Address:
    """Where a code for an address is read: a number that is called gets it by SMS."""
    if address.channel != VOICE:
        return address
    return msgspec.structs.replace(address, channel=SMS, rung=SMS)


def normal(channel: str, to: str) -> str:
    """An address in the one form that is kept. Raises AddressRefused."""
    if channel in TELEPHONES:
        number = mobile(to)
        if number is None:
            raise AddressRefused("number_not_mobile")
        return number
    to = to.strip()
    if not (_is_hook(to) if channel in ROBOTS else ID_FORM.fullmatch(to)):
        raise AddressRefused("format_invalid")
    return to


def _is_hook(address: str) -> bool:
    """Whether it is an http address of a host, without a name and password before it."""
    if not (address.isascii() and address.isprintable()) or " " in address:
        return False
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  # reading it raises ValueError where it is no number
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and "@" not in parts.netloc


def shown(address: Address, *, telephone: bool) -> str:
    """What may be shown of an address: a number where `telephone`, else only how it ends."""
    if address.channel in TELEPHONES and telephone:
        return address.to
    host = urlsplit(address.to).hostname if address.channel in ROBOTS else ""
    return f"{host}…{address.to[-4:]}" if len(address.to) > 8 else "…"
