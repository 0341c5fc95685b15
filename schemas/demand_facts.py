"""Facts about incidents, demands and their lines."""

from __future__ import annotations

from schemas.batches import BatchId
from schemas.refiling import DemandRefiled
from schemas.values import (
    AccountId,
    AssignmentId,
    CloseReason,
    DemandId,
    DivisionCode,
    GateCount,
    IncidentId,
    Instant,
    InstructionId,
    LineId,
    LineRequest,
    OpeningReason,
    OrganizationId,
    Place,
    Priority,
    Sealed,
    SealedText,
    Stored,
    Units,
)
from schemas.villages import Village


class NumberedLine(Stored):
    """A line as published: its id and what it asks for."""

    line: LineId
    request: LineRequest


# Incidents


class IncidentOpened(Stored, tag="IncidentOpened.1"):
    incident: IncidentId
    number: int
    hazard: str
    division: DivisionCode
    label: str
    at: Instant


class IncidentJoined(Stored, tag="IncidentJoined.1"):
    incident: IncidentId
    division: DivisionCode
    at: Instant


class IncidentClosing(Stored, tag="IncidentClosing.1"):
    """The desk has closed it; what follows for many is written by this and following turns."""

    incident: IncidentId
    at: Instant


class IncidentClosed(Stored, tag="IncidentClosed.1"):
    incident: IncidentId
    at: Instant


class IncidentReopened(Stored, tag="IncidentReopened.1"):
    """It goes on; a destruction of its key that was due is off."""

    incident: IncidentId
    at: Instant


class KeyDestructionDue(Stored, tag="KeyDestructionDue.1"):
    """It is closed and recovery is over: its key is destroyed at `due`, unless it is reopened."""

    incident: IncidentId
    due: Instant
    at: Instant


class KeyDestroyed(Stored, tag="KeyDestroyed.1"):
    """Nothing sealed in this incident can be read any more, nor anything in it reopened."""

    incident: IncidentId
    at: Instant


# Demands


class DemandSaid(Stored):
    """What a township asks for, as it was said first, and by whom."""

    demand: DemandId
    account: AccountId
    incident: IncidentId
    kind: str
    priority: Priority
    place: Place
    lines: tuple[NumberedLine, ...]
    risk_statement: str
    rally_point: str
    way_in: str | None
    public_numbers: str | None
    contact: Sealed | None
    address: Sealed | None
    note: Sealed | None
    lead: Sealed | None
    needed_by: Instant | None
    at: Instant


class DemandPublished(DemandSaid, tag="DemandPublished.1"):
    """`substitute`: the county whose desk stood in for a township that could not publish.

    `similar`: a demand that was published lately, of the same kind and close by.
    """

    number: int
    substitute: DivisionCode | None
    similar: DemandId | None
    release_at: Instant


class DemandDrafted(DemandSaid, tag="DemandDrafted.1"):
    """A draft: nobody is asked. Until `climbs_at` its desk has time to publish or discard it.

    `reporter`: the village whose committee has told of it, and `people` how many it concerns.
    """

    climbs_at: Instant
    reporter: Village | None = None
    people: int | None = None


class DraftPublished(Stored, tag="DraftPublished.1"):
    """What was a draft is asked for from now on, under the next number of its incident.

    `substitute` and `similar`: as of what is published at once.
    """

    demand: DemandId
    revision: int
    incident: IncidentId
    number: int
    substitute: DivisionCode | None
    similar: DemandId | None
    release_at: Instant
    at: Instant


class DemandAmended(Stored, tag="DemandAmended.1"):
    """All of it as it is from now on, but of the sealed texts only those said anew or `removed`."""

    demand: DemandId
    revision: int
    kind: str
    priority: Priority
    place: Place
    targets: tuple[Units, ...]
    lines: tuple[NumberedLine, ...]
    risk_statement: str
    rally_point: str
    way_in: str | None
    public_numbers: str | None
    contact: Sealed | None
    address: Sealed | None
    note: Sealed | None
    lead: Sealed | None
    removed: tuple[SealedText, ...]
    needed_by: Instant | None
    at: Instant


class DemandTakenBack(Stored, tag="DemandTakenBack.1"):
    """The township that had moved it to another one has it back, where it was."""

    demand: DemandId
    revision: int
    place: Place
    at: Instant


class StillNeededAsked(Stored, tag="StillNeededAsked.1"):
    """Nothing has happened about it for half a day: its desk is asked whether it is needed.

    `climbs_at`: when that is also asked of the desk above, where somebody is missing.
    """

    demand: DemandId
    climbs_at: Instant | None
    at: Instant


class DemandHeld(Stored, tag="DemandHeld.1"):
    """Nobody is asked until a question is answered. `asked_by`: the county that put it, if one did.

    At `ask_at` its desk is asked whether it is still on hold. `crew`, `instruction`: which crew
    was told to leave its place, and by what; else it is a question of its own.
    """

    demand: DemandId
    question: str
    crew: AssignmentId | None
    instruction: InstructionId | None
    asked_by: DivisionCode | None
    ask_at: Instant
    at: Instant


