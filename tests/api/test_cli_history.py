"""The commands on history: built from the log, measured, and what a log that was cut shows."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from openpyxl import load_workbook

from api.cli import command as cli
from api.history import HISTORY, HistoryUnfit, Mark, Store, measures, rebuild, written
from api.history.reading import Sight
from schemas.values import DivisionCode, Mode, OperationId
from tests.api.house import AREA, TOWN, House, demand_body, divisions, opened
from tests.api.test_cli import ROOT, Captured, english, folder, told

__all__ = ["english", "folder"]  # fixtures

OPERATIONS = OperationId(Mode.ACTUAL.value)
ALL = Sight(divisions=tuple(map(DivisionCode, divisions().below(AREA))))


def test_history_is_built_from_the_log_and_measured(folder: Path, capsys: Captured) -> None:
    """Given a folder that nobody has served, then its period is measured nonetheless; a history
    that is behind is built anew, and one that is not is left alone."""
    (folder / HISTORY).unlink()
    assert cli.main(["review", "--data", str(folder), "--json"]) == 0
    first = told(capsys)
    assert first["sequence"] > 0
    changed = (folder / HISTORY).stat().st_mtime_ns
    assert cli.main(["review", "--data", str(folder), "--json"]) == 0
    assert told(capsys) == first
    assert (folder / HISTORY).stat().st_mtime_ns == changed
    assert cli.main(["history", "rebuild", "--data", str(folder), "--json"]) == 0
    assert told(capsys) == {"areas": {AREA: first["sequence"]}}
    assert [one.name for one in folder.iterdir() if "part" in one.name] == []


def test_it_is_told_in_words_and_as_a_table(folder: Path, capsys: Captured) -> None:
    assert cli.main(["review", "--data", str(folder)]) == 0
    words = capsys.readouterr().out
    town = divisions().get(TOWN)
    assert town is not None
    assert f"incident 1 Typhoon {town.english}  1 line" in words
    assert words.startswith("all  1 line, 1 still short\n")
    assert cli.main(["review", "--data", str(folder), "--csv", "-"]) == 0
    table = capsys.readouterr().out
    assert table.startswith("\ufeffby,key,lines,withdrawn,unmet,partly,reasons,")


def test_what_is_taken_out_is_a_file_of_its_own_and_on_record(
    folder: Path, capsys: Captured, tmp_path: Path
) -> None:
    book, points = tmp_path / "july.xlsx", tmp_path / "july.geojson"
    out = ["review", "--data", str(folder), "--xlsx", str(book), "--geojson", str(points)]
    assert cli.main([*out, "--organizations", "--openings"]) == 0
    said = capsys.readouterr().out
    assert "Organizations, by home and name, never by rank" in said
    assert "asked 1, yes 0, declined 0, silent 0, not reached 0" in said
    assert "Sealed text was opened 0 times" in said
    assert load_workbook(book).sheetnames == ["measures", "organizations"]
    [feature] = json.loads(points.read_bytes())["features"]
    assert feature["geometry"]["coordinates"] == [120.69, 28.15]
    assert cli.main(["audit", "--data", str(folder), "--what", "exported"]) == 0
    assert capsys.readouterr().out.count('"about": "review"') == 2
    for flag, file in (("--csv", book), ("--xlsx", book), ("--geojson", points)):
        before = file.read_bytes()
        assert cli.main(["review", "--data", str(folder), flag, str(file)]) == cli.TROUBLE
        assert "nothing is overwritten" in capsys.readouterr().err
        assert file.read_bytes() == before
    nowhere = tmp_path / "none" / "july.csv"
    assert cli.main(["review", "--data", str(folder), "--csv", str(nowhere)]) == cli.TROUBLE
    assert "does not exist" in capsys.readouterr().err
    assert cli.main(["review", "--data", str(tmp_path / "none")]) == cli.TROUBLE
    assert capsys.readouterr().err.count("\n") == 1


def test_who_has_read_enough_ends_it_in_silence(folder: Path) -> None:
    command = f"{sys.executable} -m api.cli review --data {folder} | true"
    ended = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, check=True)
    assert ended.stderr == b""


def test_a_period_without_a_demand_is_said_and_a_wrong_one_refused(
    folder: Path, capsys: Captured
) -> None:
    assert cli.main(["review", "--data", str(folder), "--to", "2020-01-01"]) == 0
    assert "No demand was published" in capsys.readouterr().out
    days = ["--from", "2025-01-02", "--to", "2025-01-01"]
    assert cli.main(["review", "--data", str(folder), *days]) == cli.TROUBLE
    assert "--to is before --from" in capsys.readouterr().err
    assert cli.main(["history", "rebuild", "--data", str(folder / "none")]) == cli.TROUBLE
    with pytest.raises(SystemExit):
        cli.main(["review", "--data", str(folder), "--from", "yesterday"])
    assert "a day as 2025-07-30" in capsys.readouterr().err


# A log that has less than its history


def cut(folder: Path, after: int) -> None:
    with closing(apsw.Connection(str(folder / "log.db"))) as log:
        log.execute("DELETE FROM turns WHERE sequence > ?", (after,))


async def put_back(folder: Path) -> Mark:
    """A log that is one turn older than its history; how far that is."""
    async with opened(folder) as house:
        await posted(house)
    known = written(folder / HISTORY, AREA)
    assert known is not None
    cut(folder, known.sequence - 1)
    return known


def test_a_log_that_was_cut_is_not_measured_in_silence(folder: Path, capsys: Captured) -> None:
    known = written(folder / HISTORY, AREA)
    assert known is not None
    cut(folder, known.sequence - 2)
    assert cli.main(["review", "--data", str(folder)]) == cli.TROUBLE
    told_so = capsys.readouterr().err
    assert f"ends before turn {known.sequence}" in told_so
    assert "shouwang history rebuild" in told_so
    assert cli.main(["history", "rebuild", "--data", str(folder)]) == 0
    assert cli.main(["review", "--data", str(folder)]) == 0


async def test_a_server_over_a_log_that_was_cut_says_so_and_keeps_what_history_knew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    known = await put_back(folder)
    with caplog.at_level(logging.CRITICAL, "shouwang.history"):
        async with opened(folder) as house:
            sequence = house.sequence
    assert sequence == known.sequence - 1
    assert f"history knows turns up to {known.sequence}" in caplog.text
    assert written(folder / f"history.{known.sequence}.db", AREA) == known
    now = written(folder / HISTORY, AREA)
    assert now is not None
    assert now.sequence == sequence


async def test_turns_that_come_at_once_do_not_hide_that_the_log_was_cut(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Given a log that was put back one turn older, and people who act as soon as it is served."""
    folder = tmp_path / "data"
    known = await put_back(folder)
    with caplog.at_level(logging.CRITICAL, "shouwang.history"):
        async with opened(folder) as house:
            await house.steward()
            await house.organization()
            await caught_up(house)
    assert f"history knows turns up to {known.sequence}" in caplog.text
    assert (folder / f"history.{known.sequence}.db").exists()


