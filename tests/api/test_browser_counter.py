"""A team that could only come later asks its desk, which decides with one act."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import (
    TEAM,
    TOWN,
    Screens,
    Stage,
    confirm,
    in_both_languages,
    served,
    touch,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("counter") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_the_desk_takes_on_who_comes_later_and_the_leader_reads_it(
    server: Stage, screens: Screens
) -> None:
    team = server.organization(TEAM, "PUMP_DRAIN")
    incident = server.incident("typhoon")
    server.demand(incident, "drainage", "PUMP_DRAIN")
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh")
    offer = crew.locator("#offers .card")
    offer.get_by_text("要晚些才能到…", exact=True).click()
    in_both_languages(crew)
    crew.clock.fast_forward(5_000)
    expect(offer.get_by_role("button", name="请值班室决定")).to_be_disabled()
    offer.locator("[data-fold^=counter] select").first.select_option("90")
    touch(offer, "请值班室决定")
    said = "已登记贵队 2 台，请等候值班室答复"
    expect(crew.locator("#standby .card")).to_contain_text(said)
    desk.locator("[data-view=owed]").click()
    waiting = desk.locator("#demands .party.standby")
    expect(waiting).to_contain_text("出动后 90 分钟到")
    in_both_languages(desk)
    waiting.get_by_role("button", name="请其出动", exact=True).click()
    expect(crew.locator("#assignments .card .chip.state")).to_have_text("已答应")
    assert screens.complaints == []


def test_a_desk_records_on_the_telephone_that_somebody_could_come_later(
    server: Stage, screens: Screens
) -> None:
    server.organization("Team 8", "CATERING")
    incident = server.incident("earthquake")
    demand = server.demand(incident, "supplies", "CATERING")
    server.advance(0.1)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("#list-incident").select_option(incident)
    desk.locator("#demands .party.asked").get_by_role("button", name="By phone").click()
    desk.locator("#dialog [value=counter]").check(force=True)
    desk.locator("#dialog [name=minutes]:enabled").fill("150")
    confirm(desk)
    expect(desk.locator("#demands .party.standby")).to_contain_text("Team 8")
    [offer] = server.rows("offer", demand=demand)
    assert (offer["state"], offer["minutes"]) == ("standby", 150)
