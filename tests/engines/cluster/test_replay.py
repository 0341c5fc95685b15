"""Replay reads a topic as a log file is read: the first of each turn, in order, to the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from subprocess import PIPE, Popen

import msgspec
import pytest

from schemas.turns import DeadLetter
from schemas.values import AreaId
from schemas.wire import encode
from streams.engines.cluster import replay as module
from streams.engines.cluster.layout import FILE, Layout
from streams.engines.cluster.letters import LettersVerdict, verify_letters
from streams.engines.cluster.obstacles import BrokerAway, ChecksumsSlow, TopicMissing
from streams.engines.cluster.partition import Hole
from streams.engines.cluster.records import Outgoing
from streams.engines.cluster.replay import Replay
from streams.engines.folder import FolderUnfit
from streams.engines.log_file import LogFile, Reader, Row
from streams.engines.logs import open_reader
from tests.engines.cluster.boards import letters, played
from tests.engines.cluster.putting import as_letters, as_turns, interleaved, put
from tests.servers import Servers

ROOT = Path(__file__).parents[3]
HANGZHOU, NINGBO, WENZHOU, ELSEWHERE = map(AreaId, ("3301", "3302", "3303", "3310"))


@pytest.fixture
def replay(layout: Layout) -> Iterator[Replay]:
    found = Replay(layout)
    yield found
    found.close()


def numbered(count: int, word: str = "") -> list[bytes]:
    """What is read without being understood: a reader looks at the sequence alone."""
    lines = [{"sequence": number, "word": word} for number in range(1, count + 1)]
    return [msgspec.json.encode(line) for line in lines]


def write(layout: Layout, partition: int, *logs: list[Outgoing]) -> None:
    put(layout, layout.turns, partition, interleaved(*logs))


# As a log file


def test_it_gives_what_a_log_file_gives(layout: Layout, replay: Replay, tmp_path: Path) -> None:
    log, other = played(WENZHOU, 1, 60), played(HANGZHOU, 2, 60)
    write(layout, 0, as_turns(WENZHOU, log), as_turns(HANGZHOU, other), as_letters(letters(0, 9)))
    file = LogFile(tmp_path / "log.db", create=True)
    for area, turns in ((WENZHOU, log), (HANGZHOU, other)):
        file.append([Row(area, number, stored) for number, stored in enumerate(turns, 1)])
    file.close()
    reader = Reader(tmp_path / "log.db")
    assert replay.areas() == reader.areas()
    for area in (WENZHOU, HANGZHOU):
        for after in (0, 1, len(log) - 1, len(log), len(log) + 5):
            assert list(replay.read(area, after)) == list(reader.read(area, after))
        assert replay.stored(area, 7) == reader.stored(area, 7)
        for sequence in (0, 10_000):
            assert complaint(replay, area, sequence) == complaint(reader, area, sequence)
    assert complaint(replay, ELSEWHERE, 1) == complaint(reader, ELSEWHERE, 1)
    reader.close()


def complaint(reader: Replay | Reader, area: AreaId, sequence: int) -> str:
    with pytest.raises(LookupError) as told:
        reader.stored(area, sequence)
    return str(told.value)


def test_an_empty_topic_has_no_area(replay: Replay) -> None:
    assert replay.areas() == []
    assert not [*replay.read(WENZHOU), *replay.records(0), *replay.letters(1)]


def test_areas_of_every_partition_are_found(layout: Layout, replay: Replay) -> None:
    write(layout, 1, as_turns(ELSEWHERE, numbered(1)))
    assert replay.areas() == [ELSEWHERE]
    write(layout, 0, as_turns(NINGBO, numbered(1_200)), as_turns(HANGZHOU, numbered(2)))
    assert replay.areas() == [HANGZHOU, NINGBO, ELSEWHERE]


def test_an_area_that_is_not_in_the_table_cannot_be_read(replay: Replay) -> None:
    with pytest.raises(LookupError, match="9999"):
        next(replay.read(AreaId("9999")))


def test_it_reads_to_the_end_of_the_moment(layout: Layout, replay: Replay) -> None:
    log = numbered(20)
    write(layout, 0, as_turns(WENZHOU, log[:10]))
    reading = replay.read(WENZHOU)
    assert next(reading) == log[0]
    write(layout, 0, as_turns(WENZHOU, log[10:]))
    assert list(reading) == log[1:10]
    assert list(replay.read(WENZHOU, 10)) == log[10:]


# What repeats, and what is missing


def test_the_first_of_a_sequence_counts_for_ever(layout: Layout, replay: Replay) -> None:
    log, late = numbered(30), numbered(30, "late")
    write(layout, 0, as_turns(WENZHOU, log[:20]))
    write(layout, 0, as_turns(WENZHOU, late[10:20]), as_turns(WENZHOU, log[:5]))
    write(layout, 0, as_turns(WENZHOU, log[20:]))
    assert list(replay.read(WENZHOU)) == log
    assert list(replay.read(WENZHOU, 15)) == log[15:]
    assert replay.stored(WENZHOU, 12) == log[11]
    assert len(list(replay.records(0))) == 45


def test_a_missing_turn_is_not_read_over(layout: Layout, replay: Replay) -> None:
    log = numbered(9)
    write(layout, 0, as_turns(WENZHOU, log[:4] + log[5:]))
    reading = replay.read(WENZHOU)
    assert list(islice(reading, 4)) == log[:4]
    with pytest.raises(Hole, match="turn 5 of area 3303 is not there, turn 6 is"):
        next(reading)
    with pytest.raises(Hole):
        replay.stored(WENZHOU, 5)
    assert list(replay.chain(WENZHOU)) == log[:4] + log[5:]


def test_what_cannot_be_read_stands_for_the_next_turn(layout: Layout, replay: Replay) -> None:
    log = [*numbered(2), b"no turn", *numbered(4)[3:]]
    write(layout, 0, as_turns(WENZHOU, log))
    assert list(replay.read(WENZHOU)) == list(replay.chain(WENZHOU)) == log


def test_a_record_of_nobody_is_named(layout: Layout, replay: Replay) -> None:
    put(layout, layout.turns, 0, [*as_turns(WENZHOU, numbered(1)), Outgoing(None, b"{}", [])])
    with pytest.raises(ValueError, match="offset 1 of partition 0 is no turn"):
        list(replay.records(0))
    assert list(replay.read(WENZHOU)) == numbered(1)


# Near where it was


def test_it_begins_near_what_is_asked_for(layout: Layout, replay: Replay) -> None:
    log = numbered(4_000)
    write(layout, 0, as_turns(WENZHOU, log), as_turns(HANGZHOU, log[:10]))
    assert list(replay.read(WENZHOU)) == log
    for after in (0, 499, 500, 501, 1_999, 3_987, 3_999, 4_000):
        assert list(replay.read(WENZHOU, after)) == log[after:]
    near = replay._marks[0, WENZHOU]
    assert [mark.sequence for mark in near] == list(range(0, 4_001, module.MARK_EVERY))
    assert all(
        next(replay.received(0, mark.offset)).offset == mark.offset for mark in near[1:-1]
    ), "a mark is an offset that exists"
    assert replay.stored(WENZHOU, 3_501) == log[3_500]


def test_readers_take_turns(layout: Layout, replay: Replay) -> None:
    one, other = numbered(1_500, "one"), numbered(1_500, "other")
    write(layout, 0, as_turns(WENZHOU, one))
    write(layout, 1, as_turns(ELSEWHERE, other))
    both = zip(replay.read(WENZHOU), replay.read(ELSEWHERE), strict=True)
    assert list(both) == list(zip(one, other, strict=True))


def test_long_turns_are_read(layout: Layout, replay: Replay) -> None:
    log = numbered(40, "x" * 500_000)
    write(layout, 0, as_turns(WENZHOU, log))
    assert list(replay.read(WENZHOU)) == log


# Dead letters


def checked(layout: Layout, replay: Replay, records: list[Outgoing]) -> LettersVerdict:
    put(layout, layout.turns, 0, records)
    return verify_letters(0, replay.letters(0))


def test_a_sound_chain_of_dead_letters(layout: Layout, replay: Replay) -> None:
    chain = as_letters(letters(0, 30))
    mixed = interleaved(chain, as_turns(WENZHOU, numbered(10)))
    assert checked(layout, replay, [*mixed, *chain[4:9]]) == LettersVerdict(0, 30, "ok", None)


def changed(stored: bytes, **values: object) -> bytes:
    letter = msgspec.json.decode(stored, type=DeadLetter)
    return encode(msgspec.structs.replace(letter, **values))


@pytest.mark.parametrize(
    ("place", "forged", "words"),
    [
        (3, {"size": 7}, "does not follow"),  # found by the one that follows it
        (2, {"partition": 1}, "not as a decider writes it"),
        (2, {"offset": 99}, "not as a decider writes it"),
        (2, {"sequence": 4}, "sequence 4 where 3 belongs"),
        (2, {"format": 2}, "not readable"),
    ],
)
def test_a_forged_dead_letter_is_named(
    layout: Layout, replay: Replay, place: int, forged: dict[str, object], words: str
) -> None:
    chain = letters(0, 8)
    chain[2] = changed(chain[2], **forged)
    found = checked(layout, replay, as_letters(chain))
    assert (found.letters, found.bad, found.sound) == (place, place + 1, False)
    assert words in found.chain


def test_other_bytes_with_the_same_meaning_are_named(layout: Layout, replay: Replay) -> None:
    chain = letters(0, 1)
    chain[0] = chain[0].replace(b":", b": ", 1)
    found = checked(layout, replay, as_letters(chain))
    assert (found.bad, found.chain) == (1, "is not as a decider writes it")


def test_a_lost_dead_letter_is_named(layout: Layout, replay: Replay) -> None:
    chain = as_letters(letters(0, 8))
    found = checked(layout, replay, chain[:5] + chain[6:])
    assert (found.bad, found.chain) == (6, "sequence 7 where 6 belongs")


def test_a_record_of_nobody_breaks_the_chain(layout: Layout, replay: Replay) -> None:
    chain = as_letters(letters(0, 2))
    found = checked(layout, replay, [*chain, Outgoing(None, b"what", [])])
    assert (found.bad, found.chain) == (3, "offset 2 of partition 0 is no turn")


# What stands in the way


def test_a_broker_that_is_away_is_named() -> None:
    with pytest.raises(BrokerAway, match=r"127\.0\.0\.1:1"):
        Replay(Layout(brokers="127.0.0.1:1", redis=""))


# In a process of its own: kafka-python drops sockets that were refused without closing them.
READER = """
import sys
from pathlib import Path
from streams.engines.cluster import replay
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.obstacles import BrokerAway

