"""Paper for a power cut: what is open, whom to call, blanks; and who has asked for numbers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import COUNTY, TEAM, TOWN, Screens, Stage, in_both_languages, served

NUMBER, DESK_NUMBER, OTHER_NUMBER = "000 0000 0001", "000 0000 0002", "000 0000 0003"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("paper") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def called(server: Stage, telephone: str, **whose: str) -> None:
    server.post("/persons", {"name": "Team 1", "telephone": telephone, **whose})


def test_paper_holds_what_is_open_with_numbers_and_blanks_and_counts_its_pages(
    server: Stage, screens: Screens
) -> None:
    """Given a team that is asked and one that is not, then the desk's paper has the number of the
    first once it has asked for it, and of the desk; a steward's has the other one's, too."""
    team = server.organization(TEAM, "CATERING")
    other = server.organization("Team 8", "PUMP_DRAIN")
    called(server, NUMBER, organization=team)
    called(server, OTHER_NUMBER, organization=other)
    called(server, DESK_NUMBER, division=TOWN)
    steward = server.link("steward", division=COUNTY)
    server.demand(server.incident("typhoon"), "supplies", "CATERING")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.goto(f"{server.address}/paper")
    sheets = desk.locator("#sheets")
    expect(sheets).to_contain_text("X No. 1")
    expect(sheets).to_contain_text(re.compile(r"Printed .+, the record up to turn \d+"))
    expect(sheets).not_to_contain_text(NUMBER)
    desk.locator("#fetch").click()
    for shown in (NUMBER, DESK_NUMBER):
        expect(sheets).to_contain_text(shown)
    expect(sheets).not_to_contain_text(OTHER_NUMBER)
    expect(sheets).to_contain_text("collect it after use")
    in_both_languages(desk)
    pages = re.findall(rb"/Type\s*/Page[^s]", desk.pdf(prefer_css_page_size=True))
    assert len(pages) == 5, "demands, teams, desks, and two pages of blanks"
    keeper = screens.open("en", True)
    keeper.goto(steward)
    keeper.locator("#sign-in").tap()
    expect(keeper.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    keeper.goto(f"{server.address}/paper?role=steward")
    keeper.locator("#fetch").tap()
    for shown in (NUMBER, DESK_NUMBER, OTHER_NUMBER):
        expect(keeper.locator("#sheets")).to_contain_text(shown, timeout=30_000)
    assert keeper.evaluate("document.documentElement.scrollWidth") <= 390
