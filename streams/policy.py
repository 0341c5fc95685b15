"""Who may do what: role × division subtree, default deny, pure.

Asked at the door, so that a stranger leaves no turn, and again in decide, where it is binding.
What lies outside an actor's scope does not exist for the actor: NOT_FOUND; a role that does not
suffice inside the scope is ROLE_MISSING.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from schemas import commands as c
from schemas.refusals import Refusal
from schemas.turns import DELIVERY, OWNER, PLANNER
from schemas.values import AccountId, DivisionCode, Instant, OrganizationId, Role
from schemas.villages import Village
from streams import subjects
from streams.area import Area
from streams.present import Present
from streams.subjects import Held, Known, Subject
from streams.villages import Voice, guiding

G = TypeVar("G", bound=Held)

BY_DESK = (Role.DESK,)
BY_STEWARD = (Role.STEWARD,)
BY_COMMITTEE = (Role.COMMITTEE,)
BY_ORGANIZATION = (Role.ORGANIZATION, Role.DESK)  # the desk records what it hears by phone
GUIDED = (*BY_ORGANIZATION, Role.COMMITTEE)  # and so does a committee, for groups that it guides

BY_OWNER = c.OpenLog | c.MoveLog | c.ReceiveLog | c.ChangeRules | c.Tick | c.Resume | c.UseLink
BY_DELIVERY = c.RecordReach | c.RestoreReach
ANSWERS = c.AcceptOffer | c.DeclineOffer  # that the messenger brings, of whoever was reached

ROLES: dict[type, tuple[Role, ...]] = {
    c.GrantRole: BY_STEWARD,
    c.EndGrant: BY_STEWARD,
    c.MakeLink: BY_STEWARD,
    c.EndSessions: BY_STEWARD,
    c.ConfirmAccess: tuple(Role),  # who of them is a second person, streams/second_person.py says
    c.RegisterOrganization: BY_STEWARD,
    c.CorrectOrganization: BY_STEWARD,
    c.RetireOrganization: BY_STEWARD,
    c.ReinstateOrganization: BY_STEWARD,
    c.MergeOrganizations: BY_STEWARD,
    c.SeparateOrganizations: BY_STEWARD,
    c.RecordCertificate: BY_STEWARD,
    c.WithdrawCertificate: BY_STEWARD,
    c.WithdrawIssuer: BY_STEWARD,
    c.SetCapacity: (Role.STEWARD, Role.ORGANIZATION),
    c.SetDuty: (Role.STEWARD, Role.ORGANIZATION),
    c.SetHours: (Role.STEWARD, Role.ORGANIZATION),
    c.RecordSafeguards: (Role.STEWARD, Role.DESK),
    c.SetEnrollment: (Role.STEWARD, Role.ORGANIZATION),
    c.OpenIncident: BY_DESK,
    c.JoinIncident: BY_DESK,
    c.CloseIncident: BY_DESK,
    c.ReopenIncident: BY_DESK,
    c.PublishDemand: BY_DESK,
    c.DraftDemand: BY_DESK,
    c.PublishDraft: BY_DESK,
    c.ReportNeed: BY_COMMITTEE,
    c.AmendDemand: BY_DESK,
    c.CloseDemand: BY_DESK,
    c.ReopenDemand: BY_DESK,
    c.CloseDemands: BY_DESK,
    c.ReopenDemands: BY_DESK,
    c.GroupDemands: BY_DESK,
    c.UngroupDemands: BY_DESK,
    c.VoidDemands: BY_DESK,
    c.OpenTasks: BY_DESK,
    c.UndoBatch: BY_DESK,
    c.TakeBackDemand: BY_DESK,
    c.RefileDemand: BY_DESK,
    c.KeepDemand: BY_DESK,
    c.HoldDemand: BY_DESK,
    c.ResumeDemand: BY_DESK,
    c.HandUpDemand: BY_DESK,
    c.TakeOnDemand: BY_DESK,
    c.GiveBackDemand: BY_DESK,
    c.DropLine: BY_DESK,
    c.SetOwnCrew: BY_DESK,
    c.NoteDemand: BY_DESK,
    c.MakeAppeal: BY_DESK,
    c.EndAppeal: BY_DESK,
    c.OpenSealedText: BY_ORGANIZATION,
    c.ShowPersons: BY_DESK,
    c.AskByHand: BY_DESK,
    c.ReceiveCrew: BY_DESK,
    c.AcceptOffer: GUIDED,
    c.DeclineOffer: GUIDED,
    c.CounterOffer: GUIDED,
    c.TakeStandby: BY_DESK,
    c.EndStandby: BY_DESK,
    c.OfferHelp: (Role.ORGANIZATION,),
    c.ReceiveHelpers: BY_DESK,
    c.EndHelpers: BY_DESK,
    c.SetOff: GUIDED,
    c.Arrive: GUIDED,
    c.ReportDone: GUIDED,
    c.CannotComplete: GUIDED,
    c.CheckIn: GUIDED,
    c.CountHeads: GUIDED,
    c.SeeWords: GUIDED,
    c.ReportFromScene: GUIDED,
    c.AnswerReport: BY_DESK,
    c.RelieveCrew: BY_DESK,
    c.KeepCrewOn: GUIDED,
    c.TakeShift: BY_DESK,
    c.HandOverShift: BY_DESK,
    c.OpenShiftNote: BY_DESK,
    c.AcknowledgeInstruction: GUIDED,
    c.InstructCrew: BY_DESK,
    c.InstructIncident: BY_DESK,
    c.CloseZone: BY_DESK,
    c.TellBeside: BY_DESK,
    c.LetStay: BY_DESK,
    c.LiftFromCrew: BY_DESK,
    c.LiftFromIncident: BY_DESK,
    c.StandDownCrew: BY_DESK,
    c.GiveNewTime: GUIDED,
    c.UndoStep: GUIDED,
    c.CorrectStep: BY_DESK,
    c.ConfirmAssignment: BY_DESK,
    c.OpenTask: BY_DESK,
    c.DropTask: BY_DESK,
    c.ClaimTask: BY_ORGANIZATION,
    c.GiveBackTask: BY_ORGANIZATION,
    c.TakeBackTask: BY_DESK,
    c.ReportTask: BY_ORGANIZATION,
    c.VerifyTask: BY_DESK,
}


def permit(known: Known, actor: AccountId, command: c.Command, at: Instant) -> Refusal | None:
    """None if the actor may send this command about this subject now, else why not."""
    if isinstance(command, BY_OWNER):
        return None if actor == OWNER else Refusal.ROLE_MISSING
    if actor == DELIVERY or isinstance(command, BY_DELIVERY):
        brings = actor == DELIVERY and isinstance(command, BY_DELIVERY | ANSWERS)
        return None if brings else Refusal.ROLE_MISSING
    if actor == PLANNER or isinstance(command, c.ProposePlan):
        plans = actor == PLANNER and isinstance(command, c.ProposePlan)
        return None if plans else Refusal.ROLE_MISSING
    subject = subjects.subject_of(known, command)
    if subject is None:
        return Refusal.NOT_FOUND
    allowed, within = ROLES[type(command)], False
    for grant in known.grants(actor):
        if not _holds(grant, at):
            continue
        if _covers(known, grant, subject):
            if grant.role in allowed:
                return None
            within = True
        elif _lies_within(known, grant, subject.sender):
            within = True  # it is seen from where it was moved from
    return Refusal.ROLE_MISSING if within else Refusal.NOT_FOUND


def current(held: Iterable[G], at: Instant) -> Iterator[G]:
    """Those of an account's grants that have not ended."""
    return (grant for grant in held if _holds(grant, at))


