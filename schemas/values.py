"""Values that commands, facts and entities share.

House rule for everything stored: int, str, bool, None, tuple, nested frozen structs and enums as
strings. Field order is then canonical, and the same value has the same bytes on any machine.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, NewType, dataclass_transform

from msgspec import Meta, Struct, field

LATEST: Final = 253_402_300_799_999  # the end of the year 9999
Instant = Annotated[int, Meta(ge=0, le=LATEST)]  # milliseconds since 1970, UTC
Milliseconds = Annotated[int, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
UNITS_MOST = 500
Units = Annotated[int, Meta(ge=1, le=UNITS_MOST)]  # deployable crews or vehicles of one skill
Priority = Annotated[int, Meta(ge=1, le=4)]  # 1 is the most urgent, everywhere
Grade = Annotated[int, Meta(ge=1, le=3)]  # 1 is the highest (YJ/T 1.1-2022)
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]  # in the area's time zone
People = Annotated[int, Meta(ge=1, le=10_000)]  # who come, beside the units that are counted
Meters = Annotated[int, Meta(ge=0, le=100_000)]
Degrees7 = Annotated[int, Meta(ge=-1_800_000_000, le=1_800_000_000)]  # 1e-7 degree

DemandId = NewType("DemandId", str)
LineId = NewType("LineId", str)
OfferId = NewType("OfferId", str)
AssignmentId = NewType("AssignmentId", str)
ReportId = NewType("ReportId", str)
InstructionId = NewType("InstructionId", str)
TaskId = NewType("TaskId", str)
IncidentId = NewType("IncidentId", str)
GrantId = NewType("GrantId", str)
OrganizationId = NewType("OrganizationId", str)
AccountId = NewType("AccountId", str)
PersonId = NewType("PersonId", str)
OperationId = NewType("OperationId", str)
AreaId = NewType("AreaId", str)
CommandId = NewType("CommandId", str)
DivisionCode = NewType("DivisionCode", str)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Stored(
    Struct,
    frozen=True,
    gc=False,  # safe: values refer to each other by id, so no cycle can form
    forbid_unknown_fields=True,
    kw_only=True,
):
    """Base of everything that reaches a log, a checkpoint or a board."""


class Mode(StrEnum):
    """Whether it is real. On every record; modes never mix."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Purpose(StrEnum):
    """What a log is for; decided in its first record, for good."""

    OPERATIONS = "operations"
    EXERCISE = "exercise"
    HISTORY = "history"
    COMPARISON = "comparison"


class TimeSource(StrEnum):
    """Where rule time comes from: the log's own stamp, or the conductor."""

    LIVE = "live"
    GIVEN = "given"


class Medium(StrEnum):
    """What a log is kept on; it may move from one to the other, as often as need be."""

    FILE = "file"  # of a data folder
    TOPICS = "topics"  # of a cluster


class Role(StrEnum):
    """What an account may do, within the scope of a grant."""

    STEWARD = "steward"
    DESK = "desk"
    ORGANIZATION = "organization"
    REVIEWER = "reviewer"
    COMMITTEE = "committee"  # of one village


class RegistrationClass(StrEnum):
    """Who keeps the organization's record (Article 3 of the decision)."""

    REGISTERED = "registered"  # county civil affairs
    FILED = "filed"  # township
    VILLAGE_GUIDED = "village_guided"  # village committee


class Domain(StrEnum):
    """The four orders that recovery restores (Article 7, paragraph 2)."""

    PRODUCTION = "production"
    LIFE = "life"
    WORK = "work"
    SOCIAL_ORDER = "social_order"


class Datum(StrEnum):
    """Coordinate reference systems taken at the door; both agree within a decimeter."""

    WGS84 = "WGS-84"
    CGCS2000 = "CGCS2000"


class PlaceKind(StrEnum):
    POINT = "point"
    SHAPE = "shape"
    DIVISION = "division"


class CloseReason(StrEnum):
    """Why a demand was closed."""

    MET = "met"
    PARTLY_MET_ACCEPTED = "partly_met_accepted"
    POSTED_BY_MISTAKE = "posted_by_mistake"
    CANCELED = "canceled"
    DUPLICATE = "duplicate"
    UNFOUNDED = "unfounded"
    DONE_BY_OTHERS = "done_by_others"
    EXPIRED_UNMET = "expired_unmet"
    INCIDENT_CLOSED = "incident_closed"


