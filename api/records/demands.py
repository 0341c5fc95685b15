"""One record as a demand of the log: what its commands are, as it is just then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypedDict

from api.records.reading import Reading
from schemas.commands import (
    AmendDemand,
    CloseDemand,
    DemandCommand,
    DropLine,
    NoteDemand,
    PublishDemand,
    ReopenDemand,
    SetOwnCrew,
)
from schemas.facts import (
    DemandAmended,
    DemandClosed,
    DemandPublished,
    DemandReopened,
    Fact,
    LineDropped,
    NumberedLine,
    OwnCrewSet,
)
from schemas.values import (
    CloseReason,
    DemandId,
    IncidentId,
    LineId,
    LineRequest,
    Sealed,
    SealedText,
)

NONE = DemandId("")  # before it is published
RUNNING_NOTE = "running_note"  # what a note's ciphertext is bound to, as the doors have it
NOTE_MOST = 2_000

Seal = Callable[[str, str], Sealed]
"""A field's text, sealed under the incident's key."""


@dataclass(slots=True)
class OpenLine:
    """A line as the log has it; `own`: units that an own crew has taken on."""

    id: LineId
    request: LineRequest
    public: bool = False
    own: int = 0
    dropped: bool = False


@dataclass(slots=True)
class Played:
    """A record's demand as far as the log has it."""

    reading: Reading
    id: DemandId = NONE
    revision: int = 1
    closed: bool = False
    taken: bool = False  # by its own crew, as far as its status says
    lines: list[OpenLine] = field(default_factory=list)

    def hear(self, facts: tuple[Fact, ...]) -> None:
        """Follow what its commands have led to."""
        for fact in facts:
            match fact:
                case DemandPublished():
                    self.id = fact.demand
                    self._add(fact.lines)
                case DemandAmended() if fact.demand == self.id:
                    self.revision = fact.revision
                    self._add(fact.lines)
                case DemandClosed() if fact.demand == self.id:
                    self.revision, self.closed, self.taken = fact.revision, True, False
                case DemandReopened() if fact.demand == self.id:
                    self.revision, self.closed = fact.revision, False
                    for line in self.lines:
                        line.own = 0
                case OwnCrewSet() if fact.demand == self.id:
                    self._line(fact.line).own = fact.quantity
                case LineDropped() if fact.demand == self.id:
                    self._line(fact.line).dropped = True

    def _line(self, id: LineId) -> OpenLine:
        return next(line for line in self.lines if line.id == id)

    def _add(self, numbered: Iterable[NumberedLine]) -> None:
        public = {line.request.skill for line in self.reading.lines if line.public}
        for one in numbered:
            self.lines.append(OpenLine(one.line, one.request, one.request.skill in public))

    # What is said of it

    def publish(self, incident: IncidentId, seal: Seal) -> PublishDemand:
        said = self.reading
        return PublishDemand(
            incident=incident,
            kind=said.kind,
            priority=said.priority,
            place=said.place,
            lines=tuple(line.request for line in said.lines),
            risk_statement=said.risk,
            rally_point=said.rally_point,
            **_sealed(said.texts, seal),
        )

    def amend(self, wanted: Reading, seal: Seal) -> Iterator[DemandCommand]:
        """What makes it say what the record says by now, if it is open and that is another."""
        before, self.reading = self.reading, wanted
        if self.closed or _asked(before) == _asked(wanted):
            return
        targets, added = self._targets(wanted)
        texts = {
            name: text for name, text in wanted.texts.items() if before.texts.get(name) != text
        }
        gone = [SealedText(name) for name in before.texts if name not in wanted.texts]
        yield AmendDemand(
            demand=self.id,
            revision=self.revision,
            kind=wanted.kind,
            priority=wanted.priority,
            place=wanted.place if wanted.place != before.place else None,
            targets=targets,
            lines=added,
            risk_statement=wanted.risk,
            rally_point=wanted.rally_point,
            removed=tuple(gone),
            **_sealed(texts, seal),
        )
        skills = {line.request.skill for line in wanted.lines}
        for line in [one for one in self.lines if not one.dropped]:
            if line.request.skill not in skills:
                yield DropLine(line=line.id)

    def _targets(self, wanted: Reading) -> tuple[tuple[int, ...], tuple[LineRequest, ...]]:
        """The targets of the lines that are there, and the lines that come beside them."""
        asked = {line.request.skill: line.request for line in wanted.lines}
        targets = []
        for line in self.lines:
            request = asked.pop(line.request.skill, None) if not line.dropped else None
            least, same = line.request.minimum, line.request.target
            targets.append(same if request is None else max(least, request.target))
        return tuple(targets), tuple(asked.values())

    def note(self, words: Iterable[str], seal: Seal) -> NoteDemand:
        text = "\n".join(words)[:NOTE_MOST]
        return NoteDemand(demand=self.id, text=seal(RUNNING_NOTE, text))

    # What is done about it

    def towards(self, stage: str) -> Iterator[DemandCommand]:
        """What leads to a stage: taken up by its own crew, done, or open again."""
        if stage == "done":
            if not self.closed:
                yield from self._crew(public=False)
                yield self.close(self.reading.reason)
            return
        if self.closed:
            yield ReopenDemand(demand=self.id, revision=self.revision)
        if stage == "taken_up":
            yield from self._crew(public=False)
        else:
            yield from self._crew(public=True)
            yield from self._crew_back()
        self.taken = stage == "taken_up"

    def close(self, reason: CloseReason) -> CloseDemand:
        return CloseDemand(demand=self.id, reason=reason, revision=self.revision)

    def mark(self, stage: str) -> str | None:
        """What is to be said of a step towards a stage, if it is none forward by one."""
        if stage == "done":
            return "back_filled" if not (self.closed or self.taken) else None
        if self.closed:
            return "reopened"
        return "taken_back" if self.taken and stage == "open" else None

    def _crew(self, public: bool) -> Iterator[SetOwnCrew]:
        """Lines taken on whole: all of them, or those that only a public crew can do."""
        for line in self.lines:
            wanted = line.request.target
            if not line.dropped and line.own != wanted and (line.public or not public):
                yield SetOwnCrew(line=line.id, units=wanted)

    def _crew_back(self) -> Iterator[SetOwnCrew]:
        for line in self.lines:
            if line.own and not line.public and not line.dropped:
                yield SetOwnCrew(line=line.id, units=0)


class SealedTexts(TypedDict, total=False):
    """What of a record is sealed, as commands have it."""

    address: Sealed
    note: Sealed
    contact: Sealed


def _sealed(texts: dict[str, str], seal: Seal) -> SealedTexts:
    found = SealedTexts()
    if "address" in texts:
        found["address"] = seal("address", texts["address"])
    if "note" in texts:
        found["note"] = seal("note", texts["note"])
    if "contact" in texts:
        found["contact"] = seal("contact", texts["contact"])
    return found


def _asked(reading: Reading) -> tuple[object, ...]:
    """What of a reading a demand says."""
    lines = tuple(line.request for line in reading.lines)
    words = (reading.risk, reading.rally_point, sorted(reading.texts.items()))
    return (reading.kind, reading.priority, reading.place, lines, words)
