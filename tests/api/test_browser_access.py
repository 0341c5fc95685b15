"""In a browser: people are told who was let in as them, and sign other devices out."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pyotp import TOTP

from tests.api.browsing import TOWN, Screens, Server, mixed, served

PASSWORD = "tide water 12345"


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
    page.locator("#let-in button:not(#meant)").click()
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


def test_a_leader_sets_a_password_up_and_signs_in_without_a_link(
    browser: Browser, server: Server
) -> None:
    """On a phone: from the button beside signing out to the codes that are shown once."""
    screens = Screens(browser, server)
    team = server.organization("Team 1", "PUMP_DRAIN")
    page = screens.sign_in(server.link("organization", organization=team), "zh", phone=True)
    page.locator("#access").tap()
    page.locator("dialog a").tap()
    page.locator("#password button").tap()
    secret = page.locator("#password code").inner_text().replace(" ", "")
    fields = page.locator("#setting input")
    for number, typed in enumerate(("li.si", PASSWORD, PASSWORD + "?", "000000")):
        fields.nth(number).fill(typed)
    told = page.locator("#setting .problem")
    page.locator("#setting button").tap()
    expect(told).to_contain_text("不一致")
    fields.nth(2).fill(PASSWORD)
    page.locator("#setting button").tap()
    expect(told).to_contain_text("不正确")
    fields.nth(3).fill(TOTP(secret).now())
    page.locator("#setting button").tap()
    expect(page.locator("#codes code")).to_have_count(10)
    codes = page.locator("#codes code").all_inner_texts()
    page.locator("#kept").tap()
    expect(page.locator("#password")).to_contain_text("10")
    expect(page.locator("#codes")).to_have_count(0)

    other = screens.open("en", phone=True)
    other.goto(f"{server.address}/")
    other.locator("a[href='/sign-in']").tap()
    expect(other.locator("#by-password")).to_be_visible()
    assert not mixed(other, "en")
    for name, typed in (("#name", "Li.Si"), ("#password", PASSWORD), ("#code", "000000")):
        other.locator(name).fill(typed)
    other.locator("#enter").tap()
    expect(other.locator("#refused")).to_contain_text("not right")
    expect(other.locator("#name")).to_have_value("Li.Si")
    other.locator("#code").fill(codes[0])
    other.locator("#enter").tap()
    expect(other.locator("#main")).to_be_visible()
    expect(other.locator("#who")).to_have_text("R1")
    screens.forgive("401")
    screens.forgive("409")
    assert not screens.complaints
