"""Values of instructions: what a crew is told to do, and must."""

from __future__ import annotations

from enum import StrEnum


class InstructionKind(StrEnum):
    """What an instruction tells whoever is at work: binding, so nobody is asked to agree."""

    STOP = "stop"  # where they are
    WITHDRAW = "withdraw"
    HAND_OVER = "hand_over"  # to somebody who is named
    COME_TO = "come_to"  # a place that is named


LEAVING = (InstructionKind.STOP, InstructionKind.WITHDRAW)
"""Whoever is told so does no work meanwhile."""

NAMING = (InstructionKind.HAND_OVER, InstructionKind.COME_TO)
"""These name to whom, or where; the others do not."""
