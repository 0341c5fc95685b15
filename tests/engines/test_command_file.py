"""Command files: written from a log, played into another, and the turns are the same bytes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import apsw
import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas.turns import OWNER, Envelope
from schemas.values import AreaId, Medium, Purpose, TimeSource
from schemas.wire import decode_envelope, encode
from streams.engines.command_file import BadLine, Fault, lines_of, read
from streams.engines.feeding import Foreign, Outcome, play
from streams.engines.folder import LOG, FolderUnfit
from streams.engines.log_file import NotOurLog, Reader
from tests.engines.cluster.command_files import disturbed, merged, randomly
from tests.engines.given import (
    DIVISIONS,
    HANGZHOU,
    WENZHOU,
    ClusterBench,
    EmbeddedBench,
    Scene,
    opened,
    verdict,
)
from tests.streams.world import DESK, World

Logs = dict[AreaId, list[bytes]]


def logs_in(folder: Path) -> Logs:
    with closing(Reader(folder / LOG)) as reader:
        return {area: list(reader.read(area)) for area in reader.areas()}


def written(path: Path, envelopes: Iterable[Envelope]) -> Path:
    path.write_bytes(b"".join(encode(envelope) + b"\n" for envelope in envelopes))
    return path


def exported(folder: Path, path: Path) -> Path:
    """The commands of every log of a folder."""
    with path.open("wb") as file:
        for turns in logs_in(folder).values():
            file.writelines(lines_of(turns))
    return path


def played(folder: Path, file: Path, in_flight: int = 16) -> Outcome:
    return play(folder, file, DIVISIONS, in_flight, lambda _: None)


def busy() -> list[Envelope]:
    """Two areas in one line, with used keys, keys reused, and ticks that come too late."""
    worlds = [busy_world(WENZHOU), busy_world(HANGZHOU)]
    line = merged(Random(7), [world.sent for world in worlds])
    return disturbed(Random(7), line)


def busy_world(area: AreaId) -> World:
    world = World(area=area)
    for number in range(4):
        world.organization(f"team {number}", township=number)
    world.demand(world.incident(), lines=3)
    world.wait(minutes=30)
    for number in (1, 99):
        world.take(world.envelope(OWNER, c.Tick(number=number)))
    world.refused("stranger", c.OpenIncident(hazard="earthquake", division=world.township))
    return world


# A file that is whole


async def busy_hours(folder: EmbeddedBench) -> None:
    for area in (WENZHOU, HANGZHOU):
        folder.make(area)
    async with opened(folder) as engine:
        for area in (WENZHOU, HANGZHOU):
            scene = Scene(engine, area)
            await scene.staffed()
            await scene.busy_hour()


def test_a_log_s_commands_lead_to_the_same_bytes_elsewhere(
    folder: EmbeddedBench, tmp_path: Path
) -> None:
    """Given two areas' logs, when their commands are played elsewhere, then the turns are equal."""
    asyncio.run(busy_hours(folder))
    file = exported(folder.path, tmp_path / "file")
    outcome = played(tmp_path / "other", file)
    assert logs_in(tmp_path / "other") == logs_in(folder.path)
    assert [one.repeats for one in outcome.played] == [0, 0]


@pytest.mark.parametrize("in_flight", [1, 7, 500])
def test_however_many_are_on_their_way_the_turns_are_the_same(
    tmp_path: Path, in_flight: int
) -> None:
    file = written(tmp_path / "file", busy())
    alone, together = tmp_path / "alone", tmp_path / "together"
    assert played(alone, file, 1) == played(together, file, in_flight)
    assert logs_in(alone) == logs_in(together)


def test_what_came_of_a_file_is_told_by_area(tmp_path: Path) -> None:
    """Given used keys, keys reused and stale ticks, then all of them are counted, none is fatal."""
    envelopes = busy()
    outcome = played(tmp_path / "data", written(tmp_path / "file", envelopes))
    logs = logs_in(tmp_path / "data")
    assert outcome.defects == 0
    assert [one.area for one in outcome.played] == [HANGZHOU, WENZHOU]
    for one in outcome.played:
        verified = verdict(logs[one.area], one.area)
        assert verified.sound
        assert (one.turns, one.state_hash) == (verified.turns, verified.state_hash)
        assert one.commands == sum(envelope.area == one.area for envelope in envelopes)
        assert one.repeats == one.commands - one.turns > 0
        assert one.refusals > 0


