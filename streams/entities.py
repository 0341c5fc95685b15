"""The nouns' present values: frozen, referring to each other by id, folded from facts."""

from __future__ import annotations

from enum import StrEnum

from schemas.appeals import Appeal
from schemas.plans import ByPlan
from schemas.refiling import Refiled
from schemas.values import (
    AccountId,
    AgainOn,
    AssignmentId,
    Capability,
    Certificate,
    CloseReason,
    Day,
    DeclineReason,
    DemandId,
    DivisionCode,
    Domain,
    GateCount,
    IncidentId,
    Instant,
    InstructionId,
    Leave,
    LineId,
    Milliseconds,
    OfferId,
    OrganizationId,
    PersonId,
    Place,
    Reach,
    RegistrationClass,
    SealedAt,
    Shift,
    StandDownReason,
    Stored,
    TaskId,
)
from schemas.villages import Village, VillageName
from streams.remembered import Handed, Holding, Report, Said, Seen, Unsafe


class HeldCertificate(Stored):
    """The latest word on a certificate."""

    certificate: Certificate
    withdrawn: bool = False


class Organization(Stored):
    id: OrganizationId
    name: str
    registration_class: RegistrationClass
    home: DivisionCode
    place: Place
    capabilities: tuple[Capability, ...]
    people: int
    credit_code: str | None = None
    village: VillageName | None = None  # in its home, a township
    certificates: tuple[HeldCertificate, ...] = ()
    crews_most: int | None = None  # units of all skills together that it can man at once
    on_duty: bool = True
    hours: tuple[Shift, ...] = ()  # of the week; without any, it can be asked at any hour
    leaves: tuple[Leave, ...] = ()
    adults_only: bool | None = None  # None: nobody knows
    insured_through: Day | None = None
    enrolled: bool = False  # for exercises beside actual work
    renewed_in: int = 0  # the turn in which its units or its duty were last stated
    reached_in: int = 0  # the turn in which it could be reached again
    retired: bool = False
    merged_into: OrganizationId | None = None
    merged_in: int = 0  # the turn in which it was

    def units(self, skill: str) -> int | None:
        """Units that it has of a skill; None where it has not registered it."""
        return next((one.units for one in self.capabilities if one.skill == skill), None)


class IncidentState(StrEnum):
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class Incident(Stored):
    id: IncidentId
    number: int
    hazard: str
    division: DivisionCode
    label: str
    opened_at: Instant
    joined: tuple[DivisionCode, ...] = ()
    state: IncidentState = IncidentState.OPEN
    readable: bool = True
    demands: int = 0  # how many were ever published, so spoken numbers are never reused
    tasks: int = 0
    live_tasks: int = 0
    closed_at: Instant | None = None
    destroy_at: Instant | None = None  # when its key is destroyed, once that is known
    left_in: int | None = None  # the turn from which on what belonged to it leaves the state
    left: bool = False  # all of it has


class DemandState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


class Demand(Stored):
    id: DemandId
    number: int  # 0: never published
    sequence: int
    incident: IncidentId
    posted_by: AccountId
    kind: str
    priority: int
    place: Place
    lines: tuple[LineId, ...]
    risk_statement: str
    rally_point: str
    way_in: str | None
    sealed: tuple[SealedAt, ...]
    release_at: Instant
    published_at: Instant  # of a draft, when it was drafted
    needed_by: Instant | None  # None: as soon as possible
    scene_in: int  # the turn in which its place, risk, rally point or way in was last said
    said: Said
    urgent_in: int = 0  # the turn in which it last became more urgent
    substitute: DivisionCode | None = None
    similar: DemandId | None = None
    leader: DemandId | None = None  # tells of the same need, and is asked for in its place
    followed: bool = False  # closed with its leader, to be reopened with it
    members: int = 0  # whom it leads, closed ones too
    following: bool = False  # it was closed or reopened, and some of these are still to follow
    quiet_at: Instant | None = None  # when its desk is asked, if nothing happens before
    asked_at: Instant | None = None  # since when its desk is asked
    climbs_at: Instant | None = None  # when the desk above is asked, if its own does nothing
    climbed_at: Instant | None = None  # since when it is
    nobody_at: Instant | None = None  # since when nobody can be asked, without a word of its desk
    nobody_again_at: Instant | None = None  # its desk has said something, and is asked no sooner
    held_at: Instant | None = None
    shut: tuple[InstructionId, ...] = ()  # closed zones that it lies in, and the like
    unsafe: tuple[Unsafe, ...] = ()  # orders by which crews left its place, and that stand
    may_lie_in: tuple[InstructionId, ...] = ()  # closed zones, its own place being known roughly
    question: str = ""  # what it is on hold for, as was said last
    held_for: tuple[Holding, ...] = ()  # and all of that
    asked_by: DivisionCode | None = None  # the county that put it
    handed: Handed | None = None
    appeal: Appeal | None = None
    refiled: Refiled | None = None
    drafted_at: Instant | None = None
    reporter: Village | None = None
    people: int | None = None
    sealed_in: int = 0  # the turn in which a sealed text was last said, or taken out; 0: never
    sealed_at: Instant | None = None
    notes: int = 0  # how many desks have made; each names the turn of the one before it
    noted_in: int = 0
    noted_at: Instant | None = None
    revision: int = 1
    state: DemandState = DemandState.PUBLISHED
    reason: CloseReason | None = None
    closed_at: Instant | None = None


