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
    declines: float = 0.20  # the rest stays silent
    accepts_again: float = 0.75  # asked for the same line before, or by a desk itself
    declines_again: float = 0.10
    answer_part: Span = (0.10, 0.85)  # of the time that the offer leaves to answer
    sends_fewer: float = 0.10  # accepts for one unit less than it was asked for
    people_a_unit: tuple[int, int] = (2, 5)
    meters_a_minute: int = 450  # on flooded roads, some 27 km/h

    # Whether it hears of it: by its open page, else by messages; nobody is told of the rest
    page: float = 0.40
    chat: float = 0.25
    sms: float = 0.20
    voice: float = 0.10
    looks: Span = (0.05, 0.8)  # at the page
    handed: Span = (0.03, 0.25)  # a message, from when it goes out
    given_up: Span = (0.6, 1.5)  # until every channel has failed

    # An answer that comes late, or changes
    late_yes: float = 0.40  # of those who were silent
    late: Span = (1, 20)  # after the time to answer was over
    changes_mind: float = 0.10  # says yes after all, of those who declined
    free_later: float = 0.50  # says when, of those who decline for lack of a crew
    free_from: Span = (20, 120)

    # A crew at work
    gather: Span = (3, 12)  # from the yes to setting off
    arrival_part: Span = (0.8, 1.3)  # of the time that it said it would take
    overdue: float = 0.12  # takes so long that it is missed
    held_up: Span = (3, 25)  # behind the time at which it is missed
    tells: float = 0.35  # of these: says so before
    asked_where: Span = (2, 9)  # of the others: from being missed to saying when it comes
    work: Span = (20, 75)  # on the scene, until it reports done
    forgets_set_off: float = 0.15  # reports from the scene without having said that it left
    forgets_arrival: float = 0.08  # reports done without having said that it arrived
    counts_people: float = 0.20  # says on arriving how many have come
    forgets_check_in: float = 0.06  # each time: the desk has to call
    check_in: Span = (1, 6)  # before it is due
    slips: float = 0.06  # taps that it has arrived when it has not left yet
    slip: Span = (1, 2.5)  # from the yes to that
    notices: float = 0.70  # undoes it at once; else the desk puts it right
    gives_up: float = 0.06  # cannot complete

    # A desk
    confirm: Span = (4, 15)  # from the report to the confirmation
    sends_back: float = 0.06  # finds it not done, once
    corrects: Span = (2, 8)  # from when it is too late to undo to putting it right
    close: Span = (3, 15)  # from the last crew's release to closing the demand
    patience: Span = (300, 420)  # from publishing to accepting what has been reached
    calls_silent: Span = (1, 8)  # from when a crew on the scene has missed its check-in
    calls: float = 0.35  # telephones somebody silent, where it is urgent
    call: Span = (2, 6)  # after the time to answer was over
    reached: float = 0.60  # says yes on the telephone; the rest says no
    asks_by_hand: float = 0.85  # where an urgent line stays short
    by_hand: Span = (4, 12)  # from asking for it, or from when nobody more could be asked
    takes_standby: Span = (0.5, 2)  # from when the line is short again, or a crew is missed
    drops_line: float = 0.06  # one of several is no longer wanted, before anything was done for it
    drop_line: Span = (15, 90)  # from publishing
    reads_sealed: float = 0.35
    read_sealed: Span = (3, 45)  # from publishing
    reopens: float = 0.07  # of what was met
    reopen: Span = (8, 30)  # from closing
    takes_over: float = 0.50  # what another township has moved here
    takes_up: Span = (4, 12)
    takes_back: Span = (14, 25)  # what lies there untouched

    # Recovery
    recovery: bool = True  # whether desks take proposed tasks up at all
    drops_task: float = 0.12  # the proposal is not needed
    open_task: Span = (8, 40)
    claim_task: Span = (5, 1_500)  # each organization for itself; the first one has it
    not_its_skill: float = 4.0  # an organization without the skill takes so much longer
    task_work: Span = (20, 55)
    gives_back: float = 0.08  # cannot do it after all
    forgets_task: float = 0.06  # does nothing, until the desk takes it back
    take_back_task: Span = (60, 75)  # from the claim
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
