"""Matters: what a desk whose page is closed is told of; read from `history.db`.

Each kind is one question to the rows as they are now, so what is over is told to nobody.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from api.reach.past import Past
from schemas.values import AreaId, DivisionCode, Mode


class Kind(StrEnum):
    """What a desk is told; matters of one kind go as one message."""

    UNABLE = "unable"  # a crew cannot do as it is instructed, and is to be called
    NOBODY = "nobody"  # an urgent demand is short, and nobody can be asked
    DRAFT = "draft"  # an urgent draft that its desk has not decided in time
    UNANSWERED = (
        "unanswered"  # an urgent demand of which its desk has not answered what it is asked
    )
    HANDED_UP = "handed_up"  # an urgent demand waits for the desk above
    GIVEN_BACK = "given_back"  # or for its own, since it was given back
    SILENT = "silent"  # a crew has missed its word
    UNREAD = "unread"  # or has not acknowledged an instruction in time
    BESIDE = "beside"  # a crew is where another one was told to leave, and was not told
    REPORT = "report"  # what a crew has found on the scene has no answer
    RELIEF = "relief"  # a crew is to be relieved, or to go on
    SHIFT = "shift"  # what was handed over nobody has taken in time


class Matter(NamedTuple):
    """Something that waits for a desk. `id`: of this one asking, so that the next is said anew.

    `desk`: of the division that is waited for; `climbed`: the desk above it is told at once, too.
    """

    kind: Kind
    id: str
    priority: int
    number: int  # of its demand; 0: a draft
    division: DivisionCode
    mode: Mode
    desk: DivisionCode
    climbed: bool
    what: str  # the demand's kind, the skill that it lacks, or its crew's
    missing: int = 0  # units that it lacks; of a relief, whether somebody was asked for it in vain


_DESK: Final = """
CASE json_extract(d.hand_up, '$.state') WHEN 'taken_on' THEN json_extract(d.hand_up, '$.by')
ELSE d.division END
"""
_GIVEN_BACK: Final = "coalesce(json_extract(d.hand_up, '$.state'), '') = 'given_back'"

_NOBODY: Final = f"""
SELECT 'nobody', 'nobody|' || d.id, d.priority, d.number, d.division, d.mode, {_DESK},
    d.climbed_at IS NOT NULL, l.skill, max(l.missing)
FROM lines l JOIN demands d ON d.id = l.demand
WHERE l.unmet = 1 AND l.open = 1 AND l.missing > 0 AND l.area = ? AND d.priority <= 2
    AND (d.priority = 1 OR d.nobody_at IS NOT NULL)
GROUP BY d.id ORDER BY min(l.opened_at), d.id
"""

_DRAFT: Final = f"""
SELECT 'draft', 'draft|' || d.id, d.priority, d.number, d.division, d.mode, {_DESK}, 1, d.kind, 0
FROM demands d
WHERE d.area = ? AND d.state = 'draft' AND d.climbed_at IS NOT NULL AND d.priority <= 2
ORDER BY d.climbed_at, d.id
"""

_UNANSWERED: Final = f"""
SELECT 'unanswered', 'unanswered|' || d.id || '|' || d.climbed_at, d.priority, d.number,
    d.division, d.mode, {_DESK}, 1, d.kind, 0
FROM demands d
WHERE d.area = ? AND d.state IN ('published', 'on_hold') AND d.climbed_at IS NOT NULL
    AND d.nobody_at IS NULL AND d.priority <= 2 AND NOT {_GIVEN_BACK}
ORDER BY d.climbed_at, d.id
"""

_HANDED_UP: Final = """
SELECT 'handed_up', 'handed_up|' || d.id || '|' || json_extract(d.hand_up, '$.at'), d.priority,
    d.number, d.division, d.mode, json_extract(d.hand_up, '$.by'),
    json_extract(d.hand_up, '$.climbed_at') IS NOT NULL, d.kind, 0
FROM demands d
WHERE d.area = ? AND d.state IN ('draft', 'published', 'on_hold') AND d.priority <= 2
    AND json_extract(d.hand_up, '$.state') = 'waiting'
ORDER BY json_extract(d.hand_up, '$.at'), d.id
"""

_BACK: Final = f"""
SELECT 'given_back', 'given_back|' || d.id || '|' || json_extract(d.hand_up, '$.at'), d.priority,
    d.number, d.division, d.mode, d.division, d.climbed_at IS NOT NULL, d.kind, 0
