"""What the doors tell the security record: who was kept out, and what is more than a turn."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.types import Scope

from api.context import Context
from api.people import Session
from api.problems import Problem
from api.safe import Happened, What, client_of
from schemas import commands as c
from schemas.commands import Command

_KEPT_OUT: Final = frozenset({401, 403, 421, 429})
_AT_SIGN_IN: Final = frozenset({"link_unknown", "link_used", "link_expired", "sign_in_throttled"})

_OF_COMMANDS: Final[dict[type, tuple[What, str]]] = {
    c.OpenSealedText: (What.OPENED, "demand"),
    c.ShowPersons: (What.OPENED, "offer"),
    c.MakeLink: (What.LINK_MADE, "account"),
    c.GrantRole: (What.ROLE_GRANTED, "account"),
    c.EndGrant: (What.ROLE_ENDED, "account"),
    c.ConfirmAccess: (What.CONFIRMED, "account"),
}
"""Commands that are on this record, too, and the field that says what they are about.

What else a door does beside its turn, as to end sessions, is noted where it is done.
"""


def address_of(scope: Scope) -> str:
    """Where a request comes from, as whom it counts for."""
    client = scope.get("client")
    return client_of(client[0]) if client else ""


def note_denied(scope: Scope, problem: Problem) -> None:
    """Whoever is kept out is on record, with our own code and nothing of what was sent."""
    if problem.status not in _KEPT_OUT or problem.code == "sign_in_wrong":  # its door has noted it
        return
    context: Context = scope["app"].state.context
    failed = problem.code in _AT_SIGN_IN
    session = None if failed else _session(context, scope)
    who = ("", "") if session is None else (session.account, session.role.value)
    what = What.SIGN_IN_FAILED if failed else What.DENIED
    context.record.note(Happened(what, *who, address_of(scope), code=problem.code))


def _session(context: Context, scope: Scope) -> Session | None:
    try:
        return context.callers.session_of(HTTPConnection(scope))
    except Problem:
        return None


def note_command(context: Context, session: Session, address: str, command: Command) -> None:
    """A command that has its turn, where it is one of those that let somebody see or do more."""
    found = _OF_COMMANDS.get(type(command))
    if found is not None:
        about: Any = getattr(command, found[1])
        note(context, session, address, found[0], str(about))


def note(context: Context, session: Session, address: str, what: What, about: str = "") -> None:
    """What somebody who is signed in has done."""
    context.record.note(Happened(what, session.account, session.role.value, address, about))
