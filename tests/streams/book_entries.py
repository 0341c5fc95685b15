"""What the laws' books keep of each team, need, line and asking."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass
class Team:
    """An organization. `stated`: the turn in which its units or its duty were last said."""

    place: Any
    registration: str
    units: dict[str, int] = field(default_factory=dict)
    certificates: dict[tuple[str, str], tuple[Any, bool]] = field(default_factory=dict)
    on_duty: bool = True
    most: int | None = None  # units of all skills that it can man at once
    hours: tuple[Any, ...] = ()
    leaves: tuple[Any, ...] = ()
    adults: bool | None = None
    insured: str | None = None
    enrolled: bool = False
    retired: bool = False

    @property
    def unknown(self) -> str | None:
        """What is not on record that a yes to hazardous work needs."""
        if self.adults is None:
            return "adults"
        return "insurance" if self.insured is None else None

    stated: int = 0
    restored: int = 0  # the turn in which it could be reached again


@dataclass
class Need:
    """A demand. `scene`: the turn in which its place, risk or rally point was last said.

    `urgent`: the turn in which it last became more urgent, or was needed in half of the time.
    """

    id: str
    incident: str
    place: Any
    priority: int
    words: tuple[str | None, ...]
    release_at: int
    scene: int
    lines: list[str]
    needed_by: int | None = None
    open: bool = True
    urgent: int = 0
    leader: str | None = None  # another one, which is asked for in its place
    held: bool = False
    draft: bool = False  # never published
    decide_by: int = 0  # then the desk above is asked for it, too


@dataclass
class Line:
    id: str
    need: str
    skill: str
    grade: int | None
    target: int
    hazardous: bool = False
    open: bool = True
    dropped: bool = False
    round: int = 1
    own: int = 0  # units of the township's own crew
    wanted: int = 0  # how many to ask at once, when it was last looked at
    whole: bool = False


@dataclass
class Ask:
    """An offer."""

    id: str
    line: str
    team: str
    priority: int
    round: int
    quantity: int
    sent_at: int
    answer_by: int
    by_hand: bool
    unasked: bool = False
    countered: bool = False  # it could come later than was asked
    parked: bool = False  # at its demand, by a desk's word
    unproved: bool = False  # no yes of it can be taken yet
    reached: bool = False
    state: str = "sent"
    counted: bool = False  # among the answers of everybody
    pause: Pause | None = None


class Pause(NamedTuple):
    """From when somebody may be asked again (None: not by time), upon what, since which turn."""

    at: int | None
    on: str | None
    turn: int


@dataclass
class Pair:
    """What became of asking a team for a line in a round."""

    round: int
    newest: str = ""
    pause: Pause | None = None
    declines: int = 0
    silences: int = 0
    unreached: int = 0  # times in a row
    free_from: int = 0  # as its last no has named it; a silence does not unsay that
