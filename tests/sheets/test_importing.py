"""A spreadsheet of organizations through the doors of a real server, and out again."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from api.cli import command as cli
from api.cli.rehearsing import rehearsal
from api.people import holders
from api.safe import Vault, read_record
from api.settings import Settings
from api.sheets.columns import COLUMNS
from api.sheets.reasons import REASONS
from schemas.commands import CorrectOrganization, RegisterOrganization
from schemas.turns import Turn
from schemas.values import AreaId, IncidentId
from schemas.wire import decode_turn
from streams.engines.logs import open_reader
from tests.sheets.beside import free_port, post, serving

ROOT = Path(__file__).parents[2]
HEADS = ["名称", "类别", "所在乡镇", "人数", "技能与数量", "联系人1", "电话1", "均为成年人"]
PUMPS = ["桥头排涝队", "备案", "永嘉县 桥头镇", "12", "抽水排涝 2", "王五", "13900000001", "是"]
BOATS = ["桥下舟艇队", "村级指导", "永嘉县 桥下镇", "6", "舟艇驾驶 1", "", "", ""]
LOST = ["没有地方队", "备案", "不存在镇", "6", "舟艇驾驶 1", "", "", ""]

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert cli.main(["init", "--data", str(tmp_path / "data"), "--area", "3303"]) == 0
    return tmp_path / "data"


def sheet(path: Path, *rows: list[str], heads: list[str] = HEADS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads, *rows])
    return path


class Desk:
    """Somebody who types the commands, and reads the last line."""

    def __init__(self, folder: Path, capsys: Captured) -> None:
        self.folder = folder
        self.capsys = capsys

    def bring_in(self, file: Path, *flags: str) -> tuple[int, dict[str, Any]]:
        return self.run("import", str(file), *flags)

    def run(self, command: str, *arguments: str) -> tuple[int, dict[str, Any]]:
        self.capsys.readouterr()
        typed = [command, "organizations", *arguments, "--data", str(self.folder), "--json"]
        code = cli.main(typed)
        self.said = self.capsys.readouterr()
        answer: dict[str, Any] = json.loads(self.said.out.splitlines()[-1])
        return code, answer

    def commands(self) -> list[str]:
        return [type(turn.command).__name__ for turn in self._turns()]

    def registered(self) -> dict[str, Any]:
        """An organization's entry, as it was said last."""
        entries = (RegisterOrganization, CorrectOrganization)
        said = [turn.command for turn in self._turns() if isinstance(turn.command, entries)]
        return {"village": said[-1].village, "approximate": said[-1].place.approximate}

    def _turns(self) -> list[Turn]:
        reader = open_reader(self.folder)
        try:
            return [decode_turn(stored) for stored in reader.read(AreaId("3303"))]
        finally:
            reader.close()


@pytest.fixture
def desk(folder: Path, capsys: Captured) -> Desk:
    return Desk(folder, capsys)


def counts(answer: dict[str, Any]) -> dict[str, int]:
    beside = ("rows", "dry_run", "on_record")
    found = {key: count for key, count in answer.items() if key not in beside}
    assert sum(found.values()) == answer["rows"]
    return {key: count for key, count in found.items() if count}


def test_a_sheet_goes_in_once_and_a_second_time_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    file = sheet(tmp_path / "in.csv", PUMPS, BOATS)
    code, answer = desk.bring_in(file)
    assert (code, counts(answer)) == (0, {"record": 2})
    before = desk.commands()
    assert before.count("RegisterOrganization") == 2
    code, answer = desk.bring_in(file)
    assert (code, counts(answer)) == (0, {"same": 2})
    assert desk.commands() == before


def test_what_differs_is_shown_before_it_is_changed(desk: Desk, tmp_path: Path) -> None:
    desk.bring_in(sheet(tmp_path / "in.csv", PUMPS))
    changed = [*PUMPS[:3], "15", "抽水排涝 3", "赵六", "13900000002", "是"]
    later = sheet(tmp_path / "later.csv", changed)
    before = desk.commands()
    _, answer = desk.bring_in(later, "--dry-run")
    assert desk.commands() == before
    for words in ("People: 12 → 15", "抽水排涝 2 → 抽水排涝 3", "Person 1: 王五 → 赵六"):
        assert words in desk.said.out
    assert "13900000002" not in desk.said.out
    assert counts(answer) == {"change": 1}
    assert counts(desk.bring_in(later)[1]) == {"change": 1}
    assert counts(desk.bring_in(later)[1]) == {"same": 1}


