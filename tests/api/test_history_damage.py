"""A history that a disk has changed: it is said, what to do heals it, and the log has it all."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from api.history import HISTORY, KINDS, HistoryUnfit, Mark, Store, Wanted, page, rebuild
from api.history.store import drop
from api.settings import Settings
from schemas.values import AreaId, Purpose
from tests.api.house import AREA, opened
from tests.api.test_history import ALL, at_work, dump, kept_of, written
from tests.streams.play import Play
from tests.streams.world import WENZHOU

PAGE = 4_096


def harmed(content: bytes, random: Random) -> bytes:
    """Cut, without a page, with two that are the same, or with another bit."""
    harm, changed = random.randrange(4), bytearray(content)
    first, other = (random.randrange(len(content) // PAGE) * PAGE for _ in range(2))
    if harm == 0:
        del changed[random.randrange(len(changed)) :]
    elif harm == 1:
        changed[first : first + PAGE] = bytes(PAGE)
    elif harm == 2:
        changed[first : first + PAGE] = content[other : other + PAGE]
    else:
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def read(path: Path, area: AreaId) -> None:
    """Its first page of each kind."""
    for table in KINDS.values():
        page(path, area, table, Wanted(), ALL, before=None, limit=200)


def test_a_damaged_history_is_read_or_said_to_be_unfit(memory: Path, prove: bool) -> None:
    """Nothing else ever comes of it, whatever the damage."""
    play, random = Play(3), Random(3)
    play.run(120)
    path = memory / HISTORY
    with closing(Store(path)) as store:
        for taken in play.world.turns:
            puts = [(taken.turn.sequence, put) for put in kept_of(taken.changes)]
            store.write(WENZHOU, puts, Mark("origin", taken.turn.sequence, taken.turn.at))
    content, unfit = path.read_bytes(), 0
    for _ in range(3_000 if prove else 150):
        drop(path)
        path.write_bytes(harmed(content, random))
        try:
            read(path, WENZHOU)
        except HistoryUnfit:
            unfit += 1
    assert unfit > 10


@pytest.mark.parametrize("lost", [1, 5, 11])
async def test_a_history_that_lost_pages_is_said_with_what_to_do_and_built_anew(
    tmp_path: Path, lost: int
) -> None:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        await at_work(house)
        await written(house)
    rebuild(tmp_path, [AREA], lambda _: None)
    whole = dump(tmp_path / HISTORY)
    content = bytearray((tmp_path / HISTORY).read_bytes())
    content[lost * PAGE :] = bytes(len(content) - lost * PAGE)
    drop(tmp_path / HISTORY)
    (tmp_path / HISTORY).write_bytes(content)
    with pytest.raises(HistoryUnfit, match=r"history\.db"):
        read(tmp_path / HISTORY, AREA)
    assert rebuild(tmp_path, [AREA], lambda _: None)
    assert dump(tmp_path / HISTORY) == whole
