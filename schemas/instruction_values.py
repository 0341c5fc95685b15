"""Values of instructions: what a crew is told to do, and must."""

from __future__ import annotations

from enum import StrEnum

from schemas.values import Meters, Place, Stored


class InstructionKind(StrEnum):
    """What an instruction tells whoever is at work: binding, so nobody is asked to agree."""

    STOP = "stop"  # where they are
    WITHDRAW = "withdraw"
    HAND_OVER = "hand_over"  # to somebody who is named
    COME_TO = "come_to"  # a place that is named
    ZONE_CLOSED = "zone_closed"  # nobody goes in, and whoever is there does no work


LEAVING = (InstructionKind.STOP, InstructionKind.WITHDRAW, InstructionKind.ZONE_CLOSED)
"""Whoever is told so does no work meanwhile."""

NAMING = (InstructionKind.HAND_OVER, InstructionKind.COME_TO)
"""These name to whom, or where; the others do not."""


class Zone(Stored):
    """Where nobody goes: a ring of corners, or a circle of so many meters around a point."""

    place: Place
    radius: Meters = 0
