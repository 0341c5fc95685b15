"""People at their screens days later: what has ended is out of the way, and found again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import COUNTY, TEAM, TOWN, Screens, Stage, in_both_languages, served

ONE_DAY = 24 * 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("past") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_what_has_ended_leaves_the_page_and_is_found_again(server: Stage, screens: Screens) -> None:
    """Given a demand that was closed two days ago, then the desk's page does not carry it; its desk
    finds it among the earlier ones and reopens it, and a reviewer finds it by its number."""
    server.organization(TEAM, "BOAT_OPERATE")
    incident = server.incident("typhoon")
    demand = server.demand(incident, "drainage", "PUMP_DRAIN")
    close(server, demand)
    server.advance(2 * ONE_DAY)
    other = server.demand(incident, "supplies", "CATERING")
    assert [row["id"] for row in server.rows("demand")] == [other]

    reviewer = screens.sign_in(server.link("reviewer", division=COUNTY), "en")
    reviewer.locator("#by-demand").fill("1")
    entries = reviewer.locator("#entries > li")
    expect(entries.first).to_contain_text("Demand published")
    expect(reviewer.locator("#line option")).to_have_count(1)
    reviewer.locator("#ask-why").click()
    expect(reviewer.locator("#why-answer p").first).not_to_be_empty()
    in_both_languages(reviewer)
    for view in ("standard", "crews", "beside"):
        reviewer.locator("#show").select_option(view)
        in_both_languages(reviewer)
    for box in ("worked", "opened"):
        reviewer.locator(f"#{box}-title").click()
        expect(reviewer.locator(f"#{box}-state")).to_be_visible()
    in_both_languages(reviewer)

    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    rows = desk.locator("#overview .row")
    expect(rows).to_have_count(1)
    desk.locator("[data-view=closed]").click()
    expect(rows).to_have_count(0)
    in_both_languages(desk)
    desk.locator("#earlier").click()
    expect(rows).to_have_count(1)
    expect(desk.locator("#earlier")).to_be_hidden()
    desk.locator("#demands .card").get_by_role("button", name="Reopen", exact=True).click()
    expect(rows).to_have_count(0)
    desk.locator("[data-view=open]").click()
    expect(rows).to_have_count(2)
    assert screens.complaints == []


def test_an_incident_whose_key_is_destroyed_stays_to_be_reviewed(
    server: Stage, screens: Screens
) -> None:
    incident = server.incident("forest_fire")
    close(server, server.demand(incident, "supplies", "CATERING"))
    server.post(f"/incidents/{incident}/close", {}, "desk")
    server.advance(5 * ONE_DAY)
    server.organization("Team 8", "BOAT_OPERATE")
    assert server.rows("incident", id=incident) == []
    reviewer = screens.sign_in(server.link("reviewer", division=COUNTY), "en")
    reviewer.locator("#incident").select_option(incident)
    expect(reviewer.locator("#entries > li").first).to_contain_text("Response started")
    assert screens.complaints == []


def close(server: Stage, demand: str) -> None:
    [row] = server.rows("demand", id=demand)
    body = {"reason": "canceled"}
    server.post(f"/demands/{demand}/close", body, "desk", revision=row["revision"])
