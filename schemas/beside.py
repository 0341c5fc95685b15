"""Beside: whoever is at work where another crew was told to leave because of the place."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.values import AccountId, AssignmentId, DemandId, Instant, InstructionId, Stored

Reason = Annotated[str, Meta(min_length=1, max_length=200)]


class BesideView(Stored):
    """What a crew's row says of it: which order another crew was given, about which demand.

    Its desk tells it too, or says why it may stay (`stays`, by `stays_at`). Until then the desk
    above is asked as well at `climbs_at`, and is since `climbed_at`.
    """

    demand: DemandId
    crew: AssignmentId  # that was told to leave
    instruction: InstructionId
    since: Instant
    climbs_at: Instant | None
    climbed_at: Instant | None
    stays: str | None
    stays_at: Instant | None


class TellBeside(Stored, tag="TellBeside.1"):
    """Whoever else is at work there is told what this crew was told because of the place."""

    assignment: AssignmentId
    instruction: InstructionId


class LetStay(Stored, tag="LetStay.1"):
    """A desk says why a crew may stay where another one was told to leave."""

    assignment: AssignmentId
    reason: Reason


class BesideAsked(Stored, tag="BesideAsked.1"):
    """A crew is at work where `crew` was told to leave by an instruction: its desk tells it too, or
    says why it may stay. Where it does neither, the desk above is asked from `climbs_at` on."""

    assignment: AssignmentId
    demand: DemandId
    crew: AssignmentId
    instruction: InstructionId
    climbs_at: Instant
    at: Instant


class BesideClimbed(Stored, tag="BesideClimbed.1"):
    """Its desk has neither told it nor said that it may stay: the desk above is asked, too."""

    assignment: AssignmentId
    at: Instant


class CrewLetStay(Stored, tag="CrewLetStay.1"):
    """It may stay, for a reason that its desk gives."""

    assignment: AssignmentId
    account: AccountId
    reason: str
    at: Instant


BesideCommand = TellBeside | LetStay
BesideFact = BesideAsked | BesideClimbed | CrewLetStay
