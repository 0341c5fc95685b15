"""The process of its own in which reviews are made: it reads the log and never writes.

Long work in Python would hold up the server's answers; here it holds up only other reviews.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread

import msgspec
from msgspec.structs import replace

from api.people import names_of
from schemas.facts import SealedTextOpened
from schemas.turns import Turn
from schemas.values import (
    AccountId,
    AreaId,
    DemandId,
    DivisionCode,
    GateCount,
    Instant,
    LineId,
    OpeningReason,
    OperationId,
    OrganizationId,
)
from schemas.wire import decode_turn, digest
from streams.area import Area
from streams.engines import checkpoints
from streams.engines.folder import Divisions, opening
from streams.engines.folding import fold_on, nearest
from streams.engines.logs import open_reader
from streams.ledger import Decided, Ledger
from streams.matching.why import Why, why
from streams.review import Entry, Scope, entry
from streams.review_names import Text
from streams.subjects import same_county

TURNS_MAX = 20_000  # that one call looks at; a caller goes on from `next`
NICENESS = 10
SEALED_OPENED = b"SealedTextOpened."  # as the bytes of a turn with that fact have it


class Timeline(msgspec.Struct, frozen=True):
    """A part of the timeline; `next` is where to go on, or None at the log's end."""

    entries: list[Entry]
    next: int | None


class Answer(msgspec.Struct, frozen=True):
    """Why (not) one organization for one line, as of the turn `sequence`.

    Of whoever was asked, as it stands at the log's end, or stood when the incident's key was
    destroyed, with how many were considered for that offer; of whoever was not, as of the last
    time that somebody was looked for, with how many were considered then and what kept them out.
    `until`: from when time alone opens the gate.
    """

    asked: bool
    gate: str | None
    until: Instant | None
    meters: int
    words: Text
    considered: int
    gates: tuple[GateCount, ...]
    sequence: int


class Opened(msgspec.Struct, frozen=True):
    """A sealed text of a demand was opened: by whom, when and for what, in which turn."""

    sequence: int
    at: Instant
    account: AccountId
    name: str | None
    demand: DemandId
    reason: OpeningReason


class Query(msgspec.Struct, frozen=True):
    """Which log a call is about."""

    folder: Path
    area: AreaId


class Log:
    """One area's log with what has been learned of it so far; kept between calls."""

    def __init__(self, query: Query) -> None:
        self._reader = open_reader(query.folder)
        self._folder = query.folder
        self._area = query.area
        self._trees = Divisions(query.folder)
        opened = opening(decode_turn(self._reader.stored(query.area, 1)))
        self.divisions = self._trees.tree(opened.divisions)
        self.ledger = Ledger(self.divisions)
        self._telling = Ledger(self.divisions)
        self._folded = Area(query.area, self.divisions)
        self._present: Area | None = None
        self._openings: list[tuple[int, SealedTextOpened]] = []
        self._looked_at = 0

    def stored(self, sequence: int) -> bytes:
        return self._reader.stored(self._area, sequence)

    def turns(self, after: int) -> Iterator[Turn]:
        return map(decode_turn, self._reader.read(self._area, after))

    def learn(self, until: int | None = None) -> None:
        """Bring the ledger up to a sequence, or to the log's end."""
        for turn in self.turns(self.ledger.sequence):
            if until is not None and turn.sequence > until:
                return
            self.ledger.learn(turn)

    def telling(self, until: int) -> Ledger:
        """What was known just behind a turn, so that a timeline reads the same every time."""
        if self._telling.sequence > until:
            self._telling = Ledger(self.divisions)
        for turn in self.turns(self._telling.sequence):
            if turn.sequence > until:
                break
            self._telling.learn(turn)
        return self._telling

    def folded(self, until: int) -> Area:
        """The state just behind a turn. Folded further where it can be, else from a checkpoint."""
        if self._folded.sequence > until:
            self._folded = Area(self._area, self.divisions)
        near = checkpoints.found(self._folder, self._area, until)
        if near and near[0].sequence > self._folded.sequence:
            self._folded = self._nearest(until)
        return fold_on(self._folded, self._reader, until)

    def present(self) -> Area:
        """The state at the log's end."""
        if self._present is None:
            self._present = self._nearest(None)
        return fold_on(self._present, self._reader)

    def _nearest(self, until: int | None) -> Area:
        return nearest(self._folder, self._trees, self._reader, self._area, until)

    def openings(self) -> list[tuple[int, SealedTextOpened]]:
        """Every opening of a sealed text with its turn, in order. What was read is not read again;
        a turn without one is told by its bytes, and never decoded."""
        for stored in self._reader.read(self._area, self._looked_at):
            self._looked_at += 1
            if SEALED_OPENED in stored:
                turn = decode_turn(stored)
                opened = (fact for fact in turn.facts if isinstance(fact, SealedTextOpened))
                self._openings += [(turn.sequence, fact) for fact in opened]
        return self._openings

    def standing(self, line: LineId) -> Area:
        """The state at the log's end; of what has left it, that before the key was destroyed."""
        incident = self.ledger.demands[self.ledger.lines[line].demand].incident
        destroyed = self.ledger.destroyed.get(incident)
        return self.present() if destroyed is None else self.folded(destroyed - 1)

    def close(self) -> None:
        self._reader.close()


