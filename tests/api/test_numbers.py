"""Numbers of persons in public words: masked before they are stored, unless insisted on record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.doors.numbers import NUMBERS, masked
from tests.api.house import AREA, House, Person, demand_body
from tests.api.test_doors import done, the_row
from tests.api.test_said import amended

STATIC = Path(__file__).parents[2] / "api" / "pages" / "static"
CANARY = "13857712345"
RISK = f"水深一米，找老王 {CANARY}"


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ("请找老王13857712345", "请找老王138********"),
        ("138 5771 2345 或 138-5771-2345", "138 **** **** 或 138-****-****"),
        ("+86 138 5771 2345", "+86 *** **** ****"),
        ("电话 0577-8812 3456", "电话 057*-**** ****"),
        ("88123456", "881*****"),
        ("１３８５７７１２３４５", "１３８********"),
        ("一三八五七七一二三四五", "一三八********"),
        ("身份证 33030319700101123X", "身份证 330**************X"),
        ("1.13857712345；2.88123456", "1.138********；2.881*****"),
    ],
)
def test_a_number_of_a_person_is_masked(said: str, stored: str) -> None:
    assert masked(said) == stored


@pytest.mark.parametrize(
    "said",
    ["水深约 120 厘米", "27.993828, 120.699361", "S223 线 12 号门", "2026-11-30 14:00", "三五百人"],
)
def test_what_is_no_number_of_a_person_stays(said: str) -> None:
    assert masked(said) == said


def test_the_pages_warn_of_what_the_doors_mask() -> None:
    page = (STATIC / "numbers.js").read_text()
    for each in NUMBERS.pattern.split("|"):
        assert f"String.raw`{each}`" in page


async def test_a_number_in_public_words_is_nowhere_but_masked(house: House) -> None:
    desk = await house.desk()
    answer = await publish(house, desk, risk_statement=RISK)
    assert answer["masked"] == ["risk_statement"]
    assert (await the_row(desk, "demand"))["risk_statement"] == "水深一米，找老王 138********"
    assert CANARY.encode() not in b"".join(house.context.engine.read(AREA))


async def test_who_insists_says_why_and_what_was_public_stays_so_when_amended(
    house: House,
) -> None:
    desk = await house.desk()
    answer = await publish(house, desk, risk_statement=RISK, public_numbers="指挥部公开热线")
    assert answer["masked"] == []
    changed = {"risk_statement": RISK, "way_in": f"路口有人，{CANARY}"}
    body = amended(targets=[1], **changed)
    path = f"/demands/{answer['id']}/amend"
    again = done(await desk.post(path, body, revision=1))
    assert again["masked"] == ["way_in"]
    row = await the_row(desk, "demand")
    assert row["risk_statement"] == RISK
    assert CANARY not in row["way_in"]


async def test_a_question_of_the_desk_is_public_too(house: House) -> None:
    desk = await house.desk()
    demand = (await publish(house, desk))["id"]
    done(await desk.post(f"/demands/{demand}/hold", {"question": f"问老王 {CANARY}"}))
    assert CANARY.encode() not in b"".join(house.context.engine.read(AREA))


async def publish(house: House, desk: Person, **changed: Any) -> dict[str, Any]:
    body = demand_body(await house.incident(desk), **changed)
    answer: dict[str, Any] = done(await desk.post("/demands", body), status=201)
    return answer