class Line(Stored):
    """One line and how far it is covered; units count once, in its present round."""

    id: LineId
    demand: DemandId
    incident: IncidentId
    number: int
    skill: str
    grade: int | None
    minimum: int
    target: int
    hazardous: bool
    whole: bool  # of use only all together, from one organization
    priority: int
    place: Place  # of its demand, as the priority is
    opened_at: Instant  # its present round
    wake_at: Instant | None  # when settling looks at it (again)
    open: bool = True
    dropped: bool = False
    asleep: bool = False  # another demand asks in its place, or its own is a draft
    round: int = 1  # rises when the demand is reopened
    wave: int = 0  # how many times somebody was looked for in this round
    working: int = 0  # committed
    delivered: int = 0  # confirmed
    own: int = 0  # the township's
    doubtful: int = 0  # of those working: overdue, and counted on still
    replacing: int = 0  # of those working: counted on no more, somebody else is asked
    asked: int = 0
    live_offers: int = 0
    unmet: bool = False
    missing: int = 0  # as last said, with what follows
    considered: int = 0
    gates: tuple[GateCount, ...] = ()
    looks: int = 0  # fruitless ones in a row
    said_at: Instant | None = None
    able_at: Instant | None = None  # when time alone makes somebody able
    proposing: bool = False  # closed, and its recovery task is still to be proposed
    proposed: bool = False  # a recovery task of it was, and stays in its incident

    @property
    def covered(self) -> int:
        """Units at work, units delivered, and those of the township's own crew."""
        return self.working + self.delivered + self.own


class OfferState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    STANDBY = "standby"
    STOOD_DOWN = "stood_down"


LATE = (OfferState.NO_ANSWER, OfferState.UNREACHABLE, OfferState.DECLINED)  # still answerable


class Offer(Stored):
    id: OfferId
    line: LineId
    demand: DemandId
    organization: OrganizationId
    skill: str
    priority: int  # of its line when it was sent
    round: int
    quantity: int
    sent_at: Instant
    answer_by: Instant
    meters: int
    revision: int  # of its demand when it was sent; of a yes the one whose words it answers
    anew_in: int = 0  # the revision for which there was more time after a yes that was not taken
    rank: int = 0
    wave: int = 0
    considered: int = 1
    gates: tuple[GateCount, ...] = ()
    by_hand: bool = False
    by_plan: ByPlan | None = None  # chosen for all short lines together
    unasked: bool = False  # it came, or offered to come, by itself
    here: bool = False  # and stands there already
    countered: bool = False  # it could come later than was asked
    relieves: AssignmentId | None = None  # whose place it is to take; of the line it asks nothing
    unproved: bool = False  # no yes of it can be taken yet: its line waits for none
    state: OfferState = OfferState.SENT
    unneeded: StandDownReason | None = None  # live, but to be stood down by settling
    decline_reason: DeclineReason | None = None
    free_from: Instant | None = None
    stand_down_reason: StandDownReason | None = None
    answered: int | None = None  # units of the yes
    minutes: int | None = None
    people: int | None = None
    late: bool = False
    by_desk: bool = False
    by_committee: VillageName | None = None
    by_message: bool = False
    person: PersonId | None = None
    reached_at: Instant | None = None  # first, by whatever kind of channel
    reached_by: Reach | None = None
    pooled: bool = False  # counted among the answers that say how many to ask at once
    again_at: Instant | None = None
    again_on: AgainOn | None = None
    standby_until: Instant | None = None
    at_once: bool = False  # a standby's own yes, to be taken up as soon as it is needed,
    kept: bool = False  # and, once that has happened, this
    ended_at: Instant | None = None