def _holds(grant: Held, at: Instant) -> bool:
    return grant.until is None or at < grant.until


def _covers(known: Known, grant: Held, subject: Subject) -> bool:
    if grant.role is Role.COMMITTEE:  # one village: what else is in its township does not exist
        return subject.village is not None and _is_committee(grant, subject.village)
    if grant.role is Role.ORGANIZATION:
        if grant.organization in subject.organizations:
            return True
        if subject.county is not None and _at_home(known, grant, subject.county):
            return True
        worked_on, organization = subject.worked_on, grant.organization
        return bool(worked_on and organization and known.works_on(organization, worked_on))
    lies = _lies_within(known, grant, subject.division)
    return lies or _lies_within(known, grant, subject.beside) or _sits_in(known, grant, subject)


def _sits_in(known: Known, grant: Held, subject: Subject) -> bool:
    """Whether a desk is one of those that the subject names by where they are."""
    if grant.role is not Role.DESK or subject.desks is None or grant.division is None:
        return False
    return known.divisions.contains(subject.desks, grant.division)


def _at_home(known: Known, grant: Held, county: DivisionCode) -> bool:
    home = None if grant.organization is None else known.home(grant.organization)
    return home is not None and known.divisions.contains(county, home)


def _lies_within(known: Known, grant: Held, division: DivisionCode | None) -> bool:
    if grant.division is None or division is None or grant.role is Role.COMMITTEE:
        return False
    return known.divisions.contains(grant.division, division)


