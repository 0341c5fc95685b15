"""The numbers of the rules, by priority where they differ. They are part of the rules version."""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.values import Milliseconds

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class Urgency(NamedTuple):
    """What a priority means: when offers go out, how long an answer may take, how sure of a yes.

    `aim` is the wanted probability, in thousandths, that somebody asked in a wave says yes.
    """

    release: Milliseconds
    answer: Milliseconds
    retry: Milliseconds
    aim: int


URGENCY: Final = {
    1: Urgency(release=0, answer=2 * MINUTE, retry=2 * MINUTE, aim=950),
    2: Urgency(release=0, answer=5 * MINUTE, retry=5 * MINUTE, aim=900),
    3: Urgency(release=60 * SECOND, answer=15 * MINUTE, retry=15 * MINUTE, aim=800),
    4: Urgency(release=60 * SECOND, answer=60 * MINUTE, retry=60 * MINUTE, aim=600),
}

GRADED_REACH_METERS: Final = 150_000  # a verified team goes to the neighboring prefecture
GENERAL_REACH_METERS: Final = 30_000  # mutual aid stays near home (Article 1: this community)

ACCEPTANCE_PRIOR: Final = (1, 2)  # before anybody has answered: one yes in two
WAVE_MOST: Final = 8  # organizations asked for one line at the same time, at most

KEY_LIFE: Final = 30 * DAY
STANDSTILL: Final = 5 * MINUTE

FACTS_MOST: Final = 1_000  # in one turn
TURN_BYTES_MOST: Final = 512 * 1024
SETTLE_FACTS: Final = 400  # what settling may add to a turn; the rest waits for the next tick
LINE_WORK: Final = 6  # what looking at one line costs of that, however few facts it leads to
EXPIRE_MOST: Final = 256  # offers that one tick lets expire
