"""A model of asking, written from the decisions (45 to 50) and docs/asking.md, not from the rules.

One general skill and one-line demands, all at one place; organizations differ in how far away
they are. Plain values, no indexes and no events: whatever can be counted is counted anew. What
people do is in `asking_acts.py`; `test_asking_model.py` holds the rules against both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Id = Any  # the world's ids, in which the model reads nothing
MINUTE = 60_000
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
REACH = 30_000  # meters
METERS_A_MINUTE = 25_000 // 60
ANSWER = {1: 3 * MINUTE, 2: 5 * MINUTE, 3: 15 * MINUTE, 4: HOUR}
REACHING = {1: MINUTE // 2, 2: MINUTE // 2, 3: 2 * MINUTE, 4: 2 * MINUTE}
UNREACHED = {1: 10 * MINUTE, 2: 30 * MINUTE, 3: 30 * MINUTE, 4: 30 * MINUTE}
HELD_BACK = {1: 0, 2: 0, 3: MINUTE, 4: MINUTE}
AIM = {1: 95, 2: 90, 3: 80, 4: 60}  # percent
RETRY = {1: 2 * MINUTE, 2: 5 * MINUTE, 3: 15 * MINUTE, 4: 30 * MINUTE}
RETRY_MOST = {1: 5 * MINUTE, 2: 30 * MINUTE, 3: 30 * MINUTE, 4: 30 * MINUTE}
GRACE = {1: 10 * MINUTE, 2: 20 * MINUTE, 3: HOUR, 4: 2 * HOUR}
NO_CREW = {1: 30 * MINUTE, 2: 2 * HOUR, 3: 2 * HOUR, 4: 2 * HOUR}
SILENT_P1 = (5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE)
OF_FORCE = ("no_crew", "equipment")  # noes that new units or a new duty end
CONFIRMING = ("met", "partly_met_accepted", "incident_closed")
Bar = tuple[str | None, int | None]  # what keeps a team from being asked, and until when


@dataclass(eq=False)
class Team:
    """An organization. `demands`: the last four of P3 and P4 that count for the daily cap."""

    key: Id
    away: int
    units: int
    on_duty: bool = True
    stated: int = 0  # the turn in which its units or its duty were last said
    restored: int = 0  # the turn in which it could be reached again
    demands: dict[str, int] = field(default_factory=dict)


@dataclass(eq=False)
class Need:
    """A demand with its one line. `look`: when it looks for people; `hungry`: it found too few."""

    key: Id
    demand: Id
    priority: int
    target: int
    released: int
    look: int | None
    scene: int
    urgent: int = 0
    open: bool = True
    round: int = 1
    delivered: int = 0
    hungry: bool = False
    lacking: int = 0
    gates: frozenset[str] = frozenset()
    opens: int | None = None  # when time alone opens the first gate
    fruitless: int = 0


@dataclass(eq=False)
class Request:
    """One team asked for one line. `until`: its answer's time; for a standby, the desk's."""

    need: Need
    team: Team
    priority: int
    quantity: int
    at: int
    until: int
    by_hand: bool
    round: int
    name: Id = ""  # the world's, by which ties fall
    state: str = "sent"
    reason: str | None = None
    answered: int = 0
    minutes: int | None = None
    said_at: int = 0  # when a standby has said yes
    reached: bool = False
    pooled: bool = False  # counted among the answers of everybody


@dataclass(eq=False)
class Pair:
    """What came of asking a team for a line in a round, and when or on what it is asked again."""

    request: Request
    again: int | None = None
    on: str | None = None
    turn: int = 0
    noes: int = 0
    silences: int = 0
    unreached: int = 0  # times in a row
    free_from: int | None = None  # as it has said itself, in silence ever since


@dataclass(eq=False)
class Crew:
    request: Request
    quantity: int
    promised: int
    late_at: int | None
    overdue: bool = False
    doubted: bool = False
    arrived: bool = False
    reported: bool = False


@dataclass(frozen=True)
class Cover:
    working: int
    delivered: int
    doubtful: int
    replacing: int


def answer_by(priority: int, at: int) -> int:
    """Routine requests of the night, 22 to 7 in China, have their time from the morning on."""
    clock = (at + 8 * HOUR) % DAY
    if priority == 4 and not 7 * HOUR <= clock < 22 * HOUR:
        at += (7 * HOUR - clock) % DAY
    return at + ANSWER[priority]


class Model(ABC):
    """What is true, and how lines look for people. `turn` rises with every act and every tick."""

    def __init__(self) -> None:
        self.now, self.turn = 0, 0
        self.teams: dict[str, Team] = {}
        self.needs: dict[str, Need] = {}
        self.requests: list[Request] = []
        self.crews: list[Crew] = []  # those at work
        self.pairs: dict[tuple[str, str, int], Pair] = {}
        self.answers, self.yes = 0, 0  # of everybody together
        self.channels = False  # whether any has ever handed a request over
        self.desk_again: Callable[[str], int | None] = lambda _line: None  # its desk is asked then
        self.able: dict[str, int] = {}  # who may have become able, and since when

    def open_requests(self, need: Need | None = None, team: Team | None = None) -> list[Request]:
        found = [one for one in self.requests if one.state == "sent"]
        found = [one for one in found if need is None or one.need is need]
        return [one for one in found if team is None or one.team is team]

    def crews_of(self, need: Need) -> list[Crew]:
        return [crew for crew in self.crews if crew.request.need is need]

    def pair(self, need: Need, team: Team) -> Pair | None:
        return self.pairs.get((need.key, team.key, need.round))

    def cover(self, need: Need) -> Cover:
        crews = self.crews_of(need)
        return Cover(
            working=sum(crew.quantity for crew in crews),
            delivered=need.delivered,
            doubtful=sum(crew.quantity for crew in crews if crew.overdue and not crew.doubted),
            replacing=sum(crew.quantity for crew in crews if crew.doubted),
        )

    def short(self, need: Need) -> int:
        cover = self.cover(need)
        return max(0, need.target - cover.working - cover.delivered + cover.replacing)

    def uncommitted(self, team: Team) -> int:
        given = sum(crew.quantity for crew in self.crews if crew.request.team is team)
        return max(0, team.units - given)

    def free_for(self, team: Team, priority: int) -> int:
        """A less urgent request without an answer holds nothing."""
        asked = self.open_requests(team=team)
        held = sum(one.quantity for one in asked if one.priority <= priority)
        return max(0, self.uncommitted(team) - held)

    def wave(self, priority: int) -> int:
        """How many to ask so that somebody says yes; one yes in two before anybody has answered."""
        no, every = self.answers + 1 - self.yes, self.answers + 2
        enough = (n for n in range(1, 8) if 100 * no**n <= (100 - AIM[priority]) * every**n)
        return next(enough, 8)

    def gate(self, need: Need, team: Team) -> Bar:
        """What keeps a team from being asked, and until when; None where nothing does."""
        pair = self.pair(need, team)
        if team.away > REACH:
            return "distance", None
        if not team.on_duty:
            return "duty", None
        if pair is not None and pair.request.state == "sent":
            return "asked", None
        if pair is not None and self._pausing(pair):
            return "asked_before", pair.again
        if not self.free_for(team, need.priority):
            return "capacity", None
        return self._cap(need, team)

    def _pausing(self, pair: Pair) -> bool:
        need, team = pair.request.need, pair.request.team
        if (pair.silences or pair.unreached) and need.urgent > pair.turn:
            return False
        again = max(team.stated, team.restored)
        changed = {"force": team.stated, "scene": need.scene, "reach": again, None: 0}[pair.on]
        return changed <= pair.turn and (pair.again is None or self.now < pair.again)

    def counted(self, team: Team) -> dict[str, int]:
        """The demands of the last day of which the daily cap knows."""
        return {key: at for key, at in team.demands.items() if self.now < at + DAY}

    def _cap(self, need: Need, team: Team) -> Bar:
        today = self.counted(team)
        if need.priority <= 2 or len(today) < 4 or need.demand in today:
            return None, None
        return "daily_cap", sorted(today.values())[-4] + DAY

    def match(self) -> None:
        """The most urgent line first, then who waits longest; then who has become able."""
        while True:
            due = [one for one in self.needs.values() if one.look is not None]
            due = [one for one in due if (one.look or 0) <= self.now]
            if due:
                self._look(min(due, key=lambda one: (one.priority, one.look, one.key)))
            elif self.able:
                self._offer_itself(self.teams[min((at, key) for key, at in self.able.items())[1]])
            else:
                return

    def _enough(self, need: Need) -> bool:
        asked, short = [one.quantity for one in self.open_requests(need)], self.short(need)
        return not short or (sum(asked) >= short and len(asked) >= self.wave(need.priority))

    @abstractmethod
    def kept(self, need: Need) -> bool:
        """Whether a yes that was given before is taken up for it; an act, see `asking_acts`."""

    def _look(self, need: Need) -> None:
        """Take up what was said before, then ask team after team until it is enough, each for
        what it has of all that is missing."""
        if self.kept(need):
            return
        enough, short = self._enough(need), self.short(need)
        bars = [] if enough else [self.gate(need, team) for team in self.teams.values()]
        sent = 0
        for team in [] if enough else self._askable(need):
            self.ask(need, team, min(self.free_for(team, need.priority), short), by_hand=False)
            sent += 1
            if enough := self._enough(need):
                break
        if enough:
            self.rest(need)
        else:
            self._nobody(need, bars, sent)

    def _askable(self, need: Need) -> list[Team]:
        """Whoever was not asked in this round, then the nearest; what was taken back is none."""
        fit = [team for team in self.teams.values() if self.gate(need, team)[0] is None]

        def again(team: Team) -> bool:
            pair = self.pair(need, team)
            taken_back = ("stood_down", "demand_amended")
            return pair is not None and (pair.request.state, pair.request.reason) != taken_back

        return sorted(fit, key=lambda team: (again(team), team.away))

    def ask(self, need: Need, team: Team, quantity: int, *, by_hand: bool) -> None:
        until, round = answer_by(need.priority, self.now), need.round
        request = Request(need, team, need.priority, quantity, self.now, until, by_hand, round)
        self.requests.append(request)
        pair = self.pairs.setdefault((need.key, team.key, need.round), Pair(request))
        if pair.request.state == "standby":
            pair.request.state, pair.request.reason = "stood_down", "asked_anew"
        pair.request = request
        need.lacking = max(0, need.lacking - quantity)
        if need.priority > 2 and not by_hand and need.demand not in team.demands:
            team.demands = dict([*team.demands.items(), (need.demand, self.now)][-4:])

    def rest(self, need: Need) -> None:
        need.look, need.hungry, need.lacking, need.fruitless = None, False, 0, 0
        need.gates, need.opens = frozenset(), None

    def _nobody(self, need: Need, bars: list[Bar], sent: int) -> None:
        """Rarer while nothing changes; as soon as time makes somebody able."""
        missing = max(0, self.short(need) - sum(one.quantity for one in self.open_requests(need)))
        gates = frozenset(gate for gate, _ in bars if gate)
        opens = min((until for _, until in bars if until is not None), default=None)
        said = (need.lacking, need.gates, need.opens)
        same = need.hungry and not sent and said == (missing, gates, opens)
        need.fruitless = need.fruitless + 1 if same else 0
        pause = min(RETRY[need.priority] << min(need.fruitless, 8), RETRY_MOST[need.priority])
        shared = RETRY[need.priority] // 12  # looks fall on moments that far apart
        look = (self.now + pause) // shared * shared
        need.look = min(look, opens or look, self.desk_again(need.key) or look)
        need.hungry, need.lacking, need.gates, need.opens = True, missing, gates, opens

    def _offer_itself(self, team: Team) -> None:
        """Of the lines that found too few, the one with most need of the team looks at once.

        A line that can ask it only later, yet before it would look again, looks then.
        """
        wanting: list[Need] = []
        hungry = (one for one in self.needs.values() if one.hungry and (one.look or 0) > self.now)
        for need in sorted(hungry, key=lambda one: (one.priority, one.key)):
            if wanting and need.priority > wanting[0].priority:
                break
            gate, until = self.gate(need, team)
            if gate is None:
                wanting.append(need)
            elif until is not None and until < (need.look or 0):
                need.look, need.opens = until, min(until, need.opens or until)
        if wanting:
            self.wake(min(wanting, key=lambda one: (not one.lacking, one.key)), self.now)
        else:
            del self.able[team.key]

    def wake(self, need: Need, at: int) -> None:
        """A line that is short looks by then; what is held back stays so until it is released."""
        at = max(at, need.released)
        if need.open and self.short(need) and (need.look is None or need.look > at):
            need.look = at

    def may_be_able(self, team: Team) -> None:
        self.able.setdefault(team.key, self.now)
