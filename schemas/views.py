"""Board rows: what screens show. Made from the state of one turn, each whole in itself.

A screen starts from a page of rows and then applies `Put` and `Removed`; it never sees facts.
"""

from __future__ import annotations

from schemas.appeals import AppealView
from schemas.batches import BatchView
from schemas.beside import BesideView
from schemas.codes import PublicWord
from schemas.hand_ups import HandUp
from schemas.helpers import Helpers
from schemas.instruction_views import InstructionView, StandingView
from schemas.line_views import LineView
from schemas.refiling import Refiled
from schemas.registry_views import AccountRow, CertificateView, GrantView, OrganizationRow
from schemas.relief import ReliefView, Relieved
from schemas.scene_views import ReportView
from schemas.shifts import ShiftRow
from schemas.values import (
    AccountId,
    AgainOn,
    AssignmentId,
    CloseReason,
    DeclineReason,
    DemandId,
    DivisionCode,
    Domain,
    Gate,
    GateCount,
    IncidentId,
    Instant,
    LineId,
    Mode,
    OfferId,
    OperationId,
    OrganizationId,
    Reach,
    SealedAt,
    StandDownReason,
    Stored,
    TaskId,
)
from schemas.villages import Village, VillageName


class Audience(Stored):
    """Who may see a row.

    Desks and reviewers above `division`, or `sender`, which moved it there, or the crew's `home`;
    `organizations`, those at home in `county`; desks inside `desks`; a `village`; or `everyone`.
    """

    division: DivisionCode | None = None
    sender: DivisionCode | None = None
    home: DivisionCode | None = None
    desks: DivisionCode | None = None
    organizations: tuple[OrganizationId, ...] = ()
    county: DivisionCode | None = None
    accounts: tuple[AccountId, ...] = ()
    everyone: bool = False
    village: Village | None = None


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
    destroy_at: Instant | None  # when its key is destroyed, unless it is reopened before
    left_in: int | None  # the turn from which on history and the log alone know its demands
    instructions: tuple[StandingView, ...]  # what everybody at work in it is told
    batches: tuple[BatchView, ...]  # under way, or such as can still be undone


class DemandRow(Stored, tag="demand"):
    id: DemandId
    operation: OperationId
    mode: Mode
    number: int  # 0: never published
    incident: IncidentId
    posted_by: AccountId  # who has published it, or told of it first
    kind: str
    priority: int
    division: DivisionCode
    lon: int
    lat: int
    approximate: bool
    state: str  # draft, published, on_hold, closed
    revision: int
    round: int
    substitute: DivisionCode | None  # whose desk published or discarded it for the township
    similar: DemandId | None  # published lately, of the same kind and close by
    leader: DemandId | None  # tells of the same need, and is asked for in its place
    members: int  # how many further reports of the same need it leads, closed ones too
    sender: DivisionCode | None  # the township that moved it here
    refiled: Refiled | None  # where it was posted, if that was the wrong incident
    returnable: bool  # the sender may still take it back
    reason: CloseReason | None
    risk_statement: str
    rally_point: str
    way_in: str | None
    sealed: tuple[SealedAt, ...]  # which are there, and since when
    sealed_in: int  # the turn in which one of them was last said, or taken out; 0: never
    notes: int  # how many its desks have made
    noted_in: int  # the turn of the last one
    noted_at: Instant | None
    lines: tuple[LineView, ...]
    helpers: tuple[Helpers, ...]
    appeal: AppealView | None  # what everybody may read of it
    hand_up: HandUp | None  # to the desk above, which answers for it once it has taken it on
    release_at: Instant
    reporter: Village | None  # whose committee has told of it
    people: int | None  # how many it concerns, as that has said
    drafted_at: Instant | None  # None: it was published at once
    published_at: Instant  # of a draft, when it was drafted
    needed_by: Instant | None  # None: as soon as possible
    asked_at: Instant | None  # since when its desk is asked: what now, still needed, still on hold
    nobody_at: Instant | None  # what now: since when nobody can be asked for what is urgent
    climbs_at: Instant | None  # when the desk above is asked for the next step of its own
    climbed_at: Instant | None  # since when it is
    held_at: Instant | None
    shut: tuple[StandingView, ...]  # because of these it asks nobody
    may_lie_in: tuple[StandingView, ...]  # closed zones, its place being known roughly
    question: str | None  # what it is on hold for
    asked_by: DivisionCode | None  # the county that put the question
    closed_at: Instant | None


