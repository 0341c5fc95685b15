"""Fixtures of the doors' tests."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from api.settings import Settings
from schemas.values import Purpose
from tests.api.book import Book
from tests.api.browsing import Screens, Server
from tests.api.house import AREA, House, opened
from tests.sound import assert_sound


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A server in a new folder."""
    async with opened(tmp_path / "data") as opened_house:
        yield opened_house
    assert_sound(tmp_path / "data")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[House]:
    """A server for an exercise: its time is the test's to give."""
    folder = tmp_path / "stage"
    settings = Settings(data=folder, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(folder, settings) as opened_house:
        yield opened_house
    assert_sound(folder)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with closing(Book(tmp_path)) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def screens(browser: Browser, server: Server) -> Iterator[Screens]:
    """Pages on the module's own server, of which none complains."""
    opened = Screens(browser, server)
    yield opened
    for context in browser.contexts:
        context.close()
    assert not opened.complaints
