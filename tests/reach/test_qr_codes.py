"""QR codes of addresses, in the terminal and on paper."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.cli import main
from api.people import open_people
from api.reach import ANSWER, drawn, in_terminal, sheet
from api.settings import Settings
from schemas.values import Role
from tests.api.house import opened

ADDRESS = "https://help.example/answer"
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
@settings(max_examples=20)
def test_every_address_can_be_drawn_without_style_or_script(path: str) -> None:
    element = drawn(f"https://help.example/{path}")
    assert element.startswith("<svg ")
    assert not re.search(r"style=|<style|<script|href|on\w+=", element)
    assert in_terminal(path).count("\n") > 10


def test_a_sheet_says_both_languages_and_needs_nothing_else() -> None:
    page = sheet(ANSWER, ADDRESS)
    for words in (*ANSWER.title, *ANSWER.hint, ADDRESS):
        assert words in page
    assert not re.search(r"src=|href=|url\(", page)
    linked = sheet(ANSWER, ADDRESS, style="/static/poster.css")
    assert 'href="/static/poster.css"' in linked
    assert "<style" not in linked


def test_the_poster_names_the_fixed_page(tmp_path: Path, capsys: Captured) -> None:
    paper = tmp_path / "answer.html"
    arguments = ["poster", "--address", "https://help.example/", "--qr", "--paper", str(paper)]
    assert main([*arguments, "--json"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(ADDRESS)
    assert in_terminal(ADDRESS) in told
    assert json.loads(told.splitlines()[-1]) == {"address": ADDRESS}
    assert paper.read_text("utf-8") == sheet(ANSWER, ADDRESS)


def test_a_sign_in_link_on_paper_is_for_its_owner_alone(tmp_path: Path, capsys: Captured) -> None:
    folder, paper = tmp_path / "data", tmp_path / "link.html"
    asyncio.run(_made(folder))
    arguments = ["link", "--data", str(folder), "--qr", "--paper", str(paper), "--json"]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    link = json.loads(told.splitlines()[-1])["link"]
    assert in_terminal(link) in told
    assert paper.stat().st_mode & 0o777 == 0o600
    assert link.replace("&", "&amp;") in paper.read_text("utf-8")
    people = open_people(Settings(data=folder))
    _, session = people.sign_in(link[-43:], Role.STEWARD)
    people.close()
    assert session.role is Role.STEWARD
    before = paper.read_bytes()
    assert main(arguments) == 2, "a file that is there is not written over"
    assert paper.read_bytes() == before


async def _made(folder: Path) -> None:
    async with opened(folder):
        pass
