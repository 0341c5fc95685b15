"""Files of records into a history by the command: every row, every change accounted for."""

from __future__ import annotations

import csv
import gzip
import json
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from api.records import Record
from api.safe import Vault, master_key
from api.serving import opened, run
from api.settings import Settings
from schemas.commands import CloseDemand, PublishDemand
from schemas.turns import Envelope
from schemas.values import AreaId, CloseReason
from streams.engines import Receipt, StorageFull
from streams.engines.embedded import Embedded
from streams.engines.pressure import Overloaded
from tests.records.clerk import Clerk
from tests.records.world import PROFILE, change, record

KEYS = ["rows", "demands", "duplicates", "refused", "changes", "changes_refused", "flags", "skills"]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def clerk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Clerk:
    return Clerk(tmp_path, capsys)


def test_every_row_is_a_demand_a_duplicate_or_a_named_refusal(clerk: Clerk) -> None:
    file = clerk.file(
        record(),
        record(),
        record(WHAT="other"),
        record(ID="2", AT="2021/2/30 上午 08:00:00"),
        record(ID="3", TYPE="fire", LOG=[change("09:00:00", "STATUS", "new", "done")]),
        record(ID="4", TYPE="power"),
    )
    code, told = clerk.bring_in(file, "--keep-good")
    assert (code, list(told)) == (0, KEYS)
    assert (told["rows"], told["demands"], told["duplicates"], told["refused"]) == (6, 2, 1, 3)
    assert (told["changes"], told["changes_refused"]) == (0, 1)
    assert told["flags"] == {"public_crew": 1}
    assert told["skills"] == {"ELECTRIC_REPAIR": 1, "PUMP_DRAIN": 1}
    for named in ("id_twice  1", "records.ndjson:3 [id]", "records.ndjson:4 [time]"):
        assert named in clerk.said.err


def test_one_refused_row_holds_all_back_unless_the_good_are_kept(clerk: Clerk) -> None:
    file = clerk.file(record(), record(ID="2", TOWN="某某镇"))
    code, told = clerk.bring_in(file)
    assert (code, told["demands"], told["refused"]) == (1, 1, 1)
    assert not (clerk.data / "log.db").exists()
    assert "Nothing was entered." in clerk.said.out


def test_a_history_is_played_step_by_step_at_its_own_times(clerk: Clerk) -> None:
    log = [
        change("09:00:00", "STATUS", "new", "known"),
        change("09:10:00", "STATUS", "known", "working"),
        change("09:20:00", "WHAT", "积水及膝", "积水及腰"),
        change("09:30:00", "STATUS", "working", "done"),
        change("10:00:00", "STATUS", "done", "working"),
        change("10:10:00", "STATUS", "working", "new"),
        change("10:20:00", "STATUS", "new", "done"),
        change("10:30:00", "WHAT", "积水及腰", "积水已退"),
        change("10:40:00", "COLOR", "red", "blue"),
    ]
    file = clerk.file(record(STATUS="done", WHAT="积水已退", LOG=log))
    code, told = clerk.bring_in(file)
    assert (code, told["changes"], told["changes_refused"]) == (0, 8, 1)
    assert told["flags"] == {"back_filled": 1, "reopened": 1, "taken_back": 1}
    assert clerk.commands() == [
        "PublishDemand",
        "NoteDemand",  # from one word for open to another
        "SetOwnCrew",
        "AmendDemand",
        "CloseDemand",
        "ReopenDemand",
        "SetOwnCrew",
        "SetOwnCrew",
        "SetOwnCrew",  # skipped, and filled in
        "CloseDemand",
        "NoteDemand",  # what is closed is amended no more
    ]
    filed = next(turn for turn in clerk.turns() if isinstance(turn.command, PublishDemand))
    assert filed.at == 1_751_849_499_000
    closed = [turn.at for turn in clerk.turns() if isinstance(turn.command, CloseDemand)]
    assert [at - filed.at for at in closed] == [2_301_000, 5_301_000]
    assert all(turn.refusal is None for turn in clerk.turns())


def test_it_verifies_and_its_measures_are_counted(clerk: Clerk) -> None:
    log = [change("09:00:00", "STATUS", "new", "done")]
    clerk.bring_in(clerk.file(record(LOG=log), record(ID="2"), record(ID="3", WHAT="演练")))
    assert clerk.run("verify", str(clerk.data))[1]["replay"] == "equal"
    code, measured = clerk.run("review", "--data", str(clerk.data), "--area", "C")
    assert code == 0
    assert sum(group["lines"] for group in measured["groups"] if group["by"] == "kind") == 2


