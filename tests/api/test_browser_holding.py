"""On hold, on the pages of everybody concerned: the question, whose turn it is, and going on."""

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
    folder = tmp_path_factory.mktemp("holding") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_a_question_of_the_county_s_is_seen_by_all_and_answered(
    server: Stage, screens: Screens
) -> None:
    """Given a crew at work and another team that is asked, when the county puts its question,
    then the township's desk and the crew see it, the other is told why; after an hour the desk
    is pressed, then the county; and the answer asks everybody again."""
    crew = server.organization(TEAM, "PUMP_DRAIN")
    server.organization("Team 8", "PUMP_DRAIN")
    demand = server.demand(server.incident("typhoon"), "drainage", "PUMP_DRAIN")
    [offer] = server.rows("offer", organization=crew)
    server.post(f"/offers/{offer['id']}/accept", {"quantity": 1, "minutes": 20}, "desk")
    leader = screens.sign_in(server.link("organization", organization=crew), "en", phone=True)
    county = screens.sign_in(server.link("desk", division=COUNTY), "en")
    county.get_by_role("button", name="Put on hold").click()
    county.locator("#dialog [name=question]").fill("7 – 8?")
    confirm(county)
    expect(leader.locator("#assignments")).to_contain_text("7 – 8?")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("[data-view=owed]").click()
    card = desk.locator("#demands .demand")
    expect(card).to_contain_text("on hold")
    expect(card).to_contain_text("7 – 8?")
    expect(card.locator(".alarm")).to_contain_text("Next step")
    assert [row["stand_down_reason"] for row in server.rows("offer", state="stood_down")] == [
        "demand_held"
    ]
    server.advance(31)
    expect(card.locator(".alarm")).to_contain_text("Still on hold?")
    server.advance(4)
    expect(card.locator(".alarm")).to_contain_text("the desk above is asked")
    in_both_languages(desk)
    in_both_languages(leader)
    card.get_by_role("button", name="Go on").click()
    confirm(desk)
    expect(card).to_have_count(0)
    expect(leader.locator("#assignments")).not_to_contain_text("7 – 8?")
    assert [row["state"] for row in server.rows("demand", id=demand)] == ["published"]
    assert server.rows("offer", state="sent"), "and everybody who is able is asked at once"
    assert screens.complaints == []
