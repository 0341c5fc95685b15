"""The ladder alone: nobody waits for a rung that cannot come, and nobody is passed over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.reach.channels import Rung
from api.reach.ladder import PACES, SECOND, SEEN_DELAYS, Asking, Way, steps, used

DAY_TIME = 1_753_920_000_000  # 08:00 in China
HOUR = 3_600_000

WAYS = st.lists(
    st.tuples(st.sampled_from(list(Rung)), st.integers(0, 3), st.booleans()), max_size=8
).map(lambda drawn: [Way(f"a{n}", *one) for n, one in enumerate(drawn)])
ASKINGS = st.builds(
    Asking,
    priority=st.integers(1, 4),
    sent_at=st.integers(DAY_TIME, DAY_TIME + 24 * HOUR),
    again=st.booleans(),
    own_pace=st.none(),
)
FAILURES = st.dictionaries(st.integers(0, 7).map("a{}".format), st.integers(0, 25 * HOUR))
"""Addresses, and how long after the asking each has failed."""


@given(ASKINGS, WAYS, FAILURES)
def test_each_usable_way_has_its_time_or_has_failed(
    asking: Asking, ways: list[Way], failed: dict[str, int]
) -> None:
    since = {address: asking.sent_at + after for address, after in failed.items()}
    planned = {step.way.address for step in steps(asking, ways, since)}
    assert planned == {way.address for way in ways if used(asking, way)} - set(failed)


@given(ASKINGS, WAYS, FAILURES)
def test_a_failure_makes_nobody_wait_longer(
    asking: Asking, ways: list[Way], failed: dict[str, int]
) -> None:
    before = {step.way: step.due for step in steps(asking, ways, {})}
    since = {address: asking.sent_at + after for address, after in failed.items()}
    for step in steps(asking, ways, since):
        assert asking.sent_at <= step.due <= before[step.way]


@given(ASKINGS, WAYS)
def test_urgent_ones_go_at_any_hour_by_the_pace_of_their_priority(
    asking: Asking, ways: list[Way]
) -> None:
    pace = PACES[asking.priority]
    for step in steps(asking, ways, {}):
        if asking.priority <= 2:
            last = (pace.person * 3 + (pace.voice or 0)) * SECOND
            assert step.due <= asking.sent_at + last


@given(ASKINGS, WAYS, st.integers(0, 600_000))
def test_an_open_page_gives_a_moment_and_no_more(
    asking: Asking, ways: list[Way], after: int
) -> None:
    seen = asking._replace(priority=1, seen_at=asking.sent_at + after)
    plain = {step.way: step.due for step in steps(asking._replace(priority=1), ways, {})}
    for step in steps(seen, ways, {}):
        assert (
            plain[step.way]
            <= step.due
            <= max(plain[step.way], after + asking.sent_at) + SEEN_DELAYS
        )


def test_whoever_has_a_call_alone_is_called_when_its_turn_comes() -> None:
    asking = Asking(priority=1, sent_at=DAY_TIME)
    (only,) = steps(asking, [Way("a", Rung.VOICE, 0)], {})
    assert only.due == DAY_TIME + 20 * SECOND
