"""Who is calling, as the framework hands it to a door."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.context import context_of
from api.people import Caller


async def signed_in(request: HTTPConnection) -> Caller:
    """The caller of a request. Raises Problem: not signed in, ended, or without the role now."""
    return context_of(request).callers.identify(request)


SignedIn = Annotated[Caller, Depends(signed_in)]
"""A parameter of a door for people who are signed in."""
