"""Waves: how many are asked at once, from everybody's answers pooled, in exact integers."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.matching import waves
from streams.parameters import URGENCY
from streams.remembered import Tally
from streams.versions import present

TALLIES = st.integers(0, 10_000).flatmap(
    lambda answered: st.builds(Tally, answered=st.just(answered), accepted=st.integers(0, answered))
)
PRIORITIES = st.sampled_from(sorted(URGENCY))
WAVE_MOST = present().wave_most


def size(tally: Tally | None, priority: int) -> int:
    """By the present rules."""
    return waves.size(tally, priority, WAVE_MOST)


@pytest.mark.parametrize(
    ("answered", "accepted", "priority", "wanted"),
    [
        (0, 0, 1, 5),  # one yes in two: (1/2)^5 = .031 <= .05
        (0, 0, 2, 4),  # .0625 <= .1
        (0, 0, 3, 3),  # .125 <= .2
        (0, 0, 4, 2),  # .25 <= .4
        (8, 7, 1, 2),  # eight yes in ten: (1/5)^2 = .04
        (8, 7, 4, 1),  # .2
        (98, 98, 1, 1),  # .01
        (8, 0, 1, WAVE_MOST),  # one yes in ten would want 29
        (8, 0, 4, WAVE_MOST),  # (9/10)^8 = .43 > .4
        (18, 18, 1, 1),  # exactly 1/20, so exactly .05 is enough
    ],
)
def test_a_wave_is_as_large_as_computed_by_hand(
    answered: int, accepted: int, priority: int, wanted: int
) -> None:
    assert size(Tally(answered=answered, accepted=accepted), priority) == wanted


def test_without_any_answers_a_wave_follows_the_prior() -> None:
    assert [size(None, priority) for priority in (1, 2, 3, 4)] == [5, 4, 3, 2]


@pytest.mark.parametrize("scale", [10**3, 10**9, 10**17])
def test_a_wave_is_exact_where_a_float_is_not(scale: int) -> None:
    """Given one refusal more than a twentieth of any number, then one is not enough."""
    total = 20 * scale
    for refused, wanted in ((scale, 1), (scale + 1, 2)):
        tally = Tally(answered=total - 2, accepted=total - 1 - refused)
        assert size(tally, 1) == wanted


@given(tally=TALLIES, priority=PRIORITIES)
def test_a_wave_is_the_least_that_is_sure_enough(tally: Tally, priority: int) -> None:
    refuse = 1 - Fraction(tally.accepted + 1, tally.answered + 2)
    allowed = 1 - Fraction(URGENCY[priority].aim, 1_000)
    enough = (n for n in range(1, WAVE_MOST) if refuse**n <= allowed)
    assert size(tally, priority) == next(enough, WAVE_MOST)


@given(tally=TALLIES)
def test_a_surer_aim_never_asks_fewer(tally: Tally) -> None:
    by_aim = sorted(URGENCY, key=lambda priority: URGENCY[priority].aim)
    assert all(size(tally, low) <= size(tally, high) for low, high in pairwise(by_aim))


@given(tally=TALLIES, priority=PRIORITIES)
def test_a_yes_never_asks_more_and_a_no_never_fewer(tally: Tally, priority: int) -> None:
    yes = replace(tally, answered=tally.answered + 1, accepted=tally.accepted + 1)
    no = replace(tally, answered=tally.answered + 1)
    assert size(yes, priority) <= size(tally, priority) <= size(no, priority)