class HoldAsked(Stored, tag="HoldAsked.1"):
    """It has been on hold for its time: its desk is asked, and at `climbs_at` the desk above."""

    demand: DemandId
    climbs_at: Instant
    at: Instant


class DemandResumed(Stored, tag="DemandResumed.1"):
    """It goes on: everybody who is able may be asked again."""

    demand: DemandId
    answer: str | None
    at: Instant


class DemandClimbed(Stored, tag="DemandClimbed.1"):
    """Its desk has not taken the next step in time: from now on the desk above is asked for it."""

    demand: DemandId
    at: Instant


class DemandKept(Stored, tag="DemandKept.1"):
    """Still needed: `said` by the desk, or seen by what was done. Not asked before `until`."""

    demand: DemandId
    said: bool
    until: Instant
    at: Instant


class DemandClosed(Stored, tag="DemandClosed.1"):
    """`leader`: it was closed with the demand that leads its group.

    `substitute`: the county whose desk has discarded a township's draft in its place.
    `batch`: what it was voided with.
    """

    demand: DemandId
    revision: int
    reason: CloseReason
    at: Instant
    leader: DemandId | None = None
    substitute: DivisionCode | None = None
    batch: BatchId | None = None


class DemandReopened(Stored, tag="DemandReopened.1"):
    """The next round begins: nothing is covered, and everybody may be asked.

    `leader`: it was reopened with the demand that leads its group. `climbs_at`: of what was never
    published, which is a draft again, until when its desk has time for it. `batch`: what it was
    voided with, which was undone.
    """

    demand: DemandId
    revision: int
    at: Instant
    leader: DemandId | None = None
    climbs_at: Instant | None = None
    batch: BatchId | None = None


class DemandGrouped(Stored, tag="DemandGrouped.1"):
    """It tells of the same need as `leader`, which alone is asked for from now on."""

    demand: DemandId
    leader: DemandId
    at: Instant


class DemandUngrouped(Stored, tag="DemandUngrouped.1"):
    """It stands for itself again: `said` by a desk, or since its leader is over without it."""

    demand: DemandId
    leader: DemandId
    said: bool
    at: Instant


class SealedTextOpened(Stored, tag="SealedTextOpened.1"):
    demand: DemandId
    account: AccountId
    reason: OpeningReason
    at: Instant


class DemandNoted(Stored, tag="DemandNoted.1"):
    """The `number`th note that desks keep about a demand; `before`: the turn of the one before it,
    0 for none."""

    demand: DemandId
    number: int
    account: AccountId
    text: Sealed
    before: int
    at: Instant


class PersonsShown(Stored, tag="PersonsShown.1"):
    """Somebody was shown whom to call of an organization, and where."""

    demand: DemandId
    organization: OrganizationId
    account: AccountId
    at: Instant


class LineDropped(Stored, tag="LineDropped.1"):
    line: LineId
    demand: DemandId
    at: Instant


class OwnCrewSet(Stored, tag="OwnCrewSet.1"):
    """So many units of the line are the township's own crew's, from now on."""

    line: LineId
    demand: DemandId
    quantity: int
    at: Instant


class LineUnmet(Stored, tag="LineUnmet.1"):
    """Nobody (more) can be asked now. Said again when what is missing, a gate or `able_at` changes.

    `able_at`: when time alone makes somebody able, None where only a change does. It is looked at
    again at `retry_at` at the latest. `climbs_at`: nobody is asked for what is urgent and below its
    least, so its desk is asked what to do, and the desk above from then on.
    """

    line: LineId
    demand: DemandId
    missing: int
    considered: int
    gates: tuple[GateCount, ...]
    able_at: Instant | None
    retry_at: Instant
    at: Instant
    climbs_at: Instant | None = None


class LinesLookedAt(Stored, tag="LinesLookedAt.1"):
    """Still nobody, for the reasons said before; each is looked at again at `next`."""

    lines: tuple[LineId, ...]
    next: Instant
    at: Instant


class LineWoken(Stored, tag="LineWoken.1"):
    """An organization has become able. `line` may use it from `wake_at` on; None: no line may."""

    organization: OrganizationId
    skill: str
    line: LineId | None
    wake_at: Instant
    at: Instant


class LineInHand(Stored, tag="LineInHand.1"):
    """Those asked already are enough for now; answers are awaited."""

    line: LineId
    at: Instant


IncidentFact = (
    IncidentOpened
    | IncidentJoined
    | IncidentClosing
    | IncidentClosed
    | IncidentReopened
    | KeyDestructionDue
    | KeyDestroyed
)
DemandFact = DemandPublished | StillNeededAsked | DemandKept | SealedTextOpened | PersonsShown
AmendingFact = DemandAmended | DemandTakenBack | DemandRefiled | DemandNoted
DraftingFact = DemandDrafted | DraftPublished
HoldingFact = DemandHeld | HoldAsked | DemandResumed | DemandClimbed
EndingFact = DemandClosed | DemandReopened
GroupingFact = DemandGrouped | DemandUngrouped
LineFact = LineDropped | OwnCrewSet | LineUnmet | LinesLookedAt | LineWoken | LineInHand
