"""A crew that nobody asked stands at the desk: recorded on the page, seen by both."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.browsing import (
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
    folder = tmp_path_factory.mktemp("unasked") / "data"
    with served(folder, "--purpose", "exercise") as (address, link):
        server = Stage(address)
        server.sign_in(link)
        yield server


def test_a_crew_that_nobody_asked_is_taken_on_with_one_form(
    server: Stage, screens: Screens
) -> None:
    team = server.organization(TEAM, "PUMP_DRAIN")
    server.post(f"/organizations/{team}/duty", {"on_duty": False})
    incident = server.incident("typhoon")
    server.demand(incident, "drainage", "PUMP_DRAIN")
    crew = screens.sign_in(server.link("organization", organization=team), "zh", True)
    desk = screens.sign_in(server.link("desk", division=TOWN), "en")
    card = desk.locator("#demands .card")
    card.get_by_role("button", name="Came unasked", exact=True).click()
    in_the_dialog = desk.locator("#dialog")
    in_the_dialog.locator("[name=quantity]").fill("3")
    in_the_dialog.locator("[name=people]").fill("5")
    in_the_dialog.locator("[name=organization]").select_option(team)
    for answer in ("here", "taken_on"):
        in_the_dialog.locator(f"[value={answer}]").check(force=True)
    desk.locator("#dialog button[type=submit]").click()
    expect(in_the_dialog.locator(".problem")).to_be_visible()  # it has two
    in_the_dialog.locator("[name=quantity]").fill("2")
    confirm(desk)
    party = card.locator(".party.on_scene")
    expect(party).to_contain_text(TEAM)
    expect(party).to_contain_text("came unasked")
    expect(party).to_contain_text("5 people")
    in_both_languages(desk)
    expect(crew.locator("#assignments .card")).to_contain_text("已到场")
    screens.forgive("409")
    assert screens.complaints == []


def test_one_that_is_on_its_way_is_parked_and_taken_on_later(
    server: Stage, screens: Screens
) -> None:
    team = server.organization("Team 8", "CATERING")
    server.post(f"/organizations/{team}/duty", {"on_duty": False})
    incident = server.incident("rainstorm_flood")
    server.demand(incident, "supplies", "CATERING")
    desk = screens.sign_in(server.link("desk", division=TOWN), "zh")
    desk.locator("#list-incident").select_option(incident)
    card = desk.locator("#demands .card")
    expect(card).to_have_count(1)
    card.get_by_role("button", name="自行前来", exact=True).click()
    dialog = desk.locator("#dialog")
    dialog.get_by_text("正在途中", exact=True).click()
    dialog.locator("[name=minutes]").fill("15")
    dialog.locator("[name=quantity]").fill("1")
    confirm(desk, organization=team, word="parked")
    parked = card.locator(".party.standby")
    expect(parked).to_contain_text("自行前来")
    expect(parked).to_contain_text("补足前不会失效")
    desk.locator("[data-view=owed]").click()  # somebody waits for the desk's word
    in_both_languages(desk)
    parked.get_by_role("button", name="致谢，不需要", exact=True).click()
    expect(parked).to_have_count(0)
    desk.locator("[data-view=open]").click()
    expect(card.locator(".party.ended")).to_contain_text("值班室致谢：此处不需要")
    card.get_by_role("button", name="自行前来", exact=True).click()
    dialog.get_by_text("正在途中", exact=True).click()
    dialog.locator("[name=minutes]").fill("15")
    dialog.locator("[name=quantity]").fill("1")
    confirm(desk, organization=team, word="parked")
    parked.get_by_role("button", name="请其出动", exact=True).click()
    expect(card.locator(".party.committed")).to_contain_text("Team 8")
    owed = card.locator(".party.told")  # it left its page and has no channel
    expect(owed).to_contain_text("须告知：现在需要出动", timeout=15_000)
    expect(owed).to_contain_text("没有渠道能通知到")
    in_both_languages(desk)
    owed.get_by_role("button", name="打给谁", exact=True).click()
    dialog.get_by_text("已电话告知", exact=True).click()
    confirm(desk)
    expect(owed).to_have_count(0)
    assert screens.complaints == []
