"""Without a signal: what is pressed waits in order, with later steps behind it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.browsing import (
    TEAM,
    TOWN,
    Screens,
    Stage,
    in_both_languages,
    served,
    touch,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("queue") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def back_online(page: Page) -> None:
    """The next try comes by the page's own clock, seconds apart."""
    page.context.set_offline(False)
    for _ in range(8):
        if page.clock:
            page.clock.fast_forward(3_000)
        page.wait_for_timeout(300)


def test_one_step_without_signal_locks_no_other(server: Stage, screens: Screens) -> None:
    """Given a crew without signal, when it presses one step after the other, then each waits in a
    list with its time, one that was not meant is taken back, and with a signal each is sent once,
    in order."""
    team = server.organization(TEAM, "CATERING")
    server.demand(server.incident("typhoon"), "supplies", "CATERING")
    crew = screens.sign_in(server.link("organization", organization=team), "en", True)
    touch(crew.locator("#offers .card"), "Say yes")
    card = crew.locator("#assignments .card")
    expect(card).to_contain_text("No number of the desk")
    crew.context.set_offline(True)
    crew.clock.fast_forward(5_000)
    for press in ("On my way", "Arrived", "Done"):
        button = card.get_by_role("button", name=press, exact=True)
        for _ in range(4):
            crew.clock.fast_forward(5_000)
            crew.wait_for_timeout(200)
            if button.count() and button.is_enabled():
                break
        touch(card, press)
        expect(card.locator(".until li", has_text=press)).to_be_visible(timeout=20_000)
    expect(card.locator(".chip.state")).to_have_text("said yes")
    expect(card).not_to_contain_text("the desk will confirm it")
    assert crew.evaluate("document.documentElement.scrollWidth") <= 390
    last = card.locator(".until li", has_text="Done")
    last.get_by_role("button", name="Take back").tap()
    expect(last).to_have_count(0)
    crew.clock.fast_forward(5_000)
    expect(card.get_by_role("button", name="Done", exact=True)).to_be_enabled()
    back_online(crew)
    expect(card.locator(".chip.state")).to_have_text("on the scene")
    expect(card.locator(".until li")).to_have_count(0)
    [row] = server.rows("assignment", organization=team)
    assert (row["reported_at"], row["set_off_at"] is not None) == (None, True)
    screens.forgive("ERR_INTERNET_DISCONNECTED")
    screens.forgive("Failed to load resource")


def test_a_desk_without_signal_writes_the_next_one_into_the_incident_it_has_chosen(
    server: Stage, screens: Screens
) -> None:
    """Given two open incidents, then none is taken for chosen; without signal two postings wait
    side by side, one is taken back into the form, and the other is sent once."""
    server.incident("earthquake")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    form = desk.locator("#post")
    desk.locator("#post-box").evaluate("box => (box.open = true)")
    expect(form.locator("[name=incident]")).to_have_value("")
    desk.locator("body").focus()
    desk.keyboard.press("n")
    expect(form.locator("[name=incident]")).to_be_focused()
    form.locator("[name=incident]").select_option(index=1)
    expect(desk.locator("#send")).to_have_text(re.compile("^Post to X No. 2 Earthquake"))
    in_both_languages(desk)
    desk.context.set_offline(True)
    for kind in ("drainage", "catering"):
        form.locator("[name=kind]").select_option(kind)
        form.locator("#priorities label").first.click()
        desk.locator("#send").click()
        expect(desk.locator("#queue li", has_text=re.compile(r"^1 · "))).to_have_count(
            1 if kind == "drainage" else 2, timeout=20_000
        )
        expect(desk.locator("#send")).to_be_enabled()
    desk.locator("#queue li").last.get_by_role("button", name="Take back").click()
    expect(desk.locator("#queue li")).to_have_count(1)
    expect(form.locator("[name=kind]")).to_have_value("catering")
    desk.context.set_offline(False)
    expect(desk.locator("#queue li")).to_have_count(0, timeout=20_000)
    kinds = [row["kind"] for row in server.rows("demand", state="published")]
    assert sorted(kinds) == ["drainage", "supplies"]
    screens.forgive("ERR_INTERNET_DISCONNECTED")
    screens.forgive("Failed to load resource")
