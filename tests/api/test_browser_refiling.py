"""A demand posted in the wrong incident: its desk files it in the right one; whence, it sees."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import TEAM, TOWN, Screens, Stage, in_both_languages, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("refiling") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_a_desk_files_a_demand_in_another_incident(server: Stage, screens: Screens) -> None:
    server.organization(TEAM, "PUMP_DRAIN")
    typhoon, fire = server.incident("typhoon"), server.incident("forest_fire")
    demand = server.demand(typhoon, "drainage", "PUMP_DRAIN")
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh")
    card = desk.locator(".card.demand")
    card.get_by_role("button", name="改列其他事件").click()
    dialog = desk.locator("#dialog")
    expect(dialog).to_contain_text("无人需再次答复")
    dialog.locator("select").select_option(fire)
    dialog.get_by_role("button", name="改列其他事件").click()
    expect(card).to_contain_text("原列")
    [row] = server.rows("demand", id=demand)
    assert (row["incident"], row["refiled"]["incident"]) == (fire, typhoon)
    expect(card.get_by_role("button", name="改列其他事件")).to_be_visible()


def test_a_crew_with_two_that_are_called_alike_reads_of_which_incident_each_is(
    server: Stage, screens: Screens
) -> None:
    """Every incident counts its demands from 1: only where two read alike the phone says more."""
    team = server.organization("Team 3", "CATERING")
    flood, quake = server.incident("rainstorm_flood"), server.incident("earthquake")
    one = [{"skill": "CATERING", "minimum": 1, "target": 1}]
    server.demand(flood, "supplies", "CATERING", lines=one)
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    cards = crew.locator("#offers .card .where")
    expect(cards).to_have_count(1)
    expect(cards).not_to_contain_text("地震")
    server.demand(quake, "supplies", "CATERING", lines=one)
    server.advance(0.1)
    expect(cards).to_have_count(2)
    expect(cards.filter(has_text="地震")).to_have_count(1)
    expect(cards.filter(has_text="暴雨")).to_have_count(1)
    in_both_languages(crew)


def test_a_crew_reads_the_new_number_beside_the_one_it_knows(
    server: Stage, screens: Screens
) -> None:
    team = server.organization("Team 5", "CHAINSAW_CLEAR")
    snow, drought = server.incident("snow_ice"), server.incident("heat_drought")
    server.demand(drought, "supplies", "CATERING")
    demand = server.demand(snow, "obstruction", "CHAINSAW_CLEAR")
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    crew.get_by_role("button", name="答应").first.click()
    expect(crew.locator("#assignments .card")).to_contain_text("演 1 号")
    server.post(f"/demands/{demand}/refile", {"incident": drought}, "desk", revision=1)
    expect(crew.locator("#assignments .card")).to_contain_text("原 演 1 号现改为 演 2 号")
    in_both_languages(crew)
