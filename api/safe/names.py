"""Names under which this server answers: its own, never one that somebody else points at it.

A page of a foreign name that resolves to this machine would be of the same origin as our doors,
as browsers see it. An address in numbers cannot be pointed anywhere, so each is taken.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import ip_address

_HOST = re.compile(rb"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:\d{1,5})?")
REMEMBERED_MAX = 1_000


class Names:
    """The names of this server; `ours` is one look-up for those that came before."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {"localhost", *(name.lower() for name in names), *of_this_machine()}
        self._known: set[bytes] = set()

    def ours(self, host: bytes) -> bool:
        """Whether a Host header, with or without its port, means this server."""
        if host in self._known:
            return True
        found = _HOST.fullmatch(host)
        if found is None or not self._means(found.group(1).decode().lower()):
            return False
        if len(self._known) < REMEMBERED_MAX:
            self._known.add(host)
        return True

    def _means(self, name: str) -> bool:
        try:
            ip_address(name.strip("[]"))
        except ValueError:
            return name.rstrip(".") in self._names
        return True


def of_this_machine() -> tuple[str, ...]:
    """What neighbors call this machine."""
    name = socket.gethostname().lower()
    return (name, f"{name}.local") if name else ()
