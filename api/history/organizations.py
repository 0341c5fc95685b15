"""What each organization has done in a period: requests, answers, crews, hours, and how much of it.

By name, and never by rank: whoever declined had a reason, and nothing about it is a mark. What
counts is work for demands within the reader's sight.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import msgspec

from api.history.crews import CREWS, Crew
from api.history.reading import Sight
from api.history.store import mark_of, opened
from schemas.values import AreaId, DivisionCode, Instant, Milliseconds, OperationId

ASKED: Final = """
SELECT offers.organization, max(offers.organization_name), count(*),
    count(*) FILTER (WHERE offers.answered > 0),
    count(*) FILTER (WHERE offers.state = 'declined'),
    count(*) FILTER (WHERE offers.state = 'no_answer'),
    count(*) FILTER (WHERE offers.state = 'unreachable'), min(offers.sent_at)
FROM demands JOIN offers ON offers.demand = demands.id
WHERE demands.area = ? AND demands.operation = ? AND demands.number > 0
    AND demands.published_at >= ? AND demands.published_at < ?
    AND (demands.division IN (SELECT value FROM json_each(?))
        OR demands.sender IN (SELECT value FROM json_each(?)))
    AND NOT offers.unasked
GROUP BY offers.organization
"""
KNOWN: Final = """
SELECT id, name, home, capabilities, crews_most FROM organizations
WHERE area = ? AND id IN (SELECT value FROM json_each(?))
"""


class Effort(msgspec.Struct, frozen=True):
    """One organization's part.

    `requests`, and of these `yes`, `declined`, `silent` and `unreached`. `crews`, with those that
    came by themselves. `there`: their time on the scene, `unit_time` that times their units,
    `person_time` times their people, as far as these were told (`uncounted` crews were not).
    `used`: of the time that its units had in the period, how much they were away for it, in
    thousandths; None where its home, and so its strength, is out of sight.
    """

    organization: str
    name: str
    home: DivisionCode | None
    requests: int
    yes: int
    declined: int
    silent: int
    unreached: int
    crews: int
    there: Milliseconds
    unit_time: Milliseconds
    person_time: Milliseconds
    uncounted: int
    used: int | None


class Efforts(msgspec.Struct, frozen=True):
    """Everybody who was asked or came, by name; `begin`, `end`: the time that `used` is part of."""

    since: Instant
    until: Instant
    sequence: int
    begin: Instant
    end: Instant
    organizations: list[Effort]


class _Part:
    """What is gathered of one organization."""

    def __init__(self) -> None:
        self.name = ""
        self.answers = (0, 0, 0, 0, 0)
        self.crews: list[Crew] = []


def work(
    path: Path, area: AreaId, operation: OperationId, sight: Sight, since: Instant, until: Instant
) -> Efforts:
    """Of demands published in `since` ≤ t < `until`. HistoryUnfit where there is no history."""
    codes = msgspec.json.encode(sight.divisions).decode()
    about = (area, operation, since, until, codes, codes)
    parts: defaultdict[str, _Part] = defaultdict(_Part)
    begin = until
    with opened(path) as file:
        mark = mark_of(file, area)
        rows: Any = file.execute(ASKED, about)
        for id, name, *answers, first in rows:
            parts[id].name, parts[id].answers, begin = name, tuple(answers), min(begin, first)
        for crew in map(Crew._make, file.execute(CREWS, about)):
            parts[crew.organization].name = crew.name
            parts[crew.organization].crews.append(crew)
            begin = min(begin, crew.committed)
        ids = msgspec.json.encode(sorted(parts)).decode()
        known = {row[0]: row[1:] for row in file.execute(KNOWN, (area, ids))}
    sequence, now = (0, 0) if mark is None else (mark.sequence, mark.at)
    begin, end = min(begin, now), max(begin, min(now, until))
    found = [
        _worked(id, part, known.get(id), sight, (begin, end, now)) for id, part in parts.items()
    ]
    found.sort(key=lambda one: (one.home or "", one.name, one.organization))
    return Efforts(since, until, sequence, begin, end, found)


def _worked(
    id: str, part: _Part, known: Any, sight: Sight, times: tuple[Instant, Instant, Instant]
) -> Effort:
    begin, end, now = times
    there = [crew.there(now) for crew in part.crews]
    counted = [crew for crew in part.crews if crew.people is not None]
    name, home, capabilities, most = known or (part.name, None, "[]", None)
    requests, yes, declined, silent, unreached = part.answers
    return Effort(
        organization=id,
        name=name,
        home=home,
        requests=requests,
        yes=yes,
        declined=declined,
        silent=silent,
        unreached=unreached,
        crews=len(part.crews),
        there=sum(there),
        unit_time=sum(crew.there(now) * crew.quantity for crew in part.crews),
        person_time=sum(crew.there(now) * (crew.people or 0) for crew in counted),
        uncounted=len(part.crews) - len(counted),
        used=_used(part, _units(capabilities, most), (begin, end, now))
        if home in sight.divisions
        else None,
    )


def _units(capabilities: str, most: int | None) -> int:
    """How many units it can man at once."""
    units = sum(int(one["units"]) for one in msgspec.json.decode(capabilities))
    return units if most is None else min(units, most)


def _used(part: _Part, units: int, times: tuple[Instant, Instant, Instant]) -> int | None:
    begin, end, now = times
    had = units * (end - begin)
    if had <= 0:
        return None
    away = sum(crew.out(begin, end, now) * crew.quantity for crew in part.crews)
    return min(1_000, away * 1_000 // had)
