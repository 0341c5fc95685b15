"""Relief, on the pages of the desk and both crews: one stays until the other is there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import (
    COUNTY,
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
    folder = tmp_path_factory.mktemp("relief") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_a_crew_that_has_been_there_for_long_is_relieved(server: Stage, screens: Screens) -> None:
    """Given a crew on the scene for eight hours, then its desk and it are asked; it goes on for
    now; then another one is asked, says yes and arrives, and the first is let go."""
    crew = server.organization(TEAM, "PUMP_DRAIN")
    server.demand(server.incident("typhoon"), "drainage", "PUMP_DRAIN")
    [offer] = server.rows("offer", organization=crew)
    server.post(f"/offers/{offer['id']}/accept", {"quantity": 1}, "desk")
    [first] = server.rows("assignment")
    server.post(f"/assignments/{first['id']}/arrive", {}, "desk")
    other = server.organization("Team 8", "PUMP_DRAIN")
    leader = screens.sign_in(server.link("organization", organization=crew), "en", phone=True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    card = desk.locator("#demands .demand")
    expect(card.get_by_role("button", name="Have it relieved")).to_be_visible()
    server.advance(8 * 60 + 1)
    expect(card).to_contain_text("there for long")
    expect(leader.locator("#assignments")).to_contain_text("You have been here for long")
    in_both_languages(desk)
    in_both_languages(leader)
    leader.get_by_role("button", name="We can go on").click()
    expect(card).not_to_contain_text("there for long")
    card.get_by_role("button", name="Have it relieved").click()
    desk.locator("#dialog [name=organization]").select_option(other)
    desk.locator("#dialog [name=reason]").fill("8 h")
    confirm(desk)
    expect(card).to_contain_text("to be relieved by Team 8")
    expect(leader.locator("#assignments")).to_contain_text("please stay until it is here")
    next_one = screens.sign_in(server.link("organization", organization=other), "en", phone=True)
    expect(next_one.locator("#offers")).to_contain_text(f"To relieve {TEAM} (on the scene since")
    in_both_languages(next_one)
    [asked] = server.rows("offer", organization=other, state="sent")
    server.post(f"/offers/{asked['id']}/accept", {"quantity": 1, "minutes": 20}, "desk")
    expect(card).to_contain_text("takes the place of")
    expect(desk.locator("#overview .cover")).to_contain_text("1/2")  # it fills no gap
    in_both_languages(desk)
    [second] = server.rows("assignment", organization=other)
    server.post(f"/assignments/{first['id']}/check-in", {}, "desk")
    server.post(f"/assignments/{second['id']}/arrive", {}, "desk")
    server.advance(1)
    [_] = server.rows("assignment", organization=crew, stand_down_reason="relieved")
    assert [row["covered"] for row in server.rows("demand")[0]["lines"]] == [1]
    assert screens.complaints == []


def test_what_its_desk_does_not_answer_the_county_reads_as_well(
    server: Stage, screens: Screens
) -> None:
    """Given a crew that has been there for long, when its desk says nothing, then that stands on
    top of its page at once, and on the county's when its time is over."""
    question = "somebody has to say"
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    county = screens.sign_in(server.link("desk", division=COUNTY), "en")
    [crew] = server.rows("assignment", state="on_scene")
    server.advance(8 * 60 + 1)
    server.post(f"/assignments/{crew['id']}/check-in", {}, "desk")
    expect(desk.locator("#silent")).to_contain_text(question)
    expect(county.locator("#demands .demand")).to_be_visible()
    expect(county.locator("#silent")).not_to_contain_text(question)
    server.advance(61)
    expect(county.locator("#silent")).to_contain_text(question)
    expect(desk.locator("#demands .demand")).to_contain_text("the desk above is asked since")
    in_both_languages(county)
    assert screens.complaints == []
