"""What the rules remember beside the nouns: outcomes of asking, loads, tallies, lost time."""

from __future__ import annotations

from enum import StrEnum

from schemas.batches import BatchId, BatchKind, BatchState
from schemas.values import (
    AccountId,
    AgainOn,
    AssignmentId,
    CloseReason,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    InstructionId,
    LineId,
    Medium,
    OfferId,
    OrganizationId,
    Place,
    Purpose,
    ReportAnswer,
    ReportId,
    SceneReport,
    Stored,
    TimeSource,
)

HEADER = "log"


class ReportState(StrEnum):
    """How it is with a demand that another one leads."""

    OPEN = "open"
    FOLLOWED = "followed"  # closed with its leader
    CLOSED = "closed"  # by itself


class Header(Stored):
    """What a log says of itself in its first turn, and where it goes on if it has moved."""

    purpose: Purpose
    time_source: TimeSource
    divisions: str
    rules: int
    moved: Medium | None = None


class Said(Stored):
    """In which revision of a demand each of its public words was last said, and when the last."""

    at: Instant
    kind: int = 1
    place: int = 1
    risk: int = 1
    rally_point: int = 1
    way_in: int = 1


class Holding(Stored):
    """What a demand is on hold for: a question, or an order by which a crew left its place."""

    question: str
    crew: AssignmentId | None = None
    instruction: InstructionId | None = None


class Seen(Stored):
    """Up to which revision a crew knows its demand's words, and when it has said so itself."""

    revision: int
    at: Instant | None = None


class Asked(Stored):
    """The last outcome of asking one organization for one line, in the line's round."""

    line: LineId
    organization: OrganizationId
    offer: OfferId
    round: int
    again_at: Instant | None = None  # may be asked again from; None: not by time alone
    again_on: AgainOn | None = None  # the change that allows it at once
    turn: int = 0  # of the outcome, which a change must come behind
    declines: int = 0
    silences: int = 0
    unreached: int = 0  # times in a row that no channel could hand it over
    free_from: Instant | None = None  # as it said itself, which no later silence forgets


class Owed(Stored):
    """Something that waited for a person, and until when, as a log stood still."""

    wait: str  # the name of a `Wait`
    id: str
    until: Instant


class Standstill(Stored):
    """An outage of which not everybody has the lost time back: whom it is owed, and from when."""

    since: Instant
    at: Instant
    quiet_until: Instant
    offers: tuple[OfferId, ...]
    demands: tuple[DemandId, ...]
    others: tuple[Owed, ...]


class Able(Stored):
    """An organization that may have become able to serve a line that lacks its skill."""

    organization: OrganizationId
    skill: str
    at: Instant


class DemandAsk(Stored):
    """An organization was asked for a demand of which the daily cap knows."""

    demand: DemandId
    at: Instant


class Asks(Stored):
    """When an organization was last asked, as a turn, and what the daily cap knows of it."""

    last_in: int = 0
    counted: tuple[DemandAsk, ...] = ()


class Rest(Stored):
    """Units of a crew that has worked long, and until when they rest."""

    crew: AssignmentId
    units: int
    until: Instant


class Load(Stored):
    """What holds an organization's units of one skill, or of all together: its word, offers by
    priority, and rest."""

    committed: int = 0
    asked: tuple[int, ...] = (0, 0, 0, 0)
    resting: tuple[Rest, ...] = ()


class Tally(Stored):
    """Answers pooled by skill: how many were asked to the end, and how many said yes."""

    answered: int = 0
    accepted: int = 0


class Report(Stored):
    """What a crew has reported from the scene."""

    id: ReportId
    assignment: AssignmentId
    demand: DemandId
    what: SceneReport
    quantity: int | None
    skill: str | None
    text: str
    at: Instant
    answer_by: Instant
    escalated: bool = False
    answer: ReportAnswer | None = None
    answered_at: Instant | None = None


class Relief(Stored):
    """A crew on the scene, and who is to take its place.

    `ask_at`: when its desk is asked for that, `due_at`: since when it is; `climbs_at`: when the
    desk above is as well, `climbed_at`: since when. `free_at`: when the crew goes, since the new
    one is there.
    """

    crew: AssignmentId
    offer: OfferId | None = None
    successor: AssignmentId | None = None
    ask_at: Instant | None = None
    due_at: Instant | None = None
    free_at: Instant | None = None
    climbs_at: Instant | None = None
    climbed_at: Instant | None = None
    since: Instant | None = None  # when it has arrived


class Unsafe(Stored):
    """Because of this order a crew has left the place of a demand."""

    crew: AssignmentId
    instruction: InstructionId


class Beside(Stored):
    """A crew at work where another one was told to leave: its desk owes it a word, or has said why
    it may stay. `climbs_at`: None until its desk was asked."""

    assignment: AssignmentId
    demand: DemandId  # whose place was left
    because: Unsafe
    since: Instant
    climbs_at: Instant | None = None
    climbed_at: Instant | None = None
    stays: str | None = None
    stays_at: Instant | None = None


class ListedState(StrEnum):
    """What has become of one of a batch."""

    LISTED = "listed"
    DONE = "done"
    SPARED = "spared"
    UNDONE = "undone"


class Listed(Stored):
    """One demand or task of a batch, and when it was dealt with last."""

    batch: BatchId
    id: str
    state: ListedState = ListedState.LISTED
    at: Instant = 0


class Batch(Stored):
    """Many that are dealt with by one act. `until`: for how long its list may take, and later
    until when it can be undone."""

    id: BatchId
    kind: BatchKind
    incident: IncidentId
    division: DivisionCode
    reason: CloseReason | None
    on_the_way: bool
    count: int
    digest: str
    account: AccountId
    at: Instant
    until: Instant
    state: BatchState = BatchState.LISTING
    listed: int = 0
    done: int = 0
    spared: int = 0
    undone: int = 0


class Key(Stored):
    """A used idempotency key: which turn answers it, and the digests of its request."""

    sequence: int
    at: Instant
    body: str
    personal: str


class Handed(Stored):
    """A demand that was moved to another township: from where, and whether that one has acted."""

    place: Place
    at: Instant
    acted: bool = False