def test_a_change_that_somebody_has_taken_back_is_made_again(desk: Desk, tmp_path: Path) -> None:
    first = sheet(tmp_path / "in.csv", PUMPS)
    later = sheet(tmp_path / "later.csv", [*PUMPS[:3], "15", *PUMPS[4:]])
    for file in (first, later, first, later):
        desk.bring_in(file)
    assert counts(desk.bring_in(later)[1]) == {"same": 1}


def test_one_bad_row_keeps_all_of_them_out_unless_told(desk: Desk, tmp_path: Path) -> None:
    file = sheet(tmp_path / "in.csv", PUMPS, LOST)
    before = desk.commands()
    code, answer = desk.bring_in(file)
    assert (code, counts(answer)) == (1, {"record": 1, "refused": 1})
    assert desk.commands() == before
    assert "in.csv:3  Home: there is no such place (不存在镇)" in desk.said.err
    code, answer = desk.bring_in(file, "--keep-good")
    assert (code, counts(answer)) == (1, {"record": 1, "refused": 1})
    assert desk.commands().count("RegisterOrganization") == 1


def test_the_report_is_mended_and_given_back(desk: Desk, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    file = sheet(tmp_path / "in.csv", PUMPS, LOST)
    desk.bring_in(file, "--keep-good", "--report", str(report))
    mended = report.read_text("utf-8-sig").replace("不存在镇", "桥下镇")
    report.write_text(mended, "utf-8")
    code, answer = desk.bring_in(report)
    assert (code, counts(answer)) == (0, {"record": 1})


def test_every_problem_of_a_row_is_named_not_the_first(desk: Desk, tmp_path: Path) -> None:
    desk.bring_in(sheet(tmp_path / "in.csv", ["坏", "国企", "不存在镇", "十", "潜水艇 1", "王五"]))
    for column in ("Class", "Home", "People", "Skills"):
        assert f"{column}: " in desk.said.err


def test_one_organization_twice_in_a_sheet(desk: Desk, tmp_path: Path) -> None:
    """The very same row is counted as a duplicate, one that says otherwise is refused."""
    file = sheet(tmp_path / "in.csv", PUMPS, PUMPS, [*PUMPS[:3], "99", *PUMPS[4:]])
    _, answer = desk.bring_in(file, "--keep-good")
    assert counts(answer) == {"record": 1, "duplicate": 1, "refused": 1}


def test_heads_that_are_no_organizations_are_refused(desk: Desk, tmp_path: Path) -> None:
    code, answer = desk.bring_in(sheet(tmp_path / "in.csv", ["甲"], heads=["名称"]))
    assert code == 2
    assert "columns are missing" in answer["error"]


def test_a_guessed_encoding_has_to_be_said(desk: Desk, tmp_path: Path) -> None:
    file = sheet(tmp_path / "in.csv", PUMPS)
    file.write_bytes(file.read_text("utf-8").encode("gb18030"))
    assert desk.bring_in(file)[0] == 2
    assert counts(desk.bring_in(file, "--dry-run")[1]) == {"record": 1}
    assert counts(desk.bring_in(file, "--encoding", "gb18030")[1]) == {"record": 1}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_written_out_changes_nothing_when_it_is_read(
    desk: Desk, tmp_path: Path, form: str
) -> None:
    certified = "水上搜救|2|YJ/T 1.4-2022|浙江省应急管理厅|ZJ-1|2099-12-31"
    water = ["水上队", "登记", "330324102", "9", "水上搜救 1", "", "", "", certified, "+86 139"]
    file = sheet(tmp_path / "in.csv", [*PUMPS, "", ""], water, heads=[*HEADS, "证书", "备注"])
    assert counts(desk.bring_in(file)[1]) == {"record": 2}
    out = tmp_path / f"out.{form}"
    assert desk.run("export", str(out)) == (0, {"file": str(out), "organizations": 2})
    assert out.stat().st_mode & 0o077 == 0
    assert counts(desk.bring_in(out)[1]) == {"same": 2}


def test_a_withdrawn_certificate_comes_back_by_no_sheet(desk: Desk, tmp_path: Path) -> None:
    certified = "水上搜救|2|YJ/T 1.4-2022|假发证机关|ZJ-1|2099-12-31"
    water = ["水上队", "登记", "330324102", "9", "水上搜救 1", "", "", "", certified]
    file = sheet(tmp_path / "in.csv", water, heads=[*HEADS, "证书"])
    desk.bring_in(file)
    with serving(desk.folder) as port:
        post(desk.folder, port, "/issuers/withdraw", {"issuer": "假发证机关"})
        _, answer = desk.bring_in(file, "--port", str(port))
    assert counts(answer) == {"same": 1}


CERTIFIED = "水上搜救|2|YJ/T 1.4-2022|厅|ZJ-1|2099-12-31"
FAR = {"经度": "28.17", "纬度": "120.47", "坐标系": "WGS-84"}  # longitude and latitude swapped
REFUSED_BY_DOORS: tuple[dict[str, str], ...] = (
    {
        "类别": "村级指导",
        "技能与数量": "水上搜救 1",
        "证书": CERTIFIED,
    },  # none for villages
    {"电话1": "0577-67220001/13905770011"},  # two numbers in one cell
    FAR,
)


def test_what_only_doors_and_rules_refuse_is_foretold_and_keeps_every_row_out(
    desk: Desk, tmp_path: Path
) -> None:
    """A dry run says what the real run says; all rows are in, or none; with --keep-good a row is
    in whole or not at all: nobody is on record whom nobody can call."""
    good = dict(zip(HEADS, PUMPS, strict=True))
    bad = [good | {"名称": f"{n}队"} | row for n, row in enumerate(REFUSED_BY_DOORS)]
    heads = [*HEADS, "证书", *FAR]
    rows = [[one.get(head, "") for head in heads] for one in (good, *bad)]
    file, before = sheet(tmp_path / "in.csv", *rows, heads=heads), desk.commands()
    foretold = desk.bring_in(file, "--dry-run")
    why = desk.said.err
    real = desk.bring_in(file)
    assert foretold[0] == real[0] == 1
    assert counts(foretold[1]) == counts(real[1]) == {"record": 1, "refused": 3}
    assert real[1]["on_record"] == 0
    assert all(f"in.csv:{line}  " in why for line in (3, 4, 5))
    assert desk.said.err == why
    assert "Nothing was entered." in desk.said.out
    assert desk.commands() == before
    kept = desk.bring_in(file, "--keep-good")[1]
    assert (counts(kept), kept["on_record"]) == ({"record": 1, "refused": 3}, 1)
    assert desk.commands().count("RegisterOrganization") == 1


def test_what_was_refused_only_as_it_was_entered_is_said_with_what_is_on_record(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given nothing could be tried before, as of a cluster's folder, when a row is refused, then
    nobody is told that nothing was entered."""
    monkeypatch.setattr("api.cli.sheets.rehearsed", lambda *_: None)
    wrong = [*PUMPS[:6], "0577-67220001/13905770011", "是"]
    code, answer = desk.bring_in(sheet(tmp_path / "in.csv", BOATS, wrong))
    assert (code, counts(answer)) == (1, {"record": 1, "partly": 1})
    assert answer["on_record"] == 2
    assert "Nothing was entered" not in desk.said.out
    assert "2 rows were entered" in desk.said.err


def test_a_rehearsal_leaves_nothing_behind(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the folder nor elsewhere, and no key of an incident is ever in it."""
    (tmp_path / "place").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "place"))
    with closing(Vault(desk.folder / "keys.db")) as vault:
        vault.seal(IncidentId("i"), "note", "of an incident")
    with rehearsal(Settings(data=desk.folder)) as copy:
        assert copy is not None
        assert not copy.messages
        with closing(apsw.Connection(str(copy.data / "keys.db"))) as keys:
            assert keys.execute("SELECT incident FROM keys").fetchall() == [("",)]
    desk.bring_in(sheet(tmp_path / "in.csv", PUMPS), "--dry-run")
    assert list((tmp_path / "place").iterdir()) == []


