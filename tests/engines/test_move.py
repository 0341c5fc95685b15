"""A move between a data folder and a cluster: the same bytes on both sides, and one end only."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from random import Random

import pytest

from api.people import People
from api.safe import MasterKey, Vault
from schemas.registry_facts import LogMoved
from schemas.turns import DeadReason
from schemas.values import (
    AreaId,
    Medium,
    Sealed,
    TimeSource,
)
from schemas.wire import decode_dead_letter, decode_turn
from streams.engines import Moved
from streams.engines.baggage import ARRIVING, STORES, Baggage
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import Outgoing, command_key
from streams.engines.cluster.replay import Replay
from streams.engines.cluster.sides import TopicsSource, TopicsTarget
from streams.engines.folder import LOCK, FolderUnfit
from streams.engines.move import move
from streams.engines.sides import FileSource, FileTarget
from tests.engines.cluster.putting import put
from tests.engines.given import (
    STEWARD,
    WENZHOU,
    verdict,
)
from tests.engines.moving import (
    PERSON,
    SECRET,
    Logs,
    assert_moved,
    cluster_home,
    given_logs,
    goes_on,
    grant,
    live_logs,
    logs_in,
    peopled,
    peopled_logs,
    sent,
    untold,
    working,
)
from tests.servers import Servers
from tests.streams.world import World


@pytest.fixture(autouse=True)
def one_master_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all the folders, as where it comes from a safe for secrets."""
    monkeypatch.setenv("SHOUWANG_KEY", MasterKey.new().text)


@pytest.fixture
def home(broker_and_redis: Servers, tmp_path: Path) -> Path:
    return cluster_home(broker_and_redis, tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return peopled_logs(tmp_path / "folder")


# There and back


@pytest.mark.parametrize("time_source", TimeSource)
def test_logs_go_into_topics_and_come_back(
    home: Path, tmp_path: Path, time_source: TimeSource
) -> None:
    make = given_logs if time_source is TimeSource.GIVEN else live_logs
    folder, back = make(tmp_path / "folder"), tmp_path / "back"
    sealed, before = peopled(folder), logs_in(folder)

    into = move(folder, home, untold)
    assert into.medium is Medium.TOPICS
    assert_moved(into, before, logs_in(home))
    with working(home, "decide", "project"):
        goes_on(home, "in the topics")
        before = logs_in(home)
        out = move(home, back, untold)
        with pytest.raises(Moved):
            sent(home, grant(WENZHOU, "too late", decode_turn(before[WENZHOU][-1]).at))
    assert out.medium is Medium.FILE
    assert_moved(out, before, logs_in(back))
    goes_on(back, "in a folder again")

    assert_ended(folder, logs_in(home))
    assert_ended(home, logs_in(back))
    assert letters(home) == [DeadReason.MOVED]
    with pytest.raises(FolderUnfit, match="was moved to topics"):
        sent(folder)
    for place in (home, back):
        assert_peopled(place, sealed)
        assert not (place / ARRIVING).exists()


def assert_ended(source: Path, elsewhere: Logs) -> None:
    """What can still be read is sound, the beginning of what there is now, and ends for good."""
    for area, turns in logs_in(source).items():
        assert turns == elsewhere[area][: len(turns)]
        assert isinstance(decode_turn(turns[-1]).facts[0], LogMoved)
        assert verdict(turns, area).sound


def assert_peopled(folder: Path, sealed: Sealed) -> None:
    for name in STORES:
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    with closing(People(folder / "people.db")) as people:
        assert people.name(STEWARD) == PERSON
    with closing(Vault(folder / "keys.db")) as vault:
        assert vault.open(sealed, "note") == SECRET


def letters(home: Path) -> list[DeadReason]:
    with closing(Replay(Layout.read(home))) as replay:
        return [decode_dead_letter(letter.stored).reason for letter in replay.letters(0)]


def test_dead_letters_stay_where_they_are(home: Path, folder: Path, tmp_path: Path) -> None:
    move(folder, home, untold)
    layout = Layout.read(home)
    put(layout, layout.commands, 0, [Outgoing(b"3303", b"no command", [])])
    with working(home, "decide", "project"):
        goes_on(home, "behind it")
        summary = move(home, tmp_path / "back", untold)
    assert summary.dead_letters == 1
    assert letters(home) == [DeadReason.NOT_OURS]


def test_what_waits_for_others_on_the_partition_is_not_passed_over(
    home: Path, folder: Path
) -> None:
    """Given a command of a third area that nobody has decided, when logs arrive, then it is."""
    other = AreaId("3307")
    layout = Layout.read(home)
    opening = World(area=other).sent[0]
    put(layout, layout.commands, 0, [Outgoing(*command_key(opening), [])])
    move(folder, home, untold)
    with working(home, "decide", "project"):
        goes_on(home, "later")
    (first,) = logs_in(home)[other]
    assert decode_turn(first).command == opening.command


def test_people_who_write_meanwhile_are_copied_as_of_one_moment(home: Path, folder: Path) -> None:
    """Given a file of people whose last rows are still beside it, then these are copied too."""
    with closing(People(folder / "people.db")) as people:
        late = people.make_account("李四", WENZHOU)
        assert (folder / "people.db-wal").stat().st_size > 0
        move(folder, home, untold)
    with closing(People(home / "people.db")) as people:
        assert people.name(late) == "李四"


# Broken off


class Struck(Exception):
    """The end of a try, right behind a step."""


Step = tuple[type, str]
CARRIED: Step = (Baggage, "carry")
INTO: tuple[Step, ...] = (
    (FileSource, "end"),
    (TopicsTarget, "write"),
    CARRIED,
    (TopicsTarget, "arrive"),
    (TopicsTarget, "settle"),
    (Baggage, "end"),
)
OUT: tuple[Step, ...] = (
    (TopicsSource, "end"),
    (FileTarget, "write"),
    CARRIED,
    (FileTarget, "arrive"),
    (FileTarget, "settle"),
    (Baggage, "end"),
)


def test_a_move_that_breaks_off_behind_any_step_goes_on_there(
    home: Path, folder: Path, tmp_path: Path
) -> None:
    """Given one try after the other that comes a step further, then the last one is a move."""
    before, back = logs_in(folder), tmp_path / "back"
    for kind, step in INTO:
        struck_behind(kind, step, folder, home)
    assert_moved(move(folder, home, untold), before, logs_in(home))
    assert_never_doubled(home)
    with working(home, "decide", "project"):
        goes_on(home, "in the topics")
        before = logs_in(home)
        for kind, step in OUT:
            struck_behind(kind, step, home, back)
    assert_moved(move(home, back, untold), before, logs_in(back))
    goes_on(back, "in a folder again")


@pytest.mark.parametrize("last", INTO[-2:], ids=lambda step: step[1])
def test_what_is_in_use_at_the_target_is_not_written_over(
    home: Path, folder: Path, last: Step
) -> None:
    """Given logs that have arrived, when the move is run again, then newer people stay."""
    struck_behind(*last, folder, home)
    with closing(People(home / "people.db")) as people:
        late = people.make_account("李四", WENZHOU)
    there = logs_in(home)
    for _ in range(2):
        assert_moved(move(folder, home, untold), without_end(logs_in(folder)), there)
    assert logs_in(home) == there
    with closing(People(home / "people.db")) as people:
        assert people.name(late) == "李四"


def without_end(logs: Logs) -> Logs:
    return {area: turns[:-1] for area, turns in logs.items()}


def struck_behind(kind: type, step: str, source: Path, target: Path) -> None:
    taken: Callable[..., object] = getattr(kind, step)

    def strike(*given: object) -> object:
        done = taken(*given)
        if isinstance(done, Iterator):
            next(done)
        raise Struck

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kind, step, strike)
        with pytest.raises(Struck):
            move(source, target, untold)


