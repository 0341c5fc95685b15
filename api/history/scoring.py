"""The score of an exercise: the review's own measures, beside those of others, and what of its
injects was noticed, and how soon.

Only what rows and the exercise's own file tell. Where a time cannot be known the reason stands in
its place; nobody is graded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import apsw
import msgspec

from api.history.exercises import Entry, Exercise, Exercises, Zone
from api.history.measuring import Measured, Span, measures, percentile
from api.history.reading import Sight
from api.history.store import opened
from api.history.tables import INCIDENTS
from geo.distance import ecef_centimeters, meters
from schemas.instruction_views import InstructionView
from schemas.values import LATEST, AreaId, IncidentId, Instant, Milliseconds, Mode
from schemas.views import IncidentRow
from streams.grouping import NO_RECOVERY

NOBODY: Final = "nobody_concerned"  # none of those whom it was about was asked, or was out
NOT_KEPT: Final = "not_kept"  # rows show it for a while only, and nobody has noted it
NOT_NAMED: Final = "not_named"  # who was to behave so was left to real people
NOT_TAKEN: Final = "not_taken"  # the doors refused it


class Noticed(msgspec.Struct, frozen=True):
    """What came of an inject. `about`: how many requests, crews or demands it met; `noticed`: how
    many of them somebody has done something about; `after`: how soon.

    `led_in`: of a closed zone, requests and arrivals there behind it. `why`: where it is not known.
    """

    key: str
    what: str
    at: Instant
    about: int
    noticed: int
    after: Span
    led_in: int | None = None
    why: str = ""


class Column(msgspec.Struct, frozen=True):
    """An exercise or an event: what it is called, and its measures; None where it had no line.

    `kind`: `this`, `exercise` (one before it) or `actual` (the last real event).
    """

    kind: str
    incident: IncidentRow
    name: str
    simulated: bool | None
    measured: Measured | None


class Score(msgspec.Struct, frozen=True):
    """Columns, this exercise first; a kind that is missing has not been yet."""

    columns: list[Column]
    noticed: list[Noticed]


class Offer(NamedTuple):
    """What counts of a request."""

    id: str
    line: str
    demand: str
    organization: str
    state: str
    by_desk: bool
    unasked: bool
    sent: Instant
    ended: Instant | None
    answer_by: Instant


class Crew(NamedTuple):
    """What counts of a crew."""

    id: str
    line: str
    demand: str
    organization: str
    offer: str
    unasked: bool
    committed: Instant
    promised: Instant
    arrived: Instant | None
    ended: Instant | None
    told: str


OFFERS: Final = """
SELECT id, line, demand, organization, state, by_desk, unasked, sent_at, ended_at, answer_by
FROM offers WHERE demand IN (SELECT id FROM demands WHERE area = ? AND incident = ?)
ORDER BY sent_at, id
"""
CREWS: Final = """
SELECT id, line, demand, organization, offer, unasked, committed_at, promised_at, arrived_at,
    ended_at, instructions
FROM assignments WHERE demand IN (SELECT id FROM demands WHERE area = ? AND incident = ?)
ORDER BY committed_at, id
"""
DEMANDS: Final = """
SELECT id, lon, lat, reason, closed_at, hand_up FROM demands WHERE area = ? AND incident = ?
"""
BEFORE: Final = """
SELECT * FROM incidents WHERE area = ? AND mode = ? AND opened_at < ? AND id != ?
    AND EXISTS (SELECT 1 FROM demands WHERE incident = incidents.id AND number > 0)
