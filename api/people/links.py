"""Sign-in links from the command line: who has an account, and a fresh link for one of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from api.people.accounts import open_people
from api.settings import Settings
from schemas.registry_facts import GrantEnded, RoleGranted
from schemas.values import AccountId, AreaId, Role
from schemas.wire import decode_turn
from streams.engines.logs import open_reader
from streams.parameters import CONFIRM_WITHIN

_SIGNS = (b'"RoleGranted.', b'"GrantEnded.')


class Holder(NamedTuple):
    """An account with one of its roles; `scope` is a division's code or an organization's id."""

    account: AccountId
    role: Role
    scope: str
    name: str


def link_address(settings: Settings, role: Role, token: str) -> str:
    """A one-time link to give to somebody. The secret is behind #, so no server log has it."""
    return f"{settings.url}/sign-in#role={role.value}&link={token}"


def new_account() -> AccountId:
    """An opaque id for an account."""
    return AccountId(secrets.token_hex(13))


def holders(settings: Settings) -> list[Holder]:
    """Every account that has a role in the log, in the order of their first grants."""
    scopes: dict[tuple[AccountId, Role], str] = {}
    for fact in _grants(settings.data, settings.area):
        scopes.pop((fact.account, fact.role), None)
        if isinstance(fact, RoleGranted):
            scopes[fact.account, fact.role] = fact.division or fact.organization or ""
    people = open_people(settings)
    try:
        return [
            Holder(account, role, scope, people.name(account) or "")
            for (account, role), scope in scopes.items()
        ]
    finally:
        people.close()


def _grants(folder: Path, area: AreaId) -> Iterator[RoleGranted | GrantEnded]:
    reader = open_reader(folder)
    try:
        for stored in reader.read(area):
            if any(sign in stored for sign in _SIGNS):  # decoding all of a log takes long
                yield from (
                    fact
                    for fact in decode_turn(stored).facts
                    if isinstance(fact, RoleGranted | GrantEnded)
                )
    finally:
        reader.close()


class NewLink(NamedTuple):
    """A link made at the machine; what begins by it ends at `until`, where one is told."""

    address: str
    until: int | None


def link_for(settings: Settings, holder: Holder) -> NewLink:
    """A one-time link for whoever has a role.

    Where the account was ever signed in to, the server writes the link's use into the log; where
    somebody is signed in just now, what begins by it ends after a day.
    """
    people = open_people(settings)
    try:
        account, role = holder.account, holder.role
        people.make_account(holder.name or "?", settings.area, account)
        id = f"machine-{secrets.token_hex(8)}" if people.has_used_link(account) else ""
        in_use = any(device.role is role for device in people.devices_of(account))
        until = people.now() + CONFIRM_WITHIN if in_use else None
        token = people.make_link(account, role, id=id, confirm_by=until)
        return NewLink(link_address(settings, role, token), until)
    finally:
        people.close()


def sign_out(settings: Settings, holder: Holder) -> None:
    """End every session and unused link of an account in a role, at the machine itself."""
    people = open_people(settings)
    try:
        people.end_all(holder.account, holder.role)
    finally:
        people.close()


def new_link(settings: Settings, account: AccountId, role: Role, name: str) -> str:
    """A one-time link; the account is entered among the people if it is not there."""
    people = open_people(settings)
    try:
        people.make_account(name, settings.area, account)
        return link_address(settings, role, people.make_link(account, role))
    finally:
        people.close()