def test_a_move_that_is_killed_goes_on_where_it_was(
    broker_and_redis: Servers, tmp_path: Path, prove: bool
) -> None:
    """Given moves killed at any point, both ways, then the last one has moved every turn once."""
    strikes = Strikes()
    for life in range(8 if prove else 1):
        place = tmp_path / str(life)
        place.mkdir()
        there_and_back(strikes, cluster_home(broker_and_redis, place / "home"), place)
    assert strikes.kills > (20 if prove else 1)


def there_and_back(strikes: Strikes, home: Path, place: Path) -> None:
    folder, back = given_logs(place / "folder", steps=80), place / "back"
    sealed, before = peopled(folder), logs_in(folder)
    strikes.until_it_ends(folder, home)
    assert_whole(before, logs_in(home))
    assert_never_doubled(home)
    with working(home, "decide", "project"):
        goes_on(home, "in the topics")
        before = logs_in(home)
        strikes.until_it_ends(home, back)
    assert_whole(before, logs_in(back))
    assert_ended(home, logs_in(back))
    assert_peopled(back, sealed)
    goes_on(back, "in a folder again")


class Strikes:
    """Moves in processes of their own, killed at random once they hold the source."""

    def __init__(self) -> None:
        self.kills = 0
        self._random = Random(1)

    def until_it_ends(self, source: Path, target: Path) -> None:
        """Kill one after the other, each a little later, until one has ended by itself."""
        longest = 0.4
        while self._killed(source, target, self._random.uniform(0, longest)):
            self.kills += 1
            longest *= 1.5

    def _killed(self, source: Path, target: Path, seconds: float) -> bool:
        command = [sys.executable, "-m", "api.cli", "move"]
        where = ["--from", str(source), "--to", str(target)]
        moving = subprocess.Popen([*command, *where], stdout=subprocess.DEVNULL)
        while moving.poll() is None and (source / LOCK).read_text() != f"{moving.pid}\n":
            time.sleep(0.01)
        with suppress(subprocess.TimeoutExpired):
            moving.wait(seconds)
        moving.kill()
        code = moving.wait()
        assert code in (0, -9)
        return code != 0


def assert_whole(before: Logs, after: Logs) -> None:
    assert after.keys() == before.keys()
    for area, turns in before.items():
        assert after[area][: len(turns)] == turns
        assert len(after[area]) == len(turns) + 2
        assert verdict(after[area], area).sound


def assert_never_doubled(home: Path) -> None:
    with closing(Replay(Layout.read(home))) as replay:
        stored = [record.stored for record in replay.records(0)]
    assert len(stored) == len({*stored})
