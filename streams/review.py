"""Review: what happened, turn by turn, in words that a reader of the timeline understands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from schemas.commands import (
    AcceptOffer,
    AcknowledgeInstruction,
    Arrive,
    CannotComplete,
    CheckIn,
    CountHeads,
    DeclineOffer,
    GiveNewTime,
    ProposePlan,
    RecordReach,
    ReportDone,
    ReportFromScene,
    RestoreReach,
    Resume,
    SeeWords,
    SetOff,
    Tick,
)
from schemas.facts import Fact, ShiftFact
from schemas.refusals import REFUSALS
from schemas.turns import Turn
from schemas.values import DemandId, DivisionCode, IncidentId, Instant, LineId, Mode, OrganizationId
from streams.ledger import About, Ledger
from streams.parameters import MINUTE
from streams.review_names import Text, words

TAP_TOLERANCE = 10 * MINUTE  # a device's claim farther from rule time is marked doubtful


class FactView(msgspec.Struct, frozen=True):
    """A fact as the timeline shows it: its kind, its words, and what it is about."""

    type: str
    words: Text
    incident: IncidentId | None
    demand: DemandId | None
    line: LineId | None
    organization: OrganizationId | None


class RefusalView(msgspec.Struct, frozen=True):
    """Why a turn changed nothing."""

    code: str
    words: Text


class Entry(msgspec.Struct, frozen=True):
    """A turn as the timeline shows it. No text of a person's device or sealed field is in it.

    `elsewhere`: the command itself was about something that is not shown; what is shown followed
    from it.
    """

    sequence: int
    at: Instant
    happened_at: Instant  # as claimed by the device that was tapped, where that is credible
    tapped_at: Instant | None
    tap_doubtful: bool
    actor: str
    actor_name: str | None  # where the reader may know it; the log holds none
    command: str
    elsewhere: bool
    facts: tuple[FactView, ...]
    refusal: RefusalView | None


class Scope(NamedTuple):
    """What a reader of the timeline may see, and what of it is wanted.

    By `divisions`: what lies inside them, and incidents that one of them has joined. By
    `organizations`: only what concerns these themselves.
    """

    divisions: tuple[DivisionCode, ...] = ()
    organizations: tuple[OrganizationId, ...] = ()
    incident: IncidentId | None = None
    demand: DemandId | None = None
    organization: OrganizationId | None = None

    def shows(self, ledger: Ledger, about: About, thing: msgspec.Struct | None = None) -> bool:
        """Whether a fact or a command is in scope; what all were told is about each demand."""
        if self.demand is not None and ledger.tells(thing, self.demand):
            division = ledger.demands[self.demand].division
            about = about._replace(demand=self.demand, division=division)
        if not self._wants(about, thing):
            return False
        if about == About():
            return bool(self.divisions)  # a standstill concerns every desk
        if about.organization in self.organizations:
            return True
        return any(self._holds(ledger, division) for division in _places(ledger, about))

    def _wants(self, about: About, thing: msgspec.Struct | None) -> bool:
        """A standstill, and who is on duty, belong to whatever happens meanwhile."""
        if about == About() or isinstance(thing, ShiftFact):
            return self.demand is None and self.organization is None
        return (
            self.incident in (None, about.incident, about.before)
            and self.demand in (None, about.demand)
            and self.organization in (None, about.organization)
        )

    def _holds(self, ledger: Ledger, division: DivisionCode) -> bool:
        return any(ledger.divisions.contains(scope, division) for scope in self.divisions)


def _places(ledger: Ledger, about: About) -> Iterable[DivisionCode]:
    if about.division is not None:
        yield about.division
    if about.demand is None and about.incident in ledger.incidents:
        yield from ledger.incidents[about.incident].joined


def entry(ledger: Ledger, turn: Turn, scope: Scope) -> Entry | None:
    """A turn with those of its facts that are in scope; None where nothing of it is."""
    ledger.learn(turn)
    facts = tuple(
        _view(ledger, fact, about, turn.mode)
        for fact in turn.facts
        if scope.shows(ledger, about := ledger.about(fact), fact)
    )
    refused = turn.refusal is not None and scope.shows(ledger, ledger.about(turn.command))
    if not facts and not refused:
        return None
    return Entry(
        sequence=turn.sequence,
        at=turn.at,
        happened_at=happened_at(ledger, turn),
        tapped_at=turn.tapped_at,
        tap_doubtful=_doubtful(turn),
        actor=turn.actor,
        actor_name=None,
        command=type(turn.command).__name__,
        elsewhere=bool(facts) and not _led(ledger, turn, scope),
        facts=facts,
        refusal=_refusal(turn) if refused else None,
    )


def _led(ledger: Ledger, turn: Turn, scope: Scope) -> bool:
    """Whether what the command itself did is shown: its own fact is the first of its turn."""
    if isinstance(turn.command, Tick | Resume | RecordReach | RestoreReach | ProposePlan):
        return True  # which is about nobody alone: all that follows is its own
    return scope.shows(ledger, ledger.about(turn.facts[0]), turn.facts[0])


CLAIMED = (
    *(AcceptOffer, DeclineOffer, SetOff, Arrive, ReportDone, CannotComplete, GiveNewTime),
    *(CheckIn, CountHeads, SeeWords, ReportFromScene, AcknowledgeInstruction),
)
"""What is said from a phone that may have had no signal: its own time counts."""


def happened_at(ledger: Ledger, turn: Turn) -> Instant:
    """When somebody did it: for answers and steps the tap's own time, within the tolerance.

    Never before what it answers, and never later than the turn: nobody is in time by a claim.
    """
    if turn.tapped_at is None or _doubtful(turn) or not isinstance(turn.command, CLAIMED):
        return turn.at
    return min(turn.at, max(turn.tapped_at, ledger.began(turn.command)))


def _doubtful(turn: Turn) -> bool:
    return turn.tapped_at is not None and abs(turn.tapped_at - turn.at) > TAP_TOLERANCE


def _refusal(turn: Turn) -> RefusalView | None:
    if turn.refusal is None:
        return None
    message = REFUSALS[turn.refusal]
    return RefusalView(turn.refusal.value, Text(message.zh, message.en))


def _view(ledger: Ledger, fact: Fact, about: About, mode: Mode | None) -> FactView:
    return FactView(
        type=type(fact).__name__,
        words=words(ledger, fact, about, mode),
        incident=about.incident,
        demand=about.demand,
        line=about.line,
        organization=about.organization,
    )