def test_a_moved_demand_is_amended_and_another_kind_has_another_line(clerk: Clerk) -> None:
    log = [
        change("09:00:00", "TOWN", "乙镇", "丙乡"),
        change("09:00:00", "XY", "120.15,23.1", "120.25,23.1"),
        change("09:10:00", "TYPE", "flood", "power"),
    ]
    file = clerk.file(record(TOWN="丙乡", XY="120.25,23.1", TYPE="power", LOG=log))
    assert clerk.bring_in(file)[1]["changes"] == 3
    assert clerk.commands() == ["PublishDemand", "AmendDemand", "AmendDemand", "DropLine"]
    published = next(turn for turn in clerk.turns() if isinstance(turn.command, PublishDemand))
    assert isinstance(published.command, PublishDemand)
    assert published.command.place.division == "T1", "where it was when it was filed"


@pytest.mark.parametrize(
    ("changed", "log", "reasons"),
    [
        ({"WHAT": "误报"}, [], [CloseReason.UNFOUNDED]),
        (
            {"WHAT": "误报", "STATUS": "done"},
            [change("09:00:00", "STATUS", "new", "done")],
            [CloseReason.UNFOUNDED],
        ),
        ({"WHAT": "误报"}, [change("09:00:00", "WHAT", "积水", "误报")], [CloseReason.UNFOUNDED]),
        ({"STATUS": "done"}, [], [CloseReason.MET]),
    ],
)
def test_a_false_report_is_posted_and_closed_as_unfounded(
    clerk: Clerk, changed: dict[str, Any], log: list[Record], reasons: list[CloseReason]
) -> None:
    clerk.bring_in(clerk.file(record(**changed, LOG=log)))
    closed = [turn.command for turn in clerk.turns() if isinstance(turn.command, CloseDemand)]
    assert [command.reason for command in closed] == reasons


def test_exercises_lie_in_an_operation_of_their_own(clerk: Clerk) -> None:
    clerk.bring_in(clerk.file(record(), record(ID="2", WHAT="演练")))
    operations = [t.operation for t in clerk.turns() if isinstance(t.command, PublishDemand)]
    assert operations == ["actual", "exercise"]


def test_the_same_file_again_doubles_nothing_and_a_new_row_goes_in(clerk: Clerk) -> None:
    log = [change("09:00:00", "STATUS", "new", "working")]
    clerk.bring_in(clerk.file(record(LOG=log)))
    before = len(clerk.turns())
    code, told = clerk.bring_in(clerk.file(record(LOG=log)))
    assert (code, told["duplicates"], told["changes_refused"]) == (1, 1, 1)
    assert len(clerk.turns()) == before
    code, told = clerk.bring_in(clerk.file(record(LOG=log), record(ID="2")))
    assert (code, told["demands"], told["duplicates"], told["flags"]) == (0, 1, 1, {"late": 1})


def test_another_content_or_profile_under_a_known_id_is_refused(clerk: Clerk) -> None:
    clerk.bring_in(clerk.file(record()))
    code, told = clerk.bring_in(clerk.file(record(WHAT="otherwise")))
    assert (code, told["refused"]) == (1, 1)
    assert "id_known" in clerk.said.err
    clerk.profile.write_text(PROFILE.replace("priority = 3", "priority = 2"))
    assert clerk.bring_in(clerk.file(record()))[1]["refused"] == 1


def test_the_report_can_be_mended_and_given_back(clerk: Clerk) -> None:
    log = [change("09:00:00", "STATUS", "new", "done")]
    bad = record(ID="2", TOWN="某某镇", LOG=log)
    report = clerk.folder / "refused.csv"
    clerk.bring_in(clerk.file(record(), bad), "--keep-good", "--report", str(report))
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["ID"] for row in rows] == ["2"]
    assert rows[0]["行"] == "2"
    mended = report.read_text(encoding="utf-8-sig").replace("某某镇", "乙镇")
    report.write_text(mended, encoding="utf-8")
    code, told = clerk.bring_in(report)
    assert (code, told["demands"], told["changes"]) == (0, 1, 1)
    assert clerk.commands().count("PublishDemand") == 2


def _nested(rows: list[Record]) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode()


