"""When something fails: a rule, a listener, a commit, the disk. Nobody is told what is not so."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from schemas import commands as c
from schemas.wire import encode
from streams import rules
from streams.engines import Defect, Engine, Receipt, StorageFull
from streams.engines.folder import LOG
from streams.engines.log_file import LogFile
from streams.matching import assign
from tests.engines.disks import Disk, SmallDisk, SmallFile
from tests.engines.given import (
    DESK,
    STEWARD,
    WENZHOU,
    EmbeddedBench,
    Scene,
    board,
    opened,
    state_of,
    stored,
    turns,
    verdict,
)
from tests.engines.remote import Gone, Journal, Remote

MEGABYTE = 1 << 20


def big(scene: Scene, number: int) -> c.RegisterOrganization:
    """A command whose turn takes some ten kilobytes."""
    plain = scene.registration(f"team-{number}")
    ring = tuple(range(700))
    place = msgspec.structs.replace(plain.place, shape=ring)
    return msgspec.structs.replace(plain, place=place)


# A rule that fails


async def test_a_defect_costs_its_own_command_alone(
    folder: EmbeddedBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.make()
    decide = rules.DECIDE[c.RegisterOrganization]

    def broken(area: Any, command: Any, cause: Any) -> Any:
        facts = decide(area, command, cause)
        if command.name == "poison":
            raise LookupError(f"no such thing as {command.name}")
        return facts

    monkeypatch.setitem(rules.DECIDE, c.RegisterOrganization, broken)
    async with opened(folder) as engine:
        scene = Scene(engine)
        envelopes = [
            scene.envelope(STEWARD, scene.registration(name)) for name in ("one", "poison", "two")
        ]
        one, poison, two = await asyncio.gather(
            *map(engine.submit, envelopes), return_exceptions=True
        )
        assert isinstance(one, Receipt)
        assert isinstance(poison, Defect)
        assert isinstance(two, Receipt)
        assert (one.turn.sequence, two.turn.sequence) == (2, 3)

        monkeypatch.setitem(rules.DECIDE, c.RegisterOrganization, decide)
        mended = await engine.submit(envelopes[1])
        assert not mended.repeated, "the key was bound although nothing had happened"
        assert verdict(stored(engine)).sound
    check_record(folder, envelopes[1].command_id)


def check_record(folder: EmbeddedBench, command_id: str) -> None:
    """Where and what, never what was typed."""
    (line,) = (folder.path / "defects.ndjson").read_bytes().splitlines()
    record = msgspec.json.decode(line)
    assert record["command_id"] == command_id
    assert (record["area"], record["position"]) == (WENZHOU, 3)
    assert record["command"] == "RegisterOrganization"
    assert record["reason"].startswith("LookupError at test_failures.py")
    assert b"poison" not in line


async def test_what_settling_fails_on_is_recorded_though_the_command_has_its_turn(
    folder: EmbeddedBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.make()
    async with opened(folder) as engine:
        scene = Scene(engine)
        await scene.staffed()
        await scene.organization("one")
        incident = await scene.incident()
        monkeypatch.setattr(assign, "offers", failing)
        posted = (await scene.sent(DESK, scene.demand(incident))).turn
        assert (posted.refusal, posted.settled) == (None, False)
    (line,) = (folder.path / "defects.ndjson").read_bytes().splitlines()
    record = msgspec.json.decode(line)
    assert (record["command_id"], record["position"]) == (posted.command_id, posted.sequence)
    assert record["reason"].startswith("ZeroDivisionError at test_failures.py")


def failing(*_: object) -> None:
    raise ZeroDivisionError


# A commit that fails


def limit_files() -> None:
    """Writing beyond three megabytes fails in this process, with another error than a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 * MEGABYTE, 3 * MEGABYTE))


