"""The power goes at any moment: what was acknowledged is there, and all that is there is true."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections import Counter
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import apsw
import pytest

from api.history import HISTORY, HistoryUnfit, Mark, Store
from api.history.tables import TABLES, kept
from schemas.turns import Envelope
from schemas.views import Put
from schemas.wire import decode_turn, digest
from streams.engines import Engine, Published, Receipt, TickStale, checkpoints
from streams.engines.checkpoints import CHECKPOINTS, Unfit, content_of, found
from streams.engines.folder import DIVISIONS, LOG
from streams.engines.log_file import LogDamaged, LogFile, NotOurLog
from streams.turning import envelope_of
from tests.engines.checkpointed import folded
from tests.engines.given import WENZHOU, EmbeddedBench, Scene, divisions, opened, stored
from tests.engines.powerloss import Files, Recording, losses

POINTS, POINTS_PROVEN = 500, 20_000
SEED: Final = 20250731
PAGES: Final = "PRAGMA wal_autocheckpoint = 25"  # so a short log sees what a long one sees


class Lived(NamedTuple):
    """What was recorded, and what there was to lose."""

    recording: Recording
    log: list[bytes]
    histories: dict[int, str]  # what history said up to each turn
    checkpoints: dict[int, str]  # the content of each


class Acknowledging:
    """An engine whose answers are promises."""

    def __init__(self, engine: Engine, recording: Recording) -> None:
        self._engine, self._recording, self._last = engine, recording, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def submit(self, envelope: Envelope) -> Receipt:
        receipt = await self._engine.submit(envelope)
        self._last = max(self._last, receipt.turn.sequence)
        self._recording.tell("acknowledged", self._last)
        return receipt


class Keeping:
    """History and checkpoints, written while the log is."""

    def __init__(self, folder: EmbeddedBench, recording: Recording, origin: str) -> None:
        self._folder, self._recording, self._origin = folder, recording, origin
        self.store = Store(folder.path / HISTORY)
        self.store._file.execute(PAGES)
        assert self.store.mark(WENZHOU) is None
        self.histories: dict[int, str] = {}
        self.checkpoints: dict[int, str] = {}

    def heard(self, batch: list[Published]) -> None:
        for told in batch:
            puts = [(told.sequence, one) for one in told.changes if isinstance(one, Put)]
            mark = Mark(self._origin, told.sequence, told.at)
            self.store.write(WENZHOU, [put for put in puts if kept(put[1])], mark)
            self.histories[told.sequence] = says(self.store._file)
            if told.sequence % 15 == 0:
                area = folded(self._folder)
                checkpoints.write(self._folder.path, area)
                self.checkpoints[area.sequence] = content_of(area)
                self._recording.tell("checkpoint", area.sequence)


def says(file: apsw.Connection) -> str:
    """All that a history holds."""
    total = sha256()
    for table in TABLES:
        for row in file.execute(f"SELECT * FROM {table.name} ORDER BY id"):
            total.update(repr(row).encode())
    return total.hexdigest()


async def lived(folder: EmbeddedBench, recording: Recording) -> Lived:
    """A busy hour of the whole engine, with the folder made, history and checkpoints kept."""
    folder.make()
    recording.tell("acknowledged", 1)
    async with opened(folder) as engine:
        keeping = Keeping(folder, recording, digest(stored(engine)[0]))
        engine.listen(keeping.heard)
        scene = Scene(cast(Engine, Acknowledging(engine, recording)))
        await scene.staffed()
        await scene.busy_hour()
        incident = await scene.incident("rainstorm_flood")
        await asyncio.gather(*(scene.sent("desk", scene.demand(incident)) for _ in range(30)))
        await scene.wait(minutes=10)
        log = stored(engine)
        keeping.store.close()
    return Lived(recording, log, keeping.histories, keeping.checkpoints)


@pytest.fixture
def frequent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file beside the log is emptied often."""
    settle = LogFile._settle

    def often(log: LogFile) -> None:
        settle(log)
        log._db.execute(PAGES)

    monkeypatch.setattr(LogFile, "_settle", often)


# What is left


class Left(NamedTuple):
    """What somebody finds who opens the folder again."""

    turns: int
    lost: int  # of the acknowledged turns
    history: str
    checkpoints: Counter[str]


def lay_out(place: Path, files: Files) -> None:
    for one in place.iterdir():
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    (place / CHECKPOINTS).mkdir()
    for name, content in files.items():
        (place / name).write_bytes(content)


def look(place: Path, lived: Lived, told: dict[str, int]) -> Left:
    """Open everything again. An AssertionError where anything is there that never was so."""
    there = turns_in(place)
    assert there == lived.log[: len(there)], "a turn is other than it was"
    return Left(
        turns=len(there),
        lost=max(0, told.get("acknowledged", 0) - len(there)),
        history=history_in(place, lived, len(there)),
        checkpoints=checkpoints_in(place, lived, there),
    )


def turns_in(place: Path) -> list[bytes]:
    """The log as a server would find it, which then goes on writing."""
    if not (place / LOG).is_file():
        return []
    try:
        log = LogFile(place / LOG)
    except NotOurLog:  # it was being made; `make` begins it anew
        log = LogFile(place / LOG, create=True)
    with closing(log):
        return list(log.read(WENZHOU))


