"""A desk with many demands: all of them in sight, the worst first, each with its next step."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.browsing import (
    SMALL,
    TOWN,
    Screens,
    Stage,
    chosen,
    confirm,
    in_both_languages,
    served,
)

MANY = 24
VERY_MANY = 700
IN_SIGHT = 18
SLOW = {"offline": False, "latency": 0, "downloadThroughput": 20_000, "uploadThroughput": -1}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    """Three teams, and far more demands than they can serve."""
    folder = tmp_path_factory.mktemp("board") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        stage = Stage(address)
        stage.sign_in(link)
        for number in range(3):
            stage.organization(f"Team {number}", "PUMP_DRAIN")
        incident = stage.incident("typhoon")
        for number in range(MANY):
            stage.demand(incident, "drainage", "PUMP_DRAIN", priority=1 + number % 4)
        stage.advance(2)
        yield stage


@pytest.fixture
def desk(server: Stage, screens: Screens) -> Page:
    page = screens.sign_in(server.link("desk", division=TOWN), "en")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator("#overview .row")).to_have_count(MANY)
    return page


def test_eighteen_demands_are_in_sight_at_once_the_worst_first(desk: Page) -> None:
    rows = desk.locator("#overview .row")
    for number in range(IN_SIGHT):
        expect(rows.nth(number)).to_be_in_viewport(ratio=1)
    expect(rows.first.locator(".priority")).to_have_text("1Most urgent")
    expect(rows.first.locator(".next")).to_have_text("call 3")
    expect(rows.last.locator(".priority")).to_have_text("4Routine")
    expect(desk.locator("#overview .next.bad").nth(6)).to_have_text(re.compile("nobody"))
    expect(desk).to_have_title(re.compile(r"^\(\d+\) Desk"))  # seen from another window
    assert desk.evaluate(SMALL) == []
    in_both_languages(desk)


def test_the_keys_go_along_the_list_and_one_card_is_beside_it(desk: Page) -> None:
    cards = desk.locator("#demands .card")
    expect(cards).to_have_count(1)
    first = cards.get_attribute("aria-label")
    desk.keyboard.press("j")
    expect(cards).not_to_have_attribute("aria-label", first or "")
    expect(desk.locator("#overview [aria-current]")).to_be_focused()
    desk.keyboard.press("k")
    expect(cards).to_have_attribute("aria-label", first or "")
    desk.keyboard.press("k")
    expect(cards).to_have_attribute("aria-label", first or "")


def test_a_search_leaves_those_that_hold_every_word(desk: Page) -> None:
    desk.keyboard.press("/")
    expect(desk.locator("#search")).to_be_focused()
    desk.keyboard.type("drain 12")
    expect(desk.locator("#overview .row")).to_have_count(1)
    desk.keyboard.press("Escape")
    expect(desk.locator("#overview .row")).to_have_count(MANY)
    desk.keyboard.press("/")
    desk.keyboard.type("nothing such")
    expect(desk.locator("#no-demands")).to_be_visible()
    desk.keyboard.press("Escape")


def test_the_form_opens_over_the_card_and_keeps_what_was_typed(desk: Page) -> None:
    desk.keyboard.press("n")
    desk.locator("#post [name=risk_statement]").fill("7531")
    expect(desk.locator("#overview .row").first).to_be_in_viewport()
    chosen(desk, 3)
    expect(desk.locator("#post-box")).not_to_have_attribute("open", "")
    desk.keyboard.press("n")
    expect(desk.locator("#post [name=risk_statement]")).to_have_value("7531")


def test_nothing_takes_the_place_of_what_was_just_ended(server: Stage, desk: Page) -> None:
    """Whoever presses twice must not end the next one as well."""
    incident = server.rows("incident")[0]["id"]
    server.demand(incident, "drainage", "PUMP_DRAIN", priority=4)
    chosen(desk, MANY + 1).get_by_role("button", name="End the demand").click()
    confirm(desk, reason="met")
    expect(desk.locator("#overview .row")).to_have_count(MANY)
    expect(desk.locator("#demands .card")).to_have_count(0)
    expect(desk.locator("#none-chosen")).to_be_visible()
    desk.keyboard.press("j")
    expect(desk.locator("#demands .card")).to_have_count(1)


def test_a_number_that_is_searched_for_is_found_first_and_stays_chosen(desk: Page) -> None:
    """However it is typed; J goes on from what Enter has found, and Escape keeps it."""
    first = desk.locator("#overview .row b").first
    for typed in ("1", "1 \u53f7", "\u6f14 1 \u53f7", "X No. 1", "no.1"):
        desk.locator("#search").fill(typed)
        expect(first).to_have_text("X No. 1")
    desk.locator("#search").fill("12")
    expect(first).to_have_text("X No. 12")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Escape")
    expect(desk.locator("#search")).to_have_value("12")
    desk.locator("#search").press("Escape")
    expect(desk.locator("#overview .row")).to_have_count(MANY)
    expect(desk.locator("#overview [aria-current] b")).to_have_text("X No. 12")
    expect(desk.locator("#overview [aria-current]")).to_be_focused()


def test_a_phone_has_a_card_for_each(server: Stage, screens: Screens) -> None:
    phone = screens.sign_in(server.link("desk", division=TOWN), "zh", phone=True)
    expect(phone.locator("#demands .card")).to_have_count(MANY)
    expect(phone.locator("#overview")).to_be_hidden()
    assert phone.evaluate(SMALL) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_of_very_many_the_worst_are_there_before_the_rest_has_come_and_nothing_false_is_said(
    server: Stage, screens: Screens
) -> None:
    """On a slow line: what has not come yet is not counted, and not said to be nothing."""
    incident = server.incident("rainstorm_flood")
    for number in range(VERY_MANY):
        server.demand(incident, "drainage", "PUMP_DRAIN", priority=2 + number % 3)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    count = desk.locator("[data-view=open] .count")
    expect(count).to_have_text(str(MANY + VERY_MANY))
    slow = desk.context.new_cdp_session(desk)
    slow.send("Network.emulateNetworkConditions", SLOW)
    desk.reload()
    expect(desk.locator("#overview .row").first).to_be_visible()
    expect(count).to_have_text("\u2026")
    expect(desk.locator("#overview .row .priority").first).to_have_text("1Most urgent")
    expect(desk.locator("#no-demands")).to_be_hidden()
    expect(count).to_have_text(str(MANY + VERY_MANY), timeout=20_000)
    drawn = desk.locator("#overview .row")
    drawn.nth(drawn.count() - 1).click()
    before = drawn.count()
    desk.keyboard.press("j")
    expect(drawn.nth(before)).to_have_attribute("aria-current", "true")
    expect(desk).to_have_title(re.compile(r"^\(\d+\) Desk"))
