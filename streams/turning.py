"""Taking a turn: decide, evolve, settle, and the one record that holds it all.

`take`, `fold` and `follow` are the whole of what an engine needs. A turn is laid over the state
only when it is whole: if a rule fails, the journal undoes it and nothing has happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemas import wire
from schemas.commands import ChangeRules, Command, OpenIncident, OpenLog, ReceiveLog, Resume, Tick
from schemas.facts import Fact
from schemas.refusals import Refusal
from schemas.turns import FORMAT, REGISTRY, Envelope, Turn
from schemas.values import Instant, Piece
from schemas.views import Change
from streams import board, clock, quiet, rules, shifts
from streams.area import Area, Operation
from streams.budget import Budget
from streams.cause import Cause, Refused
from streams.clock import TICK, due
from streams.leaving import leave
from streams.parameters import FACTS_MOST, KEY_LIFE, TURN_BYTES_MOST
from streams.remembered import Key
from streams.settle import settle
from streams.versions import present, rules_of
from streams.waiting import Owing, still_owed

__all__ = [
    "KeyReused",
    "MovedAway",
    "Repeat",
    "RuleFailed",
    "Taken",
    "due",
    "fold",
    "follow",
    "same_request",
    "take",
]


class KeyReused(Exception):
    """The same key came with another body: 422, without a turn."""


class MovedAway(Exception):
    """The log has ended here and goes on elsewhere: 503, without a turn."""


class RuleFailed(Exception):
    """A rule raised; the area is as it was. The cause is chained.

    `piece`: what settling was doing, where it arose in that.
    """

    def __init__(self, words: str, piece: Piece | None = None) -> None:
        super().__init__(words)
        self.piece = piece


class TurnTooLarge(Exception):
    """A turn beyond what every reader is ready for: a defect of the rules, like any other."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn with its canonical bytes and what it changed on the board.

    `left`: what settling has failed on, where that was left to ticks.
    """

    turn: Turn
    stored: bytes
    changes: tuple[Change, ...]
    left: RuleFailed | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """No new turn: an earlier one answers (its sequence), or a stale tick (0)."""

    sequence: int


def take(area: Area, envelope: Envelope, at: Instant, *, settled: bool = True) -> Taken | Repeat:
    """Decide one command at a rule time, or at that of the turn before where this is later.

    A person is answered whatever else fails: where settling does, the command is decided alone,
    and what it entails is left to ticks. `settled` is False to decide such a turn again.

    Raises KeyReused, MovedAway, RuleFailed, and RulesMissing where the rules that decide in this
    log are not here; none of them leaves a trace.
    """
    repeat = _repeat(area, envelope)
    if repeat is not None:
        return repeat
    if area.moved is not None and not isinstance(envelope.command, ReceiveLog):
        raise MovedAway
    _need_rules(area, envelope.command)
    if not settled:
        return _taken(area, envelope, at, None)
    try:
        return _taken(area, envelope, at, clock.budget(envelope.command))
    except RuleFailed as failure:
        if isinstance(envelope.command, Tick | Resume):
            raise  # its owner tries it with less
        left = failure
    taken = _taken(area, envelope, at, None)
    return replace(taken, left=left) if isinstance(taken, Taken) else taken


def _taken(area: Area, envelope: Envelope, at: Instant, budget: Budget | None) -> Taken | Repeat:
    """One try at a turn, with nothing settled where there is no budget."""
    before = area.sequence, area.at
    area.sequence, area.at = area.sequence + 1, max(area.at, at)
    try:
        taken = _turn(area, envelope, budget)
    except Exception as error:
        area.journal.undo()
        area.sequence, area.at = before
        piece = None if budget is None else budget.doing
        raise RuleFailed(type(error).__name__, piece) from error
    if taken is None:
        area.sequence, area.at = before
        return Repeat(0)
    area.journal.forget()
    _finish(area, taken.turn, taken.stored)
    return taken


def _need_rules(area: Area, command: Command) -> None:
    """RulesMissing where this program cannot say what the command leads to.

    No refusal tells it: a program that has those rules would decide the same turn otherwise.
    """
    if isinstance(command, OpenLog | ChangeRules):
        if area.told is None or command.rules > area.told.rules:
            rules_of(command.rules)
    else:
        area.rules()


def _repeat(area: Area, envelope: Envelope) -> Repeat | None:
    known = area.keys.get(envelope.command_id)
    if known is None:
        return None
    if not same_request(known, envelope):
        raise KeyReused
    return Repeat(known.sequence)


def same_request(known: Key | Turn | Envelope, envelope: Envelope) -> bool:
    """Whether two commands under one key were the same request, as far as can be told."""
    # The personal digest cannot be made once the incident's key is gone: then it is not compared.
    if envelope.personal and known.personal and envelope.personal != known.personal:
        return False
    return envelope.body == known.body


def _turn(area: Area, envelope: Envelope, budget: Budget | None) -> Taken | None:
    cause = Cause(
        actor=envelope.actor,
        at=area.at,
        operation=envelope.operation,
        mode=envelope.mode,
        command_id=envelope.command_id,
    )
    decision = rules.decide(area, envelope.command, cause)
    if isinstance(decision, Refused):
        if decision.code is Refusal.TICK_OUT_OF_ORDER:
            return None
        return _whole(area, envelope, (), decision, settled=True)
    operation = _operation(area, envelope)
    facts = list(decision)
    owing = _note(area, operation, envelope)
    for fact in facts:
        rules.evolve(area, operation, fact)
    if operation is not None and budget is not None:
        ticking = isinstance(envelope.command, Tick | Resume)
        facts += settle(area, operation, cause, rules.evolve, budget, ticking=ticking)
    if operation is not None:
        _end(area, operation, owing)
    return _whole(area, envelope, tuple(facts), None, settled=budget is not None)


def _operation(area: Area, envelope: Envelope) -> Operation | None:
    """The turn's operation; the first incident of a new one brings it into being."""
    if envelope.operation == REGISTRY:
        return None
    if isinstance(envelope.command, OpenIncident):
        assert envelope.mode is not None
        operation = area.open_operation(envelope.operation, envelope.mode)
    else:
        operation = area.operations[envelope.operation]
    operation.sequence = area.sequence
    return operation


