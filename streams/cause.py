"""What a rule is told about its turn: who, when, in which operation, and the next id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.facts import Fact
from schemas.ids import made_id
from schemas.refusals import Refusal
from schemas.values import AccountId, CommandId, Instant, Mode, OperationId


class Refused(NamedTuple):
    """Why not, and the ids that it is about."""

    code: Refusal
    subjects: tuple[str, ...] = ()


Decision = Sequence[Fact] | Refused


@dataclass(slots=True)
class Cause:
    """The command's circumstances. Ids run through the whole turn, settling included."""

    actor: AccountId
    at: Instant
    operation: OperationId
    mode: Mode | None
    command_id: CommandId
    made: int = field(default=0)

    def new_id(self) -> str:
        made, self.made = self.made, self.made + 1
        return made_id(self.command_id, made)
