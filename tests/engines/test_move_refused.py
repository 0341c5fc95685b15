"""Moves that cannot be: each is refused by name, and nothing has been changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from api.cli.move import CANNOT, UNFIT
from schemas.values import AreaId
from streams.engines.baggage import ARRIVING, LOGS
from streams.engines.cluster import sides as topics_sides
from streams.engines.cluster.layout import Layout, is_cluster
from streams.engines.cluster.obstacles import TopicMissing
from streams.engines.command_file import Fault
from streams.engines.folder import LOG, Folder, FolderHeld, FolderUnfit
from streams.engines.move import move
from streams.engines.sides import CannotMove, Why
from tests.engines.cluster.conftest import ON_ONE_PARTITION
from tests.engines.forging import rewrite
from tests.engines.given import (
    WENZHOU,
    verdict,
)
from tests.engines.moving import (
    PATIENCE_S,
    Logs,
    assert_moved,
    cluster_home,
    given_logs,
    logs_in,
    peopled,
    peopled_logs,
    sent,
    untold,
    working,
)
from tests.servers import Servers


@pytest.fixture
def home(broker_and_redis: Servers, tmp_path: Path) -> Path:
    return cluster_home(broker_and_redis, tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return peopled_logs(tmp_path / "folder")


class Pair:
    """A folder and a cluster between which nothing is in the way yet."""

    def __init__(self, folder: Path, home: Path, servers: Servers) -> None:
        self.folder = folder
        self.home = home
        self.servers = servers

    def another_home(self, name: str, areas: Sequence[AreaId] = ON_ONE_PARTITION) -> Path:
        return cluster_home(self.servers, self.home.with_name(name), areas)


@pytest.fixture
def pair(folder: Path, home: Path, broker_and_redis: Servers) -> Pair:
    return Pair(folder, home, broker_and_redis)


def same_medium(pair: Pair) -> tuple[Path, Path]:
    return pair.folder, pair.folder.with_name("another")


def no_log(pair: Pair) -> tuple[Path, Path]:
    return pair.folder.with_name("another"), pair.home


def no_log_in_topics(pair: Pair) -> tuple[Path, Path]:
    return pair.home, pair.folder.with_name("another")


def store_missing(pair: Pair) -> tuple[Path, Path]:
    (pair.folder / "keys.db").unlink()
    return pair.folder, pair.home


def store_in_the_way(pair: Pair) -> tuple[Path, Path]:
    (pair.home / "people.db").write_bytes(b"")
    return pair.folder, pair.home


def not_in_table(pair: Pair) -> tuple[Path, Path]:
    return pair.folder, pair.another_home("small", [WENZHOU])


def log_there(pair: Pair) -> tuple[Path, Path]:
    layout = Layout.read(pair.home)
    other = given_logs(pair.folder.with_name("other"), steps=1)
    peopled(other)
    move(other, pair.home, untold)
    home = pair.home.with_name("beside")
    home.mkdir()
    layout.write(home)
    return pair.folder, home


def moved_before(pair: Pair) -> tuple[Path, Path]:
    move(pair.folder, pair.home, untold)
    return pair.folder, pair.another_home("second")


def another_move(pair: Pair) -> tuple[Path, Path]:
    (pair.home / ARRIVING).mkdir()
    (pair.home / ARRIVING / LOGS).write_bytes(msgspec.json.encode({WENZHOU: "0" * 64}))
    return pair.folder, pair.home


def no_deciders(pair: Pair) -> tuple[Path, Path]:
    move(pair.folder, pair.home, untold)
    return pair.home, pair.folder.with_name("back")


REFUSED: dict[Callable[[Pair], tuple[Path, Path]], Why] = {
    same_medium: Why.SAME_MEDIUM,
    no_log: Why.NO_LOG,
    no_log_in_topics: Why.NO_LOG,
    store_missing: Why.STORE_MISSING,
    store_in_the_way: Why.IN_THE_WAY,
    not_in_table: Why.NOT_IN_TABLE,
    log_there: Why.LOG_THERE,
    moved_before: Why.MOVED_BEFORE,
    another_move: Why.ANOTHER_MOVE,
    no_deciders: Why.DECIDERS_MISSING,
}


@pytest.mark.parametrize("given", REFUSED, ids=lambda given: given.__name__)
def test_what_is_not_ready_is_not_moved(
    pair: Pair, given: Callable[[Pair], tuple[Path, Path]]
) -> None:
    source, target = given(pair)
    before = everything(source), everything(target)
    with pytest.raises(CannotMove) as cannot:
        move(source, target, untold)
    assert cannot.value.why is REFUSED[given]
    assert (everything(source), everything(target)) == before


def everything(folder: Path) -> tuple[list[str], Logs]:
    """The names of the files that mean something, and the logs."""
    if not folder.exists():
        return [], {}
    names = sorted(path.name for path in folder.iterdir() if path.name != "lock")
    lasting = [name for name in names if not name.endswith(("-wal", "-shm"))]
    return lasting, logs_in(folder) if is_cluster(folder) or LOG in names else {}


def test_logs_go_nowhere_while_deciders_run(
    folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given deciders, which fold only when they start, then a log is not moved behind them."""
    monkeypatch.setattr(topics_sides, "GIVEN_UP_S", 0.2)
    with working(home, "decide"):
        until_there(home)
        with pytest.raises(CannotMove) as cannot:
            move(folder, home, untold)
    assert cannot.value.why is Why.DECIDERS_RUN
    assert all(verdict(turns, area).sound for area, turns in logs_in(folder).items())
    assert logs_in(home) == {}
    sent(folder)  # it can be served as before