def _features(rows: list[Record]) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": {k: v for k, v in row.items() if k != "XY"},
            "geometry": {"type": "Point", "coordinates": [120.15, 23.1]},
        }
        for row in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _csv(rows: list[Record]) -> str:
    heads = [head for head in rows[0] if head != "LOG"]
    return "\r\n".join([";".join(heads), *(";".join(row[h] for h in heads) for row in rows)])


ROWS = [record(), record(ID="2")]


@pytest.mark.parametrize(
    ("content", "form", "flags"),
    [
        (_nested(ROWS), "json, utf-8", ()),
        (b"\xef\xbb\xbf" + _nested(ROWS), "json, utf-8-sig", ()),
        (gzip.compress(_nested(ROWS)), "json, utf-8", ()),
        (_csv(ROWS).encode(), "csv, utf-8", ()),
        (_csv(ROWS).encode("utf-16"), "csv, utf-16", ()),
        (_csv(ROWS).encode("gb18030"), "csv, gb18030", ("--encoding", "gb18030")),
        (_nested(ROWS).decode().encode("gb18030"), "json, gb18030", ("--encoding", "gb18030")),
        (_features(ROWS), "geojson, utf-8", ()),
    ],
)
def test_form_and_encoding_are_found_and_told(
    clerk: Clerk, content: bytes, form: str, flags: tuple[str, ...]
) -> None:
    file = clerk.folder / "file"
    file.write_bytes(content)
    if "geojson" in form:
        clerk.profile.write_text(PROFILE.replace('"XY"', '"geometry"'))
    code, told = clerk.bring_in(file, *flags)
    assert (code, told["demands"]) == (0, 2)
    assert form in clerk.said.out


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "nothing in it"),
        (b"\n\n", "nothing in it"),
        (gzip.compress(_nested(ROWS))[:-20], "cut off"),
        (b'[{"ID": 1}, ', "no whole JSON"),
        ("甲县".encode("gb18030"), "perhaps GB18030"),
        (b"\xd0\xcf\x11\xe0rest", "old .xls"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_reason(
    clerk: Clerk, content: bytes, word: str
) -> None:
    file = clerk.folder / "file"
    file.write_bytes(content)
    code, told = clerk.bring_in(file)
    assert code == 2
    assert word in told["error"]


def test_a_broken_line_is_refused_by_its_number_and_the_rest_goes_in(clerk: Clerk) -> None:
    file = clerk.file(record(), record(ID="2"))
    text = file.read_text()
    file.write_text(text.splitlines()[0] + '\n\n{"ID": \n[1]\n' + text.splitlines()[1])
    code, told = clerk.bring_in(file, "--keep-good")
    assert (code, told["rows"], told["demands"], told["refused"]) == (0, 4, 2, 2)
    assert "records.ndjson:3" in clerk.said.err


def test_a_dry_run_tells_the_same_and_writes_nothing(clerk: Clerk) -> None:
    file = clerk.file(record(LOG=[change("09:00:00", "STATUS", "new", "working")]))
    dry = clerk.bring_in(file, "--dry-run")
    assert not clerk.data.exists()
    assert dry == clerk.bring_in(file)


def test_no_text_of_a_record_is_readable_in_the_log(clerk: Clerk) -> None:
    log = [change("09:00:00", "WHAT", "秘密", "秘密二")]
    clerk.bring_in(clerk.file(record(WHERE="秘密路", WHAT="秘密二", LOG=log)))
    stored = b"".join(path.read_bytes() for path in clerk.data.glob("log.db*"))
    assert "秘密".encode() not in stored


SAMPLES = Path(__file__).parents[2] / "docs" / "profiles" / "samples"


@pytest.mark.parametrize(
    ("sample", "rows", "changes"),
    [("clinic.csv", (7, 4, 1, 2), (0, 0)), ("avisos.json", (4, 3, 0, 1), (5, 1))],
)
def test_the_samples_that_ship_are_read_as_their_page_says(
    clerk: Clerk, sample: str, rows: tuple[int, ...], changes: tuple[int, ...]
) -> None:
    file = SAMPLES / sample
    report = clerk.folder / "refused.csv"
    where = ("--data", str(clerk.data), "--area", "3303", "--keep-good", "--report", str(report))
    profile = ("--profile", str(file.with_suffix(".toml")))
    code, told = clerk.run("import", "demands", str(file), *profile, *where)
    assert code == 0
    counts = [told[name] for name in ("rows", "demands", "duplicates", "refused")]
    assert (*counts,) == rows
    assert (told["changes"], told["changes_refused"]) == changes
    assert clerk.run("verify", str(clerk.data))[1]["sound"]
    assert len(report.read_text(encoding="utf-8-sig").splitlines()) == 1 + rows[3]


def test_what_was_nested_is_read_again_from_the_report(clerk: Clerk) -> None:
    file, report = SAMPLES / "avisos.json", clerk.folder / "refused.csv"
    where = ("--data", str(clerk.data), "--area", "3303", "--keep-good")
    profile = ("--profile", str(file.with_suffix(".toml")))
    typed = ("import", "demands")
    clerk.run(*typed, str(file), *profile, *where, "--report", str(report))
    mended = report.read_text(encoding="utf-8-sig").replace("ayer", "1751847600000")
    report.write_text(mended, encoding="utf-8")
    code, told = clerk.run(*typed, str(report), *profile, *where)
    assert (code, told["demands"], told["refused"]) == (0, 1, 0)


def test_a_workbook_is_read_by_its_cells(clerk: Clerk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    heads = ["ID", "AT", "COUNTY", "TOWN", "XY", "TYPE", "WHERE", "WHAT", "STATUS", "PEOPLE"]
    plain = ["甲县", "乙镇", "120.15,23.1", "flood", "某村", "两人被困", "new"]
    sheet.append(heads)
    sheet.append([1, datetime(2025, 7, 7, 8, 51, 39), *plain, 12])  # noqa: DTZ001  # as in a cell
    sheet.append([2, "2025-07-07 08:51:39", *plain, "=1+1"])
    sheet.append([1.38e20, "2025-07-07 08:51:39", *plain, 0])
    file = clerk.folder / "records.xlsx"
    book.save(file)
    code, told = clerk.bring_in(file, "--keep-good")
    assert (code, told["rows"], told["demands"], told["refused"]) == (0, 3, 1, 2)
    assert "formula  1" in clerk.said.err
    assert "number_rounded  1" in clerk.said.err
    first = next(turn for turn in clerk.turns() if isinstance(turn.command, PublishDemand))
    assert first.at == 1_751_849_499_000
    assert isinstance(first.command, PublishDemand)
    assert first.command.lines[0].target == 3


@pytest.mark.parametrize("content", ["[]", '{"type": "FeatureCollection", "features": []}'])
def test_a_file_without_records_says_so(clerk: Clerk, content: str) -> None:
    file = clerk.folder / "file"
    file.write_text(content)
    code, told = clerk.bring_in(file)
    assert code == 2
    assert "no records" in told["error"]


def test_a_full_or_failing_log_says_that_a_second_run_goes_on(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = clerk.file(record(), record(ID="2"))
    whole = Embedded.submit

    async def failing(engine: Embedded, envelope: Envelope) -> Receipt:
        if isinstance(envelope.command, PublishDemand):
            raise StorageFull("the disk is full")
        return await whole(engine, envelope)

    monkeypatch.setattr(Embedded, "submit", failing)
    code, told = clerk.bring_in(file)
    assert code == 2
    assert "goes on from there" in told["error"]
    monkeypatch.setattr(Embedded, "submit", whole)
    assert clerk.bring_in(file)[1]["demands"] == 2


def test_many_of_one_time_on_a_slow_disk_are_all_played(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, refused = Embedded.submit, [0]

    async def slow(engine: Embedded, envelope: Envelope) -> Receipt:
        if isinstance(envelope.command, PublishDemand) and refused[0] < 3:
            refused[0] += 1
            raise Overloaded(0)
        return await whole(engine, envelope)

    monkeypatch.setattr(Embedded, "submit", slow)
    every = [record(ID=str(number)) for number in range(100)]
    code, told = clerk.bring_in(clerk.file(*every))
    assert (code, told["demands"], refused) == (0, 100, [3])


def test_the_folder_is_served_and_its_texts_are_read_by_whoever_has_its_key(clerk: Clerk) -> None:
    clerk.bring_in(clerk.file(record(WHERE="秘密路")))
    settings = Settings(data=clerk.data, area=AreaId("C"))
    published = [turn.command for turn in clerk.turns() if isinstance(turn.command, PublishDemand)]
    sealed = published[0].address
    assert sealed is not None
    with closing(Vault(clerk.data / "keys.db", master_key(settings))) as vault:
        assert vault.open(sealed, "address") == "秘密路"

    async def served() -> tuple[str, bool]:
        async with opened(settings) as context:
            return context.settings.mode.value, context.conductor is not None

    assert run(served) == ("actual", True)
