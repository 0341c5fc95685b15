"""The numbers of the rules, by priority where they differ, alike in all versions that are here.

One that a new version of the rules has otherwise moves to `versions.py`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from schemas.values import Milliseconds

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


class Urgency(NamedTuple):
    """What a priority means: when offers go out, how long answers, crews and retries may take.

    `aim` is the wanted probability, in thousandths, that somebody asked in a wave says yes.
    `retry` doubles with every fruitless look, up to `rest`. `grace` is how long after its
    promised time a crew counts as overdue. `no_crew` is the pause after a no for lack of a crew
    or equipment, or after part of a yes. `reaching` is how long being reached may take of nobody's
    time to answer. `unreached` is the pause of whom no channel reaches; it doubles.
    `hold` is for how long a demand is on hold before its desk is asked, `climb` for how long a desk
    may leave its next step undone before the desk above is asked for it.
    """

    release: Milliseconds
    answer: Milliseconds
    aim: int
    retry: Milliseconds
    rest: Milliseconds
    grace: Milliseconds
    no_crew: Milliseconds
    reaching: Milliseconds
    unreached: Milliseconds
    hold: Milliseconds
    climb: Milliseconds


URGENCY: Final = {
    1: Urgency(
        release=0, answer=3 * MINUTE, aim=950,
        retry=2 * MINUTE, rest=5 * MINUTE, grace=10 * MINUTE, no_crew=30 * MINUTE,
        reaching=30 * SECOND, unreached=10 * MINUTE,
        hold=30 * MINUTE, climb=3 * MINUTE,
    ),
    2: Urgency(
        release=0, answer=5 * MINUTE, aim=900,
        retry=5 * MINUTE, rest=30 * MINUTE, grace=20 * MINUTE, no_crew=2 * HOUR,
        reaching=30 * SECOND, unreached=30 * MINUTE,
        hold=HOUR, climb=10 * MINUTE,
    ),
    3: Urgency(
        release=60 * SECOND, answer=15 * MINUTE, aim=800,
        retry=15 * MINUTE, rest=30 * MINUTE, grace=60 * MINUTE, no_crew=2 * HOUR,
        reaching=2 * MINUTE, unreached=30 * MINUTE,
        hold=2 * HOUR, climb=HOUR,
    ),
    4: Urgency(
        release=60 * SECOND, answer=60 * MINUTE, aim=600,
        retry=30 * MINUTE, rest=30 * MINUTE, grace=120 * MINUTE, no_crew=2 * HOUR,
        reaching=2 * MINUTE, unreached=30 * MINUTE,
        hold=2 * HOUR, climb=HOUR,
    ),
}  # fmt: skip

SILENCE_P1: Final = (5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE)  # then always the last
SILENCE_TIMES: Final = 2  # below: so many answer times after the deadline, doubling
SILENCE_MOST: Final = DAY
UNREACHED_MOST: Final = 2 * HOUR
SCENE_PAUSE: Final = 4 * HOUR  # after a no because of the way or the place
FREE_FROM: Final = (10 * MINUTE, 48 * HOUR)  # "not now, but from": the least and the most
DECLINES_MOST: Final = 2  # on one line; then only a change, or a person, asks again

CAPPED: Final = 3  # the daily cap knows this priority and those less urgent
CAP: Final = 4  # demands of these that an organization is asked for in a day

NOBODY: Final = 4 * HOUR  # what counts for a unit that nobody is asked for, and for a longer way
WEIGHTS: Final = (16, 8, 4, 2)  # of a unit below a line's minimum, by priority; beyond it half
MOVED: Final = 20 * MINUTE  # by weight: what a plan has to save for each whom it asks anew

ANSWER_SHARE: Final = 4  # of the time until a demand is needed, to answer in
ANSWER_MOST: Final = 12 * HOUR
NIGHT: Final = (22 * HOUR, 7 * HOUR)  # of the area's day: routine requests wait for the morning
AT_DAY: Final = 4  # the priority that is answered by day
NEEDED_WITHIN: Final = 30 * DAY  # farther ahead nobody is asked

SIMILAR_METERS: Final = 200  # two demands of one kind this near each other,
SIMILAR_WITHIN: Final = 30 * MINUTE  # and no longer apart, may be the same need
GROUP_METERS: Final = 5_000  # what lies farther apart is not grouped as the same need
SIMILAR_LOOKS: Final = 100  # demands that are held against a new one, in each cube around it

LEFT_ALONE: Final = 2  # priorities up to this: where nobody can be asked, its desk is asked at once

QUIET_AFTER: Final = 12 * HOUR  # without an act of anybody, a desk is asked: still needed?

STANDBY: Final = 2 * HOUR
HELPERS_MOST: Final = 20  # groups of them that wait at one demand
METERS_A_MINUTE: Final = 25_000 // 60  # of a crew that did not say how long it takes
GATHERING: Final = 15 * MINUTE  # before such a crew is on its way
REPLACED_AFTER: Final = 5 * MINUTE  # on P1: after a crew is overdue and has not answered
REPLACING: Final = 1  # the priority whose doubtful crews are replaced
NEW_TIMES_BORNE: Final = 1  # on P1: at the next new time somebody more is asked
SLOW: Final = 10 * MINUTE  # a crew that has not set off by half its time, at the least by this
CHECK_IN: Final = 60 * MINUTE  # on the scene, from one word of a crew to the next
CHECK_IN_HAZARDOUS: Final = 20 * MINUTE
CHECK_IN_HAZARDOUS_URGENT: Final = 15 * MINUTE  # on P1
CHECK_IN_GRACE: Final = 5 * MINUTE  # then its desk has to call it,
OUT_WITHIN: Final = 10 * MINUTE  # told to leave, and read: to say that all are out; else likewise,
ESCALATED_AFTER: Final = 5 * MINUTE  # and after that the county's as well
REPORT_ANSWER: Final = 15 * MINUTE  # a report from the scene; then the county has it, too
REPORT_ANSWER_URGENT: Final = 5 * MINUTE  # on P1
REPORTS_MOST: Final = 5  # of one crew, that nobody has answered yet
ACKNOWLEDGED_WITHIN: Final = 2 * MINUTE  # an instruction; then its desk has to call the crew,
INSTRUCTION_ESCALATES: Final = 2 * MINUTE  # and after that the county's as well
BESIDE_CLIMBS: Final = 3 * MINUTE  # whoever is where another crew left: tell, or say why not
TOLD_AT_ONCE: Final = 100  # of them by one act; whoever is left is owed a word still
INSTRUCTIONS_MOST: Final = 8  # that hold for one crew, or for one incident, at the same time
ZONE_METERS: Final = (10, 50_000)  # the radius of a closed zone
ZONE_CORNERS: Final = 64
ZONE_NEAR: Final = (10_000, 40_000)  # meters that a township, and a county, may reach from its seat
ZONE_SPAN: Final = 10_000_000  # of a ring, in 1e-7 degrees: some 100 km
LONG_THERE: Final = 8 * HOUR  # on the scene: its desk is asked to have it relieved,
LONG_THERE_AGAIN: Final = 4 * HOUR  # and again, where it goes on
RELIEF_ANSWER: Final = HOUR  # whom a desk asks for that; then it is asked again
SHIFT_TAKEN_WITHIN: Final = 15 * MINUTE  # what was handed over; then its desk reads so,
SHIFT_CLIMBS: Final = 30 * MINUTE  # and the desk above, once nobody of it does anything so long
UNDO: Final = 30 * SECOND
CLAIM: Final = 7 * DAY
PROPOSAL: Final = 30 * DAY
UNTOUCHED: Final = 30 * DAY  # of an open or reported task: then its desk is asked, then it lapses
CONFIRM_WITHIN: Final = DAY  # else what one person alone has given ends
LET_IN_LATELY: Final = 7 * DAY  # who was let in by somebody is no second person to them
KEY_KEPT: Final = 72 * HOUR  # after an incident is closed and recovery is over
KEY_KEPT_EXERCISE: Final = HOUR
BATCH_LISTED: Final = 10 * MINUTE  # the parts of its list; what never comes does nothing
BATCH_UNDONE: Final = HOUR  # for so long a batch can be undone
LEAVES_AFTER: Final = 2 * HOUR  # what belonged to an incident, after its key is destroyed
LEAVING_AT_ONCE: Final = 200  # rows a turn: no turn adds so many for long, and nobody waits for it
REST: Final = 4  # after a standstill at least a fourth of the time to answer is left
QUIET: Final = 2 * MINUTE  # and nobody is overdue
STANDSTILL: Final = MINUTE  # without a sign of life; shorter ones are not noticed

LONG_WORK: Final = 12 * HOUR  # at one scene without a break: more, and those units rest
REST_AFTER: Final = 8 * HOUR  # a night's sleep and the way to it
LEAVE_WITHIN: Final = 366 * DAY  # farther ahead nobody plans a leave
ENDING_WITHIN: Final = 90 * DAY  # what ends so soon is said to whom it concerns

ACCEPTANCE_PRIOR: Final = (1, 2)  # before anybody has answered: one yes in two

KEY_LIFE: Final = 30 * DAY

FACTS_MOST: Final = 1_000  # in one turn
TURN_BYTES_MOST: Final = 512 * 1024
SETTLE_FACTS: Final = 400  # the work of settling in one turn; the rest waits for the next tick
GIVEN_BACK_AT_ONCE: Final = 200  # who get lost time back in one turn; the others in later ones
SET_ASIDE: Final = HOUR  # what the rules have failed on is tried again after that
LINE_WORK: Final = 6  # what looking at one line costs of that, however few facts it leads to
BATCH_STEP: Final = 30  # of a batch at once, so that others have their turn in between
CHORE_WORK: Final = 3  # what a fact of housekeeping costs: 133 of them take as long as 67 looks
CHORES_FIRST: Final = 60  # facts of housekeeping before matching; then one in four
LOOKS_SHARED: Final = 12  # moments that looks fall on, in the time of a priority's first pause
LOOKED_AT_MOST: Final = 200  # lines in one fact
