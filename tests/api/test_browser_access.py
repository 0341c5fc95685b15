"""In a browser: people are told who was let in as them, and sign other devices out."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.api.browsing import TOWN, Screens, Server, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("access") / "data") as (address, link):
        found = Server(address)
        found.sign_in(link)
        yield found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_desk_sees_who_was_let_in_as_it_and_signs_them_out(
    browser: Browser, server: Server, language: str
) -> None:
    screens = Screens(browser, server)
    made = server.post("/accounts", {"name": "值班员", "role": "desk", "division": TOWN})
    page = screens.sign_in(made["link"], language)
    expect(page.locator("#access")).to_be_visible()
    expect(page.locator("#let-in")).to_have_count(0)
    again = server.post(f"/accounts/{made['account']}/link", {"reason": "new_device"})
    other = screens.sign_in(again["link"], language)
    expect(other.locator("#access")).to_be_visible()
    expect(other.locator("#let-in")).to_have_count(0)  # this is the one that was let in
    page.reload()
    expect(page.locator("#let-in")).to_contain_text("登录链接" if language == "zh" else "link")
    page.locator("#let-in button").click()
    expect(page.locator("#let-in")).to_have_count(0)
    page.locator("#access").click()
    items = page.locator("dialog ul").first.locator("li")
    expect(items).to_have_count(2)
    page.locator("dialog ul button").click()
    expect(items).to_have_count(1)
    expect(other.locator("#signed-out")).to_be_visible()
    page.reload()
    expect(page.locator("#access")).to_be_visible()
    expect(page.locator("#let-in")).to_have_count(0)
    screens.forgive("401")
    assert not [told for told in screens.complaints if not re.search("401", told)]
