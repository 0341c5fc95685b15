"""What a disk does to files by and by: found, and said with what to do; never read as if whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import apsw
import pytest

from streams.engines.folder import LOG, Divisions, FolderUnfit
from streams.engines.folding import fold_log
from streams.engines.log_file import LogDamaged, LogFile, NotOurLog, Reader
from tests.engines.forging import rewrite
from tests.engines.given import WENZHOU, EmbeddedBench

PAGE: Final = 4_096

Harm = Callable[[bytearray, Random], None]


def flip(content: bytearray, random: Random) -> None:
    """One bit is another, anywhere."""
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)


def lose_a_page(content: bytearray, random: Random) -> None:
    """A page never came, or came as zeros."""
    first = random.randrange(len(content) // PAGE) * PAGE
    content[first : first + PAGE] = bytes(PAGE)


def swap_pages(content: bytearray, random: Random) -> None:
    """A page lies where another one belongs."""
    one, other = (random.randrange(len(content) // PAGE) * PAGE for _ in range(2))
    content[one : one + PAGE] = content[other : other + PAGE]


def cut(content: bytearray, random: Random) -> None:
    del content[random.randrange(len(content)) :]


@pytest.fixture
def whole(folder: EmbeddedBench, log: list[bytes]) -> bytes:
    """The file of a log, as it was closed."""
    return (folder.path / LOG).read_bytes()


@pytest.mark.parametrize("harm", [flip, lose_a_page, swap_pages, cut])
def test_no_turn_is_read_otherwise_than_it_was_written(
    folder: EmbeddedBench,
    log: list[bytes],
    whole: bytes,
    harm: Harm,
    memory: Path,
    prove: bool,
) -> None:
    """Given any damage, then it is said, or what it has hit was no part of a turn."""
    random, seen = Random(harm.__name__), Counter[str]()
    for _ in range(3_000 if prove else 150):
        content = bytearray(whole)
        harm(content, random)
        (memory / LOG).write_bytes(content)
        seen[what_is_told(memory, folder, log)] += 1
    assert seen["damaged"]
    assert seen["whole"] or harm is not flip, "space that nobody uses is harmed, too"


def what_is_told(place: Path, folder: EmbeddedBench, log: list[bytes]) -> str:
    for name in (f"{LOG}-wal", f"{LOG}-shm"):
        (place / name).unlink(missing_ok=True)
    try:
        with closing(LogFile(place / LOG)) as file:
            there = [record for area in file.areas() for record in file.read(area)]
            fold_log(Divisions(folder.path), file, WENZHOU)
    except (NotOurLog, FolderUnfit):  # each with its sentence
        return "damaged"
    except LookupError:
        return "empty"
    assert there == log
    return "whole"


async def test_a_turn_that_is_damaged_is_named_with_what_to_do(
    folder: EmbeddedBench, log: list[bytes]
) -> None:
    """Also the last one, that no other turn names, and also where it is read alone."""
    for sequence in (2, len(log)):
        with closing(apsw.Connection(str(folder.path / LOG))) as file:
            file.execute(
                "UPDATE turns SET stored = CAST(replace(CAST(stored AS TEXT), ?, ?) AS BLOB)"
                " WHERE sequence = ?",
                ('"at":1', '"at":2', sequence),
            )
        with closing(Reader(folder.path / LOG)) as reader:
            with pytest.raises(LogDamaged, match=f"turn {sequence} of area 3303") as told:
                list(reader.read(WENZHOU, sequence - 1))
            with pytest.raises(LogDamaged):
                reader.stored(WENZHOU, sequence)
        assert "shouwang restore" in str(told.value)
        with pytest.raises(LogDamaged):
            folder.open()
        whole = log[sequence - 1]
        rewrite(folder.path / LOG, sequence, partial(_instead, whole))


def _instead(record: bytes, _: bytes) -> bytes:
    return record


async def test_a_log_of_a_build_before_rules_had_a_version_is_refused_with_the_reason(
    folder: EmbeddedBench, log: list[bytes]
) -> None:
    with closing(apsw.Connection(str(folder.path / LOG))) as file:
        file.execute("PRAGMA user_version = 1")
    for opening in (LogFile, Reader):
        with pytest.raises(NotOurLog, match="the build that wrote it"):
            opening(folder.path / LOG)
    with closing(apsw.Connection(str(folder.path / LOG))) as file:
        file.execute("PRAGMA user_version = 99")
    with pytest.raises(NotOurLog, match="newer program"):
        folder.open()
