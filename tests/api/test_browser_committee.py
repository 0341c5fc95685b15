"""A village committee's page: it tells of a need and answers for its groups, and nothing else."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.browsing import (
    POINT,
    SMALL,
    TEAM,
    TOWN,
    Screens,
    Stage,
    confirm,
    in_both_languages,
    served,
    step,
    touch,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("committee") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        server.organization(TEAM, "PUMP_DRAIN")
        yield server


def told(page: Page) -> None:
    form = page.locator("#need")
    form.locator("[name=kind]").select_option("drainage")
    form.locator("[name=priority][value='1']").check(force=True)
    form.locator("[name=risk_statement]").fill("-")
    form.locator("[name=rally_point]").fill("-")
    form.locator("[name=people]").fill("12")
    form.locator("[name=contact]").fill("Team 8")
    page.locator("#send").click()


def test_a_village_tells_of_a_need_and_sees_what_becomes_of_it(
    server: Stage, screens: Screens
) -> None:
    server.post("/persons", {"name": "Duty", "telephone": "0577-67222110", "division": TOWN})
    village = screens.sign_in(
        server.link("committee", division=TOWN, village="Team 3"), "en", phone=True
    )
    expect(village.locator("#own-desk a[href^='tel:']")).to_contain_text("67222110")
    other = screens.sign_in(server.link("committee", division=TOWN, village="Team 4"), "zh")
    expect(village.locator("#no-incident")).to_be_visible()
    server.incident("typhoon")
    expect(village.locator("#no-incident")).to_be_hidden()
    assert village.evaluate(SMALL) == []
    told(village)
    card = village.locator("#reports .card")
    expect(card).to_contain_text("what it has not decided by")
    in_both_languages(village)
    assert server.rows("offer") == []
    server.advance(4)
    expect(card).to_contain_text("has not decided in time")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    posted = desk.locator("#demands .demand")
    expect(posted).to_contain_text("reported by Team 3")
    expect(posted).to_contain_text("12 people concerned")
    posted.get_by_role("button", name="Publish", exact=True).click()
    expect(card).to_contain_text("Published as X No. 1")
    expect(card).to_contain_text("0 of 1 pump")
    told(village)
    expect(card).to_have_count(2)
    desk.locator("#search").fill("draft")
    desk.locator("#demands .demand.draft").get_by_role("button", name="Discard").click()
    desk.locator("#dialog [name=reason]").select_option("duplicate")
    confirm(desk)
    expect(card.filter(has_text="Not published")).to_have_count(1)
    in_both_languages(village)
    expect(other.locator("#no-reports")).to_be_visible()
    assert screens.complaints == []


def test_a_risk_sign_is_inspected_or_made_a_need_of(server: Stage, screens: Screens) -> None:
    link = server.link("committee", division=TOWN, village="Team 6")
    village = screens.sign_in(link, "en", phone=True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    card, posted = village.locator("#reports .card"), desk.locator("#demands .demand.draft")
    for _ in range(2):
        village.locator("#need [name=about][value=sign]").check(force=True)
        expect(village.locator("#kind-field")).to_be_hidden()
        village.locator("#need [name=risk_statement]").fill("-")
        village.locator("#need [name=rally_point]").fill("-")
        village.locator("#send").click()
        expect(village.locator("#sign-means")).to_be_hidden()
        in_both_languages(village)
    expect(card).to_have_count(2)
    desk.locator("#search").fill("team 6")
    rows = desk.locator("#overview li.draft .row")
    expect(rows).to_have_count(2)
    expect(posted).to_contain_text("risk sign reported by Team 6")
    in_both_languages(desk)
    posted.get_by_role("button", name="Have it inspected").click()
    expect(card.filter(has_text="An inspection was ordered")).to_have_count(1)
    expect(rows).to_have_count(1)
    rows.click()
    posted.get_by_role("button", name="Amend and publish").click()
    desk.locator("#dialog [name=kind]").select_option("evacuation")
    confirm(desk)
    expect(card.filter(has_text="Evacuation").filter(has_text="Published as")).to_have_count(1)
    server.advance(61)
    assert screens.complaints == []


def test_what_a_village_reads_of_its_need_is_so(server: Stage, screens: Screens) -> None:
    """Who is asked, that nobody can be, who comes, a zone near it, and that it lies in one."""
    village = screens.sign_in(
        server.link("committee", division=TOWN, village="Team 8"), "en", phone=True
    )
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    [incident] = server.rows("incident")
    told(village)
    card = village.locator("#reports .card")
    desk.locator("#search").fill("team 8")
    draft = desk.locator("#demands .demand.draft")
    draft.get_by_role("button", name="Publish", exact=True).click()
    expect(card).to_contain_text("help is being asked for")
    [demand] = [row for row in server.rows("demand") if row["reporter"]["name"] == "Team 8"]
    posted = desk.locator("#demands .demand").filter(has_text="Team 8")
    path = f"/incidents/{incident['id']}"

    near = {**POINT, "lon": 120.89}
    server.post(f"{path}/close-zone", {"zone": {"place": near, "radius": 500}}, "desk")
    expect(card).to_contain_text("A zone is closed near here")
    expect(posted.locator("header")).to_contain_text("may lie in a closed zone")
    in_both_languages(village)
    in_both_languages(desk)
    posted.get_by_role("button", name="Enter its place").click()
    expect(desk.locator("#dialog [name=lon]")).to_be_visible()
    desk.keyboard.press("Escape")

    around = {"zone": {"around": demand["id"], "radius": 500}}
    server.post(f"{path}/close-zone", around, "desk")
    expect(card).to_contain_text("nobody is sent in for now")
    expect(posted).to_contain_text("only taken from its township's seat")
    in_both_languages(village)
    [row] = [row for row in server.rows("incident") if row["id"] == incident["id"]]
    for order in row["instructions"]:
        server.post(f"{path}/instructions/{order['id']}/lift", {}, "desk")
    expect(card).to_contain_text("help is being asked for")
    expect(card).not_to_contain_text("closed near here")
    for offer in server.rows("offer", state="sent"):
        server.post(f"/offers/{offer['id']}/decline", {"reason": "no_crew"}, "desk")
    expect(card).to_contain_text("nobody who can be asked now")
    in_both_languages(village)
    server.post(f"/demands/{demand['id']}/hold", {"question": "S223?"}, "desk", 1)
    expect(card).to_contain_text("on hold now")
    assert screens.complaints == []


def test_a_committee_answers_for_its_own_group_and_its_desk_sees_who_said_it(
    server: Stage, screens: Screens
) -> None:
    guided = {"registration_class": "village_guided", "village": "Team 9"}
    group = server.organization("Team 9", "ELECTRIC_REPAIR", **guided)
    link = server.link("committee", division=TOWN, village="Team 9")
    village = screens.sign_in(link, "en", phone=True)
    other = screens.sign_in(server.link("committee", division=TOWN, village="Team 8"), "en")
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    crew = screens.sign_in(server.link("organization", organization=group), "en", phone=True)
    expect(village.locator("#groups")).to_contain_text("Team 9")
    expect(village.locator("#no-asked")).to_be_visible()
    sealed = {"contact": "Team 9"}
    server.demand(server.incident("utility_outage"), "power", "ELECTRIC_REPAIR", **sealed)
    card = village.locator("#asked .card")
    expect(card).to_contain_text("Team 9")
    expect(card.locator(".countdown")).to_be_visible()
    assert village.evaluate(SMALL) == []
    in_both_languages(village)
    desk.locator("#search").fill("team 9")
    asked = desk.locator("#demands .party.asked", has_text="Team 9")
    expect(asked).to_contain_text("guided by Team 9")
    card.locator("select").first.select_option("1")
    touch(card, "Say yes")
    said = "recorded by Team 9"
    work = village.locator("#crews .card")
    expect(work).to_contain_text(said)
    expect(work).to_contain_text("The desk itself tells the crew")
    expect(desk.locator("#demands .party.committed", has_text="Team 9")).to_contain_text(said)
    expect(crew.locator("#assignments .card")).to_contain_text(said)
    expect(desk.locator("#demands .chip", has_text="call the crew")).to_be_visible()
    step(work, "On my way", "on the way")
    expect(crew.locator("#assignments .card .chip.state")).to_have_text("on the way")
    in_both_languages(village)
    in_both_languages(crew)
    in_both_languages(desk)
    expect(other.locator("#groups-box")).to_be_hidden()
    assert screens.complaints == []


def test_what_a_committee_may_read(server: Stage) -> None:
    """Incidents and its own reports: no offers, no organizations, no other village's."""
    server.sign_in(server.link("committee", division=TOWN, village="Team 5"))
    kinds = {row["type"] for row in server.get("/board", "committee")["rows"]}
    assert kinds <= {"operation", "incident", "account"}
    assert server.get("/history/demands", "committee")["rows"] == []
    [scope] = server.get("/me", "committee")["scopes"]
    assert scope["village"] == "Team 5"
