"""A wall clock that does not fit the log: a person says which of them is right."""

from __future__ import annotations

import pytest

from schemas.values import Purpose, TimeSource
from streams.engines.alive import ALIVE, ClockDoubtful, Doubt
from streams.engines.clock import Clock
from streams.engines.embedded import Embedded
from streams.parameters import DAY, HOUR
from tests.engines.given import MINUTE, STEWARD, WENZHOU, EmbeddedBench, Scene, turns
from tests.engines.living import until
from tests.engines.sundial import Sundial

YEAR = 365 * DAY


@pytest.fixture
async def served(folder: EmbeddedBench) -> EmbeddedBench:
    """A live log that was served for a moment, on a machine that has not been off since."""
    folder.make(WENZHOU, Purpose.OPERATIONS, TimeSource.LIVE)
    await folder.open(Sundial().clock).close()
    return folder


async def opens(folder: EmbeddedBench, sundial: Sundial) -> bool:
    await folder.open(sundial.clock).close()
    return True


def doubt(folder: EmbeddedBench, sundial: Sundial) -> Doubt:
    """Why a person is asked at the start; an AssertionError where nobody is."""
    with pytest.raises(ClockDoubtful, match="set it right, or accept it") as told:
        folder.open(sundial.clock)
    return told.value.doubt


# Behind the log


async def test_a_clock_far_behind_the_log_needs_a_persons_yes(served: EmbeddedBench) -> None:
    early = Sundial(wrong=-6 * MINUTE)
    assert doubt(served, early) is Doubt.BEHIND
    await Embedded.open(served.path, accept_clock=True, clock=early.clock).close()
    assert await opens(served, Sundial(wrong=-4 * MINUTE))


# Ahead of what has passed


async def test_a_clock_that_has_leapt_needs_a_persons_yes(served: EmbeddedBench) -> None:
    """Given the machine was not off, when its clock is 11 minutes ahead of its steady one."""
    leapt = Sundial(wrong=11 * MINUTE)
    assert doubt(served, leapt) is Doubt.LEAPT
    assert await opens(served, Sundial(wrong=9 * MINUTE))


async def test_a_yes_holds_until_the_clock_leaps_again(served: EmbeddedBench) -> None:
    wrong = Sundial(wrong=3 * HOUR)
    await Embedded.open(served.path, accept_clock=True, clock=wrong.clock).close()
    assert await opens(served, wrong)
    assert doubt(served, Sundial(wrong=4 * HOUR)) is Doubt.LEAPT


async def test_a_machine_that_slept_has_not_leapt(served: EmbeddedBench) -> None:
    sundial = Sundial()
    sundial.sleep(minutes=14 * 60)
    assert await opens(served, sundial)


async def test_a_clock_that_is_set_ahead_while_a_server_runs_is_found_at_its_next_start(
    served: EmbeddedBench,
) -> None:
    """Given the log went on by the steady clock, when it starts again, then a person is asked."""
    sundial = Sundial()
    engine = served.open(sundial.clock)
    sundial.wrong = 2 * HOUR
    turn = (await Scene(engine).sent(STEWARD, Scene(engine).registration("one"))).turn
    assert abs(turn.at - Clock().now()) < MINUTE
    await engine.close()
    assert doubt(served, sundial) is Doubt.LEAPT


async def test_a_server_that_was_killed_has_left_a_sign_of_life(served: EmbeddedBench) -> None:
    """Nothing can be said at such an end, so it is said every twenty seconds before."""
    path, sundial = served.path / ALIVE, Sundial()
    engine = served.open(sundial.clock)
    await until(lambda: path.stat().st_size > 0)
    first = path.read_bytes()
    sundial.sleep(seconds=21)
    await until(lambda: path.read_bytes() != first)
    left = path.read_bytes()
    await engine.close()
    path.write_bytes(left)
    sundial.wrong = 11 * MINUTE
    assert doubt(served, sundial) is Doubt.LEAPT


# Where nobody can tell


@pytest.mark.parametrize("boot", ["another", None])
async def test_after_another_boot_only_a_year_is_too_much(
    served: EmbeddedBench, boot: str | None
) -> None:
    """Given the machine was off, or names no boots, then three hours may have passed."""
    assert doubt(served, Sundial(wrong=YEAR + DAY, boot=boot)) is Doubt.AHEAD
    assert await opens(served, Sundial(wrong=3 * HOUR, boot=boot))


@pytest.mark.parametrize("content", [None, b"", b"{}", b"nonsense"])
async def test_a_folder_without_a_sign_of_life_is_as_after_another_boot(
    served: EmbeddedBench, content: bytes | None
) -> None:
    (served.path / ALIVE).unlink()
    if content is not None:
        (served.path / ALIVE).write_bytes(content)
    assert await opens(served, Sundial(wrong=3 * HOUR))
    (served.path / ALIVE).unlink()
    assert doubt(served, Sundial(wrong=YEAR + 4 * HOUR)) is Doubt.AHEAD


async def test_a_log_on_given_time_is_never_doubted(folder: EmbeddedBench) -> None:
    folder.make()
    for wrong in (-2 * YEAR, 2 * YEAR):
        assert await opens(folder, Sundial(wrong=wrong))
    assert not (folder.path / ALIVE).exists()
    engine = folder.open(Sundial().clock)
    assert len(turns(engine)) == 1
    await engine.close()


def test_the_real_machine_names_its_boot_for_good() -> None:
    first, second = Clock(), Clock()
    assert first.boot == second.boot
    assert second.steady() >= first.steady()