def test_both_engines_come_to_the_same(tmp_path: Path, cluster: ClusterBench) -> None:
    """Given one file, when it is played on either engine, then what is told is equal."""
    file = written(tmp_path / "file", busy())
    assert played(tmp_path / "data", file) == played(cluster.path, file)


def test_a_live_log_is_written_on_given_time(folder: EmbeddedBench, tmp_path: Path) -> None:
    world = busy_world(WENZHOU)
    opening = replace(world.sent[0].command, time_source=TimeSource.LIVE)
    live = World(time_source=TimeSource.LIVE)
    live.organization("near")
    live.demand(live.incident())
    live.wait(minutes=3)
    assert live.sent[0].command == opening
    lines = list(lines_of(live.log))
    first = decode_envelope(lines[0]).command
    assert isinstance(first, c.OpenLog)
    assert (first.purpose, first.time_source) == (Purpose.COMPARISON, TimeSource.GIVEN)
    file = tmp_path / "file"
    file.write_bytes(b"".join(lines))
    (one,) = played(folder.path, file).played
    assert (one.turns, one.repeats) == (len(live.log), 0)


def test_a_log_that_has_moved_and_arrived_is_played_too(tmp_path: Path) -> None:
    """Given a move in the middle, then what was sent in between leads to no turn."""
    world = busy_world(WENZHOU)
    world.send(OWNER, c.MoveLog(medium=Medium.TOPICS))
    between = world.envelope(DESK, c.OpenIncident(hazard="earthquake", division=world.township))
    moved = len(world.sent)
    world.send(OWNER, c.ReceiveLog())
    world.incident("earthquake")
    sent = [*world.sent[:moved], between, *world.sent[moved:]]
    (one,) = played(tmp_path / "data", written(tmp_path / "file", sent)).played
    assert logs_in(tmp_path / "data")[WENZHOU] == world.log
    assert one.repeats == 1 + 2  # two ticks were out of their order