def test_a_broken_chain_is_built_into_no_history(folder: Path, capsys: Captured) -> None:
    before = written(folder / HISTORY, AREA)
    with closing(apsw.Connection(str(folder / "log.db"))) as log:
        log.execute("DELETE FROM turns WHERE sequence = 4")
    assert cli.main(["history", "rebuild", "--data", str(folder)]) == cli.TROUBLE
    assert "chain of area 3303 is broken at turn 4" in capsys.readouterr().err
    assert written(folder / HISTORY, AREA) == before


# Several at once


async def posted(house: House) -> None:
    desk = await house.desk()
    await desk.post("/demands", demand_body(await house.incident(desk)))


async def test_rebuilding_beside_a_server_disturbs_nobody(tmp_path: Path) -> None:
    """Given a server at work, when several build its history at once and somebody keeps reading,
    then everybody comes to an end, no reader ever finds nothing, and the server goes on."""
    folder = tmp_path / "data"
    async with opened(folder) as house:
        await posted(house)
        await caught_up(house)
        with ThreadPoolExecutor(4) as pool:
            loop = asyncio.get_running_loop()
            building = [
                loop.run_in_executor(pool, rebuild, folder, [AREA], lambda _: None)
                for _ in range(3)
            ]
            reading = loop.run_in_executor(pool, read_often, folder)
            [row] = [put.row for put in house.context.feed.rows("incident")]
            desk, incident = await house.desk(), row.id
            for _ in range(5):
                assert (await desk.post("/demands", demand_body(incident))).status == 201
            await asyncio.gather(*building)
            assert await reading >= 1
        await desk.post("/demands", demand_body(incident))
        await caught_up(house)
        rows = (await desk.get("/history/demands")).json["rows"]
        assert len(rows) == 7


async def test_a_rebuild_that_was_overtaken_is_made_good_though_nothing_happens(
    tmp_path: Path,
) -> None:
    """Given a history that somebody has put back behind the log, when the night stays quiet."""
    folder = tmp_path / "data"
    async with opened(folder) as house:
        await posted(house)
        await caught_up(house)
        with closing(Store(folder / HISTORY)) as store:
            mark = store.mark(AREA)
            assert mark is not None
            store.write(AREA, [], mark._replace(sequence=mark.sequence - 1))
        await caught_up(house)


def read_often(folder: Path) -> int:
    """The least demands that a reader has met."""
    least = 1 << 30
    for _ in range(100):
        try:
            found = measures(folder / HISTORY, AREA, OPERATIONS, ALL, 0, 1 << 52)
        except HistoryUnfit as problem:  # pragma: no cover
            raise AssertionError("a reader met no history") from problem
        least = min(least, sum(group.lines for group in found.groups if group.by == "all"))
    return least


async def caught_up(house: House) -> None:
    """Until what is in the file is what the server has, whoever wrote it last."""
    async with asyncio.timeout(10):
        await _reached(house)


async def _reached(house: House) -> None:
    path = house.context.settings.data / HISTORY
    mark = written(path, AREA)
    if mark is None or mark.sequence < house.sequence:
        await asyncio.sleep(0.05)
        await _reached(house)