def test_a_seat_is_nobody_s_address_when_it_is_written_out_or_corrected(
    desk: Desk, tmp_path: Path
) -> None:
    """Of a team of which the township alone is known no point comes out, and none goes in."""
    desk.bring_in(sheet(tmp_path / "in.csv", PUMPS))
    out = tmp_path / "out.csv"
    desk.run("export", str(out))
    with out.open(encoding="utf-8-sig", newline="") as written:
        head, row = csv.reader(written)
    told = dict(zip(head, row, strict=True))
    assert [told[name] for name in FAR] == ["", "", ""]
    more = sheet(tmp_path / "more.csv", [*PUMPS[:3], "15", *PUMPS[4:]])
    assert counts(desk.bring_in(more)[1]) == {"change": 1}
    assert desk.registered()["approximate"]


def test_whoever_takes_the_telephone_list_is_on_the_security_record(
    desk: Desk, tmp_path: Path
) -> None:
    """Also where it was read through a server that holds the folder."""
    desk.bring_in(sheet(tmp_path / "in.csv", PUMPS))
    steward = holders(Settings(data=desk.folder))[0].account
    for number in range(2):
        assert desk.run("export", str(tmp_path / f"out-{number}.csv"))[0] == 0
    taken = list(read_record(desk.folder, what="exported"))
    assert [(row["about"], row["account"]) for row in taken] == [("organizations", steward)] * 2