replay.FETCH_BYTES = 10_000  # or everything would have been read ahead
reader = replay.Replay(Layout.read(Path(sys.argv[1])))
reading = reader.read("3303")
print(next(reading).decode(), flush=True)
for line in sys.stdin:
    try:
        print(len(list(reading)), flush=True)
    except BrokerAway:
        print("away", flush=True)
    reading = reader.read("3303")
reader.close()
"""


def test_a_broker_that_goes_away_while_reading(
    layout: Layout, home: Path, broker_and_redis: Servers
) -> None:
    log = numbered(5_000)
    write(layout, 0, as_turns(WENZHOU, log))
    command = [sys.executable, "-c", READER, str(home)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        answers = map(str.strip, process.stdout)
        assert next(answers) == log[0].decode()
        broker_and_redis.broker.kill()
        try:
            for _ in range(2):  # in the middle of reading, and at its beginning
                print(file=process.stdin, flush=True)
                assert next(answers) == "away"
        finally:
            broker_and_redis.broker.start()
        print(file=process.stdin, flush=True)
        assert next(answers) == "5000", "the same reader goes on"
        process.stdin.close()
        assert process.wait(timeout=10) == 0


def test_a_topic_that_is_missing_or_too_narrow_is_named(layout: Layout) -> None:
    with pytest.raises(TopicMissing, match=r"not-made\.turns"):
        Replay(replace(layout, prefix="not-made."))
    with pytest.raises(TopicMissing):
        Replay(replace(layout, partitions=3))


def test_without_quick_checksums_it_refuses(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "crc32c", None)
    with pytest.raises(ChecksumsSlow):
        Replay(layout)


# By the folder


def test_a_folder_tells_how_it_is_read(home: Path, layout: Layout, tmp_path: Path) -> None:
    write(layout, 0, as_turns(WENZHOU, numbered(3)))
    reader = open_reader(home)
    assert (reader.areas(), list(reader.read(WENZHOU))) == ([WENZHOU], numbered(3))
    reader.close()
    with pytest.raises(FolderUnfit, match=r"log\.db is missing"):
        open_reader(tmp_path)
    assert (home / FILE).is_file()