class DeclineReason(StrEnum):
    """Why an organization said no; never held against it."""

    NO_CREW = "no_crew"
    TOO_FAR = "too_far"
    ROAD_BLOCKED = "road_blocked"
    EQUIPMENT = "equipment"
    UNSAFE = "unsafe"
    OTHER = "other"


class AgainOn(StrEnum):
    """The change after which somebody may be asked again at once, before any pause is over."""

    FORCE = "force"  # the organization's units or duty were stated anew
    SCENE = "scene"  # the demand's place, risk or rally point was amended
    REACH = "reach"  # the organization can be reached again


class Reach(StrEnum):
    """By what kind of channel an organization was reached first."""

    PAGE = "page"  # open, and it has shown the offer
    CHAT = "chat"
    SMS = "sms"
    VOICE = "voice"


class PieceKind(StrEnum):
    """What a piece of the worklist is about; an organization stands for who has become able."""

    OFFER = "offer"
    ASSIGNMENT = "assignment"
    REPORT = "report"
    HELPERS = "helpers"
    TASK = "task"
    BATCH = "batch"
    LINE = "line"
    DEMAND = "demand"
    INCIDENT = "incident"
    SHIFT = "shift"  # of a desk
    ORGANIZATION = "organization"


class Piece(Stored):
    """One piece of the worklist: of what kind, and the id of what it is about."""

    kind: PieceKind
    id: str


class Reception(StrEnum):
    """What a desk says to a crew that came unasked, or offers to come."""

    TAKEN_ON = "taken_on"
    PARKED = "parked"
    SENT_HOME = "sent_home"


class StandDownReason(StrEnum):
    """Why an offer or an assignment is no longer wanted. A closed demand gives its own reason."""

    COVERED = "covered"
    NEEDED_ELSEWHERE = "needed_elsewhere"  # said yes to another demand with the same units
    PLANNED_ELSEWHERE = "planned_elsewhere"  # asked for another demand instead, by a plan
    ASKED_ANEW = "asked_anew"  # a newer offer for the same line took its place
    STANDBY_OVER = "standby_over"
    SENT_HOME = "sent_home"  # came unasked or would come, and a desk has thanked it
    UNSUITED = "unsuited"  # likewise, since it is not fit for this work
    LINE_DROPPED = "line_dropped"
    DEMAND_AMENDED = "demand_amended"
    DEMAND_GROUPED = "demand_grouped"  # another demand of its group asks for it
    ZONE_CLOSED = "zone_closed"  # it lies where nobody goes: asked again when that is over
    RELIEVED = "relieved"  # another crew has taken its place
    WITHDRAWN = "withdrawn"  # told to leave it, and its work ended by the desk
    DEMAND_HELD = "demand_held"  # put on hold: asked again when it goes on
    ORGANIZATION_RETIRED = "organization_retired"
    MET = "met"
    PARTLY_MET_ACCEPTED = "partly_met_accepted"
    POSTED_BY_MISTAKE = "posted_by_mistake"
    CANCELED = "canceled"
    DUPLICATE = "duplicate"
    UNFOUNDED = "unfounded"
    DONE_BY_OTHERS = "done_by_others"
    EXPIRED_UNMET = "expired_unmet"
    INCIDENT_CLOSED = "incident_closed"


class Step(StrEnum):
    """How far a crew has come, as it reports it or as the desk corrects it."""

    COMMITTED = "committed"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    REPORTED_DONE = "reported_done"


class SceneReport(StrEnum):
    """What a crew tells from the scene."""

    NEED_MORE = "need_more"
    NOT_AS_DESCRIBED = "not_as_described"
    ROAD_CUT = "road_cut"
    PEOPLE_HELPED = "people_helped"  # so far, in all; nobody has to answer it


class ReportAnswer(StrEnum):
    """What a desk does about a report from the scene."""

    RAISED = "raised"  # more is asked for
    AMENDED = "amended"  # the demand says now what is so
    NOTED = "noted"


class ClaimEnd(StrEnum):
    """Why a claimed recovery task is open to others again."""

    GIVEN_BACK = "given_back"  # by the claimant
    TAKEN_BACK = "taken_back"  # by the desk
    RAN_OUT = "ran_out"


