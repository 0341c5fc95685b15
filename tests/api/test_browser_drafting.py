"""Drafts, on the pages of the desks concerned: kept back, brought before the county, decided."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.browsing import (
    COUNTY,
    POINT,
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
    folder = tmp_path_factory.mktemp("drafting") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        server.organization(TEAM, "PUMP_DRAIN")
        server.incident("typhoon")
        yield server


def kept(desk: Page) -> None:
    """Fill in the form as for a posting, and keep it."""
    desk.locator("#post-box").evaluate("box => (box.open = true)")
    form = desk.locator("#post")
    form.locator("[name=kind]").select_option("drainage")
    form.locator("[name=priority][value='1']").check(force=True)
    form.locator("[name=contact]").fill("Team 9")
    desk.locator("#keep-draft").click()


def test_what_a_township_keeps_back_is_brought_before_the_county_which_publishes_it(
    server: Stage, screens: Screens
) -> None:
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    kept(desk)
    card = desk.locator("#demands .demand")
    expect(card).to_contain_text("not published: nobody is asked")
    expect(card).to_contain_text("the desk above is asked, too")
    in_both_languages(desk)
    server.advance(2)
    assert server.rows("offer") == []
    county = screens.sign_in(server.link("desk", division=COUNTY), "en")
    expect(county.locator("#silent-box")).to_be_hidden()
    server.advance(2)
    for page in (desk, county):
        expect(page.locator("#silent-box")).to_contain_text("nobody has decided in time")
        expect(page.locator("#demands .demand").first).to_contain_text("X Draft")
    in_both_languages(county)
    county.locator("#silent-box").get_by_role("button", name="Show").click()
    county.get_by_role("button", name="Amend and publish").click()
    county.locator("#dialog [name=target-0]").fill("2")
    confirm(county)
    expect(county.locator("#silent-box")).to_be_hidden()
    expect(desk.locator("#silent-box")).to_be_hidden()
    expect(card).to_contain_text("X No. 1")
    expect(card).to_contain_text("in its place")
    [row] = server.rows("demand")
    assert (row["state"], row["substitute"], row["lines"][0]["target"]) == ("published", COUNTY, 2)
    assert server.rows("offer", state="sent")
    assert screens.complaints == []


def test_a_draft_is_discarded_with_a_reason_and_taken_up_again(
    server: Stage, screens: Screens
) -> None:
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    kept(desk)
    desk.locator("[data-view=owed]").click()
    card = desk.locator("#demands .demand")
    card.get_by_role("button", name="Discard").click()
    desk.locator("#dialog [name=reason]").select_option("done_by_others")
    confirm(desk)
    expect(card).to_have_count(0)
    desk.locator("[data-view=closed]").click()
    expect(card).to_contain_text("X Draft")
    in_both_languages(desk)
    card.get_by_role("button", name="Reopen").click()
    desk.locator("[data-view=owed]").click()
    expect(card).to_contain_text("not published: nobody is asked")
    card.get_by_role("button", name="Publish", exact=True).click()
    expect(card).not_to_contain_text("not published")
    desk.locator("[data-view=open]").click()
    expect(desk.locator("#overview")).to_contain_text("X No. 2")
    assert screens.complaints == []


def test_an_incident_is_ended_by_whoever_has_read_what_is_urgent_and_undecided_in_it(
    server: Stage, screens: Screens
) -> None:
    """The dialog names both and waits for a tick; taken up again, the card lists what ended so."""
    incident = server.incident("landslide_debris")
    server.demand(incident, "shelter", "SHELTER_OPS")
    draft = {"incident": incident, "kind": "supplies", "priority": 3, "place": POINT}
    lines = [{"skill": "CATERING", "minimum": 1, "target": 1}]
    more = {"lines": lines, "risk_statement": "-", "rally_point": "-"}
    server.post("/demands/drafts", draft | more, "desk")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    card = desk.locator("#incidents .card", has_text="Landslide")
    card.get_by_role("button", name="End the response").click()
    dialog = desk.locator("#dialog")
    expect(dialog).to_contain_text("Still open at priority 1 or 2, and ended with it: 1")
    expect(dialog).to_contain_text("undecided, and ended with it, unpublished: 1")
    expect(dialog.locator(".busy li")).to_have_count(2)
    dialog.get_by_role("button", name="End the response").click()
    expect(dialog).to_be_visible()
    dialog.locator("[name=seen]").check(force=True)
    confirm(desk)
    server.advance(1)
    card.get_by_role("button", name="Reopen the response").click()
    expect(card).to_contain_text("Ended with the incident and still closed: 2")
    in_both_languages(desk)
    assert screens.complaints == []
