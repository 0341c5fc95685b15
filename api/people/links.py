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


def new_link(settings: Settings, account: AccountId, role: Role, name: str) -> str:
    """A one-time link; the account is entered among the people if it is not there."""
    people = open_people(settings)
    try:
        people.make_account(name, settings.area, account)
        return link_address(settings, role, people.make_link(account, role))
    finally:
        people.close()
