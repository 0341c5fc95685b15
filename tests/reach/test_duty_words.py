"""What a duty phone reads: of one matter what it is, of many how many there are."""

from __future__ import annotations

import pytest

from api.reach.duty_words import LONGEST, brief, text
from api.reach.matters import Kind, Matter
from schemas.values import DivisionCode, Mode

TOWN, OTHER = DivisionCode("330324001"), DivisionCode("330324002")
OF_DEMANDS = (Kind.DRAFT, Kind.UNANSWERED, Kind.HANDED_UP, Kind.GIVEN_BACK)


def matter(kind: Kind, number: int = 12, *, climbed: bool = False) -> Matter:
    what = "drainage" if kind in OF_DEMANDS else "PUMP_DRAIN"
    division = TOWN if number % 2 else OTHER
    return Matter(kind, str(number), 1, number, division, Mode.ACTUAL, TOWN, climbed, what, 2)


@pytest.mark.parametrize("kind", Kind)
def test_one_and_many_of_each_kind_fit_a_template(kind: Kind) -> None:
    one = [matter(kind, 0 if kind in (Kind.DRAFT, Kind.SHIFT) else 99_999)]
    many = [matter(kind, number, climbed=True) for number in range(1, 12_346)]
    for matters in (one, many):
        assert 0 < len(brief(matters)) < LONGEST
        assert text(matters, "双溪街道").startswith("双溪街道")
    assert "12345 " in brief(many)


def test_what_is_said() -> None:
    silent = [matter(Kind.SILENT, climbed=True)]
    assert text(silent, "双溪街道") == (
        "双溪街道 12 号需求（1 级）的抽水排涝队伍逾时没有消息，已报上级。"
        "请立即打电话联系，并在值班页面代录。"
    )
    assert brief(silent) == "12 号需求队伍逾时没有消息"
    many = [matter(Kind.NOBODY, number, climbed=number < 3) for number in range(1, 63)]
    assert text(many, "双溪街道") == (
        "双溪街道等 2 地 62 项需求无队伍可请求（最急 1 级，含 1 号，其中 2 项已报上级）。"
        "请打开值班页面，或电话协调。"
    )
    assert brief([matter(Kind.DRAFT, 0)]) == "需求草稿超时未处理"
    assert brief([matter(Kind.SHIFT, 0)]) == "值班室交班后无人接班"