def history_in(place: Path, lived: Lived, turns: int) -> str:
    """Nothing of it is torn, and nothing is ahead of the log."""
    if not (place / HISTORY).is_file():
        return "none"
    try:
        opened_again = Store(place / HISTORY)
    except HistoryUnfit:  # nothing of it had come but a beginning
        return "anew"
    with closing(opened_again) as store:
        mark = store.mark(WENZHOU)
        assert store._file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if mark is None:
            return "empty"
        assert mark.sequence <= turns, "history knows of turns that are not in the log"
        assert says(store._file) == lived.histories[mark.sequence], "history is other than it was"
    return "whole" if mark.sequence == turns else "behind"


def checkpoints_in(place: Path, lived: Lived, turns: list[bytes]) -> Counter[str]:
    """Each is as it was written, or is not used, and that is said."""

    def turn(sequence: int) -> bytes:
        if sequence > len(turns):
            raise LookupError
        return turns[sequence - 1]

    seen = Counter[str]()
    for one in found(place, WENZHOU):
        try:
            area = checkpoints.load(one, divisions(), turn)
        except Unfit:
            seen["unfit"] += 1
        else:
            assert content_of(area) == lived.checkpoints[one.sequence], "a checkpoint is false"
            seen["whole"] += 1
    return seen


# The tests


async def test_nothing_acknowledged_is_lost_and_nothing_is_other_than_it_was(
    folder: EmbeddedBench,
    memory: Path,
    frequent: None,
    prove: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Recording(folder.path).on(monkeypatch) as recording:
        life = await lived(folder, recording)
    histories, states, cut = Counter[str](), Counter[str](), 0
    for loss in losses(recording, POINTS_PROVEN if prove else POINTS, SEED):
        lay_out(memory, loss.files)
        left = look(memory, life, loss.told)
        assert not left.lost, f"{left.lost} acknowledged turns are lost at point {loss.number}"
        cut += left.turns < len(life.log)
        histories[left.history] += 1
        states += left.checkpoints
    with capsys.disabled():
        sys.stderr.write(
            f"\n{loss.number + 1} power losses among {len(recording.events)} events: 0 of"
            f" {len(life.log)} acknowledged turns lost, 0 altered; history {dict(histories)},"
            f" checkpoints {dict(states)}\n"
        )
    assert cut, "the power never went before the end"
    assert histories.keys() >= {"none", "anew", "behind", "whole"}
    assert states["whole"]


async def test_a_folder_goes_on_after_a_power_loss_as_if_there_had_been_none(
    folder: EmbeddedBench,
    memory: Path,
    frequent: None,
    prove: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever was answered is answered the same; whoever was not asks again, and has one turn."""
    with Recording(folder.path).on(monkeypatch) as recording:
        life = await lived(folder, recording)
    for loss in losses(recording, 400 if prove else 12, SEED + 1):
        if not loss.told:
            continue
        lay_out(memory, loss.files)
        shutil.copytree(folder.path / DIVISIONS, memory / DIVISIONS)
        async with opened(EmbeddedBench(memory)) as engine:
            asked = [envelope_of(decode_turn(record)) for record in life.log]
            for envelope, record in zip(asked[1:], life.log[1:], strict=True):
                with suppress(TickStale):  # which is how a repeated tick is answered
                    turn = (await engine.submit(envelope)).turn
                    assert turn.sequence == decode_turn(record).sequence
            assert stored(engine) == life.log


async def test_the_power_may_go_again_while_a_log_is_opened_after_a_power_loss(
    folder: EmbeddedBench,
    memory: Path,
    frequent: None,
    prove: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Recording(folder.path).on(monkeypatch) as recording:
        life = await lived(folder, recording)
    for first in losses(recording, 500 if prove else 15, SEED + 2):
        lay_out(memory, first.files)
        again = Recording(memory, there=first.files)
        with again.on(monkeypatch):
            look(memory, life, first.told)
        for second in losses(again, 5, SEED + first.number):
            lay_out(memory, second.files)
            assert not look(memory, life, first.told).lost


async def test_a_log_that_is_not_flushed_at_each_commit_is_found_to_lose_turns(
    folder: EmbeddedBench, memory: Path, frequent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with `synchronous=NORMAL`: so the test above could have failed."""
    settle = LogFile._settle

    def lax(log: LogFile) -> None:
        settle(log)
        log._db.execute("PRAGMA synchronous = NORMAL")

    with monkeypatch.context() as patched:
        patched.setattr(LogFile, "_settle", lax)
        with Recording(folder.path).on(monkeypatch) as recording:
            life = await lived(folder, recording)
    lost = 0
    for loss in losses(recording, 60, SEED):
        lay_out(memory, loss.files)
        (memory / HISTORY).unlink(missing_ok=True)  # which may be ahead of such a log
        lost += look(memory, life, loss.told).lost > 0
    assert lost > 5, "a harness that sees no loss here sees none anywhere"


async def test_a_disk_that_lies_about_flushing_loses_turns_and_is_never_believed(
    folder: EmbeddedBench,
    memory: Path,
    frequent: None,
    prove: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Against such a disk nobody can keep a promise; but what is read is what was written."""
    with Recording(folder.path, honest=False).on(monkeypatch) as recording:
        life = await lived(folder, recording)
    seen = Counter[str]()
    for loss in losses(recording, 2_000 if prove else 60, SEED):
        lay_out(memory, loss.files)
        try:
            there = turns_in(memory)
        except (LogDamaged, NotOurLog):
            seen["said"] += 1
            continue
        assert there == life.log[: len(there)]
        seen["lost" if len(there) < loss.told.get("acknowledged", 0) else "whole"] += 1
    assert seen["said"]
    assert seen["lost"]
