"""Board rows: what screens show. Made from the state of one turn, each whole in itself.

A screen starts from a page of rows and then applies `Put` and `Removed`; it never sees facts.
"""

from __future__ import annotations

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
    Mode,
    OfferId,
    OperationId,
    OrganizationId,
    RegistrationClass,
    Role,
    StandDownReason,
    Stored,
    TaskId,
)


class Audience(Stored):
    """Who may see a row.

    Desks and reviewers whose scope holds `division`; the named `organizations`; every
    organization at home inside `county`; every account with a role, where `everyone` is set.
    """

    division: DivisionCode | None = None
    organizations: tuple[OrganizationId, ...] = ()
    county: DivisionCode | None = None
    accounts: tuple[AccountId, ...] = ()
    everyone: bool = False


class IncidentRow(Stored, tag="incident"):
    id: IncidentId
    operation: OperationId
    mode: Mode
    number: int
    hazard: str
    division: DivisionCode
    label: str
    joined: tuple[DivisionCode, ...]
    state: str  # open, closing, closed
    readable: bool  # False once the key of its sealed texts is destroyed
    opened_at: Instant
    closed_at: Instant | None


class LineView(Stored):
    id: LineId
    number: int
    skill: str
    grade: int | None
    minimum: int
    target: int
    hazardous: bool
    covered: int  # units committed or done
    asked: int  # units on offers that nobody has answered yet
    cover: str  # empty, inadequate, adequate, satisfied
    unmet: bool  # nobody (more) could be asked when it was last looked at
    retry_at: Instant | None  # when it is looked at again without cause
    considered: int
    gates: tuple[GateCount, ...]


class DemandRow(Stored, tag="demand"):
    id: DemandId
    operation: OperationId
    mode: Mode
    number: int
    sequence: int  # of the turn that published it, where its sealed texts are
    incident: IncidentId
    kind: str
    priority: int
    division: DivisionCode
    lon: int
    lat: int
    approximate: bool
    state: str  # published, closed
    revision: int
    reason: CloseReason | None
    risk_statement: str
    rally_point: str
    sealed: tuple[str, ...]  # which of contact, address, note are there
    lines: tuple[LineView, ...]
    release_at: Instant
    published_at: Instant
    closed_at: Instant | None


class OfferRow(Stored, tag="offer"):
    id: OfferId
    operation: OperationId
    mode: Mode
    line: LineId
    demand: DemandId
    demand_number: int
    organization: OrganizationId
    organization_name: str
    kind: str
    skill: str
    grade: int | None
    hazardous: bool
    priority: int
    quantity: int
    division: DivisionCode
    lon: int
    lat: int
    meters: int
    rank: int
    considered: int
    gates: tuple[GateCount, ...]
    risk_statement: str
    rally_point: str
    state: str  # sent, accepted, declined, no_answer, stood_down
    decline_reason: DeclineReason | None
    stand_down_reason: StandDownReason | None
    by_desk: bool
    sent_at: Instant
    answer_by: Instant
    ended_at: Instant | None


class AssignmentRow(Stored, tag="assignment"):
    id: AssignmentId
    operation: OperationId
    mode: Mode
    offer: OfferId
    line: LineId
    demand: DemandId
    demand_number: int
    organization: OrganizationId
    organization_name: str
    kind: str
    skill: str
    priority: int
    quantity: int
    minutes: int | None
    division: DivisionCode
    lon: int
    lat: int
    risk_statement: str
    rally_point: str
    state: str  # committed, en_route, on_scene, reported_done, released, given_up, stood_down
    stand_down_reason: StandDownReason | None
    by_desk: bool
    committed_at: Instant
    set_off_at: Instant | None
    arrived_at: Instant | None
    reported_at: Instant | None
    ended_at: Instant | None


class TaskRow(Stored, tag="task"):
    id: TaskId
    operation: OperationId
    mode: Mode
    number: int
    incident: IncidentId
    demand: DemandId
    demand_number: int
    kind: str
    domain: Domain
    division: DivisionCode
    state: str  # proposed, open, claimed, reported_done, verified, dropped
    organization: OrganizationId | None
    organization_name: str
    proposed_at: Instant
    ended_at: Instant | None


class OrganizationRow(Stored, tag="organization"):
    id: OrganizationId
    name: str
    registration_class: RegistrationClass
    home: DivisionCode
    lon: int
    lat: int
    capabilities: tuple[Capability, ...]
    certificates: tuple[Certificate, ...]
    people: int
    on_duty: bool


class GrantView(Stored):
    role: Role
    division: DivisionCode | None
    organization: OrganizationId | None
    until: Instant | None


class AccountRow(Stored, tag="account"):
    """What an account may do; the door reads its readers' scopes from these rows."""

    id: AccountId
    grants: tuple[GrantView, ...]


class OperationRow(Stored, tag="operation"):
    """An operation, and how far its deadlines were moved after the last standstill."""

    id: OperationId
    mode: Mode
    shifted_by: int


class ClockRow(Stored, tag="clock"):
    """When an operation's next tick is due. Nobody's screen shows it; the log's owner reads it."""

    id: OperationId
    next_due: Instant | None
    next_tick: int


Row = (
    IncidentRow
    | DemandRow
    | OfferRow
    | AssignmentRow
    | TaskRow
    | OrganizationRow
    | AccountRow
    | OperationRow
    | ClockRow
)


class Put(Stored, tag="put"):
    """A row is new or has changed; whoever saw it and is no longer in `audience` loses it."""

    row: Row
    audience: Audience


class Removed(Stored, tag="removed"):
    """A row has left the board."""

    kind: str
    id: str


Change = Put | Removed
