"""A start from a checkpoint: as from the whole log, and never from what does not fit it."""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, Final

import apsw
import msgspec
import pytest

from schemas import commands as c
from schemas.facts import IncidentOpened
from streams.engines import Engine, checkpoints
from streams.engines.checkpoints import HEAD_BYTES, Checkpoint, found
from streams.engines.folder import LOG
from tests.engines.checkpointed import begun, folded, kept, records, same
from tests.engines.given import (
    DESK,
    HANGZHOU,
    STEWARD,
    WENZHOU,
    EmbeddedBench,
    Scene,
    board,
    only,
    opened,
    stored,
    verdict,
)

SAYS: Final = "shouwang.checkpoints"
ROOT = Path(__file__).parent.parent.parent


# A start


async def test_a_start_from_a_checkpoint_goes_on_as_one_from_the_log(
    folder: EmbeddedBench, log: list[bytes], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    twin = EmbeddedBench(tmp_path / "twin")
    shutil.copytree(folder.path, twin.path)
    kept(folder, len(log) - 9)
    boards: list[Any] = []
    with caplog.at_level(logging.INFO, SAYS):
        for bench in (folder, twin):
            async with opened(bench) as engine:
                boards.append(board(engine.changes()))
                await going_on(engine)
                boards.append(board(engine.changes()))
    assert f"folded from the checkpoint of turn {len(log) - 9} on" in caplog.messages[0]
    assert "folded from its beginning" in caplog.messages[1]
    assert boards[:2] == boards[2:]
    assert records(folder) == records(twin)
    assert len(records(folder)) > len(log)
    assert verdict(records(folder)).sound


async def going_on(engine: Engine) -> None:
    scene = Scene(engine)
    scene.at += 10_000_000
    for number in range(5):
        team = scene.registration(f"late-{number}")
        await engine.submit(scene.envelope(STEWARD, team, f"late-{number}"))
    opening = c.OpenIncident(hazard="forest_fire", division=scene.county)
    receipt = await engine.submit(scene.envelope("county", opening, "fire"))
    incident = only(receipt.turn.facts, IncidentOpened).incident
    await engine.submit(scene.envelope(DESK, scene.demand(incident, lines=3), "posted"))
    await scene.wait(minutes=30)


async def test_every_turn_of_a_log_may_be_the_one_of_the_checkpoint(
    folder: EmbeddedBench, log: list[bytes]
) -> None:
    whole = folded(folder)
    for cut in Random(1).sample(range(1, len(log) + 1), 12):
        kept(folder, cut)
        assert same(begun(folder), whole)


async def test_two_areas_each_have_their_own(folder: EmbeddedBench, log: list[bytes]) -> None:
    folder.make(HANGZHOU)
    for area in (WENZHOU, HANGZHOU):
        checkpoints.write(folder.path, folded(folder, area=area))
    assert [len(found(folder.path, area)) for area in (WENZHOU, HANGZHOU)] == [1, 1]
    async with opened(folder) as engine:
        assert {one.area for one in engine.changes()} == {WENZHOU, HANGZHOU}


# Whatever is not as it was written


Damage = Callable[[Checkpoint], object]


def flipped(place: int) -> Damage:
    """One bit is another."""

    def damage(one: Checkpoint) -> None:
        content = bytearray(one.path.read_bytes())
        content[place] ^= 4
        one.path.write_bytes(content)

    return damage


def cut_to(size: int) -> Damage:
    return lambda one: os.truncate(one.path, size)


def zeroed(first: int, size: int) -> Damage:
    """Pages that never reached the disk."""

    def damage(one: Checkpoint) -> None:
        with one.path.open("r+b") as file:
            file.seek(first)
            file.write(b"\0" * size)

    return damage


def with_head(**changed: Any) -> Damage:
    """Another head, and a content that fits it."""

    def damage(one: Checkpoint) -> None:
        head = msgspec.structs.replace(checkpoints.head_of(one), **changed)
        content = one.path.read_bytes()[HEAD_BYTES:]
        filled = msgspec.json.encode(head).ljust(HEAD_BYTES - 1) + b"\n"
        one.path.write_bytes(filled + content)

    return damage


def of_a_newer_release(one: Checkpoint) -> None:
    one.path.write_bytes(b'{"format":2,"else":1}'.ljust(HEAD_BYTES) + b"new")


def a_folder(one: Checkpoint) -> None:
    one.path.unlink()
    one.path.mkdir()


def renamed(one: Checkpoint) -> None:
    one.path.rename(one.path.with_name(f"3303-{1:012}.checkpoint"))


DOUBTS: Final[list[tuple[str, Damage, str]]] = [
    ("flipped in the head", flipped(60), "damaged|release"),
    ("flipped first", flipped(HEAD_BYTES), "damaged"),
    ("flipped last", flipped(-1), "damaged"),
    ("empty", cut_to(0), "damaged"),
    ("half a head", cut_to(HEAD_BYTES // 3), "damaged"),
    ("head alone", cut_to(HEAD_BYTES), "damaged"),
    ("cut", cut_to(HEAD_BYTES + 5_000), "damaged"),
    ("zeroed head", zeroed(0, HEAD_BYTES), "damaged"),
    ("zeroed page", zeroed(4_096, 4_096), "damaged"),
    ("other format", with_head(format=2), "another format"),
    ("newer", of_a_newer_release, "another release"),
    ("other code", with_head(program="0" * 64), "another release"),
    ("other rules", with_head(rules=99), "rules 99"),
    ("other area", with_head(area="3301"), "another's name"),
    ("other name", renamed, "another's name"),
    ("other log", with_head(previous="0" * 64), "another log"),
    ("a folder", a_folder, "not readable"),
]


@pytest.mark.parametrize(("damage", "doubt"), [d[1:] for d in DOUBTS], ids=[d[0] for d in DOUBTS])
async def test_any_doubt_costs_time_and_never_truth(
    folder: EmbeddedBench,
    log: list[bytes],
    damage: Damage,
    doubt: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    whole = folded(folder)
    damage(kept(folder, len(log) - 3))
    assert same(begun(folder), whole)
    (line,) = [r for r in caplog.records if r.name == SAYS]
    assert "folded from its beginning, since a checkpoint is not used" in line.getMessage()
    assert re.search(doubt, line.getMessage())


async def test_the_older_one_is_for_the_day_on_which_the_newer_is_damaged(
    folder: EmbeddedBench, log: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    whole = folded(folder)
    kept(folder, len(log) - 30)
    flipped(-1)(kept(folder, len(log) - 3))
    assert same(begun(folder), whole)
    assert f"checkpoint of turn {len(log) - 30} on" in caplog.messages[-1]
    assert f"that of turn {len(log) - 3} is damaged" in caplog.messages[-1]


async def test_a_checkpoint_ahead_of_its_log_is_not_used(
    folder: EmbeddedBench, log: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """A log that was put back from an older copy, beside what was made of the newer one."""
    kept(folder, len(log))
    with closing(apsw.Connection(str(folder.path / LOG))) as database:
        database.execute("DELETE FROM turns WHERE sequence > ?", (len(log) - 4,))
    assert begun(folder).sequence == len(log) - 4
    assert "ahead of the log" in caplog.messages[-1]
    kept(folder, len(log) - 4)
    assert [one.sequence for one in found(folder.path, WENZHOU)] == [len(log) - 4]


async def test_a_checkpoint_of_another_log_of_the_same_area_is_not_used(
    folder: EmbeddedBench, log: list[bytes], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = EmbeddedBench(tmp_path / "other")
    other.make()
    async with opened(other) as engine:
        scene = Scene(engine)
        for number in range(12):
            await scene.organization(f"other-{number}")
        other_turns = len(stored(engine))
    foreign = kept(other, other_turns)
    (folder.path / checkpoints.CHECKPOINTS).mkdir()
    shutil.copy(foreign.path, folder.path / checkpoints.CHECKPOINTS)
    assert same(begun(folder), folded(folder))
    assert "of another log" in caplog.messages[-1]


# Writing: whole or not at all


class PowerLoss(BaseException):
    """Nothing behind this moment happens."""


STEPS = ("mkdir", "write", "fsync", "replace", "sync names", "prune")


@pytest.mark.parametrize("step", STEPS)
async def test_the_power_may_go_at_each_step_of_writing(
    folder: EmbeddedBench, log: list[bytes], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older one is there, or the newer; what lies beside them is none, and goes later."""
    whole = folded(folder)
    if step != "mkdir":
        kept(folder, len(log) - 40)
    with monkeypatch.context() as broken:
        lose_power_at(step, broken)
        with pytest.raises(PowerLoss):
            kept(folder, len(log) - 5)
    for path in (folder.path / checkpoints.CHECKPOINTS).glob(f"*{checkpoints.PART}"):
        tear(path, Random(step))
    assert same(begun(folder), whole)
    kept(folder, len(log) - 2)
    there = list((folder.path / checkpoints.CHECKPOINTS).iterdir())
    assert sorted(there, reverse=True) == [one.path for one in found(folder.path, WENZHOU)]
    assert len(there) == (1 if step == "mkdir" else 2)


def lose_power_at(step: str, broken: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise PowerLoss

    broken.setattr(Path, "unlink", lambda *_, **__: None)  # nobody tidies up after a power loss
    match step:
        case "mkdir":
            broken.setattr(Path, "mkdir", gone)
        case "write":
            broken.setattr(checkpoints, "program", gone)  # the frames are written, the head is not
        case "fsync":
            broken.setattr(os, "fsync", gone)
        case "replace":
            broken.setattr(Path, "replace", gone)
        case "sync names":
            broken.setattr(checkpoints, "sync_names", gone)
        case "prune":
            broken.setattr(checkpoints, "_prune", gone)


def tear(path: Path, random: Random) -> None:
    """What was never flushed may be there, or zeros, or nothing."""
    content = bytearray(path.read_bytes())
    for first in range(0, len(content), 4_096):
        if random.random() < 0.5:
            content[first : first + 4_096] = b"\0" * len(content[first : first + 4_096])
    path.write_bytes(content[: random.randrange(len(content) + 1)])


async def test_a_disk_that_lies_about_flushing_is_found_out(
    folder: EmbeddedBench, log: list[bytes], prove: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """The name is there, and only some of the bytes: any of them are missing, at random."""
    whole = folded(folder)
    made = kept(folder, len(log) - 5)
    content = made.path.read_bytes()
    random = Random(11)
    for _ in range(2_000 if prove else 60):
        made.path.write_bytes(content)
        tear(made.path, random)
        if made.path.read_bytes() != content:
            caplog.clear()
            assert same(begun(folder), whole)
            assert "damaged" in caplog.messages[-1]