async def test_a_commit_that_fails_ends_the_process_after_the_answers(
    folder: EmbeddedBench,
) -> None:
    folder.make()
    journal = Journal()
    remote = await Remote.start(folder.path, journal, preexec=limit_files)
    scene = Scene(cast(Engine, remote))

    async def ask(number: int) -> None:
        with contextlib.suppress(Gone):
            while True:
                await scene.sent(STEWARD, big(scene, number))

    async with asyncio.timeout(60):
        await asyncio.gather(*(ask(number) for number in range(30)))
        assert await remote.ended() == 70
    assert remote.failures
    assert set(remote.failures) == {"Unavailable"}
    assert len(journal.open) == 30, "everybody was answered, and nobody was told a success"
    async with opened(folder) as engine:
        records = stored(engine)
        assert set(journal.told.values()) <= set(records)
        assert verdict(records).sound
        for envelope in journal.open.values():
            receipt = await engine.submit(envelope)
            assert receipt.repeated == (encode(receipt.turn) in records)


LISTENER_FAILS = """
import asyncio, sys
from pathlib import Path
from tests.engines.given import STEWARD, EmbeddedBench, Scene

def fail(batch):
    raise ArithmeticError("the board is wrong from here on")

async def main():
    engine = EmbeddedBench(Path(sys.argv[1])).open()
    engine.listen(fail)
    scene = Scene(engine)
    print((await scene.sent(STEWARD, scene.registration("one"))).turn.sequence, flush=True)
    await asyncio.sleep(30)

asyncio.run(main())
"""


def test_a_listener_that_fails_ends_the_process_after_the_answers(folder: EmbeddedBench) -> None:
    folder.make()
    ended = subprocess.run(
        [sys.executable, "-c", LISTENER_FAILS, str(folder.path)],
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (70, b"2\n")


# A full disk


@pytest.fixture(params=["file system", "file"])
def disk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Disk]:
    if request.param == "file":
        yield SmallFile(tmp_path, monkeypatch)
        return
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small file system")
    yield SmallDisk(tmp_path)
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


async def test_a_full_disk_refuses_and_goes_on_when_there_is_room(disk: Disk) -> None:
    folder = disk.folder
    folder.make()
    async with opened(folder) as engine:
        scene = Scene(engine)
        heard = engine.changes()
        engine.listen(heard.extend)
        answered = [await scene.sent(STEWARD, big(scene, number)) for number in range(20)]
        disk.fill()
        answered += await write_until_full(scene)
        at_full = stored(engine)
        assert {encode(receipt.turn) for receipt in answered} <= set(at_full)

        refused = scene.envelope(STEWARD, big(scene, 1))
        for _ in range(3):
            with pytest.raises(StorageFull):
                await engine.submit(refused)
        assert board(engine.changes()) == board(heard), "the board goes on serving"
        assert engine.next_due(WENZHOU) is None
        await asyncio.sleep(1.5)
        assert stored(engine) == at_full

        disk.free()
        receipt = await when_there_is_room(engine, refused)
        assert not receipt.repeated
        assert stored(engine)[:-1] == at_full
        await asyncio.gather(*(scene.sent(STEWARD, big(scene, n)) for n in range(40)))
        records = stored(engine)
        assert board(engine.changes()) == board(heard)
        assert verdict(records).sound
    async with opened(folder) as engine:
        assert state_of(stored(engine)) == state_of(records)
        assert len({turn.command_id for turn in turns(engine)}) == len(records)


async def write_until_full(scene: Scene) -> list[Receipt]:
    """What was still answered; many ask at once, so the end comes in the middle of a batch."""
    answered: list[Receipt] = []
    for _ in range(200):
        answers = await asyncio.gather(
            *(scene.sent(STEWARD, big(scene, number)) for number in range(20)),
            return_exceptions=True,
        )
        answered += [answer for answer in answers if isinstance(answer, Receipt)]
        others = [answer for answer in answers if not isinstance(answer, Receipt)]
        assert all(isinstance(other, StorageFull) for other in others), others
        if others:
            return answered
    raise AssertionError("the disk was never full")


async def when_there_is_room(engine: Engine, envelope: Any) -> Receipt:
    async with asyncio.timeout(10):
        while True:
            try:
                return await engine.submit(envelope)
            except StorageFull:
                await asyncio.sleep(0.1)


def test_a_full_disk_leaves_the_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = SmallFile(tmp_path, monkeypatch)
    small.folder.make()
    log = LogFile(small.folder.path / LOG)
    small.fill()
    assert log.probe() is False
    small.free()
    assert log.probe() is True
    assert log._db.execute("SELECT count(*) FROM room").fetchone() == (0,)
    log.close()