class OfferRow(Stored, tag="offer"):
    id: OfferId
    operation: OperationId
    mode: Mode
    line: LineId
    demand: DemandId
    incident: IncidentId
    demand_number: int
    organization: OrganizationId
    organization_name: str
    kind: str
    skill: str
    grade: int | None
    hazardous: bool
    whole: bool  # a yes to fewer units is of no use
    priority: int
    quantity: int
    division: DivisionCode
    lon: int
    lat: int
    approximate: bool
    near_zone: bool  # its place is known roughly, and a zone is closed thereabouts
    meters: int
    rank: int  # by distance among those who could be asked; 0: chosen by a desk
    wave: int
    by_hand: bool
    unasked: bool  # it came, or offered to come, by itself
    considered: int
    gates: tuple[GateCount, ...]
    risk_statement: str
    rally_point: str
    way_in: str | None
    words_in: int  # the revision of its demand in which words that a yes answers were last said
    changed: tuple[PublicWord, ...]  # since it was sent, or since what the yes answers
    outdated: bool  # a yes to earlier words has come, which was not taken
    state: str  # sent, accepted, declined, no_answer, unreachable, standby, stood_down
    answerable: bool  # a yes or a no would still count
    wanted: bool  # a late yes would be taken at once: the line is short of units now
    on_hold: bool  # its desk has a question, and decides on a yes that comes meanwhile
    decline_reason: DeclineReason | None
    free_from: Instant | None
    stand_down_reason: StandDownReason | None
    answered: int | None  # units of the yes
    minutes: int | None
    people: int | None
    late: bool  # a standby that is not could come later than was asked
    by_desk: bool
    by_committee: VillageName | None  # of its village, which has said it in its stead
    by_message: bool  # without a sign-in
    reached_at: Instant | None  # first, by a channel
    reached_by: Reach | None
    again_at: Instant | None  # may be asked again from; None: only upon `again_on`, or by hand
    again_on: AgainOn | None
    standby_until: Instant | None
    at_once: bool  # a standby that is taken on as soon as it is needed; else the desk decides
    unproved: bool  # what hazardous work asks for is not on record: no yes is taken, or waited for
    kept: bool  # a yes that was kept, and taken up later without another word
    sent_at: Instant
    answer_by: Instant
    needed_by: Instant | None
    ended_at: Instant | None
    relieves: Relieved | None = None  # whose place it is asked to take


class AssignmentRow(Stored, tag="assignment"):
    id: AssignmentId
    operation: OperationId
    mode: Mode
    offer: OfferId
    line: LineId
    demand: DemandId
    incident: IncidentId
    demand_number: int
    organization: OrganizationId
    organization_name: str
    kind: str
    skill: str
    hazardous: bool
    whole: bool
    priority: int
    round: int
    quantity: int
    minutes: int | None
    people: int | None
    division: DivisionCode
    taken_on: DivisionCode | None  # the division above whose desk answers for its demand
    lon: int
    lat: int
    approximate: bool
    near_zone: bool  # its place is known roughly, and a zone is closed thereabouts
    risk_statement: str
    rally_point: str
    question: str | None  # what its demand is on hold for: nobody more is asked until then
    way_in: str | None
    words_in: int  # the revision of its demand in which any of these words was last said
    changed: tuple[PublicWord, ...]  # since its yes, or since it has said that it has read them
    changed_at: Instant  # when any was last said
    seen_at: Instant | None  # when it last said so
    sealed_in: int  # of its demand, the turn in which a sealed text was last said; 0: never
    sealed_at: Instant | None
    state: str  # committed, en_route, on_scene, reported_done, released, given_up, stood_down
    starts_at: Instant  # reserved until then: from when it should be on its way
    promised_at: Instant
    slow_at: Instant | None  # not set off by then is worth a look
    overdue: bool  # not arrived, and no word of it
    replaced: bool  # somebody more is asked, as if it did not come
    replace_at: Instant | None  # when that happens, unless a word comes before
    new_times: int
    check_in_by: Instant | None  # on the scene: when its next word is due
    missed_at: Instant | None  # since when it is silent, beyond the grace: somebody has to call it
    escalated: bool  # the county's desk has to as well
    reports: tuple[ReportView, ...]  # from the scene, that nobody has answered yet
    answered: ReportView | None  # the last that was
    helped: int | None  # people that it has helped so far, as it says
    instructions: tuple[InstructionView, ...]  # what holds, and what was lifted last
    withdrawing: bool  # told to stop or to withdraw: it is no cover meanwhile
    out_at: Instant | None  # since when it has left, or stopped, as it was told; all are safe
    sent_back: str | None  # why its desk did not find it done, until it reports again
    sent_back_at: Instant | None  # when it last was
    inside: int | None  # of its people in the danger zone; None: never counted
    unfit: Gate | None  # what it lacks by now of what the line asks for
    undo_until: Instant | None  # until when its last step can be undone by whoever took it
    stand_down_reason: StandDownReason | None
    by_desk: bool
    by_committee: VillageName | None
    unasked: bool  # it came, or offered to come, by itself
    kept: bool  # taken on without a word of its own just then: it has to be told
    committed_at: Instant
    set_off_at: Instant | None
    arrived_at: Instant | None
    reported_at: Instant | None
    ended_at: Instant | None
    out_by: Instant | None = None  # told to stop or to leave: to say by then that all are safe
    beside: BesideView | None = None  # it is where another crew was told to leave
    relief: ReliefView | None = None
    relieves: Relieved | None = None  # whose place it takes
    refiled: Refiled | None = None  # of another number, when it said yes


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
    skill: str
    units: int
    division: DivisionCode
    lon: int
    lat: int
    approximate: bool
    state: str  # proposed, open, claimed, reported_done, verified, dropped, lapsed
    until: Instant | None  # when it lapses, the claim runs out, or its desk is asked about it
    organization: OrganizationId | None
    organization_name: str
    proposed_at: Instant
    asked_at: Instant | None  # its desk: is it still needed? it lapses at `until`
    ended_at: Instant | None


class OperationRow(Stored, tag="operation"):
    """An operation, and how many milliseconds its log stood still: in all, and the last time."""

    id: OperationId
    mode: Mode
    lost: int
    lost_last: int
    lost_at: Instant | None  # when it went on then


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
    | ShiftRow
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

__all__ = [
    "AccountRow",
    "AssignmentRow",
    "Audience",
    "CertificateView",
    "Change",
    "ClockRow",
    "DemandRow",
    "GrantView",
    "IncidentRow",
    "LineView",
    "OfferRow",
    "OperationRow",
    "OrganizationRow",
    "Put",
    "Removed",
    "ReportView",
    "Row",
    "ShiftRow",
    "TaskRow",
]
