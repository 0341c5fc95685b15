"""What stands on a checkpoint: history and reviews are as without one; verification looks at it."""

from __future__ import annotations

import json
from contextlib import closing
from itertools import count
from pathlib import Path

import msgspec
import pytest

from api import cli
from api.history import HISTORY, rebuild
from api.history.store import drop
from api.review import reading as reviewing
from api.settings import Settings
from schemas.values import Purpose
from streams.checkpoint import packed
from streams.engines import checkpoints, keeping
from streams.engines.folder import LOG, Divisions
from streams.engines.folding import fold_log
from streams.engines.log_file import Reader
from tests.api.house import AREA, House, demand_body, opened
from tests.api.test_history import at_work, dump, incident_of, written

EXERCISE = Purpose.EXERCISE


async def worked(folder: Path) -> int:
    """A folder in which people have worked, with a checkpoint before the last; turns so far."""
    settings = Settings(data=folder, area=AREA, purpose=EXERCISE)
    async with opened(folder, settings) as house:
        desk, _, _ = await at_work(house)
        assert keeping.make(folder, AREA) == 0
        await desk.post("/demands", demand_body(incident_of(house)))
        return house.sequence


async def begun_again(folder: Path) -> None:
    settings = Settings(data=folder, area=AREA, purpose=EXERCISE)
    async with opened(folder, settings) as house:
        house.keys = count(1_000)
        await written(house)


async def test_a_history_that_is_lost_is_written_anew_from_a_checkpoint_s_state(
    tmp_path: Path,
) -> None:
    """Given a start that has not read the old turns, history has what they came to."""
    await worked(tmp_path)
    [one] = checkpoints.found(tmp_path, AREA)
    drop(tmp_path / HISTORY)
    await begun_again(tmp_path)
    assert checkpoints.found(tmp_path, AREA) == [one]
    kept = dump(tmp_path / HISTORY)
    rebuild(tmp_path, [AREA], lambda _: None)
    assert dump(tmp_path / HISTORY) == kept


async def test_a_history_that_is_behind_a_checkpoint_is_made_good(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, area=AREA, purpose=EXERCISE)
    async with opened(tmp_path, settings) as house:
        await at_work(house)
    early = (tmp_path / HISTORY).read_bytes()
    async with opened(tmp_path, settings) as house:
        house.keys = count(1_000)
        desk = await house.desk()
        await desk.post("/demands", demand_body(incident_of(house)))
    assert keeping.make(tmp_path, AREA) == 0
    drop(tmp_path / HISTORY)
    (tmp_path / HISTORY).write_bytes(early)
    await begun_again(tmp_path)
    kept = dump(tmp_path / HISTORY)
    rebuild(tmp_path, [AREA], lambda _: None)
    assert dump(tmp_path / HISTORY) == kept


async def test_reviews_fold_from_the_nearest_checkpoint(house: House, tmp_path: Path) -> None:
    await at_work(house)
    folder = house.context.settings.data
    for part in (3, 2):
        with closing(Reader(folder / LOG)) as reader:
            state = fold_log(Divisions(folder), reader, AREA, house.sequence * part // 4)
            checkpoints.write(folder, state)
    first = checkpoints.found(folder, AREA)[-1].sequence
    for until in (first - 1, first, first + 1, house.sequence):
        log = reviewing.Log(reviewing.Query(folder, AREA))
        with closing(Reader(folder / LOG)) as reader:
            plain = fold_log(Divisions(folder), reader, AREA, until)
        assert list(packed(log.folded(until))) == list(packed(plain))
        assert log.present().sequence == house.sequence
        log.close()


async def test_verification_says_whether_a_checkpoint_is_true(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    turns = await worked(folder)
    [one] = checkpoints.found(folder, AREA)
    assert told(["verify", str(folder), "--json"], capsys) == (0, {str(one.sequence): "equal"})
    with closing(Reader(folder / LOG)) as reader:
        false = fold_log(Divisions(folder), reader, AREA)
    key, row = next(iter(false.registry.organizations.rows.items()))
    false.registry.organizations.rows[key] = msgspec.structs.replace(row, people=7_777)
    checkpoints.write(folder, false)
    code, outcome = told(["verify", str(folder), "--json"], capsys)
    assert (code, outcome) == (1, {str(one.sequence): "equal", str(turns): "differs"})
    one.path.write_bytes(b"nothing")
    checkpoints.found(folder, AREA)[0].path.unlink()
    assert told(["verify", str(folder), "--json"], capsys) == (0, {str(one.sequence): "unused"})


def told(typed: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    code = cli.main(typed)
    outcome: dict[str, str] = json.loads(capsys.readouterr().out.splitlines()[-1])["checkpoints"]
    return code, outcome
