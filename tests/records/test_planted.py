"""Exercises, tests and false reports planted among real need, two hundred each, in odd places."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice, product
from pathlib import Path

import pytest

from api.records import Ground, Reader, Record, loaded
from schemas.values import CloseReason
from tests.records.world import REGIONS, TREE

PROFILE = loaded(Path(__file__).parents[2] / "docs" / "profiles" / "danas.toml")
READER = Reader(PROFILE, Ground(TREE, "C", REGIONS))
EACH = 200

NEEDS = (
    "路樹倒塌壓到圍牆",
    "整條街停電\n變電箱冒煙",
    "淹水及膝，抽水機不足",
    "招牌掉落，請派員",
    "",
)
WORDS = {
    "exercise": ("演練", "演習", "訓練"),
    "test": ("測試", "test", "TEST", "Test"),
    "false_report": ("誤報", "謊報", "假案"),
}
PLACES = (
    "{word}{need}",
    "{need}{word}",
    "({word}){need}",
    "{need}（{word}）",
    "{need} {word} {need}",
    "【{word}】\n{need}",
    "{need}，係{word}，請勿派遣",
)
INNOCENT = (
    "職業訓練中心前{need}",
    "新兵訓練場{need}",
    "演習場旁{need}",
    "水質測試站{need}",
    "并非latest消息{need}",
    "contest會場{need}",
    "經查非誤報，{need}",
    "民眾稱不是誤報{need}",
    "{need}",
)


def planted(kind: str) -> Iterator[Record]:
    """As many as are wanted, the word in the place or in the description."""
    every = cycle(product(WORDS[kind], PLACES, NEEDS, ("CASE_LOC", "CASE_DESCRIPTION")))
    for number, (word, place, need, field) in enumerate(islice(every, EACH)):
        yield case(f"{kind}-{number}", {field: place.format(word=word, need=need)})


def case(id: str, said: dict[str, str]) -> Record:
    plain = {
        "CASE_ID": id,
        "CASE_DT": "2025/7/7 上午 08:51:00",
        "COUNTY_N": "甲县",
        "TOWN_N": "乙镇",
        "CASE_LOC": "某路",
        "COORDINATE": "120.15,23.1",
        "DISASTER_MAIN_TYPE": "路樹災情",
        "DISASTER_SUB_TYPE": "路樹倒塌",
        "CASE_DESCRIPTION": "倒下",
        "CASE_STATUS": "待處理",
    }
    return plain | said


def marked(record: Record) -> str:
    reading = READER.read(record)
    if reading.reason is CloseReason.UNFOUNDED:
        return "false_report"
    return reading.mode.value


@pytest.mark.parametrize("kind", WORDS)
def test_all_that_were_planted_are_found(kind: str) -> None:
    found = [marked(record) == kind for record in planted(kind)]
    assert (len(found), sum(found)) == (EACH, EACH)


def test_none_of_what_only_looks_alike_is_taken_for_one() -> None:
    every = islice(cycle(product(INNOCENT, NEEDS)), EACH)
    texts = [text.format(need=need) for text, need in every]
    cases = [case(f"innocent-{n}", {"CASE_DESCRIPTION": text}) for n, text in enumerate(texts)]
    assert [text for text, one in zip(texts, cases, strict=True) if marked(one) != "actual"] == []
