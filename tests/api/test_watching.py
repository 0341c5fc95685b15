"""What a watch finds in a log and at the clocks, each alarm from the state that deserves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.watch import Watch
from api.settings import DIVISIONS
from api.watch import CURES, WORDS, Door, Finding, Log
from schemas import commands as c
from schemas.turns import OWNER
from schemas.values import AreaId, Instant, Piece, PieceKind, Purpose, TimeSource
from streams.engines.log_file import LogFile, Reader, Row
from streams.engines.logs import create
from streams.parameters import MINUTE, SECOND
from tests.api.house import STEWARD
from tests.engines.sundial import Sundial
from tests.streams.world import DESK, World

AREA = AreaId("3303")


class Watched:
    """A live log with one demand that nobody can serve, as a watch reads it from its file."""

    def __init__(self, folder: Path) -> None:
        create(folder, AREA, DIVISIONS, Purpose.EXERCISE, TimeSource.LIVE, STEWARD)
        self.folder, self.world = folder, World(time_source=TimeSource.LIVE)
        self.world.demand(self.world.incident())
        self.line = next(iter(self.world.operation.lines.rows.values()))
        self._written = 1  # the folder's first turn is its own, the others are the world's
        self.log = Log(folder, Reader(folder / "log.db"))

    def found(self, after: int = 0) -> dict[str, Finding]:
        """What one look finds, so many milliseconds after the last turn."""
        self.write([*self.world.log[self._written :]])
        return {one.kind: one for one in self.log.look(self.world.area.at + after)}

    def write(self, records: list[bytes]) -> None:
        log = LogFile(self.folder / "log.db")
        first = self._written + 1
        log.append([Row(AREA, first + n, stored) for n, stored in enumerate(records)])
        log.close()
        self._written += len(records)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "data")


def test_a_calm_log_has_nothing_to_say(watched: Watched) -> None:
    assert watched.found(SECOND) == {}


def test_a_demand_past_its_next_step_is_named(watched: Watched) -> None:
    """Given a line that was to be looked at after two minutes, when 45 seconds more have passed
    and nothing was written, then the writer is silent, and the demand is named."""
    assert set(watched.found(2 * MINUTE)) == set()
    found = watched.found(2 * MINUTE + 45 * SECOND)
    assert set(found) == {"writer_silent", "demand_overdue"}
    assert found["demand_overdue"].subjects == (watched.line.demand,)
    assert found["demand_overdue"].age == found["writer_silent"].age == 45 * SECOND


def test_what_is_looked_at_in_time_is_calm_again(watched: Watched) -> None:
    watched.found(3 * MINUTE)
    watched.world.wait(minutes=3)
    assert watched.found(SECOND) == {}


def test_what_was_set_aside_is_heard_for_an_hour(watched: Watched) -> None:
    piece = Piece(kind=PieceKind.LINE, id=watched.line.id)
    watched.world.send(OWNER, c.Tick(number=1, aside=(piece,)))
    assert set(watched.found(SECOND)) == {"set_aside"}
    assert "set_aside" not in watched.found(61 * MINUTE)


def test_a_log_ahead_of_the_clock_is_an_alarm(watched: Watched) -> None:
    assert set(watched.found(-11 * SECOND)) == {"clock_jumped"}
    assert set(watched.found(-9 * SECOND)) == set()


def test_a_log_that_cannot_be_read_is_an_alarm(watched: Watched) -> None:
    watched.write([b"{}"])
    assert set(watched.found()) == {"log_unreadable"}


def test_of_given_time_nothing_is_late(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "data")
    create(tmp_path / "other", AREA, DIVISIONS, Purpose.EXERCISE, TimeSource.GIVEN, STEWARD, 1)
    log = Log(tmp_path / "other", Reader(tmp_path / "other" / "log.db"))
    assert log.look(watched.world.area.at) == []


def test_every_alarm_has_words_in_both_languages() -> None:
    assert all(zh and en and zh != en for zh, en in [*WORDS.values(), *CURES.values()])
    assert list(CURES) == list(WORDS), "the doctor says what to do about each"


# Telling


class Told:
    """A watch whose findings are given to it, on a clock that only the test moves."""

    def __init__(self, folder: Path) -> None:
        self.sundial, self.findings = Sundial(), list[Finding]()
        self.watch = Watch(
            folder,
            self,
            Quiet(folder, lambda: "http://127.0.0.1:9"),
            self.sundial.clock,
            30 * SECOND,
            [],
        )

    def look(self, now: Instant) -> list[Finding]:  # noqa: ARG002  # it is told what it finds
        return self.findings


class Quiet(Door):
    def look(self, _clock: object) -> list[Finding]:
        return []


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Told, Callable[[], str]]:
    told = Told(tmp_path)

    def look() -> str:
        told.watch.look()
        return " ".join(line.split()[0] for line in capsys.readouterr().out.splitlines())

    return told, look


def test_an_alarm_is_told_when_it_begins_once_an_hour_and_when_it_ends(
    said: tuple[Told, Callable[[], str]],
) -> None:
    told, look = said
    told.findings = [Finding("writer_silent", AREA, 29 * SECOND)]
    assert look() == ""
    told.findings = [Finding("writer_silent", AREA, 31 * SECOND)]
    assert look() == "began"
    told.sundial.sleep(minutes=59)
    assert look() == ""
    told.sundial.sleep(minutes=2)
    assert look() == "lasts"
    told.findings = []
    assert look() == "ended"


def test_a_clock_that_was_set_is_an_alarm(said: tuple[Told, Callable[[], str]]) -> None:
    told, look = said
    assert look() == ""
    told.sundial.wrong = 600_000
    assert look() == "began"


def test_nobody_but_the_owner_sets_work_aside() -> None:
    world = World()
    world.incident()
    assert world.refused(DESK, c.Tick(number=1))
