"""Checkpoints are made beside a writer, at its start and at its end; a false one is found."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from streams.engines import checkpoints, keeping
from streams.engines.checkpoints import found
from tests.engines.checkpointed import begun, folded, kept, same
from tests.engines.given import (
    STEWARD,
    WENZHOU,
    EmbeddedBench,
    Scene,
    opened,
)
from tests.engines.living import until

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints are made as if twenty turns were twenty thousand."""
    monkeypatch.setattr(keeping, "EVERY_TURNS", 20)
    monkeypatch.setattr(keeping, "LEAST", 5)


async def test_a_writer_has_them_made_beside_it_and_keeps_two(
    folder: EmbeddedBench, often: None
) -> None:
    folder.make()
    seen: list[int] = []
    async with opened(folder) as engine:
        scene = Scene(engine)
        for number in range(3):
            last = [one.sequence for one in found(folder.path, WENZHOU)][:1]
            for team in range(15):
                await scene.organization(f"team-{number}-{team}")

            def is_newer(last: list[int] = last) -> bool:
                return [one.sequence for one in found(folder.path, WENZHOU)][:1] != last

            await scene.staffed()
            await until(is_newer)
            seen.append(found(folder.path, WENZHOU)[0].sequence)
        await until(lambda: len(found(folder.path, WENZHOU)) == 2)
        assert seen == sorted(seen)
    assert same(begun(folder), folded(folder))


async def test_a_clean_stop_writes_one_where_that_is_worth_it(
    folder: EmbeddedBench, log: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(folder):
        pass
    assert not found(folder.path, WENZHOU), "folding so few turns takes no time"
    monkeypatch.setattr(keeping, "LEAST", 5)
    async with opened(folder):
        pass
    assert [one.sequence for one in found(folder.path, WENZHOU)] == [len(log)]
    assert same(begun(folder), folded(folder))
    assert oct(found(folder.path, WENZHOU)[0].path.stat().st_mode)[-2:] == "00"


async def test_a_state_in_which_a_turn_was_undone_is_not_written(
    folder: EmbeddedBench, log: list[bytes], often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "EVERY_TURNS", 1_000)

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    async with opened(folder) as engine:
        with monkeypatch.context() as broken:
            broken.setattr("streams.board.changes", fails)
            scene = Scene(engine)
            scene.at += 10_000_000
            with pytest.raises(Exception, match="a rule failed"):
                await scene.sent(STEWARD, scene.registration("one"))
    assert not found(folder.path, WENZHOU)


async def test_what_took_long_to_fold_is_kept_at_the_start(
    folder: EmbeddedBench, log: list[bytes], often: None
) -> None:
    async with opened(folder):
        assert [one.sequence for one in found(folder.path, WENZHOU)] == [len(log)]


async def test_a_place_that_cannot_be_written_keeps_nobody_from_working(
    folder: EmbeddedBench, log: list[bytes], often: None, caplog: pytest.LogCaptureFixture
) -> None:
    (folder.path / checkpoints.CHECKPOINTS).write_bytes(b"a file where a folder belongs")
    async with opened(folder) as engine:
        scene = Scene(engine)
        scene.at += 10_000_000
        await scene.organization("one")
    assert any("no checkpoint of area" in message for message in caplog.messages)


STARTS_AND_STAYS = """
import asyncio, sys
from pathlib import Path
from streams.engines import keeping
from tests.engines.given import STEWARD, EmbeddedBench, Scene

keeping.Keeper.__init__.__defaults__ = (1,)

async def main():
    engine = EmbeddedBench(Path(sys.argv[1])).open()
    print("open", flush=True)
    await asyncio.sleep(float(sys.argv[2]))
    await engine.close()

asyncio.run(main())
"""


def started(folder: EmbeddedBench, seconds: float) -> subprocess.CompletedProcess[str]:
    """A server that has its checkpoint checked."""
    return subprocess.run(
        [sys.executable, "-c", STARTS_AND_STAYS, str(folder.path), str(seconds)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_a_checkpoint_that_is_not_what_the_log_folds_to_ends_the_process(
    folder: EmbeddedBench, log: list[bytes]
) -> None:
    """Given one that fits in every name, and says what the log does not."""
    false = folded(folder, len(log) - 5)
    key, row = next(iter(false.registry.organizations.rows.items()))
    false.registry.organizations.rows[key] = msgspec.structs.replace(row, people=7_777)
    checkpoints.write(folder.path, false)
    assert not same(begun(folder), folded(folder)), "nobody sees it at once"
    ended = await asyncio.to_thread(started, folder, 30)
    assert (ended.returncode, ended.stdout) == (70, "open\n")
    assert "is not what its log folds to" in ended.stderr
    assert not found(folder.path, WENZHOU)
    assert same(begun(folder), folded(folder))


async def test_a_checkpoint_that_is_true_is_checked_and_stays(
    folder: EmbeddedBench, log: list[bytes]
) -> None:
    made = kept(folder, len(log) - 5)
    ended = await asyncio.to_thread(started, folder, 4)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert found(folder.path, WENZHOU) == [made]
    head = checkpoints.head_of(made)
    assert keeping.check(folder.path, WENZHOU, head.sequence, head.content) == 0
    assert keeping.check(folder.path, WENZHOU, head.sequence, "0" * 64) == keeping.EXIT_DIFFERS


LONG = """
import time
from streams.engines import keeping as k

k.make = lambda *_: time.sleep(9)
"""


def test_the_process_for_checkpoints_ends_with_its_writer(folder: EmbeddedBench) -> None:
    """However the writer ends: its end of the line closes, and nothing is written any more."""
    folder.make()
    run = f"{LONG}\nk.main('make', {str(folder.path)!r}, '3303')"
    with subprocess.Popen([sys.executable, "-c", run], stdin=subprocess.PIPE, cwd=ROOT) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1.5)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == keeping.EXIT_FAILED
