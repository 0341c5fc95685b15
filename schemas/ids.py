"""Ids, all derived from causes: the same command has the same ids on every engine, any day."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterable
from hashlib import sha256

from schemas.values import AccountId, AreaId, CommandId, OperationId


def _short(*parts: str) -> str:
    """26 characters of base32 over the first 16 bytes of SHA-256."""
    digest = sha256("\x1f".join(parts).encode()).digest()[:16]
    return b32encode(digest).decode().rstrip("=").lower()


def command_id(area: AreaId, operation: OperationId, actor: AccountId, key: str) -> CommandId:
    """The id of the command that an actor sends under an idempotency key."""
    return CommandId(_short("command", area, operation, actor, key))


def tick_id(area: AreaId, operation: OperationId, number: int) -> CommandId:
    """The id of the n-th tick of an operation."""
    return CommandId(_short("tick", area, operation, str(number)))


def made_id(command: CommandId, index: int) -> str:
    """The id of the index-th thing that a command's turn brings into being."""
    return f"{command}{index}"


def digest_of(ids: Iterable[str]) -> str:
    """The digest that names a list of things: SHA-256 over the ids in order, one a line."""
    return sha256("".join(f"{id}\n" for id in sorted(ids)).encode()).hexdigest()


def tie(line: str, organization: str) -> int:
    """What decides between two organizations at the same distance: fixed, and nobody's merit."""
    return int.from_bytes(sha256(f"{line}\x1f{organization}".encode()).digest()[:8], "big")
