"""Heeding: what a crew says to an instruction: that it does so, or cannot; or nothing."""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import AcknowledgeInstruction
from schemas.facts import AcknowledgmentEscalated, AcknowledgmentMissed, InstructionAcknowledged
from schemas.refusals import Refusal
from streams import checking, orders
from streams import line as lines
from streams.area import Area, Operation
from streams.assignment import live
from streams.cause import Cause, Decision, Refused
from streams.instructed import Order
from streams.parameters import INSTRUCTION_ESCALATES
from streams.policy import voice_of


def acknowledge(area: Area, command: AcknowledgeInstruction, cause: Cause) -> Decision:
    """Read, which is all that a crew can say to it, but that it cannot: then its desk calls, and
    says so, or the crew does it after all. What was lifted meanwhile needs no more.
    """
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    known = orders.told(area.operations[cause.operation], found.id)
    order = orders.standing(known, command.instruction)
    if order is None:
        lifted = known.lifted is not None and known.lifted.id == command.instruction
        return [] if lifted else Refused(Refusal.INSTRUCTION_OVER, (found.id,))
    if order.acknowledged_at is not None and order.unable is command.unable:
        return []
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    calls = command.unable and not voice.by_desk  # else it is on the telephone already
    return [
        InstructionAcknowledged(
            instruction=order.id,
            assignment=found.id,
            account=cause.actor,
            by_desk=voice.by_desk,
            by_committee=voice.by_committee,
            at=cause.at,
            unable=command.unable,
            spoken=voice.by_desk and (command.unable or order.unable),
            escalates_at=cause.at + INSTRUCTION_ESCALATES if calls else None,
        )
    ]


def acknowledged(operation: Operation, fact: InstructionAcknowledged) -> None:
    """A word of the crew like any other."""
    known = operation.told[fact.assignment]
    order = orders.standing(known, fact.instruction)
    assert order is not None
    operation.told.put(known.assignment, orders.changed(known, _answered(order, fact)))
    found = checking.heard(operation, fact.assignment, fact.at)
    if fact.by_desk:
        lines.taken_up(operation, found.demand)


def _answered(order: Order, fact: InstructionAcknowledged) -> Order:
    """An instruction as its crew has answered it last, itself or through its desk."""
    if fact.spoken and not fact.unable:  # what it cannot do it still cannot, and its desk knows
        return replace(order, spoken_at=fact.at, escalates_at=None)
    return replace(
        order,
        acknowledged_at=fact.at,
        by_desk=fact.by_desk,
        by_committee=fact.by_committee,
        unable_at=fact.at if fact.unable else None,
        spoken_at=fact.at if fact.spoken else None,
        escalates_at=fact.escalates_at,
        escalated=order.escalated and order.to_call,
    )


def missed(operation: Operation, fact: AcknowledgmentMissed | AcknowledgmentEscalated) -> None:
    known = operation.told[fact.assignment]
    order = orders.standing(known, fact.instruction)
    assert order is not None
    if isinstance(fact, AcknowledgmentMissed):
        order = replace(order, missed_at=fact.at, escalates_at=fact.escalates_at)
    else:
        order = replace(order, escalated=True, escalates_at=None)
    operation.told.put(known.assignment, orders.changed(known, order))