def until_there(home: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while not topics_sides._has_deciders(Layout.read(home)):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_deciders_that_stay_silent_are_told_of_and_the_move_is_run_again(
    folder: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given deciders that die when the logs are to end, then a later try finds them ended."""
    move(folder, home, untold)
    monkeypatch.setattr(topics_sides, "PATIENCE_S", 0.2)
    monkeypatch.setattr(topics_sides, "_has_deciders", lambda _: True)
    with pytest.raises(CannotMove) as cannot:
        move(home, tmp_path / "back", untold)
    assert cannot.value.why is Why.DECIDERS_SILENT
    monkeypatch.undo()
    before = logs_in(home)
    with working(home, "decide"):
        until_there(home)
        assert_moved(move(home, tmp_path / "back", untold), before, logs_in(tmp_path / "back"))


def test_a_folder_that_is_served_is_not_moved(folder: Path, home: Path) -> None:
    for path in (folder, home):
        held = Folder(path)
        with pytest.raises(FolderHeld):
            move(folder, home, untold)
        held.release()
    move(folder, home, untold)


def test_topics_that_have_not_been_made_take_no_log(folder: Path, home: Path) -> None:
    layout = Layout.read(home)
    before = logs_in(folder)
    Layout(layout.brokers, layout.redis, layout.areas, "never-made.").write(home)
    with pytest.raises(TopicMissing):
        move(folder, home, untold)
    assert logs_in(folder) == before


def test_a_log_that_has_been_altered_is_not_moved(folder: Path, home: Path) -> None:
    """Given a stored turn with one other byte, then nothing of the log goes anywhere."""
    rewrite(folder / LOG, 2, lambda stored: stored.replace(b'"at":1', b'"at":2'))
    with pytest.raises(FolderUnfit, match=r"chain of area \d+ is broken at turn 3"):
        move(folder, home, untold)
    assert logs_in(home) == {}


# Words


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(CANNOT) == set(Why)
    assert set(UNFIT) == set(Fault)
    for words in (*CANNOT.values(), *UNFIT.values()):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in words.zh)
        assert words.en.isascii()