def speaks_by_phone(
    area: Area, actor: AccountId, organization: OrganizationId, at: Instant
) -> bool:
    """Whether the actor records somebody else's word: whoever is not the organization."""
    return actor != DELIVERY and not any(
        grant.organization == organization and grant.role is Role.ORGANIZATION
        for grant in current(area.registry.grants.get(actor) or (), at)
    )


def voice_of(area: Area, actor: AccountId, organization: OrganizationId, at: Instant) -> Voice:
    """Whose word the actor's is about an organization: its own, its committee's, or a desk's."""
    if not speaks_by_phone(area, actor, organization, at):
        return Voice()
    village = guiding(area.registry.organizations[organization])
    for grant in current(area.registry.grants.get(actor) or (), at):
        if village is not None and _is_committee(grant, village):
            return Voice(by_committee=village.name)
    return Voice(by_desk=True)


def _is_committee(grant: Held, village: Village) -> bool:
    own = (grant.division, grant.village)
    return grant.role is Role.COMMITTEE and own == (village.division, village.name)


def substitute_for(
    area: Area, actor: AccountId, division: DivisionCode, at: Instant
) -> DivisionCode | None:
    """The division whose desk stands in for a township; None for its own desk (Article 7).

    A county's demand for itself is its own, too.
    """
    desks = _desks(area, actor, at)
    if division in desks:
        return None
    scopes = [scope for scope in desks if area.divisions.contains(scope, division)]
    if any(is_township(area, scope) for scope in scopes):
        return None
    return scopes[0] if scopes else None


def on_desk(area: Area, actor: AccountId, division: DivisionCode, at: Instant) -> bool:
    """Whether the actor is on duty at the desk of this very division."""
    return division in _desks(area, actor, at)


def _desks(area: Area, actor: AccountId, at: Instant) -> list[DivisionCode]:
    return [
        grant.division
        for grant in area.registry.grants.get(actor) or ()
        if grant.role is Role.DESK and grant.division is not None and _holds(grant, at)
    ]


def is_township(area: Area, division: DivisionCode) -> bool:
    """Whether a division is a township, or a village in one."""
    found = area.divisions.get(division)
    return found is not None and found.level in ("township", "village")


def stewards(area: Area, actor: AccountId, grant: Held, at: Instant) -> bool:
    """Whether a grant lies inside a scope that the actor is a steward of."""
    subject = subjects.granted(Present(area, None), grant)
    return subject is not None and steward_of(area, actor, subject.division, at)


def steward_of(area: Area, actor: AccountId, division: DivisionCode, at: Instant) -> bool:
    """Whether the actor keeps the registry of a division."""
    known = Present(area, None)
    return any(
        held.role is Role.STEWARD and _lies_within(known, held, division)
        for held in current(known.grants(actor), at)
    )