def _note(area: Area, operation: Operation | None, envelope: Envelope) -> Owing | None:
    """What a turn changes before its facts: how many ticks there were, what was acted on when.

    The demand that a desk owes an answer to which the actor cannot give.
    """
    if operation is None:
        return None
    if isinstance(envelope.command, Tick | Resume):
        operation.raise_count(TICK, envelope.command.number)
        return None
    shifts.acted(area, operation, envelope.actor, area.at)
    return quiet.touched(area, operation, envelope.command, envelope.actor, area.at)


def _end(area: Area, operation: Operation, owing: Owing | None) -> None:
    """What follows from a turn behind all of its facts, however these are read."""
    if owing is not None:
        still_owed(operation, owing, area.at)
    leave(operation, area.at)


def _whole(
    area: Area,
    envelope: Envelope,
    facts: tuple[Fact, ...],
    refused: Refused | None,
    *,
    settled: bool,
) -> Taken:
    turn = Turn(
        format=FORMAT,
        area=area.id,
        sequence=area.sequence,
        at=area.at,
        previous=area.previous,
        rules=present().number if area.told is None else area.told.rules,
        operation=envelope.operation,
        mode=envelope.mode,
        actor=envelope.actor,
        command_id=envelope.command_id,
        body=envelope.body,
        personal=envelope.personal,
        tapped_at=envelope.tapped_at,
        command=envelope.command,
        facts=facts,
        settled=settled,
        refusal=None if refused is None else refused.code,
        subjects=() if refused is None else refused.subjects,
    )
    stored = wire.encode(turn)
    if len(facts) > FACTS_MOST or len(stored) > TURN_BYTES_MOST:
        raise TurnTooLarge(f"{len(facts)} facts, {len(stored)} bytes")
    wire.decode_turn(stored)  # what could not be read again would end the log for ever
    return Taken(turn, stored, board.changes(area))


def _finish(area: Area, turn: Turn, stored: bytes) -> None:
    """What every turn changes besides its facts: the chain and the used keys."""
    area.previous = wire.digest(stored)
    if isinstance(turn.command, Tick | Resume):
        return  # a tick's number is checked in place of a key
    area.keys[turn.command_id] = Key(
        sequence=turn.sequence, at=turn.at, body=turn.body, personal=turn.personal
    )
    while turn.at - area.keys[next(iter(area.keys))].at > KEY_LIFE:
        area.keys.popitem(last=False)


def fold(area: Area, stored: bytes) -> Turn:
    """Lay a stored turn over the state without deciding again.

    Raises wire.NotReadable, also where the turn was decided by newer rules than this program has:
    it could not go on from there. Older ones fold.
    """
    turn = _laid(area, stored)
    area.journal.forget()
    _finish(area, turn, stored)
    return turn


def follow(area: Area, stored: bytes) -> Taken:
    """Fold a stored turn, and tell what it changes on the board. Raises wire.NotReadable."""
    turn = _laid(area, stored)
    changes = board.changes(area)
    area.journal.forget()
    _finish(area, turn, stored)
    return Taken(turn, stored, changes)


def _laid(area: Area, stored: bytes) -> Turn:
    turn = wire.decode_turn(stored)
    if turn.rules > present().number:
        raise wire.NotReadable(
            f"decided by rules {turn.rules}, which are newer than this program", newer=True
        )
    area.sequence, area.at = turn.sequence, turn.at
    if turn.refusal is None:
        operation = _operation(area, envelope_of(turn))
        owing = _note(area, operation, envelope_of(turn))
        for fact in turn.facts:
            rules.evolve(area, operation, fact)
        if operation is not None:
            _end(area, operation, owing)
    return turn


def envelope_of(turn: Turn) -> Envelope:
    """The command that led to a turn, to be decided again."""
    return Envelope(
        area=turn.area,
        operation=turn.operation,
        mode=turn.mode,
        actor=turn.actor,
        command_id=turn.command_id,
        command=turn.command,
        body=turn.body,
        personal=turn.personal,
        at=turn.at,
        tapped_at=turn.tapped_at,
    )
