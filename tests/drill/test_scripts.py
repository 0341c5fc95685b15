"""Scripts are read strictly: every word that does not fit is named, with its table and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli import command as cli
from api.drill import INJECTS, REASONS, ScriptUnfit, read_script
from api.drill.script_tables import (
    DemandTable,
    ExerciseTable,
    InjectTable,
    LineTable,
    PeopleTable,
    ScriptFile,
)
from tests.api.house import divisions
from tests.api.test_cli import Captured, english

__all__ = ["english"]  # a fixture

ROOT = Path(__file__).parents[2]
TYPHOON = ROOT / "docs" / "exercises" / "typhoon.toml"

HEAD = """[exercise]
name = "演练"
hazard = "typhoon"
division = "永嘉县"
"""
DEMAND = """
[[demand]]
at = "0:05"
name = "pump"
kind = "drainage"
place = "东城街道"
risk = "积水"
rally = "泵站"
lines = [{ skill = "PUMP_DRAIN", target = 2 }]
"""


def inject(what: str, *more: str) -> str:
    return "\n".join((HEAD + DEMAND, "[[inject]]", 'at = "0:10"', f'what = "{what}"', *more))


WRONG = [
    (HEAD + 'colour = "red"\n' + DEMAND, "key_unknown", "exercise", 5),
    (HEAD + DEMAND + "people = 3\n", "key_unknown", "demand[0]", 14),
    (HEAD.replace("typhoon", "storm") + DEMAND, "hazard_unknown", "exercise", 3),
    (HEAD.replace("永嘉县", "某县") + DEMAND, "place_unknown", "exercise", 4),
    (HEAD + 'lasts = "0:04"\n' + DEMAND, "ends_early", "exercise", 5),
    (HEAD + DEMAND.replace("0:05", "5 min"), "value_unfit", "demand[0]", 7),
    (HEAD + DEMAND.replace('kind = "drainage"\n', ""), "key_missing", "demand[0]", 6),
    (HEAD + DEMAND.replace("drainage", "dragons"), "kind_unknown", "demand[0]", 9),
    (HEAD + DEMAND.replace("PUMP_DRAIN", "PUMPING"), "skill_unknown", "demand[0]", 13),
    (HEAD + DEMAND.replace("PUMP_DRAIN", "WATER"), "grade_unfit", "demand[0]", 13),
    (HEAD + DEMAND.replace("target = 2", "target = 2, minimum = 3"), "minimum_unfit", "demand[0]",
     6),
    (HEAD + DEMAND.replace("东城街道", "不存在镇"), "place_unknown", "demand[0]", 10),
    (HEAD + DEMAND.replace("东城街道", "永嘉县"), "place_too_wide", "demand[0]", 10),
    (HEAD + DEMAND + "point = [28.1, 120.7]\n", "point_unfit", "demand[0]", 14),
    (HEAD + DEMAND + DEMAND, "name_twice", "demand[1]", 17),
    (HEAD, "nothing_to_play", "exercise", 2),
    (HEAD + DEMAND + "a = \n", "script_broken", "", 14),
    (inject("earthquake"), "inject_unknown", "inject[0]", 17),
    (inject("silence", "share = 0.5"), "key_missing", "inject[0]", 15),
    (inject("silence", "minutes = 5"), "nobody_named", "inject[0]", 17),
    (inject("silence", "minutes = 5", "share = 2.0"), "value_unfit", "inject[0]", 19),
    (inject("outage", "minutes = 5", "radius = 50"), "key_unfit", "inject[0]", 19),
    (inject("road_cut", "radius = 50"), "key_missing", "inject[0]", 15),
    (inject("withdraw", 'demand = "other"'), "demand_unknown", "inject[0]", 18),
    (inject("withdraw", 'demand = "pump"').replace("0:10", "0:05"), "demand_later", "inject[0]",
     18),
    (inject("hand_up", 'demand = "pump"', 'text = "x"', 'reason = "tired"'), "reason_unknown",
     "inject[0]", 20),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "table", "line"), WRONG)
def test_what_does_not_fit_is_named(
    tmp_path: Path, text: str, code: str, table: str, line: int
) -> None:
    path = tmp_path / "script.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptUnfit) as unfit:
        read_script(path, divisions())
    assert (code, table, line) in {one[2:3] + one[:2] for one in unfit.value.faults}


def test_every_reason_is_given_by_some_script() -> None:
    given = {code for _, code, _, _ in WRONG}
    assert {*REASONS} - given == {"place_ambiguous"}, "no two townships of one county share a name"


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_begun(
    tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "script.toml"
    text = DEMAND.replace("drainage", "dragons").replace("PUMP_DRAIN", "PUMPING")
    path.write_text(HEAD + text, encoding="utf-8")
    assert cli.main(["exercise", "check", str(path), "--data", str(tmp_path), "--json"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{path}:9  [demand[0]]  there is no such kind: dragons"
    assert lines[1] == f"{path}:13  [demand[0]]  there is no such skill: PUMPING"
    data = tmp_path / "data"
    assert cli.main(["exercise", "run", str(path), "--data", str(data)]) == cli.TROUBLE
    assert "nothing was begun" in capsys.readouterr().err


def test_the_shipped_script_says_what_will_happen(capsys: Captured, tmp_path: Path) -> None:
    assert cli.main(["exercise", "check", str(TYPHOON), "--data", str(tmp_path), "--json"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "0:15  script  P1 Drainage (drainage)  Dongcheng Subdistrict  PUMP_DRAIN 3 pumps" in (
        printed
    )
    assert "0:10  people  silence  nobody answers  share=0.3  minutes=30" in printed
    assert printed[1:-1] == sorted(printed[1:-1], key=lambda line: line[:4]), "in order of time"
    script = read_script(TYPHOON, divisions())
    assert {one.what for one in script.happenings} == {*INJECTS}, "it shows each inject once"
    counts = json.loads(printed[-1])
    assert (counts["demands"], counts["injects"]) == (6, 12)


def test_a_script_that_says_the_same_has_the_same_digest(tmp_path: Path) -> None:
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text(HEAD + DEMAND, encoding="utf-8")
    other.write_text("# a comment\n" + HEAD + DEMAND, encoding="utf-8")
    digests = {read_script(path, divisions()).digest for path in (one, other)}
    assert len(digests) == 1


def test_every_key_inject_and_flag_is_documented() -> None:
    page = (ROOT / "docs" / "exercise.md").read_text(encoding="utf-8")
    tables = (ExerciseTable, PeopleTable, DemandTable, LineTable, InjectTable)
    keys = {name for table in tables for name in table.__struct_fields__}
    words = {*keys, *INJECTS, *(f"[[{name}]]" for name in ScriptFile.__struct_fields__[2:])}
    assert [word for word in sorted(words) if f"`{word}`" not in page] == []
