"""Commands about demands and their lines."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from schemas.refiling import CarriedNote
from schemas.values import (
    CloseReason,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    LineId,
    LineRequest,
    OpeningReason,
    Place,
    Priority,
    Sealed,
    SealedText,
    Stored,
    Units,
)
from schemas.villages import VillageName

PUBLIC_MOST: Final = 500
PublicText = Annotated[str, Meta(min_length=1, max_length=PUBLIC_MOST)]
Lines = Annotated[tuple[LineRequest, ...], Meta(min_length=1, max_length=20)]
Several = Annotated[tuple[DemandId, ...], Meta(min_length=1, max_length=100)]
Question = Annotated[str, Meta(min_length=1, max_length=200)]
Revision = Annotated[int, Meta(ge=1)]


class Wanted(Stored):
    """What a township asks for, line by line, with its risks.

    Without `needed_by` it is needed as soon as possible. `lead`: who leads on the scene.
    `public_numbers`: why numbers of persons in the public words are to be read by everybody.
    """

    incident: IncidentId
    kind: str
    priority: Priority
    place: Place
    lines: Lines
    risk_statement: PublicText
    rally_point: PublicText
    way_in: PublicText | None = None
    needed_by: Instant | None = None
    contact: Sealed | None = None
    address: Sealed | None = None
    note: Sealed | None = None
    lead: Sealed | None = None
    public_numbers: PublicText | None = None


class PublishDemand(Wanted, tag="PublishDemand.1"):
    """Publish what a township asks for (Article 7).

    `same_as`: a further report of that demand's need, which alone is asked for.
    """

    same_as: DemandId | None = None


class DraftDemand(Wanted, tag="DraftDemand.1"):
    """Keep what a township may ask for as a draft: nobody is asked before it is published."""


class ReportNeed(Wanted, tag="ReportNeed.1", kw_only=True):
    """A village committee tells its township of a need: a draft at that desk, which decides.

    `people`: how many it concerns.
    """

    village: VillageName
    people: Annotated[int, Meta(ge=1, le=100_000)] | None = None


class PublishDraft(Stored, tag="PublishDraft.1"):
    """Publish a draft as it is; `revision` is the one that the desk was looking at."""

    demand: DemandId
    revision: Revision


class AmendDemand(Stored, tag="AmendDemand.1"):
    """Change a published demand; `revision` is the one that the desk was looking at.

    `targets` gives each line's new target in order; further `lines` are added behind them.
    Without a place or a kind that stays as it is; without `needed_by` it is needed as soon as
    possible from now on, and without `way_in` none is said. A sealed text that is not given stays,
    unless it is `removed`.
    """

    demand: DemandId
    revision: Revision
    priority: Priority
    targets: Annotated[tuple[Units, ...], Meta(min_length=1, max_length=20)]
    lines: Annotated[tuple[LineRequest, ...], Meta(max_length=20)]
    risk_statement: PublicText
    rally_point: PublicText
    way_in: PublicText | None = None
    place: Place | None = None
    needed_by: Instant | None = None
    kind: str | None = None
    contact: Sealed | None = None
    address: Sealed | None = None
    note: Sealed | None = None
    lead: Sealed | None = None
    removed: Annotated[tuple[SealedText, ...], Meta(max_length=4)] = ()
    public_numbers: PublicText | None = None


class CloseDemand(Stored, tag="CloseDemand.1"):
    """Close a demand, or discard a draft; whoever is asked or on the way is stood down."""

    demand: DemandId
    reason: CloseReason
    revision: Revision


class ReopenDemand(Stored, tag="ReopenDemand.1"):
    """Take a closed demand up again, with its history."""

    demand: DemandId
    revision: Revision


class CloseDemands(Stored, tag="CloseDemands.1"):
    """Close several demands inside a division with one reason; those closed already stay so.

    For a reason by which nothing was done, whatever somebody has arrived for stays open too.
    """

    division: DivisionCode
    demands: Several
    reason: CloseReason


class ReopenDemands(Stored, tag="ReopenDemands.1"):
    """Take several closed demands inside a division up again; those that are open stay so."""

    division: DivisionCode
    demands: Several


class GroupDemands(Stored, tag="GroupDemands.1"):
    """These tell of the same need as `leader`, all inside a division: it is asked for once."""

    division: DivisionCode
    leader: DemandId
    demands: Several


class UngroupDemands(Stored, tag="UngroupDemands.1"):
    """Each of these is a need of its own after all, and is asked for again."""

    division: DivisionCode
    demands: Several


class TakeBackDemand(Stored, tag="TakeBackDemand.1"):
    """The sender takes a demand back that it moved to another township, until that one acts."""

    demand: DemandId
    revision: Revision


class RefileDemand(Stored, tag="RefileDemand.1"):
    """A demand that was posted in the wrong incident goes to another, with its lines and crews.

    What is sealed comes sealed anew, under the other incident's key: every text that the demand
    has, and its latest notes, the newest first; `older`: the turn of the next one behind these.
    """

    demand: DemandId
    revision: Revision
    incident: IncidentId
    contact: Sealed | None = None
    address: Sealed | None = None
    note: Sealed | None = None
    lead: Sealed | None = None
    notes: Annotated[tuple[CarriedNote, ...], Meta(max_length=40)] = ()
    older: Annotated[int, Meta(ge=0)] = 0


class KeepDemand(Stored, tag="KeepDemand.1"):
    """It is still needed, as it is."""

    demand: DemandId


class HoldDemand(Stored, tag="HoldDemand.1"):
    """Ask nobody more until a question is answered; said again, it has its time anew.

    The question is as public as the risk statement.
    """

    demand: DemandId
    question: Question


class ResumeDemand(Stored, tag="ResumeDemand.1"):
    """The question is answered, and the demand goes on.

    While a crew of it is told to leave or to stop, has people in danger or is silent, that is
    refused unless its desk says that the place is safe.
    """

    demand: DemandId
    answer: Question | None = None
    safe: bool = False


class DropLine(Stored, tag="DropLine.1"):
    """One line of a demand is no longer wanted; the others go on."""

    line: LineId


class SetOwnCrew(Stored, tag="SetOwnCrew.1"):
    """So many units of a line are taken on by the township's own crew; 0: none any more."""

    line: LineId
    units: Annotated[int, Meta(ge=0, le=500)]


class OpenSealedText(Stored, tag="OpenSealedText.1"):
    """Ask to read the sealed texts of a demand and its notes; being asked is a fact."""

    demand: DemandId
    reason: OpeningReason


class NoteDemand(Stored, tag="NoteDemand.1"):
    """Add to the running note that desks keep about a demand, whatever state it is in."""

    demand: DemandId
    text: Sealed


DemandCommand = (
    PublishDemand
    | DraftDemand
    | ReportNeed
    | PublishDraft
    | AmendDemand
    | CloseDemand
    | ReopenDemand
    | CloseDemands
    | ReopenDemands
    | GroupDemands
    | UngroupDemands
    | TakeBackDemand
    | RefileDemand
    | KeepDemand
    | HoldDemand
    | ResumeDemand
    | DropLine
    | SetOwnCrew
    | OpenSealedText
    | NoteDemand
)
