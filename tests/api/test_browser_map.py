"""The map on the desk's page and on its own: pressed to choose, to close a zone, to post."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.api.browsing import (
    SMALL,
    TEAM,
    TOWN,
    Screens,
    Stage,
    confirm,
    in_both_languages,
    served,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("map") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


@pytest.fixture(scope="module")
def incident(server: Stage) -> str:
    """One with a demand at the seat of its township, which a map shows in its middle."""
    server.organization(TEAM, "CATERING")
    found = server.incident("typhoon")
    server.demand(found, "supplies", "CATERING", place={"division": TOWN})
    server.demand(found, "drainage", "PUMP_DRAIN", priority=2)
    return found


def foreign(page: Page, address: str) -> list[str]:
    """What the page will have asked of others, filled as it goes."""
    found: list[str] = []

    def look(request: Any) -> None:
        if not request.url.startswith((address, "data:")):
            found.append(request.url)

    page.on("request", look)
    return found


def pressed(page: Page, right: int = 0, down: int = 0) -> None:
    """Press the map so far from its middle."""
    canvas = page.locator("#map canvas")
    box = canvas.bounding_box()
    assert box
    position = {"x": box["width"] / 2 + right, "y": box["height"] / 2 + down}
    canvas.click(position=position)  # type: ignore[arg-type]  # both sides are there


def test_what_is_pressed_on_the_map_is_chosen_in_the_list_and_the_other_way_round(
    server: Stage, screens: Screens, incident: str
) -> None:
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    others = foreign(desk, server.address)
    said, current = desk.locator(".map-said"), desk.locator("#overview [aria-current]")
    desk.locator("#overview .row", has_text="Drainage").click()
    expect(said).to_contain_text("X No. 2 Drainage")
    expect(said).to_contain_text("nobody yet")
    desk.locator("[aria-label='Show all']").click()
    pressed(desk)
    expect(current).to_contain_text("X No. 1")
    expect(said).to_contain_text("stands at the seat of its township or county")
    expect(desk.locator("#demands h3")).to_contain_text("X No. 1")
    desk.locator("#map canvas").press("g")
    in_both_languages(desk)
    assert not desk.evaluate(SMALL)
    assert not others


def test_a_zone_is_drawn_taken_back_refused_and_closed(
    server: Stage, screens: Screens, incident: str
) -> None:
    """Given a desk that draws a ring, then a corner that would cross it is refused in words, a
    corner is taken back by a key, and what is closed in the end is what was drawn."""
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.goto(f"{server.address}/map")
    said = desk.locator(".map-said")
    desk.get_by_role("button", name="Draw a closed zone").click()
    for right, down in ((-60, -60), (60, -60), (60, 60)):
        pressed(desk, right, down)
    expect(said).to_contain_text("3 corners")
    pressed(desk, 0, -120)
    expect(said).to_contain_text("The border would cross itself")
    pressed(desk, 30, 0)
    desk.keyboard.press("Backspace")
    pressed(desk, -60, 60)
    expect(said).to_contain_text("4 corners")
    desk.get_by_role("button", name="Drawn, go on").click()
    expect(desk.locator("#dialog")).to_contain_text("with 4 corners")
    confirm(desk, what="zone_closed")
    expect(said).to_have_text("The zone is closed.")
    [row] = server.rows("incident", id=incident)
    [told] = row["instructions"]
    assert told["what"] == "zone_closed"
    corners = told["zone"]["place"]["shape"]
    assert len(corners) == 2 * 5, "four corners, and the first one again"
    pressed(desk, 40, 40)
    expect(said).to_contain_text("Closed zone (X No. 1 Typhoon")
    in_both_languages(desk)


def test_a_place_is_picked_for_a_posting_and_a_phone_has_the_list_beneath(
    server: Stage, screens: Screens, incident: str
) -> None:
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.keyboard.press("n")
    desk.locator("#post details.more summary").click()
    desk.get_by_role("button", name="Pick on the map").click()
    expect(desk.locator(".map-said")).to_contain_text("Press the place on the map")
    pressed(desk, 30, 30)
    expect(desk.locator("#post [name=lon]")).not_to_have_value("")
    assert 119 < float(desk.locator("#post [name=lon]").input_value()) < 122
    phone = screens.sign_in(server.link("desk", division=TOWN), "zh", True)
    phone.goto(f"{server.address}/map")
    phone.locator("#map-list button", has_text="演 2 号").tap()
    expect(phone.locator(".map-said")).to_contain_text("演 2 号")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert not phone.evaluate(SMALL)
