"""Why a team is not asked for a line: the closed list of reasons, each with its end.

Reads the laws' own books, never the rules. In the order in which a person would check.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from math import dist
from typing import Any, NamedTuple

from tests.streams.book_entries import Line, Team
from tests.streams.books import DAY, Books

REACH = {"registered": 30_000, "filed": 20_000, "village_guided": 10_000}  # meters
OF_GRADE = {"WATER": (300_000, 150_000, 100_000)}
CHINA = timezone(timedelta(hours=8))
CAP = 4
JUDGED = ("sent_home", "unsuited", "standby_over")  # its pause is no thanks


class Reason(NamedTuple):
    """`until`: when time alone ends it. `change`: what else does; a reason has one or both."""

    name: str
    until: int | None = None
    change: str | None = None


def reason(books: Books, line: Line, key: str, at: int) -> Reason | None:
    """Why the team may not be asked for the line now; None: it may."""
    team = books.teams[key]
    if books.shut(books.needs[line.need]):
        return Reason("zone_closed", None, "a word of the desk")
    return (
        unfit(books, line, key, at)
        or (None if team.on_duty else Reason("duty", None, "its duty"))
        or _away(team, at)
        or _asked(books, line, key, at)
        or _in_vain(books, line, team)
        or _busy(books, line, key, at)
        or _tired(books, line, key, at)
    )


def unfit(books: Books, line: Line, key: str, at: int) -> Reason | None:
    team = books.teams[key]
    if team.retired:
        return Reason("retired", None, "reinstated")
    if line.skill not in team.units:
        return Reason("skill", None, "its units")
    if meters(team, books.needs[line.need].place) > _reach(team, line, at):
        return Reason("distance", None, "a place")
    if line.grade is not None:
        if team.registration != "registered":
            return Reason("registration_class", None, "its class")
        lack = _uncertified(team, line.skill, line.grade, at)
        if lack is not None:
            return lack
    unsafe = _unsafe(team, at) if line.hazardous else None
    if unsafe is None and books.crews.unheard(key):
        return Reason("crew_silent", None, "its word")
    if unsafe is None and books.crews.leaving(key, line.need):
        return Reason("leaving", None, "a word of the desk")
    return unsafe


def _reach(team: Team, line: Line, at: int) -> int:
    """By its class; of graded skills as its own grade reaches, or as one of that grade would."""
    if line.grade is None:
        return REACH[team.registration]
    own = [
        word.grade
        for word, withdrawn in team.certificates.values()
        if word.skill == line.skill and _lack(word, withdrawn, line.grade, at) is None
    ]
    return OF_GRADE[line.skill][min(own, default=line.grade) - 1]


def _unsafe(team: Team, at: int) -> Reason | None:
    """What is known against it; whoever is unknown may be asked."""
    if team.adults is False:
        return Reason("adults", None, "its safeguards")
    if team.insured is not None and at >= midnight(team.insured) + DAY:
        return Reason("insurance", None, "its safeguards")
    return None


def _away(team: Team, at: int) -> Reason | None:
    """Until the first end of a leave, or beginning of hours, at which neither shuts."""
    found = _shut(team, at)
    if found is None:
        return None
    last = max([at, *(leave.ends for leave in team.leaves)])
    days = [midnight(_day(at)) + n * DAY for n in range((last - at) // DAY + 9)]
    begins = [day + shift.begins * 60_000 for day in days for shift in team.hours]
    for then in sorted({*begins, *(leave.ends for leave in team.leaves)}):
        if then > at and _shut(team, then) is None:
            return Reason(found, then)
    raise AssertionError("never open")


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, CHINA).date().isoformat()


def _shut(team: Team, at: int) -> str | None:
    if any(leave.begins <= at < leave.ends for leave in team.leaves):
        return "leave"
    now = datetime.fromtimestamp(at / 1000, CHINA)
    minute, today = now.hour * 60 + now.minute, now.isoweekday()
    for shift in team.hours:
        over = shift.ends <= shift.begins  # midnight
        if shift.day == today and shift.begins <= minute and (over or minute < shift.ends):
            return None
        if over and shift.day % 7 + 1 == today and minute < shift.ends:
            return None
    return "hours" if team.hours else None


def meters(team: Team, place: Any) -> float:
    one, other = ((p.x, p.y, p.z) for p in (team.place, place))
    return dist(one, other) / 100


def _uncertified(team: Team, skill: str, grade: int, at: int) -> Reason | None:
    """The nearest miss of all its certificates; of those not valid yet, the first one."""
    lacks = []
    for word, withdrawn in team.certificates.values():
        if word.skill == skill:
            lack = _lack(word, withdrawn, grade, at)
            if lack is None:
                return None
            lacks.append(lack)
    order = ("grade", "withdrawn", "expired", "not_yet")
    nearest = max(lacks, key=lambda one: (order.index(one[0]), -(one[1] or 0)), default=None)
    if nearest is None:
        return Reason("certificate_missing", None, "a certificate")
    return Reason(f"certificate_{nearest[0]}", nearest[1], "a certificate")


def _lack(word: object, withdrawn: bool, grade: int, at: int) -> tuple[str, int | None] | None:
    own, through, since = (getattr(word, n) for n in ("grade", "valid_through", "valid_from"))
    if own > grade:
        return "grade", None
    if withdrawn:
        return "withdrawn", None
    if at >= midnight(through) + DAY:
        return "expired", None
    return ("not_yet", midnight(since)) if since is not None and at < midnight(since) else None


def midnight(day: str) -> int:
    """The first millisecond of a day in China."""
    start = datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA)
    return int(start.timestamp()) * 1000


def _asked(books: Books, line: Line, key: str, at: int) -> Reason | None:
    pair = books.pair(line, key)
    if pair.newest in books.open_asks:
        return Reason("asked", None, "its answer")
    if pair.pause is None or changed(books, line, key):
        return None
    until, on, _ = pair.pause
    if until is not None and at >= until:
        return None
    return Reason("asked_before", until, on)


def changed(books: Books, line: Line, key: str) -> bool:
    """Whether the change that ends a pause has come; to whoever has not
    answered, more urgency is one, too."""
    pair, need = books.pair(line, key), books.needs[line.need]
    if pair.pause is None:
        return True
    if (pair.silences or pair.unreached) and need.urgent > pair.pause.turn:
        return True
    team = books.teams[key]
    reached = max(team.stated, team.restored)
    since = {"force": team.stated, "scene": need.scene, "reach": reached, None: 0}
    return since[pair.pause.on] > pair.pause.turn


def _in_vain(books: Books, line: Line, team: Team) -> Reason | None:
    """As many as it would ask are asked already who, like this one, cannot say yes yet."""
    if not line.hazardous or team.unknown is None:
        return None
    like = [ask for ask in books.open_asks.values() if ask.line == line.id and ask.unproved]
    return Reason(team.unknown, None, "its record") if len(like) >= books.wave(line) else None


def _busy(books: Books, line: Line, key: str, at: int) -> Reason | None:
    """Given away, asked for something as urgent, or at rest; of its skill, or of all together."""
    team, skill = books.teams[key], line.skill
    needed = line.target if line.whole else 1
    own = team.units[skill] - books.crews.held(key, skill) - _asked_for(books, line, key, skill)
    rests = books.crews.resting(key, skill, at)
    left = own - sum(units for units, _ in rests)
    crews = own
    if team.most is not None:
        crews = team.most - books.crews.held(key) - _asked_for(books, line, key, None)
        every = books.crews.resting(key, None, at)
        left, rests = min(left, crews - sum(units for units, _ in every)), rests + every
        if crews <= 0:
            return Reason("crews", None, "its units")
    if own <= 0:
        return Reason("capacity", None, "its units")
    if min(own, crews) < needed:
        return Reason("whole", None, "its units")
    return None if left >= needed else Reason("rest", min(until for _, until in rests))


def _asked_for(books: Books, line: Line, key: str, skill: str | None) -> int:
    """Units that open offers as urgent as the line hold."""
    return sum(
        ask.quantity
        for ask in books.open_asks.values()
        if ask.team == key
        and ask.priority <= books.priority(line)
        and skill in (None, books.lines[ask.line].skill)
    )


def _tired(books: Books, line: Line, key: str, at: int) -> Reason | None:
    if books.priority(line) < 3:
        return None
    recent = [one for one in books.counted.get(key, ()) if at < one[1] + DAY]
    if len(recent) < CAP or any(need == line.need for need, _ in recent):
        return None
    return Reason("daily_cap", recent[0][1] + DAY)


def short_lines(books: Books, at: int) -> Iterator[Line]:
    """Open, released, not on hold, and neither covered nor with enough teams asked."""
    for line in books.lines.values():
        need = books.needs[line.need]
        if not line.open or at < need.release_at or need.held or books.shut(need):
            continue
        missing = books.missing(line)
        asks = books.asked(line) if missing else []
        enough = sum(ask.quantity for ask in asks) >= missing and len(asks) >= line.wanted
        if missing and not enough:
            yield line
