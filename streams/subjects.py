"""Subjects: what a command is about, as far as it decides who may send it.

The same questions are asked of the state (`streams.present`) and, at the door, of the board's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol, get_args

from geo.divisions import DivisionTree
from schemas import commands as c
from schemas.values import (
    AccountId,
    AreaId,
    AssignmentId,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    LineId,
    OfferId,
    OrganizationId,
    Role,
    TaskId,
)
from schemas.villages import Village


class Held(Protocol):
    """A grant: what an account may do, where or for whom, and until when."""

    @property
    def role(self) -> Role: ...
    @property
    def division(self) -> DivisionCode | None: ...
    @property
    def organization(self) -> OrganizationId | None: ...
    @property
    def until(self) -> Instant | None: ...
    @property
    def village(self) -> str | None: ...


class Asked(NamedTuple):
    """What an offer or an assignment joins."""

    demand: DemandId
    organization: OrganizationId


class Lies(NamedTuple):
    """Where a demand or a task lies; who sent it there, or who has claimed it, if anybody.

    `taken_on`: the division above whose desk has taken a demand on.
    """

    division: DivisionCode
    sender: DivisionCode | None = None
    organization: OrganizationId | None = None
    taken_on: DivisionCode | None = None

    @property
    def desk(self) -> DivisionCode:
        """The division whose desk answers for it."""
        return self.taken_on or self.division

    @property
    def sight(self) -> DivisionCode | None:
        """Whose desk has given it away, and sees it and no more."""
        return self.sender if self.taken_on is None else self.division


class Known(Protocol):
    """What is asked about accounts and things; None or nothing for what is not there."""

    @property
    def area(self) -> AreaId: ...
    @property
    def divisions(self) -> DivisionTree: ...
    def grants(self, account: AccountId) -> Iterable[Held]: ...
    def home(self, organization: OrganizationId) -> DivisionCode | None: ...
    def guided(self, organization: OrganizationId) -> Village | None: ...
    def incident(self, id: IncidentId) -> DivisionCode | None: ...
    def demand(self, id: DemandId) -> Lies | None: ...
    def line(self, id: LineId) -> DemandId | None: ...
    def offer(self, id: OfferId) -> Asked | None: ...
    def assignment(self, id: AssignmentId) -> Asked | None: ...
    def task(self, id: TaskId) -> Lies | None: ...
    def works_on(self, organization: OrganizationId, demand: DemandId) -> bool: ...


class Subject(NamedTuple):
    """Where a command's subject lies, and which organizations it belongs to.

    `sender`: where it was moved from, whose desk sees it and no more. `worked_on`: whoever is at
    work on this demand counts as its organization. `county`: so does whoever is at home in it.
    `desks`: every desk inside it counts as that of `division`.
    `beside`: another division whose desks count as much as those of `division`.
    `village`: so does the committee of it.
    """

    division: DivisionCode
    organizations: tuple[OrganizationId, ...] = ()
    sender: DivisionCode | None = None
    worked_on: DemandId | None = None
    county: DivisionCode | None = None
    desks: DivisionCode | None = None
    beside: DivisionCode | None = None
    village: Village | None = None


def subject_of(known: Known, command: c.Command) -> Subject | None:
    """What a command is about, or None where there is no such thing."""
    return SUBJECTS[type(command)](known, command)


def granted(known: Known, grant: Held) -> Subject | None:
    """Where a grant applies."""
    if grant.organization is not None:
        return _organization(known, grant.organization)
    return Subject(grant.division or DivisionCode(known.area))


def same_county(tree: DivisionTree, one: DivisionCode, other: DivisionCode) -> bool:
    """Whether two divisions lie in the same county."""
    return county_of(tree, one) == county_of(tree, other)


def county_of(tree: DivisionTree, division: DivisionCode) -> DivisionCode:
    """The county that holds a division; the division itself where there is none above."""
    for code in tree.ancestors(division):
        found = tree.get(code)
        if found is not None and found.level == "county":
            return DivisionCode(code)
    return division


def _organization(known: Known, key: OrganizationId) -> Subject | None:
    home = known.home(key)
    return None if home is None else Subject(home, (key,))


def _safeguarded(known: Known, command: c.RecordSafeguards) -> Subject | None:
    """Any desk of its county, which may be the one that has asked it."""
    home = known.home(command.organization)
    if home is None:
        return None
    county = county_of(known.divisions, home)
    return Subject(home, (command.organization,), desks=county)


def _granting(known: Known, command: c.GrantRole) -> Subject | None:
    if command.organization is not None:
        return _organization(known, command.organization)
    return Subject(command.division or DivisionCode(known.area))


def _ending(
    known: Known, command: c.EndGrant | c.MakeLink | c.EndSessions | c.ConfirmAccess
) -> Subject | None:
    """The first grant of the role; whether all of them are the steward's is the room's own rule."""
    for grant in known.grants(command.account):
        if grant.role is command.role:
            return granted(known, grant)
    return None


def _posting(known: Known, command: c.PublishDemand) -> Subject | None:
    """Where it is needed; a further report of what lies elsewhere is for whoever holds both."""
    here = command.place.division
    if command.same_as is None:
        return Subject(here)
    led = known.demand(command.same_as)
    if led is None:
        return None
    above = (here, *map(DivisionCode, known.divisions.ancestors(here)))
    return next((Subject(c) for c in above if known.divisions.contains(c, led.desk)), None)


def _reported(_known: Known, command: c.ReportNeed) -> Subject:
    here = command.place.division
    return Subject(here, village=Village(division=here, name=command.village))


def _incident(known: Known, command: c.CloseIncident) -> Subject | None:
    division = known.incident(command.incident)
    return None if division is None else Subject(division)


def _demand(known: Known, command: c.AmendDemand) -> Subject | None:
    found = known.demand(command.demand)
    return None if found is None else Subject(found.desk, sender=found.sight)


def _above(known: Known, command: c.TakeOnDemand) -> Subject | None:
    """The county's desk, or one above that; the township whose it is sees it and no more."""
    found = known.demand(command.demand)
    if found is None:
        return None
    county = county_of(known.divisions, found.division)
    return Subject(county, sender=found.division)


