"""What a demand says, on both screens: where to report, whom to call, amended, noted."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.api.browsing import (
    TEAM,
    TOWN,
    Screens,
    Server,
    confirm,
    in_both_languages,
    served,
    touch,
)

NUMBER = "0577-67222110"
LEAD, CONTACT, OTHER_CONTACT = "13900139000", "13800138000", "13700137000"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("said") / "data") as (address, link):
        server = Server(address)
        server.sign_in(link)
        yield server


def post(desk: Page) -> None:
    """A pump train that goes as a whole to hazardous work."""
    form = desk.locator("#post")
    desk.locator("body").focus()
    desk.keyboard.press("n")
    form.locator("[name=kind]").select_option("drainage")
    form.locator("#priorities").get_by_text("1", exact=True).click()
    form.locator("[name=target]").fill("2")
    form.locator("[name=whole]").check()
    expect(form.locator("[name=minimum]")).to_be_disabled()
    form.locator("[name=hazardous]").check()
    texts = {"risk_statement": "-", "rally_point": "-", "way_in": "S223"}
    for name, text in {**texts, "lead": LEAD, "contact": CONTACT}.items():
        form.locator(f"[name={name}]").fill(text)
    warned_of_numbers(form)
    form.locator("#send").click()


def warned_of_numbers(form: Locator) -> None:
    """A number in a public field is seen before it is sent; taken out, nothing is asked."""
    note = form.get_by_role("status").filter(has=form.page.locator("[name=public_numbers]"))
    form.locator("[name=rally_point]").fill(f"ask {LEAD}")
    expect(note).to_contain_text("139********")
    in_both_languages(form.page)
    form.locator("[name=rally_point]").fill("-")
    expect(note).to_be_hidden()


def says_yes(crew: Page) -> None:
    """What it is about is said before the yes, and what it has to know comes with it."""
    offer = crew.locator("#offers .card")
    expect(offer).to_contain_text("hazardous")
    expect(offer).to_contain_text("as a whole, from one organization")
    expect(offer).to_contain_text("Way in: S223")
    expect(offer.get_by_label("How many")).to_have_count(0)
    touch(offer, "Say yes")
    work = crew.locator("#assignments .card")
    expect(work).to_contain_text(LEAD)
    expect(work).to_contain_text("Way in: S223")
    expect(work.locator(f'a[href="tel:{NUMBER.replace("-", "")}"]')).to_be_visible()
    in_both_languages(crew)


def puts_right(desk: Page, card: Locator) -> None:
    """Another kind and another contact."""
    card.get_by_role("button", name="Amend", exact=True).click()
    desk.locator("#dialog [name=kind]").select_option("evacuation")
    desk.locator("#dialog [name=contact]").fill(OTHER_CONTACT)
    confirm(desk)
    expect(card).to_contain_text("Evacuation")


def notes(desk: Page, card: Locator) -> None:
    """Two notes, read again, the newest first."""
    dialog = desk.locator("#dialog")
    for words in ("14:05", "14:20"):
        card.get_by_role("button", name="Add a note", exact=True).click()
        dialog.locator("[name=text]").fill(words)
        confirm(desk)
    expect(card).to_contain_text("Notes: 2, the last")
    in_both_languages(desk)
    card.get_by_role("button", name="Read notes", exact=True).click()
    dialog.locator("[value=checking]").check(force=True)
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator(".notes li")).to_have_count(2)
    expect(dialog.locator(".notes li").first).to_contain_text("14:20")


def test_a_crew_knows_where_to_report_and_learns_what_has_changed(
    server: Server, screens: Screens
) -> None:
    """Given a crew that has said yes, when the desk puts the contact right, then its card says so
    and opens the new one; what desks note stays with them."""
    team = server.organization(TEAM, "PUMP_DRAIN")
    safe = {"adults_only": True, "insured_through": "2099-01-01"}
    server.post(f"/organizations/{team}/safeguards", safe)
    server.post("/persons", {"name": "-", "telephone": NUMBER, "division": TOWN})
    server.incident("typhoon")
    crew = screens.sign_in(server.link("organization", organization=team), "en", phone=True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    card, work = desk.locator("#demands .card"), crew.locator("#assignments .card")
    post(desk)
    says_yes(crew)
    puts_right(desk, card)
    expect(work).to_contain_text("were changed")
    expect(work).not_to_contain_text(CONTACT)
    touch(work, "See contact and address")
    expect(work).to_contain_text(OTHER_CONTACT)
    expect(work).to_contain_text(LEAD)
    notes(desk, card)
    assert screens.complaints == []


def test_a_rescue_is_not_posted_before_it_was_said_whether_it_is_hazardous(
    server: Server, screens: Screens
) -> None:
    """Nothing is taken for said: by it a crew's word is due, and whoever is no adult stays away.
    What is said goes for the line beside it, too."""
    incident = server.incident("earthquake")
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh")
    form = desk.locator("#post")
    desk.locator("body").focus()
    desk.keyboard.press("n")
    form.locator("[name=incident]").select_option(incident)
    form.locator("[name=kind]").select_option("rescue_water")
    form.locator("#priorities").get_by_text("1", exact=True).click()
    hazards = form.locator("[name=hazard]")
    for hazard in hazards.all():
        expect(hazard).to_have_value("")
    form.locator("#send").click()
    assert not [row for row in rows(server) if row["kind"] == "rescue_water"]
    hazards.first.select_option("yes")
    for hazard in hazards.all():
        expect(hazard).to_have_value("yes")
    in_both_languages(desk)
    form.locator("#send").click()
    expect(desk.locator("#overview")).to_contain_text("水上救援")
    [posted] = [row for row in rows(server) if row["kind"] == "rescue_water"]
    assert [line["hazardous"] for line in posted["lines"]] == [True, True]
    assert screens.complaints == []


def rows(server: Server) -> list[dict[str, Any]]:
    return [row for row in server.get("/board", "desk")["rows"] if row["type"] == "demand"]