# A run that was broken off


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """Given runs that are killed again and again, then the last one has made the same log."""
    file = written(tmp_path / "file", randomly(3, [WENZHOU, HANGZHOU], 120))
    expected = played(tmp_path / "whole", file)
    broken = tmp_path / "broken"
    turns = sum(one.turns for one in expected.played)
    kills = sum(killed_at(broken, file, turns * part // 10) for part in (1, 2, 4, 7))
    assert kills > 0
    assert played(broken, file) == expected
    assert logs_in(broken) == logs_in(tmp_path / "whole")


def killed_at(folder: Path, file: Path, turns: int) -> bool:
    """Play in a process of its own and kill it when the log is so long; whether it was killed."""
    command = [sys.executable, "-m", "api.cli", "play", str(file), "--data", str(folder)]
    playing = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while playing.poll() is None and turns_in(folder) < turns:
        time.sleep(0.002)
    playing.kill()
    return playing.wait() != 0


def turns_in(folder: Path) -> int:
    try:
        return sum(map(len, logs_in(folder).values()))
    except (apsw.Error, NotOurLog):  # it is being made
        return 0


def test_a_file_played_twice_changes_nothing(tmp_path: Path) -> None:
    file = written(tmp_path / "file", busy())
    first = played(tmp_path / "data", file)
    logs = logs_in(tmp_path / "data")
    assert played(tmp_path / "data", file) == first
    assert logs_in(tmp_path / "data") == logs


def test_a_longer_file_goes_on_from_a_shorter_one(tmp_path: Path) -> None:
    envelopes = busy()
    whole = played(tmp_path / "whole", written(tmp_path / "file", envelopes))
    for count in (2, len(envelopes) // 2, len(envelopes)):
        grown = played(tmp_path / "grown", written(tmp_path / "part", envelopes[:count]))
    assert grown == whole


def test_another_file_s_log_is_not_gone_on_with(tmp_path: Path) -> None:
    """Given a log of another file that begins alike, then nothing is sent."""
    world = World()
    world.incident()
    played(tmp_path / "data", written(tmp_path / "file", world.sent))
    logs = logs_in(tmp_path / "data")
    other = [*world.sent[:-1], replace(world.sent[-1], body="0" * 32)]
    for envelopes in (other, world.sent[:-1], [*world.sent[:2], *World().sent[2:]]):
        with pytest.raises(Foreign):
            played(tmp_path / "data", written(tmp_path / "other", envelopes))
    assert logs_in(tmp_path / "data") == logs


def test_a_folder_of_another_purpose_is_refused(folder: EmbeddedBench, tmp_path: Path) -> None:
    folder.make(HANGZHOU, Purpose.COMPARISON)
    logs = logs_in(folder.path)
    with pytest.raises(FolderUnfit, match="purpose is comparison"):
        played(folder.path, written(tmp_path / "file", World().sent))
    assert logs_in(folder.path) == logs


# Lines that cannot be played


def spoiled(envelopes: Sequence[Envelope]) -> dict[str, tuple[bytes, Fault]]:
    """A line of each kind that is unfit, with what is wrong with it."""
    opening: Any = replace(envelopes[0], area=HANGZHOU)
    opening = replace(opening, command=replace(opening.command, area=HANGZHOU))
    live = replace(opening.command, time_source=TimeSource.LIVE)
    mixed = replace(opening.command, purpose=Purpose.COMPARISON)
    whole = encode(envelopes[1])
    return {
        "no JSON": (b"{", Fault.NOT_READABLE),
        "nothing": (b"", Fault.NOT_READABLE),
        "of a newer program": (whole.replace(b"GrantRole.1", b"GrantRole.9"), Fault.NEWER),
        "too long": (b" " * (64 * 1024) + whole, Fault.TOO_LONG),
        "without a time": (encode(replace(envelopes[1], at=None)), Fault.TIME_MISSING),
        "of a log that is not open": (
            encode(replace(envelopes[1], area=HANGZHOU)),
            Fault.NOT_OPENED,
        ),
        "opens another area": (encode(replace(opening, area=AreaId("3302"))), Fault.NOT_OPENED),
        "on live time": (encode(replace(opening, command=live)), Fault.LIVE),
        "of another purpose": (encode(replace(opening, command=mixed)), Fault.MIXED),
    }


KINDS = tuple(spoiled(World().sent))


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_line_is_named_and_nothing_is_sent(tmp_path: Path, kind: str) -> None:
    envelopes = busy_world(WENZHOU).sent
    line, fault = spoiled(envelopes)[kind]
    good = [encode(envelope) for envelope in envelopes]
    file = tmp_path / "file"
    file.write_bytes(b"\n".join([*good[:5], line, *good[5:]]))
    with pytest.raises(BadLine) as bad:
        played(tmp_path / "data", file)
    assert (bad.value.number, bad.value.fault) == (6, fault)
    assert not (tmp_path / "data").exists()


def test_a_cluster_s_table_has_to_have_the_area(tmp_path: Path) -> None:
    file = written(tmp_path / "file", World().sent)
    assert len(list(read(file, {WENZHOU}))) == len(World().sent)
    with pytest.raises(BadLine) as bad:
        list(read(file, {HANGZHOU}))
    assert (bad.value.number, bad.value.fault) == (1, Fault.NOT_IN_TABLE)


def test_divisions_that_are_not_at_hand_are_named(tmp_path: Path) -> None:
    """Given a log opened with other divisions than those in the folder or given with the file."""
    (opening, *_) = World().sent
    assert isinstance(opening.command, c.OpenLog)
    other = replace(opening, command=replace(opening.command, divisions="0" * 64))
    with pytest.raises(FolderUnfit, match=r"0000\.json is missing"):
        played(tmp_path / "data", written(tmp_path / "file", [other]))
