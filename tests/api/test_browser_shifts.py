"""The handover of a shift, on the page of all that is open: handed over, read, and taken."""

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
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("shifts") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_one_hands_over_and_the_next_one_reads_all_that_is_open(
    server: Stage, screens: Screens
) -> None:
    """Given a crew at work and a short line, when the shift is handed over with a note, then that
    stands on the desk's page, red once nobody has taken it; the next one takes it and reads."""
    crew = server.organization(TEAM, "PUMP_DRAIN")
    server.demand(server.incident("typhoon"), "drainage", "PUMP_DRAIN")
    [offer] = server.rows("offer", organization=crew)
    server.post(f"/offers/{offer['id']}/accept", {"quantity": 1, "minutes": 20}, "desk")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    after = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.get_by_role("link", name="Handover").click()
    expect(desk.locator("#report")).to_contain_text("nothing depends on it")
    expect(desk.locator("#report")).to_contain_text(TEAM)
    desk.get_by_text("Hand over", exact=True).click()
    desk.locator("textarea").fill("2 x 2")
    desk.get_by_role("button", name="Hand the shift over").click()
    expect(desk.locator("#report")).to_contain_text("not taken yet")
    in_both_languages(desk)
    expect(after.locator("#shift")).to_contain_text("to be taken")
    server.advance(16)
    expect(after.locator("#silent")).to_contain_text("nobody has taken the shift")
    in_both_languages(after)
    after.get_by_role("link", name="Take it").click()
    after.get_by_role("button", name="Take the shift").click()
    expect(desk.locator("#report")).not_to_contain_text("taken it in time")
    after.get_by_role("button", name="Read the note left").click()
    expect(after.locator("#note")).to_contain_text("2 x 2")
    in_both_languages(after)
    assert screens.complaints == []
