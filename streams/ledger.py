"""The ledger of a review: what ids stand for, learned from turns in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from geo.divisions import DivisionTree
from schemas import facts as f
from schemas import registry_facts as r
from schemas.commands import ProposePlan, RecordReach, RestoreReach
from schemas.turns import Turn
from schemas.values import (
    AssignmentId,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    LineId,
    Mode,
    OfferId,
    OrganizationId,
    Place,
    Role,
    TaskId,
)
from streams import zones

Decided = f.OfferSent | f.LineUnmet


class About(NamedTuple):
    """What a fact or a command is about, as far as it leads there."""

    incident: IncidentId | None = None
    demand: DemandId | None = None
    line: LineId | None = None
    task: TaskId | None = None
    organization: OrganizationId | None = None
    division: DivisionCode | None = None
    before: IncidentId | None = None  # the incident that a demand leaves by it


class KnownIncident(NamedTuple):
    number: int
    hazard: str
    division: DivisionCode
    mode: Mode | None
    joined: tuple[DivisionCode, ...] = ()


class KnownDemand(NamedTuple):
    incident: IncidentId
    number: int  # 0 while it was not published
    kind: str
    division: DivisionCode
    mode: Mode | None
    place: Place | None = None


class KnownLine(NamedTuple):
    demand: DemandId
    number: int
    skill: str


class KnownTask(NamedTuple):
    demand: DemandId
    number: int
    mode: Mode | None
    organization: OrganizationId | None = None


class KnownOrganization(NamedTuple):
    name: str
    home: DivisionCode


class Ledger:
    """Everything that later facts name by id only. It costs what the log has brought into being."""

    def __init__(self, divisions: DivisionTree) -> None:
        self.divisions = divisions
        self.area: DivisionCode | None = None
        self.sequence = 0
        self.organizations: dict[str, KnownOrganization] = {}
        self.grants: dict[tuple[str, Role], About] = {}
        self.incidents: dict[str, KnownIncident] = {}
        self.instructed: dict[str, f.IncidentInstructed] = {}  # everybody, that is
        self.demands: dict[str, KnownDemand] = {}
        self.lines: dict[str, KnownLine] = {}
        self.offers: dict[str, tuple[LineId, OrganizationId]] = {}
        self.assignments: dict[AssignmentId, OfferId] = {}
        self.tasks: dict[str, KnownTask] = {}
        self.beginnings: dict[str, Instant] = {}  # offers and assignments
        self.acts: dict[str, Instant] = {}  # on them, which a desk has done itself: on no telephone
        self.decided: dict[str, tuple[int, Decided]] = {}  # line → the last turn that decided it
        self.destroyed: dict[str, int] = {}  # incident → the turn that destroyed its key

    def learn(self, turn: Turn) -> None:
        """Take in the next turn; one that is known already is passed over."""
        if turn.sequence > self.sequence:
            self.sequence = turn.sequence
            for fact in turn.facts:
                learner = _LEARNERS.get(type(fact))
                if learner is not None:
                    learner(self, fact, turn)

    def about(self, thing: msgspec.Struct) -> About:
        """Where a fact or a command leads: an offer to its line, a line to its demand, and up."""
        named: Mapping[str, Any] = {name: getattr(thing, name) for name in thing.__struct_fields__}
        if isinstance(thing, f.WorkSetAside):
            named = {thing.kind.value: thing.id}
        if isinstance(thing, f.LinesLookedAt):
            return self._about_lines(thing.lines)
        if isinstance(thing, RecordReach | RestoreReach | ProposePlan | f.PlanTaken):
            return About(division=self.area)  # many townships' offers at once
        if isinstance(thing, f.ShiftFact):
            return About(division=thing.division)
        line, organization = self._offered(named)
        task = self.tasks.get(named.get("task", ""))
        demand = self._demand(named, line, task)
        known = self.demands.get(demand or "")
        incident = named.get("incident") if known is None else known.incident
        organization = organization or named.get("organization") or named.get("merged")
        organization = organization or (task and task.organization)
        return About(
            incident=incident,
            demand=demand,
            line=line,
            task=named.get("task"),
            organization=organization,
            division=known.division if known else self._division(named, incident, organization),
            before=thing.before.incident if isinstance(thing, f.DemandRefiled) else None,
        )

    def tells(self, thing: msgspec.Struct | None, demand: DemandId) -> bool:
        """Whether it told everybody at work for a demand, or took that back.

        In its incident, or where it lies, or may lie for all that was known of its place then.
        """
        known = self.demands.get(demand)
        if not isinstance(thing, f.IncidentInstructed | f.InstructionLifted) or known is None:
            return False
        given = self.instructed.get(thing.instruction)
        if given is None or given.zone is None or known.place is None:
            return given is not None and given.zone is None and given.incident == known.incident
        zone, place = given.zone, known.place
        return zones.inside(zone, place) or zones.may_hold(zone, place, self.divisions)

    def began(self, command: msgspec.Struct) -> Instant:
        """When the offer or the assignment that a command answers came into being; else 0."""
        named = getattr(command, "offer", None) or getattr(command, "assignment", None)
        return 0 if named is None else self.beginnings.get(named, 0)

    def _about_lines(self, lines: tuple[LineId, ...]) -> About:
        """One demand's lines; else, since each is another township's, the whole area."""
        demands = {self.lines[line].demand: None for line in lines}
        if len(demands) > 1:
            return About(division=self.area)
        demand = next(iter(demands))
        known = self.demands[demand]
        return About(incident=known.incident, demand=demand, division=known.division)

    def _offered(self, named: Mapping[str, Any]) -> tuple[LineId | None, OrganizationId | None]:
        """The line and the organization of an offer or an assignment; or the line that is named."""
        offer: Any = named.get("offer") or self.assignments.get(named.get("assignment", ""))
        known = self.offers.get(offer)
        return (named.get("line"), None) if known is None else known

    def _demand(
        self, named: Mapping[str, Any], line: LineId | None, task: KnownTask | None
    ) -> DemandId | None:
        if line in self.lines:
            return self.lines[line].demand
        return named.get("demand") or (task and task.demand)

    def _division(
        self,
        named: Mapping[str, Any],
        incident: IncidentId | None,
        organization: OrganizationId | None,
    ) -> DivisionCode | None:
        """Where something lies that is about no demand."""
        for name in ("division", "home", "area"):
            if named.get(name):
                return DivisionCode(named[name])
        if "place" in named:
            return DivisionCode(named["place"].division)
        if incident in self.incidents:
            return self.incidents[incident].division
        if organization in self.organizations:
            return self.organizations[organization].home
        return self.grants.get((named.get("account", ""), named.get("role", "")), About()).division


def _opened(ledger: Ledger, fact: r.LogOpened, _turn: Turn) -> None:
    ledger.area = DivisionCode(fact.area)


def _organization(
    ledger: Ledger, fact: r.OrganizationRegistered | r.OrganizationCorrected, _turn: Turn
) -> None:
    ledger.organizations[fact.organization] = KnownOrganization(fact.name, fact.home)


def _granted(ledger: Ledger, fact: r.RoleGranted, _turn: Turn) -> None:
    ledger.grants[fact.account, fact.role] = ledger.about(fact)


def _incident(ledger: Ledger, fact: f.IncidentOpened, turn: Turn) -> None:
    known = KnownIncident(fact.number, fact.hazard, fact.division, turn.mode)
    ledger.incidents[fact.incident] = known


def _joined(ledger: Ledger, fact: f.IncidentJoined, _turn: Turn) -> None:
    known = ledger.incidents[fact.incident]
    ledger.incidents[fact.incident] = known._replace(joined=(*known.joined, fact.division))


def _instructed(ledger: Ledger, fact: f.IncidentInstructed, _turn: Turn) -> None:
    ledger.instructed[fact.instruction] = fact


def _destroyed(ledger: Ledger, fact: f.KeyDestroyed, turn: Turn) -> None:
    ledger.destroyed[fact.incident] = turn.sequence


def _demand(ledger: Ledger, fact: f.DemandPublished | f.DemandDrafted, turn: Turn) -> None:
    number = fact.number if isinstance(fact, f.DemandPublished) else 0
    ledger.demands[fact.demand] = KnownDemand(
        fact.incident, number, fact.kind, fact.place.division, turn.mode, fact.place
    )
    _lines(ledger, fact.demand, 1, fact.lines)


def _draft_published(ledger: Ledger, fact: f.DraftPublished, _turn: Turn) -> None:
    ledger.demands[fact.demand] = ledger.demands[fact.demand]._replace(number=fact.number)


def _amended(ledger: Ledger, fact: f.DemandAmended, _turn: Turn) -> None:
    known = ledger.demands[fact.demand]
    moved = known._replace(kind=fact.kind, division=fact.place.division, place=fact.place)
    ledger.demands[fact.demand] = moved
    _lines(ledger, fact.demand, len(fact.targets) + 1, fact.lines)


def _refiled(ledger: Ledger, fact: f.DemandRefiled, _turn: Turn) -> None:
    known = ledger.demands[fact.demand]
    ledger.demands[fact.demand] = known._replace(incident=fact.incident, number=fact.number)


def _taken_back(ledger: Ledger, fact: f.DemandTakenBack, _turn: Turn) -> None:
    known = ledger.demands[fact.demand]
    moved = known._replace(division=fact.place.division, place=fact.place)
    ledger.demands[fact.demand] = moved


def _lines(ledger: Ledger, demand: DemandId, first: int, lines: Iterable[f.NumberedLine]) -> None:
    for number, line in enumerate(lines, first):
        ledger.lines[line.line] = KnownLine(demand, number, line.request.skill)


def _unmet(ledger: Ledger, fact: f.LineUnmet, turn: Turn) -> None:
    ledger.decided[fact.line] = (turn.sequence, fact)


def _offer(ledger: Ledger, fact: f.OfferSent, turn: Turn) -> None:
    ledger.offers[fact.offer] = (fact.line, fact.organization)
    ledger.beginnings[fact.offer] = fact.at
    if fact.rank:  # a desk that asks by hand has compared nobody
        ledger.decided[fact.line] = (turn.sequence, fact)


def _crew(ledger: Ledger, fact: f.CrewReceived, _turn: Turn) -> None:
    ledger.offers[fact.offer] = (fact.line, fact.organization)
    ledger.beginnings[fact.offer] = fact.at
    if fact.here:
        ledger.acts[fact.offer] = fact.at


def _accepted(ledger: Ledger, fact: f.OfferAccepted, _turn: Turn) -> None:
    if fact.kept:
        ledger.acts[fact.offer] = fact.at


def _assignment(ledger: Ledger, fact: f.AssignmentCommitted, _turn: Turn) -> None:
    ledger.assignments[fact.assignment] = fact.offer
    ledger.beginnings[fact.assignment] = fact.at
    if ledger.acts.get(fact.offer) == fact.at:
        ledger.acts[fact.assignment] = fact.at


def _stood_down(ledger: Ledger, fact: f.AssignmentStoodDown, _turn: Turn) -> None:
    ledger.acts[fact.assignment] = fact.at


def _task(ledger: Ledger, fact: f.TaskProposed, turn: Turn) -> None:
    ledger.tasks[fact.task] = KnownTask(fact.demand, fact.number, turn.mode)


def _claimed(ledger: Ledger, fact: f.TaskClaimed, _turn: Turn) -> None:
    known = ledger.tasks[fact.task]
    ledger.tasks[fact.task] = known._replace(organization=fact.organization)


_LEARNERS: dict[type, Callable[[Ledger, Any, Turn], None]] = {
    r.LogOpened: _opened,
    r.OrganizationRegistered: _organization,
    r.OrganizationCorrected: _organization,
    r.RoleGranted: _granted,
    f.IncidentOpened: _incident,
    f.IncidentJoined: _joined,
    f.IncidentInstructed: _instructed,
    f.KeyDestroyed: _destroyed,
    f.DemandPublished: _demand,
    f.DemandDrafted: _demand,
    f.DraftPublished: _draft_published,
    f.DemandAmended: _amended,
    f.DemandTakenBack: _taken_back,
    f.DemandRefiled: _refiled,
    f.LineUnmet: _unmet,
    f.OfferSent: _offer,
    f.CrewReceived: _crew,
    f.OfferAccepted: _accepted,
    f.AssignmentCommitted: _assignment,
    f.AssignmentStoodDown: _stood_down,
    f.TaskProposed: _task,
    f.TaskClaimed: _claimed,
}
