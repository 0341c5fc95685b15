"""A page that says none open has looked at everything its reader answers for."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.api.browsing import COUNTY, ROOT, TEAM, TOWN, Screens, Stage, in_both_languages, served

OTHER = "330324002"
WORDS = ROOT / "api" / "pages" / "static"
NONE = (
    *("demands.none", "demands.none_here", "handover.none", "handover.none_here", "map.none"),
    *("incidents.none", "tasks.none", "form.no_incident", "offers.none", "reports.none"),
    *("groups.none", "need.no_incident", "situation.none", "review.none"),
)
"""What pages say where they have found nothing."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("none") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def words_of_none() -> list[str]:
    """In English, each longer than any word that stands in another sentence by chance."""
    known: dict[str, Any] = {}
    for path in sorted(WORDS.glob("words*.en.json")):
        known |= json.loads(Path(path).read_text("utf-8"))
    return [str(known[key]) for key in NONE]


def test_a_countys_handover_says_what_is_open_at_its_townships_too(
    server: Stage, screens: Screens
) -> None:
    """Given open demands and a crew in a township, none at the county itself, then the county's
    handover says so, counts the township's with the way there, and never says that none is open;
    one press shows the township's own page, whose shift is not the county's to take."""
    crew = server.organization(TEAM, "PUMP_DRAIN")
    incident = server.incident("typhoon")
    server.demand(incident, "drainage", "PUMP_DRAIN")
    server.demand(incident, "supplies", "CATERING", priority=2)
    [offer] = server.rows("offer", organization=crew)
    server.post(f"/offers/{offer['id']}/accept", {"quantity": 1, "minutes": 20}, "desk")
    county = screens.sign_in(server.link("desk", division=COUNTY), "en")
    county.goto(f"{server.address}/handover")
    report = county.locator("#report")
    expect(report).to_contain_text("Open demands, the worst first · 0 (+2 at the desks below)")
    expect(report).to_contain_text("Crews out · 0 (+1 at the desks below)")
    expect(report).to_contain_text("None at this desk itself.")
    [row] = report.locator("section").first.locator("tbody tr").all()
    assert [cell.inner_text() for cell in row.locator("td").all()][1:5] == ["2", "1", "0", "1"]
    in_both_languages(county)
    row.get_by_role("link").click()
    expect(report).to_contain_text("Open demands, the worst first · 2")
    expect(report).not_to_contain_text("below)")
    expect(county.get_by_role("button", name="Take the shift")).to_be_hidden()
    county.goto(f"{server.address}/handover?desk={TOWN}")
    expect(report).to_contain_text("Open demands, the worst first · 2")
    assert screens.complaints == []


def test_nothing_says_none_before_the_board_has_come(server: Stage, screens: Screens) -> None:
    """Given a board that is still on its way, when any page of any role is open, then none of
    them says that nothing is open."""
    told = words_of_none()
    server.organization("Team 8", "CATERING", home=OTHER, insist=True)
    [team, *_] = [row for row in server.get("/board")["rows"] if row["type"] == "organization"]
    pages = {
        "desk": ("desk", "handover", "wall", "map", "situation"),
        "reviewer": ("review", *(f"{name}?role=reviewer" for name in ("wall", "map", "situation"))),
        "organization": ("organization",),
        "committee": ("committee",),
    }
    scopes = {
        "desk": {"division": COUNTY},
        "reviewer": {"division": COUNTY},
        "organization": {"organization": team["id"]},
        "committee": {"division": TOWN, "village": "Village 1"},
    }
    for role, names in pages.items():
        page = screens.sign_in(server.link(role, **scopes[role]), "en")
        page.context.route("**/api/v1/board*", hold)
        for name in names:
            page.goto(f"{server.address}/{name}")
            expect(page.locator("#main")).to_be_visible()
            page.wait_for_timeout(300)
            text = page.locator("body").inner_text()
            assert [words for words in told if words in text] == [], name
        page.context.close()
    assert screens.complaints == []


def hold(_: Route) -> None:
    """Never answered."""
