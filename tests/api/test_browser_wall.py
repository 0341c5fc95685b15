"""The wall: what the room has to know from afar, and nothing that names a person or a team."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.browsing import TEAM, TOWN, Screens, Stage, in_both_languages, served

SECRET = "Room 5"
SMALLEST = """() => Math.min(...[...document.querySelectorAll("main *, footer, #time")]
  .filter((one) => one.checkVisibility() && one.childElementCount === 0 && one.textContent.trim())
  .filter((one) => !one.closest(".map-box"))
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("wall") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def assert_like_the_desks(server: Stage, screens: Screens, wall: Page, demand: str) -> None:
    """On hold it is below its least all the same; and the worst is the first of the desk's list."""
    server.post(f"/demands/{demand}/hold", {"question": "7 - 8?"}, "desk")
    expect(wall.locator("#worst li", has_text="X No. 2")).to_contain_text("on hold")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    expect(desk.locator("[data-view=short] .count")).to_have_text("2")
    expect(wall.locator('[data-count="short"]')).to_have_text("2")
    expect(wall.locator('[data-count="urgent"]')).to_have_text("1")
    numbers = [row.inner_text().split()[2] for row in wall.locator("#worst strong").all()]
    names = [row.inner_text().split()[2] for row in desk.locator("#overview .name b").all()]
    assert numbers == names


def test_a_wall_counts_live_names_nobody_and_says_when_it_stands_still(
    server: Stage, screens: Screens
) -> None:
    """Given a demand that a team serves and one that nobody can, then the wall counts both, the
    worst first, without the team's name or an address; a third one comes by itself; and with the
    server gone it says over everything that it shows the past."""
    team = server.organization(TEAM, "CATERING")
    incident = server.incident("typhoon")
    server.demand(incident, "supplies", "CATERING", address=SECRET, risk_statement=SECRET)
    short = server.demand(incident, "drainage", "PUMP_DRAIN", priority=2)
    server.sign_in(server.link("organization", organization=team))
    rows = server.get("/board", "organization")["rows"]
    [offer] = [row for row in rows if row["type"] == "offer"]
    server.post(f"/offers/{offer['id']}/accept", {"quantity": offer["quantity"]}, "organization")
    wall = screens.sign_in(server.link("reviewer", division=TOWN), "en")
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.clock.install()
    wall.goto(f"{server.address}/wall?role=reviewer")
    count = {name: wall.locator(f'[data-count="{name}"]') for name in ("short", "way", "open")}
    expect(count["short"]).to_have_text("1")
    expect(count["way"]).to_have_text("1")
    expect(wall.locator("#worst li").first).to_contain_text("X No. 2")
    expect(wall.locator("#worst li").first).to_contain_text("1 pump short")
    text = wall.locator("body").inner_text()
    assert TEAM not in text
    assert SECRET not in text
    assert wall.evaluate(SMALLEST) >= 22
    assert wall.evaluate("document.documentElement.scrollHeight") <= 1_080
    in_both_languages(wall)
    server.demand(incident, "drainage", "PUMP_DRAIN")
    expect(count["open"]).to_have_text("3")
    assert_like_the_desks(server, screens, wall, short)
    expect(wall.locator("#stale")).to_be_hidden()
    wall.context.set_offline(True)
    wall.clock.fast_forward(60_000)
    expect(wall.locator("#stale")).to_have_text(re.compile("This screen stands still"))
    wall.context.set_offline(False)
    screens.complaints.clear()
