"""A second bookkeeping of people and needs, made from facts alone: what the laws compare with.

It shares no code with the rules: the numbers are those of the decisions, typed out once more.
`tests.streams.crews` keeps the crews.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from schemas import facts as f
from schemas import registry_facts as r
from schemas.turns import Turn
from tests.streams import book_crews, book_demands, book_registry, book_waiting, book_zones
from tests.streams.book_crews import no_crew
from tests.streams.book_entries import Ask, Line, Need, Pair, Pause, Team
from tests.streams.book_zones import Shut
from tests.streams.crews import Crews

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
ANSWER = {1: 3 * MINUTE, 2: 5 * MINUTE, 3: 15 * MINUTE, 4: 60 * MINUTE}
REACHING = {1: MINUTE // 2, 2: MINUTE // 2, 3: 2 * MINUTE, 4: 2 * MINUTE}
UNREACHED = {1: 10 * MINUTE, 2: 30 * MINUTE, 3: 30 * MINUTE, 4: 30 * MINUTE}
SILENT_P1 = (5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE)
CLIMB = {1: 3 * MINUTE, 2: 10 * MINUTE, 3: HOUR, 4: HOUR}
AIM = {1: Fraction(95, 100), 2: Fraction(90, 100), 3: Fraction(80, 100), 4: Fraction(60, 100)}
LACKING = ("no_crew", "equipment")


class Books:
    """Everything that the laws want to know, learned fact by fact."""

    def __init__(self) -> None:
        self.teams: dict[str, Team] = {}
        self.needs: dict[str, Need] = {}
        self.lines: dict[str, Line] = {}
        self.asks: dict[str, Ask] = {}
        self.pairs: dict[tuple[str, str], Pair] = {}
        self.open_asks: dict[str, Ask] = {}
        self.counted: dict[str, list[tuple[str, int]]] = {}  # the daily cap's: demand and when
        self.answers: dict[str, tuple[int, int]] = {}  # by skill: asked to the end, yes
        self.channels = False  # whether any has ever handed an offer over
        self.crews = Crews()
        self.parked: list[Ask] = []
        self.zones: dict[str, Shut] = {}

    def learn(self, fact: f.Fact, turn: Turn) -> None:
        learner = _LEARNERS.get(type(fact))
        waiting = [ask for ask in self.parked if not self.missing(self.lines[ask.line])]
        if learner is not None:
            learner(self, fact, turn)
        self.crews.learn(fact, turn)
        for ask in waiting:
            _called(self, ask, turn.at)
        book_crews.withheld(self, turn)

    def shut(self, need: Need) -> bool:
        """Whether it lies where nobody goes."""
        return any(zone.holds(need) for zone in self.zones.values())

    def priority(self, line: Line) -> int:
        return self.needs[line.need].priority

    def missing(self, line: Line) -> int:
        need = self.needs[line.need]
        if need.leader is not None or need.draft:
            return 0  # another need is asked for in its place, or nobody yet
        covered = self.crews.working(line) + self.crews.delivered(line) + line.own
        return max(0, line.target - covered + self.crews.replacing(line))

    def asked(self, line: Line) -> list[Ask]:
        """Who is asked for the line; whoever is asked to relieve a crew of it is not, nor whoever
        cannot say yes yet."""
        asks = [ask for ask in self.open_asks.values() if ask.line == line.id]
        return [ask for ask in asks if ask.id not in self.crews.reliefs and not ask.unproved]

    def pair(self, line: Line, team: str) -> Pair:
        """Of the present round."""
        found = self.pairs.get((line.id, team))
        return found if found is not None and found.round == line.round else Pair(line.round)

    def free(self, team: str, skill: str) -> int:
        """Units that it may still give its word for."""
        left = self.teams[team].units.get(skill, 0) - self.crews.held(team, skill)
        most = self.teams[team].most
        return left if most is None else min(left, most - self.crews.held(team))

    def wave(self, line: Line) -> int:
        """The fewest to ask for somebody to say yes as surely as the priority aims at."""
        ended, yes = self.answers.get(line.skill, (0, 0))
        no = 1 - Fraction(yes + 1, ended + 2)
        allowed = 1 - AIM[self.priority(line)]
        return next((n for n in range(1, 8) if no**n <= allowed), 8)


def _said_first(books: Books, fact: f.DemandPublished | f.DemandDrafted, turn: Turn) -> None:
    words = (fact.risk_statement, fact.rally_point, fact.way_in)
    draft = isinstance(fact, f.DemandDrafted)
    release_at = fact.at if isinstance(fact, f.DemandDrafted) else fact.release_at
    need = Need(
        id=fact.demand, incident=fact.incident, place=fact.place, priority=fact.priority,
        words=words, release_at=release_at, scene=turn.sequence, lines=[],
        needed_by=fact.needed_by, draft=draft, decide_by=fact.at + CLIMB[fact.priority],
    )  # fmt: skip
    books.needs[fact.demand] = need
    _lines(books, need, fact.lines)


def _lines(books: Books, need: Need, added: Any) -> None:
    for one in added:
        wish = one.request
        line = Line(one.line, need.id, wish.skill, wish.grade, wish.target)
        line.hazardous, line.whole = wish.hazardous, wish.whole
        books.lines[line.id] = line
        need.lines.append(line.id)


def _amended(books: Books, fact: f.DemandAmended, turn: Turn) -> None:
    need = books.needs[fact.demand]
    words = (fact.risk_statement, fact.rally_point, fact.way_in)
    if (need.place, need.words) != (fact.place, words):
        need.scene = turn.sequence
    if fact.priority < need.priority:
        need.urgent = turn.sequence
    if need.needed_by != fact.needed_by:
        _needed_at_another_time(books, need, fact, turn)
    if fact.priority != need.priority:
        books.crews.urgency(need.lines, fact.priority, fact.at)
    if need.needed_by != fact.needed_by:
        books.crews.needed(need.lines, fact.needed_by, fact.priority, fact.at)
    need.needed_by = fact.needed_by
    if need.place.division != fact.place.division:
        _left_to_others(books, need)
    need.place, need.words, need.priority = fact.place, words, fact.priority
    sooner = min(need.release_at, fact.at + (0 if fact.priority <= 2 else MINUTE))
    need.release_at = max(fact.at, sooner)
    need.decide_by = min(need.decide_by, fact.at + CLIMB[fact.priority])
    for key, target in zip(need.lines, fact.targets, strict=True):
        if books.lines[key].open:
            books.lines[key].target = target
    _lines(books, need, fact.lines)


def _needed_at_another_time(books: Books, need: Need, fact: f.DemandAmended, turn: Turn) -> None:
    """In half of the time it is urgent anew; whoever is asked has the time of the last word."""
    before, after = need.needed_by, fact.needed_by
    if before is not None and (after is None or (after - fact.at) * 2 < before - fact.at):
        need.urgent = turn.sequence
    asks = books.open_asks.values() if before != after else ()
    for ask in asks:
        if ask.line in need.lines:
            fourth = 0 if after is None else min((after - ask.sent_at) // 4, DAY // 2)
            usual = ANSWER[fact.priority]
            ask.answer_by = max(ask.answer_by, ask.sent_at + max(fourth, usual))


def _left_to_others(books: Books, need: Need) -> None:
    """The crew of the township that had it does not come with it."""
    for key in need.lines:
        if books.lines[key].open:
            books.lines[key].own = 0


def _taken_back(books: Books, fact: f.DemandTakenBack, turn: Turn) -> None:
    need = books.needs[fact.demand]
    need.place, need.scene = fact.place, turn.sequence
    _left_to_others(books, need)


def _looked(books: Books, fact: Any, turn: Turn) -> None:
    for key in getattr(fact, "lines", None) or (fact.line,):
        books.lines[key].wanted = books.wave(books.lines[key])


def _sent(books: Books, fact: f.OfferSent, turn: Turn) -> None:
    line = books.lines[fact.line]
    by_hand = fact.reason is not None
    ask = Ask(
        id=fact.offer, line=fact.line, team=fact.organization, priority=books.priority(line),
        round=line.round, quantity=fact.quantity, sent_at=fact.at, answer_by=fact.answer_by,
        by_hand=by_hand,
        unproved=line.hazardous and books.teams[fact.organization].unknown is not None,
    )  # fmt: skip
    if not by_hand:
        _looked(books, fact, turn)
        _count_asking(books, ask, line.need)
    pair = books.pair(line, ask.team)
    pair.newest = ask.id
    books.pairs[line.id, ask.team] = pair
    books.asks[ask.id] = books.open_asks[ask.id] = ask


def _received(books: Books, fact: f.CrewReceived, turn: Turn) -> None:
    """A crew that came by itself, as if it had been asked by hand just now."""
    line = books.lines[fact.line]
    ask = Ask(
        id=fact.offer, line=fact.line, team=fact.organization, priority=books.priority(line),
        round=line.round, quantity=fact.quantity, sent_at=fact.at, answer_by=fact.at,
        by_hand=True, unasked=True,
    )  # fmt: skip
    pair = books.pair(line, ask.team)
    pair.newest = ask.id
    books.pairs[line.id, ask.team] = pair
    books.asks[ask.id] = books.open_asks[ask.id] = ask


def _count_asking(books: Books, ask: Ask, need: str) -> None:
    """The cap counts demands of P3 and P4, each once; a repeat is none."""
    counted = books.counted.setdefault(ask.team, [])
    if ask.priority >= 3 and all(known != need for known, _ in counted):
        counted[:] = [*counted, (need, ask.sent_at)][-4:]


def _accepted(books: Books, fact: f.OfferAccepted, turn: Turn) -> None:
    """Fewer than it was asked for, and than is missing: what is left of it has a pause."""
    ask = books.asks[fact.offer]
    pause = Pause(fact.at, None, turn.sequence)
    if fact.quantity < min(ask.quantity, books.missing(books.lines[ask.line])):
        pause = Pause(fact.at + no_crew(ask.priority), "force", turn.sequence)
    _end(books, ask, "accepted", pause)


def _declined(books: Books, fact: f.OfferDeclined, turn: Turn) -> None:
    """Free from a time: then. Twice no: only upon a change. Else after a pause."""
    ask = books.asks[fact.offer]
    pair = books.pair(books.lines[ask.line], ask.team)
    declines = pair.declines + (ask.state != "declined")
    lacking = fact.reason.value in LACKING
    on = "force" if lacking else "scene"
    at: int | None = fact.at + (no_crew(ask.priority) if lacking else 4 * HOUR)
    if fact.free_from is not None:
        at = max(fact.free_from, fact.at + 10 * MINUTE)
    elif declines >= 2:
        at = None
    _end(books, ask, "declined", Pause(at, on, turn.sequence), declines=declines)
    if fact.free_from is not None:
        pair.free_from = at or 0


def _expired(books: Books, fact: f.OfferExpired, turn: Turn) -> None:
    """Longer with each silence; never before the time that it has named itself."""
    ask = books.asks[fact.offer]
    pair = books.pair(books.lines[ask.line], ask.team)
    silences, named = pair.silences + 1, pair.free_from
    if ask.priority == 1:
        after = SILENT_P1[min(silences, 4) - 1]
    else:
        after = min(2 * ANSWER[ask.priority] * 2 ** (silences - 1), DAY)
    pause = Pause(max(ask.answer_by + after, named), "force", turn.sequence)
    _end(books, ask, "no_answer", pause, silences=silences)
    pair.free_from = named


def until(books: Books, ask: Ask, at: int) -> int:
    """When its answer is due, reached now: longer by what that has taken, up to the bound. A
    routine request of the night has its time in the morning, unless it is needed before."""
    needed_by, clock = books.needs[books.lines[ask.line].need].needed_by, ask.sent_at + 8 * HOUR
    night = ask.priority == 4 and not 7 * HOUR <= clock % DAY < 22 * HOUR
    morning = (7 * HOUR - clock) % DAY if night else 0
    if needed_by is not None and needed_by < ask.sent_at + morning + ANSWER[ask.priority]:
        morning = 0
    left = 0 if needed_by is None else min((needed_by - ask.sent_at) // 4, DAY // 2)
    due = ask.sent_at + max(morning + ANSWER[ask.priority], left)
    taken = min(at - ask.sent_at, REACHING[ask.priority])
    return max(ask.answer_by, due + max(0, taken - morning))


def _reached(books: Books, fact: f.OfferReached, turn: Turn) -> None:
    ask = books.asks[fact.offer]
    ask.answer_by, ask.reached = until(books, ask, fact.at), True
    books.channels = books.channels or fact.by != "page"


def _unreachable(books: Books, fact: f.OfferUnreachable, turn: Turn) -> None:
    """Not silence, though it comes in rows as well; never before a time that it has named."""
    ask = books.asks[fact.offer]
    pair = books.pair(books.lines[ask.line], ask.team)
    silences, times, named = pair.silences, pair.unreached + 1, pair.free_from
    after = min(UNREACHED[ask.priority] * 2 ** (times - 1), 2 * HOUR)
    pause = Pause(max(fact.at + after, named), "reach", turn.sequence)
    counted = books.counted.setdefault(ask.team, [])
    own = (books.lines[ask.line].need, ask.sent_at)
    counted[:] = [one for one in counted if one != own]
    _end(books, ask, "unreachable", pause, silences=silences)
    pair.unreached, pair.free_from = times, named


def _stood_down(books: Books, fact: f.OfferStoodDown, turn: Turn) -> None:
    """Whom a desk sends home from a line that is short has a pause; others, thanked, have none."""
    ask, pause = books.asks[fact.offer], Pause(fact.at, None, turn.sequence)
    judged = fact.reason == "sent_home"
    short = books.missing(books.lines[ask.line])
    if fact.reason == "unsuited" or (judged and short):
        pause = Pause(fact.at + no_crew(ask.priority), "force", turn.sequence)
    _end(books, ask, "stood_down", pause)


def _standby(books: Books, fact: f.StandbyOffered, turn: Turn) -> None:
    """Who is parked where the line is short already waits for the desk alone."""
    ask = books.asks[fact.offer]
    line = books.lines[ask.line]
    ask.countered, ask.parked = fact.counter, ask.unasked and fact.by_desk
    short = ask.parked and books.missing(line) and not books.needs[line.need].held
    later = fact.at + (fact.minutes or 0) * 60_000 if fact.counter else fact.at
    pause = Pause(fact.at + 2 * HOUR if short else later, None, turn.sequence)
    _end(books, ask, "standby", pause)
    if ask.parked:
        books.parked.append(ask)


def _called(books: Books, ask: Ask, at: int) -> None:
    """The line is short again: whom its desk has parked there meanwhile may be asked at once."""
    line = books.lines[ask.line]
    pair = books.pair(line, ask.team)
    pause = pair.pause if pair.newest == ask.id and ask.state == "standby" else None
    if pause is not None and books.missing(line):
        again = max(at, books.needs[line.need].release_at)
        pair.pause = pause._replace(at=min(pause.at or again, again))


def _end(
    books: Books,
    ask: Ask,
    state: str,
    pause: Pause,
    declines: int | None = None,
    silences: int = 0,
) -> None:
    _count_answer(books, ask, state)
    ask.state, ask.pause = state, pause
    books.open_asks.pop(ask.id, None)
    pair = books.pairs[ask.line, ask.team]
    if pair.newest == ask.id:
        pair.pause, pair.silences, pair.unreached, pair.free_from = pause, silences, 0, 0
        pair.declines = pair.declines if declines is None else declines


def _count_answer(books: Books, ask: Ask, state: str) -> None:
    """Who was asked to the end, and who of them said yes, late or not."""
    if ask.unasked:
        return
    skill = books.lines[ask.line].skill
    ended, yes = books.answers.get(skill, (0, 0))
    heard = ask.reached or not books.channels
    tells = state in ("accepted", "declined", "standby") or (state == "no_answer" and heard)
    first = tells and not ask.counted
    ask.counted = ask.counted or first
    books.answers[skill] = (ended + first, yes + (state == "accepted"))


def _resumed(books: Books, fact: f.Resumed, turn: Turn) -> None:
    since = fact.at - fact.lost
    for ask in books.open_asks.values():
        left = ask.answer_by - max(since, ask.sent_at)
        ask.answer_by = fact.at + max(left, ANSWER[ask.priority] // 4)
    for need in books.needs.values():
        if need.open and need.release_at > since:
            need.release_at += fact.lost
        if need.draft:
            need.decide_by = max(need.decide_by + fact.lost, fact.quiet_until)


_LEARNERS: dict[type, Callable[[Books, Any, Turn], None]] = {
    **book_registry.LEARNERS,
    r.OrganizationRetired: lambda b, fact, _: setattr(b.teams[fact.organization], "retired", True),
    r.OrganizationReinstated: book_registry.reinstated,
    r.OrganizationsMerged: lambda b, fact, _: setattr(b.teams[fact.merged], "retired", True),
    r.OrganizationsSeparated: lambda b, fact, _: setattr(b.teams[fact.merged], "retired", False),
    f.DemandPublished: _said_first,
    f.DemandDrafted: _said_first,
    f.DemandAmended: _amended,
    f.DemandTakenBack: _taken_back,
    **book_waiting.LEARNERS,
    **book_zones.LEARNERS,
    f.DemandRefiled: book_demands.refiled,
    f.DemandClosed: book_demands.closed,
    f.DemandReopened: book_demands.reopened,
    f.DemandGrouped: book_demands.grouped,
    f.DemandUngrouped: book_demands.ungrouped,
    f.LineDropped: book_demands.dropped,
    f.OwnCrewSet: book_demands.own_crew,
    f.LineUnmet: _looked,
    f.LineInHand: _looked,
    f.LinesLookedAt: _looked,
    f.OfferSent: _sent,
    f.CrewReceived: _received,
    f.OfferAccepted: _accepted,
    f.OfferDeclined: _declined,
    f.YesOutdated: lambda b, fact, _: setattr(b.asks[fact.offer], "answer_by", fact.answer_by),
    f.OfferReached: _reached,
    f.OfferUnreachable: _unreachable,
    f.OfferExpired: _expired,
    f.OfferStoodDown: _stood_down,
    f.StandbyOffered: _standby,
    **book_crews.LEARNERS,
    f.Resumed: _resumed,
}