class OpeningReason(StrEnum):
    """Why somebody reads sealed text."""

    ACCEPTED = "accepted"  # with the answer to a yes
    CALLING = "calling"
    ON_THE_WAY = "on_the_way"
    ON_SCENE = "on_scene"
    HANDING_OVER = "handing_over"
    CHECKING = "checking"


class SealedText(StrEnum):
    """What of a demand is sealed, each by itself; the running notes are no part of it."""

    CONTACT = "contact"
    ADDRESS = "address"
    NOTE = "note"
    LEAD = "lead"  # who leads on the scene: name and number


class Gate(StrEnum):
    """What kept an organization from being asked, in the order of checking."""

    ZONE_CLOSED = "zone_closed"  # where the line is, nobody goes now
    RETIRED = "retired"
    SKILL = "skill"
    DISTANCE = "distance"
    ENROLLMENT = "enrollment"  # for exercises beside actual work
    REGISTRATION_CLASS = "registration_class"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_GRADE = "certificate_grade"
    CERTIFICATE_NOT_YET = "certificate_not_yet"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_WITHDRAWN = "certificate_withdrawn"
    ADULTS = "adults"  # hazardous work: whether it sends none but adults
    INSURANCE = "insurance"  # hazardous work: whether they are insured
    CREW_SILENT = "crew_silent"  # a crew of it, with people in danger, has missed its check-in
    LEAVING = "leaving"  # its crew at this demand is told to leave
    DUTY = "duty"
    LEAVE = "leave"
    HOURS = "hours"
    ASKED = "asked"  # its answer for this line is awaited
    ASKED_BEFORE = "asked_before"  # its pause after the last outcome is not over
    CREWS = "crews"  # as many at work at once as it can man
    CAPACITY = "capacity"
    WHOLE = "whole"  # has units free, and not all that a whole line needs together
    REST = "rest"  # after long work
    DAILY_CAP = "daily_cap"


class Sealed(Stored):
    """Text that only the holder of the key can read; rules never look inside."""

    key: Annotated[str, Meta(max_length=64)]
    nonce: Annotated[str, Meta(max_length=24)]
    ciphertext: Annotated[str, Meta(max_length=12_000)]


class SealedAt(Stored):
    """A sealed text of a demand: in which turn its ciphertext is, and when it was said."""

    text: SealedText
    sequence: int
    at: Instant


class Place(Stored):
    """A point, a shape or a whole division, fixed once at the door.

    `x`, `y`, `z` are Earth-centered centimeters (GRS80) of the representative point, so squared
    distances are exact integers. `shape` holds the outer ring, flat: lon, lat, lon, lat …
    """

    kind: PlaceKind
    division: DivisionCode
    crs: Datum
    lon: Degrees7
    lat: Degrees7
    x: int
    y: int
    z: int
    approximate: bool = False
    shape: tuple[Degrees7, ...] = ()


class LineRequest(Stored):
    """One line of a demand: so many units of one skill."""

    skill: str
    minimum: Units
    target: Units
    grade: Grade | None = None  # the lowest grade that will do; None for a general skill
    hazardous: bool = False
    whole: bool = False  # of use only all together, from one organization


class Capability(Stored):
    """Deployable units of one skill."""

    skill: str
    units: Count


class Shift(Stored):
    """Hours of one day (1 is Monday) of every week, by minutes of a day of the area's time zone;
    `ends` behind midnight where it is no later than `begins`."""

    day: Annotated[int, Meta(ge=1, le=7)]
    begins: Annotated[int, Meta(ge=0, le=1439)]
    ends: Annotated[int, Meta(ge=1, le=1440)]


class Leave(Stored):
    """A time in which an organization is not asked by itself; its end is no longer part of it."""

    begins: Instant
    ends: Instant


class Certificate(Stored):
    """A verified grade in a skill; issuer and number name it, and what is recorded last counts."""

    skill: str
    grade: Grade
    standard: Annotated[str, Meta(min_length=1, max_length=40)]
    issuer: Annotated[str, Meta(min_length=1, max_length=120)]
    number: Annotated[str, Meta(min_length=1, max_length=60)]
    valid_through: Day  # the last day on which it is good
    valid_from: Day | None = None


class GateCount(Stored):
    """How many organizations failed at one gate."""

    gate: Gate
    count: Count
