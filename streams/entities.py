"""The nouns' present values: frozen, referring to each other by id, folded from facts."""

from __future__ import annotations

from enum import StrEnum

from schemas.values import (
    AccountId,
    AssignmentId,
    Capability,
    Certificate,
    CloseReason,
    DeclineReason,
    DemandId,
    DivisionCode,
    Domain,
    GateCount,
    IncidentId,
    Instant,
    LineId,
    OfferId,
    OrganizationId,
    Place,
    RegistrationClass,
    Role,
    StandDownReason,
    Stored,
    TaskId,
)


class Grant(Stored):
    account: AccountId
    role: Role
    division: DivisionCode | None
    organization: OrganizationId | None
    until: Instant | None


class Organization(Stored):
    id: OrganizationId
    name: str
    registration_class: RegistrationClass
    home: DivisionCode
    place: Place
    capabilities: tuple[Capability, ...]
    people: int
    certificates: tuple[Certificate, ...] = ()
    on_duty: bool = True


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
    closed_at: Instant | None = None


class DemandState(StrEnum):
    PUBLISHED = "published"
    CLOSED = "closed"


class Demand(Stored):
    id: DemandId
    number: int
    sequence: int
    incident: IncidentId
    kind: str
    priority: int
    place: Place
    lines: tuple[LineId, ...]
    risk_statement: str
    rally_point: str
    sealed: tuple[str, ...]
    release_at: Instant
    published_at: Instant
    revision: int = 1
    state: DemandState = DemandState.PUBLISHED
    reason: CloseReason | None = None
    closed_at: Instant | None = None


class Line(Stored):
    """One line and how far it is covered. `wake_at` is when settling looks at it (again)."""

    id: LineId
    demand: DemandId
    incident: IncidentId
    number: int
    skill: str
    grade: int | None
    minimum: int
    target: int
    hazardous: bool
    priority: int
    wake_at: Instant | None
    open: bool = True
    covered: int = 0
    asked: int = 0
    live_offers: int = 0
    organizations: tuple[OrganizationId, ...] = ()  # everybody asked, so nobody is asked twice
    unmet: bool = False
    considered: int = 0
    gates: tuple[GateCount, ...] = ()
    proposing: bool = False  # closed, and its recovery task is still to be proposed
    task: TaskId | None = None  # the recovery task it led to; one line leads to one


class OfferState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    STOOD_DOWN = "stood_down"


class Offer(Stored):
    id: OfferId
    line: LineId
    demand: DemandId
    organization: OrganizationId
    skill: str
    quantity: int
    sent_at: Instant
    answer_by: Instant
    rank: int
    meters: int
    considered: int
    gates: tuple[GateCount, ...]
    state: OfferState = OfferState.SENT
    unneeded: StandDownReason | None = None  # live, but to be stood down by settling
    decline_reason: DeclineReason | None = None
    stand_down_reason: StandDownReason | None = None
    minutes: int | None = None
    by_desk: bool = False
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


class Assignment(Stored):
    id: AssignmentId
    offer: OfferId
    line: LineId
    demand: DemandId
    incident: IncidentId
    organization: OrganizationId
    skill: str
    quantity: int
    committed_at: Instant
    state: AssignmentState = AssignmentState.COMMITTED
    unneeded: StandDownReason | None = None
    stand_down_reason: StandDownReason | None = None
    by_desk: bool = False
    set_off_at: Instant | None = None
    arrived_at: Instant | None = None
    reported_at: Instant | None = None
    ended_at: Instant | None = None

    @property
    def live(self) -> bool:
        return self.state not in ENDED


class TaskState(StrEnum):
    PROPOSED = "proposed"
    OPEN = "open"
    CLAIMED = "claimed"
    REPORTED_DONE = "reported_done"
    VERIFIED = "verified"
    DROPPED = "dropped"


class Task(Stored):
    id: TaskId
    number: int
    incident: IncidentId
    demand: DemandId
    line: LineId
    kind: str
    domain: Domain
    division: DivisionCode
    proposed_at: Instant
    state: TaskState = TaskState.PROPOSED
    organization: OrganizationId | None = None
    reporter: AccountId | None = None
    ended_at: Instant | None = None

    @property
    def live(self) -> bool:
        return self.state not in (TaskState.VERIFIED, TaskState.DROPPED)


class Tally(Stored):
    """Answers pooled by skill: how many were asked to the end, and how many said yes."""

    answered: int = 0
    accepted: int = 0


class Key(Stored):
    """A used idempotency key: which turn answers it, and the digests of its request."""

    sequence: int
    at: Instant
    body: str
    personal: str
