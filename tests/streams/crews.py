"""The crews in the laws' own bookkeeping: who is at work on what, with how many units."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, get_args

from schemas import facts as f
from schemas.turns import Turn
from schemas.views import AssignmentRow
from tests.streams.book_zones import Shut
from tests.streams.crew_steps import OVER, after, in_danger

MINUTE, HOUR = 60_000, 3_600_000
GRACE = {1: 10 * MINUTE, 2: 20 * MINUTE, 3: 60 * MINUTE, 4: 120 * MINUTE}
REPLACED_AFTER = 5 * MINUTE
LEAVING = ("stop", "withdraw", "zone_closed")


class Spot(NamedTuple):
    """Where a demand lies."""

    incident: str
    place: Any


@dataclass
class Told:
    """An instruction that holds for a crew."""

    what: str
    since: int
    everybody: bool
    acknowledged: bool = False
    unable_at: int | None = None  # it cannot, and nobody has called it since


@dataclass
class Crew:
    """`late_at`: from when it is overdue; None once it is, or has arrived."""

    id: str
    offer: str
    line: str
    team: str
    skill: str
    round: int
    quantity: int
    promised_at: int
    late_at: int | None
    starts_at: int
    state: str = "committed"
    overdue: bool = False
    doubted: bool = False
    arrived: bool = False
    own_time: bool = False  # it has named a new one itself
    set_off_at: int | None = None
    arrived_at: int | None = None
    reported_at: int | None = None
    ended_at: int | None = None
    before: Crew | None = None
    turn: int = 0  # of its last step
    inside: int = 0  # in the danger zone
    missed: bool = False  # its check-in
    heard_at: int = 0  # its last word, or its desk's about it
    out: frozenset[str] = frozenset()  # told to leave by these, it has said that all of them are
    told_at: int = 0  # what it is told may have changed then
    told: dict[str, Told] = field(default_factory=dict)
    relieves: str | None = None  # whose place it is to take, as long as that one is there

    @property
    def live(self) -> bool:
        return self.state not in OVER

    @property
    def unheard(self) -> bool:
        """Nothing is heard of it, and it has people in danger."""
        return self.live and self.missed and self.inside > 0

    @property
    def withdrawing(self) -> bool:
        return any(told.what in LEAVING for told in self.told.values())

    @property
    def leaves_since(self) -> int:
        """Since when it is told to stop or to leave."""
        return min((one.since for one in self.told.values() if one.what in LEAVING), default=0)

    @property
    def called_out(self) -> bool:
        """To stop or to leave, and nobody has said yet that all of them have."""
        return self.live and self.state != "reported_done" and not self.leaving <= self.out

    @property
    def exposed(self) -> bool:
        """In danger, or told to leave, and not done with its work."""
        leaving = self.withdrawing and self.state != "reported_done"
        return self.live and (leaving or self.missed or self.inside > 0)

    @property
    def owes_out(self) -> bool:
        """The same, and that is read."""
        read = all(told.acknowledged for told in self.told.values() if told.what in LEAVING)
        return read and self.called_out

    @property
    def leaving(self) -> frozenset[str]:
        return frozenset(id for id, told in self.told.items() if told.what in LEAVING)

    @property
    def working(self) -> bool:
        """At work, or done with it; whoever is told to leave is neither, nor who relieves."""
        there = self.state == "reported_done" or not self.withdrawing
        return self.live and there and self.relieves is None


@dataclass
class Crews:
    rows: dict[str, Crew] = field(default_factory=dict)
    lines: dict[str, tuple[str, int]] = field(default_factory=dict)  # skill and round
    reports: dict[str, tuple[str, int]] = field(default_factory=dict)  # unanswered: crew, time
    demands: dict[str, str] = field(default_factory=dict)  # of lines
    priorities: dict[str, int] = field(default_factory=dict)  # of demands
    places: dict[str, Spot] = field(default_factory=dict)  # of demands
    turned: list[Crew] = field(default_factory=list)  # told to leave, or to go on, by a fact
    everybody: dict[str, tuple[str, Shut]] = field(default_factory=dict)  # what, and for whom
    reliefs: dict[str, str] = field(default_factory=dict)  # by offer: whose place it is about
    quiet_until: int = 0  # after a standstill
    of_line: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    of_team: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def learn(self, fact: Any, turn: Turn) -> None:
        match fact:
            case f.DemandPublished() | f.DemandDrafted() | f.DemandAmended():
                self._said(fact)
            case f.DemandTakenBack():
                self._placed(fact)
            case f.AssignmentCommitted():
                self._committed(fact)
            case f.DemandClosed():
                self._closed(fact)
            case f.Resumed():
                self._resumed(fact)
            case f.IncidentInstructed():
                self._everybody_told(fact)
            case f.InstructionLifted():
                self._lifted(fact)
            case _ if hasattr(fact, "assignment"):
                crew = self.rows[fact.assignment]
                moved = after(_remembering(crew, fact, turn), fact)
                if not isinstance(fact, NO_WORD):
                    moved = replace(moved, heard_at=fact.at, missed=False)
                self.rows[crew.id] = moved = in_danger(moved, fact)
                self._relieved(crew, moved, fact)
                self._told(crew, moved, fact)
                self._reported(fact)

    def _said(self, fact: f.DemandPublished | f.DemandDrafted | f.DemandAmended) -> None:
        self.demands.update({one.line: fact.demand for one in fact.lines})
        self.lines.update({one.line: (one.request.skill, 1) for one in fact.lines})
        self.priorities[fact.demand] = fact.priority
        self._placed(fact)

    def shown(self, row: AssignmentRow) -> None:
        """What a card says of danger behind a turn: a step undone, or an order lifted, changes it,
        too."""
        crew = self.rows[row.id]
        crew.missed, crew.inside = row.missed_at is not None, row.inside or 0

    def reopened(self, line: str, round: int) -> None:
        self.lines[line] = (self.lines[line][0], round)

    def _committed(self, fact: f.AssignmentCommitted) -> None:
        skill, round = self.lines[fact.line]
        crew = Crew(
            id=fact.assignment, offer=fact.offer, line=fact.line, team=fact.organization,
            skill=skill, round=round, quantity=fact.quantity,
            promised_at=fact.promised_at, late_at=fact.overdue_at, starts_at=fact.starts_at,
            relieves=self.reliefs.get(fact.offer),
        )  # fmt: skip
        self.rows[crew.id] = crew
        self._joined(crew, fact.at)
        self.of_line.setdefault((crew.line, round), []).append(crew.id)
        self.of_team.setdefault((crew.team, skill), []).append(crew.id)

    def _placed(self, fact: Any) -> None:
        """Where a demand lies by now; whoever is at work there is told what holds there."""
        incident = getattr(fact, "incident", None) or self.places[fact.demand].incident
        self.places[fact.demand] = Spot(incident, fact.place)
        for crew in self.rows.values():
            if crew.live and self.demands[crew.line] == fact.demand:
                self._joined(crew, fact.at)

    def _joined(self, crew: Crew, at: int) -> None:
        """At work, or again, or elsewhere: told what everybody there is told by now."""
        spot, before = self.places[self.demands[crew.line]], crew.withdrawing
        here = {id: what for id, (what, shut) in self.everybody.items() if shut.holds(spot)}
        for id in [id for id, told in crew.told.items() if told.everybody and id not in here]:
            del crew.told[id]
        for id, what in here.items():
            crew.told.setdefault(id, Told(what, at, everybody=True))
        self._going_on(crew, before, at)

    def _going_on(self, crew: Crew, before: bool, at: int) -> None:
        """Whoever goes on is not late before its grace is over."""
        crew.told_at = at
        if before != crew.withdrawing:
            self.turned.append(crew)
        if before and not crew.withdrawing and crew.late_at is not None:
            crew.late_at = max(crew.late_at, at + GRACE[self.priorities[self.demands[crew.line]]])

    def _everybody_told(self, fact: f.IncidentInstructed) -> None:
        self.everybody[fact.instruction] = (fact.what, Shut(fact.incident, fact.zone))
        for crew in self.rows.values():
            if crew.live:
                self._joined(crew, fact.at)

    def _told(self, before: Crew, crew: Crew, fact: Any) -> None:
        if isinstance(fact, f.CrewInstructed):
            leaving = crew.withdrawing
            crew.told[fact.instruction] = Told(fact.what, fact.at, everybody=False)
            self._going_on(crew, leaving, fact.at)
        elif isinstance(fact, f.InstructionAcknowledged):
            told = crew.told[fact.instruction]
            told.acknowledged = True
            told.unable_at = fact.at if fact.unable and not fact.by_desk else None
        elif crew.live and not before.live:
            self._joined(crew, fact.at)

    def _lifted(self, fact: f.InstructionLifted) -> None:
        self.everybody.pop(fact.instruction, None)
        for crew in self.rows.values():
            if fact.instruction in crew.told and crew.live:
                before = crew.withdrawing
                del crew.told[fact.instruction]
                self._going_on(crew, before, fact.at)

    def _relieved(self, before: Crew, crew: Crew, fact: Any) -> None:
        """The last that was asked takes its place; once it is gone, that one is like any other."""
        if isinstance(fact, f.ReliefAsked) or (before.live and not crew.live):
            self.reliefs = {key: one for key, one in self.reliefs.items() if one != crew.id}
        if isinstance(fact, f.ReliefAsked):
            self.reliefs[fact.offer] = crew.id
        if before.live and not crew.live:
            for one in self.rows.values():
                if one.relieves == crew.id:
                    one.relieves = None

    def _reported(self, fact: Any) -> None:
        """What nobody has answered yet."""
        if isinstance(fact, f.SceneReported) and fact.answer_by is not None:
            self.reports[fact.report] = (fact.assignment, fact.at)
        elif isinstance(fact, f.ReportAnswered):
            del self.reports[fact.report]

    def _closed(self, fact: f.DemandClosed) -> None:
        """What is over needs no answer."""
        for report, (crew, _) in list(self.reports.items()):
            if self.demands[self.rows[crew].line] == fact.demand:
                del self.reports[report]

    def _resumed(self, fact: f.Resumed) -> None:
        """Nobody is overdue for a while."""
        self.quiet_until = fact.quiet_until
        for crew in self.rows.values():
            if crew.live and crew.late_at is not None:
                crew.late_at = max(crew.late_at, fact.quiet_until)

    def urgency(self, lines: list[str], priority: int, at: int) -> None:
        """A demand is of another urgency: nobody is waited for longer than that allows."""
        for crew in self.rows.values():
            if crew.line not in lines or not crew.live or crew.arrived or crew.doubted:
                continue
            if not crew.overdue:
                crew.late_at = min(crew.late_at or at, crew.promised_at + GRACE[priority])
            elif priority != 1:
                crew.late_at = None
            elif crew.late_at is None:
                crew.late_at = at + REPLACED_AFTER

    def needed(self, lines: list[str], needed_by: int | None, priority: int, at: int) -> None:
        """Needed at another time: who has named none itself comes by it; on its way, no sooner."""
        for crew in self.rows.values():
            if crew.line not in lines or not crew.live or crew.arrived or crew.own_time:
                continue
            way, before = crew.promised_at - crew.starts_at, crew.promised_at
            since = at if crew.set_off_at is None else crew.set_off_at
            crew.promised_at = max(since + way, needed_by or 0)
            crew.starts_at = crew.promised_at - way
            if crew.promised_at != before:
                crew.late_at = crew.promised_at + GRACE[priority]
                crew.overdue = crew.doubted = False

    def on(self, line: Any) -> list[Crew]:
        """Every crew of the line's present round."""
        return [self.rows[key] for key in self.of_line.get((line.id, line.round), ())]

    def working(self, line: Any) -> int:
        return sum(crew.quantity for crew in self.on(line) if crew.working)

    def delivered(self, line: Any) -> int:
        return sum(crew.quantity for crew in self.on(line) if crew.state == "released")

    def doubtful(self, line: Any) -> int:
        return sum(
            crew.quantity
            for crew in self.on(line)
            if crew.working and crew.overdue and not crew.doubted
        )

    def replacing(self, line: Any) -> int:
        return sum(crew.quantity for crew in self.on(line) if crew.working and crew.doubted)

    def held(self, team: str, skill: str | None = None) -> int:
        """Units that a team has given its word for, of a skill or of all."""
        return sum(crew.quantity for crew in self._of(team, skill) if crew.live)

    def resting(self, team: str, skill: str | None, at: int) -> list[tuple[int, int]]:
        """Units that were more than 12 h at work, and until when they rest, 8 h."""
        crews = [crew for crew in self._of(team, skill) if crew.arrived_at and not crew.live]
        spans = [(crew, crew.reported_at or crew.ended_at or 0) for crew in crews]
        long = [(crew, over) for crew, over in spans if over - (crew.arrived_at or 0) > 12 * HOUR]
        return [(crew.quantity, over + 8 * HOUR) for crew, over in long if at < over + 8 * HOUR]

    def unheard(self, team: str) -> bool:
        """Whether it has people in danger of whom nothing is heard."""
        keys = (id for key, ids in self.of_team.items() if key[0] == team for id in ids)
        return any(self.rows[id].unheard for id in keys)

    def leaving(self, team: str, demand: str) -> bool:
        """Whether a crew of it is told to leave that demand."""
        crews = (crew for crew in self._of(team, None) if self.demands[crew.line] == demand)
        return any(crew.live and crew.withdrawing for crew in crews)

    def _of(self, team: str, skill: str | None) -> list[Crew]:
        keys = [key for key in self.of_team if key[0] == team and skill in (None, key[1])]
        return [self.rows[id] for key in keys for id in self.of_team[key]]


NO_WORD = (
    *get_args(f.BesideFact),
    f.ReliefAsked,
    f.ReliefDue,
    f.ReliefClimbed,
    f.CheckInMissed,
    f.CheckInEscalated,
    f.ReportEscalated,
    f.ReportAnswered,
    f.CrewInstructed,
    f.AcknowledgmentMissed,
    f.AcknowledgmentEscalated,
)
STEPS = (
    f.AssignmentSetOff,
    f.AssignmentArrived,
    f.AssignmentReportedDone,
    f.AssignmentGivenUp,
    f.HeadsCounted,
)


def _remembering(crew: Crew, fact: Any, turn: Turn) -> Crew:
    """What it was before this turn, if that takes a step."""
    if not isinstance(fact, STEPS) or crew.turn == turn.sequence:
        return crew
    return replace(crew, before=crew, turn=turn.sequence)