_logs: dict[Query, Log] = {}


def begin() -> None:
    """Make this process a quiet neighbor of the server's: it yields, and Ctrl-C is not for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    Thread(target=_end_with_the_server, daemon=True).start()
    gc.freeze()


def _end_with_the_server() -> None:
    """A server that was killed can tell nobody; its pool would wait for it for ever."""
    server = parent_process()
    if server is not None:
        server.join()
        os._exit(1)


def _log(query: Query) -> Log:
    if query not in _logs:
        for log in _logs.values():
            log.close()
        _logs.clear()
        _logs[query] = Log(query)
    return _logs[query]


def head(query: Query, sequence: int) -> str:
    """The hash of a turn: whoever holds it can tell later whether the log before it is the same."""
    return digest(_log(query).stored(sequence))


def timeline(query: Query, scope: Scope, after: int, limit: int) -> bytes:
    """Up to `limit` entries behind a sequence, as JSON."""
    log = _log(query)
    ledger = log.telling(after)
    entries: list[Entry] = []
    for looked_at, turn in enumerate(log.turns(after), 1):
        made = entry(ledger, turn, scope)
        if made is not None:
            entries.append(made)
        if len(entries) == limit or looked_at == TURNS_MAX:
            return _told(query, scope, entries, turn.sequence)
    return _told(query, scope, entries, None)


def openings(query: Query, since: Instant, until: Instant) -> list[Opened]:
    """Openings in `since` ≤ t < `until`, the newest first, with the names that accounts have."""
    found = [one for one in _log(query).openings() if since <= one[1].at < until]
    names = names_of(query.folder, (fact.account for _, fact in found))
    return [
        Opened(sequence, fact.at, fact.account, names.get(fact.account), fact.demand, fact.reason)
        for sequence, fact in reversed(found)
    ]


def _told(query: Query, scope: Scope, entries: list[Entry], next: int | None) -> bytes:
    """As JSON. Who acted is named to desks and reviewers; an account outlives its name."""
    if scope.divisions:
        names = names_of(query.folder, (made.actor for made in entries))
        entries = [replace(made, actor_name=names.get(made.actor)) for made in entries]
    return msgspec.json.encode(Timeline(entries, next))


def reasons(
    query: Query, scope: Scope, operation: OperationId, line: LineId, organization: OrganizationId
) -> bytes | None:
    """Why (not) an organization was asked for a line, as JSON; None where it is out of scope."""
    log = _log(query)
    log.learn()
    known = log.ledger.lines.get(line)
    if known is None:
        return None
    if not _may_ask(log, scope, log.ledger.demands[known.demand].division, organization):
        return None
    area = log.standing(line)
    answer = _why(area, operation, line, organization)
    sequence, decided = log.ledger.decided.get(line, (0, None))
    if answer is not None and not answer.asked:
        area = log.folded(sequence)  # 0: nobody has been looked for yet
        answer = _why(area, operation, line, organization)
    if answer is None:
        return None
    return msgspec.json.encode(_answer(answer, decided, area.sequence))


def _why(
    area: Area, operation: OperationId, line: LineId, organization: OrganizationId
) -> Why | None:
    found = area.operation(operation)
    return None if found is None else why(area, found, line, organization, area.at)


def _may_ask(log: Log, scope: Scope, division: DivisionCode, organization: OrganizationId) -> bool:
    """A desk and a reviewer about anybody for their own lines; an organization about itself."""
    if organization in scope.organizations:
        known = log.ledger.organizations.get(organization)
        return known is not None and same_county(log.divisions, known.home, division)
    return any(log.divisions.contains(held, division) for held in scope.divisions)


def _answer(found: Why, decided: Decided | None, sequence: int) -> Answer:
    """How many were considered: when it was asked, else when somebody was looked for last."""
    looked = found.offer or decided
    return Answer(
        asked=found.asked,
        gate=None if found.gate is None else found.gate.value,
        until=found.until,
        meters=found.meters,
        words=Text(found.words.zh, found.words.en),
        considered=0 if looked is None else looked.considered,
        gates=() if looked is None else looked.gates,
        sequence=sequence,
    )