ORDER BY opened_at DESC LIMIT 1
"""


def score(data: Path, path: Path, area: AreaId, incident: IncidentId, sight: Sight) -> Score | None:
    """An exercise's score; None where there is no such exercise within sight.

    `data`: where its file is. HistoryUnfit where there is no history that can be read.
    """
    kept = Exercises(data)
    with opened(path) as file:
        row = _incident(file, "SELECT * FROM incidents WHERE area = ? AND id = ?", (area, incident))
        if row is None or row.mode is not Mode.EXERCISE or row.division not in sight.divisions:
            return None
        found = [("this", row)]
        for kind, mode in (("exercise", Mode.EXERCISE), ("actual", Mode.ACTUAL)):
            before = _incident(file, BEFORE, (area, mode, row.opened_at, row.id))
            if before is not None and before.division in sight.divisions:
                found.append((kind, before))
        own = kept.of(row.id)
        noticed = [] if own is None else list(_Play(file, area, own).noticed())
    columns = [_column(kind, one, kept, (path, area, sight)) for kind, one in found]
    return Score(columns, noticed)


def _incident(file: apsw.Connection, asked: str, about: tuple[Any, ...]) -> IncidentRow | None:
    for values in file.execute(asked, about):
        return msgspec.convert(INCIDENTS.row(values), IncidentRow, strict=False)
    return None


def _column(
    kind: str, row: IncidentRow, kept: Exercises, where: tuple[Path, AreaId, Sight]
) -> Column:
    path, area, sight = where
    found = measures(path, area, row.operation, sight, row.opened_at, LATEST)
    own = (one for one in found.groups if (one.by, one.key) == ("incident", row.id))
    known = kept.of(row.id)
    name, simulated = ("", None) if known is None else (known.name, known.simulated)
    return Column(kind, row, name, simulated, next(own, None))


class _Play:
    """What history has of one exercise, held against what was put into it."""

    def __init__(self, file: apsw.Connection, area: AreaId, exercise: Exercise) -> None:
        about = (area, exercise.incident)
        self._exercise = exercise
        self._offers = [Offer._make(row) for row in file.execute(OFFERS, about)]
        self._crews = [Crew._make(row) for row in file.execute(CREWS, about)]
        self._demands = {str(row[0]): row[1:] for row in file.execute(DEMANDS, about)}

    def noticed(self) -> Iterator[Noticed]:
        for entry in sorted(self._exercise.entries.values(), key=lambda one: one.at):
            if entry.what != "demand":
                yield self._noticed(entry)

    def _noticed(self, entry: Entry) -> Noticed:
        if entry.refused and not entry.subjects:
            return _unknown(entry, NOT_TAKEN)
        if entry.lasts and not entry.who:
            return _unknown(entry, NOT_NAMED)
        led_in = self._led_in(entry) if entry.zone is not None else None
        waits = _WAITS.get(entry.what)
        if waits is None:
            return _unknown(entry, NOT_KEPT)
        found = list(waits(self, entry))
        after = sorted(wait for wait in found if wait is not None)
        span = Span(len(after), percentile(after, 50), percentile(after, 90))
        why = "" if found else NOBODY
        return Noticed(entry.key, entry.what, entry.at, len(found), len(after), span, led_in, why)

    # How long each took; None: nobody has done anything

    def _flood(self, entry: Entry) -> Iterator[Milliseconds | None]:
        """Until each false report was closed as what it was."""
        for id in entry.subjects:
            _, _, reason, closed_at, _ = self._demands.get(id, (0, 0, None, None, ""))
            yield closed_at - entry.at if reason in NO_RECOVERY and closed_at else None

    def _hand_up(self, entry: Entry) -> Iterator[Milliseconds | None]:
        """Until the desk above has given its word."""
        for id in entry.subjects:
            told = msgspec.json.decode(self._demands[id][-1] or "null")
            answered = told is not None and told["state"] != "waiting"
            yield told["at"] - entry.at if answered else None

    def _told(self, entry: Entry) -> Iterator[Milliseconds | None]:
        """Until each crew that was told has acknowledged it."""
        what = "zone_closed" if entry.zone is not None else entry.what
        for crew in self._crews:
            for view in msgspec.json.decode(crew.told, type=list[InstructionView]):
                ours = view.at <= entry.at and (crew.id in entry.subjects or view.at == entry.at)
                if ours and view.what == what:
                    read = view.acknowledged_at
                    yield None if read is None else read - view.at

    def _silence(self, entry: Entry) -> Iterator[Milliseconds | None]:
        """From when the time to answer was over until they were called, or others were asked."""
        for offer in self._asked(entry):
            if offer.by_desk and offer.ended is not None:
                yield max(0, offer.ended - offer.answer_by)
            elif offer.state in ("no_answer", "unreachable") and offer.ended is not None:
                yield self._next(offer.line, offer.ended)

    def _declined(self, entry: Entry) -> Iterator[Milliseconds | None]:
        """From a no until somebody else was asked for the line."""
        for offer in self._asked(entry):
            if offer.state == "declined" and offer.ended is not None:
                yield self._next(offer.line, offer.ended)

    def _missing(self, entry: Entry) -> Iterator[Milliseconds | None]:
        """From when a crew should have been there until somebody else was asked, or it was let go;
        those that came before anybody had to are left out."""
        for crew in self._crews:
            inside = entry.at <= crew.committed < entry.at + entry.lasts
            if not inside or crew.organization not in entry.who:
                continue
            until = crew.arrived or LATEST
            asked = self._next(crew.line, crew.promised)
            ended = crew.ended - crew.promised if crew.ended else None
            waits = [one for one in (asked, ended) if one is not None and one >= 0]
            wait = min(waits, default=None)
            if wait is not None and crew.promised + wait < until:
                yield wait
            elif crew.arrived is None or crew.arrived > crew.promised:
                yield None

    def _silent(self, entry: Entry) -> Iterator[Milliseconds | None]:
        """From when a crew was missed until its word came, by whomever."""
        for silent in self._exercise.silent.values():
            if silent.organization in entry.who and silent.missed_at >= entry.at:
                heard = silent.heard_at
                yield None if heard is None else heard - silent.missed_at

    def _volunteers(self, entry: Entry) -> Iterator[Milliseconds | None]:
        """From an offer of help until it was taken."""
        crews = {crew.offer: crew.committed for crew in self._crews}
        for offer in self._offers:
            if offer.unasked and offer.organization in entry.who and offer.sent >= entry.at:
                taken = crews.get(offer.id)
                yield None if taken is None else taken - offer.sent

    def _asked(self, entry: Entry) -> Iterator[Offer]:
        """Requests to those whom an inject is about, while it lasts."""
        for offer in self._offers:
            inside = entry.at <= offer.sent < entry.at + entry.lasts
            if inside and offer.organization in entry.who and not offer.unasked:
                yield offer

    def _next(self, line: str, since: Instant) -> Milliseconds | None:
        """How long after a time somebody was asked for a line."""
        times = (one.sent for one in self._offers if one.line == line and one.sent >= since)
        first = min(times, default=None)
        return None if first is None else first - since

    def _led_in(self, entry: Entry) -> int:
        """Requests sent for what lies in a closed zone, and crews that came there, afterwards."""
        assert entry.zone is not None
        inside = [id for id, row in self._demands.items() if _within(entry.zone, row[0], row[1])]
        asked = [one for one in self._offers if one.demand in inside and one.sent > entry.at]
        came = [
            one
            for one in self._crews
            if one.demand in inside and one.arrived is not None and one.arrived > entry.at
        ]
        return len(asked) + len(came)


_Waits = Callable[[_Play, Entry], Iterator[Milliseconds | None]]
_WAITS: Final[dict[str, _Waits]] = {
    "road_cut": _Play._told,
    "withdraw": _Play._told,
    "false_flood": _Play._flood,
    "hand_up": _Play._hand_up,
    "volunteer": _Play._volunteers,
    "silence": _Play._silence,
    "outage": _Play._silence,
    "decline": _Play._declined,
    "late": _Play._missing,
    "never_comes": _Play._missing,
    "silent_on_scene": _Play._silent,
}


def _unknown(entry: Entry, why: str) -> Noticed:
    return Noticed(entry.key, entry.what, entry.at, 0, 0, Span(0, None, None), None, why)


def _within(zone: Zone, lon: int, lat: int) -> bool:
    one, other = ecef_centimeters(zone.lon, zone.lat), ecef_centimeters(lon, lat)
    squared = sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
    return meters(squared) <= zone.radius
