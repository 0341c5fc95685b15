"""Helpers: people who come to help and belong to no registered organization.

Nobody has checked what they can do, and nobody answers for them, so they are never taken on as a
crew: a desk parks them or sends them home, and a steward may register them. Who they are is sealed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

from schemas.values import (
    AccountId,
    DemandId,
    Instant,
    People,
    Reception,
    Sealed,
    Stored,
)

HelpersId = NewType("HelpersId", str)


class HelpersEnd(StrEnum):
    """How it ended that they waited."""

    SENT_HOME = "sent_home"
    REGISTERED = "registered"  # as an organization, which a desk may take on
    LAPSED = "lapsed"  # nobody said anything in time


class Helpers(Stored):
    """People who came to a demand by themselves, and wait; who they are is in turn `said_in`."""

    id: HelpersId
    demand: DemandId
    people: int
    said_in: int
    at: Instant
    until: Instant  # when they are let go, unless their desk says something before


class ReceiveHelpers(Stored, tag="ReceiveHelpers.1"):
    """A desk records people who came to a demand by themselves; who they are is sealed."""

    demand: DemandId
    people: People
    word: Reception
    contact: Sealed


class EndHelpers(Stored, tag="EndHelpers.1"):
    """They wait no longer: sent home with thanks, or registered by now."""

    demand: DemandId
    helpers: HelpersId
    registered: bool = False


class HelpersReceived(Stored, tag="HelpersReceived.1"):
    """People who belong to no organization came; they wait until `until`, or went home at once."""

    helpers: HelpersId
    demand: DemandId
    account: AccountId
    people: People
    contact: Sealed
    until: Instant | None
    at: Instant


class HelpersEnded(Stored, tag="HelpersEnded.1"):
    helpers: HelpersId
    demand: DemandId
    end: HelpersEnd
    at: Instant


HelpersCommand = ReceiveHelpers | EndHelpers
HelpersFact = HelpersReceived | HelpersEnded