def _several(known: Known, command: c.CloseDemands | c.GroupDemands) -> Subject | None:
    """The division that is named, if each of them lies in it; or whoever above has taken one on."""
    leader = (command.leader,) if isinstance(command, c.GroupDemands) else ()
    desk = command.division
    for key in (*leader, *command.demands):
        found = known.demand(key)
        if found is None or not known.divisions.contains(command.division, found.division):
            return None
        desk = desk if known.divisions.contains(desk, found.desk) else found.desk
    return Subject(desk, sender=command.division)


def _tasks(known: Known, command: c.OpenTasks) -> Subject | None:
    """The division that is named, if each of them lies in it."""
    here, found = command.division, [known.task(key) for key in command.tasks]
    inside = all(one and known.divisions.contains(here, one.division) for one in found)
    return Subject(here) if inside else None


def _sealed(known: Known, command: c.OpenSealedText) -> Subject | None:
    """The desk that answers for it, its township's, whoever is at work on it; who has only moved
    it there sees it and no more."""
    found = known.demand(command.demand)
    if found is None:
        return None
    here, by = found.division, command.demand
    return Subject(found.desk, sender=found.sight, beside=here, worked_on=by)


def _noted(known: Known, command: c.NoteDemand) -> Subject | None:
    """The desk that answers for it, and the one that has moved or handed it there."""
    found = known.demand(command.demand)
    return None if found is None else Subject(found.desk, beside=found.sight)


def _sender(known: Known, command: c.TakeBackDemand) -> Subject | None:
    """Only who sent it away; who has not, or has it back, learns that it is there."""
    found = known.demand(command.demand)
    return None if found is None else Subject(found.sender or found.division)


def _line(known: Known, command: c.DropLine | c.SetOwnCrew) -> Subject | None:
    found = _lies(known, command.line)
    return None if found is None else Subject(found.desk, sender=found.sight)


def _lies(known: Known, line: LineId) -> Lies | None:
    demand = known.line(line)
    return None if demand is None else known.demand(demand)


def _asking(known: Known, command: c.AskByHand | c.ReceiveCrew | c.OfferHelp) -> Subject | None:
    """A line, and somebody in the desk's sight: at home in the county that needs help, or where
    the desk above it answers that has taken it on."""
    found, home = _lies(known, command.line), known.home(command.organization)
    if found is None or home is None:
        return None
    near = same_county(known.divisions, home, found.division)
    if not near and not known.divisions.contains(found.desk, home):
        return None
    return Subject(found.desk, sender=found.sight)


def _relieving(known: Known, command: c.RelieveCrew) -> Subject | None:
    """A crew, and somebody in the desk's sight, as for asking by hand."""
    asked, home = known.assignment(command.assignment), known.home(command.organization)
    found = None if asked is None else known.demand(asked.demand)
    if found is None or home is None:
        return None
    near = same_county(known.divisions, home, found.division)
    if not near and not known.divisions.contains(found.desk, home):
        return None
    return Subject(found.desk, sender=found.sight)


def _volunteering(known: Known, command: c.OfferHelp) -> Subject | None:
    """Any organization of the demand's county may offer itself."""
    subject = _asking(known, command)
    return None if subject is None else Subject(subject.division, (command.organization,))


def _offer(known: Known, command: c.AcceptOffer) -> Subject | None:
    return _joined(known, known.offer(command.offer))


