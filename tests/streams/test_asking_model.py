"""The rules of asking against a model of them: after every act and every tick both say the same.

Who is asked for what and until when, from when each pair may be asked again, who stands by, what
covers each line, and when it looks again. The model is `asking_model.py` with `asking_acts.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from schemas import facts as f
from schemas.values import Gate, StandDownReason
from tests.streams.asking_model import HOUR
from tests.streams.asking_play import Differs, Play
from tests.streams.world import kinds

PLAYS, STEPS = 60, 60
REACHED = ("StandbyOffered", "CrewDoubted", "AssignmentGivenUp", "AssignmentSentBack",
           "OfferStoodDown", "LinesLookedAt", "LineInHand", "DemandReopened",
           "OfferReached", "OfferUnreachable", "ReachRestored")  # fmt: skip


def play(seeds: Iterable[int]) -> list[Any]:
    """The facts of the plays; Differs where the model says something else."""
    turns = [taken.turn for seed in seeds for taken in Play(seed).run(STEPS).world.turns]
    return [fact for turn in turns for fact in turn.facts]


@pytest.mark.parametrize("first", range(0, PLAYS, 10))
def test_the_rules_and_the_model_say_the_same(first: int) -> None:
    play(range(first, first + 10))


BROKEN: dict[str, Any] = {
    "streams.matching.waves.size": lambda *_: 1,
    "streams.gates.CAP": 5,
    "streams.offer.displaced": lambda *_: (),
    "streams.offer.STANDBY": HOUR,
    "streams.asking.DECLINES_MOST": 3,
    "streams.asking.SILENCE_MOST": HOUR,
    "streams.asking.UNREACHED_MOST": HOUR // 2,
    "streams.needed.AT_DAY": 5,
    "streams.reach._answer_by": lambda _, offer, __: offer.answer_by,
    "streams.outcome._tells": lambda *_: True,
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one rule that is not as decided, then some play differs from the model."""
    monkeypatch.setattr(rule, BROKEN[rule])
    with pytest.raises(Differs, match=r"seed \d+, step \d+, after .*\nmodel .*\nrules "):
        play(range(PLAYS))


def test_the_plays_come_to_everything_that_is_compared() -> None:
    """Given some of the plays, then people were late, stood by, gave up, or were spared."""
    facts = play(range(0, PLAYS, 5))
    assert set(REACHED) <= set(kinds(facts))
    reasons = {fact.reason for fact in facts if isinstance(fact, f.OfferStoodDown)}
    assert {StandDownReason.NEEDED_ELSEWHERE, StandDownReason.DEMAND_AMENDED} <= reasons
    gates = {count.gate for fact in facts for count in getattr(fact, "gates", ())}
    assert {Gate.DUTY, Gate.ASKED_BEFORE, Gate.CAPACITY, Gate.DAILY_CAP} <= gates
