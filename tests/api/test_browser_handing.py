"""Handed up, on the pages of everybody concerned: who waits for whom, and who answers for it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

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
    folder = tmp_path_factory.mktemp("handing") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def unread_is_for_the_county_to_call(server: Stage, here: Locator) -> None:
    """The township that sees it reads who calls, instead of an order to call without a number."""
    server.sign_in(server.link("desk", division=COUNTY))
    [crew] = server.rows("assignment")
    path = f"/assignments/{crew['id']}"
    server.post(f"{path}/instruct", {"what": "come_to", "to": "K12"}, "desk")
    server.advance(2.1)
    expect(here).to_contain_text("Not acknowledged: the desk of Yongjia")
    expect(here).not_to_contain_text("call now")
    [crew] = server.rows("assignment")
    [order] = crew["instructions"]
    server.post(f"{path}/instructions/{order['id']}/acknowledge", {}, "desk")


def test_a_township_hands_up_the_county_takes_it_on_and_gives_it_back(
    server: Stage, screens: Screens
) -> None:
    """Given a demand with a crew at work, when its township hands it up, then both desks see who
    waits for whom; the county takes it on, the township sees that and adds a note; given back, it
    says why, and the township goes on."""
    crew = server.organization(TEAM, "PUMP_DRAIN")
    demand = server.demand(server.incident("typhoon"), "drainage", "PUMP_DRAIN")
    [offer] = server.rows("offer", organization=crew)
    server.post(f"/offers/{offer['id']}/accept", {"quantity": 1, "minutes": 20}, "desk")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    county = screens.sign_in(server.link("desk", division=COUNTY), "en")
    here, there = desk.locator("#demands .demand"), county.locator("#demands .demand")
    expect(there.get_by_role("button", name="Hand up")).to_have_count(0)
    here.get_by_role("button", name="Hand up").click()
    desk.locator("#dialog [name=reason]").select_option("beyond_means")
    desk.locator("#dialog [name=text]").fill("2 x 2")
    confirm(desk)
    expect(here.locator(".owed")).to_contain_text("Until then")
    expect(county.locator("#silent")).to_contain_text("Handed up, to be taken on")
    expect(there.locator(".alarm")).to_contain_text("2 x 2")
    server.advance(61)
    expect(here.locator(".alarm").first).to_contain_text("the next desk above is asked since")
    in_both_languages(desk)
    in_both_languages(county)
    there.get_by_role("button", name="Take on").click()
    expect(here).to_contain_text("whose desk answers for it")
    expect(here.get_by_role("button", name="Amend")).to_have_count(0)
    expect(here.get_by_role("button", name="note")).to_have_count(1)
    expect(there.get_by_role("button", name="Amend")).to_be_visible()
    in_both_languages(desk)
    unread_is_for_the_county_to_call(server, here)
    there.get_by_role("button", name="Give back").click()
    county.locator("#dialog [name=text]").fill("3 + 4")
    confirm(county)
    expect(here.locator(".alarm")).to_contain_text("3 + 4")
    expect(desk.locator("#silent")).to_contain_text("Given back, to be decided")
    in_both_languages(desk)
    here.get_by_role("button", name="Go on with it here").click()
    expect(here.locator(".alarm")).to_have_count(0)
    assert [row["asked_at"] for row in server.rows("demand", id=demand)] == [None]
    assert [row["state"] for row in server.rows("assignment")] == ["committed"], "the crew stays"
    assert screens.complaints == []
