"""What is needed, for everybody to read: the desk looks at it first, and a stranger's telephone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import (
    PHONE_SCREEN,
    TOWN,
    Screens,
    Server,
    chosen,
    in_both_languages,
    served,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("public") / "data"
    with served(folder) as (address, link):
        server = Server(address)
        server.sign_in(link)
        yield server


def test_a_desk_sees_what_strangers_will_read_and_a_stranger_reads_just_that(
    server: Server, screens: Screens
) -> None:
    """Given a demand that lacks pumps, when its desk writes a few words and a public number, sees
    the preview and makes it public, then a telephone without a session reads these sentences
    without a script; and once the desk ends it, nothing."""
    server.demand(server.incident("typhoon"), "drainage", "PUMP_DRAIN")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    stranger = screens.browser.new_context(
        viewport=PHONE_SCREEN,
        java_script_enabled=False,
        locale="en-GB",
    ).new_page()
    stranger.goto(f"{server.address}/needs")
    expect(stranger.locator("article")).to_have_count(0)
    card = chosen(desk, 1)
    card.get_by_role("button", name="Make public").click()
    dialog = desk.locator("#dialog")
    dialog.get_by_label("Public telephone").fill("0577 6722 0000")
    dialog.get_by_role("button", name="Keep this number").click()
    dialog.get_by_label("A few words").fill("2 x 2 13800000001")
    preview = dialog.locator(".preview")
    expect(preview).to_contain_text("2 x 2 138********")
    expect(preview).to_contain_text("0577 6722 0000")
    promised = preview.inner_text().split("\n")
    dialog.locator("[name=seen]").check()
    dialog.get_by_role("button", name="Make public").click()
    expect(card.locator(".appeal")).to_contain_text("Public since")
    in_both_languages(desk)
    stranger.reload()
    article = stranger.locator("article")
    expect(article).to_contain_text("Still missing")
    told = article.inner_text().split("\n")
    assert [one for one in told if one] == [one for one in promised if one]
    assert stranger.evaluate("document.documentElement.scrollWidth") <= PHONE_SCREEN["width"]
    card.get_by_role("button", name="No longer public").click()
    expect(card.locator(".appeal")).to_have_count(0)
    stranger.wait_for_timeout(300)
    stranger.reload()
    expect(stranger.locator("article")).to_have_count(0)
    assert screens.complaints == []
