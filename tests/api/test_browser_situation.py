"""A desk reads and prints the situation of an incident, in both languages."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import COUNTY, TEAM, TOWN, Screens, Stage, in_both_languages, served

A4_HEIGHT = 1_100  # pixels at 96 to the inch
FIRST_MS = 20_000  # the first question to the record starts the process that reads it


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("situation") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_the_report_fits_one_page_and_is_counted_again(server: Stage, screens: Screens) -> None:
    """Given a demand that nobody can serve, when its desk opens the report from the incident's
    card, then it names the line that is short; posted anew and counted again, there are two."""
    server.organization(TEAM, "BOAT_OPERATE")
    incident = server.incident("typhoon")
    server.demand(incident, "drainage", "PUMP_DRAIN")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    desk.locator("#incidents").get_by_role("link", name="Situation report").click()
    report = desk.locator("#report")
    heading = report.locator("h2")
    expect(heading).to_contain_text("First report", timeout=FIRST_MS)
    expect(report).to_contain_text("1 demands published, 1 of them open.")
    expect(report).to_contain_text("nobody can be asked now")
    expect(report.locator(".head")).to_contain_text(re.compile("hash [0-9a-f]{64}"))
    in_both_languages(desk)
    server.demand(incident, "supplies", "CATERING")
    desk.locator("#kind").select_option("next")
    expect(report.locator("h2")).to_contain_text("Follow-up report")

    def counted_anew() -> None:
        desk.locator("#anew").click()
        expect(report).to_contain_text("2 demands published", timeout=1_000)

    for _ in range(10):  # history is a moment behind
        try:
            counted_anew()
            break
        except AssertionError:
            continue
    expect(report).to_contain_text("2 demands published")
    desk.emulate_media(media="print")
    expect(desk.locator("#choosing")).to_be_hidden()
    expect(desk.locator("#mode")).to_be_visible()  # nobody takes an exercise for actual
    box = report.bounding_box()
    assert box is not None
    assert box["height"] < A4_HEIGHT
    assert screens.complaints == []


def test_a_reviewer_has_it_too_and_an_empty_one_says_so(server: Stage, screens: Screens) -> None:
    reviewer = screens.sign_in(server.link("reviewer", division=COUNTY), "en")
    reviewer.get_by_role("link", name="Situation report").click()
    expect(reviewer.locator("#report h2")).to_be_visible(timeout=FIRST_MS)
    in_both_languages(reviewer)
    assert screens.complaints == []
