"""What is known of one thing in the log: plain entries, as far as the invariants ask for them."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.invariants.record import Fact

OVER = ("released", "given_up", "stood_down")


@dataclass(slots=True)
class Grant:
    """A role that somebody holds, until a time, until it is ended, or until nobody confirms it."""

    role: str
    division: str | None
    organization: str | None
    village: str | None
    until: int | None
    confirm_by: int | None
    ended: bool = False

    def holds(self, at: int) -> bool:
        ends = [each for each in (self.until, self.confirm_by) if each is not None]
        return not self.ended and all(at < each for each in ends)


@dataclass(slots=True)
class Organization:
    units: dict[str, int]
    home: str
    village: str | None
    most: int | None = None
    enrolled: bool = False
    retired: bool = False
    adults_only: bool | None = None
    insured_through: str | None = None
    certificates: dict[tuple[str, str], Fact] = field(default_factory=dict)


@dataclass(slots=True)
class Incident:
    state: str = "open"
    readable: bool = True
    cleared: bool = False  # whether everybody at work there was ever told something


@dataclass(slots=True)
class Demand:
    incident: str
    division: str
    lines: list[str]
    priority: int
    state: str
    release_at: int
    kind: str
    public: bool = False
    held: bool = False
    leader: str | None = None


@dataclass(slots=True)
class Line:
    """`look_at`: when somebody looks for organizations next, as was said last; None: nothing was.
    `lost`: milliseconds of standstills before that was said.
    """

    demand: str
    skill: str
    grade: int | None
    hazardous: bool
    target: int
    dropped: bool = False
    round: int = 1
    own: int = 0
    look_at: int | None = None
    lost: int = 0
    offers: set[str] = field(default_factory=set)  # that are not answered


@dataclass(slots=True)
class Offer:
    line: str
    organization: str
    quantity: int
    answer_by: int
    sent_at: int
    by_hand: bool
    lost: int  # milliseconds of standstills before it was sent
    state: str = "sent"
    until: int | None = None  # of who stands by


@dataclass(slots=True)
class Crew:
    offer: str
    line: str
    organization: str
    quantity: int
    round: int
    state: str = "committed"
    before: str | None = None  # the state that an undone step goes back to
    stepped: int = 0  # the turn of its last step
    uncertain: bool = False  # whether it was ever doubted, or told something
    relieves: str | None = None  # whose place it is to take, as long as that crew is there
    beside: bool = False  # whether its desk was asked about it where another crew had left

    @property
    def live(self) -> bool:
        return self.state not in OVER


@dataclass(slots=True)
class Task:
    state: str = "proposed"