def _assignment(known: Known, command: c.Arrive) -> Subject | None:
    return _joined(known, known.assignment(command.assignment))


def _joined(known: Known, asked: Asked | None) -> Subject | None:
    found = None if asked is None else known.demand(asked.demand)
    if asked is None or found is None:
        return None
    own = asked.organization
    return Subject(found.desk, (own,), found.sight, village=known.guided(own))


def _task(known: Known, command: c.ReportTask) -> Subject | None:
    found = known.task(command.task)
    if found is None:
        return None
    return Subject(found.division, () if found.organization is None else (found.organization,))


def _claimed(known: Known, command: c.ReportTask) -> Subject | None:
    """Whose claim is over learns that, and not that there is no such task: it may be claimed."""
    found = known.task(command.task)
    if found is None or found.organization is not None:
        return _task(known, command)
    return Subject(found.division, county=county_of(known.divisions, found.division))


def _claim(known: Known, command: c.ClaimTask) -> Subject | None:
    """Any organization of the task's county may claim it."""
    found, home = known.task(command.task), known.home(command.organization)
    if found is None or home is None or not same_county(known.divisions, home, found.division):
        return None
    return Subject(found.division, (command.organization,))


_About = Callable[[Known, Any], Subject | None]


def _of(about: _About, *commands: type) -> dict[type, _About]:
    return dict.fromkeys(commands, about)


SUBJECTS: dict[type, _About] = {
    c.RegisterOrganization: lambda _, command: Subject(command.home),
    c.WithdrawIssuer: lambda known, _: Subject(DivisionCode(known.area)),
    c.GrantRole: _granting,
    c.EndGrant: _ending,
    c.MakeLink: _ending,
    c.EndSessions: _ending,
    c.ConfirmAccess: _ending,
    c.SeparateOrganizations: lambda known, command: _organization(known, command.merged),
    **_of(
        lambda known, command: _organization(known, command.organization),
        c.CorrectOrganization,
        c.RetireOrganization,
        c.ReinstateOrganization,
        c.MergeOrganizations,
        c.RecordCertificate,
        c.WithdrawCertificate,
        c.SetCapacity,
        c.SetDuty,
        c.SetHours,
        c.SetEnrollment,
    ),
    c.RecordSafeguards: _safeguarded,
    **_of(lambda _, command: Subject(command.division), *get_args(c.ShiftCommand)),
    **_of(
        lambda _, command: Subject(command.division), c.OpenIncident, c.JoinIncident, c.UndoBatch
    ),
    c.PublishDemand: _posting,
    c.DraftDemand: lambda _, command: Subject(command.place.division),
    c.ReportNeed: _reported,
    **_of(_incident, c.CloseIncident, c.ReopenIncident),
    **_of(_incident, c.InstructIncident, c.CloseZone, c.LiftFromIncident),
    **_of(_demand, c.AmendDemand, c.CloseDemand, c.ReopenDemand, c.KeepDemand, c.RefileDemand),
    **_of(_demand, c.HoldDemand, c.ResumeDemand, c.PublishDraft, c.ReceiveHelpers, c.EndHelpers),
    **_of(_demand, c.HandUpDemand, c.GiveBackDemand, c.MakeAppeal, c.EndAppeal),
    c.TakeOnDemand: _above,
    c.TakeBackDemand: _sender,
    c.OpenSealedText: _sealed,
    c.NoteDemand: _noted,
    **_of(_line, c.DropLine, c.SetOwnCrew),
    **_of(_several, c.CloseDemands, c.ReopenDemands, c.VoidDemands),
    **_of(_several, c.GroupDemands, c.UngroupDemands),
    c.OpenTasks: _tasks,
    **_of(_asking, c.AskByHand, c.ReceiveCrew),
    c.OfferHelp: _volunteering,
    c.RelieveCrew: _relieving,
    **_of(_offer, c.AcceptOffer, c.DeclineOffer, c.CounterOffer),
    **_of(_offer, c.TakeStandby, c.EndStandby, c.ShowPersons),
    **_of(_assignment, c.SetOff, c.Arrive, c.ReportDone, c.CannotComplete, c.CheckIn),
    **_of(_assignment, c.CountHeads, c.SeeWords, c.ReportFromScene, c.KeepCrewOn, c.AnswerReport),
    **_of(_assignment, c.InstructCrew, c.AcknowledgeInstruction, c.LiftFromCrew, c.StandDownCrew),
    **_of(_assignment, c.TellBeside, c.LetStay),
    **_of(_assignment, c.GiveNewTime, c.UndoStep, c.CorrectStep, c.ConfirmAssignment),
    **_of(_task, c.OpenTask, c.DropTask, c.TakeBackTask, c.VerifyTask),
    **_of(_claimed, c.GiveBackTask, c.ReportTask),
    c.ClaimTask: _claim,
}
