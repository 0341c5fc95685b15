"""How a line of a demand is shown: what it asks for, what covers it, who is asked, what is next."""

from __future__ import annotations

from schemas.values import GateCount, Instant, LineId, Stored


class LineView(Stored):
    """A line of a demand. Of the units `covered`, each once: `working`, `delivered` and `own`."""

    id: LineId
    number: int
    skill: str
    grade: int | None
    minimum: int
    target: int
    hazardous: bool
    whole: bool  # of use only all together, from one organization
    open: bool  # False once it was dropped or the demand is closed
    dropped: bool
    asleep: bool  # another demand is asked for in its place, or it is a draft
    opened_at: Instant  # its present round
    round: int
    covered: int
    working: int  # committed, and not confirmed yet
    delivered: int  # confirmed
    own: int  # of the township's own crew
    doubtful: int  # of those covered: overdue
    lost: int  # of those covered: of crews that are silent on the scene, where it is urgent
    replaced: int  # working, but late on what is most urgent: not in `covered`
    short: int  # units that somebody is asked or looked for; overdue ones only as replaced
    asked: int  # units on offers that nobody has answered yet
    offers: int  # how many these are
    cover: str  # empty, inadequate, adequate, satisfied: by those that are not lost
    unmet: bool  # nobody (more) could be asked when it was last looked at
    missing: int  # units for which nobody could be asked then
    retry_at: Instant | None  # when it is looked at again at the latest
    able_at: Instant | None  # when time alone makes somebody able; None: once something changes
    considered: int  # with the gates: as it was at `said_at`
    gates: tuple[GateCount, ...]
    said_at: Instant | None
    aside_until: Instant | None  # the rules failed on it: nobody is asked by themselves until then
