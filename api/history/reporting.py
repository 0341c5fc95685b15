"""The situation of an incident at one moment, as a report says it: 首报、续报、终报.

Counted in history within a reader's sight, all in one moment of the file. Numbers only: no name,
no number, no text that people have typed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from api.history.measuring import Measured, measures
from api.history.reading import Sight
from api.history.store import mark_of, opened
from api.history.tables import INCIDENTS
from api.history.waits import WITHDRAWN
from schemas.values import LATEST, AreaId, DivisionCode, IncidentId, Instant, OperationId
from schemas.views import IncidentRow

LISTED_MOST: Final = 12  # short lines that one page of A4 has room for


class Need(msgspec.Struct, frozen=True):
    """Units of one skill, over all lines but those that turned out not to be needed, each in its
    present round.

    `missing`: of open lines, what is still short of their target; `nobody`: of these, on lines for
    which nobody is asked, and nobody can be asked now.
    """

    skill: str
    wanted: int
    working: int
    delivered: int
    own: int
    missing: int
    nobody: int


class ShortLine(msgspec.Struct, frozen=True):
    """An open line that lacks units, with what is spoken of its demand.

    `asked`: requests that nobody has answered yet; `nobody`: there are none, and nobody can be
    asked for it now.
    """

    number: int
    kind: str
    division: DivisionCode
    priority: int
    skill: str
    missing: int
    asked: int
    nobody: bool
    since: Instant


class Work(msgspec.Struct, frozen=True):
    """Crews that are at work now: `people` as far as they were told, `unknown` crews without."""

    organizations: int
    crews: int
    people: int
    unknown: int


class Counted(msgspec.Struct, frozen=True):
    """So many: demands by state or reason, requests by state, tasks by domain and state."""

    key: str
    count: int


class Situation(msgspec.Struct, frozen=True):
    """An incident as of a turn of the log.

    `demands`: `published` (on hold, too), `draft`, or the reason for which they were closed; what
    was discarded as a draft was no demand. `helped`: organizations that have been on a scene so
    far. `clocks`: of its lines so far, None where there is none.
    """

    incident: IncidentRow
    sequence: int
    at: Instant
    demands: list[Counted]
    needs: list[Need]
    short: list[ShortLine]
    short_lines: int
    work: Work
    helped: int
    requests: list[Counted]
    tasks: list[Counted]
    clocks: Measured | None


SEEN: Final = """
SELECT id FROM demands WHERE area = ? AND incident = ?
    AND division IN (SELECT value FROM json_each(?))
"""
_NOT_NEEDED: Final = ", ".join(f"'{reason.value}'" for reason in WITHDRAWN)
DEMANDS: Final = f"""
SELECT ifnull(reason, CASE state WHEN 'on_hold' THEN 'published' ELSE state END) AS key, count(*)
FROM demands WHERE id IN ({SEEN}) AND (number > 0 OR state = 'draft') GROUP BY key
ORDER BY key != 'published', count(*) DESC, key
"""
MISSING: Final = "CASE WHEN open THEN max(target - covered, 0) ELSE 0 END"
NEEDS: Final = f"""
SELECT skill, sum(target), sum(working), sum(delivered), sum(own), sum({MISSING}),
    sum(CASE WHEN unmet AND NOT offers THEN {MISSING} ELSE 0 END)
FROM lines WHERE NOT dropped AND demand IN ({SEEN} AND number > 0
    AND (reason IS NULL OR reason NOT IN ({_NOT_NEEDED})))
GROUP BY skill ORDER BY sum({MISSING}) DESC, skill
"""
SHORT: Final = f"""
SELECT demands.number, demands.kind, demands.division, demands.priority, lines.skill,
    lines.target - lines.covered, lines.offers, lines.unmet AND NOT lines.offers, lines.opened_at,
    count(*) OVER ()
FROM lines JOIN demands ON demands.id = lines.demand
WHERE demands.id IN ({SEEN}) AND demands.number > 0 AND lines.open
    AND lines.covered < lines.target
ORDER BY demands.priority, lines.offers > 0, lines.opened_at, lines.id LIMIT {LISTED_MOST}
"""
WORK: Final = f"""
SELECT count(DISTINCT organization), count(*), ifnull(sum(people), 0), count(*) - count(people)
FROM assignments WHERE demand IN ({SEEN})
    AND state IN ('committed', 'en_route', 'on_scene', 'reported_done')
"""
HELPED: Final = f"""
SELECT count(DISTINCT organization) FROM assignments
WHERE demand IN ({SEEN}) AND (arrived_at IS NOT NULL OR state = 'released')
"""
REQUESTS: Final = f"""
SELECT state, count(*) FROM offers WHERE demand IN ({SEEN}) AND NOT unasked
GROUP BY state ORDER BY count(*) DESC, state
"""
TASKS: Final = """
SELECT domain || '.' || state, count(*) FROM tasks WHERE area = ? AND incident = ?
    AND division IN (SELECT value FROM json_each(?)) GROUP BY domain, state ORDER BY domain, state
"""


def situation(
    path: Path, area: AreaId, operation: OperationId, incident: IncidentId, sight: Sight
) -> Situation | None:
    """An incident's situation; None where there is no such incident in the operation.

    HistoryUnfit where there is no history that can be read.
    """
    codes = msgspec.json.encode(sight.divisions).decode()
    about = (area, incident, codes)
    with opened(path) as file:
        row = _incident(file, area, operation, incident)
        mark = mark_of(file, area)
        if row is None or mark is None:
            return None
        shorts: Any = file.execute(SHORT, about).fetchall()
        needs: Any = file.execute(NEEDS, about)
        work: Any = file.execute(WORK, about).fetchall()
        told: dict[str, Any] = {
            "demands": _counted(file, DEMANDS, about),
            "needs": [Need(*found) for found in needs],
            "short": [_short(found) for found in shorts],
            "short_lines": shorts[0][-1] if shorts else 0,
            "work": Work(*work[0]),
            "helped": file.execute(HELPED, about).fetchall()[0][0],
            "requests": _counted(file, REQUESTS, about),
            "tasks": _counted(file, TASKS, about),
        }
    clocks = _clocks(path, area, operation, row, sight)
    return Situation(incident=row, sequence=mark.sequence, at=mark.at, clocks=clocks, **told)


def _incident(
    file: apsw.Connection, area: AreaId, operation: OperationId, incident: IncidentId
) -> IncidentRow | None:
    asked = "SELECT * FROM incidents WHERE area = ? AND operation = ? AND id = ?"
    for found in file.execute(asked, (area, operation, incident)):
        return msgspec.convert(INCIDENTS.row(found), IncidentRow, strict=False)
    return None


def _short(found: Any) -> ShortLine:
    number, kind, division, priority, skill, missing, asked, nobody, since, _ = found
    return ShortLine(number, kind, division, priority, skill, missing, asked, bool(nobody), since)


def _counted(file: apsw.Connection, asked: str, about: tuple[str, ...]) -> list[Counted]:
    rows: Any = file.execute(asked, about)
    return [Counted(*found) for found in rows]


def _clocks(
    path: Path, area: AreaId, operation: OperationId, row: IncidentRow, sight: Sight
) -> Measured | None:
    """Its three clocks, of what was published since it was opened."""
    found = measures(path, area, operation, sight, row.opened_at, LATEST)
    own = (one for one in found.groups if (one.by, one.key) == ("incident", row.id))
    return next(own, None)
