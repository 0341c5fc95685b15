"""Envelope (a command on its way in), turn (the one record in the log), and dead letter."""

from __future__ import annotations

from enum import StrEnum

from schemas.commands import Command
from schemas.facts import Fact
from schemas.refusals import Refusal
from schemas.values import (
    AccountId,
    AreaId,
    CommandId,
    Instant,
    Mode,
    OperationId,
    Stored,
)

REGISTRY = OperationId("")  # the operation of a turn that belongs to the registry
DELIVERY = AccountId("delivery")  # the messenger: tells whom it has reached, and their answers
PLANNER = AccountId("planner")  # proposes whom to ask, all short lines taken together
OWNER = AccountId("owner")  # the process that owns the log; it opens it and sends ticks
FORMAT = 1  # of the envelope and the turn themselves
GENESIS = "0" * 64  # what the first turn names as the turn before it


class Envelope(Stored):
    """A command with who sends it, where to, and under which key.

    `at` is the conductor's time in a log on given time, and None in a live one. `body` and
    `personal` are keyed digests of the request, so a key's second use can be compared.
    `tapped_at` is what a person's device claims; it is kept for reviews, rules never use it.
    """

    area: AreaId
    operation: OperationId
    mode: Mode | None
    actor: AccountId
    command_id: CommandId
    command: Command
    body: str = ""
    personal: str = ""
    at: Instant | None = None
    tapped_at: Instant | None = None


class Turn(Stored):
    """One command with every fact that it led to, or the code of its refusal.

    `settled` is False where a rule failed on what the command entails: the command alone was
    decided, and the rest was left to ticks.
    """

    format: int
    area: AreaId
    sequence: int
    at: Instant
    previous: str  # SHA-256 of the bytes of the turn before, hexadecimal
    rules: int  # the version of the rules that decided it: `streams/versions.py`
    operation: OperationId
    mode: Mode | None
    actor: AccountId
    command_id: CommandId
    body: str
    personal: str
    tapped_at: Instant | None
    command: Command
    facts: tuple[Fact, ...]
    settled: bool
    refusal: Refusal | None
    subjects: tuple[str, ...]  # what a refusal is about: ids, never what was typed


class DeadReason(StrEnum):
    """Why a record among the commands is none that a rule could be asked about."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_OURS = "not_ours"
    NEWER_SCHEMA = "newer_schema"
    ANOTHER_AREA = "another_area"  # of another partition, or one that has no log yet
    TIME_MISSING = "time_missing"  # a log on given time is told the time with each command
    MOVED = "moved"  # the log that it is for has been moved away
    DEFECT = "defect"  # a rule failed on it


class DeadLetter(Stored):
    """A record that was set aside, by its position and size; never anything of what it held.

    Dead letters are a chain of their own for each partition, so that no area's log depends on
    what others throw at it.
    """

    format: int
    partition: int
    sequence: int
    previous: str  # SHA-256 of the bytes of the dead letter before, hexadecimal
    at: Instant
    offset: int  # among the commands of the partition
    size: int
    reason: DeadReason