FROM demands d
WHERE d.area = ? AND d.state IN ('draft', 'published', 'on_hold') AND d.priority <= 2
    AND {_GIVEN_BACK} AND d.nobody_at IS NULL
    AND (d.climbs_at IS NOT NULL OR d.climbed_at IS NOT NULL)
ORDER BY json_extract(d.hand_up, '$.at'), d.id
"""

_CREW: Final = """
a.demand_number, a.division, a.mode, coalesce(a.taken_on, a.division)
"""
_AT_WORK: Final = "a.area = ? AND a.state IN ('committed', 'en_route', 'on_scene', 'reported_done')"

_SILENT: Final = f"""
SELECT 'silent', 'silent|' || a.id || '|' || a.missed_at, a.priority, {_CREW}, a.escalated,
    a.skill, 0
FROM assignments a WHERE {_AT_WORK} AND a.missed_at IS NOT NULL ORDER BY a.missed_at, a.id
"""

_UNABLE: Final = f"""
SELECT 'unable', 'unable|' || a.id || '|' || json_extract(i.value, '$.id') || '|' ||
    json_extract(i.value, '$.unable_at'), 1, {_CREW}, json_extract(i.value, '$.escalated'),
    a.skill, 0
FROM assignments a JOIN json_each(a.instructions) i
WHERE {_AT_WORK} AND json_extract(i.value, '$.unable_at') IS NOT NULL
    AND json_extract(i.value, '$.spoken_at') IS NULL
    AND json_extract(i.value, '$.lifted_at') IS NULL
ORDER BY json_extract(i.value, '$.unable_at'), a.id
"""

_UNREAD: Final = f"""
SELECT 'unread', 'unread|' || a.id || '|' || json_extract(i.value, '$.id'), a.priority, {_CREW},
    json_extract(i.value, '$.escalated'), a.skill, 0
FROM assignments a JOIN json_each(a.instructions) i
WHERE {_AT_WORK} AND json_extract(i.value, '$.missed_at') IS NOT NULL
    AND json_extract(i.value, '$.acknowledged_at') IS NULL
    AND json_extract(i.value, '$.lifted_at') IS NULL
ORDER BY json_extract(i.value, '$.missed_at'), a.id
"""

_BESIDE: Final = f"""
SELECT 'beside', 'beside|' || a.id || '|' || json_extract(a.beside, '$.instruction'), 1, {_CREW},
    json_extract(a.beside, '$.climbed_at') IS NOT NULL, a.skill, 0
FROM assignments a WHERE {_AT_WORK} AND json_extract(a.beside, '$.since') IS NOT NULL
    AND json_extract(a.beside, '$.stays') IS NULL
ORDER BY json_extract(a.beside, '$.since'), a.id
"""

# Of a crew that has gone as well: what it has found is there still.
_REPORT: Final = f"""
SELECT 'report', 'report|' || json_extract(r.value, '$.id'), a.priority, {_CREW}, 1, a.skill, 0
FROM assignments a JOIN json_each(a.reports) r
WHERE a.area = ? AND a.reports > '[]' AND json_extract(r.value, '$.escalated')
ORDER BY json_extract(r.value, '$.at'), a.id
"""

_RELIEF: Final = f"""
SELECT 'relief', 'relief|' || a.id || '|' || json_extract(a.relief, '$.due_at'), a.priority,
    {_CREW},
    json_extract(a.relief, '$.climbed_at') IS NOT NULL, a.skill,
    json_extract(a.relief, '$.offer') IS NOT NULL
FROM assignments a WHERE {_AT_WORK} AND json_extract(a.relief, '$.due_at') IS NOT NULL
ORDER BY json_extract(a.relief, '$.due_at'), a.id
"""

_SHIFT: Final = """
SELECT 'shift', 'shift|' || s.id || '|' || s.untaken_at, 3, 0, s.division, s.mode, s.division,
    s.climbed_at IS NOT NULL, '', 0
FROM shifts s WHERE s.area = ? AND s.untaken_at IS NOT NULL ORDER BY s.untaken_at, s.id
"""

_ASKED: Final = (
    *(_UNABLE, _NOBODY, _DRAFT, _UNANSWERED, _HANDED_UP, _BACK),
    *(_SILENT, _UNREAD, _BESIDE, _REPORT, _RELIEF, _SHIFT),
)


class Matters:
    """Reads what waits for the desks of one area."""

    def __init__(self, past: Past, area: AreaId) -> None:
        self._past, self._area = past, area

    def all(self) -> list[Matter]:
        """All that waits now, kind by kind, of each the oldest first."""
        rows = (row for asked in _ASKED for row in self._past.read(asked, self._area))
        return [msgspec.convert(row, Matter, strict=False) for row in rows]