def test_a_village_goes_in_and_is_left_behind_with_the_home_it_lies_in(
    desk: Desk, tmp_path: Path
) -> None:
    heads = [*HEADS, "所在村（社区）"]
    file = sheet(tmp_path / "in.csv", [*BOATS, "岭下村"], heads=heads)
    assert counts(desk.bring_in(file)[1]) == {"record": 1}
    assert desk.registered()["village"] == "岭下村"
    assert counts(desk.bring_in(sheet(tmp_path / "same.csv", BOATS))[1]) == {"same": 1}
    out = tmp_path / "out.csv"
    assert desk.run("export", str(out))[0] == 0
    with out.open(encoding="utf-8-sig", newline="") as written:
        head, row = csv.reader(written)
    named = dict(zip(head, row, strict=True))
    assert named["所在村（社区）"] == "岭下村"
    moved = sheet(
        tmp_path / "moved.csv", [named["编号"], "永嘉县 桥头镇"], heads=["编号", "所在乡镇"]
    )
    assert counts(desk.bring_in(moved)[1]) == {"change": 1}
    assert desk.registered()["village"] is None


def test_what_a_door_does_not_take_is_said_with_its_column(desk: Desk, tmp_path: Path) -> None:
    heads = [*HEADS, "统一社会信用代码"]
    wrong = [[*PUMPS[:6], "王五家", PUMPS[7], ""], [*BOATS, "91330000"]]
    desk.bring_in(sheet(tmp_path / "in.csv", *wrong, heads=heads))
    assert "in.csv:2  Telephone 1: " in desk.said.err
    assert "in.csv:3  Credit code: " in desk.said.err


def test_a_certificate_of_two_teams_goes_in_where_the_sheet_insists(
    desk: Desk, tmp_path: Path
) -> None:
    heads = [*HEADS, "证书", "坚持登记"]
    first = ["水上一队", "登记", *PUMPS[2:4], "水上搜救 1", "", "", "是", CERTIFIED, ""]
    second = ["水上二队", *first[1:]]
    assert counts(desk.bring_in(sheet(tmp_path / "a.csv", first, heads=heads))[1]) == {"record": 1}
    file = sheet(tmp_path / "b.csv", second, heads=heads)
    assert counts(desk.bring_in(file)[1]) == {"refused": 1}
    second[-1] = "是"
    file = sheet(tmp_path / "c.csv", second, heads=heads)
    assert counts(desk.bring_in(file)[1]) == {"record": 1}
    assert counts(desk.bring_in(file)[1]) == {"same": 1}


def test_a_dry_run_shows_the_lines_of_a_guessed_encoding(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes("\n".join(",".join(row) for row in (HEADS, PUMPS)).encode("gb18030"))
    assert desk.bring_in(file, "--dry-run")[0] == 0
    assert "名称 | 类别" in desk.said.out
    assert "桥头排涝队 | 备案" in desk.said.out


def test_a_file_that_is_there_is_not_overwritten_and_that_is_said(
    desk: Desk, tmp_path: Path
) -> None:
    there = tmp_path / "teams.csv"
    there.write_text("mine")
    assert desk.run("import", "--template", str(there))[0] == 2
    assert "teams.csv is there already" in desk.said.err
    assert there.read_text() == "mine"


def test_the_template_goes_in_as_it_is(desk: Desk, tmp_path: Path) -> None:
    template = tmp_path / "template.xlsx"
    assert desk.run("import", "--template", str(template))[0] == 0
    assert counts(desk.bring_in(template)[1]) == {"record": 1}


def test_beside_a_server_that_holds_the_folder(desk: Desk, tmp_path: Path) -> None:
    file = sheet(tmp_path / "in.csv", PUMPS)
    with serving(desk.folder) as port:
        assert desk.bring_in(file, "--port", str(free_port()))[0] == 2
        assert "--port" in desk.said.err
        assert counts(desk.bring_in(file, "--port", str(port))[1]) == {"record": 1}


def test_the_shipped_template_is_the_programs_own() -> None:
    with (ROOT / "docs" / "organizations.csv").open(encoding="utf-8-sig", newline="") as file:
        heads, sample = csv.reader(file)
    assert heads == [column.zh for column in COLUMNS]
    assert sample == [column.sample for column in COLUMNS]


def test_every_column_and_reason_is_documented() -> None:
    text = (ROOT / "docs" / "sheets.md").read_text("utf-8")
    for column in COLUMNS:
        assert f"| {column.zh} | {column.en} |" in text
    for code in REASONS:
        assert f"`{code}`" in text


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "AREA", "PORT", "ADDRESS", "HOST"):
        monkeypatch.delenv(f"SHOUWANG_{name}", raising=False)