class AssignmentState(StrEnum):
    COMMITTED = "committed"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    REPORTED_DONE = "reported_done"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    GIVEN_UP = "given_up"
    STOOD_DOWN = "stood_down"


ENDED = (AssignmentState.RELEASED, AssignmentState.GIVEN_UP, AssignmentState.STOOD_DOWN)


class Before(Stored):
    """How far a crew had come before its last step, who took that step and when."""

    state: AssignmentState
    account: AccountId
    turn: int
    at: Instant
    late_at: Instant | None
    overdue: bool
    doubted: bool
    set_off_at: Instant | None
    arrived_at: Instant | None
    reported_at: Instant | None
    people: int | None
    inside: int | None


class Assignment(Stored):
    id: AssignmentId
    offer: OfferId
    line: LineId
    demand: DemandId
    incident: IncidentId
    organization: OrganizationId
    skill: str
    round: int
    quantity: int
    committed_at: Instant
    starts_at: Instant  # reserved until then
    promised_at: Instant
    late_at: Instant | None  # when it is overdue, or somebody more is asked; None: not waited for
    seen: Seen
    relieves: AssignmentId | None = None  # whose place it is to take; no cover until then
    state: AssignmentState = AssignmentState.COMMITTED
    overdue: bool = False
    doubted: bool = False  # somebody more is asked
    new_times: int = 0
    people: int | None = None
    check_in_by: Instant | None = None  # on the scene: when its next word is due
    silent_at: Instant | None = None  # when it is missed, or escalated; None: not waited for
    missed_at: Instant | None = None  # since when it has been silent, beyond the grace
    out_by: Instant | None = None  # told to leave: when it is to have said that all are out
    escalated: bool = False  # it is the county's desk's own matter, too
    helped: int | None = None  # people so far, as it says
    answered: Report | None = None  # the last of its reports that was
    withdrawing: bool = False  # told to stop or to withdraw: no cover meanwhile
    out_at: Instant | None = None  # since when all have left, or stopped, as told
    sent_back: str | None = None  # why its desk did not find it done, until it reports again
    sent_back_at: Instant | None = None  # when it last was
    inside: int | None = None  # of its people in the danger zone; None: never counted
    unneeded: StandDownReason | None = None
    stand_down_reason: StandDownReason | None = None
    by_desk: bool = False
    by_committee: VillageName | None = None
    before: Before | None = None
    set_off_at: Instant | None = None
    arrived_at: Instant | None = None
    reported_at: Instant | None = None
    ended_at: Instant | None = None

    @property
    def live(self) -> bool:
        return self.state not in ENDED

    @property
    def unheard(self) -> bool:
        return self.live and self.missed_at is not None and bool(self.inside)

    @property
    def leaving(self) -> bool:
        """Whether it is told to stop, or to leave where it is."""
        return self.live and self.withdrawing

    @property
    def way(self) -> Milliseconds:
        """How long it is on its way."""
        return self.promised_at - self.starts_at


class TaskState(StrEnum):
    PROPOSED = "proposed"
    OPEN = "open"
    CLAIMED = "claimed"
    REPORTED_DONE = "reported_done"
    VERIFIED = "verified"
    DROPPED = "dropped"
    LAPSED = "lapsed"


class Task(Stored):
    id: TaskId
    number: int
    incident: IncidentId
    demand: DemandId
    line: LineId
    kind: str
    domain: Domain
    skill: str
    units: int
    place: Place
    proposed_at: Instant
    until: Instant | None  # when it lapses, the claim runs out, or its desk is asked about it
    state: TaskState = TaskState.PROPOSED
    organization: OrganizationId | None = None
    reporter: AccountId | None = None
    asked_at: Instant | None = None  # its desk: is it still needed?
    ended_at: Instant | None = None

    @property
    def live(self) -> bool:
        return self.state not in (TaskState.VERIFIED, TaskState.DROPPED, TaskState.LAPSED)
