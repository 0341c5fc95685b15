"""Backups killed at any moment while a server works: the last good stand is always there."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from subprocess import DEVNULL, Popen, run
from time import monotonic, sleep
from typing import Any

import pytest

from api.keeping import open_copy
from api.safe import MasterKey
from streams.engines.log_file import Reader
from tests.bench import stage
from tests.bench.load import Client
from tests.bench.thread import demand

ROOT = Path(__file__).parents[2]
SHOUWANG = (sys.executable, "-m", "api.cli")
SEED = 7
LAG_S = 1.0


@pytest.fixture
def at(tmp_path: Path) -> stage.Stage:
    (tmp_path / "data.key").write_text(MasterKey.new().text)
    return asyncio.run(stage.build(tmp_path / "data", 100, 0, SEED))


@contextmanager
def serving(data: Path) -> Iterator[int]:
    port = stage.free_port()
    command = [*SHOUWANG, "serve", "--data", str(data), "--port", str(port)]
    server = Popen(command, stdout=DEVNULL, stderr=DEVNULL, cwd=ROOT)
    try:
        stage.wait_until_ready(f"http://127.0.0.1:{port}/health/ready", server)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def backing_up(data: Path, copy: Path, *more: str) -> Popen[bytes]:
    command = [*SHOUWANG, "backup", "--data", str(data), "--to", str(copy), *more]
    return Popen(command, stdout=DEVNULL, stderr=DEVNULL, cwd=ROOT)


def restored(data: Path, copy: Path, back: Path) -> dict[str, Any]:
    key = str(data.with_name("data.key"))
    command = [*SHOUWANG, "restore", str(copy), "--data", str(back), "--key-file", key]
    done = run([*command, "--verify", "--json"], capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode()
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def turns_of(folder: Path) -> list[bytes]:
    with closing(Reader(folder / "log.db")) as reader:
        return list(reader.read(stage.AREA))


def kept(data: Path, copy: Path) -> int:
    """How many turns the newest stand has; 0 where there is none yet."""
    master = MasterKey.read(data.with_name("data.key").read_text())
    if not (copy / "copy.json").exists():
        return 0
    with open_copy(copy, None, master, write=False) as there:
        numbers = there.stands.numbers()
        return there.stands.read(numbers[0]).logs[0].turns if numbers else 0


async def posting(at: stage.Stage, port: int, count: int, start: int) -> None:
    client, random = await Client(0, at.desk).open(port), Random(start)
    for number in range(count):
        key = f"k{start}-{number}"
        status, answer = await client.post("/demands", demand(at, random, priority=2), key=key)
        assert status == 201, answer
    await client.close()


@pytest.mark.parametrize("more", [(), ("--follow",)])
def test_a_backup_killed_at_any_moment_leaves_the_last_good_one_whole(
    at: stage.Stage, tmp_path: Path, more: tuple[str, ...], prove: bool
) -> None:
    """Given kills at random moments under load, then what comes back is never less than before."""
    random, copy, before = Random(SEED), tmp_path / "copy", 0
    kills = 30 if prove else 6
    with serving(at.data) as port:
        for number in range(kills):
            backup = backing_up(at.data, copy, *more)
            asyncio.run(posting(at, port, 20, number * 100))
            sleep(random.uniform(0, 0.4 * (number % 6 + 1)))  # the later ones come to their end
            backup.kill()
            backup.wait()
            now = kept(at.data, copy)
            assert now >= before
            before = now
            if now:
                back = tmp_path / f"back{number}"
                restored(at.data, copy, back)
                turns = turns_of(back)
                assert len(turns) >= now
                assert turns == turns_of(at.data)[: len(turns)]
        last = backing_up(at.data, copy)
        assert last.wait(30) == 0
    assert before, "no backup came to its end"
    told = restored(at.data, copy, tmp_path / "back")
    assert told["areas"][0]["verdict"]["replay"] == "equal"


def test_a_copy_that_is_kept_up_is_at_most_a_second_behind(
    at: stage.Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given posts one after another, each is in the copy within a second of its answer."""
    copy, lags = tmp_path / "copy", []
    with serving(at.data) as port:
        follower = backing_up(at.data, copy, "--follow")
        try:
            asyncio.run(posting(at, port, 1, 1))
            _wait_for(copy, at.data, len(turns_of(at.data)), 20)
            for number in range(2, 12):
                asyncio.run(posting(at, port, 30, number * 100))
                due = len(turns_of(at.data))
                lags.append(_wait_for(copy, at.data, due, 20))
        finally:
            follower.terminate()
            assert follower.wait(20) == 0
    with capsys.disabled():
        sys.stdout.write(f"\na copy kept up: at most {max(lags):.2f} s behind\n")
    assert max(lags) <= LAG_S
    back = tmp_path / "back"
    restored(at.data, copy, back)
    assert turns_of(back)[: len(turns_of(at.data))] == turns_of(at.data)[: len(turns_of(back))]


def _wait_for(copy: Path, data: Path, turns: int, most: float) -> float:
    """The seconds until the newest stand has so many turns: read beside its writer."""
    begun = monotonic()
    while monotonic() - begun < most:
        if _turns_in(copy, data) >= turns:
            return monotonic() - begun
        sleep(0.02)
    raise AssertionError(f"not {turns} turns in {most} s")


def _turns_in(copy: Path, data: Path) -> int:
    from api.keeping.copies import Copy, sealing_of  # beside the lock that its writer holds

    if not (copy / "copy.json").exists():
        return 0
    master = MasterKey.read(data.with_name("data.key").read_text())
    there = Copy(copy, copy / "keys", sealing_of(copy, master))
    numbers = there.stands.numbers()
    return there.stands.read(numbers[0]).logs[0].turns if numbers else 0


def test_a_copy_on_a_full_disk_is_tried_again_and_said(at: stage.Stage, tmp_path: Path) -> None:
    """Given a copy that cannot be written, then it says so, and goes on once it can be."""
    copy = tmp_path / "copy"
    assert backing_up(at.data, copy).wait(30) == 0
    with serving(at.data) as port:
        follower = backing_up(at.data, copy, "--follow")
        try:
            sleep(1.5)
            (copy / "stands").rename(copy / "away")
            (copy / "stands").touch()  # no folder can be made in its place
            asyncio.run(posting(at, port, 1, 1))
            sleep(1.5)
            assert follower.poll() is None
            (copy / "stands").unlink()
            (copy / "away").rename(copy / "stands")
            _wait_for(copy, at.data, len(turns_of(at.data)), 20)
            follower.terminate()
            assert follower.wait(20) == 0
        finally:
            follower.kill()  # whatever has failed, nothing of it runs on
