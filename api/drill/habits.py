"""How players behave: every share and every delay of an exercise, and the seeded draws."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from api.drill.clock import MINUTE
from schemas.values import Milliseconds

Span = tuple[float, float]  # least and most, drawn evenly


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares are of one; spans are rule minutes, unless the name says something else."""

    # An organization that is asked
    accepts: float = 0.60
    declines: float = 0.20  # the rest stays silent, and the offer expires
    answer_part: Span = (0.10, 0.85)  # of the time that the offer leaves to answer
    sends_fewer: float = 0.10  # accepts for one unit less than it was asked for
    meters_a_minute: int = 450  # on flooded roads, some 27 km/h

    # A crew at work
    gather: Span = (3, 12)  # from the yes to setting off
    arrival_part: Span = (0.8, 1.3)  # of the time that it said it would take
    work: Span = (20, 75)  # on the scene, until it reports done
    forgets_set_off: float = 0.15  # reports from the scene without having said that it left
    forgets_arrival: float = 0.08  # reports done without having said that it arrived
    gives_up: float = 0.04  # cannot complete

    # A desk
    confirm: Span = (4, 15)  # from the report to the confirmation
    sends_back: float = 0.06  # finds it not done, once
    close: Span = (3, 15)  # from the last crew's release to closing the demand
    patience: Span = (300, 420)  # from publishing to accepting what has been reached

    # Recovery
    recovery: bool = True  # whether desks take proposed tasks up at all
    drops_task: float = 0.12  # the proposal is not needed
    open_task: Span = (8, 40)
    claim_task: Span = (5, 1_500)  # each organization for itself; the first one has it
    not_its_skill: float = 4.0  # an organization without the skill takes so much longer
    task_work: Span = (20, 70)
    verify_task: Span = (5, 20)
    task_sent_back: float = 0.06


class Chance:
    """Draws that depend on a seed and on what they are about, on nothing else."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def of(self, *about: object) -> Random:
        """The same draws for the same things, in any process and order."""
        return Random("\x1f".join(map(str, (self.seed, *about))))


def minutes(draws: Random, span: Span) -> Milliseconds:
    """A time within a span of minutes."""
    return int(draws.uniform(*span) * MINUTE)
