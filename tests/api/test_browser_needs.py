"""An organization offers itself from its phone for what it was not asked for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

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
    folder = tmp_path_factory.mktemp("needs") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_it_offers_itself_with_one_touch_and_is_expected(server: Stage, screens: Screens) -> None:
    """Given a line that is short and a team off duty, then it sees what is lacking, and nothing of
    whom it is for; its offer is a yes, and what is sealed comes with it."""
    team = server.organization(TEAM, "PUMP_DRAIN")
    server.post(f"/organizations/{team}/duty", {"on_duty": False})
    incident = server.incident("typhoon")
    server.demand(incident, "drainage", "PUMP_DRAIN", contact="李四 13800002222")
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh")
    crew.locator("#needs-box summary").click()
    card = crew.locator("#needs .card")
    expect(card).to_contain_text("还缺 2 台")
    in_both_languages(crew)
    touch(card, "我们可以去")
    expect(crew.locator("#assignments .card")).to_contain_text("李四")
    expect(card).to_have_count(0)
    expect(crew.locator("#no-needs")).to_be_visible()
    party = desk.locator("#demands .card .party.committed")
    expect(party).to_contain_text("主动报名")
    assert screens.complaints == []


def test_where_enough_are_asked_it_waits_for_the_desk_and_reads_what_became_of_it(
    server: Stage, screens: Screens
) -> None:
    team = server.organization("Team 9", "CATERING")
    server.post(f"/organizations/{team}/duty", {"on_duty": False})
    for number in range(8):
        server.organization(f"Asked {number}", "CATERING")
    incident = server.incident("rainstorm_flood")
    server.demand(incident, "supplies", "CATERING")
    server.advance(0.1)
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh")
    desk.locator("#list-incident").select_option(incident)
    crew.locator("#needs-box summary").click()
    touch(crew.locator("#needs .card"), "我们可以去")
    expect(crew.locator("#standby .card")).to_contain_text("等候值班室答复")
    desk.locator("[data-view=owed]").click()
    waiting = desk.locator("#demands .party.standby")
    expect(waiting).to_contain_text("主动报名")
    waiting.get_by_role("button", name="致谢，不需要", exact=True).click()
    expect(crew.locator("#ended")).to_contain_text("值班室致谢：此处不需要")
    assert screens.complaints == []
